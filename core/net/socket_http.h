// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"

#include <stop_token>

namespace pilothouse::net {

/// One request to a server behind a Unix socket of this machine (a container engine). Blocking, in the calling thread, over a connection of its own; of the
/// request method, url (its host is only a word), headers, body, timeoutMs and maxBytes count. A stop request ends it within a second.
/// Errors: Unreachable, TimedOut, Cancelled, Invalid (a reply that is too long); Denied: the socket is not for this user. A status of 400 and more is none.
Result<Response> sendOverSocket(const QString &socket, const Request &request, std::stop_token token = {});

} // namespace pilothouse::net

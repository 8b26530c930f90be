// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"

namespace pilothouse::net {

/// A reply straight into a file, piece by piece: the file is there whole or not at all. The MD5 that the server tells (Content-MD5, as stores of objects do) or that is given (hex) is
/// checked: Invalid if the bytes are others. No time limit but a minute without a byte. Errors of send(); statusError().
Result<void> fetchFile(HttpClient &http, Request request, const QString &file, const QString &md5 = {}, std::stop_token token = {});

} // namespace pilothouse::net

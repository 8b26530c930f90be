// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/net/device_sign_in.h"

namespace pilothouse::fleet {

/// A person signs in for a connection with `login: device`, in two calls: the code to show, then the wait for the person and the keeping of what came of it. Both programs ask these.
/// Blocking, any thread.

/// Asks the directory for a code, once it is known that this user may keep the sign-in: nobody takes the trouble for nothing. Invalid: what directoryClientOf() says; Refused: nobody signs in so.
Result<net::DeviceCode> beginSignIn(const Services &services, const QString &connection);
/// Waits until the person has signed in, and keeps the token by the operation "connection-sign-in", whose id it gives. Errors of net::finishDeviceSignIn(); nothing is kept then.
Result<QString> finishSignIn(const Services &services, const QString &connection, const net::DeviceCode &code, std::stop_token token = {});

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>

namespace pilothouse::serving {

/// Another path for a route, for clients that know a service by it: "/score" for "/predict". Every method, key and answer is the route's own.
struct RouteAlias {
    std::string path, route;
};

/// Of "PATH=ROUTE". Invalid: it has another form, or PATH is no absolute path of letters, digits and -._~: (at most 200 characters). Whether the
/// server has such a route, and no such path, it says itself when it starts.
Result<RouteAlias> routeAlias(const QString &text);

} // namespace pilothouse::serving

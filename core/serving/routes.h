// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/serving/server_impl.h"

namespace pilothouse::serving {

/// Who may call a route.
enum class Access { Open, Key, Admin };

/// One route. `{}` in the path stands for one segment, given to the function as its argument; "/v1/models/{}:predict" too.
struct InferenceServer::Impl::Route {
    const char *method, *path;
    Access access;
    bool slow; ///< on the slow pool: it waits for the disk, a model or a hook
    void (Impl::*answer)(const HttpRequest &, const std::string &, HttpReply &);
    const char *summary; ///< for /openapi.json
};

} // namespace pilothouse::serving

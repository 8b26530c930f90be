// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/github_shapes.h"
#include "app/estate/stand_in.h"

namespace pilothouse::estate {

/// {"message", "documentation_url", "status"}, as GitHub says no.
Answer githubError(int status, const char *message);
/// One page of `all` under `key` with total_count ("" : the bare array), with Link to the other pages. A filtered list of runs stops at 1000 (BACKEND_APIS.md §3.3).
Answer githubPage(const Call &call, const GithubLinks &links, const QString &path, const QString &key, const QJsonArray &all, int stop = 0);

} // namespace pilothouse::estate

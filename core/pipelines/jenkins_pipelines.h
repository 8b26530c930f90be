// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_connection.h"

namespace pilothouse::pipelines {

/// A connection of kind jenkins: {url, user, secret, folder, jobs, repository}. `folder` limits it to one folder, `jobs` to some jobs (full names, a line or comma each).
/// Invalid: no address, or a login that would travel in the open (http to another machine).
Result<std::shared_ptr<PipelineService>> openJenkins(PipelineConnection connection);

} // namespace pilothouse::pipelines

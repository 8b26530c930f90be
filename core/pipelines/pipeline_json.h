// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"

namespace pilothouse::pipelines {

/// {"id","name","system","model","stages":[…]}
QJsonObject toJson(const Pipeline &pipeline);
/// {"id","pipeline","model","state","system_state","started","ended","seconds","started_by","reason","parameters","version",
///  "stages":[{"name","state","started","ended","seconds","median_seconds","note"}],"error":{"kind","what","where","hint","raw"}|null}.
/// Times are ISO UTC or null; seconds is null until there is an end; version is null until one was registered.
QJsonObject toJson(const PipelineRun &run);

} // namespace pilothouse::pipelines

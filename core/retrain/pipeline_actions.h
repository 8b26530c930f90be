// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"
#include "core/retrain/actions.h"
#include "core/retrain/pipeline_place.h"

#include <memory>

namespace pilothouse::retrain {

/// A Starter that runs the model's pipeline with the decision as its reason; the run leads back to the decision.
Starter pipelineStarter(std::shared_ptr<pipelines::PipelineService> service, const QString &by);

/// The same for any system: on this machine as above, elsewhere the place's own request, checked against the form of the pipeline. A start whose reply was lost counts if exactly one
/// new run stands there.
Starter pipelineStarter(std::shared_ptr<pipelines::PipelineService> service, const PipelinePlace &place, const QString &by);

/// The guard that goes with it: Conflict while a run of the model's pipeline is waiting or running.
std::function<Result<void>()> pipelineReady(std::shared_ptr<pipelines::PipelineService> service, const QString &model);

} // namespace pilothouse::retrain

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"
#include "core/retrain/actions.h"

#include <memory>

namespace pilothouse::retrain {

/// A Starter that runs the model's pipeline with the decision as its reason; the run leads back to the decision.
Starter pipelineStarter(std::shared_ptr<pipelines::PipelineService> service, const QString &by);

/// The guard that goes with it: Conflict while a run of the model's pipeline is waiting or running.
std::function<Result<void>()> pipelineReady(std::shared_ptr<pipelines::PipelineService> service, const QString &model);

} // namespace pilothouse::retrain

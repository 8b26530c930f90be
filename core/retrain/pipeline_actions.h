// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/pipelines/pipeline_service.h"
#include "core/retrain/actions.h"

#include <memory>

namespace pilothouse::retrain {

/// Starts a pipeline; its run is put into `run` (may be null).
operations::Operation startPipelineOperation(std::shared_ptr<pipelines::PipelineService> service, const QString &pipeline, const QJsonObject &parameters,
                                             const QString &by, const QString &reason, std::shared_ptr<QString> run);

/// Cancels a run. Its guard refuses one that has ended.
operations::Operation cancelRunOperation(std::shared_ptr<pipelines::PipelineService> service, const QString &run);

/// A Starter that runs the model's pipeline with the decision as its reason; the run leads back to the decision.
Starter pipelineStarter(std::shared_ptr<pipelines::PipelineService> service, const QString &by);

/// The guard that goes with it: Conflict while a run of the model's pipeline is waiting or running.
std::function<Result<void>()> pipelineReady(std::shared_ptr<pipelines::PipelineService> service, const QString &model);

} // namespace pilothouse::retrain

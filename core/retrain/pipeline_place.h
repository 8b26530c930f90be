// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"
#include "core/workspace/workspace.h"

namespace pilothouse::retrain {

/// The pipeline that retrains a model.
struct PipelinePlace {
    QString connection;                ///< of the workspace; empty: this machine
    pipelines::StartRequest request;   ///< pipeline as AllPipelines names it, the parameters and branch that the workspace says
};

/// By `retrain: {executor}`: a connection of a pipeline kind, or such a kind (jenkins, github, kubeflow, azureml) where the model's `pipeline: {connection}` or the only connection of that
/// kind is meant; else this machine's. A model without a recipe whose pipeline names such a connection is retrained there. The job is `pipeline: {job}` or {workflow}.
/// Invalid: no such connection, several, or no job.
Result<PipelinePlace> pipelinePlaceOf(const workspace::Workspace &workspace, const workspace::Model &model);

} // namespace pilothouse::retrain

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/rollouts/health_rollout.h"

namespace pilothouse::fleet {

/// A Deployer that starts a pipeline with a tag and follows its run to the end. The tag goes into `parameters` where one says "{tag}"; else into the form's input that is called tag, version,
/// image_tag or like these; where there is none the pipeline is started at the tag as its ref (redeploy from a tag). `ref`: branch; empty: the usual one.
struct WorkflowDeploy {
    QString pipeline;       ///< as AllPipelines has it, "gh:deploy.yml"
    QMap<QString, QString> parameters;
    QString ref, by;
};
rollouts::Deployer workflowDeployer(std::shared_ptr<pipelines::PipelineService> service, const WorkflowDeploy &deploy);

/// What is started for a tag. Invalid: the pipeline takes none, in no way.
Result<pipelines::StartRequest> startOfTag(const pipelines::PipelineService &service, const WorkflowDeploy &deploy, const QString &tag);

/// Of a model: its pipeline's `deploy`, `deploy_connection`, `deploy_branch` and `deploy_parameters`. NotFound: it names none.
Result<WorkflowDeploy> workflowDeployOf(const Services &services, const workspace::Model &model);

/// The operation "deploy-tag" of a model, watched at its endpoint to the end. `options` need rules, and how progress is told; the rest is filled in. `tag`, and the earlier one that an undo
/// deploys (empty: what the service reports now).
Result<operations::Operation> deployTagOperation(const Services &services, const workspace::Model &model, const QString &tag, const QString &earlier, rollouts::HealthRolloutOptions options);
/// The way back of one that the journal has: the earlier tag is deployed. Refused: there was none.
Result<operations::Operation> undoDeployTag(const Services &services, const operations::RecordedOperation &recorded);

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/cluster/training_job.h"
#include "core/operations/operation.h"

#include <memory>
#include <optional>

namespace pilothouse::rollouts {

/// Starts a training in a cluster: its Job, CronJob, PyTorchJob or TrainJob, then the ConfigMap with recipe and workspace, which belongs to it and goes with
/// it. Both are asked of the server as a dry run at once and again by the guard. Undo deletes it, with its pods. Needs the role operator.
/// Errors: checkTrainingJob(); NotFound if the cluster lacks the operator; Conflict if the name is taken; what the server's admission says.
Result<operations::Operation> startTraining(std::shared_ptr<const cluster::KubeApi> api, const cluster::TrainingJob &job);

/// For one whose start was cut off by the death of who started it: the ConfigMap of its files, where only the object itself came to be. Nullopt: both are there.
/// Errors: NotFound if there is no such object: start it; Conflict if the name is another run's.
Result<std::optional<operations::Operation>> completeTraining(std::shared_ptr<const cluster::KubeApi> api, const cluster::TrainingJob &job);

/// Deletes a training's object and its pods; what it wrote stays. NotFound if there is none.
Result<operations::Operation> cancelTraining(std::shared_ptr<const cluster::KubeApi> api, const cluster::KubeRef &ref);

} // namespace pilothouse::rollouts

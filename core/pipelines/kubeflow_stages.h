// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"

namespace pilothouse::pipelines {

/// The stages of a run of v2beta1: the tasks of the pipeline's root in the order of the spec, each with what it follows; where there is no spec, the tasks as they came. Below a loop
/// (ParallelFor) each of its iterations has its own: "profile · 3 of 8", with the key "for-loop-1/2/profile" and its item as its note. Pure.
std::vector<Stage> kubeflowStages(const QJsonObject &run);

/// "train(1)", "executor(0)": which try of a task that Argo retries it is, from 1.
std::optional<int> kubeflowAttempt(const QString &name, const QString &task);

} // namespace pilothouse::pipelines

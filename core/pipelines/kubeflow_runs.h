// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"

namespace pilothouse::pipelines {

/// A run as the API has it, of v2beta1 or v1beta1 (the object in "run" and the text of the Argo workflow beside it). Pure.
/// The stages are those of kubeflow_stages.h. An attempt's log and a stage's pods are "pod:NAME".
PipelineRun kubeflowRun(const QJsonObject &run, const QDateTime &now);
PipelineRun kubeflowOldRun(const QJsonObject &run, const QJsonObject &workflow);

/// The pipeline spec (IR) in a run or version, out of its wrap {"pipeline_spec":…, "platform_spec":…}; empty: it has none.
QJsonObject kubeflowSpec(const QJsonObject &object);
/// What the root of a spec asks for.
std::vector<Parameter> kubeflowParameters(const QJsonObject &spec);
/// Texts of a command line or form turned into what the spec wants; Invalid: a missing one, an unknown one, or one that does not fit.
Result<QJsonObject> kubeflowTyped(const std::vector<Parameter> &known, const QJsonObject &given);
/// Pods of a stage, those that ran it first; empty: none is known. `loop`: it is one, and its iterations have the pods.
QStringList kubeflowPods(const QJsonObject &run, const QString &stage, bool *loop = nullptr);
/// What a run or task says of its failure; empty: nothing.
QString kubeflowTaskError(const QJsonObject &object);

} // namespace pilothouse::pipelines

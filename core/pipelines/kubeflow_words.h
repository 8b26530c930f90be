// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/net/http.h"
#include "core/pipelines/state.h"

#include <QDateTime>
#include <QJsonObject>
#include <QJsonValue>

namespace pilothouse::pipelines {

/// A word of Kubeflow Pipelines for a run or task: v2beta1 (SUCCEEDED, …), v1beta1 and Argo's phases (Succeeded, Omitted, …). What it does not know is Unknown.
State kubeflowState(const QString &word);

/// A field by its snake-case name, also where a server writes it in camel case (recurringRuns beside pipeline_id).
QJsonValue kubeflowField(const QJsonObject &object, const char *snake);
QString kubeflowText(const QJsonObject &object, const char *snake);
QJsonObject kubeflowObject(const QJsonObject &object, const char *snake);
QJsonArray kubeflowList(const QJsonObject &object, const char *snake);
qint64 kubeflowInteger(const QJsonObject &object, const char *snake); ///< int64 is a text in protobuf's JSON; 0: none
QDateTime kubeflowTime(const QJsonObject &object, const char *snake); ///< 1970 counts as none: an unset time of protobuf

/// A refusal of the server in plain words: {"error","code","message","details":[{"error_message"}]} (google.rpc.Status as grpc-gateway writes it).
Error kubeflowError(const net::Request &request, const net::Response &response);

/// How long the name in pipelineInfo of a pipeline may be. The API server makes a workflow NAME-XXXXX of it (generateName, five characters) and Argo refuses names of workflows
/// over 63 (they become the value of a label of each pod).
constexpr int kubeflowLongestName = 63 - 1 - 5;
/// Refused with the reason and the longest that is allowed, where pods of a pipeline with this name could not be made.
Result<void> checkKubeflowName(const QString &name);

/// The name that pods of a compiled pipeline are called after: pipelineInfo.name, of a workflow of Argo its own; empty: it has none. Refused: pods could not be made of it; Invalid: no compiled pipeline.
Result<QString> kubeflowNameIn(const QString &fileName, const QByteArray &bytes);

/// When a cron text of Kubeflow fires next after a time, in UTC (cron.h). Six fields: second first; with five, as robfig/cron v1 (which Kubeflow uses) reads them, the LAST is missing: second
/// minute hour day month. Descriptors (@daily, @every 1h30m) too. Invalid time: the text is none, or it never fires.
QDateTime nextKubeflowCron(const QString &cron, const QDateTime &after);
/// What is sent for a person's cron text: five fields are minute hour day month weekday, as everywhere else, and get their second. Invalid: it is none.
Result<QString> kubeflowCron(const QString &text);

} // namespace pilothouse::pipelines

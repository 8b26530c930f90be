// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/cluster/workload_history.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QMap>
#include <QString>

#include <optional>

namespace pilothouse::cluster {

/// Changes of a workload as JSON Patch (RFC 6902), made from the object as it was read: each is sent with that object's resourceVersion. Pure functions.

/// The pod template's container of a name, also an init container; empty: the only one, else the one that has an image of this repository.
/// NotFound with the names there are.
Result<QString> containerFor(const QJsonObject &workload, const QString &name, const QString &image = {});
/// The container's object in the template; empty if there is none.
QJsonObject containerNamed(const QJsonObject &podTemplate, const QString &name);
/// "ghcr.io/team/api" of "ghcr.io/team/api:v1@sha256:…".
QString imageRepository(const QString &image);

Result<QJsonArray> imagePatch(const QJsonObject &workload, const QString &container, const QString &image);

/// Variables with their values; none: taken away. One that is there with valueFrom gets the value instead.
using Settings = QMap<QString, std::optional<QString>>;
Result<QJsonArray> environmentPatch(const QJsonObject &workload, const QString &container, const Settings &variables);
/// Requests and limits by resource ("cpu": "500m", "memory": "1Gi"); none: taken away. Invalid for what is no quantity.
Result<QJsonArray> resourcesPatch(const QJsonObject &workload, const QString &container, const Settings &requests, const Settings &limits);

/// The annotation kubectl.kubernetes.io/restartedAt of the template, as kubectl restarts. Refused: paused.
Result<QJsonArray> restartPatch(const QJsonObject &workload, const QDateTime &now);
/// spec.paused of a Deployment. Refused where it is so already, with kubectl's words; Invalid for other kinds.
Result<QJsonArray> pausePatch(const QJsonObject &workload, bool paused);
/// spec.template of a revision. Of a Deployment also its annotations, as kubectl's undo does: last-applied, revision, revision-history, desired-replicas,
/// max-replicas and rollback-to stay the Deployment's, the rest are the ReplicaSet's.
QJsonArray undoPatch(const QJsonObject &workload, const WorkloadRevision &to);

/// One operation that sets an annotation of the pod template, behind those of restartPatch().
QJsonObject templateAnnotation(const QString &key, const QString &value);
/// One operation more that sets an annotation of the workload. `ops`: those before it, which may replace all annotations.
void addAnnotation(QJsonArray &ops, const QJsonObject &workload, const QString &key, const QString &value);
/// The patch bound to the object as it was read: sent against a later one it is a Conflict.
QJsonArray boundTo(QJsonArray ops, const QJsonObject &workload);

} // namespace pilothouse::cluster

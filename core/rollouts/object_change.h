// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/operations/operation.h"

#include <functional>
#include <memory>

namespace pilothouse::rollouts {

/// One write of one object of a cluster, made from the object as it was read.
struct ObjectChange {
    using Send = std::function<Result<QJsonObject>(const cluster::KubeApi &api, const QString &resourceVersion, bool dryRun)>;
    cluster::KubeRef ref;
    QJsonObject object;           ///< as read
    QString verb = QStringLiteral("PATCH"), effect, undo, command;
    /// What of the object the plan relies on. Other parts may change between plan and write (a controller writes its status all the time); a change of
    /// these is a Conflict. Never null.
    std::function<QJsonObject(const QJsonObject &object)> relies;
    Send send;                    ///< bound to the resourceVersion that it is given
    Send back;                    ///< puts back what was; null: no way back in one step
    std::function<QJsonObject(const QJsonObject &object)> shown; ///< what the read-back tells of it; null: what it relies on
    std::function<Result<void>(const QJsonObject &object)> seen; ///< an error: sent, and not seen; null: not looked at
};

/// Guard: re-read, same parts, and a dry run that the server validates and admits. Execute: bound to the version that was just read; where only other
/// parts changed meanwhile it is read and sent again, five times at most. Then read back. The undo is bound the same way.
operations::Step changeStep(std::shared_ptr<const cluster::KubeApi> api, ObjectChange change);

/// An operation of one such step, without kind and summary: object "rollout/web in ml", connection, before. `undoPatch`: JSON patch of the way back,
/// recorded for a later undo; empty: none, and none is recorded where it holds values of environment variables, which may be secrets.
operations::Operation changeOperation(std::shared_ptr<const cluster::KubeApi> api, ObjectChange change, const QJsonArray &undoPatch = {});

/// The same JSON with a digest in the place of each value of an `env` list: what a journal may keep of a pod. Equal for equal values.
QJsonValue withoutEnvironment(const QJsonValue &value);

/// A sender of a JSON patch, with the test of metadata.resourceVersion before it.
ObjectChange::Send jsonPatch(const cluster::KubeRef &ref, const QJsonArray &patch);

/// The undo, later, of a done operation of this file by what the journal recorded of it. Refused: it recorded no way back; Conflict: what it set is
/// not there any more. Its kind is "rollout-undo".
Result<operations::Operation> reverseObjectChange(std::shared_ptr<const cluster::KubeApi> api, const operations::RecordedOperation &recorded);

} // namespace pilothouse::rollouts

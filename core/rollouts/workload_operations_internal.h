// SPDX-License-Identifier: GPL-3.0-or-later
// Shared by the files that build operations on workloads.
#pragma once

#include "core/rollouts/workload_operations.h"

namespace pilothouse::rollouts::detail {

inline QJsonObject specOf(const QJsonObject &object) { return object.value(QLatin1String("spec")).toObject(); }
inline QJsonObject templateOf(const QJsonObject &workload) { return specOf(workload).value(QLatin1String("template")).toObject(); }
/// "deployment/web in ml"
inline QString place(const WorkloadDesk &desk) { return desk.ref.text(); }

/// A PATCH as a curl line; values of variables whose names say that they are credentials are masked.
QString curl(const WorkloadDesk &desk, const QString &path, const char *type, const QJsonValue &body);
/// What an operation saw: for "before" and "after". {"revision","template","images","replicas","paused"}
QJsonObject stateOf(const cluster::Workload &workload);
Result<QJsonObject> readState(const std::shared_ptr<const cluster::KubeApi> &api, const cluster::KubeRef &ref);
/// An operation without steps and kind, with its record of an undo (`way`: template, paused, replicas) and the warning of who else keeps the object.
operations::Operation begun(const WorkloadDesk &desk, const cluster::Workload &workload, const QString &summary, const char *way);
void warn(operations::Operation &operation, const QString &text);

/// What a change of the template is called, and what it says of itself.
struct Wording {
    QString summary, effect, what; ///< what: for the note of the revision
};
/// An operation that changes the template: dry run now, note with the digest of what comes of it.
Result<operations::Operation> templateOperation(const WorkloadDesk &desk, const cluster::Workload &workload, QJsonArray ops, const Wording &words);

} // namespace pilothouse::rollouts::detail

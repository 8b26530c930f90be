// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/cluster/workload_history.h"

#include <QJsonArray>

namespace pilothouse::cluster {

/// A Deployment, StatefulSet or DaemonSet with its revisions, as they were read together.
struct Workload {
    KubeRef ref;
    QJsonObject object;
    std::vector<WorkloadRevision> history; ///< newest first
    QJsonObject podTemplate() const;
    /// The revision that has the workload's template; null: its controller has not made one yet.
    const WorkloadRevision *current() const;
};
/// Errors: Invalid for another kind; as KubeApi.
Result<Workload> readWorkload(const KubeApi &api, const KubeRef &ref, std::stop_token token = {});
/// Its pods (by its selector and their controllers), and those of its revisions.
Result<std::vector<QJsonObject>> podsOf(const KubeApi &api, const Workload &workload, std::stop_token token = {});

/// What a write relies on: what must be now as it was when it was planned.
enum class Relies {
    Template, ///< the pod template, the annotations and whether it is paused; an autoscaler may go on meanwhile
    Replicas, ///< the number of replicas
};
/// Conflict where the object is another one, or what is relied on changed; `raw` has the difference of the templates.
Result<void> asPlanned(const KubeRef &ref, const QJsonObject &planned, const QJsonObject &now, Relies relies);

/// Sends a JSON Patch bound to the resourceVersion of the object as it is now, if that is as planned. Its status changes all the time while it rolls: where
/// only that came between, it is read and sent anew. Gives the object as the server keeps it. A raw write: only steps of an Operation, and a RolloutTarget, call it.
Result<QJsonObject> patchAsPlanned(const KubeApi &api, const KubeRef &ref, const QJsonObject &planned, const QJsonArray &ops, Relies relies, bool dryRun);

} // namespace pilothouse::cluster

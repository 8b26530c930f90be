// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/cluster/workload.h"
#include "core/cluster/workload_change.h"
#include "core/operations/operation.h"

#include <functional>
#include <memory>

namespace pilothouse::rollouts {

/// With what an operation on a Deployment, StatefulSet or DaemonSet is built.
struct WorkloadDesk {
    std::shared_ptr<const cluster::KubeApi> api;
    cluster::KubeRef ref;
    operations::Actor actor;
    std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
    /// What the registry says that a tag is now ("sha256:…"); empty: not asked. An error is told in the plan and stops nothing.
    std::function<Result<QString>(const QString &image)> digest;
};

/// What people do to a workload, as Operations. Each is built from the object as it is now and asked of the server as a dry run at once, so that the plan shows
/// what it would keep; asked again by the guard; sent bound to the resourceVersion. Conflict: somebody changed what it relies on meanwhile. They change the pod
/// template with a note (cluster::ChangeNote) of who and why, which the revision keeps. details: {"diff":{…},"warnings":["…"]}. Blocking; need the role operator.
/// Errors: as cluster::workload_change and KubeApi: Denied names the missing verb.
Result<operations::Operation> setImageOperation(const WorkloadDesk &desk, const QString &container, const QString &image);
/// @param to 0: the revision before
Result<operations::Operation> undoOperation(const WorkloadDesk &desk, qint64 to);
Result<operations::Operation> restartOperation(const WorkloadDesk &desk);
Result<operations::Operation> pauseOperation(const WorkloadDesk &desk, bool paused);
Result<operations::Operation> scaleOperation(const WorkloadDesk &desk, qint64 replicas);
Result<operations::Operation> environmentOperation(const WorkloadDesk &desk, const QString &container, const cluster::Settings &variables);
Result<operations::Operation> resourcesOperation(const WorkloadDesk &desk, const QString &container, const cluster::Settings &requests, const cluster::Settings &limits);

/// Whether the recorded operation is one of these, and what it was about. The connection is in recorded.connection.
bool isWorkloadOperation(const operations::RecordedOperation &recorded);
Result<cluster::KubeRef> workloadOf(const operations::RecordedOperation &recorded);
/// The way back of one that was done: the template it found, from the revisions that the cluster keeps (the journal has its digest alone, as variables may be
/// secrets), the number of replicas, the pause. Refused: it was not done, or that revision is not kept any more; Conflict: it is not as it left it.
Result<operations::Operation> reverseWorkloadOperation(const WorkloadDesk &desk, const operations::RecordedOperation &recorded);

} // namespace pilothouse::rollouts

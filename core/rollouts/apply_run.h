// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rollouts/apply_folder.h"
#include "core/rollouts/rollout_watch.h"

namespace pilothouse::rollouts {

/// How far an apply is: objects sent, then rollouts ended.
struct ApplyProgress {
    QString text; ///< "deployment/web in ml: 2 of 3 updated replicas are available…"
    int done = 0, total = 0;
};
/// Called on the thread that applies or watches.
using ApplySink = std::function<void(const ApplyProgress &)>;

/// Has each step of an operation say that it is sent now.
void tellSteps(operations::Operation &operation, const ApplySink &sink);

/// How the rollout of one workload of an apply ended.
struct RolledOut {
    cluster::KubeRef ref;
    bool done = false, failed = false;
    QString text;          ///< kubectl's sentence
    QStringList troubles;  ///< what kept it
};
/// Watches all workloads that an apply changed to their ends, one after the other: each has been rolling since it was sent. Blocking; errors as watchRollout().
Result<std::vector<RolledOut>> watchApplied(const cluster::KubeApi &api, const ApplyPlan &plan, const QDateTime &since, int timeoutSeconds, const ApplySink &sink, std::stop_token stop);

} // namespace pilothouse::rollouts

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

#include "core/fleet/workload_desk.h"

namespace pilothouse {

/// What the sub-verbs of `pilot rollouts` about deployment/NAME, statefulset/NAME (sts/) and daemonset/NAME (ds/) were given.
struct WorkloadOptions {
    std::string target, connection, space, comment;
    qint64 from = 0, to = 0;  ///< revisions
    int timeout = 0;          ///< seconds
    bool plan = false, watch = false;
};

/// Whether a word names a workload ("deployment/web") rather than a model.
bool namesWorkload(const std::string &target);
void addWorkloadOptions(CLI::App &sub, WorkloadOptions &options);
void addWriteOptions(CLI::App &sub, WorkloadOptions &options); ///< --plan, --watch, --timeout, --comment

struct WorkloadBench {
    std::shared_ptr<fleet::Services> services;
    rollouts::WorkloadDesk desk;
};
/// Of a workload by its name, or of the model whose deployment it is. NotFound, Invalid, Refused (a model that nothing serves in a cluster).
Result<WorkloadBench> workloadBench(Context &context, const WorkloadOptions &options);

/// Shows the plan, or runs the operation, with --watch until it is rolled out: {"operation","summary","done","steps":[…],"warnings":[…],"diff":{…},"rollout":{…}}.
Result<void> runWorkloadOperation(Context &context, const WorkloadOptions &options, const WorkloadBench &bench, Result<operations::Operation> operation);

Result<void> workloadStatus(Context &context, const WorkloadOptions &options);
Result<void> workloadHistory(Context &context, const WorkloadOptions &options);
Result<void> workloadUndo(Context &context, const WorkloadOptions &options);
Result<void> workloadPause(Context &context, const WorkloadOptions &options, bool paused);

} // namespace pilothouse

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/workload_verbs.h"

namespace pilothouse {

/// What a sub-verb of `pilot rollouts` about rollout/NAME or inferenceservice/NAME was given beside the options of a workload.
struct CanaryChoice {
    bool full = false;   ///< promote: everything; skip: all steps
    std::string canary;  ///< of several canaries of an InferenceService
    std::string uri;     ///< canary: storage address
    int percent = -1;
};

/// Whether a word names an Argo Rollout or an InferenceService.
bool namesCanary(const std::string &target);

/// The object that is meant, with its cluster. NotFound, Invalid.
struct CanaryBench {
    std::shared_ptr<fleet::Services> services;
    std::shared_ptr<cluster::KubeApi> api;
    cluster::KubeRef ref;
};
Result<CanaryBench> canaryBench(Context &context, const WorkloadOptions &options);

/// status, history, promote, abort, retry, skip, pause, resume, restart, undo, share, canary. Refused for one that this kind of object does not have.
/// Writes answer {"operation","summary","done","steps"}, with --plan {"plan"}; status as core/cluster/kserve.h toJson(), of a rollout
/// {"name","phase","message","step","steps":[{"kind","text","state"}],"weights","replica_sets","analyses"}.
Result<void> canaryVerb(Context &context, const std::string &verb, const WorkloadOptions &options, const CanaryChoice &choice = {});

} // namespace pilothouse

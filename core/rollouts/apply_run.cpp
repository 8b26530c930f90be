// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/apply_run.h"

namespace pilothouse::rollouts {

void tellSteps(operations::Operation &operation, const ApplySink &sink) {
    const int total = int(operation.steps.size());
    for (int i = 0; i < total; ++i) {
        operations::Step &step = operation.steps[std::size_t(i)];
        step.execute = [inner = std::move(step.execute), sink, i, total, text = QStringLiteral("%1 %2").arg(step.call.verb, step.call.object)] {
            sink({text, i, total});
            return inner();
        };
    }
}

Result<std::vector<RolledOut>> watchApplied(const cluster::KubeApi &api, const ApplyPlan &plan, const QDateTime &since, int timeoutSeconds, const ApplySink &sink, std::stop_token stop) {
    std::vector<RolledOut> out;
    const std::vector<cluster::KubeRef> workloads = plan.workloads();
    for (const cluster::KubeRef &ref : workloads) {
        PH_ASSIGN(const RolloutSight ended, watchRollout(api, ref, {timeoutSeconds, since, {}}, [&](const std::vector<RolloutNews> &news, const RolloutSight &) {
            for (const RolloutNews &n : news)
                sink({QStringLiteral("%1: %2").arg(n.object, n.text), int(out.size()), int(workloads.size())});
        }, stop));
        out.push_back({ref, ended.verdict.done, ended.verdict.failed, ended.verdict.text, ended.troubles});
    }
    return out;
}

} // namespace pilothouse::rollouts

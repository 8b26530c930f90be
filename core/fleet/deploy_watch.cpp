// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/deploy_watch.h"

namespace pilothouse::fleet {

using pipelines::State;

pipelines::DeployWatcher deployWatcher(std::shared_ptr<promotion::Promotions> promotions) {
    return [promotions = std::move(promotions)](const QString &id) -> Result<pipelines::DeployState> {
        PH_ASSIGN(const promotion::Request request, promotions->requestById(id));
        const QString who = request.approvals.empty() ? QString() : request.approvals.back().actor;
        const QString said = request.approvals.empty() ? QString() : request.approvals.back().comment;
        switch (request.state) {
        case promotion::RequestState::Pending: return pipelines::DeployState{State::Paused, {}, {}};
        case promotion::RequestState::Executing: return pipelines::DeployState{State::Running, QStringLiteral("promotion %1 is being carried out").arg(id), {}};
        case promotion::RequestState::Done:
            return pipelines::DeployState{State::Passed, QStringLiteral("promotion %1 approved by %2: %3").arg(id, who, said), request.decided};
        case promotion::RequestState::Rejected:
            return pipelines::DeployState{State::Failed, QStringLiteral("promotion %1 rejected by %2: %3").arg(id, who, said), request.decided};
        case promotion::RequestState::Failed:
        case promotion::RequestState::Undone:
        case promotion::RequestState::TurnedBack: break;
        }
        return pipelines::DeployState{State::Failed, QStringLiteral("promotion %1 %2: %3").arg(id, promotion::requestStateName(request.state), request.outcome), request.decided};
    };
}

} // namespace pilothouse::fleet

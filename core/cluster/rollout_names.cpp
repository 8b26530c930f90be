// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/rollout_target.h"

namespace pilothouse::cluster {

QString rolloutPhaseName(RolloutPhase phase) {
    switch (phase) {
    case RolloutPhase::None: return QStringLiteral("none");
    case RolloutPhase::Stable: return QStringLiteral("stable");
    case RolloutPhase::Progressing: return QStringLiteral("progressing");
    case RolloutPhase::Paused: return QStringLiteral("paused");
    case RolloutPhase::Aborted: return QStringLiteral("aborted");
    case RolloutPhase::Unreachable: break;
    }
    return QStringLiteral("unreachable");
}

bool inProgress(const RolloutStatus &s) {
    if (s.phase == RolloutPhase::Unreachable)
        return s.canary && s.canary->outcome != QLatin1String("aborted");
    return s.phase == RolloutPhase::Progressing || s.phase == RolloutPhase::Paused;
}

} // namespace pilothouse::cluster

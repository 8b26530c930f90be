// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/pipeline_service.h"

namespace pilothouse::pipelines {

QString stateName(State state) {
    switch (state) {
    case State::Waiting: return QStringLiteral("waiting");
    case State::Running: return QStringLiteral("running");
    case State::Passed: return QStringLiteral("passed");
    case State::Failed: return QStringLiteral("failed");
    case State::Paused: return QStringLiteral("paused");
    case State::Skipped: return QStringLiteral("skipped");
    case State::Cancelled: return QStringLiteral("cancelled");
    case State::Unknown: break;
    }
    return QStringLiteral("unknown");
}

State stateFromName(const QString &name) {
    for (const State state : {State::Waiting, State::Running, State::Passed, State::Failed, State::Paused, State::Skipped, State::Cancelled})
        if (stateName(state) == name)
            return state;
    return State::Unknown;
}

} // namespace pilothouse::pipelines

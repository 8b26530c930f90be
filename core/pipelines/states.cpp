// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/parameter.h"
#include "core/pipelines/state.h"

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
    case State::Warned: return QStringLiteral("warned");
    case State::Unknown: break;
    }
    return QStringLiteral("unknown");
}

State stateFromName(const QString &name) {
    for (const State state : {State::Waiting, State::Running, State::Passed, State::Failed, State::Paused, State::Skipped, State::Cancelled, State::Warned})
        if (stateName(state) == name)
            return state;
    return State::Unknown;
}

bool hasEnded(State state) {
    return state == State::Passed || state == State::Warned || state == State::Failed || state == State::Skipped || state == State::Cancelled;
}

bool hasPassed(State state) { return state == State::Passed || state == State::Warned; }

QString parameterKindName(Parameter::Kind kind) {
    switch (kind) {
    case Parameter::Kind::Text: return QStringLiteral("text");
    case Parameter::Kind::Lines: return QStringLiteral("lines");
    case Parameter::Kind::Choice: return QStringLiteral("choice");
    case Parameter::Kind::Boolean: return QStringLiteral("boolean");
    case Parameter::Kind::Number: return QStringLiteral("number");
    case Parameter::Kind::Secret: return QStringLiteral("secret");
    case Parameter::Kind::File: return QStringLiteral("file");
    }
    return {};
}

} // namespace pilothouse::pipelines

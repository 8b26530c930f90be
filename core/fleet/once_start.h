// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"

#include <functional>

namespace pilothouse::fleet {

/// A start that is sent once, whatever happens in between: it is written down before the call, and who finds it written looks for its run instead of sending it again.
struct OnceStart {
    enum class State { Open, Sending, Started };
    State state = State::Open;
    QDateTime at;          ///< Sending: when
    QStringList before;    ///< Sending: runs of the pipeline that were there before
    QString run, operation; ///< Started
    QString problem;       ///< of the last attempt; Sending: why it is not known whether it was started
    QDateTime notBefore;   ///< Open: the next attempt
    QJsonObject toJson() const;
    static OnceStart fromJson(const QJsonObject &object);
};

/// Starts `request` as an operation "pipeline-start" that runs by itself (`details` stand in its journal line), or, where it was being sent when a program died, finds its run: the only new one
/// that does not contradict the parameters. `keep` writes `start` down; what it cannot write is not sent. Blocking; one caller at a time (a lock of the caller's).
/// Errors: those of the start (a later attempt is due at `notBefore`); Conflict: it may have been started, and its run is not to be found: nothing is sent again by itself.
Result<void> startOnce(const Services &services, const pipelines::StartRequest &request, const QJsonObject &details, OnceStart &start, const std::function<Result<void>()> &keep);

constexpr int startAgainSeconds = 60, startRefusedSeconds = 600; ///< between two attempts: after a failure, after a refusal

} // namespace pilothouse::fleet

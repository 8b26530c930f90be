// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

namespace pilothouse::serving {

/// The phase of this server's rollout. `Aborted` stays until the next start, so that a person finds it.
enum class Phase { None, Stable, Progressing, Paused, Aborted };
QString phaseName(Phase phase); ///< none, stable, progressing, paused, aborted
std::optional<Phase> phaseOf(const QString &name);

struct StepState {
    int percent = 0;
    QString state = QStringLiteral("waiting"); ///< done | current | waiting | aborted
    QDateTime started, ended;
};

/// Something app/pilot must still do about a rollout: make the alias agree (turn-back), or note its end. Kept until done.
struct Notice {
    enum class Kind { TurnBack, Finished } kind = Kind::TurnBack;
    QString operation, reason;
    int stable = 0, canary = 0; ///< revisions: who has the traffic now, and whom it was about
    QJsonObject toJson() const;
};

/// Everything a restarted server needs to go on with the same rollout.
struct RolloutState {
    Phase phase = Phase::None;
    int stable = 0, canary = 0; ///< revision numbers, 0 = none. Aborted: canary is the one turned back, without traffic
    std::vector<StepState> steps;
    int step = -1;
    QString operation, verdict;
    qint64 firstSequence = 0;     ///< of the log: requests from here on belong to this rollout
    qint64 stepFirstSequence = 0; ///< and to this step
    std::vector<Notice> notices;
    QJsonObject toJson() const;
    static Result<RolloutState> fromJson(const QJsonObject &object, const QString &where);
    bool inProgress() const { return phase == Phase::Progressing || phase == Phase::Paused; }
    double wantedShare() const { return inProgress() && step >= 0 && step < int(steps.size()) ? steps[std::size_t(step)].percent / 100.0 : 0.0; }
};

/// A fixed split for a stated time, without a judge; its second version is `variant`.
struct AbState {
    int variant = 0; ///< revision, 0: no test was run
    double share = 0.5;
    bool running = false;
    QDateTime started, until, ended;
    qint64 firstSequence = 0;
    QString comparison; ///< of the end
    QJsonObject result; ///< figures of both sides at the end
    QJsonObject toJson() const;
    static Result<AbState> fromJson(const QJsonObject &object, const QString &where);
};

} // namespace pilothouse::serving

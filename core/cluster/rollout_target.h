// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

namespace pilothouse::cluster {

/// The phase of a rollout; one word for all systems.
enum class RolloutPhase {
    None,        ///< nothing served yet
    Stable,      ///< one revision has all traffic
    Progressing, ///< on a step, minimum time or sample not reached
    Paused,      ///< waits for a person
    Aborted,     ///< turned back; the stable revision has all traffic
    Unreachable, ///< the endpoint does not answer
};
QString rolloutPhaseName(RolloutPhase phase); ///< "stable" …

/// One model version taken into service.
struct Revision {
    int revision = 0;
    QString model;
    int version = 0;
    QString digest, by;
    QDateTime when;
    QString outcome; ///< stable | canary | superseded | aborted | undone
    QString reason;
};

/// What one side (stable or canary) has answered since the present step began.
struct SideStats {
    qint64 requests = 0, failed = 0, labelled = 0;
    double errorRate = 0;
    double p95Ms = 0;
    std::optional<double> meanError; ///< mean absolute error, or share wrong for classes, over labelled rows
};

struct RolloutStep {
    int percent = 0;
    QString state; ///< done | current | waiting | aborted
    QDateTime started, ended;
};

struct RolloutStatus {
    QString target; ///< "serving/t2m"
    RolloutPhase phase = RolloutPhase::None;
    std::optional<Revision> stable, canary;
    std::vector<RolloutStep> steps;
    int currentStep = -1;
    double wantedCanaryShare = 0, seenCanaryShare = 0; ///< 0 … 1
    SideStats stableStats, canaryStats;
    QString verdict;   ///< a sentence: "Canary 0.9 °C better on 212 labelled rows, interval −1.1…−0.7"
    QString url;       ///< of the endpoint
    QString operation; ///< the promotion that started it
    QDateTime observed;
};

/// On its steps, or paused on one. Also of an endpoint that is down: it goes on with its canary when it comes back, unless that
/// was turned back before.
bool inProgress(const RolloutStatus &status);

/// Anything that can shift traffic from one revision to the next: local serving now; Deployment, Argo Rollout, KServe later.
/// Writes here are raw calls: only core/operations may make them.
class RolloutTarget {
public:
    virtual ~RolloutTarget() = default;
    virtual QString name() const = 0;
    virtual Result<RolloutStatus> status() const = 0;
    virtual Result<std::vector<Revision>> history() const = 0; ///< newest first
    /// Takes a version into service: the first gets all traffic, a later one the first step's share.
    virtual Result<void> start(const Revision &revision, const QString &packageFolder, const std::vector<int> &steps, const QString &operation) = 0;
    virtual Result<void> pause() = 0;
    virtual Result<void> resume() = 0;
    /// Goes to the next step now; `full`: to 100 %.
    virtual Result<void> promote(bool full) = 0;
    virtual Result<void> abort(const QString &reason) = 0;
    /// Back to an earlier revision with all traffic, at once.
    virtual Result<void> undo(int toRevision) = 0;
    /// Takes the stable version out of service, with nothing in its place: the way back from a first version.
    virtual Result<void> withdraw(const QString &reason) = 0;
};

} // namespace pilothouse::cluster

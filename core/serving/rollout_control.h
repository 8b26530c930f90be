// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/serving/judge.h"
#include "core/serving/rollout_state.h"
#include "core/serving/split.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace pilothouse::serving {

struct ControlOptions {
    QString target, model; ///< "serving/t2m", "t2m"
    artifact::ScorerLoader loader;
    /// Digest of the package in a folder as it is now; a version whose package is another one is not loaded. Empty: not checked.
    std::function<Result<QString>(const QString &folder)> digestOf;
    std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
    JudgeRules rules; ///< classes and unit are taken from the models
    std::function<qint64()> sequence; ///< the log's next one
    BatchOptions batch;
};

/// The authority over one target's traffic: which versions live here, who gets which share, and why. Every change is in
/// serving.db before (a turn-back: right after) it takes effect, so a killed server goes on where it was. Any thread.
class RolloutControl {
public:
    static Result<std::unique_ptr<RolloutControl>> open(std::shared_ptr<ServingStore> store, ControlOptions options);

    SplitPtr split() const { return m_split.load(); }

    /// The first version gets all traffic; a later one the first step's share. Conflict while a rollout or an A/B test runs, or
    /// if it is what is served. Starting the same version by the same operation again changes nothing.
    Result<void> start(Revision revision, const std::vector<int> &steps);
    Result<void> pause();
    Result<void> resume();
    Result<void> promote(bool full);
    /// Back to the stable version. Nothing to do if that has been done.
    Result<void> abort(const QString &reason);
    /// An earlier revision gets all traffic at once; 0: the one before the stable one.
    Result<void> undo(int toRevision);
    /// Nothing is served after it: the way back from a first version. Again is fine; Conflict while a rollout or A/B test runs.
    Result<void> withdraw(const QString &reason);
    Result<void> startAb(Revision variant, double share, int seconds);
    Result<void> stopAb();
    Result<void> setShadow(Revision revision);
    Result<void> clearShadow();

    /// Judges the present step and does what follows from it; ends an A/B test whose time is over.
    void tick();

    /// Both versions of the comparison that runs now (rollout step or A/B test).
    struct Pairing {
        LiveModelPtr stable, canary;
        int step = -1; ///< −1: A/B test
        qint64 firstSequence = 0;
    };
    std::optional<Pairing> pairing() const;
    /// Losses of labelled rows, already stored; ignored if that comparison is over.
    void addPairs(const Pairing &pairing, const std::vector<LossPair> &pairs);

    QJsonObject status() const; ///< as GET /admin/rollout
    QJsonObject abStatus() const;
    Result<QJsonArray> history() const;
    std::vector<Notice> notices() const;
    Result<void> noticeDone(const Notice &notice);
    /// Counters of every version that was live since the start, by its model_version text.
    std::map<std::string, std::shared_ptr<VersionCounters>> counters() const;
    std::string problem() const; ///< of the last write of state that failed; empty: none

private:
    RolloutControl(std::shared_ptr<ServingStore> store, ControlOptions options);
    Result<void> restore();
    Result<void> restoreStep();
    Result<LiveModelPtr> loadRevision(const Revision &revision);
    std::shared_ptr<VersionCounters> countersOf(const Revision &revision);
    void publish(bool freshCounters);
    Result<void> commit(RolloutState state, const std::vector<ServingStore::Outcome> &outcomes = {});
    void enterStep(RolloutState &state, int step) const;
    Result<void> nextStep();
    Result<void> finish();
    void turnBack(const QString &reason, bool byJudge);
    Result<void> checkFree(const Revision &revision) const;
    void endAb(const QString &why);
    void forgetPairs();
    JudgeSight sight();
    JudgeRules rulesNow() const;
    QJsonObject sideJson(const SideCounters *counters, bool canary) const;
    QDateTime now() const { return m_options.clock->nowUtc(); }

    std::shared_ptr<ServingStore> m_store;
    ControlOptions m_options;
    SplitSlot m_split;

    mutable std::mutex m_lock; ///< over everything below
    RolloutState m_state;
    AbState m_ab;
    LiveModelPtr m_stable, m_canary, m_shadow; ///< m_canary: also the A/B variant
    Revision m_canaryRevision;                 ///< also when it is not live: the one turned back
    std::map<qint64, std::map<int, LossPair>> m_pairs;
    std::size_t m_pairCount = 0, m_lookAt = 0;
    std::optional<LossInterval> m_interval;
    std::string m_problem;
    bool m_unsaved = false; ///< a turn-back took effect but could not be written yet
    mutable std::mutex m_countersLock;
    std::map<std::string, std::shared_ptr<VersionCounters>> m_counters;
};

} // namespace pilothouse::serving

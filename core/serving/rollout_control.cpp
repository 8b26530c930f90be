// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/rollout_control.h"

#include "core/serving/json_text.h"
#include "core/serving/memory_guard.h"

namespace pilothouse::serving {

namespace {

const QString rolloutKey = QStringLiteral("rollout");
const QString abKey = QStringLiteral("ab");
const QString shadowKey = QStringLiteral("shadow");

Error conflict(const QString &what, const QString &where, const QString &hint) { return {ErrorKind::Conflict, what, where, hint, {}}; }

Result<void> checkSteps(const std::vector<int> &steps, const QString &where) {
    int before = 0;
    for (const int step : steps) {
        if (step <= before || step > 100)
            return invalid(QStringLiteral("Rollout steps must rise from 1 to 100 percent."), where, QStringLiteral("For example 10, 50, 100."));
        before = step;
    }
    if (steps.empty() || steps.back() != 100)
        return invalid(QStringLiteral("The last rollout step must be 100 percent."), where, QStringLiteral("For example 10, 50, 100."));
    return {};
}

} // namespace

RolloutControl::RolloutControl(std::shared_ptr<ServingStore> store, ControlOptions options) : m_store(std::move(store)), m_options(std::move(options)) {
    m_split.store(std::make_shared<const Split>());
}

Result<std::unique_ptr<RolloutControl>> RolloutControl::open(std::shared_ptr<ServingStore> store, ControlOptions options) {
    std::unique_ptr<RolloutControl> control(new RolloutControl(std::move(store), std::move(options)));
    PH_TRY(control->restore());
    return control;
}

std::shared_ptr<VersionCounters> RolloutControl::countersOf(const Revision &revision) {
    const std::lock_guard guard(m_countersLock);
    auto &slot = m_counters[utf8(revision.versionText())];
    if (!slot)
        slot = std::make_shared<VersionCounters>();
    return slot;
}

std::map<std::string, std::shared_ptr<VersionCounters>> RolloutControl::counters() const {
    const std::lock_guard guard(m_countersLock);
    return m_counters;
}

std::string RolloutControl::problem() const {
    const std::lock_guard guard(m_lock);
    return m_problem;
}

Result<LiveModelPtr> RolloutControl::loadRevision(const Revision &revision) {
    if (m_options.digestOf && !revision.digest.isEmpty()) {
        PH_ASSIGN(const QString now, m_options.digestOf(revision.folder));
        if (now != revision.digest)
            return conflict(QStringLiteral("The package of version %1 is not the one that was taken into service (digest %2… instead of %3…).")
                                .arg(revision.versionText(), now.left(12), revision.digest.left(12)),
                            revision.folder, QStringLiteral("Somebody changed it. Register it as a new version."));
    }
    PH_TRY(roomToLoad(revision.folder, revision.versionText()));
    return loadLiveModel(revision, m_options.loader, countersOf(revision), m_options.batch);
}

/// Makes the split of what m_state, m_ab and the loaded models say, and lets requests see it.
void RolloutControl::publish(bool freshCounters) {
    const SplitPtr before = m_split.load();
    auto split = std::make_shared<Split>();
    split->stable = m_stable;
    split->shadow = m_shadow;
    if (m_state.inProgress()) {
        split->canary = m_canary;
        split->share = m_state.wantedShare();
    } else if (m_ab.running) {
        split->canary = m_canary;
        split->share = m_ab.share;
    }
    split->stableSide = freshCounters || !before->stableSide ? std::make_shared<SideCounters>() : before->stableSide;
    split->canarySide = freshCounters || !before->canarySide ? std::make_shared<SideCounters>() : before->canarySide;
    m_split.store(std::move(split));
}

Result<void> RolloutControl::commit(RolloutState state, const std::vector<ServingStore::Outcome> &outcomes) {
    if (auto saved = m_store->save(rolloutKey, state.toJson(), outcomes); !saved) {
        m_problem = utf8(saved.error().text());
        return saved;
    }
    m_problem.clear();
    m_unsaved = false;
    m_state = std::move(state);
    return {};
}

void RolloutControl::forgetPairs() {
    m_pairs.clear();
    m_pairCount = 0;
    m_lookAt = 0;
    m_interval.reset();
}

void RolloutControl::enterStep(RolloutState &state, int step) const {
    const QDateTime time = now();
    if (state.step >= 0 && state.step < int(state.steps.size()) && state.step != step) {
        state.steps[std::size_t(state.step)].state = QStringLiteral("done");
        state.steps[std::size_t(state.step)].ended = time;
    }
    state.step = step;
    state.steps[std::size_t(step)].state = QStringLiteral("current");
    state.steps[std::size_t(step)].started = time;
    state.stepFirstSequence = m_options.sequence ? m_options.sequence() : 0;
}

Result<void> RolloutControl::checkFree(const Revision &revision) const {
    if (m_ab.running)
        return conflict(QStringLiteral("An A/B test runs on %1.").arg(m_options.target), m_options.target, QStringLiteral("Wait for its end or stop it first."));
    if (m_state.inProgress())
        return conflict(QStringLiteral("A rollout of version %1 is in progress on %2.").arg(m_canaryRevision.versionText(), m_options.target), m_options.target,
                        QStringLiteral("Promote or abort it first."));
    if (m_stable && m_stable->revision.digest == revision.digest && m_stable->revision.version == revision.version && !revision.digest.isEmpty())
        return conflict(QStringLiteral("Version %1 is what %2 serves.").arg(revision.versionText(), m_options.target), m_options.target, QStringLiteral("There is nothing to roll out."));
    return {};
}

Result<void> RolloutControl::start(Revision revision, const std::vector<int> &steps) {
    PH_TRY(checkSteps(steps, m_options.target));
    const auto same = [&](const LiveModelPtr &live) {
        return live && !revision.operation.isEmpty() && live->revision.operation == revision.operation && live->revision.version == revision.version && live->revision.digest == revision.digest;
    };
    {
        const std::lock_guard guard(m_lock);
        if ((m_state.inProgress() && same(m_canary)) || (!m_state.inProgress() && m_state.phase != Phase::Aborted && same(m_stable)))
            return {};
        PH_TRY(checkFree(revision));
    }
    PH_ASSIGN(LiveModelPtr live, loadRevision(revision)); // slow: outside the lock, so that judging goes on
    const std::lock_guard guard(m_lock);
    PH_TRY(checkFree(revision));
    const bool first = !m_stable;
    revision.when = now();
    revision.outcome = first ? QStringLiteral("stable") : QStringLiteral("canary");
    RolloutState state;
    state.operation = revision.operation;
    state.notices = m_state.notices;
    state.firstSequence = m_options.sequence ? m_options.sequence() : 0;
    const auto describe = [&](const Revision &numbered) {
        state.stable = first ? numbered.number : m_state.stable;
        state.canary = first ? 0 : numbered.number;
        if (first) {
            state.phase = Phase::Stable;
            state.verdict = QStringLiteral("First version: all traffic");
        } else {
            state.phase = Phase::Progressing;
            for (const int percent : steps)
                state.steps.push_back({percent, QStringLiteral("waiting"), {}, {}});
            enterStep(state, 0);
        }
        return state.toJson();
    };
    PH_ASSIGN(const Revision stored, m_store->addRevision(revision, live->scorer->signature().toJson(), rolloutKey, describe));
    auto numbered = std::make_shared<LiveModel>(*live);
    numbered->revision = stored;
    m_state = state;
    (first ? m_stable : m_canary) = numbered;
    if (!first)
        m_canaryRevision = stored;
    forgetPairs();
    publish(true);
    return {};
}

Result<void> RolloutControl::pause() {
    const std::lock_guard guard(m_lock);
    if (m_state.phase == Phase::Paused)
        return {};
    if (m_state.phase != Phase::Progressing)
        return conflict(QStringLiteral("There is no rollout to pause on %1.").arg(m_options.target), m_options.target, {});
    RolloutState state = m_state;
    state.phase = Phase::Paused;
    return commit(std::move(state));
}

Result<void> RolloutControl::resume() {
    const std::lock_guard guard(m_lock);
    if (m_state.phase == Phase::Progressing)
        return {};
    if (m_state.phase != Phase::Paused)
        return conflict(QStringLiteral("There is no paused rollout on %1.").arg(m_options.target), m_options.target, {});
    RolloutState state = m_state;
    state.phase = Phase::Progressing;
    return commit(std::move(state));
}

Result<void> RolloutControl::promote(bool full) {
    const std::lock_guard guard(m_lock);
    if (!m_state.inProgress())
        return conflict(QStringLiteral("There is no rollout in progress on %1.").arg(m_options.target), m_options.target, {});
    if (full || m_state.step + 1 >= int(m_state.steps.size()))
        return finish();
    return nextStep();
}

Result<void> RolloutControl::nextStep() {
    RolloutState state = m_state;
    enterStep(state, m_state.step + 1);
    PH_TRY(commit(std::move(state)));
    forgetPairs();
    publish(true);
    return {};
}

/// All traffic belongs to the new version: it is the stable one from here on.
Result<void> RolloutControl::finish() {
    RolloutState state = m_state;
    for (StepState &s : state.steps)
        if (s.state == QLatin1String("current") || s.state == QLatin1String("waiting")) {
            s.ended = now();
            s.state = QStringLiteral("done");
        }
    state.phase = Phase::Stable;
    state.step = int(state.steps.size()) - 1;
    const int old = state.stable;
    state.stable = state.canary;
    state.canary = 0;
    state.notices.push_back({Notice::Kind::Finished, state.operation, state.verdict, state.stable, state.stable});
    PH_TRY(commit(std::move(state), {{m_state.canary, QStringLiteral("stable"), {}}, {old, QStringLiteral("superseded"), {}}}));
    m_stable = std::move(m_canary);
    m_canary.reset();
    forgetPairs();
    publish(true);
    return {};
}

/// Traffic first, the file after it: a full disk must not keep a bad version in service.
void RolloutControl::turnBack(const QString &reason, bool byJudge) {
    RolloutState state = m_state;
    if (state.step >= 0 && state.step < int(state.steps.size())) {
        state.steps[std::size_t(state.step)].state = QStringLiteral("aborted");
        state.steps[std::size_t(state.step)].ended = now();
    }
    state.phase = Phase::Aborted;
    state.verdict = reason;
    if (byJudge)
        state.notices.push_back({Notice::Kind::TurnBack, state.operation, reason, state.stable, state.canary});
    const ServingStore::Outcome outcome{state.canary, QStringLiteral("aborted"), reason};
    m_canary.reset();
    m_canaryRevision.outcome = outcome.outcome;
    m_canaryRevision.reason = reason;
    m_state = state;
    forgetPairs();
    publish(true);
    if (!commit(std::move(state), {outcome}))
        m_unsaved = true;
}

Result<void> RolloutControl::abort(const QString &reason) {
    const std::lock_guard guard(m_lock);
    if (m_state.phase == Phase::Aborted && !m_unsaved)
        return {};
    if (m_state.inProgress())
        turnBack(reason.isEmpty() ? QStringLiteral("Aborted by a person") : reason, false);
    else if (m_state.phase != Phase::Aborted)
        return conflict(QStringLiteral("There is no rollout to abort on %1.").arg(m_options.target), m_options.target, QStringLiteral("Use undo to go back to an earlier revision."));
    if (m_unsaved)
        PH_TRY(commit(m_state, {{m_state.canary, QStringLiteral("aborted"), m_state.verdict}}));
    return {};
}

Result<void> RolloutControl::undo(int toRevision) {
    Revision wanted;
    {
        const std::lock_guard guard(m_lock);
        if (m_ab.running)
            return conflict(QStringLiteral("An A/B test runs on %1.").arg(m_options.target), m_options.target, QStringLiteral("Stop it first."));
        if (toRevision <= 0) {
            PH_ASSIGN(const auto all, m_store->revisions());
            for (const Revision &r : all)
                if (r.number < m_state.stable && r.outcome == QLatin1String("superseded") && toRevision <= 0)
                    toRevision = r.number;
            if (toRevision <= 0)
                return notFound(QStringLiteral("There is no revision before the one that %1 serves.").arg(m_options.target), m_options.target);
        }
        PH_ASSIGN(wanted, m_store->revision(toRevision));
        if (wanted.number == m_state.stable) {
            if (m_state.inProgress())
                turnBack(QStringLiteral("Undone"), false);
            return {};
        }
    }
    PH_ASSIGN(LiveModelPtr live, loadRevision(wanted));
    const std::lock_guard guard(m_lock);
    RolloutState state = m_state;
    std::vector<ServingStore::Outcome> outcomes{{wanted.number, QStringLiteral("stable"), {}}};
    for (const int other : {m_state.stable, m_state.inProgress() ? m_state.canary : 0})
        if (other > 0 && other != wanted.number)
            outcomes.push_back({other, QStringLiteral("undone"), QStringLiteral("Back to revision %1").arg(wanted.number)});
    if (state.inProgress())
        state.steps[std::size_t(state.step)].state = QStringLiteral("aborted");
    state.phase = Phase::Stable;
    state.stable = wanted.number;
    state.canary = 0;
    state.verdict = QStringLiteral("Back to revision %1 (version %2)").arg(wanted.number).arg(wanted.versionText());
    state.operation.clear();
    PH_TRY(commit(std::move(state), outcomes));
    m_stable = std::move(live);
    m_canary.reset();
    forgetPairs();
    publish(true);
    return {};
}

/// Traffic first, the file after it, as in turnBack().
Result<void> RolloutControl::withdraw(const QString &reason) {
    const std::lock_guard guard(m_lock);
    if (m_ab.running)
        return conflict(QStringLiteral("An A/B test runs on %1.").arg(m_options.target), m_options.target, QStringLiteral("Stop it first."));
    if (m_state.inProgress())
        return conflict(QStringLiteral("A rollout of version %1 is in progress on %2.").arg(m_canaryRevision.versionText(), m_options.target), m_options.target,
                        QStringLiteral("Promote or abort it first."));
    if (m_shadow) { // it has nothing left to agree with
        PH_TRY(m_store->save(shadowKey, {{QLatin1String("revision"), 0}}));
        m_shadow.reset();
    }
    RolloutState state;
    state.notices = m_state.notices;
    state.verdict = reason;
    std::vector<ServingStore::Outcome> outcomes;
    if (m_state.stable > 0)
        outcomes.push_back({m_state.stable, QStringLiteral("undone"), reason});
    m_stable.reset();
    m_canary.reset();
    forgetPairs();
    m_state = state;
    publish(true);
    return commit(std::move(state), outcomes);
}

Result<void> RolloutControl::startAb(Revision variant, double share, int seconds) {
    if (!(share > 0 && share < 1))
        return invalid(QStringLiteral("The share of an A/B test lies between 0 and 1."), QStringLiteral("share"));
    if (seconds < 1)
        return invalid(QStringLiteral("An A/B test needs a time of at least one second."), QStringLiteral("seconds"));
    {
        const std::lock_guard guard(m_lock);
        PH_TRY(checkFree(variant));
        if (!m_stable)
            return conflict(QStringLiteral("Nothing is served on %1 yet.").arg(m_options.target), m_options.target, QStringLiteral("Roll out a first version."));
    }
    PH_ASSIGN(LiveModelPtr live, loadRevision(variant));
    const std::lock_guard guard(m_lock);
    PH_TRY(checkFree(variant));
    variant.when = now();
    variant.outcome = QStringLiteral("variant");
    AbState ab;
    ab.share = share;
    ab.running = true;
    ab.started = variant.when;
    ab.until = variant.when.addSecs(seconds);
    ab.firstSequence = m_options.sequence ? m_options.sequence() : 0;
    PH_ASSIGN(const Revision stored, m_store->addRevision(variant, live->scorer->signature().toJson(), abKey, [&](const Revision &r) {
        ab.variant = r.number;
        return ab.toJson();
    }));
    auto numbered = std::make_shared<LiveModel>(*live);
    numbered->revision = stored;
    m_ab = ab;
    m_canary = numbered;
    m_canaryRevision = stored;
    forgetPairs();
    publish(true);
    return {};
}

Result<void> RolloutControl::stopAb() {
    const std::lock_guard guard(m_lock);
    if (!m_ab.running)
        return conflict(QStringLiteral("No A/B test runs on %1.").arg(m_options.target), m_options.target, {});
    endAb(QStringLiteral("stopped by a person"));
    return {};
}

Result<void> RolloutControl::setShadow(Revision revision) {
    PH_ASSIGN(LiveModelPtr live, loadRevision(revision));
    const std::lock_guard guard(m_lock);
    if (!m_stable)
        return conflict(QStringLiteral("Nothing is served on %1 yet, so a shadow has nothing to agree with.").arg(m_options.target), m_options.target, {});
    revision.when = now();
    revision.outcome = QStringLiteral("shadow");
    PH_ASSIGN(const Revision stored, m_store->addRevision(revision, live->scorer->signature().toJson(), shadowKey,
                                                          [](const Revision &r) { return QJsonObject{{QLatin1String("revision"), r.number}}; }));
    auto numbered = std::make_shared<LiveModel>(*live);
    numbered->revision = stored;
    m_shadow = numbered;
    publish(false);
    return {};
}

Result<void> RolloutControl::clearShadow() {
    const std::lock_guard guard(m_lock);
    PH_TRY(m_store->save(shadowKey, {{QLatin1String("revision"), 0}}));
    m_shadow.reset();
    publish(false);
    return {};
}

} // namespace pilothouse::serving

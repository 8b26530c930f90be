// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RolloutControl that looks: what a restart finds, what a tick decides, what the status shows.
#include "core/serving/rollout_control.h"

#include "core/base/json.h"
#include "core/serving/json_text.h"

#include <algorithm>

namespace pilothouse::serving {

using Q = QLatin1String;

Result<void> RolloutControl::restore() {
    const QString file = m_store->database()->path();
    PH_ASSIGN(const auto rollout, m_store->load(QStringLiteral("rollout")));
    if (rollout) {
        PH_ASSIGN(m_state, RolloutState::fromJson(*rollout, file));
    }
    PH_ASSIGN(const auto ab, m_store->load(QStringLiteral("ab")));
    if (ab) {
        PH_ASSIGN(m_ab, AbState::fromJson(*ab, file));
    }
    PH_ASSIGN(const auto shadow, m_store->load(QStringLiteral("shadow")));
    if (m_state.stable > 0) {
        PH_ASSIGN(const Revision revision, m_store->revision(m_state.stable));
        PH_ASSIGN(m_stable, loadRevision(revision));
    }
    const int canary = m_ab.running ? m_ab.variant : m_state.canary;
    if (canary > 0) {
        PH_ASSIGN(m_canaryRevision, m_store->revision(canary));
        if (m_state.inProgress() || m_ab.running) {
            auto live = loadRevision(m_canaryRevision);
            if (live)
                m_canary = *std::move(live);
            else if (m_state.inProgress())
                turnBack(QStringLiteral("Its package can no longer be loaded: %1").arg(live.error().text()), true);
            else
                return live.error();
        }
    }
    if (shadow && shadow->value(Q("revision")).toInt() > 0) {
        PH_ASSIGN(const Revision revision, m_store->revision(shadow->value(Q("revision")).toInt()));
        if (auto live = loadRevision(revision))
            m_shadow = *std::move(live);
        else
            m_problem = utf8(live.error().text()); // a shadow never answers: the server serves without it
    }
    publish(true);
    return restoreStep();
}

/// Counts of the step that a killed server was on, from what its log and its labels kept.
Result<void> RolloutControl::restoreStep() {
    if (!m_state.inProgress() && !m_ab.running)
        return {};
    const SplitPtr split = m_split.load();
    const qint64 first = m_state.inProgress() ? m_state.stepFirstSequence : m_ab.firstSequence;
    PH_TRY(m_store->database()->query(QStringLiteral("SELECT side,status,latency_us FROM predictions WHERE seq>=?1 AND (status<400 OR status>=500)"), [&](Statement &s) { s.bind(1, first); },
                                      [&](const Statement &s) {
                                          const qint64 side = s.integer(0);
                                          SideCounters &counters = side == 0 ? *split->stableSide : *split->canarySide;
                                          counters.requests.fetch_add(1);
                                          counters.latency.add(std::uint64_t(s.integer(2)));
                                          if (s.integer(1) >= 500 || side == 2)
                                              counters.failed.fetch_add(1);
                                      }));
    const int step = m_state.inProgress() ? m_state.step : -1;
    PH_ASSIGN(const auto stored, m_store->pairs(m_canaryRevision.number, step));
    for (const LossPair &p : stored)
        m_pairCount += m_pairs[p.sequence].insert_or_assign(p.row, p).second ? 1 : 0;
    return {};
}

std::optional<RolloutControl::Pairing> RolloutControl::pairing() const {
    const std::lock_guard guard(m_lock);
    if (!m_stable || !m_canary)
        return std::nullopt;
    if (m_state.inProgress())
        return Pairing{m_stable, m_canary, m_state.step, m_state.firstSequence};
    if (m_ab.running)
        return Pairing{m_stable, m_canary, -1, m_ab.firstSequence};
    return std::nullopt;
}

void RolloutControl::addPairs(const Pairing &pairing, const std::vector<LossPair> &pairs) {
    const std::lock_guard guard(m_lock);
    if (!m_canary || pairing.canary != m_canary || pairing.step != (m_state.inProgress() ? m_state.step : -1))
        return;
    for (const LossPair &p : pairs)
        m_pairCount += m_pairs[p.sequence].insert_or_assign(p.row, p).second ? 1 : 0;
}

JudgeRules RolloutControl::rulesNow() const {
    JudgeRules rules = m_options.rules;
    if (m_stable) {
        rules.classes = m_stable->classes;
        rules.unit = m_stable->scorer->signature().unit;
        rules.horizon = m_stable->scorer->signature().horizon();
        rules.severalTargets = m_stable->scorer->signature().targets().size() > 1;
        rules.minimumLabelled = std::max(rules.minimumLabelled, 4 * rules.horizon);
    }
    return rules;
}

/// What is known now; looks at the losses again when enough new rows came.
JudgeSight RolloutControl::sight() {
    const SplitPtr split = m_split.load();
    JudgeSight sight;
    sight.canaryRequests = qint64(split->canarySide->requests.load());
    sight.canaryFailed = qint64(split->canarySide->failed.load());
    sight.labelled = m_pairCount;
    if (m_lookAt == 0)
        m_lookAt = nextLook(0, rulesNow().minimumLabelled);
    if (m_pairCount >= m_lookAt) {
        std::vector<LossPair> pairs;
        pairs.reserve(m_pairCount);
        for (const auto &[sequence, rows] : m_pairs)
            for (const auto &[row, pair] : rows)
                pairs.push_back(pair);
        m_interval = lossInterval(pairs, rulesNow().horizon);
        m_lookAt = nextLook(m_pairCount, rulesNow().minimumLabelled);
    }
    sight.interval = m_interval;
    if (m_state.inProgress()) {
        const qint64 seconds = m_state.steps[std::size_t(m_state.step)].started.secsTo(now());
        sight.secondsOnStep = std::max<qint64>(0, seconds); // a clock that was set back must not count against the step
    }
    return sight;
}

void RolloutControl::tick() {
    const std::lock_guard guard(m_lock);
    if (m_unsaved && commit(m_state, {{m_state.canary, QStringLiteral("aborted"), m_state.verdict}}))
        m_unsaved = false;
    if (m_ab.running) {
        (void)sight(); // keeps the interval up to date for the status
        if (now() >= m_ab.until)
            endAb(QStringLiteral("its time was over"));
        return;
    }
    if (!m_state.inProgress())
        return;
    const Judgement judgement = judge(rulesNow(), sight());
    if (judgement.verdict == Verdict::TurnBack) { // also while paused: a pause stops going on, not the guard
        turnBack(judgement.sentence, true);
        return;
    }
    const bool paused = m_state.phase == Phase::Paused;
    m_state.verdict = judgement.sentence;
    if (judgement.verdict != Verdict::GoOn || paused)
        return;
    const bool last = m_state.step + 1 >= int(m_state.steps.size());
    if (auto done = last ? finish() : nextStep(); !done)
        m_problem = utf8(done.error().text()); // the same step again at the next tick
}

void RolloutControl::endAb(const QString &why) {
    AbState ab = m_ab;
    ab.running = false;
    ab.ended = now();
    const SplitPtr split = m_split.load();
    ab.result = {{Q("a"), sideJson(split->stableSide.get(), false)}, {Q("b"), sideJson(split->canarySide.get(), true)}};
    std::vector<LossPair> pairs;
    for (const auto &[sequence, rows] : m_pairs)
        for (const auto &[row, pair] : rows)
            pairs.push_back(pair);
    if (pairs.empty())
        ab.comparison = QStringLiteral("No labelled rows: quality was not compared");
    else
        ab.comparison = comparisonSentence(lossInterval(pairs, rulesNow().horizon), rulesNow(), QStringLiteral("Version %1").arg(m_canaryRevision.versionText()));
    const auto saved = m_store->save(QStringLiteral("ab"), ab.toJson(), {{ab.variant, QStringLiteral("variant"), why}});
    m_problem = saved ? std::string() : utf8(saved.error().text());
    m_ab = ab;
    m_canary.reset();
    forgetPairs();
    publish(true);
}

QJsonObject RolloutControl::sideJson(const SideCounters *counters, bool canary) const {
    const qint64 requests = counters ? qint64(counters->requests.load()) : 0, failed = counters ? qint64(counters->failed.load()) : 0;
    double sum = 0;
    for (const auto &[sequence, rows] : m_pairs)
        for (const auto &[row, pair] : rows)
            sum += canary ? pair.canary : pair.stable;
    const Revision revision = canary ? m_canaryRevision : m_stable ? m_stable->revision : Revision();
    return {{Q("version"), revision.versionText()}, {Q("requests"), requests}, {Q("failed"), failed}, {Q("labelled"), qint64(m_pairCount)},
            {Q("error_rate"), requests > 0 ? double(failed) / double(requests) : 0.0}, {Q("p95_ms"), counters ? counters->latency.quantileMs(0.95) : 0.0},
            {Q("mean_error"), m_pairCount > 0 ? jsonNumber(sum / double(m_pairCount)) : QJsonValue(QJsonValue::Null)}};
}

QJsonObject RolloutControl::status() const {
    const std::lock_guard guard(m_lock);
    const SplitPtr split = m_split.load();
    QJsonObject out = m_state.toJson();
    out.remove(Q("notices"));
    out.remove(Q("stable"));
    out.remove(Q("canary"));
    out.insert(Q("target"), m_options.target);
    if (m_stable) {
        Revision stable = m_stable->revision; // it holds what it was when it was loaded
        stable.outcome = QStringLiteral("stable");
        out.insert(Q("stable"), stable.toJson());
    }
    if ((m_state.inProgress() || m_state.phase == Phase::Aborted) && m_state.canary > 0)
        out.insert(Q("canary"), m_canaryRevision.toJson());
    out.insert(Q("wanted_share"), m_state.wantedShare());
    const double a = double(split->stableSide->requests.load()), b = double(split->canarySide->requests.load());
    out.insert(Q("seen_share"), m_state.inProgress() && a + b > 0 ? b / (a + b) : 0.0);
    out.insert(Q("stable_stats"), sideJson(split->stableSide.get(), false));
    out.insert(Q("canary_stats"), sideJson(m_state.inProgress() ? split->canarySide.get() : nullptr, true));
    out.insert(Q("observed"), isoUtc(now()));
    if (!m_problem.empty())
        out.insert(Q("problem"), fromUtf8(m_problem));
    return out;
}

QJsonObject RolloutControl::abStatus() const {
    const std::lock_guard guard(m_lock);
    QJsonObject out = m_ab.toJson();
    out.remove(Q("first_sequence"));
    out.remove(Q("result"));
    if (m_ab.running) {
        const SplitPtr split = m_split.load();
        out.insert(Q("a"), sideJson(split->stableSide.get(), false));
        out.insert(Q("b"), sideJson(split->canarySide.get(), true));
        const QString name = QStringLiteral("Version %1").arg(m_canaryRevision.versionText());
        out.insert(Q("comparison"), m_interval ? comparisonSentence(*m_interval, rulesNow(), name)
                                    : rulesNow().severalTargets ? severalTargetsSentence()
                                               : QStringLiteral("Waits for labels: %1 of %2 labelled rows").arg(m_pairCount).arg(rulesNow().minimumLabelled));
    } else {
        for (const char *key : {"a", "b"})
            if (m_ab.result.contains(Q(key)))
                out.insert(Q(key), m_ab.result.value(Q(key)));
    }
    return out;
}

Result<QJsonArray> RolloutControl::history() const {
    PH_ASSIGN(const auto revisions, m_store->revisions());
    QJsonArray list;
    for (const Revision &r : revisions)
        list.append(r.toJson());
    return list;
}

std::vector<Notice> RolloutControl::notices() const {
    const std::lock_guard guard(m_lock);
    return m_state.notices;
}

Result<void> RolloutControl::noticeDone(const Notice &notice) {
    const std::lock_guard guard(m_lock);
    RolloutState state = m_state;
    std::erase_if(state.notices, [&](const Notice &n) { return n.toJson() == notice.toJson(); });
    return commit(std::move(state));
}

} // namespace pilothouse::serving

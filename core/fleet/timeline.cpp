// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/timeline.h"

#include "core/fleet/run_chain.h"

#include <QSet>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

Health healthOf(pipelines::State state) {
    switch (state) {
    case pipelines::State::Passed: return Health::Ok;
    case pipelines::State::Warned: return Health::Warn;
    case pipelines::State::Failed: return Health::Bad;
    case pipelines::State::Paused: return Health::Paused;
    case pipelines::State::Running: return Health::Running;
    default: return Health::Unknown;
    }
}

Health healthOf(registry::RunStatus status) {
    switch (status) {
    case registry::RunStatus::Finished: return Health::Ok;
    case registry::RunStatus::Failed: return Health::Bad;
    case registry::RunStatus::Running: return Health::Running;
    case registry::RunStatus::Killed: break;
    }
    return Health::Unknown;
}

Health healthOf(promotion::RequestState state) {
    switch (state) {
    case promotion::RequestState::Done: return Health::Ok;
    case promotion::RequestState::Pending: return Health::Paused;
    case promotion::RequestState::Executing: return Health::Running;
    case promotion::RequestState::Failed:
    case promotion::RequestState::TurnedBack: return Health::Bad;
    default: return Health::Unknown;
    }
}

QString labelOf(const pipelines::PipelineRun &run) {
    if (run.connection.isEmpty())
        return run.id;
    QString label = run.number.isEmpty() ? run.pipeline : QStringLiteral("%1 #%2").arg(run.pipeline, run.number);
    if (!run.commit.isEmpty())
        label += QStringLiteral(" · ") + run.commit.left(7);
    for (auto image = run.images.begin(); image != run.images.end(); ++image)
        label += QStringLiteral(" · %1:%2").arg(image.key().section(QLatin1Char('/'), -1), image.value());
    return label;
}

void addTrainings(const Snapshot &s, std::vector<TimelineEvent> &out) {
    for (const registry::Run &run : s.runs)
        out.push_back({QStringLiteral("train"), run.name.isEmpty() ? run.id.left(8) : run.name, run.experiment, run.id, run.started,
                       run.ended.isValid() ? run.ended : s.read, healthOf(run.status), 0});
    for (const pipelines::PipelineRun &run : s.pipelineRuns)
        if (run.started.isValid()) // what waits in a queue has no place in time yet
            out.push_back({QStringLiteral("build"), labelOf(run), run.model, run.id, run.started, run.ended.isValid() ? run.ended : pipelines::hasEnded(run.state) ? run.started : s.read, healthOf(run.state), 0}); // not every list says when a run ended
}

/// A version that another system's run registered: its training is not among those that are known here.
void addVersions(const Snapshot &s, std::vector<TimelineEvent> &out) {
    QSet<QString> trainings;
    for (const registry::Run &run : s.runs)
        trainings << run.id;
    for (const registry::Version &version : s.versions)
        if (version.created.isValid() && !trainings.contains(version.runId))
            out.push_back({QStringLiteral("train"), QStringLiteral("%1 v%2").arg(version.model).arg(version.version), version.model, versionLink(version.model, version.version), version.created, version.created, Health::Ok, 0});
}

void addPromotions(const Snapshot &s, std::vector<TimelineEvent> &out) {
    for (const promotion::Request &r : s.promotions) {
        const QDateTime when = r.decided.isValid() ? r.decided : r.created;
        out.push_back({QStringLiteral("promotion"), QStringLiteral("%1 v%2").arg(r.model).arg(r.version), r.model, r.operation.isEmpty() ? r.id : r.operation, when, when, healthOf(r.state), 0});
    }
}

/// A rollout is the stretch from its start line to the next line that ends it.
void addRollouts(const Snapshot &s, std::vector<TimelineEvent> &out) {
    for (const ModelRow &m : s.models) {
        if (!m.rollout || m.rollout->steps.empty() || !m.rollout->steps.front().started.isValid())
            continue;
        const cluster::RolloutStatus &r = *m.rollout;
        const QDateTime end = r.steps.back().ended.isValid() ? r.steps.back().ended : s.read;
        const Health health = r.phase == cluster::RolloutPhase::Stable        ? Health::Ok
                              : r.phase == cluster::RolloutPhase::Progressing ? Health::Running
                              : r.phase == cluster::RolloutPhase::Paused      ? Health::Paused
                                                                              : Health::Bad;
        out.push_back({QStringLiteral("rollout"), m.name, m.name, rolloutLink(m), r.steps.front().started, end, health, 0});
    }
    for (const operations::JournalEntry &e : s.journal)
        if (e.phase == QLatin1String("done") && (e.kind.startsWith(QLatin1String("rollout")) || e.kind == QLatin1String("turn-back")))
            out.push_back({QStringLiteral("rollout"), e.kind, e.object.section(QLatin1Char(' '), -1), e.operation, e.time, e.time,
                           e.kind == QLatin1String("turn-back") ? Health::Bad : Health::Ok, 0});
}

/// The numbers that a recorded decision saw: its drift rule fills the drift lane, a fired rule on a metric the alert lane.
void addDecisions(const Snapshot &s, std::vector<TimelineEvent> &out) {
    for (const retrain::Decision &d : s.decisions) {
        for (const retrain::RuleOutcome &rule : d.rules) {
            if (!rule.known)
                continue;
            if (rule.rule.startsWith(QLatin1String("drift"))) {
                const double psi = rule.value.value_or(0);
                out.push_back({QStringLiteral("drift"), rule.numbers, d.model, d.id, d.time, d.time,
                               psi >= drift::psiDrifted ? Health::Bad : psi >= drift::psiWarning ? Health::Warn : Health::Ok, psi});
            } else if (rule.fired) {
                out.push_back({QStringLiteral("alert"), d.model + QStringLiteral(": ") + rule.numbers, d.model, d.id, d.time, d.time, Health::Bad, 0});
            }
        }
    }
}

} // namespace

std::vector<TimelineEvent> timelineOf(const Snapshot &snapshot) {
    std::vector<TimelineEvent> out;
    addTrainings(snapshot, out);
    addVersions(snapshot, out);
    addPromotions(snapshot, out);
    addRollouts(snapshot, out);
    addDecisions(snapshot, out);
    const QHash<QString, QString> chains = chainIds(snapshot);
    for (TimelineEvent &event : out)
        event.link = chains.value(event.link, event.link);
    std::stable_sort(out.begin(), out.end(), [](const TimelineEvent &a, const TimelineEvent &b) { return a.from < b.from; });
    return out;
}

} // namespace pilothouse::fleet

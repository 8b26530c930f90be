// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/snapshot.h"

#include "core/fleet/interrupted.h"
#include "core/fleet/live_quality.h"
#include "core/fleet/skew_watch.h"
#include "core/fleet/timeline.h"
#include "core/retrain/decision_store.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Snapshot)
};

/// Takes a part or names why it is missing; the rest of the snapshot goes on.
template<class T>
void take(Result<T> part, T &into, Snapshot &snapshot) {
    if (part)
        into = *std::move(part);
    else
        snapshot.problems.push_back(part.error());
}

const registry::RegisteredModel *registeredOf(const Snapshot &s, const QString &name) {
    const auto it = std::find_if(s.registered.begin(), s.registered.end(), [&](const auto &m) { return m.name == name; });
    return it == s.registered.end() ? nullptr : &*it;
}

void addRegistry(const Snapshot &s, const workspace::Model &model, ModelRow &row) {
    const registry::RegisteredModel *registered = registeredOf(s, model.registry.name);
    if (!registered)
        return;
    if (registered->latestVersion > 0)
        row.latestVersion = registered->latestVersion;
    for (const registry::Alias &alias : registered->aliases)
        if (alias.name == model.registry.champion)
            row.liveVersion = alias.version;
    for (const registry::Version &version : s.versions) {
        if (version.model != registered->name)
            continue;
        if (!row.newestModel || version.created > *row.newestModel)
            row.newestModel = version.created;
        if (version.version != row.liveVersion.value_or(row.latestVersion.value_or(0)))
            continue;
        const auto run = std::find_if(s.runs.begin(), s.runs.end(), [&](const registry::Run &r) { return r.id == version.runId; });
        if (run != s.runs.end()) {
            row.estimator = run->params.value(QStringLiteral("estimator"));
            row.task = run->params.value(QStringLiteral("task"));
        }
    }
    for (const promotion::Request &request : s.promotions)
        if (request.model == registered->name && request.state == promotion::RequestState::Pending && !row.candidateVersion)
            row.candidateVersion = request.version;
}

/// The limits that the watch list sets: of the first metric that it names, and of the age.
void addLimits(const workspace::Model &model, ModelRow &row) {
    if (const std::vector<Quality> watched = watchedQualities(model); !watched.empty()) {
        row.quality = watched.front();
        row.unit = row.quality.unit;
    }
    for (const workspace::Model::Watch &watch : model.watch)
        if (!watch.staleness.isEmpty())
            row.stalenessLimit = watch.staleness;
}

void addRollout(const Services &services, const workspace::Model &model, ModelRow &row) {
    const auto target = services.rolloutTarget(model);
    if (!target)
        return; // none configured: the panel says what to add
    auto status = (*target)->status();
    row.seen.source = (*target)->name();
    row.seen.time = services.clock->nowUtc();
    if (!status) {
        row.seen.reachable = false;
        row.seen.problem = status.error().text();
        return;
    }
    if (status->observed.isValid())
        row.seen.time = status->observed;
    row.seen.reachable = status->phase != cluster::RolloutPhase::Unreachable;
    if (status->stable)
        row.servedVersion = status->stable->version;
    row.rollout = *std::move(status);
    if (auto history = (*target)->history())
        row.revisions = *std::move(history);
}

Health healthOf(const ModelRow &row) {
    using cluster::RolloutPhase;
    const RolloutPhase phase = row.rollout ? row.rollout->phase : RolloutPhase::None;
    if (row.quality.over() || (row.liveVersion && phase == RolloutPhase::Unreachable))
        return Health::Bad;
    if (row.candidateVersion || phase == RolloutPhase::Paused)
        return Health::Paused;
    if (phase == RolloutPhase::Progressing || (row.lastRun && row.lastRun->state == pipelines::State::Running))
        return Health::Running;
    if (row.stale || !row.skew.isEmpty() || (row.worstPsi && *row.worstPsi >= drift::psiDrifted) || (row.lastRun && row.lastRun->state == pipelines::State::Failed))
        return Health::Warn;
    if (!row.liveVersion)
        return Health::Unknown;
    return Health::Ok;
}

ModelRow rowOf(const Services &services, const Snapshot &s, const workspace::Model &model, const std::optional<bool> &enabled) {
    ModelRow row;
    row.name = model.name;
    row.endpointUrl = model.endpoint.url;
    row.seen.source = QStringLiteral("local");
    row.seen.time = s.read;
    row.retrainEnabled = enabled.value_or(model.retrain.enabled);
    addRegistry(s, model, row);
    addLimits(model, row);
    for (const pipelines::PipelineRun &run : s.pipelineRuns)
        if (run.model == model.name && !row.lastRun)
            row.lastRun = run;
    for (const retrain::Decision &decision : s.decisions)
        if (decision.model == model.name && !row.lastDecision)
            row.lastDecision = decision;
    if (!row.stalenessLimit.isEmpty() && row.newestModel)
        if (const auto limit = workspace::parseDuration(row.stalenessLimit))
            row.stale = row.newestModel->secsTo(s.read) > *limit;
    addRollout(services, model, row);
    addLiveQuality(services, model, row);
    row.served = skewOf(services, model, row, s.versions);
    row.skew = row.served.skewed() ? row.served.what : QString();
    row.health = healthOf(row);
    return row;
}

} // namespace

Snapshot readSnapshot(const Services &services) {
    Snapshot s;
    s.workspace = services.workspace.name;
    s.workspaceFile = services.workspace.file;
    s.role = services.workspace.role;
    s.read = services.clock->nowUtc();
    take(services.registry->models(), s.registered, s);
    for (const registry::RegisteredModel &model : s.registered) {
        std::vector<registry::Version> versions;
        take(services.registry->versions(model.name), versions, s);
        s.versions.insert(s.versions.end(), versions.begin(), versions.end());
    }
    take(services.registry->runs({}, 500), s.runs, s);
    for (registry::Run &run : s.runs) {
        settle(run);
        if (const auto arguments = resumeArguments(run))
            s.resumable.insert(run.id, *arguments);
    }
    take(services.promotions->requests(), s.promotions, s);
    take(services.pipelines->pipelines(), s.pipelines, s);
    take(services.pipelines->runs({}, 200), s.pipelineRuns, s);
    std::shared_ptr<retrain::DecisionStore> store;
    take(retrain::DecisionStore::open(services.root), store, s);
    if (store)
        take(store->decisions({}, 500), s.decisions, s);
    take(services.journal->entries(2000), s.journal, s);
    take(services.journal->verify(), s.journalCheck, s);
    for (const workspace::Model &model : services.workspace.models) {
        std::optional<bool> enabled;
        if (store)
            if (const auto state = store->state(model.name))
                enabled = state->config.enabled;
        s.models.push_back(rowOf(services, s, model, enabled));
    }
    s.timeline = timelineOf(s);
    s.inbox = inboxOf(s, services.workspace, s.read);
    return s;
}

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/snapshot.h"

#include "core/fleet/alert_inbox.h"
#include "core/fleet/inbox_pipelines.h"
#include "core/fleet/interrupted.h"
#include "core/fleet/joined_runs.h"
#include "core/fleet/live_quality.h"
#include "core/fleet/pipeline_feed.h"
#include "core/fleet/managed_alerts.h"
#include "core/fleet/skew_watch.h"
#include "core/fleet/timeline.h"
#include "core/fleet/watch_presence.h"
#include "core/promotion/promotion_plan.h"
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
    const registry::RegisteredModel *registered = registeredOf(s, model.name);
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

using Rollouts = QMap<QString, RemoteRollouts::Known>;

/// A cluster's rollout as it was read last; of one that does not answer the last that is known, told as such.
void addRemoteRollout(const RemoteRollouts::Known &known, ModelRow &row) {
    row.seen.source = known.source;
    if (known.read.isValid())
        row.seen.time = known.read;
    row.seen.reachable = !known.problem;
    row.seen.problem = known.problem ? known.problem->text() : QString();
    if (!known.status)
        return;
    if (known.status->stable && known.status->stable->version > 0)
        row.servedVersion = known.status->stable->version;
    row.rollout = known.status;
    row.revisions = known.history;
    if (known.problem)
        row.rollout->phase = cluster::RolloutPhase::Unreachable;
}

void addRollout(const Services &services, const Rollouts &rollouts, const workspace::Model &model, ModelRow &row) {
    if (const auto known = rollouts.constFind(model.name); known != rollouts.constEnd())
        return addRemoteRollout(*known, row);
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

using Remote = QMap<QString, RemoteModels::Known>;

/// The workspace's own name for what is registered under a name; the name itself where it has none.
QString ownName(const workspace::Workspace &workspace, const registry::ModelKey &key) {
    if (const workspace::Model *owner = promotion::ownerOf(workspace, key))
        return owner->name;
    return workspace.model(key.name) ? Text::tr("%1 (%2)").arg(key.name, key.connection.isEmpty() ? QStringLiteral("local") : key.connection) : key.name; // another one than the workspace's
}

/// The registries' part: models, versions and runs of this machine, then those of servers as they were read last.
/// What was read of a request's server last.
std::optional<promotion::RegistryNow> standsNow(const RemoteModels::Known &known, const promotion::Request &request) {
    if (known.remembered)
        return std::nullopt;
    const auto model = std::find_if(known.models.begin(), known.models.end(), [&](const auto &m) { return m.name == request.model; });
    const auto version = std::find_if(known.versions.begin(), known.versions.end(), [&](const auto &v) { return v.model == request.model && v.version == request.version; });
    if (model == known.models.end() || version == known.versions.end())
        return std::nullopt;
    promotion::RegistryNow now{std::nullopt, version->digest, version->user};
    for (const registry::Alias &alias : model->aliases)
        if (alias.name == request.alias)
            now.alias = alias.version;
    return now;
}

void addRegistries(const Services &services, const Remote &remote, Snapshot &s) {
    const workspace::Workspace &workspace = services.workspace;
    take(services.registry->models(), s.registered, s);
    for (registry::RegisteredModel &model : s.registered) {
        std::vector<registry::Version> versions;
        take(services.registry->versions(model.name), versions, s);
        model.name = ownName(workspace, model.name);
        for (registry::Version &version : versions) {
            version.model = model.name;
            s.versions.push_back(std::move(version));
        }
    }
    take(services.registry->runs({}, 500), s.runs, s);
    for (registry::Run &run : s.runs) {
        settle(run);
        if (const auto arguments = resumeArguments(run))
            s.resumable.insert(run.id, *arguments);
    }
    for (auto it = remote.begin(); it != remote.end(); ++it) {
        if (it->problem)
            s.problems.push_back(*it->problem);
        for (registry::RegisteredModel model : it->models) {
            model.name = ownName(workspace, {it.key(), model.name});
            s.registered.push_back(std::move(model));
        }
        for (registry::Version version : it->versions) {
            version.model = ownName(workspace, {it.key(), version.model});
            s.versions.push_back(std::move(version));
        }
        s.runs.insert(s.runs.end(), it->runs.begin(), it->runs.end());
    }
    for (auto it = remote.begin(); it != remote.end(); ++it) {
        if (it->remembered)
            continue;
        QStringList doubts; // what colleagues asked for and approved on their machines
        take(services.promotions->hear(it.key(), it->versions), doubts, s);
        for (const QString &doubt : std::as_const(doubts))
            s.problems.push_back(invalid(doubt));
    }
    take(services.promotions->requests([&](const promotion::Request &request) { return standsNow(remote.value(request.connection), request); }), s.promotions, s);
    for (promotion::Request &request : s.promotions)
        request.model = ownName(workspace, request.key());
}

Observed observedRegistry(const Services &services, const Remote &remote, const workspace::Model &model, const QDateTime &now) {
    const QString connection = services.workspace.registryConnection(model);
    if (connection.isEmpty())
        return {QStringLiteral("local"), now, true, {}};
    const RemoteModels::Known known = remote.value(connection);
    return {known.server.isEmpty() ? connection : known.server, known.read, !known.problem, known.problem ? known.problem->text() : QString()};
}

ModelRow rowOf(const Services &services, const Snapshot &s, const Remote &remote, const Rollouts &rollouts, const workspace::Model &model, const std::optional<bool> &enabled) {
    ModelRow row;
    row.name = model.name;
    row.endpointUrl = model.endpoint.url;
    row.registered = observedRegistry(services, remote, model, s.read);
    row.seen = row.registered;
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
    addRollout(services, rollouts, model, row);
    addLiveQuality(services, model, row);
    if (!remote.value(services.workspace.registryConnection(model)).remembered) // what an earlier start knew is no ground for a judgement
        row.served = skewOf(services, model, row, s.versions);
    row.skew = row.served.skewed() ? row.served.what : QString();
    row.health = healthOf(row);
    return row;
}

/// Of this machine what is so now, of the connections what was read last.
void addPipelines(const Services &services, int patienceMs, bool rememberedWillDo, Snapshot &s) {
    const auto seen = services.runs->look(patienceMs, rememberedWillDo);
    PipelinesState all = joinedState(services, seen);
    s.pipelines = std::move(all.pipelines);
    s.gates = std::move(all.gates);
    s.schedules = std::move(all.schedules);
    s.notices = std::move(all.notices);
    for (const JoinedRun &joined : joinedRuns(services))
        if (joined.state == JoinedRun::State::Started)
            s.joined.insert(joined.train, joined.start.run);
    s.pipelineRuns = runsThatCount(std::move(all.runs), s.read);
    for (const SystemSight &sight : all.systems)
        if (sight.problem)
            s.problems.push_back(*sight.problem);
}

} // namespace

Snapshot readSnapshot(const Services &services, int patienceMs, bool rememberedWillDo) {
    Snapshot s;
    s.workspace = services.workspace.name;
    s.workspaceFile = services.workspace.file;
    s.role = services.workspace.role;
    s.read = services.clock->nowUtc();
    take(registry::MirrorStore(services.database).waiting(), s.mirrors, s);
    const Remote remote = services.remote->look(patienceMs, rememberedWillDo);
    const Rollouts rollouts = services.rollouts->look(patienceMs);
    addRegistries(services, remote, s);
    addPipelines(services, patienceMs, rememberedWillDo, s);
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
        s.models.push_back(rowOf(services, s, remote, rollouts, model, enabled));
    }
    s.timeline = timelineOf(s);
    s.inbox = inboxOf(s, services.workspace, s.read);
    std::vector<InboxItem> alerts;
    AlertsAside aside;
    take(alertItems(services, &aside), alerts, s);
    addAlertItems(std::move(alerts), s.inbox, aside.instead);
    s.silenced = std::move(aside.silenced);
    s.keptRules = std::move(aside.kept);
    std::optional<WatchPresence> watch;
    take(watchPresence(services), watch, s);
    if (watch && watch->missed(s.read))
        addAlertItems({watchMissedItem(*watch, s.read)}, s.inbox);
    if (services.managed) {
        const auto known = services.managed->known();
        addAlertItems(managedItems(services.workspace, known), s.inbox);
        addAlertItems(ruleItems(services.workspace, known), s.inbox);
        auto silenced = managedSilenced(services.workspace, known, s.read);
        s.silenced.insert(s.silenced.end(), std::make_move_iterator(silenced.begin()), std::make_move_iterator(silenced.end()));
    }
    return s;
}

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/deploy_follow.h"

#include "core/base/json.h"
#include "core/fleet/run_retries.h"
#include "core/fleet/workflow_deployer.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>

namespace pilothouse::fleet {

using Q = QLatin1String;
using cluster::RolloutPhase;
using pipelines::PipelineRun;
using State = FollowedDeploy::State;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(DeployFollow)
};

constexpr std::size_t kept = 20;
constexpr int clockSlackSeconds = 60; ///< a cluster's clock and that of the system that runs pipelines

QString fileOf(const Services &services, const QString &model) { return QStringLiteral("%1/deploys/%2.json").arg(services.root, model); }

Result<std::vector<FollowedDeploy>> read(const Services &services, const QString &model) {
    const QString file = fileOf(services, model);
    std::vector<FollowedDeploy> all;
    if (!QFileInfo::exists(file))
        return all;
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const QJsonObject object, parseJsonObject(bytes, file));
    for (const QJsonValue &value : object.value(Q("deploys")).toArray())
        all.push_back(FollowedDeploy::fromJson(value.toObject()));
    return all;
}

Result<void> write(const Services &services, const QString &model, const std::vector<FollowedDeploy> &all) {
    QJsonArray array;
    for (const FollowedDeploy &one : all)
        array << one.toJson();
    return writeFileAtomically(fileOf(services, model), canonicalJson({{Q("deploys"), array}}));
}

/// That the cluster cannot be asked is told once, of a pipeline that is known to deploy.
Result<void> unseen(FollowedDeploy &one, const Error &error) {
    if (one.said == error.text())
        return {};
    one.said = error.text();
    return one.meant ? Result<void>(error) : Result<void>();
}

QString revisionWords(const FollowedDeploy &one) {
    return one.version > 0 ? Text::tr("%1: revision %2 (version %3)").arg(one.target).arg(one.revision).arg(one.version) : Text::tr("%1: revision %2").arg(one.target).arg(one.revision);
}

/// The newest revision there; nothing where nothing was ever rolled out.
Result<std::optional<cluster::Revision>> newestOf(const cluster::RolloutTarget &target) {
    PH_ASSIGN(const auto history, target.history());
    return history.empty() ? std::optional<cluster::Revision>() : history.front();
}

bool causedBy(const FollowedDeploy &one, const cluster::Revision &revision) {
    if (one.before > 0)
        return revision.revision > one.before;
    return revision.when.isValid() && one.started.isValid() && revision.when >= one.started.addSecs(-clockSlackSeconds);
}

} // namespace

QString followedStateName(State state) {
    static const char *const names[] = {"running", "following", "healthy", "stuck", "nothing", "overtaken"};
    return Q(names[int(state)]);
}

QString FollowedDeploy::sentence() const {
    const QString more = said.isEmpty() ? QString() : QStringLiteral(": ") + said;
    switch (state) {
    case State::Running: return {};
    case State::Following:
        if (revision == 0 && !meant)
            return {};
        return revision > 0 ? Text::tr("%1 rolls out%2").arg(revisionWords(*this), more) : Text::tr("%1: its rollout is awaited%2").arg(target, more);
    case State::Healthy: return Text::tr("%1 is healthy").arg(revisionWords(*this));
    case State::Stuck: return Text::tr("%1 is stuck%2").arg(revisionWords(*this), more);
    case State::Overtaken: return Text::tr("%1 did not become healthy%2").arg(revisionWords(*this), more);
    case State::Nothing: return !meant ? QString() : Text::tr("%1: nothing was rolled out%2").arg(target, more);
    }
    return {};
}

QJsonObject FollowedDeploy::toJson() const {
    return {{Q("model"), model}, {Q("run"), run}, {Q("pipeline"), pipeline}, {Q("target"), target}, {Q("state"), followedStateName(state)}, {Q("before"), before}, {Q("revision"), revision}, {Q("meant"), meant}, {Q("version"), version},
            {Q("started"), isoUtc(started)}, {Q("passed"), isoUtc(passed)}, {Q("ended"), isoUtc(ended)}, {Q("said"), said}};
}

FollowedDeploy FollowedDeploy::fromJson(const QJsonObject &o) {
    FollowedDeploy one;
    const auto text = [&](const char *key) { return o.value(Q(key)).toString(); };
    for (const State state : {State::Running, State::Following, State::Healthy, State::Stuck, State::Nothing, State::Overtaken})
        if (text("state") == followedStateName(state))
            one.state = state;
    one.model = text("model");
    one.run = text("run");
    one.pipeline = text("pipeline");
    one.target = text("target");
    one.before = o.value(Q("before")).toInt();
    one.revision = o.value(Q("revision")).toInt();
    one.meant = o.value(Q("meant")).toBool();
    one.version = o.value(Q("version")).toInt();
    one.started = fromIsoUtc(text("started"));
    one.passed = fromIsoUtc(text("passed"));
    one.ended = fromIsoUtc(text("ended"));
    one.said = text("said");
    return one;
}

QString deployPipelineOf(const Services &services, const workspace::Model &model) {
    const QString kind = services.workspace.connections.value(model.deployment.connection).kind;
    if (model.deployment.target.isEmpty() || kind.isEmpty() || kind == Q("local"))
        return {};
    if (const auto deploy = workflowDeployOf(services, model))
        return deploy->pipeline;
    const QString own = trainPipelineOf(services.workspace, model);
    return own.contains(QLatin1Char(':')) ? own : QString();
}

std::vector<FollowedDeploy> followedDeploys(const Services &services) {
    std::vector<FollowedDeploy> all;
    for (const workspace::Model &model : services.workspace.models)
        if (const auto some = read(services, model.name))
            all.insert(all.end(), some->begin(), some->end());
    return all;
}

bool DeployFollow::needed() const {
    const auto &models = m_services->workspace.models;
    return std::any_of(models.begin(), models.end(), [this](const auto &model) { return !deployPipelineOf(*m_services, model).isEmpty(); });
}

std::vector<RunNews> DeployFollow::look(std::stop_token token) {
    std::vector<RunNews> news;
    for (const workspace::Model &model : m_services->workspace.models) {
        if (token.stop_requested() || deployPipelineOf(*m_services, model).isEmpty())
            continue;
        const QString folder = m_services->root + QStringLiteral("/deploys");
        const auto made = makeFolder(folder, true);
        const auto turn = made ? FileLock::tryAcquire(QStringLiteral("%1/%2.turn.lock").arg(folder, model.name)) : Result<FileLock>(made.error());
        if (!turn && turn.error().kind == ErrorKind::Conflict)
            continue; // another program is at it
        const auto done = turn ? lookAt(model, news) : Result<void>(turn.error());
        if (!done)
            news.push_back({model.name, done.error().text(), false, done.error()});
    }
    return news;
}

Result<void> DeployFollow::lookAt(const workspace::Model &model, std::vector<RunNews> &news) {
    const QString pipeline = deployPipelineOf(*m_services, model);
    PH_ASSIGN(const auto runs, knownRunsOf(*m_services, pipeline));
    PH_ASSIGN(auto all, read(*m_services, model.name));
    const auto before = all;
    const auto target = m_services->rolloutTarget(model); // one that cannot be reached from here matters where something is to be followed
    begin(model, pipeline, target ? target->get() : nullptr, runs, all);
    settle(model, runs, all, news);
    std::optional<Error> problem;
    bool newer = false; // one that passed later
    for (FollowedDeploy &one : all) {
        if (one.open() && one.state != State::Running && newer) {
            one.state = State::Overtaken;
            one.said = Text::tr("a newer deploy run passed");
            one.ended = m_services->clock->nowUtc();
        } else if (one.open() && one.state != State::Running) {
            if (const auto done = target ? follow(model, **target, one, news) : unseen(one, target.error()); !done)
                problem = done.error();
        }
        newer = newer || one.passed.isValid();
    }
    if (all.size() > kept)
        all.resize(kept);
    const auto same = [](const FollowedDeploy &a, const FollowedDeploy &b) { return a.toJson() == b.toJson(); };
    if (!std::equal(all.begin(), all.end(), before.begin(), before.end(), same))
        PH_TRY(write(*m_services, model.name, all));
    return problem ? Result<void>(*problem) : Result<void>();
}

/// The newest run, while it is under way or soon after.
void DeployFollow::begin(const workspace::Model &model, const QString &pipeline, const cluster::RolloutTarget *target, const std::vector<PipelineRun> &runs, std::vector<FollowedDeploy> &all) const {
    const auto newest = std::find_if(runs.begin(), runs.end(), [](const PipelineRun &run) { return run.became.isEmpty() && run.state != pipelines::State::Skipped && run.started.isValid(); });
    if (newest == runs.end() || std::any_of(all.begin(), all.end(), [&](const FollowedDeploy &one) { return one.run == newest->id; }))
        return;
    const bool ended = pipelines::hasEnded(newest->state);
    if (ended && (!pipelines::hasPassed(newest->state) || newest->ended.secsTo(m_services->clock->nowUtc()) > tooOldSeconds))
        return;
    FollowedDeploy one;
    one.model = model.name;
    one.run = newest->id;
    one.pipeline = pipeline;
    one.target = target ? target->name() : model.deployment.target;
    one.started = newest->started;
    one.meant = bool(workflowDeployOf(*m_services, model));
    if (!ended && target)
        if (const auto there = newestOf(*target); there && *there) // else by its time
            one.before = (*there)->revision;
    all.insert(all.begin(), one);
}

/// What became of runs that were under way.
void DeployFollow::settle(const workspace::Model &model, const std::vector<PipelineRun> &runs, std::vector<FollowedDeploy> &all, std::vector<RunNews> &news) const {
    const QDateTime now = m_services->clock->nowUtc();
    std::erase_if(all, [&](FollowedDeploy &one) {
        if (one.state != State::Running)
            return false;
        const auto run = std::find_if(runs.begin(), runs.end(), [&](const PipelineRun &r) { return r.id == one.run; });
        if (run == runs.end())
            return !runs.empty() && one.started.secsTo(now) > givenUpSeconds;
        if (!pipelines::hasEnded(run->state))
            return false;
        if (!pipelines::hasPassed(run->state))
            return true; // failed, which is told elsewhere
        one.state = State::Following;
        one.passed = run->ended.isValid() ? run->ended : now;
        if (one.meant)
            news.push_back({model.name, Text::tr("%1: %2 passed; its rollout at %3 is followed").arg(model.name, one.run, one.target), false, {}});
        return false;
    });
}

/// How the cluster stands to it now. What it says is told when it says something else.
Result<void> DeployFollow::follow(const workspace::Model &model, const cluster::RolloutTarget &target, FollowedDeploy &one, std::vector<RunNews> &news) const {
    const QDateTime now = m_services->clock->nowUtc();
    const QString before = one.sentence();
    const auto put = [&](State state, const QString &said) {
        one.state = state;
        one.said = said;
        if (!one.open() || one.passed.secsTo(now) > givenUpSeconds)
            one.ended = now;
    };
    const auto there = newestOf(target);
    const auto status = there ? target.status() : Result<cluster::RolloutStatus>(there.error());
    if (!status)
        return unseen(one, status.error());
    if (one.state == State::Stuck && *there && one.revision > 0 && (*there)->revision != one.revision) {
        put(State::Overtaken, Text::tr("revision %1 came after it").arg((*there)->revision));
    } else if (*there && status->operation.isEmpty() && causedBy(one, **there)) {
        one.revision = (*there)->revision;
        one.version = (*there)->version;
        switch (status->phase) {
        case RolloutPhase::Stable: put(State::Healthy, {}); break;
        case RolloutPhase::Paused:
        case RolloutPhase::Aborted: put(State::Stuck, status->verdict.isEmpty() ? cluster::rolloutPhaseName(status->phase) : status->verdict); break;
        default: put(one.passed.secsTo(now) > tooLongSeconds ? State::Stuck : State::Following, status->verdict);
        }
    } else if (one.passed.secsTo(now) > noRolloutSeconds) {
        put(State::Nothing, Text::tr("%1 passed more than %2 minutes ago").arg(one.run).arg(noRolloutSeconds / 60));
    }
    if (const QString after = one.sentence(); after != before && !after.isEmpty())
        news.push_back({model.name, Text::tr("%1: after %2, %3").arg(model.name, one.run, after), false, {}});
    return {};
}

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/joined_runs.h"

#include "core/base/child_process.h"
#include "core/base/json.h"
#include "core/fleet/model_place.h"
#include "core/fleet/remote_runs.h"
#include "core/fleet/run_chain.h"
#include "core/fleet/run_gates.h"
#include "core/fleet/workflow_deployer.h"
#include "core/pipelines/pipeline_connection.h"
#include "core/promotion/environment_rules.h"

#include <algorithm>

namespace pilothouse::fleet {

using Q = QLatin1String;
using pipelines::PipelineRun;
using State = JoinedRun::State;

namespace {

constexpr int patienceMs = 1000;

/// The known runs of a pipeline. "folder/retrain" is meant by "retrain", too (as modelOfPipeline()).
template<typename Fn> void ofPipeline(const QMap<QString, RemoteRuns::SeenPtr> &seen, const QString &pipeline, Fn fn) {
    const RemoteRuns::SeenPtr system = seen.value(pipeline.section(QLatin1Char(':'), 0, 0));
    const QString tail = QLatin1Char('/') + pipeline.section(QLatin1Char(':'), 1);
    if (system)
        for (const PipelineRun &run : system->known.runs)
            if (run.pipeline == pipeline || run.pipeline.endsWith(tail))
                fn(run);
}

QDateTime endOf(const PipelineRun &run) { return run.ended.isValid() ? run.ended : run.started; }

/// What the training made, put into the parameters of the deploy run.
Result<pipelines::StartRequest> deployOf(const Services &services, const workspace::Model &model, const PipelineRun &run) {
    PH_ASSIGN(const WorkflowDeploy deploy, workflowDeployOf(services, model));
    pipelines::StartRequest request;
    request.pipeline = deploy.pipeline;
    request.ref = deploy.ref;
    request.by = services.operations->actor().name;
    request.reason = QStringLiteral("the training %1 was approved").arg(run.id);
    const QString tag = run.images.size() == 1 ? run.images.first() : run.commit.left(7);
    for (auto it = deploy.parameters.begin(); it != deploy.parameters.end(); ++it)
        request.parameters.insert(it.key(), QString(it.value()).replace(Q("{tag}"), tag).replace(Q("{commit}"), run.commit).replace(Q("{run}"), run.id.section(QLatin1Char(':'), 1)));
    return request;
}

/// Newest version of the model that names the run. 0: none does.
Result<int> versionOf(const Services &services, const workspace::Model &model, const PipelineRun &run) {
    PH_ASSIGN(const ModelPlace place, placeOf(services, model));
    Snapshot snapshot;
    auto versions = place.registry->versions(place.key.name);
    if (!versions && versions.error().kind == ErrorKind::NotFound)
        return 0;
    PH_ASSIGN(snapshot.versions, std::move(versions));
    for (registry::Version &version : snapshot.versions)
        version.model = model.name;
    PipelineRun own = run;
    own.model = model.name;
    for (const RunChain::OfModel &one : chainOf(own, snapshot).versions)
        if (one.model == model.name)
            return one.version;
    return 0;
}

/// A request for it that waits already: somebody was quicker.
QString pendingRequest(const Services &services, const ModelPlace &place, int version) {
    const auto requests = services.promotions->requests(place.key);
    for (const promotion::Request &request : requests ? *requests : std::vector<promotion::Request>())
        if (request.version == version && request.alias == place.champion && request.state == promotion::RequestState::Pending)
            return request.id;
    return {};
}

/// A deploy run that began after the approval. Empty: none, or the system does not answer (then it is not started either). One that belongs to another approval is not this one's, whatever the
/// system's clock says.
QString begunSince(const Services &services, const JoinedRun &joined) {
    const auto runs = services.pipelines->runs(joined.deploy.pipeline, 20);
    const auto others = JoinedStore(services.root).of(joined.model);
    const auto taken = [&](const QString &run) { return others && std::any_of(others->begin(), others->end(), [&](const JoinedRun &one) { return one.id != joined.id && one.start.run == run; }); };
    for (const PipelineRun &run : runs ? *runs : std::vector<PipelineRun>())
        if (run.started.isValid() && joined.decided.isValid() && run.started > joined.decided && !taken(run.id))
            return run.id;
    return {};
}

} // namespace

QString trainPipelineOf(const workspace::Workspace &workspace, const workspace::Model &model) {
    const QString &connection = model.pipeline.connection;
    const QString job = model.pipeline.job.isEmpty() ? model.pipeline.other.value(QStringLiteral("workflow")) : model.pipeline.job;
    if (pipelines::isPipelineKind(workspace.connections.value(connection).kind))
        return job.isEmpty() ? QString() : connection + QLatin1Char(':') + job;
    return model.recipe.isEmpty() ? QString() : model.name;
}

bool isJoined(const workspace::Workspace &workspace, const workspace::Model &model) {
    const auto &other = model.pipeline.other;
    return other.value(QStringLiteral("approval")) == Q("yes") && !other.value(QStringLiteral("deploy")).isEmpty() && trainPipelineOf(workspace, model).contains(QLatin1Char(':'));
}

Result<AskedPromotion> askByChild(const Services &services, const workspace::Model &model, int version, std::stop_token stop) {
    ChildJob job;
    job.program = pilotProgram();
    if (job.program.isEmpty())
        return notFound(QStringLiteral("The program `pilot` was not found, which makes the evidence."), {}, QStringLiteral("Install it beside `pilothouse`, or set PILOTHOUSE_PILOT."));
    job.arguments = {QStringLiteral("promote"), model.name, QString::number(version), QStringLiteral("--workspace"), services.workspace.file};
    PH_ASSIGN(const QJsonObject result, runJob(job, [](const Event &) {}, stop));
    return AskedPromotion{result.value(Q("request")).toObject().value(Q("id")).toString(), result.value(Q("evidence")).toObject().value(Q("sentence")).toString()};
}

std::vector<JoinedRun> joinedRuns(const Services &services) {
    std::vector<JoinedRun> all;
    const JoinedStore store(services.root);
    for (const workspace::Model &model : services.workspace.models)
        if (isJoined(services.workspace, model))
            if (auto some = store.of(model.name))
                all.insert(all.end(), std::make_move_iterator(some->begin()), std::make_move_iterator(some->end()));
    return all;
}

bool JoinedRuns::needed() const {
    const auto &models = m_services->workspace.models;
    return int(m_services->workspace.role) >= int(workspace::Role::Operator) && std::any_of(models.begin(), models.end(), [this](const auto &model) { return isJoined(m_services->workspace, model); });
}

std::vector<RunNews> JoinedRuns::look(std::stop_token token) {
    std::vector<RunNews> news;
    if (needed())
        for (const workspace::Model &model : m_services->workspace.models)
            if (isJoined(m_services->workspace, model) && !token.stop_requested())
                lookAt(model, false, news, token);
    return news;
}

std::vector<RunNews> JoinedRuns::goOn() {
    std::vector<RunNews> news;
    if (needed())
        for (const workspace::Model &model : m_services->workspace.models)
            if (isJoined(m_services->workspace, model))
                lookAt(model, true, news, {});
    return news;
}

void JoinedRuns::lookAt(const workspace::Model &model, bool onlyDecided, std::vector<RunNews> &news, std::stop_token token) {
    const JoinedStore store(m_services->root);
    const auto turn = store.turn(model.name);
    const auto told = [&](const Result<void> &done) {
        if (!done && done.error().kind != ErrorKind::Cancelled)
            news.push_back({model.name, done.error().text(), false, done.error()});
    };
    if (!turn) {
        if (turn.error().kind != ErrorKind::Conflict) // else another program is at it
            told(turn.error());
        return;
    }
    if (!onlyDecided)
        told(find(model, news));
    const auto all = store.of(model.name);
    if (!all)
        return told(all.error());
    for (const JoinedRun &joined : *all) {
        const QDateTime now = m_services->clock->nowUtc();
        if (token.stop_requested())
            return;
        if (joined.state == State::Preparing && !onlyDecided && (!joined.notBefore.isValid() || joined.notBefore <= now))
            told(prepare(model, joined, news, token));
        if (joined.state == State::Waiting)
            told(decide(joined, news));
    }
    const auto after = store.of(model.name);
    for (const JoinedRun &joined : after ? *after : std::vector<JoinedRun>()) {
        const OnceStart &one = joined.start;
        if (joined.state == State::Approved && !(one.state == OnceStart::State::Open && one.notBefore.isValid() && one.notBefore > m_services->clock->nowUtc()))
            told(start(joined, news));
    }
}

/// The newest training that passed, where nobody was asked yet.
Result<void> JoinedRuns::find(const workspace::Model &model, std::vector<RunNews> &news) {
    const QString pipeline = trainPipelineOf(m_services->workspace, model);
    PH_ASSIGN(const WorkflowDeploy deploy, workflowDeployOf(*m_services, model));
    const auto seen = m_services->runs->look(patienceMs, false);
    const PipelineRun *passed = nullptr;
    QDateTime deployed; // begin of the newest deploy run
    ofPipeline(seen, pipeline, [&](const PipelineRun &run) {
        if (pipelines::hasPassed(run.state) && (!passed || endOf(run) > endOf(*passed)))
            passed = &run; // `seen` holds it
    });
    ofPipeline(seen, deploy.pipeline, [&](const PipelineRun &run) {
        if (run.started.isValid())
            deployed = std::max(deployed, run.started);
    });
    const QDateTime now = m_services->clock->nowUtc();
    const auto oldest = workspace::parseDuration(model.promotion.approvalExpires);
    if (!passed || endOf(*passed).secsTo(now) > oldest.value_or(7 * 86400))
        return {};
    const JoinedStore store(m_services->root);
    PH_ASSIGN(const auto known, store.of(model.name));
    if (std::any_of(known.begin(), known.end(), [&](const JoinedRun &one) { return one.train == passed->id || one.passed > endOf(*passed); }) || (deployed.isValid() && deployed >= endOf(*passed)))
        return {};
    JoinedRun joined;
    joined.id = joinedId(passed->id);
    joined.model = model.name;
    joined.train = passed->id;
    joined.pipeline = passed->pipeline;
    PH_ASSIGN(joined.deploy, deployOf(*m_services, model, *passed));
    joined.startedBy = passed->startedBy;
    joined.passed = endOf(*passed);
    joined.since = now;
    const promotion::PromotionRules rules = promotion::rulesOf(m_services->workspace, m_services->workspace.registryConnection(model), model.registry.name);
    joined.needed = rules.approvals;
    joined.noSelfApproval = rules.preventSelfApproval;
    PH_ASSIGN(const bool added, store.add(joined));
    if (!added)
        return {};
    news.push_back({model.name, QStringLiteral("%1: %2 passed; an approval stands before %3").arg(model.name, joined.train, joined.deploy.pipeline), true, {}});
    for (const JoinedRun &one : known)
        if (one.promotion.isEmpty() && (one.state == State::Preparing || one.state == State::Waiting)) // a promotion stays a question of its own
            PH_TRY(store.update(model.name, one.id, [&](JoinedRun &j) -> Result<void> {
                if (j.state == State::Preparing || j.state == State::Waiting) {
                    j.state = State::Superseded;
                    j.note = QStringLiteral("It is %1.").arg(joined.train);
                    j.decided = now;
                }
                return {};
            }));
    return {};
}

/// Which version it is, and the evidence for it.
Result<void> JoinedRuns::prepare(const workspace::Model &model, JoinedRun joined, std::vector<RunNews> &news, std::stop_token token) {
    const JoinedStore store(m_services->root);
    const auto put = [&](State state, const QString &note) {
        return store.update(model.name, joined.id, [&](JoinedRun &j) -> Result<void> {
            if (j.state != State::Preparing)
                return {};
            j.state = state;
            j.note = note;
            j.version = joined.version;
            j.promotion = joined.promotion;
            j.notBefore = state == State::Preparing ? m_services->clock->nowUtc().addSecs(startAgainSeconds) : QDateTime();
            for (auto it = j.deploy.parameters.begin(); it != j.deploy.parameters.end(); ++it)
                if (j.version > 0 && it.value().isString())
                    *it = it.value().toString().replace(Q("{version}"), QString::number(j.version));
            return {};
        });
    };
    const auto waits = [&](const QString &note) -> Result<void> {
        PH_TRY(put(State::Waiting, note));
        news.push_back({model.name, QStringLiteral("%1: %2 waits for an approval before %3").arg(model.name, joined.train, joined.deploy.pipeline), true, {}});
        return {};
    };
    const auto run = m_services->pipelines->run(joined.train);
    const auto version = run ? versionOf(*m_services, model, *run) : Result<int>(run.error());
    if (!version) {
        PH_TRY(put(State::Preparing, version.error().text()));
        return version.error();
    }
    joined.version = *version;
    if (const QString failed = failedRunGates(runGatesOf(model, *run)); !failed.isEmpty()) {
        PH_TRY(put(State::Blocked, failed));
        news.push_back({model.name, QStringLiteral("%1: %2 is not deployed: %3").arg(model.name, joined.train, failed), true, {}});
        return {};
    }
    const auto &parameters = joined.deploy.parameters;
    if (joined.version == 0 && std::any_of(parameters.begin(), parameters.end(), [](const QJsonValue &value) { return value.toString().contains(Q("{version}")); })) {
        PH_TRY(put(State::Ended, QStringLiteral("Its deploy_parameters ask for {version}, and no version in the registry names this run.")));
        return {};
    }
    if (joined.version == 0)
        return waits(QStringLiteral("No version in the registry names this run."));
    PH_ASSIGN(const ModelPlace place, placeOf(*m_services, model));
    joined.promotion = pendingRequest(*m_services, place, joined.version);
    if (!joined.promotion.isEmpty())
        return waits({});
    const auto asked = m_ask(*m_services, model, joined.version, token);
    if (asked && asked->id.isEmpty()) {
        PH_TRY(put(State::Blocked, asked->sentence));
        news.push_back({model.name, QStringLiteral("%1: %2 is not deployed: %3").arg(model.name, joined.train, asked->sentence), true, {}});
        return {};
    }
    if (asked) {
        joined.promotion = asked->id;
        return waits({});
    }
    if (asked.error().kind == ErrorKind::Cancelled)
        return {};
    joined.promotion = pendingRequest(*m_services, place, joined.version);
    return waits(joined.promotion.isEmpty() ? QStringLiteral("There is no evidence for version %1: %2").arg(joined.version).arg(asked.error().text()) : QString());
}

/// What became of the promotion behind it, or of the voices at its gate.
Result<void> JoinedRuns::decide(const JoinedRun &joined, std::vector<RunNews> &news) {
    State state = State::Waiting;
    QString note;
    QDateTime when = m_services->clock->nowUtc();
    if (joined.promotion.isEmpty()) {
        for (const JoinedRun::Voice &voice : joined.voices) {
            note = QStringLiteral("%1: %2").arg(voice.by, voice.comment);
            when = voice.time;
            if (!voice.yes)
                state = State::Rejected;
        }
        if (state == State::Waiting && joined.approved() >= joined.needed)
            state = State::Approved;
    } else {
        PH_ASSIGN(const promotion::Request request, m_services->promotions->requestById(joined.promotion));
        using Is = promotion::RequestState;
        if (request.state == Is::Pending || request.state == Is::Executing)
            return {};
        state = request.state == Is::Done ? State::Approved : request.state == Is::Rejected ? State::Rejected : State::Ended;
        note = request.approvals.empty() || state == State::Ended ? QStringLiteral("Promotion %1 %2: %3").arg(request.id, promotion::requestStateName(request.state), request.outcome)
                                                                  : QStringLiteral("%1: %2").arg(request.approvals.back().actor, request.approvals.back().comment);
        if (request.decided.isValid())
            when = request.decided;
    }
    if (state == State::Waiting)
        return {};
    PH_ASSIGN(const JoinedRun now, JoinedStore(m_services->root).update(joined.model, joined.id, [&](JoinedRun &j) -> Result<void> {
        j.state = state;
        j.note = note;
        j.decided = when;
        return {};
    }));
    news.push_back({joined.model, QStringLiteral("%1: %2: %3").arg(joined.model, joined.train, now.sentence()), false, {}});
    return {};
}

/// A promotion that a colleague's machine asked for is gone on with there; here only when it has not.
bool JoinedRuns::isTheirs(const JoinedRun &joined) const {
    const auto request = joined.promotion.isEmpty() ? Result<promotion::Request>(notFound({})) : m_services->promotions->requestById(joined.promotion);
    return request && request->requester != m_services->operations->actor().name && joined.decided.secsTo(m_services->clock->nowUtc()) < theirsSeconds;
}

Result<void> JoinedRuns::start(JoinedRun joined, std::vector<RunNews> &news) {
    const JoinedStore store(m_services->root);
    OnceStart once = joined.start;
    const auto keep = [&]() -> Result<void> {
        PH_TRY(store.update(joined.model, joined.id, [&](JoinedRun &j) -> Result<void> {
            j.start = once;
            if (once.state == OnceStart::State::Started)
                j.state = State::Started;
            return {};
        }));
        return {};
    };
    if (once.state == OnceStart::State::Open) {
        if (isTheirs(joined))
            return {};
        if (const auto run = begunSince(*m_services, joined); !run.isEmpty()) { // by hand, or by a colleague's machine that heard of the approval, too
            once.state = OnceStart::State::Started;
            once.run = run;
            once.problem.clear();
            PH_TRY(keep());
            news.push_back({joined.model, QStringLiteral("%1: %2 was approved, and %3 has begun").arg(joined.model, joined.train, run), true, {}});
            return {};
        }
    }
    QJsonObject details{{Q("joined"), joined.id}, {Q("train"), joined.train}, {Q("approved"), joined.note}};
    if (!joined.promotion.isEmpty())
        details.insert(Q("promotion"), joined.promotion);
    const QString before = once.problem;
    const auto started = startOnce(*m_services, joined.deploy, details, once, keep);
    if (started)
        news.push_back({joined.model, QStringLiteral("%1: %2 was approved and went on as %3").arg(joined.model, joined.train, once.run), true, {}});
    return started || once.problem == before ? Result<void>() : started; // told once
}

} // namespace pilothouse::fleet

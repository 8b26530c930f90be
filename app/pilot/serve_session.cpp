// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/serve_session.h"

#include "app/pilot/labels_taker.h"
#include "app/pilot/looking_thread.h"
#include "core/fleet/policy_desk.h"
#include "core/retrain/look_times.h"
#include "app/pilot/retrain_hooks.h"

#include "core/artifact/package.h"
#include "core/base/actor.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/memory.h"
#include "core/fleet/canary_watch.h"
#include "core/fleet/run_watch.h"
#include "core/learn/load_scorer.h"
#include "core/serving/rollout_control.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <chrono>
#include <cstdio>

namespace pilothouse {

namespace {

using Q = QLatin1String;

Result<QString> packageDigest(const QString &folder) {
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(folder));
    return package.digest;
}

unsigned short portOf(const QString &url) { return static_cast<unsigned short>(std::max(0, QUrl(url).port(0))); }

} // namespace

Result<void> ServeSession::run() {
    setProgramName(QStringLiteral("pilot serve"));
    m_server.address = m_o.address;
    m_server.port = static_cast<unsigned short>(m_o.port);
    m_server.version = QCoreApplication::applicationVersion();
    m_server.limits.ioThreads = m_o.threads;
    m_server.limits.bodyBytes = std::size_t(m_o.bodyMiB) << 20;
    m_server.limits.requestSeconds = m_o.requestSeconds;
    m_server.requestsPerSecond = m_o.rate;
    m_server.batch = m_o.batch;
    m_server.memoryBytes = qint64(m_o.maxMemory);
    limitMemory(m_server.memoryBytes);
    for (const QString &text : std::as_const(m_o.routes)) {
        PH_ASSIGN(serving::RouteAlias alias, serving::routeAlias(text));
        m_server.aliases.push_back(std::move(alias));
    }
    m_server.rules.goOnWithoutLabelsSeconds = m_o.goOnWithoutLabels;
    m_server.rules.minimumLabelled = std::size_t(m_o.minimumLabelled);
    m_server.loader = [](const QString &folder) { return learn::loadScorer(folder); };
    m_server.digestOf = packageDigest;
    m_server.report = [this](const QString &line) { m_context.note(line); };
    m_server.onStopWanted = [this] {
        const std::lock_guard guard(m_mutex);
        m_end = true;
        m_wake.notify_all();
    };
    PH_TRY(QFileInfo(m_o.model).isDir() ? prepareFolder() : prepareWorkspace());
    PH_TRY(listen());
    PH_TRY(firstVersion());
    PH_TRY(announce());
    waitForEnd();
    m_running->stop();
    return {};
}

Result<void> ServeSession::prepareFolder() {
    PH_ASSIGN(m_wanted, resolveModel(m_context, m_o.model));
    m_server.model = m_wanted->name;
    m_server.target = QStringLiteral("serving/") + m_wanted->name;
    if (m_o.dataFolder.isEmpty()) {
        m_temporary = std::make_unique<QTemporaryDir>(QDir::tempPath() + QStringLiteral("/pilot-serve-XXXXXX"));
        if (!m_temporary->isValid())
            return Error{ErrorKind::Denied, QStringLiteral("No temporary folder could be made."), QDir::tempPath(), QStringLiteral("Name one with --data DIR."), {}};
        return takeFolder(m_temporary->path());
    }
    return takeFolder(QFileInfo(m_o.dataFolder).absoluteFilePath());
}

Result<void> ServeSession::prepareWorkspace() {
    fleet::ServiceOptions options;
    PH_ASSIGN(options.workspaceFile, workspace::findWorkspace(m_context.workspaceOption, QDir::currentPath()));
    options.program = QStringLiteral("pilot serve");
    PH_ASSIGN(m_services, fleet::openServices(options));
    for (const QString &line : std::as_const(m_services->notes))
        m_context.note(line);
    const QString name = m_o.model.section(QLatin1Char('@'), 0, 0).section(QLatin1Char('/'), 0, 0);
    const workspace::Model *model = m_services->workspace.model(name);
    for (const workspace::Model &other : m_services->workspace.models)
        if (!model && other.registry.name == name)
            model = &other;
    if (!model)
        return notFound(QStringLiteral("“%1” is no folder here, and the workspace has no model “%2”.").arg(m_o.model, name), m_services->workspace.file,
                        QStringLiteral("Give a package folder, or a model of the workspace as NAME, NAME@ALIAS or NAME/VERSION."));
    m_model = *model;
    if (m_o.model != name) {
        const QString rest = m_o.model.mid(name.size());
        PH_ASSIGN(m_wanted, resolveModel(m_context, model->name + rest));
    }
    m_server.model = model->name;
    m_server.target = !m_o.target.isEmpty() ? m_o.target : !model->deployment.target.isEmpty() ? model->deployment.target : QStringLiteral("serving/") + model->name;
    operations::Operation serving; // without a step: Operations refuses it by the rules and writes the refusal down
    serving.kind = QStringLiteral("serve-start");
    serving.object = QStringLiteral("rollout ") + m_server.target;
    serving.summary = QStringLiteral("Serve %1 on %2").arg(model->name, m_server.target);
    serving.connection = model->deployment.connection;
    serving.automatic = true; // the name is typed for what starts it; on a read-only connection its turn-backs would be refused at night, so now
    if (!m_services->operations->check(serving))
        return *m_services->operations->run(std::move(serving)).error;
    m_server.rules.maxErrorRate = model->deployment.maxErrorRate;
    m_server.rules.stepSeconds = model->deployment.stepSeconds;
    m_server.clock = m_services->clock;
    PH_ASSIGN(m_server.retrain, retrainHooks(m_services, *model));
    m_server.onTurnBack = [this](const serving::Notice &notice) { return turnBack(notice); };
    m_server.onFinished = [this](const serving::Notice &notice) { return finished(notice); };
    PH_ASSIGN(const QString folder, m_o.dataFolder.isEmpty() ? serving::servingFolder(m_services->root, m_server.target) : Result<QString>(QFileInfo(m_o.dataFolder).absoluteFilePath()));
    return takeFolder(folder);
}

Result<void> ServeSession::takeFolder(const QString &folder) {
    m_folder = folder;
    PH_ASSIGN(m_lock, serving::lockServerFolder(folder));
    if (const auto before = serving::readServerFile(folder); before && m_server.port == 0)
        m_server.port = portOf(before->url); // the same address as last time, if it is free
    QFile::remove(folder + QStringLiteral("/server.json")); // it speaks of a server that is gone
    m_server.folder = folder;
    m_file.adminTokenFile = folder + QStringLiteral("/admin.token");
    PH_ASSIGN(const QString token, serving::secretOfFile(m_file.adminTokenFile));
    m_server.adminToken = token.toStdString();
    if (m_o.noApiKey) {
        if (m_o.address != Q("127.0.0.1") && m_o.address != Q("::1"))
            return refused(QStringLiteral("Without an API key only the loopback address is served."), m_o.address, QStringLiteral("Leave --no-api-key or --address away."));
        return {};
    }
    const QString secret = !m_o.apiKeySecret.isEmpty() ? m_o.apiKeySecret : m_model ? m_model->endpoint.secret : QString();
    if (!secret.isEmpty()) {
        const auto store = m_services ? m_services->secrets : secrets::environmentStore();
        PH_ASSIGN(const QString key, store->read(secret));
        if (key.isEmpty()) // which would mean: none is asked for
            return invalid(QStringLiteral("The secret “%1”, which is to be the API key, is empty.").arg(secret), {}, QStringLiteral("Give it a value; on loopback --no-api-key asks for none."));
        m_server.apiKey = key.toStdString();
        return {};
    }
    m_file.apiKeyFile = folder + QStringLiteral("/api.key");
    PH_ASSIGN(const QString key, serving::secretOfFile(m_file.apiKeyFile));
    m_server.apiKey = key.toStdString();
    return {};
}

Result<void> ServeSession::listen() {
    auto started = serving::InferenceServer::start(m_server);
    if (!started && started.error().kind == ErrorKind::Conflict && m_o.port == 0 && m_server.port != 0) {
        m_server.port = 0;
        started = serving::InferenceServer::start(m_server);
    }
    if (!started)
        return started.error();
    m_running = *std::move(started);
    return {};
}

/// The version named on the command line: the first to be served here, or the one that is served already.
Result<void> ServeSession::firstVersion() {
    if (!m_wanted)
        return {};
    serving::Revision revision;
    revision.model = m_wanted->name;
    revision.version = m_wanted->version.value_or(0);
    revision.folder = m_wanted->folder;
    revision.by = currentActor();
    PH_ASSIGN(revision.digest, packageDigest(m_wanted->folder));
    serving::RolloutControl &control = m_running->control();
    const auto stable = control.split()->stable;
    if (stable && stable->revision.digest == revision.digest)
        return {};
    if (bare()) {
        PH_TRY(control.start(revision, {100}));
        return stable ? control.promote(true) : Result<void>();
    }
    if (stable)
        return refused(QStringLiteral("%1 serves version %2; version %3 would have to be rolled out.").arg(m_server.target, stable->revision.versionText(), revision.versionText()), m_folder,
                       QStringLiteral("Serve it as it is with `pilot serve %1`, and promote the version to roll it out.").arg(m_model->name));
    operations::Operation operation;
    operation.id = QStringLiteral("op-") + randomHex(6);
    operation.kind = QStringLiteral("rollout-start");
    operation.object = QStringLiteral("rollout ") + m_server.target;
    operation.summary = QStringLiteral("Serve %1 as the first version on %2").arg(m_wanted->label(), m_server.target);
    operation.connection = m_model->deployment.connection;
    revision.operation = operation.id;
    operations::Step step;
    step.call = {QStringLiteral("START"), operation.object, QStringLiteral("version %1 takes all traffic, as the first").arg(revision.versionText()), {}, QStringLiteral("pilot serve %1").arg(m_o.model)};
    step.execute = [&] { return control.start(revision, {100}); };
    step.readBack = [&]() -> Result<QJsonObject> { return control.status(); };
    operation.steps.push_back(std::move(step));
    const auto outcome = m_services->operations->run(std::move(operation));
    return outcome.done ? Result<void>() : outcome.error.value_or(refused(QStringLiteral("The version was not taken into service.")));
}

Result<void> ServeSession::announce() {
    m_file.url = m_running->url();
    m_file.pid = QCoreApplication::applicationPid();
    m_file.target = m_server.target;
    m_file.model = m_server.model;
    m_file.version = m_server.version;
    m_file.started = QDateTime::currentDateTimeUtc();
    PH_TRY(serving::writeServerFile(m_folder, m_file));
    const QJsonObject ready{{Q("url"), m_file.url}, {Q("pid"), m_file.pid}, {Q("key_file"), m_file.apiKeyFile}, {Q("folder"), m_folder}};
    m_context.events().emitEvent(QStringLiteral("ready"), ready);
    if (m_context.json) {
        const QByteArray text = prettyJson(ready);
        std::fwrite(text.constData(), 1, std::size_t(text.size()), stdout);
        std::fflush(stdout);
    }
    const auto stable = m_running->control().split()->stable;
    const QString what = stable ? QStringLiteral("%1 version %2").arg(m_server.model, stable->revision.versionText()) : QStringLiteral("%1, waiting for its first version").arg(m_server.model);
    const QString key = m_o.noApiKey ? QStringLiteral("No API key is asked for.") : m_file.apiKeyFile.isEmpty() ? QStringLiteral("The API key is the named secret.") : QStringLiteral("The API key stands in %1.").arg(m_file.apiKeyFile);
    m_context.note(QStringLiteral("Serving %1 at %2 (routes: %2/docs). %3 Ctrl+C ends it.").arg(what, m_file.url, key));
    return {};
}

void ServeSession::waitForEnd() {
    const std::stop_callback wake(m_context.stop(), [this] {
        const std::lock_guard guard(m_mutex);
        m_end = true;
        m_wake.notify_all();
    });
    const bool policy = m_model && m_o.policySeconds != 0;
    const auto untilPolicy = [this]() -> std::chrono::seconds { // to its next look
        if (m_o.policySeconds > 0)
            return std::chrono::seconds(m_o.policySeconds);
        const QDateTime now = m_services->clock->nowUtc(), next = retrain::nextLook(*m_model, now, QTimeZone(m_services->workspace.zone.toUtf8()));
        return std::chrono::seconds(next.isValid() ? std::max<qint64>(1, (now.msecsTo(next) + 999) / 1000) : 86400);
    };
    std::optional<fleet::CanaryWatch> canaries; // those of clusters, whether a window is open or not
    if (m_services)
        canaries.emplace(m_services);
    if (canaries && !canaries->needed())
        canaries.reset();
    std::shared_ptr<fleet::RunWatch> runs = m_services ? std::make_shared<fleet::RunWatch>(m_services) : nullptr;
    std::optional<LookingThread> ofRuns; // evidence may take its time
    if (runs && runs->needed())
        ofRuns.emplace(std::chrono::seconds(fleet::RunWatch::everySeconds), [this, runs](std::stop_token token) {
            for (const fleet::RunNews &news : runs->look(token))
                m_context.note(news.sentence);
        });
    std::optional<LabelsTaker> labels;
    std::optional<LookingThread> ofLabels;
    if (m_model && m_model->labels.named()) {
        labels.emplace(m_context, m_model->labels, *m_running, m_services->clock);
        ofLabels.emplace(std::chrono::seconds(workspace::parseDuration(m_model->labels.every).value_or(300)), [&labels](std::stop_token token) { labels->look(token); });
    }
    std::unique_lock guard(m_mutex);
    if (!policy && !canaries)
        return m_wake.wait(guard, [this] { return m_end; });
    using Steady = std::chrono::steady_clock;
    const auto never = Steady::now() + std::chrono::hours(24 * 365 * 10);
    const auto canaryPause = std::chrono::seconds(fleet::CanaryWatch::everySeconds);
    auto policyDue = policy ? Steady::now() + untilPolicy() : never, canaryDue = canaries ? Steady::now() + canaryPause : never;
    while (!m_wake.wait_until(guard, std::min(policyDue, canaryDue), [this] { return m_end; })) {
        guard.unlock();
        if (Steady::now() >= policyDue) {
            lookAtPolicy();
            policyDue = Steady::now() + untilPolicy();
        }
        if (Steady::now() >= canaryDue) {
            for (const fleet::CanaryNews &news : canaries->look(m_context.stop()))
                if (news.tick.turnedBack || news.tick.wentOn || news.problem)
                    m_context.note(news.sentence());
            canaryDue = Steady::now() + canaryPause;
        }
        guard.lock();
    }
}

/// The server looks after its own model, whether a window is open or not; it is the only one that does so by itself, and the lock on
/// its folder makes it one. Switched off, the decision is written all the same: SKIPPED, with the numbers.
void ServeSession::lookAtPolicy() {
    const auto look = [this]() -> Result<void> {
        PH_ASSIGN(const fleet::PolicyDesk desk, fleet::PolicyDesk::open(m_services));
        PH_ASSIGN(const bool rules, fleet::hasPolicy(desk, *m_model));
        if (!rules)
            return {};
        PH_ASSIGN(const fleet::PolicyChecked checked, fleet::checkPolicy(desk, *m_model, true));
        if (checked.wouldRetrain)
            m_context.note(QStringLiteral("The policy retrains: %1").arg(checked.decision.reason));
        return {};
    };
    if (const auto looked = look(); !looked)
        m_context.note(QStringLiteral("The policy could not be followed: %1").arg(looked.error().text()));
}

/// Makes the alias agree with the traffic, which has been moved already: the promotion's recorded undo, whole.
Result<void> ServeSession::turnBack(const serving::Notice &notice) {
    const auto request = notice.operation.startsWith(Q("p-")) ? m_services->promotions->requestById(notice.operation)
                                                              : Result<promotion::Request>(notFound(QStringLiteral("no promotion")));
    if (!request) {
        if (request.error().kind == ErrorKind::NotFound)
            return journalTurnBack(notice);
        return request.error();
    }
    using State = promotion::RequestState;
    switch (request->state) {
    case State::Done:
    case State::Failed: PH_TRY(m_services->promotions->undo(request->id, notice.reason, true)); return {};
    case State::Pending:
    case State::Executing: return Error{ErrorKind::Conflict, QStringLiteral("Promotion %1 is still being carried out.").arg(request->id), {}, {}, {}};
    case State::Rejected:
    case State::Undone:
    case State::TurnedBack: break;
    }
    return {};
}

/// A rollout that no promotion started: there is no alias to move, but the journal must say what happened.
Result<void> ServeSession::journalTurnBack(const serving::Notice &notice) {
    operations::Operation operation;
    operation.kind = QStringLiteral("turn-back");
    operation.object = QStringLiteral("rollout ") + m_server.target;
    operation.summary = QStringLiteral("Turn back %1: %2").arg(m_server.target, notice.reason);
    operation.needs = workspace::Role::Viewer; // the judge acts by the rule of the workspace, whoever started the server
    operation.connection = m_model ? m_model->deployment.connection : QString();
    operation.automatic = true;
    operation.before = {{Q("canary"), notice.canary}, {Q("stable"), notice.stable}};
    operation.details = {{Q("reason"), notice.reason}, {Q("rollout"), notice.operation}};
    operations::Step step;
    step.call = {QStringLiteral("SET"), operation.object, QStringLiteral("revision %1 → revision %2, all traffic").arg(notice.canary).arg(notice.stable), {}, {}};
    step.execute = [this, reason = notice.reason] {
        const auto state = m_running->control().status();
        return state.value(Q("phase")).toString() == Q("aborted") ? m_running->control().abort(reason) : Result<void>(); // somebody may have gone on since
    };
    step.readBack = [this]() -> Result<QJsonObject> { return m_running->control().status(); };
    operation.steps.push_back(std::move(step));
    const auto outcome = m_services->operations->run(std::move(operation));
    return outcome.done ? Result<void>() : outcome.error.value_or(refused(QStringLiteral("The turn-back was not journalled.")));
}

Result<void> ServeSession::finished(const serving::Notice &notice) {
    return operations::journalNote(*m_services->journal, m_services->operations->actor(), QStringLiteral("rollout-finished"), QStringLiteral("rollout ") + m_server.target,
                                   {{Q("revision"), notice.stable}, {Q("verdict"), notice.reason}}, notice.operation);
}

} // namespace pilothouse

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/local_target.h"

#include "core/base/actor.h"
#include "core/base/child_process.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/serving/server_folder.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

namespace pilothouse::cluster {

using Q = QLatin1String;
using serving::RunningServer;
using Clock = std::chrono::steady_clock;

namespace {

/// Calls one route of a running server with its admin token.
Result<QJsonObject> call(net::HttpClient &http, const RunningServer &server, const char *method, const QString &path, const QJsonObject &body = {}) {
    net::Request request;
    request.method = method;
    request.url = server.file.url + path;
    request.headers.append(net::Header{"Authorization", "Bearer " + server.adminToken.toLatin1()});
    request.connectTimeoutMs = 2000;
    request.timeoutMs = 120000; // a start loads a package first
    request.idempotent = request.method == "GET";
    if (request.method != "GET") {
        request.headers.append(net::Header{"Content-Type", "application/json"});
        request.body = canonicalJson(body);
    }
    PH_ASSIGN(const net::Response response, http.send(request));
    if (response.status >= 400) {
        Error error = net::statusError(request, response);
        const QJsonObject said = QJsonDocument::fromJson(response.body).object().value(Q("error")).toObject();
        if (!said.isEmpty()) { // our own server has said it in an operator's words
            error.what = said.value(Q("what")).toString();
            error.hint = said.value(Q("hint")).toString();
            error.where = server.file.url;
            error.raw.clear();
        }
        return error;
    }
    return parseJsonObject(response.body, server.file.url + path);
}

QString lastWords(const QString &logFile, qint64 from) {
    QFile file(logFile);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    file.seek(std::max(from, file.size() - 4000));
    return QString::fromUtf8(file.readAll()).trimmed();
}

class LocalTarget final : public RolloutTarget {
public:
    LocalTarget(LocalTargetOptions options, QString folder) : m_o(std::move(options)), m_folder(std::move(folder)) {}

    QString name() const override { return m_o.model.deployment.target; }

    Result<RolloutStatus> status() const override {
        PH_ASSIGN(const auto server, serving::runningServer(m_folder));
        if (server) {
            const auto live = call(*m_o.http, *server, "GET", QStringLiteral("/admin/rollout"));
            if (live)
                return rolloutStatusFromJson(*live, server->file.url);
            if (live.error().kind != ErrorKind::Unreachable && live.error().kind != ErrorKind::TimedOut)
                return live.error();
        }
        PH_ASSIGN(const auto last, serving::lastStatus(m_folder));
        RolloutStatus status;
        if (last) {
            PH_ASSIGN(status, rolloutStatusFromJson(*last, m_folder));
            if (status.phase != RolloutPhase::None)
                status.phase = RolloutPhase::Unreachable;
        }
        status.target = name();
        if (!last)
            status.observed = QDateTime::currentDateTimeUtc();
        status.url.clear();
        return status;
    }

    Result<std::vector<Revision>> history() const override {
        PH_ASSIGN(const QJsonArray stored, serving::storedHistory(m_folder));
        std::vector<Revision> list;
        for (const QJsonValue &v : stored) {
            const QJsonObject o = v.toObject();
            list.push_back({o.value(Q("revision")).toInt(), o.value(Q("model")).toString(), o.value(Q("version")).toInt(), o.value(Q("digest")).toString(), o.value(Q("by")).toString(),
                            fromIsoUtc(o.value(Q("when")).toString()), o.value(Q("outcome")).toString(), o.value(Q("reason")).toString()});
        }
        return list;
    }

    Result<void> start(const Revision &revision, const QString &packageFolder, const std::vector<int> &steps, const QString &operation) override {
        QJsonArray percents;
        for (const int step : steps)
            percents.append(step);
        return act("start", {{Q("model"), revision.model}, {Q("version"), revision.version}, {Q("digest"), revision.digest}, {Q("by"), revision.by.isEmpty() ? currentActor() : revision.by},
                             {Q("folder"), packageFolder}, {Q("operation"), operation}, {Q("steps"), percents}});
    }
    Result<void> pause() override { return act("pause", {}); }
    Result<void> resume() override { return act("resume", {}); }
    Result<void> promote(bool full) override { return act("promote", {{Q("full"), full}}); }
    Result<void> abort(const QString &reason) override { return act("abort", {{Q("reason"), reason}}); }
    Result<void> undo(int toRevision) override { return act("undo", {{Q("revision"), toRevision}}); }
    Result<void> withdraw(const QString &reason) override { return act("withdraw", {{Q("reason"), reason}}); }

    Result<void> run() {
        PH_TRY(ensureRunning());
        return {};
    }
    Result<QJsonObject> route(const char *method, const QString &path, const QJsonObject &body) {
        if (qstrcmp(method, "GET") == 0) {
            PH_ASSIGN(const auto server, serving::runningServer(m_folder));
            if (!server)
                return notFound(QStringLiteral("Nothing serves %1 now.").arg(m_o.model.name), m_folder, QStringLiteral("`pilot rollouts start %1` starts it.").arg(m_o.model.name));
            return call(*m_o.http, *server, method, path);
        }
        PH_TRY(checkServed());
        PH_ASSIGN(const RunningServer server, ensureRunning());
        return call(*m_o.http, server, method, path, body);
    }

private:
    /// Conflict where nothing was ever served: no server is started to find that out.
    Result<void> checkServed() const {
        PH_ASSIGN(const QJsonArray revisions, serving::storedHistory(m_folder));
        if (!revisions.isEmpty())
            return {};
        return Error{ErrorKind::Conflict, QStringLiteral("Nothing was served on %1 yet.").arg(name()), m_folder, QStringLiteral("Promote a first version."), {}};
    }

    Result<void> act(const char *verb, const QJsonObject &body) {
        if (qstrcmp(verb, "start") != 0)
            PH_TRY(checkServed());
        PH_ASSIGN(const RunningServer server, ensureRunning());
        PH_TRY(call(*m_o.http, server, "POST", QStringLiteral("/admin/rollout/") + Q(verb), body));
        return {};
    }

    Result<RunningServer> ensureRunning() {
        const std::lock_guard guard(m_starting);
        PH_ASSIGN(const auto running, serving::runningServer(m_folder));
        if (running)
            return *running;
        const QString program = m_o.program.isEmpty() ? pilotProgram() : m_o.program;
        if (program.isEmpty())
            return notFound(QStringLiteral("The program `pilot` was not found, so %1 cannot be served.").arg(name()), {}, QStringLiteral("Install it beside this program, or set PILOTHOUSE_PILOT."));
        const QString log = m_folder + QStringLiteral("/serve.log");
        const qint64 logFrom = QFileInfo(log).size();
        PH_TRY(makeFolder(m_folder, true));
        PH_ASSIGN(const qint64 pid, startDetached(program, {QStringLiteral("serve"), m_o.model.name, QStringLiteral("--workspace"), m_o.workspaceFile}, log));
        const auto until = Clock::now() + std::chrono::seconds(m_o.startLimitSeconds);
        while (Clock::now() < until) {
            PH_ASSIGN(const auto server, serving::runningServer(m_folder));
            if (server && call(*m_o.http, *server, "GET", QStringLiteral("/admin/rollout")))
                return *server;
            if (::kill(pid_t(pid), 0) != 0 && !server)
                break; // it ended; or another program was faster, and then the next look finds that one's server
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        PH_ASSIGN(const auto server, serving::runningServer(m_folder));
        if (server && call(*m_o.http, *server, "GET", QStringLiteral("/admin/rollout")))
            return *server;
        return Error{ErrorKind::Unreachable, QStringLiteral("The endpoint %1 could not be started.").arg(name()), log, QStringLiteral("Its last words are in the details."), lastWords(log, logFrom)};
    }

    LocalTargetOptions m_o;
    QString m_folder;
    std::mutex m_starting;
};

} // namespace

Result<std::shared_ptr<RolloutTarget>> localTarget(LocalTargetOptions options) {
    PH_ASSIGN(const QString folder, serving::servingFolder(options.root, options.model.deployment.target));
    if (!options.http)
        options.http = std::make_shared<net::HttpClient>();
    return std::shared_ptr<RolloutTarget>(std::make_shared<LocalTarget>(std::move(options), folder));
}

Result<void> startLocalServer(LocalTargetOptions options) {
    PH_ASSIGN(const QString folder, serving::servingFolder(options.root, options.model.deployment.target));
    if (!options.http)
        options.http = std::make_shared<net::HttpClient>();
    return LocalTarget(std::move(options), folder).run();
}

Result<QJsonObject> callLocalServer(const LocalTargetOptions &options, const char *method, const QString &path, const QJsonObject &body) {
    PH_ASSIGN(const QString folder, serving::servingFolder(options.root, options.model.deployment.target));
    LocalTargetOptions own = options;
    if (!own.http)
        own.http = std::make_shared<net::HttpClient>();
    return LocalTarget(std::move(own), folder).route(method, path, body);
}

Result<bool> stopLocalServer(const LocalTargetOptions &options) {
    PH_ASSIGN(const QString folder, serving::servingFolder(options.root, options.model.deployment.target));
    PH_ASSIGN(const auto server, serving::runningServer(folder));
    if (!server)
        return false;
    const auto http = options.http ? options.http : std::make_shared<net::HttpClient>();
    PH_TRY(call(*http, *server, "POST", QStringLiteral("/admin/stop")));
    const auto until = Clock::now() + std::chrono::seconds(options.startLimitSeconds);
    while (Clock::now() < until) {
        PH_ASSIGN(const auto still, serving::runningServer(folder));
        if (!still)
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return Error{ErrorKind::TimedOut, QStringLiteral("The endpoint %1 was asked to stop and has not ended.").arg(options.model.deployment.target), server->file.url, QStringLiteral("Look at its serve.log."), {}};
}

} // namespace pilothouse::cluster

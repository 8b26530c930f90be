// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/estate.h"
#include "app/estate/stand_ins.h"
#include "core/base/child_process.h"
#include "core/net/directory_token.h"
#include "core/pipelines/local_pipelines.h"
#include "core/pipelines/pipeline_connection.h"
#include "tests/support/fault_proxy.h"

#include <QTemporaryDir>
#include <QUrl>

#include <csignal>
#include <map>

namespace pilothouse::support {

/// A clock that shows the estate's time.
class EstateTime final : public Clock {
public:
    explicit EstateTime(estate::EstateClock &clock) : m_clock(clock) {}
    QDateTime nowUtc() const override { return m_clock.now(); }

private:
    estate::EstateClock &m_clock;
};

/// One system under test, and what in it can be asked for.
struct PipelineSystem {
    std::shared_ptr<pipelines::PipelineService> service;
    std::unique_ptr<FaultProxy> proxy; ///< null: this machine
    QString job, stage, logText;       ///< a job that passes, one of its stages, and what stands in that one's log
    QString gateJob;                   ///< one that waits for a person; empty: there is none
    QJsonObject parameters;            ///< by job
    QJsonObject gateValues;
    QString noRun, noJob;              ///< well formed, and nowhere
    QString scheduled;                 ///< a pipeline or schedule that begins by itself; empty: none
    QByteArray start;                  ///< a part of the request line that starts a run
    std::function<void(int seconds)> advance;
    std::function<Result<std::shared_ptr<pipelines::PipelineService>>()> open; ///< another one that knows nothing yet

    int writes() const {
        int count = 0;
        for (const QByteArray &line : proxy ? proxy->lines() : QList<QByteArray>())
            count += !line.startsWith("GET ");
        return count;
    }
    bool isStart(const QByteArray &request) const {
        const QByteArray line = request.split('\r').first();
        return !line.startsWith("GET ") && line.contains(start);
    }
};

/// A local pipeline whose process is a sleep, and whose stages pass as the test lets time go on.
class SleepingPipelines {
public:
    SleepingPipelines() {
        workspace::Workspace workspace;
        workspace.file = QStringLiteral("/nowhere/pilothouse.yaml");
        workspace::Model model;
        model.name = QStringLiteral("t2m");
        model.recipe = QStringLiteral("/nowhere/t2m.yaml");
        workspace.models.push_back(model);
        service = std::make_shared<pipelines::LocalPipelines>(m_folder.filePath(QStringLiteral("pipelines")), workspace, [this](const QString &run, const QString &log) -> Result<qint64> {
            auto pid = startDetached(QStringLiteral("/bin/sleep"), {QStringLiteral("600")}, log);
            if (pid)
                m_processes.insert(run, *pid);
            return pid;
        });
    }
    ~SleepingPipelines() {
        for (const qint64 pid : std::as_const(m_processes))
            ::kill(pid_t(pid), SIGKILL);
    }
    /// Each run goes on by a stage.
    void step() {
        const QDateTime now = QDateTime::currentDateTimeUtc();
        for (auto it = m_processes.begin(); it != m_processes.end(); ++it) {
            const auto folder = service->folderOf(it.key());
            const auto record = folder ? folder->read() : Result<pipelines::RunRecord>(folder.error());
            if (!record || pipelines::hasEnded(record->run.state))
                continue;
            QString next;
            for (const pipelines::Stage &stage : record->run.stages)
                if (next.isEmpty() && !pipelines::hasEnded(stage.state))
                    next = stage.name;
            const bool begun = record->run.state == pipelines::State::Running;
            (void)folder->update([&](pipelines::RunRecord &r) -> Result<void> {
                r.run.state = pipelines::State::Running;
                if (begun && !next.isEmpty())
                    pipelines::setStage(r, next, pipelines::State::Passed, now);
                if (next.isEmpty() || (begun && next == r.run.stages.back().name))
                    pipelines::endRun(r, pipelines::State::Passed, now);
                return {};
            });
            if (begun && !next.isEmpty())
                (void)folder->appendLog(next, QStringLiteral("%1 is done").arg(next), now);
        }
    }
    std::shared_ptr<pipelines::LocalPipelines> service;

private:
    QTemporaryDir m_folder;
    QMap<QString, qint64> m_processes;
};

/// The five, each fresh.
class FiveSystems {
public:
    FiveSystems() {
        estate::EstateOptions options;
        options.speed = 0; // time goes on as the test says
        options.ticks = false;
        auto estate = estate::Estate::start(options, estate::makeStandIns({QStringLiteral("jenkins"), QStringLiteral("github"), QStringLiteral("kubeflow"), QStringLiteral("azureml"), QStringLiteral("blobs")}));
        if (!estate) {
            m_problem = estate.error().text();
            return;
        }
        m_estate = *std::move(estate);
        m_clock = std::make_shared<EstateTime>(m_estate->clock());
        addLocal();
        addJenkins();
        addGitHub();
        addKubeflow();
        addAzure();
    }
    ~FiveSystems() {
        m_http->close();
        m_systems.clear();
    }
    QString problem() const { return m_problem; }
    PipelineSystem &named(const QString &name) { return m_systems.at(name); }
    estate::Estate &estate() { return *m_estate; }

private:
    PipelineSystem &add(const QString &name, workspace::Connection connection, const QString &path, std::function<Result<QByteArray>()> authorization) {
        PipelineSystem &s = m_systems[name];
        s.proxy = std::make_unique<FaultProxy>(QUrl(m_estate->url(name)).port());
        connection.name = connection.kind = name;
        connection.url = s.proxy->url() + path;
        s.advance = [this](int seconds) { m_estate->clock().advance(seconds); };
        s.open = [this, connection, authorization, number = std::make_shared<int>(0)]() -> Result<std::shared_ptr<pipelines::PipelineService>> {
            pipelines::PipelineConnection at;
            at.connection = connection;
            at.http = m_http;
            at.authorization = authorization;
            at.secret = [](const QString &secret) -> Result<QString> { return QStringLiteral("value of ") + secret; };
            at.clock = m_clock;
            if (connection.kind == QLatin1String("jenkins"))
                at.jobs = QStringList{QStringLiteral("iris-pipeline"), QStringLiteral("weather/weather-software/main")}; // as models name them: the configuration of these is read
            at.folder = m_folder.filePath(connection.name + QString::number(++*number));
            at.podLog = [this](const QString &space, const QString &pod, const QString &, const pipelines::LogFrom &from, std::stop_token token) { return podLog(space, pod, from, token); };
            return pipelines::openPipelines(std::move(at));
        };
        auto service = s.open();
        if (service)
            s.service = *service;
        else
            m_problem = name + QStringLiteral(": ") + service.error().text();
        return s;
    }
    void addLocal() {
        PipelineSystem &s = m_systems[QStringLiteral("local")];
        s.service = m_local.service;
        s.job = QStringLiteral("t2m");
        s.stage = QStringLiteral("train");
        s.logText = QStringLiteral("train is done");
        s.noRun = QStringLiteral("t2m-77");
        s.noJob = QStringLiteral("none");
        s.advance = [this](int) { m_local.step(); };
    }
    void addJenkins() {
        workspace::Connection connection;
        connection.user = QStringLiteral("admin"); // who may read how a job is configured
        PipelineSystem &s = add(QStringLiteral("jenkins"), connection, {}, [] { return Result<QByteArray>("Basic " + QByteArray("admin:token-of-admin").toBase64()); });
        s.job = QStringLiteral("weather/weather-software/main");
        s.parameters = {{s.job, QJsonObject{{QStringLiteral("BUILD_ALL"), true}}}, {QStringLiteral("iris-pipeline"), QJsonObject{{QStringLiteral("N_ESTIMATORS"), QStringLiteral("120")}}}};
        s.stage = QStringLiteral("Test Auth");
        s.logText = QStringLiteral("Temperatur geprüft: 21 °C ✓");
        s.gateJob = QStringLiteral("iris-pipeline");
        s.gateValues = {{QStringLiteral("MODEL_VERSION"), QStringLiteral("3")}, {QStringLiteral("STAGE"), QStringLiteral("Production")}};
        s.noRun = QStringLiteral("iris-pipeline#7777");
        s.noJob = QStringLiteral("no-such-job");
        s.scheduled = QStringLiteral("iris-pipeline");
        s.start = "/build";
    }
    void addGitHub() {
        workspace::Connection connection;
        connection.other = {{QStringLiteral("owner"), QStringLiteral("acme")}, {QStringLiteral("repo"), QStringLiteral("damage-incidence")}};
        PipelineSystem &s = add(QStringLiteral("github"), connection, QStringLiteral("/api/v3"), [] { return Result<QByteArray>(QByteArray("Bearer ghp_reviewer")); });
        s.job = QStringLiteral("train_model.yml");
        s.stage = QStringLiteral("train");
        s.logText = QStringLiteral("Current runner version");
        s.gateJob = QStringLiteral("deploy_app.yml");
        s.noRun = QStringLiteral("123456");
        s.noJob = QStringLiteral("none.yml");
        s.start = "/dispatches";
        m_estate->control(QStringLiteral("github"), QStringLiteral("protect"),
                          {{QStringLiteral("repository"), QStringLiteral("acme/damage-incidence")}, {QStringLiteral("environment"), QStringLiteral("production")}, {QStringLiteral("reviewers"), QJsonArray{QStringLiteral("rita")}}, {QStringLiteral("prevent_self_review"), false}});
    }
    void addKubeflow() {
        workspace::Connection connection;
        connection.other = {{QStringLiteral("namespace"), QStringLiteral("kubeflow")}, {QStringLiteral("experiment"), QStringLiteral("iris-mlflow-kserve")}};
        PipelineSystem &s = add(QStringLiteral("kubeflow"), connection, {}, [] { return Result<QByteArray>(QByteArray()); });
        s.job = QStringLiteral("IrisExp");
        s.stage = QStringLiteral("train");
        s.logText = QStringLiteral("accuracy");
        s.noRun = QStringLiteral("00000000-0000-4000-8000-000000000000");
        s.noJob = QStringLiteral("None");
        s.scheduled = QStringLiteral("IrisExp");
        s.start = "/runs";
    }
    void addAzure() {
        net::DirectoryClient client;
        client.authority = m_estate->url(QStringLiteral("azureml"));
        client.tenant = QStringLiteral("estate-tenant");
        client.client = QStringLiteral("estate-client");
        client.scope = QStringLiteral("https://management.azure.com/.default");
        client.secret = [] { return Result<QString>(QStringLiteral("estate-secret")); };
        m_token = std::make_shared<net::DirectoryToken>(m_http, client, m_clock);
        workspace::Connection connection;
        connection.other = {{QStringLiteral("experiment"), QStringLiteral("damage-incidence-prediction")}};
        PipelineSystem &s = add(QStringLiteral("azureml"), connection, QStringLiteral("/mlflow/v1.0/subscriptions/sub-1/resourceGroups/mlops-rg/providers/Microsoft.MachineLearningServices/workspaces/mlops-ws"),
                                [token = m_token] { return token->authorization(); });
        s.job = QStringLiteral("damage-incidence-prediction");
        s.stage = QStringLiteral("svc-training-job");
        s.logText = QStringLiteral("recall");
        s.noRun = QStringLiteral("no_such_job_123");
        s.noJob = QStringLiteral("no-such-experiment");
        s.start = "/jobs/";
    }
    Result<pipelines::LogPiece> podLog(const QString &space, const QString &pod, const pipelines::LogFrom &from, std::stop_token token) {
        net::Request request;
        request.url = QStringLiteral("%1/api/v1/namespaces/%2/pods/%3/log").arg(m_estate->url(QStringLiteral("kubeflow")), space, pod);
        PH_ASSIGN(const net::Response reply, m_http->send(request, token));
        if (reply.status != 200)
            return net::statusError(request, reply);
        pipelines::LogPiece piece;
        piece.bytes = reply.body.mid(from.next.toLongLong());
        piece.next = QString::number(reply.body.size());
        piece.end = true;
        return piece;
    }

    QString m_problem;
    QTemporaryDir m_folder;
    std::unique_ptr<estate::Estate> m_estate;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<const Clock> m_clock;
    std::shared_ptr<net::DirectoryToken> m_token;
    SleepingPipelines m_local;
    std::map<QString, PipelineSystem> m_systems;
};

} // namespace pilothouse::support

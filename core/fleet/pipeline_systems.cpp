// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/pipeline_systems.h"

#include "core/fleet/directory_login.h"
#include "core/pipelines/all_pipelines.h"

namespace pilothouse::fleet {

using pipelines::PipelineConnection;

namespace {

/// Stands for a connection that could not be opened: whatever is asked of it gives the reason.
class Unopened final : public pipelines::PipelineService {
public:
    Unopened(const workspace::Connection &connection, Error why) : m_name(connection.name), m_kind(connection.kind), m_why(std::move(why)) {}
    QString source() const override { return m_name; }
    QString system() const override { return m_kind; }
    pipelines::Capabilities can() const override {
        pipelines::Capabilities nothing;
        nothing.start = nothing.cancel = nothing.stageLogs = nothing.liveLogs = false;
        return nothing;
    }
    int pollSeconds() const override { return 3600; }
    Result<std::vector<pipelines::Pipeline>> pipelines() const override { return m_why; }
    Result<std::vector<pipelines::PipelineRun>> runs(const QString &, int) const override { return m_why; }
    Result<pipelines::PipelineRun> run(const QString &) const override { return m_why; }
    Result<pipelines::LogPiece> readLog(const pipelines::LogFrom &, std::stop_token) const override { return m_why; }
    Result<pipelines::StartForm> form(const QString &) const override { return m_why; }
    Result<QString> startRun(const pipelines::StartRequest &) override { return m_why; }
    Result<void> cancel(const QString &) override { return m_why; }
    Result<std::vector<pipelines::Gate>> gates(const QString &) const override { return m_why; }
    Result<std::vector<pipelines::Schedule>> schedules() const override { return m_why; }

private:
    QString m_name, m_kind;
    Error m_why;
};

void addJobs(const workspace::Workspace &workspace, PipelineConnection &out) {
    const auto add = [&](const QString &job, const QString &model) {
        if (job.isEmpty())
            return;
        if (!out.jobs.contains(job))
            out.jobs << job;
        if (!model.isEmpty() && !out.modelOf.contains(job))
            out.modelOf.insert(job, model);
    };
    const QString &name = out.connection.name;
    for (const workspace::Model &model : workspace.models) {
        const auto &other = model.pipeline.other;
        if (model.pipeline.connection == name)
            add(model.pipeline.job.isEmpty() ? other.value(QStringLiteral("workflow")) : model.pipeline.job, model.name);
        if (other.value(QStringLiteral("deploy_connection"), model.pipeline.connection) == name)
            add(other.value(QStringLiteral("deploy")), model.name);
    }
    for (const QString &job : out.connection.other.value(QStringLiteral("jobs")).split(QLatin1Char(','), Qt::SkipEmptyParts))
        add(job.trimmed(), {});
}

} // namespace

Result<PipelineConnection> pipelineConnection(const workspace::Workspace &workspace, const workspace::Connection &connection, std::shared_ptr<net::HttpClient> http,
                                              std::shared_ptr<secrets::SecretStore> secrets, std::shared_ptr<const Clusters> clusters, std::shared_ptr<const Clock> clock, const QString &folder) {
    PipelineConnection out;
    out.connection = connection;
    out.http = std::move(http);
    out.clock = std::move(clock);
    out.folder = folder;
    out.secret = [secrets](const QString &name) { return secrets->read(name); };
    out.forget = [] {};
    if (connection.kind == QLatin1String("azureml")) {
        PH_ASSIGN(DirectoryLogin login, directoryLogin(connection, out.http, secrets, out.clock));
        out.authorization = std::move(login.authorization);
        out.forget = std::move(login.forget);
    } else {
        out.authorization = [connection, secrets] { return authorizationValue(connection, *secrets); }; // read for each call, kept nowhere
    }
    addJobs(workspace, out);
    const QString cluster = connection.other.value(QStringLiteral("cluster"));
    if (clusters && !cluster.isEmpty())
        out.podLog = [clusters, cluster](const QString &space, const QString &pod, const QString &container, const pipelines::LogFrom &from, std::stop_token token) -> Result<pipelines::LogPiece> {
            PH_ASSIGN(const auto api, clusters->of(cluster));
            return podLogPiece(*api, space, pod, container, from, token);
        };
    return out;
}

std::shared_ptr<pipelines::AllPipelines> allPipelines(std::shared_ptr<pipelines::PipelineService> local, const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http,
                                                         std::shared_ptr<secrets::SecretStore> secrets, std::shared_ptr<const Clusters> clusters, std::shared_ptr<const Clock> clock, const QString &root) {
    std::vector<std::shared_ptr<pipelines::PipelineService>> others;
    for (const workspace::Connection &connection : workspace.connections) {
        if (!pipelines::isPipelineKind(connection.kind))
            continue;
        const auto opened = [&]() -> Result<std::shared_ptr<pipelines::PipelineService>> {
            PH_ASSIGN(PipelineConnection parts, pipelineConnection(workspace, connection, http, secrets, clusters, clock, root + QStringLiteral("/systems/") + connection.name));
            return pipelines::openPipelines(std::move(parts));
        }();
        others.push_back(opened ? *opened : std::make_shared<Unopened>(connection, opened.error()));
    }
    return std::make_shared<pipelines::AllPipelines>(std::move(local), std::move(others));
}

} // namespace pilothouse::fleet

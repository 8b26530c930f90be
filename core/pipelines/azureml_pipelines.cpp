// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/azureml_pipelines.h"

#include "core/base/hash.h"
#include "core/base/json.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
constexpr const char *apiVersion = "2025-09-01";

QString encoded(const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); }
QJsonObject properties(const QJsonObject &job) { return job.value(Q("properties")).toObject(); }
bool waitsForCompute(const QString &status) { return status == Q("Queued") || status == Q("Preparing"); }
QDateTime time(const QJsonValue &value) { return QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC(); }

} // namespace

AzurePipelines::AzurePipelines(PipelineConnection connection, AzurePlace place) : m_at(std::move(connection)), m_place(std::move(place)) {}

QString AzurePipelines::arm(const QString &path, const QString &query) const {
    return m_place.arm + m_place.scope + path + QStringLiteral("?api-version=") + Q(apiVersion) + (query.isEmpty() ? QString() : QStringLiteral("&") + query);
}
QString AzurePipelines::service(const QString &name, const QString &path) const { return m_place.data + QLatin1Char('/') + name + m_place.scope + path; }
QString AzurePipelines::ofRun(const QString &experiment, const QString &run, const char *what) const {
    return service(QStringLiteral("history/v1.0"), QStringLiteral("/experiments/%1/runs/%2/%3").arg(encoded(experiment), encoded(run), Q(what)));
}

Result<QJsonObject> AzurePipelines::call(const QByteArray &method, const QString &url, const QJsonObject &body, std::stop_token token) const {
    net::Request request;
    request.method = method;
    request.url = url;
    if (!body.isEmpty() || method == "POST")
        request.body = canonicalJson(body);
    request.idempotent = method == "GET";
    request.caFile = m_at.connection.other.value(QStringLiteral("ca_file"));
    for (int attempt = 0;; ++attempt) {
        request.headers.clear();
        if (m_at.authorization) {
            PH_ASSIGN(const QByteArray value, m_at.authorization());
            request.headers << net::Header{"Authorization", value};
        }
        PH_ASSIGN(const net::Response response, m_at.http->send(request, token));
        m_rest.learn(response, m_at.clock->nowUtc());
        if (response.status == 401 && attempt == 0 && m_at.authorization && m_at.forget) { // refused before anything was done
            m_at.forget();
            continue;
        }
        if (response.status >= 400)
            return azureError(request, response);
        const QByteArray start = response.body.left(256).trimmed();
        if (response.status >= 300 || start.startsWith('<'))
            return invalid(QStringLiteral("What answers is no Azure ML."), net::requestPlace(request), QStringLiteral("Check url and cloud of the connection."));
        if (start.isEmpty() && method != "GET")
            return QJsonObject();
        const QJsonDocument document = QJsonDocument::fromJson(response.body);
        if (!document.isObject())
            return invalid(QStringLiteral("Azure ML sent something that cannot be read."), net::requestPlace(request));
        return document.object();
    }
}

Capabilities AzurePipelines::can() const {
    Capabilities can;
    can.rerun = true;
    can.schedules = can.switchSchedules = true;
    can.outputs = true;
    return can;
}

PipelineRun AzurePipelines::shaped(const QJsonObject &job) const {
    const QJsonObject of = properties(job), system = job.value(Q("systemData")).toObject();
    PipelineRun run;
    run.id = job.value(Q("name")).toString();
    run.pipeline = of.value(Q("experimentName")).toString();
    run.title = of.value(Q("displayName")).toString();
    run.systemState = of.value(Q("status")).toString();
    run.state = azureState(run.systemState);
    run.started = time(system.value(Q("createdAt")));
    run.startedBy = system.value(Q("createdBy")).toString();
    run.reason = of.value(Q("description")).toString();
    run.link = of.value(Q("services")).toObject().value(Q("Studio")).toObject().value(Q("endpoint")).toString();
    const QJsonObject inputs = of.value(Q("inputs")).toObject();
    for (auto it = inputs.begin(); it != inputs.end(); ++it) {
        const QJsonObject input = it->toObject();
        run.parameters.insert(it.key(), input.contains(Q("value")) ? input.value(Q("value")) : input.value(Q("uri")));
    }
    if (run.systemState == Q("CancelRequested"))
        run.note = QStringLiteral("Its end was asked for: that can take minutes.");
    else if (waitsForCompute(run.systemState))
        run.note = run.systemState;
    run.commit = of.value(Q("properties")).toObject().value(Q("azureml.git.commit")).toString();
    run.branch = of.value(Q("properties")).toObject().value(Q("azureml.git.branch")).toString();
    run.connection = source();
    run.system = this->system();
    run.model = m_at.modelOf.value(run.pipeline);
    run.read = m_at.clock->nowUtc();
    return run;
}

Result<std::vector<Pipeline>> AzurePipelines::pipelines() const {
    QStringList names = m_at.jobs;
    if (const QString one = m_at.connection.other.value(QStringLiteral("experiment")); !one.isEmpty())
        names << one;
    PH_ASSIGN(const auto all, jobs({}, 50));
    for (const QJsonObject &job : all)
        names << properties(job).value(Q("experimentName")).toString();
    names.removeDuplicates();
    names.removeAll(QString());
    std::vector<Pipeline> found;
    for (const QString &name : std::as_const(names)) {
        Pipeline pipeline;
        pipeline.id = pipeline.name = name;
        pipeline.system = system();
        pipeline.model = m_at.modelOf.value(name);
        found.push_back(std::move(pipeline));
    }
    return found;
}

Result<std::vector<PipelineRun>> AzurePipelines::runs(const QString &pipeline, int limit) const {
    PH_ASSIGN(const auto all, jobs(pipeline, limit));
    std::vector<PipelineRun> found;
    QMap<QString, QString> notes; // by compute
    for (const QJsonObject &job : all) {
        PipelineRun run = shaped(job);
        if (const QString compute = properties(job).value(Q("computeId")).toString(); waitsForCompute(run.systemState)) {
            if (!notes.contains(compute))
                notes.insert(compute, computeNote(job));
            if (!notes.value(compute).isEmpty())
                run.note = notes.value(compute);
        }
        found.push_back(std::move(run));
    }
    return found;
}

QString AzurePipelines::computeNote(const QJsonObject &job) const {
    const QString id = properties(job).value(Q("computeId")).toString();
    if (id.isEmpty())
        return {};
    const auto compute = call("GET", arm(QStringLiteral("/computes/") + encoded(id.section(QLatin1Char('/'), -1))));
    if (!compute)
        return {};
    const QJsonObject inner = properties(*compute).value(Q("properties")).toObject();
    return inner.contains(Q("currentNodeCount")) && inner.value(Q("currentNodeCount")).toInt() == 0 ? QStringLiteral("Queued: cluster starts") : QString();
}

Result<std::vector<Stage>> AzurePipelines::stagesOf(const QJsonObject &job, const PipelineRun &run) const {
    std::vector<Stage> stages;
    const QJsonObject nodes = properties(job).value(Q("jobs")).toObject();
    if (properties(job).value(Q("jobType")).toString() != Q("Pipeline")) {
        Stage stage(run.title.isEmpty() ? run.id : run.title, run.state, run.started, run.ended);
        stage.id = run.id;
        stage.systemState = run.systemState;
        stage.note = run.note;
        return std::vector<Stage>{stage};
    }
    PH_ASSIGN(const QJsonObject children, call("GET", ofRun(run.pipeline, run.id, "children")));
    static const QRegularExpression from(QStringLiteral("parent\\.jobs\\.([A-Za-z0-9_-]+)\\."));
    QMap<QString, QString> idOf;
    std::vector<QStringList> after;
    const auto place = [&](const QString &name, const QJsonObject &child) {
        Stage stage(name);
        stage.id = child.value(Q("runId")).toString(name);
        stage.systemState = child.value(Q("status")).toString();
        stage.state = stage.systemState.isEmpty() ? State::Waiting : azureState(stage.systemState);
        stage.started = time(child.value(Q("startTimeUtc")));
        stage.ended = time(child.value(Q("endTimeUtc")));
        stage.note = child.value(Q("error")).toObject().value(Q("error")).toObject().value(Q("message")).toString();
        idOf.insert(name, stage.id);
        stages.push_back(std::move(stage));
    };
    const QJsonArray seen = children.value(Q("value")).toArray();
    for (auto it = nodes.begin(); it != nodes.end(); ++it) {
        const auto child = std::find_if(seen.begin(), seen.end(), [&](const QJsonValue &value) { return value.toObject().value(Q("displayName")).toString() == it.key(); });
        place(it.key(), child == seen.end() ? QJsonObject() : child->toObject());
        QStringList names;
        for (auto match = from.globalMatch(QString::fromUtf8(compactJson(it->toObject().value(Q("inputs"))))); match.hasNext();)
            names << match.next().captured(1);
        names.removeDuplicates();
        after.push_back(names);
    }
    for (std::size_t i = 0; i < after.size(); ++i)
        for (const QString &name : std::as_const(after[i]))
            if (idOf.contains(name))
                stages[i].after << idOf.value(name);
    if (nodes.isEmpty())
        for (const QJsonValue &child : seen)
            place(child.toObject().value(Q("displayName")).toString(child.toObject().value(Q("runId")).toString()), child.toObject());
    return stages;
}

void AzurePipelines::addMetrics(PipelineRun &run) const {
    const auto reply = call("GET", service(QStringLiteral("mlflow/v1.0"), QStringLiteral("/api/2.0/mlflow/runs/get?run_id=") + encoded(run.id)));
    if (!reply) // a job that logged nothing has no such run
        return;
    for (const QJsonValue &value : reply->value(Q("run")).toObject().value(Q("data")).toObject().value(Q("metrics")).toArray())
        if (const QJsonValue number = value.toObject().value(Q("value")); number.isDouble())
            run.metrics.insert(value.toObject().value(Q("key")).toString(), number.toDouble());
}

Result<PipelineRun> AzurePipelines::run(const QString &id) const {
    PH_ASSIGN(const QJsonObject job, call("GET", arm(QStringLiteral("/jobs/") + encoded(id))));
    PipelineRun run = shaped(job);
    if (waitsForCompute(run.systemState))
        if (const QString note = computeNote(job); !note.isEmpty())
            run.note = note;
    const auto details = call("GET", ofRun(run.pipeline, id, "details"));
    if (details) {
        if (const QDateTime begun = time(details->value(Q("startTimeUtc"))); begun.isValid())
            run.started = begun;
        run.ended = time(details->value(Q("endTimeUtc")));
        if (const QString why = details->value(Q("error")).toObject().value(Q("error")).toObject().value(Q("message")).toString(); run.state == State::Failed && !why.isEmpty())
            run.error = Error{ErrorKind::Refused, why, run.title, QStringLiteral("Read its log."), {}};
    } else if (details.error().kind != ErrorKind::NotFound) {
        return details.error();
    }
    if (run.state == State::Failed && !run.error)
        run.error = Error{ErrorKind::Refused, QStringLiteral("It failed; Azure ML does not say why."), run.title, QStringLiteral("Read its log."), {}};
    PH_ASSIGN(run.stages, stagesOf(job, run));
    addMetrics(run);
    return run;
}

Result<std::shared_ptr<PipelineService>> openAzureMl(PipelineConnection connection) {
    PH_ASSIGN(AzurePlace place, azurePlace(connection.connection));
    return std::shared_ptr<PipelineService>(std::make_shared<AzurePipelines>(std::move(connection), std::move(place)));
}

} // namespace pilothouse::pipelines

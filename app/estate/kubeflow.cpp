// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/kubeflow.h"
#include "app/estate/kubeflow_filter.h"
#include "app/estate/wire.h"

#include <algorithm>

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }
Answer done() { return Answer::json(QJsonObject()); }

/// v1 gives parameters as a list of texts, v2 as an object.
QJsonObject parametersOf(const QJsonObject &body, bool v1)
{
    if (!v1)
        return body[Q("runtime_config")][Q("parameters")].toObject();
    QJsonObject made;
    for (const QJsonValue &one : body[Q("pipeline_spec")][Q("parameters")].toArray())
        made[one[Q("name")].toString()] = one[Q("value")];
    return made;
}

QString referenced(const QJsonObject &body, const char *type)
{
    for (const QJsonValue &one : body[Q("resource_references")].toArray())
        if (one[Q("key")][Q("type")].toString() == Q(type))
            return one[Q("key")][Q("id")].toString();
    return {};
}

/// v1 names what a list is of by a kind and an id: an experiment, or a namespace.
QString experimentAsked(const Call &call, bool v1)
{
    if (!v1)
        return call.query.queryItemValue(Q("experiment_id"));
    return call.query.queryItemValue(Q("resource_reference_key.type")) == Q("EXPERIMENT") ? call.query.queryItemValue(Q("resource_reference_key.id")) : QString();
}

} // namespace

/// Several users: the identity header, and a namespace in each list (BACKEND_APIS.md §3.4).
std::optional<Answer> KubeflowStandIn::refusedIdentity(const Call &call) const
{
    if (!m_settings[Q("multi_user")].toBool())
        return std::nullopt;
    const QString header = m_settings[Q("identity_header")].toString(Q("kubeflow-userid"));
    const QString who = QString::fromUtf8(call.header(header.toUtf8()));
    if (who.isEmpty() && call.login().second.isEmpty())
        return kubeflowError(401, 16, "Request header error: there is no user identity header.: Request header error");
    if (!who.isEmpty() && who != m_settings[Q("user")].toString(Q("user@example.com")))
        return kubeflowError(403, 7, "User is not authorized with reason:  (request: &ResourceAttributes{Namespace:kubeflow,Resource:runs,})");
    const bool list = call.method == "GET" && (call.path.endsWith(Q("/runs")) || call.path.endsWith(Q("/recurringruns")) || call.path.endsWith(Q("/jobs")) || call.path.endsWith(Q("/experiments")));
    if (list && !call.query.hasQueryItem(Q("namespace")) && !call.query.hasQueryItem(Q("experiment_id")) && !call.query.hasQueryItem(Q("resource_reference_key.id")))
        return kubeflowError(400, 3, "Invalid input error: A namespace cannot be empty in the multi-user mode");
    return std::nullopt;
}

Answer KubeflowStandIn::answer(const Call &call)
{
    if (const auto pod = matched(call.path, "/api/v1/namespaces/{}/pods/{}/log")) { // Kubernetes' part
        for (const Run &run : m_runs)
            for (const Task &task : run.tasks)
                if (task.pod == pod->at(1) && task.started.isValid() && !run.collected)
                    return Answer::text(task.log);
        return Answer::json(QJsonObject{{Q("kind"), Q("Status")}, {Q("apiVersion"), Q("v1")}, {Q("status"), Q("Failure")}, {Q("message"), QStringLiteral("pods \"%1\" not found").arg(pod->at(1))}, {Q("reason"), Q("NotFound")}, {Q("code"), 404}}, 404);
    }
    const bool v1 = call.path.startsWith(Q("/apis/v1beta1/"));
    const QString only = m_settings[Q("only")].toString();
    if ((!v1 && !call.path.startsWith(Q("/apis/v2beta1/"))) || (!only.isEmpty() && (only == Q("v1beta1")) != v1))
        return kubeflowError(404, 5, "Not Found");
    if (auto no = refusedIdentity(call))
        return *no;
    const QString path = call.path.section(QLatin1Char('/'), 3);
    if (path == Q("healthz"))
        return Answer::json(QJsonObject{{Q("multi_user"), m_settings[Q("multi_user")].toBool()}});
    for (const auto part : {&KubeflowStandIn::runs, &KubeflowStandIn::recurring, &KubeflowStandIn::named})
        if (auto answer = (this->*part)(call, v1, path))
            return *answer;
    return kubeflowError(404, 5, "Not Found");
}

Answer KubeflowStandIn::create(const Call &call, bool v1)
{
    const QJsonObject body = call.json();
    const QString name = body[v1 ? Q("name") : Q("display_name")].toString();
    QString version = v1 ? referenced(body, "PIPELINE_VERSION") : body[Q("pipeline_version_reference")][Q("pipeline_version_id")].toString();
    QString pipeline = v1 ? body[Q("pipeline_spec")][Q("pipeline_id")].toString() : body[Q("pipeline_version_reference")][Q("pipeline_id")].toString();
    QString experiment = v1 ? referenced(body, "EXPERIMENT") : body[Q("experiment_id")].toString();
    if (name.isEmpty())
        return kubeflowError(400, 3, "Invalid input error: The run name is empty. Please specify a valid name");
    for (const Named &v : m_versions)
        if (v.id == version || (version.isEmpty() && v.parent == pipeline)) { // a later one of the pipeline wins
            pipeline = v.parent;
            if (v.id == version)
                break;
        }
    if (version.isEmpty())
        for (const Named &v : m_versions)
            version = v.parent == pipeline ? v.id : version;
    if (std::none_of(m_versions.begin(), m_versions.end(), [&](const Named &v) { return v.id == version; }))
        return kubeflowError(404, 5, "PipelineVersion not found");
    if (experiment.isEmpty())
        experiment = m_experiments[0].id;
    if (std::none_of(m_experiments.begin(), m_experiments.end(), [&](const Named &e) { return e.id == experiment; }))
        return kubeflowError(404, 5, "Experiment not found");
    const QJsonObject made = shape(begin(name, experiment, pipeline, version, parametersOf(body, v1), {}), v1);
    return Answer::json(v1 ? QJsonObject{{Q("run"), made}, {Q("pipeline_runtime"), QJsonObject()}} : made);
}

std::optional<Answer> KubeflowStandIn::runs(const Call &call, bool v1, const QString &path)
{
    if (path == Q("runs") && call.method == "POST")
        return create(call, v1);
    if (path == Q("runs")) {
        QJsonArray all;
        const QString experiment = experimentAsked(call, v1);
        for (auto run = m_runs.rbegin(); run != m_runs.rend(); ++run)
            if (experiment.isEmpty() || run->experiment == experiment)
                all.append(shape(*run, v1));
        return kubeflowList(call, "runs", all);
    }
    for (auto run = m_runs.begin(); run != m_runs.end(); ++run) {
        const QString base = Q("runs/") + run->id;
        if (path == base && call.method == "DELETE") {
            m_runs.erase(run);
            return done();
        }
        if (path == base) {
            const QJsonObject made = shape(*run, v1);
            return Answer::json(v1 ? QJsonObject{{Q("run"), made}, {Q("pipeline_runtime"), QJsonObject()}} : made);
        }
        if (call.method != "POST")
            continue;
        const auto verb = [&](const char *word) { return path == base + QLatin1Char(':') + Q(word) || (v1 && path == base + QLatin1Char('/') + Q(word)); };
        if (verb("archive") || verb("unarchive")) {
            run->archived = verb("archive");
            return done();
        }
        if (verb("terminate")) {
            if (run->ended.isValid())
                return kubeflowError(400, 9, "Failed to terminate a run: it has already finished");
            run->stuck = false;
            state(*run, "CANCELING", now());
            return done();
        }
        if (!verb("retry"))
            continue;
        if (run->state != Q("FAILED") && run->state != Q("CANCELED"))
            return kubeflowError(400, 3, "Only failed runs can be retried");
        for (Task &task : run->tasks)
            if (task.state != Q("SUCCEEDED")) {
                const Task old = task;
                task = Task();
                task.name = old.name;
                task.id = old.id;
                task.pod = old.pod;
            }
        run->error.clear();
        run->ended = QDateTime();
        run->started = now();
        run->stuck = m_settings[Q("retry_sticks")].toBool(); // #11329: it can stick in pending
        state(*run, "PENDING", now());
        return done();
    }
    return std::nullopt;
}

Answer KubeflowStandIn::createRecurring(const Call &call, bool v1)
{
    const QJsonObject body = call.json(), trigger = body[Q("trigger")].toObject();
    const QJsonObject schedule = trigger[trigger.contains(Q("cron_schedule")) ? Q("cron_schedule") : Q("periodic_schedule")].toObject();
    const auto number = [](const QJsonValue &v) { return v.isString() ? v.toString().toLongLong() : v.toInteger(); };
    Recurring made;
    made.name = body[v1 ? Q("name") : Q("display_name")].toString();
    made.pipeline = v1 ? body[Q("pipeline_spec")][Q("pipeline_id")].toString() : body[Q("pipeline_version_reference")][Q("pipeline_id")].toString();
    made.version = v1 ? referenced(body, "PIPELINE_VERSION") : body[Q("pipeline_version_reference")][Q("pipeline_version_id")].toString();
    made.experiment = v1 ? referenced(body, "EXPERIMENT") : body[Q("experiment_id")].toString();
    made.parameters = parametersOf(body, v1);
    made.cron = schedule[Q("cron")].toString();
    made.interval = number(schedule[Q("interval_second")]);
    made.maxConcurrency = number(body[Q("max_concurrency")]);
    made.noCatchup = body[Q("no_catchup")].toBool();
    made.enabled = v1 ? body[Q("enabled")].toBool() : body[Q("mode")].toString() == Q("ENABLE");
    made.start = QDateTime::fromString(schedule[Q("start_time")].toString(), Qt::ISODate);
    made.end = QDateTime::fromString(schedule[Q("end_time")].toString(), Qt::ISODate);
    if (made.maxConcurrency < 1 || made.maxConcurrency > 10)
        return kubeflowError(400, 3, "The max concurrency of the recurring run is out of range. Support 1-10");
    if (made.cron.isEmpty() && made.interval < 1)
        return kubeflowError(400, 3, "Found invalid period schedule interval. Set at interval to least 1 second");
    if (!made.cron.isEmpty() && made.cron.split(QLatin1Char(' '), Qt::SkipEmptyParts).size() != 6) // BACKEND_APIS.md §3.4: seconds first
        return kubeflowError(400, 3, "Schedule cron is not a supported format(https://godoc.org/github.com/robfig/cron)");
    const auto version = std::find_if(m_versions.begin(), m_versions.end(), [&](const Named &v) { return v.id == made.version || (made.version.isEmpty() && v.parent == made.pipeline); });
    if (version == m_versions.end())
        return kubeflowError(404, 5, "PipelineVersion not found");
    made.version = version->id;
    made.pipeline = version->parent;
    made.created = now();
    made.id = uuidName(QStringLiteral("recurring %1 %2").arg(made.name).arg(++m_made));
    made.next = (made.start.isValid() ? made.start : now()).addSecs(made.interval > 0 ? made.interval : 86400);
    m_recurring.push_back(made);
    return Answer::json(shape(made, v1));
}

std::optional<Answer> KubeflowStandIn::recurring(const Call &call, bool v1, const QString &path)
{
    const QString list = v1 ? Q("jobs") : Q("recurringruns");
    if (path == list && call.method == "POST")
        return createRecurring(call, v1);
    if (path == list) {
        QJsonArray all;
        const QString experiment = experimentAsked(call, v1);
        for (const Recurring &one : m_recurring)
            if (experiment.isEmpty() || one.experiment == experiment)
                all.append(shape(one, v1));
        return kubeflowList(call, v1 ? "jobs" : "recurringRuns", all); // camel beside snake (BACKEND_APIS.md §3.4)
    }
    for (auto one = m_recurring.begin(); one != m_recurring.end(); ++one) {
        const QString base = list + QLatin1Char('/') + one->id;
        if (path == base && call.method == "DELETE") {
            m_recurring.erase(one);
            return done();
        }
        if (path == base)
            return Answer::json(shape(*one, v1));
        for (const char *word : {"enable", "disable"})
            if (call.method == "POST" && path == base + (v1 ? Q("/") : Q(":")) + Q(word)) {
                one->enabled = Q(word) == Q("enable");
                return done();
            }
    }
    return std::nullopt;
}

Answer KubeflowStandIn::upload(const Call &call, bool v1, bool version)
{
    const auto value = [&](const char *key) { return call.query.queryItemValue(Q(key), QUrl::FullyDecoded); };
    const auto file = uploadedFile(call); // multipart, on a path of its own
    if (!file)
        return kubeflowError(400, 3, "Failed to read pipeline from file: request Content-Type isn't multipart/form-data");
    if (!file->contains("pipelineInfo") && !file->contains("kind: Workflow") && !file->contains("schemaVersion"))
        return kubeflowError(400, 3, "Failed to create a pipeline version: unknown template format");
    Named pipeline;
    pipeline.created = now();
    pipeline.description = value("description");
    pipeline.name = value("name");
    if (pipeline.name.isEmpty())
        return kubeflowError(400, 3, "Invalid input error: the pipeline's name is empty");
    auto &named = version ? m_versions : m_pipelines;
    pipeline.parent = version ? value("pipelineid") : QString();
    for (const Named &other : named)
        if (other.name == pipeline.name && other.parent == pipeline.parent)
            return kubeflowError(409, 6, "Already exist error: The name already exists. Please specify a new name");
    if (version && std::none_of(m_pipelines.begin(), m_pipelines.end(), [&](const Named &p) { return p.id == pipeline.parent; }))
        return kubeflowError(404, 5, "Pipeline not found");
    pipeline.id = uuidName(QStringLiteral("%1 %2").arg(pipeline.name).arg(++m_made));
    named.push_back(pipeline);
    if (!version) { // a pipeline comes with a version of its name
        Named first = pipeline;
        first.parent = pipeline.id;
        first.id = uuidName(QStringLiteral("version %1").arg(++m_made));
        m_versions.push_back(first);
    }
    return Answer::json(shape(pipeline, version ? "pipeline_version" : "pipeline", v1));
}

std::optional<Answer> KubeflowStandIn::named(const Call &call, bool v1, const QString &path)
{
    if (call.method == "POST" && (path == Q("pipelines/upload") || path == Q("pipelines/upload_version")))
        return upload(call, v1, path.endsWith(Q("version")));
    const auto listed = [&](const std::vector<Named> &all, const char *kind, const char *key, const QString &parent) {
        QJsonArray made;
        for (const Named &one : all)
            if (parent.isEmpty() || one.parent == parent)
                made.append(shape(one, kind, v1));
        return kubeflowList(call, key, made);
    };
    if (path == Q("experiments") && call.method == "POST") {
        Named made;
        made.name = call.json()[v1 ? Q("name") : Q("display_name")].toString();
        if (made.name.isEmpty())
            return kubeflowError(400, 3, "Experiment's name cannot be empty");
        for (const Named &other : m_experiments)
            if (other.name == made.name)
                return kubeflowError(409, 6, "Already exist error: Failed to create a new experiment. The name already exists");
        made.id = uuidName(Q("experiment ") + made.name);
        made.created = now();
        m_experiments.push_back(made);
        return Answer::json(shape(made, "experiment", v1));
    }
    if (path == Q("experiments"))
        return listed(m_experiments, "experiment", "experiments", {});
    if (path == Q("pipelines"))
        return listed(m_pipelines, "pipeline", "pipelines", {});
    if (v1 && path == Q("pipeline_versions"))
        return listed(m_versions, "pipeline_version", "versions", call.query.queryItemValue(Q("resource_key.id")));
    for (const Named &e : m_experiments)
        if (path == Q("experiments/") + e.id)
            return Answer::json(shape(e, "experiment", v1));
    for (auto p = m_pipelines.begin(); call.method == "DELETE" && p != m_pipelines.end(); ++p)
        if (path == Q("pipelines/") + p->id) {
            std::erase_if(m_versions, [&](const Named &v) { return v.parent == p->id; });
            m_pipelines.erase(p);
            return done();
        }
    for (const Named &p : m_pipelines) {
        if (path == Q("pipelines/") + p.id || path == Q("pipelines/names/") + p.name)
            return Answer::json(shape(p, "pipeline", v1));
        if (!v1 && path == QStringLiteral("pipelines/%1/versions").arg(p.id))
            return listed(m_versions, "pipeline_version", "pipeline_versions", p.id);
        for (const Named &v : m_versions)
            if (v.parent == p.id && (path == QStringLiteral("pipelines/%1/versions/%2").arg(p.id, v.id) || (v1 && path == Q("pipeline_versions/") + v.id)))
                return Answer::json(shape(v, "pipeline_version", v1));
    }
    return std::nullopt;
}

} // namespace pilothouse::estate

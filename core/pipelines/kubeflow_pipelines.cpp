// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/kubeflow_pipelines.h"

#include "core/net/directory_token.h"
#include "core/pipelines/kubeflow_words.h"
#include "core/pipelines/lost_reply.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QUrl>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

QString encoded(const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); }
QJsonObject reference(const char *type, const QString &id, const char *relationship) {
    return {{Q("key"), QJsonObject{{Q("type"), Q(type)}, {Q("id"), id}}}, {Q("relationship"), Q(relationship)}};
}
QString idOf(const QJsonObject &json, const char *name) {
    const QString own = kubeflowText(json, name);
    return own.isEmpty() ? kubeflowText(json, "id") : own;
}
QString titleOf(const QJsonObject &json) {
    const QString shown = kubeflowText(json, "display_name");
    return shown.isEmpty() ? kubeflowText(json, "name") : shown;
}

} // namespace

KubeflowPipelines::KubeflowPipelines(PipelineConnection connection) : m_api(std::move(connection)) {}

Capabilities KubeflowPipelines::can() const {
    Capabilities can;
    can.rerun = can.rerunFailed = true;
    can.schedules = can.switchSchedules = can.createSchedules = true;
    can.outputs = true;
    can.liveLogs = can.stageLogs = bool(m_api.at().podLog);
    if (!can.liveLogs)
        can.noLiveLog = QStringLiteral("Kubeflow keeps no logs: they are read from its pods. Name its cluster in cluster: of the connection.");
    return can;
}

Result<std::vector<Pipeline>> KubeflowPipelines::pipelines() const {
    PH_ASSIGN(const QUrlQuery query, m_api.ofSpace());
    PH_ASSIGN(const auto all, m_api.list(QStringLiteral("pipelines"), "pipelines", query, 1000));
    std::vector<Pipeline> found;
    const std::lock_guard lock(m_mutex);
    m_ids.clear(); // what was deleted since, and uploaded again under its name, has another id now
    for (const QJsonObject &json : all) {
        Pipeline pipeline;
        pipeline.name = titleOf(json);
        pipeline.id = pipeline.name;
        const QString id = idOf(json, "pipeline_id");
        m_names.insert(id, pipeline.name);
        m_ids.insert(pipeline.name, id);
        pipeline.system = system();
        pipeline.model = m_api.at().modelOf.value(pipeline.name);
        pipeline.folder = m_api.space();
        pipeline.link = m_api.page(QStringLiteral("/pipelines/details/") + id);
        found.push_back(std::move(pipeline));
    }
    return found;
}

Result<void> KubeflowPipelines::readNames() const {
    const auto read = pipelines();
    return read ? Result<void>() : Result<void>(read.error());
}

Result<QString> KubeflowPipelines::pipelineId(const QString &name, bool anew) const {
    const auto known = [&]() -> QString {
        const std::lock_guard lock(m_mutex);
        return m_ids.contains(name) ? m_ids.value(name) : m_ids.key(name).isEmpty() ? QString() : name;
    };
    if (const QString id = known(); !id.isEmpty() && !anew)
        return id;
    PH_TRY(readNames());
    if (const QString id = known(); !id.isEmpty())
        return id;
    return notFound(QStringLiteral("Kubeflow has no pipeline “%1”.").arg(name), source(), QStringLiteral("See “pilot pipelines list”; upload it first, or correct namespace of the connection."));
}

Result<QString> KubeflowPipelines::nameOf(const QString &id) const {
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_names.constFind(id); found != m_names.constEnd())
            return *found;
    }
    PH_ASSIGN(const QJsonObject json, m_api.get(QStringLiteral("pipelines/") + encoded(id)));
    const std::lock_guard lock(m_mutex);
    return *m_names.insert(id, titleOf(json));
}

Result<std::vector<KubeflowPipelines::Version>> KubeflowPipelines::versions(const QString &id, int limit) const {
    PH_ASSIGN(const bool old, m_api.old());
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("sort_by"), QStringLiteral("created_at desc"));
    if (old) {
        query.addQueryItem(QStringLiteral("resource_key.type"), QStringLiteral("PIPELINE"));
        query.addQueryItem(QStringLiteral("resource_key.id"), id);
    }
    PH_ASSIGN(const auto all, old ? m_api.list(QStringLiteral("pipeline_versions"), "versions", query, limit) : m_api.list(QStringLiteral("pipelines/%1/versions").arg(encoded(id)), "pipeline_versions", query, limit));
    std::vector<Version> found;
    for (const QJsonObject &json : all)
        found.push_back({id, idOf(json, "pipeline_version_id"), titleOf(json), json});
    return found;
}

Result<KubeflowPipelines::Version> KubeflowPipelines::version(const QString &pipeline, const QString &ref) const {
    PH_ASSIGN(const QString id, pipelineId(pipeline, true));
    PH_ASSIGN(const auto all, versions(id, ref.isEmpty() ? 1 : 500));
    for (const Version &one : all)
        if (ref.isEmpty() || one.name == ref || one.id == ref)
            return one;
    return notFound(ref.isEmpty() ? QStringLiteral("The pipeline %1 has no version.").arg(pipeline) : QStringLiteral("The pipeline %1 has no version “%2”.").arg(pipeline, ref), source(),
                    QStringLiteral("Upload it: “pilot pipelines upload FILE”."));
}

Result<std::vector<Parameter>> KubeflowPipelines::parametersOf(const Version &version) const {
    PH_ASSIGN(const bool old, m_api.old());
    if (!old) {
        QJsonObject spec = kubeflowSpec(version.json);
        if (spec.isEmpty()) { // a list may leave it out
            PH_ASSIGN(const QJsonObject whole, m_api.get(QStringLiteral("pipelines/%1/versions/%2").arg(encoded(version.pipeline), encoded(version.id))));
            spec = kubeflowSpec(whole);
        }
        return kubeflowParameters(spec);
    }
    std::vector<Parameter> parameters;
    for (const QJsonValue &value : kubeflowList(version.json, "parameters")) {
        Parameter parameter;
        parameter.name = value.toObject().value(Q("name")).toString();
        parameter.value = value.toObject().value(Q("value"));
        parameter.required = parameter.value.isUndefined();
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

Result<StartForm> KubeflowPipelines::form(const QString &pipeline) const {
    PH_ASSIGN(const QString id, pipelineId(pipeline, true));
    PH_ASSIGN(const auto all, versions(id, 50));
    StartForm form;
    if (all.empty()) {
        form.note = QStringLiteral("The pipeline has no version yet: upload one.");
        return form;
    }
    PH_ASSIGN(form.parameters, parametersOf(all.front()));
    for (const Version &one : all)
        form.refs << one.name;
    return form;
}

Result<PipelineRun> KubeflowPipelines::shaped(PipelineRun run) const {
    run.connection = source();
    run.system = system();
    run.link = m_api.page(QStringLiteral("/runs/details/") + run.id);
    run.read = m_api.at().clock->nowUtc();
    if (!run.pipeline.isEmpty()) {
        const auto name = nameOf(run.pipeline); // deleted since: the run stays, with the id, and is not asked for again
        if (name) {
            run.pipeline = *name;
        } else if (name.error().kind == ErrorKind::NotFound || name.error().kind == ErrorKind::Denied) {
            const std::lock_guard lock(m_mutex);
            m_names.insert(run.pipeline, run.pipeline);
        } else {
            return name.error();
        }
    }
    run.model = m_api.at().modelOf.value(run.pipeline);
    return run;
}

Result<std::vector<PipelineRun>> KubeflowPipelines::runs(const QString &pipeline, int limit) const {
    PH_ASSIGN(const bool old, m_api.old());
    QString wanted;
    if (!pipeline.isEmpty()) {
        PH_ASSIGN(wanted, pipelineId(pipeline));
    } else {
        PH_TRY(readNames()); // in one call
    }
    PH_ASSIGN(QUrlQuery query, m_api.ofSpace());
    query.addQueryItem(QStringLiteral("sort_by"), QStringLiteral("created_at desc"));
    QMap<QString, int> counted;
    const auto keep = [&](const QJsonObject &json) {
        const QString of = old ? kubeflowText(kubeflowObject(json, "pipeline_spec"), "pipeline_id") : kubeflowText(kubeflowObject(json, "pipeline_version_reference"), "pipeline_id");
        return (wanted.isEmpty() || of == wanted) && kubeflowText(json, "storage_state") != Q("ARCHIVED") && kubeflowText(json, "storage_state") != Q("STORAGESTATE_ARCHIVED") && counted[of]++ < limit;
    };
    PH_ASSIGN(const auto all, m_api.list(QStringLiteral("runs"), "runs", query, wanted.isEmpty() ? std::max(limit * 4, 200) : limit, keep));
    std::vector<PipelineRun> found;
    for (const QJsonObject &json : all) {
        PH_ASSIGN(PipelineRun one, shaped(old ? kubeflowOldRun(json, {}) : kubeflowRun(json, m_api.at().clock->nowUtc())));
        found.push_back(std::move(one));
    }
    return found;
}

Result<QJsonObject> KubeflowPipelines::rawRun(const QString &id, QJsonObject *workflow) const {
    PH_ASSIGN(const bool old, m_api.old());
    PH_ASSIGN(const QJsonObject reply, m_api.get(QStringLiteral("runs/") + encoded(id)));
    if (!old && kubeflowObject(reply, "run_details").isEmpty() && !reply.contains(Q("tasks"))) { // KFP 3 tells its tasks who asks for them
        QUrlQuery query;
        query.addQueryItem(QStringLiteral("view"), QStringLiteral("FULL"));
        PH_ASSIGN(const QJsonObject whole, m_api.get(QStringLiteral("runs/") + encoded(id), query));
        return whole;
    }
    if (!old)
        return reply;
    if (workflow)
        *workflow = QJsonDocument::fromJson(kubeflowText(kubeflowObject(reply, "pipeline_runtime"), "workflow_manifest").toUtf8()).object();
    return reply.value(Q("run")).toObject();
}

Result<PipelineRun> KubeflowPipelines::run(const QString &id) const {
    PH_ASSIGN(const bool old, m_api.old());
    QJsonObject workflow;
    PH_ASSIGN(QJsonObject json, rawRun(id, &workflow));
    // A run of an uploaded version carries only a reference: the spec that says what follows what is the version's.
    const QJsonObject of = kubeflowObject(json, "pipeline_version_reference");
    if (!old && kubeflowSpec(json).isEmpty() && !of.isEmpty()) {
        const auto version = m_api.get(QStringLiteral("pipelines/%1/versions/%2").arg(encoded(kubeflowText(of, "pipeline_id")), encoded(kubeflowText(of, "pipeline_version_id"))));
        if (version)
            json.insert(QStringLiteral("pipeline_spec"), kubeflowSpec(*version));
        else if (version.error().kind != ErrorKind::NotFound)
            return version.error();
    }
    return shaped(old ? kubeflowOldRun(json, workflow) : kubeflowRun(json, m_api.at().clock->nowUtc()));
}

Result<QString> KubeflowPipelines::experiment(const QString &name) {
    PH_ASSIGN(const bool old, m_api.old());
    QString wanted = name.isEmpty() ? m_api.at().connection.other.value(QStringLiteral("experiment")) : name;
    if (wanted.isEmpty())
        wanted = QStringLiteral("Default");
    PH_ASSIGN(QUrlQuery query, m_api.ofSpace());
    query.addQueryItem(QStringLiteral("filter"), KubeflowApi::equals(old, old ? QStringLiteral("name") : QStringLiteral("display_name"), wanted));
    const auto byName = [&]() -> Result<QString> {
        PH_ASSIGN(const auto found, m_api.list(QStringLiteral("experiments"), "experiments", query, 1, [&](const QJsonObject &json) { return titleOf(json) == wanted; }));
        return found.empty() ? QString() : idOf(found.front(), "experiment_id");
    };
    PH_ASSIGN(const QString there, byName());
    if (!there.isEmpty())
        return there;
    static const QRegularExpression form(QStringLiteral("\\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\z"));
    if (form.match(wanted).hasMatch()) { // what a schedule says of its own
        const auto known = m_api.get(QStringLiteral("experiments/") + wanted);
        if (known)
            return idOf(*known, "experiment_id");
        return known.error();
    }
    QJsonObject body{{old ? Q("name") : Q("display_name"), wanted}};
    if (!m_api.space().isEmpty() && old)
        body.insert(Q("resource_references"), QJsonArray{reference("NAMESPACE", m_api.space(), "OWNER")});
    else if (!m_api.space().isEmpty())
        body.insert(Q("namespace"), m_api.space());
    const auto made = m_api.post(QStringLiteral("experiments"), body);
    if (made)
        return idOf(*made, "experiment_id");
    if (made.error().kind == ErrorKind::Conflict || replyLost(made.error())) // somebody else made it meanwhile, or it was made and the reply broke off
        if (const auto now = byName(); now && !now->isEmpty())
            return *now;
    return made.error();
}

Result<QString> KubeflowPipelines::startRun(const StartRequest &request) {
    PH_ASSIGN(const bool old, m_api.old());
    PH_ASSIGN(const Version of, version(request.pipeline, request.ref));
    if (const QString name = kubeflowText(kubeflowObject(kubeflowSpec(of.json), "pipeline_info"), "name"); !name.isEmpty())
        PH_TRY(checkKubeflowName(name));
    PH_ASSIGN(const auto known, parametersOf(of));
    PH_ASSIGN(const QJsonObject parameters, kubeflowTyped(known, request.parameters));
    PH_ASSIGN(const QString place, experiment({}));
    PH_ASSIGN(const QString name, nameOf(of.pipeline));
    const QString title = QStringLiteral("%1 %2").arg(name, m_api.at().clock->nowUtc().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")));
    QString said = request.reason;
    if (!request.by.isEmpty())
        said += (said.isEmpty() ? QString() : QStringLiteral(" ")) + QStringLiteral("(started by %1 with Pilothouse)").arg(request.by);
    QJsonObject body{{Q("description"), said}};
    if (old) {
        QJsonArray list;
        for (auto it = parameters.begin(); it != parameters.end(); ++it)
            list << QJsonObject{{Q("name"), it.key()}, {Q("value"), it.value().toVariant().toString()}};
        body.insert(Q("name"), title);
        body.insert(Q("pipeline_spec"), QJsonObject{{Q("parameters"), list}});
        body.insert(Q("resource_references"), QJsonArray{reference("EXPERIMENT", place, "OWNER"), reference("PIPELINE_VERSION", of.id, "CREATOR")});
    } else {
        body.insert(Q("display_name"), title);
        body.insert(Q("experiment_id"), place);
        body.insert(Q("pipeline_version_reference"), QJsonObject{{Q("pipeline_id"), of.pipeline}, {Q("pipeline_version_id"), of.id}});
        body.insert(Q("runtime_config"), QJsonObject{{Q("parameters"), parameters}});
    }
    PH_ASSIGN(const QJsonObject reply, m_api.post(QStringLiteral("runs"), body));
    const QString id = old ? kubeflowText(reply.value(Q("run")).toObject(), "id") : kubeflowText(reply, "run_id");
    if (id.isEmpty())
        return invalid(QStringLiteral("Kubeflow took the run and did not say its id."), source(), QStringLiteral("Look for “%1” in its list before starting another one.").arg(title));
    return id;
}

Result<void> KubeflowPipelines::cancel(const QString &run) {
    PH_ASSIGN(const bool old, m_api.old());
    const auto done = m_api.post(QStringLiteral("runs/%1%2terminate").arg(encoded(run), old ? QStringLiteral("/") : QStringLiteral(":")));
    if (!done && done.error().kind == ErrorKind::Invalid)
        PH_TRY(stillRuns(run));
    return done ? Result<void>() : Result<void>(done.error());
}

Result<QString> KubeflowPipelines::rerun(const QString &id, bool onlyFailed) {
    PH_ASSIGN(const bool old, m_api.old());
    if (onlyFailed) { // what passed stays; the run keeps its id
        const auto done = m_api.post(QStringLiteral("runs/%1%2retry").arg(encoded(id), old ? QStringLiteral("/") : QStringLiteral(":")));
        return done ? Result<QString>(id) : Result<QString>(done.error());
    }
    PH_ASSIGN(const QJsonObject before, rawRun(id));
    const QString title = QStringLiteral("Clone of %1").arg(titleOf(before));
    QJsonObject body;
    if (old) {
        QJsonArray references;
        for (const QJsonValue &value : kubeflowList(before, "resource_references"))
            if (const QString type = kubeflowText(kubeflowObject(value.toObject(), "key"), "type"); type == Q("EXPERIMENT") || type == Q("PIPELINE_VERSION"))
                references << value;
        QJsonObject spec = kubeflowObject(before, "pipeline_spec");
        for (const QString &field : spec.keys())
            if (field != Q("parameters") && references.size() > 1) // with a version, its manifest must not be sent too
                spec.remove(field);
        body = {{Q("name"), title}, {Q("pipeline_spec"), spec}, {Q("resource_references"), references}};
    } else {
        body = {{Q("display_name"), title}, {Q("experiment_id"), kubeflowText(before, "experiment_id")}, {Q("runtime_config"), kubeflowObject(before, "runtime_config")}};
        if (const QJsonObject of = kubeflowObject(before, "pipeline_version_reference"); !of.isEmpty())
            body.insert(Q("pipeline_version_reference"), of);
        else
            body.insert(Q("pipeline_spec"), kubeflowObject(before, "pipeline_spec"));
        if (const QString account = kubeflowText(before, "service_account"); !account.isEmpty())
            body.insert(Q("service_account"), account);
    }
    PH_ASSIGN(const QJsonObject reply, m_api.post(QStringLiteral("runs"), body));
    return old ? kubeflowText(reply.value(Q("run")).toObject(), "id") : kubeflowText(reply, "run_id");
}

Result<std::shared_ptr<PipelineService>> openKubeflow(PipelineConnection connection) {
    const workspace::Connection &named = connection.connection;
    const QUrl url(named.url);
    if (url.host().isEmpty() || !url.scheme().startsWith(Q("http")))
        return invalid(QStringLiteral("The connection %1 has no address.").arg(named.name), {}, QStringLiteral("Add url: https://… of Kubeflow's page."));
    if (!named.secret.isEmpty() && !net::isSafeForSecrets(named.url))
        return invalid(QStringLiteral("The token of %1 would travel in the open.").arg(named.name), named.url, QStringLiteral("Write url with https://."));
    return std::shared_ptr<PipelineService>(std::make_shared<KubeflowPipelines>(std::move(connection)));
}

} // namespace pilothouse::pipelines

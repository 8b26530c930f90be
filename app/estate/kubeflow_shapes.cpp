// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/kubeflow.h"
#include "app/estate/wire.h"

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }

/// v1 has Argo's words for states, as text.
QString oldWord(const QString &state)
{
    static const std::map<QString, QString> words{{Q("PENDING"), Q("Pending")}, {Q("RUNNING"), Q("Running")}, {Q("SUCCEEDED"), Q("Succeeded")}, {Q("FAILED"), Q("Failed")}, {Q("CANCELING"), Q("Terminating")}, {Q("CANCELED"), Q("Failed")}, {Q("PAUSED"), Q("Running")}, {Q("SKIPPED"), Q("Skipped")}};
    return words.at(state);
}

QJsonArray references(const QString &experiment, const QString &version, const QString &recurring)
{
    const auto reference = [](const char *type, const QString &id, const char *relation) { return QJsonObject{{Q("key"), QJsonObject{{Q("type"), Q(type)}, {Q("id"), id}}}, {Q("relationship"), Q(relation)}}; };
    QJsonArray all{reference("EXPERIMENT", experiment, "OWNER"), reference("PIPELINE_VERSION", version, "CREATOR")};
    if (!recurring.isEmpty())
        all.append(reference("JOB", recurring, "CREATOR"));
    return all;
}

QJsonArray oldParameters(const QJsonObject &parameters)
{
    QJsonArray all;
    for (auto it = parameters.begin(); it != parameters.end(); ++it)
        all.append(QJsonObject{{Q("name"), it.key()}, {Q("value"), it->isString() ? it->toString() : it->toVariant().toString()}});
    return all;
}

} // namespace

QJsonObject KubeflowStandIn::shape(const Run &run, bool v1) const
{
    const QJsonValue never = Q("1970-01-01T00:00:00Z"); // what has not ended, ended in 1970
    const QJsonValue ended = run.ended.isValid() ? instant(run.ended) : never;
    if (v1) {
        QJsonArray metrics; // v1 had metrics as fields of a run
        for (const Task &task : run.tasks)
            if (task.name == Q("train") && task.state == Q("SUCCEEDED"))
                metrics.append(QJsonObject{{Q("name"), Q("accuracy")}, {Q("node_id"), task.pod}, {Q("number_value"), 0.9333}, {Q("format"), Q("RAW")}});
        return {{Q("id"), run.id}, {Q("name"), run.name}, {Q("storage_state"), run.archived ? Q("STORAGESTATE_ARCHIVED") : Q("STORAGESTATE_AVAILABLE")}, {Q("status"), oldWord(run.state)}, {Q("created_at"), instant(run.created)}, {Q("scheduled_at"), instant(run.scheduled)},
                {Q("finished_at"), ended}, {Q("error"), run.error}, {Q("service_account"), run.account}, {Q("metrics"), metrics}, {Q("resource_references"), references(run.experiment, run.version, run.recurring)},
                {Q("pipeline_spec"), QJsonObject{{Q("pipeline_id"), run.pipeline}, {Q("parameters"), oldParameters(run.parameters)}}}};
    }
    QJsonArray history, tasks;
    for (const auto &[at, state] : run.history)
        history.append(QJsonObject{{Q("update_time"), instant(at)}, {Q("state"), state}});
    for (std::size_t i = 0; i < run.tasks.size(); ++i) {
        const Task &task = run.tasks[i];
        QJsonArray after;
        if (i + 1 < run.tasks.size())
            after.append(QJsonObject{{Q("pod_name"), run.tasks[i + 1].pod}});
        QJsonObject made{{Q("run_id"), run.id}, {Q("task_id"), task.id}, {Q("display_name"), task.name}, {Q("create_time"), instant(run.created)}, {Q("start_time"), task.started.isValid() ? instant(task.started) : never}, {Q("end_time"), task.ended.isValid() ? instant(task.ended) : never},
                         {Q("state"), task.state}, {Q("pod_name"), task.pod}, {Q("execution_id"), QString::number(1000 + static_cast<qint64>(i))}, {Q("child_tasks"), after}, {Q("inputs"), QJsonObject()}};
        made[Q("outputs")] = task.name == Q("train") && task.state == Q("SUCCEEDED") ? QJsonObject{{Q("metrics"), QJsonObject{{Q("artifact_ids"), QJsonArray{Q("77")}}}}} : QJsonObject();
        if (!task.error.isEmpty())
            made[Q("error")] = QJsonObject{{Q("code"), 2}, {Q("message"), task.error}};
        tasks.append(made);
    }
    QJsonObject made{{Q("experiment_id"), run.experiment}, {Q("run_id"), run.id}, {Q("display_name"), run.name}, {Q("storage_state"), run.archived ? Q("ARCHIVED") : Q("AVAILABLE")}, {Q("service_account"), run.account}, {Q("created_at"), instant(run.created)},
                     {Q("scheduled_at"), instant(run.scheduled)}, {Q("finished_at"), ended}, {Q("state"), run.state}, {Q("pipeline_version_reference"), QJsonObject{{Q("pipeline_id"), run.pipeline}, {Q("pipeline_version_id"), run.version}}},
                     {Q("runtime_config"), QJsonObject{{Q("parameters"), run.parameters}}}, {Q("state_history"), history}, {Q("run_details"), QJsonObject{{Q("pipeline_context_id"), Q("3")}, {Q("pipeline_run_context_id"), Q("4")}, {Q("task_details"), tasks}}}};
    if (!run.recurring.isEmpty())
        made[Q("recurring_run_id")] = run.recurring;
    if (!run.error.isEmpty())
        made[Q("error")] = QJsonObject{{Q("code"), 2}, {Q("message"), run.error}};
    return made;
}

QJsonObject KubeflowStandIn::shape(const Recurring &one, bool v1) const
{
    QJsonObject schedule;
    if (one.start.isValid())
        schedule[Q("start_time")] = instant(one.start);
    if (one.end.isValid())
        schedule[Q("end_time")] = instant(one.end);
    if (one.cron.isEmpty())
        schedule[Q("interval_second")] = QString::number(one.interval); // int64 as a string (BACKEND_APIS.md §3.4)
    else
        schedule[Q("cron")] = one.cron;
    const QJsonObject trigger{{one.cron.isEmpty() ? Q("periodic_schedule") : Q("cron_schedule"), schedule}};
    const QString concurrency = QString::number(one.maxConcurrency);
    if (v1)
        return {{Q("id"), one.id}, {Q("name"), one.name}, {Q("description"), QString()}, {Q("enabled"), one.enabled}, {Q("mode"), one.enabled ? Q("ENABLED") : Q("DISABLED")}, {Q("status"), one.enabled ? Q("Enabled") : Q("Disabled")}, {Q("max_concurrency"), concurrency},
                {Q("no_catchup"), one.noCatchup}, {Q("trigger"), trigger}, {Q("created_at"), instant(one.created)}, {Q("updated_at"), instant(one.last.isValid() ? one.last : one.created)}, {Q("resource_references"), references(one.experiment, one.version, {})},
                {Q("pipeline_spec"), QJsonObject{{Q("pipeline_id"), one.pipeline}, {Q("parameters"), oldParameters(one.parameters)}}}};
    return {{Q("recurring_run_id"), one.id}, {Q("display_name"), one.name}, {Q("pipeline_version_reference"), QJsonObject{{Q("pipeline_id"), one.pipeline}, {Q("pipeline_version_id"), one.version}}}, {Q("runtime_config"), QJsonObject{{Q("parameters"), one.parameters}}},
            {Q("service_account"), Q("pipeline-runner")}, {Q("max_concurrency"), concurrency}, {Q("trigger"), trigger}, {Q("mode"), one.enabled ? Q("ENABLE") : Q("DISABLE")}, {Q("status"), one.enabled ? Q("ENABLED") : Q("DISABLED")}, {Q("created_at"), instant(one.created)},
            {Q("updated_at"), instant(one.last.isValid() ? one.last : one.created)}, {Q("no_catchup"), one.noCatchup}, {Q("experiment_id"), one.experiment}, {Q("namespace"), Q("kubeflow")}};
}

QJsonObject KubeflowStandIn::shape(const Named &one, const char *kind, bool v1) const
{
    QJsonObject made{{Q("created_at"), instant(one.created)}, {Q("description"), one.description}};
    made[v1 ? Q("id") : Q(kind) + Q("_id")] = one.id;
    made[v1 ? Q("name") : Q("display_name")] = one.name;
    if (Q(kind) == Q("pipeline_version")) {
        made[Q("pipeline_id")] = one.parent;
        made[Q("pipeline_spec")] = QJsonObject{{Q("pipelineInfo"), QJsonObject{{Q("name"), one.name.toLower()}}}, {Q("root"), QJsonObject{{Q("inputDefinitions"), QJsonObject{{Q("parameters"), QJsonObject{{Q("data_path"), QJsonObject{{Q("parameterType"), Q("STRING")}, {Q("defaultValue"), Q("/data")}}}}}}}}},
                                               {Q("schemaVersion"), Q("2.1.0")}, {Q("sdkVersion"), Q("kfp-2.3.0")}};
    } else if (Q(kind) == Q("experiment")) {
        made[Q("storage_state")] = v1 ? (one.archived ? Q("STORAGESTATE_ARCHIVED") : Q("STORAGESTATE_AVAILABLE")) : (one.archived ? Q("ARCHIVED") : Q("AVAILABLE"));
        made[Q("namespace")] = Q("kubeflow");
    } else {
        made[Q("namespace")] = QString();
    }
    return made;
}

} // namespace pilothouse::estate

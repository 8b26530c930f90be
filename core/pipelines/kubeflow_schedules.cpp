// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cron.h"
#include "core/pipelines/kubeflow_pipelines.h"
#include "core/pipelines/kubeflow_words.h"

#include <QJsonArray>
#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

QString spoken(qint64 seconds) {
    if (seconds % 86400 == 0)
        return QStringLiteral("every %1 d").arg(seconds / 86400);
    if (seconds % 3600 == 0)
        return QStringLiteral("every %1 h").arg(seconds / 3600);
    return seconds % 60 == 0 ? QStringLiteral("every %1 min").arg(seconds / 60) : QStringLiteral("every %1 s").arg(seconds);
}

bool isOn(const QJsonObject &json, bool old) {
    if (old)
        return json.value(Q("enabled")).toBool();
    const QString status = kubeflowText(json, "status");
    return status.isEmpty() ? kubeflowText(json, "mode") != Q("DISABLE") : status == Q("ENABLED");
}

} // namespace

Schedule KubeflowPipelines::scheduleOf(const QJsonObject &json, bool old) const {
    Schedule schedule;
    schedule.id = kubeflowText(json, old ? "id" : "recurring_run_id");
    schedule.name = kubeflowText(json, old ? "name" : "display_name");
    schedule.connection = source();
    schedule.system = system();
    schedule.canSwitch = true;
    schedule.on = isOn(json, old);
    schedule.catchUp = !kubeflowField(json, "no_catchup").toBool();
    if (const qint64 most = kubeflowInteger(json, "max_concurrency"); most > 0)
        schedule.most = int(most);
    const QString pipeline = kubeflowText(old ? kubeflowObject(json, "pipeline_spec") : kubeflowObject(json, "pipeline_version_reference"), "pipeline_id");
    const auto name = pipeline.isEmpty() ? Result<QString>(QString()) : nameOf(pipeline);
    schedule.pipeline = name ? *name : pipeline;
    const QJsonObject trigger = kubeflowObject(json, "trigger");
    const QJsonObject cron = kubeflowObject(trigger, "cron_schedule"), periodic = kubeflowObject(trigger, "periodic_schedule");
    const QJsonObject &used = cron.isEmpty() ? periodic : cron;
    schedule.from = kubeflowTime(used, "start_time");
    schedule.until = kubeflowTime(used, "end_time");
    const QDateTime now = m_api.at().clock->nowUtc();
    const QDateTime begin = schedule.from.isValid() ? schedule.from : kubeflowTime(json, "created_at");
    if (!cron.isEmpty()) {
        schedule.when = kubeflowText(cron, "cron");
        if (const auto times = Cron::parse(schedule.when, Cron::Form::Six)) {
            schedule.next = times->next(schedule.from.isValid() && schedule.from > now ? schedule.from : now);
            schedule.due = times->previous(now);
        }
        schedule.note = QStringLiteral("Six fields, the second first; in the time zone of the server, UTC if none is set there.");
    } else {
        const qint64 seconds = kubeflowInteger(periodic, "interval_second");
        schedule.when = spoken(seconds);
        schedule.next = nextPeriodic(begin, seconds, now);
        schedule.due = lastPeriodic(begin, seconds, now);
    }
    const QDateTime since = std::max({begin, kubeflowTime(json, "created_at"), kubeflowTime(json, "updated_at")}); // switched on or off: before that nothing was due
    if (!schedule.on || (schedule.until.isValid() && schedule.due > schedule.until) || (since.isValid() && schedule.due <= since))
        schedule.due = {};
    if (!schedule.on || (schedule.until.isValid() && schedule.next > schedule.until))
        schedule.next = {};
    schedule.parameters = kubeflowObject(kubeflowObject(json, "runtime_config"), "parameters");
    for (const QJsonValue &value : kubeflowList(kubeflowObject(json, "pipeline_spec"), "parameters"))
        schedule.parameters.insert(value.toObject().value(Q("name")).toString(), value.toObject().value(Q("value")));
    const auto referred = [&](const char *type) {
        for (const QJsonValue &value : kubeflowList(json, "resource_references"))
            if (const QJsonObject key = kubeflowObject(value.toObject(), "key"); kubeflowText(key, "type") == Q(type))
                return kubeflowText(key, "id");
        return QString();
    };
    schedule.version = old ? referred("PIPELINE_VERSION") : kubeflowText(kubeflowObject(json, "pipeline_version_reference"), "pipeline_version_id");
    schedule.experiment = old ? referred("EXPERIMENT") : kubeflowText(json, "experiment_id");
    schedule.link = m_api.page(QStringLiteral("/recurringrun/details/") + schedule.id);
    return schedule;
}

Result<std::vector<Schedule>> KubeflowPipelines::schedules() const {
    PH_ASSIGN(const bool old, m_api.old());
    PH_ASSIGN(const QUrlQuery query, m_api.ofSpace());
    PH_ASSIGN(const auto all, old ? m_api.list(QStringLiteral("jobs"), "jobs", query, 500) : m_api.list(QStringLiteral("recurringruns"), "recurringRuns", query, 500));
    std::vector<Schedule> found;
    for (const QJsonObject &json : all)
        found.push_back(scheduleOf(json, old));
    if (old || !found.empty() || all.size() > 0)
        return found;
    PH_ASSIGN(const auto snake, m_api.list(QStringLiteral("recurringruns"), "recurring_runs", query, 500)); // as a server may write it one day
    for (const QJsonObject &json : snake)
        found.push_back(scheduleOf(json, old));
    return found;
}

Result<void> KubeflowPipelines::switchSchedule(const QString &id, bool on) {
    PH_ASSIGN(const bool old, m_api.old());
    const QString word = on ? QStringLiteral("enable") : QStringLiteral("disable");
    const QString plain = QString::fromLatin1(QUrl::toPercentEncoding(id));
    const auto done = m_api.post(old ? QStringLiteral("jobs/%1/%2").arg(plain, word) : QStringLiteral("recurringruns/%1:%2").arg(plain, word));
    return done ? Result<void>() : Result<void>(done.error());
}

Result<void> KubeflowPipelines::removeSchedule(const QString &id) {
    PH_ASSIGN(const bool old, m_api.old());
    const auto done = m_api.remove((old ? QStringLiteral("jobs/") : QStringLiteral("recurringruns/")) + QString::fromLatin1(QUrl::toPercentEncoding(id)));
    return done ? Result<void>() : Result<void>(done.error());
}

Result<QString> KubeflowPipelines::createSchedule(const ScheduleRequest &request) {
    if (request.name.trimmed().isEmpty())
        return invalid(QStringLiteral("A schedule needs a name."));
    if (request.cron.isEmpty() == (request.everySeconds <= 0))
        return invalid(QStringLiteral("A schedule has either a cron text or an interval."));
    if (request.most < 1 || request.most > 10) // the limit of the API server
        return invalid(QStringLiteral("Kubeflow runs 1 to 10 of a schedule at once, not %1.").arg(request.most));
    PH_ASSIGN(const bool old, m_api.old());
    PH_ASSIGN(const Version of, version(request.pipeline, request.version));
    if (const QString name = kubeflowText(kubeflowObject(kubeflowSpec(of.json), "pipeline_info"), "name"); !name.isEmpty())
        PH_TRY(checkKubeflowName(name)); // each of its runs would fail
    PH_ASSIGN(const auto known, parametersOf(of));
    PH_ASSIGN(const QJsonObject parameters, kubeflowTyped(known, request.parameters));
    PH_ASSIGN(const QString place, experiment(request.experiment));
    QJsonObject times;
    if (request.from.isValid())
        times.insert(Q("start_time"), request.from.toUTC().toString(Qt::ISODate));
    if (request.until.isValid())
        times.insert(Q("end_time"), request.until.toUTC().toString(Qt::ISODate));
    QJsonObject trigger;
    if (request.cron.isEmpty()) {
        times.insert(Q("interval_second"), QString::number(request.everySeconds));
        trigger = {{Q("periodic_schedule"), times}};
    } else {
        PH_ASSIGN(const QString cron, kubeflowCron(request.cron));
        times.insert(Q("cron"), cron);
        trigger = {{Q("cron_schedule"), times}};
    }
    QJsonObject body{{Q("trigger"), trigger}, {Q("max_concurrency"), QString::number(request.most)}, {Q("no_catchup"), !request.catchUp}};
    if (old) {
        QJsonArray list;
        for (auto it = parameters.begin(); it != parameters.end(); ++it)
            list << QJsonObject{{Q("name"), it.key()}, {Q("value"), it.value().toVariant().toString()}};
        const auto refer = [](const char *type, const QString &id, const char *relationship) { return QJsonObject{{Q("key"), QJsonObject{{Q("type"), Q(type)}, {Q("id"), id}}}, {Q("relationship"), Q(relationship)}}; };
        body.insert(Q("name"), request.name);
        body.insert(Q("enabled"), request.on);
        body.insert(Q("pipeline_spec"), QJsonObject{{Q("parameters"), list}});
        body.insert(Q("resource_references"), QJsonArray{refer("EXPERIMENT", place, "OWNER"), refer("PIPELINE_VERSION", of.id, "CREATOR")});
    } else {
        body.insert(Q("display_name"), request.name);
        body.insert(Q("mode"), request.on ? Q("ENABLE") : Q("DISABLE"));
        body.insert(Q("experiment_id"), place);
        body.insert(Q("pipeline_version_reference"), QJsonObject{{Q("pipeline_id"), of.pipeline}, {Q("pipeline_version_id"), of.id}});
        body.insert(Q("runtime_config"), QJsonObject{{Q("parameters"), parameters}});
        if (!m_api.space().isEmpty())
            body.insert(Q("namespace"), m_api.space());
    }
    PH_ASSIGN(const QJsonObject reply, m_api.post(old ? QStringLiteral("jobs") : QStringLiteral("recurringruns"), body));
    return kubeflowText(reply, old ? "id" : "recurring_run_id");
}

} // namespace pilothouse::pipelines

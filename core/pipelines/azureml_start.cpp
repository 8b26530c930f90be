// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/hash.h"
#include "core/pipelines/azureml_pipelines.h"

#include <QJsonArray>
#include <QUrl>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

QString encoded(const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); }
QJsonObject properties(const QJsonObject &job) { return job.value(Q("properties")).toObject(); }

/// One input of a job with another value: literals take it, files and folders an address.
QJsonObject withValue(QJsonObject input, const QJsonValue &value) {
    if (input.value(Q("jobInputType")).toString(Q("literal")) == Q("literal"))
        input.insert(Q("value"), value.toVariant().toString());
    else
        input.insert(Q("uri"), value.toString());
    return input;
}

/// What the next run of a schedule comes from.
QString spoken(const QJsonObject &trigger) {
    if (trigger.value(Q("triggerType")).toString() == Q("Cron"))
        return trigger.value(Q("expression")).toString();
    return QStringLiteral("every %1 %2").arg(trigger.value(Q("interval")).toInt(1)).arg(trigger.value(Q("frequency")).toString().toLower());
}

} // namespace

Result<QJsonObject> AzurePipelines::lastGood(const QString &experiment) const {
    PH_ASSIGN(const auto all, jobs(experiment, 200));
    for (const QJsonObject &job : all)
        if (azureState(properties(job).value(Q("status")).toString()) == State::Passed)
            return job;
    return refused(QStringLiteral("The experiment %1 has no job that passed: there is none to start again.").arg(experiment), source(),
                   QStringLiteral("Submit the first one from the project: pilot pipelines submit azure-ml/job.yml --connection %1").arg(source()));
}

Result<StartForm> AzurePipelines::form(const QString &pipeline) const {
    StartForm form;
    const auto good = lastGood(pipeline);
    if (!good) {
        if (good.error().kind != ErrorKind::Refused)
            return good.error();
        form.note = good.error().what + QLatin1Char(' ') + good.error().hint;
        return form;
    }
    const QJsonObject inputs = properties(*good).value(Q("inputs")).toObject();
    for (auto it = inputs.begin(); it != inputs.end(); ++it) {
        const QJsonObject input = it->toObject();
        Parameter parameter;
        parameter.name = it.key();
        parameter.description = input.value(Q("description")).toString();
        parameter.value = input.contains(Q("value")) ? input.value(Q("value")) : input.value(Q("uri"));
        form.parameters.push_back(std::move(parameter));
    }
    form.note = QStringLiteral("A copy of the job %1 with these inputs.").arg(good->value(Q("name")).toString());
    return form;
}

Result<QString> AzurePipelines::cloned(const QJsonObject &job, const QJsonObject &given, const QString &said) {
    const QJsonObject before = properties(job);
    const QString type = before.value(Q("jobType")).toString();
    if (type != Q("Command") && type != Q("Pipeline"))
        return refused(QStringLiteral("A job of kind %1 cannot be copied from here.").arg(type), source(), QStringLiteral("Clone it on its page: %1").arg(before.value(Q("services")).toObject().value(Q("Studio")).toObject().value(Q("endpoint")).toString()));
    QJsonObject inputs = before.value(Q("inputs")).toObject();
    for (auto it = given.begin(); it != given.end(); ++it) {
        if (!inputs.contains(it.key()))
            return invalid(QStringLiteral("The job has no input “%1”.").arg(it.key()), {}, QStringLiteral("Its inputs: %1.").arg(inputs.keys().join(QStringLiteral(", "))));
        inputs.insert(it.key(), withValue(inputs.value(it.key()).toObject(), it.value()));
    }
    QJsonObject next;
    for (const char *field : {"jobType", "command", "codeId", "environmentId", "environmentVariables", "computeId", "experimentName", "displayName", "distribution", "resources", "limits", "identity", "tags", "jobs", "settings"})
        if (const QJsonValue value = before.value(Q(field)); !value.isUndefined() && !value.isNull())
            next.insert(Q(field), value);
    next.insert(Q("inputs"), inputs);
    QJsonObject outputs = before.value(Q("outputs")).toObject();
    for (auto it = outputs.begin(); it != outputs.end(); ++it) { // its own place, not that of the job before
        QJsonObject output = it->toObject();
        output.remove(Q("uri"));
        *it = output;
    }
    outputs.remove(QStringLiteral("default")); // the service adds it by itself
    next.insert(Q("outputs"), outputs);
    next.insert(Q("description"), said);
    const QString name = QStringLiteral("pilothouse_") + randomHex(6);
    PH_ASSIGN(const QJsonObject made, call("PUT", arm(QStringLiteral("/jobs/") + name), {{Q("properties"), next}}));
    return made.value(Q("name")).toString(name);
}

Result<QString> AzurePipelines::startRun(const StartRequest &request) {
    PH_ASSIGN(const QJsonObject job, lastGood(request.pipeline));
    return cloned(job, request.parameters, request.by.isEmpty() ? request.reason : QStringLiteral("%1 (started by %2 with Pilothouse)").arg(request.reason, request.by).trimmed());
}

Result<QString> AzurePipelines::rerun(const QString &run, bool onlyFailed) {
    if (onlyFailed)
        return cannot(QStringLiteral("run only what failed again"));
    PH_ASSIGN(const QJsonObject job, call("GET", arm(QStringLiteral("/jobs/") + encoded(run))));
    return cloned(job, {}, QStringLiteral("Copy of %1").arg(run));
}

Result<void> AzurePipelines::cancel(const QString &run) {
    const auto done = call("POST", arm(QStringLiteral("/jobs/%1/cancel").arg(encoded(run))));
    if (!done && done.error().kind == ErrorKind::Invalid && done.error().what.contains(Q("already")))
        PH_TRY(stillRuns(run));
    return done ? Result<void>() : Result<void>(done.error());
}

Result<std::vector<Schedule>> AzurePipelines::schedules() const {
    std::vector<Schedule> found;
    QString url = arm(QStringLiteral("/schedules"), QStringLiteral("listViewType=All"));
    for (int pages = 0; pages < 20 && !url.isEmpty(); ++pages) {
        PH_ASSIGN(const QJsonObject reply, call("GET", url));
        for (const QJsonValue &value : reply.value(Q("value")).toArray()) {
            const QJsonObject json = value.toObject(), of = properties(json), trigger = of.value(Q("trigger")).toObject();
            const QJsonObject job = of.value(Q("action")).toObject().value(Q("jobDefinition")).toObject();
            Schedule schedule;
            schedule.id = json.value(Q("name")).toString();
            schedule.name = of.value(Q("displayName")).toString(schedule.id);
            schedule.pipeline = job.value(Q("experimentName")).toString();
            schedule.connection = source();
            schedule.system = system();
            schedule.when = spoken(trigger);
            schedule.zone = trigger.value(Q("timeZone")).toString();
            schedule.on = of.value(Q("isEnabled")).toBool();
            schedule.canSwitch = true;
            schedule.from = QDateTime::fromString(trigger.value(Q("startTime")).toString(), Qt::ISODateWithMs);
            schedule.until = QDateTime::fromString(trigger.value(Q("endTime")).toString(), Qt::ISODateWithMs);
            found.push_back(std::move(schedule));
        }
        const QString next = reply.value(Q("nextLink")).toString();
        if (!next.isEmpty() && !isSamePlace(next, m_place.arm))
            return invalid(QStringLiteral("Azure ML names another place for the next page."), QUrl(next).host());
        url = next;
    }
    return found;
}

Result<void> AzurePipelines::switchSchedule(const QString &id, bool on) {
    const QString url = arm(QStringLiteral("/schedules/") + encoded(id));
    PH_ASSIGN(const QJsonObject before, call("GET", url)); // there is no call for it: the whole schedule is put again
    QJsonObject of = properties(before);
    of.insert(Q("isEnabled"), on);
    of.remove(Q("provisioningState"));
    const auto done = call("PUT", url, {{Q("properties"), of}});
    return done ? Result<void>() : Result<void>(done.error());
}

} // namespace pilothouse::pipelines

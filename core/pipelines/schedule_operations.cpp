// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/all_pipelines.h"
#include "core/pipelines/lost_reply.h"
#include "core/pipelines/parameter_check.h"
#include "core/pipelines/pipeline_operations.h"
#include "core/workspace/workspace.h"

#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

Result<Schedule> scheduleNow(const PipelineService &service, const QString &id) {
    std::vector<Schedule> all;
    if (const auto *joined = dynamic_cast<const AllPipelines *>(&service)) { // its own system alone: one that fails must not look like one that has no such schedule
        PH_ASSIGN(const auto place, joined->whose(id));
        PH_ASSIGN(all, AllPipelines::joinedSchedules(*place.first));
    } else {
        PH_ASSIGN(all, service.schedules());
    }
    const auto found = std::find_if(all.begin(), all.end(), [&](const Schedule &s) { return s.id == id; });
    if (found == all.end())
        return notFound(QStringLiteral("The schedule %1 is no longer there.").arg(id));
    return *found;
}

/// "every 6 h"
QString everyWords(qint64 seconds) {
    for (const auto &[size, unit] : {std::pair(86400, "d"), std::pair(3600, "h"), std::pair(60, "min")})
        if (seconds % size == 0)
            return QStringLiteral("every %1 %2").arg(seconds / size).arg(Q(unit));
    return QStringLiteral("every %1 s").arg(seconds);
}

QJsonObject json(const Schedule &s) { return {{Q("schedule"), s.id}, {Q("when"), s.when}, {Q("on"), s.on}}; }

/// What was wanted and broke off counts if it is so now.
template<typename Seen> Result<void> orSeen(const Result<void> &sent, Seen seen) {
    if (sent || !replyLost(sent.error()) || seen())
        return sent || !replyLost(sent.error()) ? sent : Result<void>();
    return sent;
}

/// To make a removed one again; nullopt where its form says too little.
std::optional<ScheduleRequest> requestOf(const Schedule &s) {
    ScheduleRequest request;
    request.name = s.name;
    request.pipeline = s.pipeline;
    request.from = s.from;
    request.until = s.until;
    request.catchUp = s.catchUp.value_or(false);
    request.most = s.most.value_or(1);
    request.on = s.on;
    request.parameters = s.parameters;
    request.version = s.version;
    request.experiment = s.experiment;
    static const QRegularExpression every(QStringLiteral("^every (\\d+) ?([smhd])$"));
    if (const auto match = every.match(s.when); match.hasMatch()) {
        static const QMap<QString, qint64> units{{QStringLiteral("s"), 1}, {QStringLiteral("m"), 60}, {QStringLiteral("h"), 3600}, {QStringLiteral("d"), 86400}};
        request.everySeconds = match.captured(1).toLongLong() * units.value(match.captured(2));
        return request;
    }
    const auto fields = s.when.split(QLatin1Char(' '), Qt::SkipEmptyParts).size();
    if (fields != 5 && fields != 6)
        return std::nullopt;
    request.cron = s.when;
    return request;
}

} // namespace

operations::Operation switchScheduleOperation(std::shared_ptr<PipelineService> service, const Schedule &schedule, bool on) {
    operations::Operation operation;
    operation.kind = QStringLiteral("schedule-switch");
    operation.object = QStringLiteral("schedule %1").arg(schedule.id);
    operation.connection = connectionOf(service, schedule.id);
    operation.summary = on ? QStringLiteral("Switch the schedule %1 of %2 on").arg(schedule.name, schedule.pipeline) : QStringLiteral("Switch the schedule %1 of %2 off").arg(schedule.name, schedule.pipeline);
    operation.before = json(schedule);
    operations::Step step;
    step.call = {QStringLiteral("SET"), operation.object, on ? QStringLiteral("off → on") : QStringLiteral("on → off"), on ? QStringLiteral("off") : QStringLiteral("on"),
                 QStringLiteral("pilot pipelines schedule %1 %2").arg(on ? QStringLiteral("on") : QStringLiteral("off"), schedule.id)};
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const Schedule now, scheduleNow(*service, schedule.id));
        if (!now.canSwitch)
            return refused(QStringLiteral("The schedule %1 cannot be switched from here.").arg(now.name), now.when, now.note);
        if (now.on == on)
            return Error{ErrorKind::Conflict, on ? QStringLiteral("The schedule %1 is on already.").arg(now.name) : QStringLiteral("The schedule %1 is off already.").arg(now.name), {}, {}, {}};
        return {};
    };
    const auto isSo = [=] {
        const auto now = scheduleNow(*service, schedule.id);
        return now && now->on == on;
    };
    step.execute = [=] { return orSeen(service->switchSchedule(schedule.id, on), isSo); };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const Schedule now, scheduleNow(*service, schedule.id));
        if (now.on != on)
            return Error{ErrorKind::Conflict, QStringLiteral("The system still shows it as %1.").arg(now.on ? QStringLiteral("on") : QStringLiteral("off")), {}, {}, {}};
        return json(now);
    };
    step.undo = [=] { return service->switchSchedule(schedule.id, !on); };
    operation.steps.push_back(std::move(step));
    return operation;
}

operations::Operation createScheduleOperation(std::shared_ptr<PipelineService> service, const ScheduleRequest &request, std::shared_ptr<QString> made) {
    if (!made)
        made = std::make_shared<QString>();
    const QString when = request.cron.isEmpty() ? everyWords(request.everySeconds) : request.cron;
    operations::Operation operation;
    operation.kind = QStringLiteral("schedule-create");
    operation.object = QStringLiteral("pipeline %1").arg(request.pipeline);
    operation.connection = connectionOf(service, request.pipeline);
    operation.summary = QStringLiteral("Start the pipeline %1 by itself: %2").arg(request.pipeline, when);
    operation.details = {{Q("name"), request.name}, {Q("when"), when}, {Q("parameters"), request.parameters}, {Q("catch_up"), request.catchUp}, {Q("most"), request.most}};
    operations::Step step;
    step.call = {QStringLiteral("CREATE"), QStringLiteral("schedule %1").arg(request.name), when, QStringLiteral("remove it"),
                 QStringLiteral("pilot pipelines schedule create %1 %2").arg(request.pipeline, request.cron.isEmpty() ? QStringLiteral("--every %1s").arg(request.everySeconds) : QStringLiteral("--cron \"%1\"").arg(request.cron))};
    const auto checked = std::make_shared<ScheduleRequest>(request);
    const auto known = std::make_shared<QStringList>();
    step.guard = [=]() -> Result<void> {
        if (request.name.trimmed().isEmpty())
            return invalid(QStringLiteral("A schedule needs a name."));
        if (request.cron.isEmpty() == (request.everySeconds <= 0))
            return invalid(QStringLiteral("A schedule needs either a cron line or an interval."), request.name);
        PH_ASSIGN(const StartForm form, service->form(request.pipeline));
        PH_ASSIGN(checked->parameters, checkedValues(form.parameters, request.parameters));
        PH_ASSIGN(const auto all, service->schedules());
        known->clear();
        for (const Schedule &s : all) {
            *known << s.id;
            if (s.name == request.name && s.pipeline == request.pipeline)
                return Error{ErrorKind::Conflict, QStringLiteral("The pipeline %1 has a schedule “%2” already: %3.").arg(request.pipeline, s.name, s.when), {}, QStringLiteral("Choose another name, or remove it."), {}};
        }
        return {};
    };
    step.execute = [=]() -> Result<void> {
        const auto id = service->createSchedule(*checked);
        if (id || !replyLost(id.error())) {
            PH_ASSIGN(*made, id);
            return {};
        }
        const auto now = service->schedules();
        if (now)
            for (const Schedule &s : *now)
                if (!known->contains(s.id) && s.name == request.name) {
                    *made = s.id;
                    return {};
                }
        return id.error();
    };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const Schedule now, scheduleNow(*service, *made));
        return json(now);
    };
    step.undo = [=] { return service->removeSchedule(*made); };
    operation.steps.push_back(std::move(step));
    return operation;
}

operations::Operation removeScheduleOperation(std::shared_ptr<PipelineService> service, const Schedule &schedule) {
    operations::Operation operation;
    operation.kind = QStringLiteral("schedule-remove");
    operation.object = QStringLiteral("schedule %1").arg(schedule.id);
    operation.connection = connectionOf(service, schedule.id);
    operation.summary = QStringLiteral("Remove the schedule %1 of %2").arg(schedule.name, schedule.pipeline);
    operation.before = json(schedule);
    const auto again = std::make_shared<std::optional<ScheduleRequest>>(requestOf(schedule));
    operations::Step step;
    step.call = {QStringLiteral("DELETE"), operation.object, QStringLiteral("%1 no longer starts by itself").arg(schedule.pipeline), *again ? QStringLiteral("make it again") : QString(),
                 QStringLiteral("pilot pipelines schedule remove %1").arg(schedule.id)};
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const Schedule now, scheduleNow(*service, schedule.id));
        if (now.when != schedule.when || now.pipeline != schedule.pipeline)
            return Error{ErrorKind::Conflict, QStringLiteral("The schedule %1 is another one by now: %2.").arg(now.name, now.when), {}, QStringLiteral("Read it again."), {}};
        *again = requestOf(now); // whole, as the system has it: what was kept of it may say less
        return {};
    };
    const auto isGone = [=] {
        const auto now = scheduleNow(*service, schedule.id);
        return !now && now.error().kind == ErrorKind::NotFound;
    };
    step.execute = [=] { return orSeen(service->removeSchedule(schedule.id), isGone); };
    step.readBack = [=]() -> Result<QJsonObject> {
        if (!isGone())
            return Error{ErrorKind::Conflict, QStringLiteral("The system still shows it."), schedule.id, {}, {}};
        return QJsonObject{{Q("removed"), schedule.id}};
    };
    if (*again)
        step.undo = [=]() -> Result<void> {
            PH_ASSIGN(const QString id, service->createSchedule(**again));
            Q_UNUSED(id)
            return {};
        };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::pipelines

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/local_schedules.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/cron.h"

#include <QFileInfo>

#include <algorithm>
#include <optional>

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

QString fileIn(const QString &folder) { return folder + QStringLiteral("/schedules.json"); }

bool isScheduled(const workspace::Model &model) { return model.pipeline.other.contains(QStringLiteral("schedule_cron")) || model.pipeline.other.contains(QStringLiteral("schedule_every")); }

} // namespace

/// As the workspace says it.
struct LocalSchedules::Times {
    QString when;
    std::optional<Cron> cron;
    qint64 every = 0;
    QTimeZone zone = QTimeZone::utc();
    bool catchUp = false;
    QString problem;
    QDateTime next(const QDateTime &since, const QDateTime &now) const { return cron ? cron->next(now, zone) : nextPeriodic(since, every, now); }
    /// The last fire up to now that is after `since`.
    QDateTime last(const QDateTime &since, const QDateTime &now) const {
        const QDateTime fire = cron ? cron->previous(now, zone) : lastPeriodic(since, every, now);
        return since.isValid() && fire.isValid() && fire > since ? fire : QDateTime();
    }
};

/// As schedules.json has it.
struct LocalSchedules::Kept {
    bool on = true;
    QString when;
    QDateTime since, fire; ///< fire: taken last
    static Kept of(const QJsonObject &all, const QString &model) {
        const QJsonObject o = all.value(model).toObject();
        return {o.value(Q("on")).toBool(true), o.value(Q("when")).toString(), fromIsoUtc(o.value(Q("since")).toString()), fromIsoUtc(o.value(Q("fire")).toString())};
    }
    QJsonObject toJson() const { return {{Q("on"), on}, {Q("when"), when}, {Q("since"), isoUtc(since)}, {Q("fire"), isoUtc(fire)}}; }
};

LocalSchedules::Times LocalSchedules::timesOf(const workspace::Model &model) const {
    const auto &other = model.pipeline.other;
    Times times;
    times.catchUp = other.value(QStringLiteral("catch_up")) == Q("yes");
    if (const QString text = other.value(QStringLiteral("schedule_cron")); !text.isEmpty()) {
        times.when = text;
        times.zone = QTimeZone(m_workspace.zone.toUtf8());
        if (auto cron = Cron::parse(text))
            times.cron = *cron;
        else
            times.problem = cron.error().text();
        return times;
    }
    const QString every = other.value(QStringLiteral("schedule_every"));
    times.when = QStringLiteral("every ") + every;
    times.every = workspace::parseDuration(every).value_or(0);
    return times;
}

bool LocalSchedules::any() const { return std::any_of(m_workspace.models.begin(), m_workspace.models.end(), isScheduled); }

Result<QJsonObject> LocalSchedules::read() const {
    if (!QFileInfo::exists(fileIn(m_folder)))
        return QJsonObject();
    PH_ASSIGN(const QByteArray bytes, readFile(fileIn(m_folder)));
    return parseJsonObject(bytes, fileIn(m_folder));
}

Result<std::vector<Schedule>> LocalSchedules::all() const {
    std::vector<Schedule> found;
    if (!any())
        return found;
    PH_ASSIGN(const QJsonObject state, read());
    const QDateTime now = m_clock->nowUtc();
    for (const workspace::Model &model : m_workspace.models) {
        if (!isScheduled(model))
            continue;
        const Times times = timesOf(model);
        const Kept kept = Kept::of(state, model.name);
        Schedule schedule;
        schedule.id = schedule.name = schedule.pipeline = model.name;
        schedule.system = QStringLiteral("local");
        schedule.when = times.when;
        if (times.cron)
            schedule.zone = m_workspace.zone;
        schedule.on = kept.on;
        schedule.canSwitch = true;
        schedule.catchUp = times.catchUp;
        schedule.most = 1;
        schedule.last = kept.fire;
        if (kept.on) {
            schedule.next = times.next(kept.since, now);
            schedule.due = kept.when == times.when ? times.last(kept.since, now) : QDateTime();
        }
        schedule.maxSeconds = workspace::parseDuration(model.pipeline.other.value(QStringLiteral("sla"))).value_or(0);
        schedule.note = !times.problem.isEmpty()    ? times.problem
                        : !kept.since.isValid()     ? QStringLiteral("Nobody has looked after it yet: run “pilot watch”, or keep the console open.")
                                                    : QStringLiteral("Begins while “pilot watch” or the console runs.");
        found.push_back(std::move(schedule));
    }
    return found;
}

Result<void> LocalSchedules::switchTo(const QString &id, bool on) const {
    const workspace::Model *const model = m_workspace.model(id);
    if (!model || !isScheduled(*model))
        return notFound(QStringLiteral("The pipeline “%1” has no schedule.").arg(id), m_workspace.file, QStringLiteral("Write pipeline: {schedule: {cron: \"0 2 * * *\"}} or {every: 1d} into the workspace."));
    PH_TRY(makeFolder(m_folder, true));
    PH_ASSIGN(const FileLock lock, FileLock::acquire(m_folder + QStringLiteral("/schedules.lock")));
    PH_ASSIGN(QJsonObject state, read());
    Kept kept = Kept::of(state, id);
    if (kept.on == on)
        return {};
    kept.on = on;
    kept.since = m_clock->nowUtc(); // what was due while it was off is not missed
    kept.when = timesOf(*model).when;
    state.insert(id, kept.toJson());
    return writeFileAtomically(fileIn(m_folder), canonicalJson(state));
}

Result<std::vector<LocalSchedules::Due>> LocalSchedules::take() const {
    std::vector<Due> due;
    if (!any())
        return due;
    PH_TRY(makeFolder(m_folder, true));
    PH_ASSIGN(const FileLock lock, FileLock::acquire(m_folder + QStringLiteral("/schedules.lock")));
    PH_ASSIGN(QJsonObject state, read());
    const QJsonObject before = state;
    const QDateTime now = m_clock->nowUtc();
    for (const workspace::Model &model : m_workspace.models) {
        if (!isScheduled(model))
            continue;
        const Times times = timesOf(model);
        Kept kept = Kept::of(state, model.name);
        if (!kept.since.isValid() || kept.when != times.when || kept.since > now) { // new, changed, or the clock was set back
            kept.since = now;
            kept.when = times.when;
        }
        const QDateTime fire = times.last(kept.since, now);
        if (kept.on && times.problem.isEmpty() && fire.isValid() && !(kept.fire.isValid() && kept.fire >= fire && kept.fire <= now)) {
            kept.fire = fire;
            const bool missed = fire.secsTo(now) > graceSeconds;
            if (!missed || times.catchUp)
                due.push_back({model.name, times.when, fire, missed});
        }
        state.insert(model.name, kept.toJson());
    }
    if (state != before)
        PH_TRY(writeFileAtomically(fileIn(m_folder), canonicalJson(state)));
    return due;
}

} // namespace pilothouse::pipelines

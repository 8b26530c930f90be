// SPDX-License-Identifier: GPL-3.0-or-later
// When Jenkins begins jobs by itself, and what should be known of it (jenkins_service.h).
#include "core/pipelines/jenkins_service.h"
#include "core/pipelines/selective_builds.h"
#include "core/pipelines/stage_medians.h"

#include <QRegularExpression>
#include <QXmlStreamReader>

#include <algorithm>

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

constexpr int readAgain = 600;      ///< seconds that a job's configuration counts
constexpr std::size_t mostJobs = 60; ///< that are asked for theirs
constexpr int grace = 15 * 60;      ///< seconds that a run may be late: quiet period, queue
constexpr int beginsWithin = 180;   ///< seconds after its minute in which a run of the timer begins

const char *const timer = "schedule"; ///< PipelineRun::startedBy of a run that the timer began

struct Configuration {
    QStringList specs;
    QString script;
    bool off = false;
};

/// A job's config.xml. Jenkins writes it as XML 1.1, which no reader here takes; it has nothing of that.
Configuration configurationOf(QByteArray xml) {
    if (const qsizetype end = xml.indexOf("?>"); xml.startsWith("<?xml") && end > 0)
        xml.remove(0, end + 2);
    Configuration found;
    QStringList path;
    QXmlStreamReader reader(xml);
    while (!reader.atEnd()) {
        switch (reader.readNext()) {
        case QXmlStreamReader::StartElement: path += reader.name().toString(); break;
        case QXmlStreamReader::EndElement: path.removeLast(); break;
        case QXmlStreamReader::Characters: {
            const QString text = reader.text().toString();
            const QString own = path.value(path.size() - 1), around = path.value(path.size() - 2);
            if (own == Q("spec") && around.endsWith(Q("TimerTrigger")))
                found.specs += text;
            else if (own == Q("parameterizedSpecification"))
                for (const QString &line : text.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) // "H 2 * * * % A=b"
                    found.specs += line.section(QLatin1Char('%'), 0, 0).trimmed();
            else if (own == Q("script"))
                found.script += text;
            else if (own == Q("disabled") && path.size() == 2)
                found.off = text.trimmed() == Q("true");
            break;
        }
        default: break;
        }
    }
    return found;
}

/// triggers { cron('H 2 * * *') } of a script.
QStringList cronsOfScript(const QString &script) {
    static const QRegularExpression call(QStringLiteral("\\bcron\\s*\\(?\\s*(?:'''(.*?)'''|\"\"\"(.*?)\"\"\"|'([^']*)'|\"([^\"]*)\")"), QRegularExpression::DotMatchesEverythingOption);
    QStringList all;
    for (auto it = call.globalMatch(script); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        for (int group = 1; group <= 4; ++group)
            if (!match.captured(group).trimmed().isEmpty())
                all += match.captured(group).trimmed();
    }
    return all;
}

/// The zone in which the timer's last runs began when it says they do: Jenkins does not tell its own. Nothing: none fits, or there was no such run.
std::optional<QTimeZone> zoneOf(const JenkinsCron &cron, const std::vector<QDateTime> &began) {
    if (began.empty())
        return std::nullopt;
    std::vector<QTimeZone> zones{QTimeZone::utc(), QTimeZone::systemTimeZone()};
    for (int quarter = -48; quarter <= 56; ++quarter)
        zones.emplace_back(quarter * 900);
    for (const QTimeZone &zone : zones)
        if (std::all_of(began.begin(), began.end(), [&](const QDateTime &time) {
                const QDateTime fire = cron.previous(time, zone);
                return fire.isValid() && fire.secsTo(time) <= beginsWithin;
            }))
            return zone;
    return std::nullopt;
}

std::vector<QDateTime> timedRuns(const std::vector<PipelineRun> &runs, std::size_t most) {
    std::vector<QDateTime> began;
    for (const PipelineRun &run : runs)
        if (run.startedBy == Q(timer) && run.started.isValid())
            began.push_back(run.started);
    std::sort(began.begin(), began.end(), std::greater<>());
    if (began.size() > most)
        began.resize(most);
    return began;
}

} // namespace

Result<JenkinsPipelines::Cron> JenkinsPipelines::cronOf(const QString &job) const {
    const QDateTime now = m_c.clock->nowUtc();
    {
        const std::lock_guard lock(m_lock);
        if (const auto it = m_crons.constFind(job); it != m_crons.constEnd() && it->read.secsTo(now) < readAgain)
            return *it;
    }
    Cron cron;
    cron.read = now;
    const Result<net::Response> reply = m_api.fetch(JenkinsApi::jobPath(job) + QStringLiteral("/config.xml"));
    if (reply) {
        const Configuration configuration = configurationOf(reply->body);
        cron.spec = configuration.specs.join(QLatin1Char('\n'));
        cron.script = configuration.script;
        cron.off = configuration.off;
        if (cron.spec.isEmpty() && !cron.script.isEmpty()) {
            cron.spec = cronsOfScript(cron.script).join(QLatin1Char('\n'));
            if (!cron.spec.isEmpty())
                cron.note = QStringLiteral("Read from the job's script: it counts from its first build on.");
        }
    } else if (reply.error().kind == ErrorKind::Denied || reply.error().kind == ErrorKind::NotFound) {
        cron.note = QStringLiteral("Jenkins does not show the job's configuration to this user (it takes the right Job/ExtendedRead).");
    } else {
        return reply.error();
    }
    const std::lock_guard lock(m_lock);
    m_crons.insert(job, cron);
    return cron;
}

std::optional<Schedule> JenkinsPipelines::scheduleOf(const Job &job, const Cron &cron) const {
    const std::vector<QDateTime> began = timedRuns(job.runs, 4);
    if (cron.spec.isEmpty() && began.empty())
        return std::nullopt;
    const QDateTime now = m_c.clock->nowUtc();
    Schedule schedule;
    schedule.id = job.name;
    schedule.name = job.name;
    schedule.pipeline = job.name;
    schedule.connection = source();
    schedule.system = system();
    schedule.when = cron.spec;
    schedule.on = !cron.off && job.problem.isEmpty();
    schedule.catchUp = false; // a Jenkins that was down makes up for nothing
    schedule.last = began.empty() ? QDateTime() : began.front();
    schedule.note = cron.note;
    schedule.link = m_api.page(JenkinsApi::jobPath(job.name) + QStringLiteral("/configure"));
    const auto add = [&](const QString &sentence) { schedule.note += (schedule.note.isEmpty() ? QString() : QStringLiteral(" ")) + sentence; };
    if (cron.spec.isEmpty()) {
        std::vector<double> between;
        for (std::size_t i = 1; i < began.size(); ++i)
            between.push_back(double(began[i].secsTo(began[i - 1])));
        if (const auto usual = median(between)) {
            schedule.when = QStringLiteral("about every %1 h").arg(*usual / 3600, 0, 'g', 3);
            if (schedule.on)
                schedule.next = schedule.last.addSecs(qint64(*usual));
            add(QStringLiteral("The time is guessed from the last runs that its timer began."));
        }
        return schedule;
    }
    const Result<JenkinsCron> times = JenkinsCron::parse(cron.spec, job.name);
    if (!times) {
        add(times.error().what);
        return schedule;
    }
    const std::optional<QTimeZone> zone = times->zone().isEmpty() ? zoneOf(*times, began) : std::optional(QTimeZone(times->zone().toUtf8()));
    schedule.zone = zone ? QString::fromUtf8(zone->id()) : times->zone();
    if (schedule.on)
        schedule.next = times->next(now.addSecs(1), zone.value_or(QTimeZone::utc()));
    if (!zone)
        add(QStringLiteral("About: Jenkins does not tell its time zone, UTC is taken until its timer has begun a run."));
    return schedule;
}

Result<std::vector<Schedule>> JenkinsPipelines::schedules() const {
    std::vector<Job> jobs;
    {
        const std::lock_guard lock(m_lock);
        for (const Job &job : m_jobs)
            jobs.push_back(job);
    }
    if (std::none_of(jobs.begin(), jobs.end(), [](const Job &job) { return !job.runs.empty(); })) {
        PH_ASSIGN(const std::vector<PipelineRun> read, runs({}, 10));
        const std::lock_guard lock(m_lock);
        jobs.clear();
        for (const Job &job : m_jobs)
            jobs.push_back(job);
    }
    // Each job's configuration is a call of its own: those that the workspace names, and those that a timer is known to begin.
    const QStringList named = wanted();
    std::erase_if(jobs, [&](const Job &job) { return !m_c.jobs.contains(job.name) && !named.contains(job.name) && timedRuns(job.runs, 1).empty(); });
    std::sort(jobs.begin(), jobs.end(), [](const Job &a, const Job &b) { return a.name < b.name; });
    if (jobs.size() > mostJobs)
        jobs.resize(mostJobs);
    std::vector<Schedule> all;
    std::optional<Error> first;
    for (const Job &job : jobs) {
        const Result<Cron> cron = cronOf(job.name);
        if (!cron) {
            first = first ? first : cron.error();
            continue;
        }
        if (auto schedule = scheduleOf(job, *cron))
            all.push_back(*std::move(schedule));
    }
    if (all.empty() && first)
        return *first;
    return all;
}

Result<std::vector<Notice>> JenkinsPipelines::notices() const {
    QHash<QString, Job> jobs;
    QHash<QString, Cron> crons;
    {
        const std::lock_guard lock(m_lock);
        jobs = m_jobs;
        crons = m_crons;
    }
    const QDateTime now = m_c.clock->nowUtc();
    std::vector<Notice> all;
    for (const Job &job : jobs) {
        std::vector<Notice> broken = skippedBroken(job.staged, job.parameters);
        all.insert(all.end(), std::make_move_iterator(broken.begin()), std::make_move_iterator(broken.end()));
        const Cron cron = crons.value(job.name);
        const std::vector<QDateTime> began = timedRuns(job.runs, 4);
        if (cron.spec.isEmpty() || cron.off || !job.problem.isEmpty() || began.empty())
            continue;
        const Result<JenkinsCron> times = JenkinsCron::parse(cron.spec, job.name);
        if (!times)
            continue;
        const std::optional<QTimeZone> zone = times->zone().isEmpty() ? zoneOf(*times, began) : std::optional(QTimeZone(times->zone().toUtf8()));
        const QDateTime due = zone ? times->previous(now.addSecs(-grace), *zone) : QDateTime(); // without a zone that is sure nothing is said
        if (!due.isValid() || began.front() >= due)
            continue;
        Notice notice;
        notice.id = QStringLiteral("missed %1 %2").arg(job.name, due.toString(Qt::ISODate));
        notice.kind = QStringLiteral("missed");
        notice.pipeline = job.name;
        notice.sentence = QStringLiteral("%1 should have begun by itself at %2 UTC and did not; its timer last began it at %3.").arg(job.name, due.toString(QStringLiteral("yyyy-MM-dd HH:mm")), began.front().toString(QStringLiteral("yyyy-MM-dd HH:mm")));
        notice.since = due;
        notice.fix = QStringLiteral("Start it now");
        StartRequest start;
        start.pipeline = job.name;
        start.reason = QStringLiteral("its timer missed %1").arg(due.toString(Qt::ISODate));
        notice.start = start;
        all.push_back(std::move(notice));
    }
    return all;
}

} // namespace pilothouse::pipelines

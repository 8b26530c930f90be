// SPDX-License-Identifier: GPL-3.0-or-later
// Runs and the queue of jenkins_service.h.
#include "core/pipelines/jenkins_service.h"
#include "core/pipelines/selective_builds.h"
#include "core/pipelines/stage_medians.h"

#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

const QString queueFields = QStringLiteral("id,why,inQueueSince,stuck,blocked,buildable,cancelled,task[name,fullName,url],executable[number,url],"
                                           "actions[_class,parameters[_class,name,value],causes[_class,shortDescription,userId,userName,upstreamProject,upstreamBuild]]");

QString encoded(const QString &fields) { return QString::fromLatin1(QUrl::toPercentEncoding(fields, QByteArrayLiteral(","))); }

/// Jenkins keeps to a hundred builds in "builds"; all of them are in "allBuilds".
QString buildsField(int limit) { return QStringLiteral("%1[%2]{0,%3}").arg(limit > 100 ? QStringLiteral("allBuilds") : QStringLiteral("builds"), jenkinsBuildFields()).arg(limit); }

} // namespace

void JenkinsPipelines::finish(PipelineRun &run) const {
    run.connection = source();
    run.model = m_c.modelOf.value(run.pipeline);
    run.read = m_c.clock->nowUtc();
    if (run.repository.isEmpty())
        run.repository = m_c.connection.other.value(QStringLiteral("repository"));
    if (run.link.isEmpty())
        if (const auto id = JenkinsId::parse(run.became.isEmpty() ? run.id : run.became))
            run.link = m_api.page(JenkinsApi::jobPath(run.pipeline) + (id->number > 0 ? QStringLiteral("/%1/").arg(id->number) : QStringLiteral("/")));
    const std::lock_guard lock(m_lock);
    run.merged = run.merged || m_merged.contains(run.id);
}

Result<std::vector<PipelineRun>> JenkinsPipelines::queued(const QString &pipeline) const {
    PH_ASSIGN(const QJsonObject queue, m_api.object(QStringLiteral("/queue/api/json?tree=") + encoded(QStringLiteral("items[%1]").arg(queueFields))));
    std::vector<PipelineRun> waiting;
    for (const QJsonValue &item : queue.value(Q("items")).toArray()) {
        const QString job = JenkinsApi::jobName(item[Q("task")][Q("url")].toString());
        if (job.isEmpty() || !listed(job) || (!pipeline.isEmpty() && job != pipeline && !job.startsWith(pipeline + QLatin1Char('/'))))
            continue;
        waiting.push_back(runOfItem(item.toObject(), job));
    }
    return waiting;
}

Result<std::vector<PipelineRun>> JenkinsPipelines::withQueue(const QString &pipeline, std::vector<PipelineRun> runs) const {
    Result<std::vector<PipelineRun>> waiting = queued(pipeline);
    if (!waiting && waiting.error().kind != ErrorKind::NotFound && waiting.error().kind != ErrorKind::Denied)
        return waiting;
    std::vector<PipelineRun> all = waiting ? *std::move(waiting) : std::vector<PipelineRun>();
    all.insert(all.end(), std::make_move_iterator(runs.begin()), std::make_move_iterator(runs.end()));
    for (PipelineRun &run : all)
        finish(run);
    return all;
}

void JenkinsPipelines::addStages(std::vector<PipelineRun> &runs, const QString &job) const {
    const auto newest = std::find_if(runs.begin(), runs.end(), [&](const PipelineRun &run) { return run.pipeline == job; });
    if (newest == runs.end())
        return;
    const QString mark = newest->id + QLatin1Char(' ') + newest->systemState;
    std::vector<PipelineRun> staged;
    bool fresh = false;
    {
        const std::lock_guard lock(m_lock);
        const Job known = m_jobs.value(job);
        fresh = known.stagesOf == mark && hasEnded(newest->state);
        staged = known.staged;
    }
    if (!fresh) {
        const auto reply = stageView(job, JenkinsApi::jobPath(job) + QStringLiteral("/wfapi/runs"));
        if (!reply || !*reply)
            return; // a list without stages is a list all the same
        staged.clear();
        for (const QJsonValue &value : (*reply)->toArray()) {
            const int number = value[Q("name")].toString().remove(QLatin1Char('#')).toInt();
            const auto run = std::find_if(runs.begin(), runs.end(), [&](const PipelineRun &one) { return one.pipeline == job && one.number.toInt() == number; });
            PipelineRun one = run != runs.end() ? *run : PipelineRun();
            if (run == runs.end()) {
                one.pipeline = job;
                one.id = JenkinsId::ofBuild(job, number);
                one.number = QString::number(number);
                one.started = timeOfMillis(value[Q("startTimeMillis")]);
                one.state = stateOfStage(value[Q("status")].toString());
            }
            one.stages = stagesOfDescription(value[Q("stages")].toArray());
            staged.push_back(std::move(one));
        }
        setChangedServices(staged);
        const std::lock_guard lock(m_lock);
        m_jobs[job].name = job;
        m_jobs[job].stagesOf = mark;
        m_jobs[job].staged = staged;
    }
    for (PipelineRun &run : runs)
        if (const auto it = std::find_if(staged.begin(), staged.end(), [&](const PipelineRun &one) { return one.id == run.id; }); it != staged.end()) {
            run.stages = it->stages;
            run.changed = it->changed;
            setStageMedians(run, staged);
        }
}

QStringList JenkinsPipelines::stagedJobs(const std::vector<Job> &jobs) const {
    constexpr std::size_t mostBranches = 20;
    QStringList names;
    std::vector<const Job *> branches;
    for (const Job &job : jobs) {
        if (m_c.jobs.contains(job.name))
            names += job.name;
        else if (!job.runs.empty() && std::any_of(m_c.jobs.begin(), m_c.jobs.end(), [&](const QString &one) { return job.name.startsWith(one + QLatin1Char('/')); }))
            branches.push_back(&job);
    }
    const auto begun = [](const Job *job) { return job->runs.front().started; };
    std::stable_sort(branches.begin(), branches.end(), [&](const Job *a, const Job *b) { return begun(a) > begun(b); });
    for (const Job *job : branches)
        if (names.size() < qsizetype(m_c.jobs.size() + mostBranches))
            names += job->name;
    return names;
}

Result<std::vector<PipelineRun>> JenkinsPipelines::runs(const QString &pipeline, int limit) const {
    limit = std::clamp(limit, 1, 10000);
    std::vector<Job> jobs;
    if (pipeline.isEmpty()) {
        PH_ASSIGN(jobs, readJobs(buildsField(limit)));
        const std::lock_guard lock(m_lock); // a job that is gone has nothing to tell any more
        m_jobs.removeIf([&](const QHash<QString, Job>::iterator &known) { return std::none_of(jobs.begin(), jobs.end(), [&](const Job &job) { return job.name == known.key(); }); });
    } else {
        PH_ASSIGN(Job job, jobOf(pipeline, buildsField(limit)));
        jobs.push_back(std::move(job));
    }
    const QStringList withStages = pipeline.isEmpty() ? stagedJobs(jobs) : QStringList();
    std::vector<PipelineRun> all;
    for (Job &job : jobs) {
        for (PipelineRun &run : job.runs)
            if (!hasEnded(run.state) && run.state != State::Unknown)
                if (const Result<void> live = addLive(run); !live && live.error().kind == ErrorKind::Cancelled)
                    return live.error();
        if (!pipeline.isEmpty() || withStages.contains(job.name))
            addStages(job.runs, job.name);
        {
            const std::lock_guard lock(m_lock);
            Job &known = m_jobs[job.name];
            job.staged = known.staged;
            job.stagesOf = known.stagesOf;
            known = job;
        }
        all.insert(all.end(), std::make_move_iterator(job.runs.begin()), std::make_move_iterator(job.runs.end()));
    }
    std::stable_sort(all.begin(), all.end(), [](const PipelineRun &a, const PipelineRun &b) { return a.started > b.started; });
    return withQueue(pipeline, std::move(all));
}

Result<PipelineRun> JenkinsPipelines::item(const JenkinsId &id) const {
    const QString own = JenkinsId::ofItem(id.job, id.queue);
    QString became;
    {
        const std::lock_guard lock(m_lock);
        became = m_became.value(own);
    }
    PipelineRun run;
    if (became.isEmpty()) {
        const Result<QJsonObject> object = m_api.object(QStringLiteral("/queue/item/%1/api/json?tree=%2").arg(id.queue).arg(encoded(queueFields)));
        if (!object && object.error().kind != ErrorKind::NotFound)
            return object.error();
        if (object) {
            run = runOfItem(*object, id.job);
            became = run.became;
        } else { // an item goes some minutes after its build began: the build knows its number
            PH_ASSIGN(const Job job, jobOf(id.job));
            PH_ASSIGN(const QJsonObject builds, m_api.object(JenkinsApi::jobPath(id.job) + QStringLiteral("/api/json?tree=") + encoded(QStringLiteral("builds[number,queueId]{0,100}"))));
            for (const QJsonValue &build : builds.value(Q("builds")).toArray())
                if (build[Q("queueId")].toVariant().toLongLong() == id.queue)
                    became = JenkinsId::ofBuild(id.job, build[Q("number")].toInt());
            if (became.isEmpty())
                return notFound(QStringLiteral("The start of %1 has left the queue, and no build of the last hundred came of it.").arg(id.job), source(), QStringLiteral("It was taken out of the queue, or Jenkins was restarted."));
        }
    }
    if (!became.isEmpty()) {
        PH_ASSIGN(run, this->run(became));
        run.id = own;
        run.became = became;
        const std::lock_guard lock(m_lock);
        m_became.insert(own, became);
    }
    finish(run);
    return run;
}

Result<PipelineRun> JenkinsPipelines::run(const QString &name) const {
    PH_ASSIGN(const JenkinsId id, idOf(name));
    if (id.number == 0)
        return item(id);
    PH_ASSIGN(const QJsonObject build, m_api.object(buildPath(id) + QStringLiteral("/api/json?tree=") + encoded(jenkinsBuildFields())));
    PipelineRun run = runOfBuild(build, id.job);
    run.id = name;
    PH_TRY(addStages(run));
    std::vector<PipelineRun> newest{run};
    newest.front().stages.clear();
    addStages(newest, id.job); // the newest runs with their stages, for the medians and for what was skipped
    run.changed = newest.front().changed;
    std::vector<PipelineRun> staged;
    {
        const std::lock_guard lock(m_lock);
        staged = m_jobs.value(id.job).staged;
        // Only the newest run's mark may say that what is kept is of today.
        m_jobs[id.job].stagesOf.clear();
    }
    setStageMedians(run, staged);
    if (run.changed.isEmpty()) {
        std::vector<PipelineRun> one{run};
        setChangedServices(one);
        run.changed = one.front().changed;
    }
    addAttempts(run);
    addImages(run);
    addCoverage(run);
    finish(run);
    return run;
}

} // namespace pilothouse::pipelines

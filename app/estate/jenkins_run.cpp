// SPDX-License-Identifier: GPL-3.0-or-later
// What happens in Jenkins by itself: queued builds start, stages end, inputs wait.
#include "app/estate/jenkins.h"

#include <algorithm>

namespace pilothouse::estate {

using Q = QLatin1String;

namespace {

constexpr qint64 queueMemory = 300'000; ///< a left item is known for five minutes (Queue.java, LEFT_ITEMS)

QString s(const char *text) { return QString::fromUtf8(text); }

} // namespace

std::pair<qint64, bool> Jenkins::enqueue(const QString &job, const QMap<QString, QString> &parameters, const QJsonArray &causes, const QString &commit, const QStringList &files) {
    for (auto &[id, item] : m_queue)
        if (item.job == job && item.parameters == parameters && item.number == 0 && !item.cancelled) { // the identical one waits: they become one (3.2)
            for (const QJsonValue &cause : causes)
                item.causes.append(cause);
            return {id, true};
        }
    JenkinsQueued item;
    item.id = m_nextQueue++;
    item.since = nowMs();
    item.due = nowMs() + qint64(m_settings.value(Q("hold")).toDouble(5) * 1000);
    item.job = job;
    item.why = s("In the quiet period. Expires in %1 sec").arg(m_settings.value(Q("hold")).toDouble(5));
    item.parameters = parameters;
    item.causes = causes;
    item.commit = commit;
    item.files = files;
    m_queue.emplace(item.id, item);
    return {item.id, false};
}

void Jenkins::advance(const QDateTime &now) {
    m_now = now;
    if (!m_seeded) {
        m_seeded = true;
        seed();
    }
    for (auto it = m_queue.begin(); it != m_queue.end();) {
        JenkinsQueued &item = it->second;
        if (item.number == 0 && !item.cancelled && item.due <= nowMs() && m_jobs.count(item.job)) {
            bool busy = false; // one at a time: what else the job runs must end first
            for (const auto &[number, build] : m_jobs[item.job].builds)
                busy = busy || build.end == 0;
            if (busy) {
                item.why = s("Build #%1 is already in progress (ETA: N/A)").arg(m_jobs[item.job].builds.rbegin()->first);
            } else {
                item.number = begin(item.job, item, item.due).number;
                item.leftAt = nowMs();
            }
        }
        it = item.leftAt > 0 && nowMs() - item.leftAt > queueMemory ? m_queue.erase(it) : std::next(it);
    }
    for (auto &[path, job] : m_jobs)
        for (auto &[number, build] : job.builds)
            if (build.end == 0)
                proceed(job, build, nowMs());
}

JenkinsBuild &Jenkins::begin(const QString &path, const JenkinsQueued &queued, qint64 at) {
    JenkinsJob &job = m_jobs[path];
    JenkinsBuild build;
    build.number = job.nextNumber++;
    build.queueId = queued.id;
    build.queued = queued.since;
    build.start = at;
    build.parameters = queued.parameters;
    build.causes = queued.causes;
    build.branch = job.branch;
    build.files = queued.files;
    if (!queued.commit.isEmpty()) {
        job.lastCommit = queued.commit;
        job.lastFiles = queued.files;
    }
    build.commit = job.lastCommit;
    // `git diff --name-only` against the commit before, and nothing else: the trap of SYSTEMS.md §1 (a). A service whose build failed is skipped by the next commit.
    const QStringList files = queued.commit.isEmpty() ? job.lastFiles : queued.files;
    const bool all = build.parameters.value(s("BUILD_ALL")) == Q("true");
    for (const QString &service : {s("frontend"), s("auth"), s("inference"), s("mlops")})
        if (all || std::any_of(files.begin(), files.end(), [&](const QString &file) { return file.startsWith(service + QLatin1Char('/')); }))
            build.changed << service;
    const QString who = build.causes.isEmpty() ? QString() : build.causes.first().toObject().value(Q("shortDescription")).toString();
    build.head = who.toUtf8() + "\nObtained Jenkinsfile from git " + job.repository.toUtf8() + "\n[Pipeline] Start of Pipeline\n[Pipeline] node\nRunning on built-in node in /var/jenkins_home/workspace/" + path.toUtf8() + "\n[Pipeline] {\n";
    const QString failing = m_failing.take(path);
    int id = 6;
    for (const JenkinsStageSpec &spec : job.stages) {
        JenkinsStage stage;
        stage.id = id;
        id += 7;
        stage.spec = spec;
        stage.ms = qint64(spec.seconds) * 1000;
        stage.fails = spec.name == failing || (m_broken.contains(spec.service) && spec.name.startsWith(Q("Test ")));
        stage.log = "[Pipeline] stage\n[Pipeline] { (" + spec.name.toUtf8() + ")\n" + stageLog(job, build, spec, stage.fails) + (spec.input ? QByteArray() : QByteArray("[Pipeline] }\n[Pipeline] // stage\n"));
        build.stages.push_back(stage);
    }
    if (job.script == Q("weather") && build.changed.contains(s("auth"))) {
        build.tests = 24;
        build.coverage = 87.5;
        build.failed = m_broken.contains(s("auth")) ? 2 : 0;
        build.skipped = 1;
    }
    JenkinsBuild &placed = job.builds[build.number] = build;
    proceed(job, placed, nowMs());
    return placed;
}

void Jenkins::proceed(JenkinsJob &job, JenkinsBuild &build, qint64 now) {
    qint64 at = build.start;
    for (std::size_t i = 0; i < build.stages.size();) {
        std::size_t after = i + 1; // the group of branches
        while (!build.stages[i].spec.parallel.isEmpty() && after < build.stages.size() && build.stages[after].spec.parallel == build.stages[i].spec.parallel)
            ++after;
        qint64 groupEnd = at;
        bool open = false, broke = false;
        for (std::size_t k = i; k < after; ++k) {
            JenkinsStage &stage = build.stages[k];
            const QString &service = stage.spec.service;
            if (stage.status.isEmpty()) {
                if (at > now)
                    return;
                stage.start = at;
                const bool skip = service == Q("any") ? build.changed.isEmpty() : !service.isEmpty() && !build.changed.contains(service);
                stage.status = skip ? s("NOT_EXECUTED") : stage.spec.input ? s("PAUSED_PENDING_INPUT") : s("IN_PROGRESS");
                if (skip) {
                    stage.ms = 0;
                    stage.log = "[Pipeline] stage\n[Pipeline] { (" + stage.spec.name.toUtf8() + ")\nStage \"" + stage.spec.name.toUtf8() + "\" skipped due to when conditional\n[Pipeline] }\n[Pipeline] // stage\n";
                }
            }
            if (stage.status == Q("IN_PROGRESS") && stage.start + stage.ms <= now) {
                stage.status = stage.fails ? s("FAILED") : s("SUCCESS");
                if (stage.fails)
                    stage.error = s("script returned exit code 1");
            }
            open = open || stage.status == Q("IN_PROGRESS") || stage.status == Q("PAUSED_PENDING_INPUT");
            broke = broke || stage.status == Q("FAILED");
            groupEnd = std::max(groupEnd, stage.start + stage.ms);
        }
        if (open)
            return;
        if (broke) {
            for (std::size_t k = after; k < build.stages.size(); ++k) {
                JenkinsStage &stage = build.stages[k];
                stage.status = s("NOT_EXECUTED");
                stage.start = groupEnd;
                stage.ms = 0;
                stage.log = "[Pipeline] stage\n[Pipeline] { (" + stage.spec.name.toUtf8() + ")\nStage \"" + stage.spec.name.toUtf8() + "\" skipped due to earlier failure(s)\n[Pipeline] }\n[Pipeline] // stage\n";
            }
            finish(build, s("FAILURE"), groupEnd, "ERROR: script returned exit code 1\n");
            return;
        }
        at = groupEnd;
        i = after;
    }
    Q_UNUSED(job);
    finish(build, s("SUCCESS"), at);
}

void Jenkins::finish(JenkinsBuild &build, const QString &result, qint64 at, const QByteArray &line) {
    build.result = result;
    build.end = std::max(at, build.start);
    build.tail = "[Pipeline] }\n[Pipeline] // node\n[Pipeline] End of Pipeline\n" + line + "Finished: " + result.toUtf8() + "\n";
}

JenkinsStage *Jenkins::paused(JenkinsBuild &build) {
    for (JenkinsStage &stage : build.stages)
        if (stage.status == Q("PAUSED_PENDING_INPUT"))
            return &stage;
    return nullptr;
}

void Jenkins::answerInput(JenkinsJob &job, JenkinsBuild &build, const QString &user, bool yes, const QMap<QString, QString> &values) {
    JenkinsStage *stage = paused(build);
    if (!stage)
        return;
    stage->ms = std::max<qint64>(1, nowMs() - stage->start);
    stage->log += (yes ? QByteArray("Approved by ") : QByteArray("Rejected by ")) + user.toUtf8() + "\n[Pipeline] }\n[Pipeline] // stage\n";
    build.answeredBy = user;
    for (auto it = values.begin(); it != values.end(); ++it)
        build.parameters.insert(s("input.") + it.key(), it.value());
    if (yes) {
        stage->status = s("SUCCESS");
        proceed(job, build, nowMs());
        return;
    }
    stage->status = s("ABORTED");
    stage->error = s("Rejected by %1").arg(user);
    finish(build, s("ABORTED"), nowMs(), stage->error.toUtf8() + "\n");
}

QByteArray Jenkins::visibleStageLog(const JenkinsStage &stage) const {
    if (stage.status.isEmpty())
        return {};
    if (stage.status != Q("IN_PROGRESS") || stage.ms <= 0)
        return stage.log;
    const double part = std::clamp(double(nowMs() - stage.start) / double(stage.ms), 0.0, 1.0);
    return stage.log.left(qsizetype(part * double(stage.log.size()))); // by bytes: a character may be cut in two, as on the wire (3.2)
}

QByteArray Jenkins::visibleLog(const JenkinsBuild &build) const {
    QByteArray out = build.head;
    for (const JenkinsStage &stage : build.stages) { // in their order, so that what was shown once stays a beginning of it
        out += visibleStageLog(stage);
        if (build.end == 0 && (stage.status.isEmpty() || stage.status == Q("IN_PROGRESS") || stage.status == Q("PAUSED_PENDING_INPUT")))
            return out;
    }
    return out + build.tail;
}

} // namespace pilothouse::estate

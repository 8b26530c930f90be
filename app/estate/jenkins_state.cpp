// SPDX-License-Identifier: GPL-3.0-or-later
// What Jenkins is told from outside, and what it remembers across a restart.
#include "app/estate/jenkins.h"

namespace pilothouse::estate {

using Q = QLatin1String;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

QJsonObject json(const QMap<QString, QString> &map) {
    QJsonObject out;
    for (auto it = map.begin(); it != map.end(); ++it)
        out.insert(it.key(), it.value());
    return out;
}
QMap<QString, QString> texts(const QJsonValue &value) {
    QMap<QString, QString> out;
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it)
        out.insert(it.key(), it.value().toString());
    return out;
}
QStringList list(const QJsonValue &value) { return value.toVariant().toStringList(); }
QString packed(const QByteArray &bytes) { return QString::fromLatin1(bytes.toBase64()); }
QByteArray unpacked(const QJsonValue &value) { return QByteArray::fromBase64(value.toString().toLatin1()); }
qint64 whole(const QJsonValue &value) { return qint64(value.toDouble()); }

QJsonObject json(const JenkinsBuild &b) {
    QJsonArray stages;
    for (const JenkinsStage &stage : b.stages)
        stages.append(QJsonObject{{Q("id"), stage.id}, {Q("name"), stage.spec.name}, {Q("service"), stage.spec.service}, {Q("parallel"), stage.spec.parallel}, {Q("input"), stage.spec.input}, {Q("status"), stage.status}, {Q("start"), double(stage.start)}, {Q("ms"), double(stage.ms)}, {Q("log"), packed(stage.log)}, {Q("error"), stage.error}, {Q("fails"), stage.fails}});
    return {{Q("number"), b.number}, {Q("queueId"), double(b.queueId)}, {Q("queued"), double(b.queued)}, {Q("start"), double(b.start)}, {Q("end"), double(b.end)}, {Q("result"), b.result}, {Q("stages"), stages}, {Q("parameters"), json(b.parameters)}, {Q("causes"), b.causes}, {Q("commit"), b.commit}, {Q("branch"), b.branch},
            {Q("files"), QJsonArray::fromStringList(b.files)}, {Q("changed"), QJsonArray::fromStringList(b.changed)}, {Q("head"), packed(b.head)}, {Q("tail"), packed(b.tail)}, {Q("answeredBy"), b.answeredBy}, {Q("tests"), b.tests}, {Q("failed"), b.failed}, {Q("skipped"), b.skipped}, {Q("coverage"), b.coverage}, {Q("stubborn"), b.stubborn}};
}

JenkinsBuild buildOf(const QJsonObject &o) {
    JenkinsBuild b;
    b.number = o[Q("number")].toInt();
    b.queueId = whole(o[Q("queueId")]);
    b.queued = whole(o[Q("queued")]);
    b.start = whole(o[Q("start")]);
    b.end = whole(o[Q("end")]);
    b.result = o[Q("result")].toString();
    b.parameters = texts(o[Q("parameters")]);
    b.causes = o[Q("causes")].toArray();
    b.commit = o[Q("commit")].toString();
    b.branch = o[Q("branch")].toString();
    b.files = list(o[Q("files")]);
    b.changed = list(o[Q("changed")]);
    b.head = unpacked(o[Q("head")]);
    b.tail = unpacked(o[Q("tail")]);
    b.answeredBy = o[Q("answeredBy")].toString();
    b.tests = o[Q("tests")].toInt();
    b.failed = o[Q("failed")].toInt();
    b.skipped = o[Q("skipped")].toInt();
    b.coverage = o[Q("coverage")].toDouble(-1);
    b.stubborn = o[Q("stubborn")].toInt();
    for (const QJsonValue &value : o[Q("stages")].toArray()) {
        JenkinsStage stage;
        stage.id = value[Q("id")].toInt();
        stage.spec.name = value[Q("name")].toString();
        stage.spec.service = value[Q("service")].toString();
        stage.spec.parallel = value[Q("parallel")].toString();
        stage.spec.input = value[Q("input")].toBool();
        stage.status = value[Q("status")].toString();
        stage.start = whole(value[Q("start")]);
        stage.ms = whole(value[Q("ms")]);
        stage.log = unpacked(value[Q("log")]);
        stage.error = value[Q("error")].toString();
        stage.fails = value[Q("fails")].toBool();
        b.stages.push_back(stage);
    }
    return b;
}

} // namespace

QJsonObject Jenkins::control(const QString &verb, const QJsonObject &details) {
    const QString path = details[Q("job")].toString();
    if (verb == Q("settings")) {
        for (auto it = details.begin(); it != details.end(); ++it)
            m_settings.insert(it.key(), it.value());
        return m_settings;
    }
    if (verb == Q("hold")) {
        m_settings.insert(s("hold"), details[Q("seconds")]);
        return {{Q("ok"), true}};
    }
    if (verb == Q("logout")) { // sessions end, crumbs with them
        m_sessions.clear();
        return {{Q("ok"), true}};
    }
    if (verb == Q("break-service") || verb == Q("mend-service")) {
        if (verb[0] == QLatin1Char('b'))
            m_broken.insert(details[Q("service")].toString());
        else
            m_broken.remove(details[Q("service")].toString());
        return {{Q("ok"), true}};
    }
    if (verb == Q("push")) {
        QJsonArray items;
        const QString branch = details[Q("branch")].toString(s("main")), by = details[Q("by")].toString(s("ada"));
        const QJsonArray causes{QJsonObject{{Q("_class"), s("com.cloudbees.jenkins.GitHubPushCause")}, {Q("shortDescription"), s("Started by GitHub push by ") + by}}};
        for (const auto &[name, job] : m_jobs)
            if (job.kind == Q("pipeline") && job.branch == branch && QString(job.repository).remove(Q(".git")) == details[Q("repository")].toString().remove(Q(".git"))) {
                QMap<QString, QString> standard;
                for (const JenkinsParameter &p : job.parameters)
                    standard.insert(p.name, p.standard);
                items.append(double(enqueue(name, standard, causes, details[Q("commit")].toString(), list(details[Q("files")])).first));
            }
        advance(m_now);
        return {{Q("queued"), items}};
    }
    const auto found = m_jobs.find(path);
    if (found == m_jobs.end())
        return QStringList{s("fail"), s("input"), s("big-log"), s("stubborn"), s("finish")}.contains(verb) ? QJsonObject{{Q("error"), s("There is no job “%1”.").arg(path)}} : StandIn::control(verb, details);
    JenkinsJob &job = found->second;
    if (verb == Q("fail")) {
        m_failing.insert(path, details[Q("stage")].toString());
        return {{Q("ok"), true}};
    }
    if (verb == Q("input")) { // a build that stands at its input by now
        if (job.inputId.isEmpty())
            return {{Q("error"), s("The job has no input.")}};
        qint64 before = 0;
        for (const JenkinsStageSpec &spec : job.stages) {
            if (spec.input)
                break;
            before += qint64(spec.seconds) * 1000;
        }
        JenkinsQueued item;
        item.id = m_nextQueue++;
        item.since = nowMs() - before;
        item.job = path;
        item.causes = QJsonArray{QJsonObject{{Q("_class"), s("hudson.triggers.TimerTrigger$TimerTriggerCause")}, {Q("shortDescription"), s("Started by timer")}}};
        for (const JenkinsParameter &p : job.parameters)
            item.parameters.insert(p.name, p.standard);
        return {{Q("number"), begin(path, item, nowMs() - before).number}};
    }
    if (job.builds.empty())
        return {{Q("error"), s("The job has no build.")}};
    JenkinsBuild &last = job.builds.rbegin()->second;
    if (verb == Q("big-log")) {
        const QByteArray line("2026-01-01 00:00:00 INFO  räume auf: eine lange Zeile des Protokolls, die nichts Neues sagt\n");
        const qsizetype wanted = std::min<qsizetype>(qsizetype(details[Q("bytes")].toDouble()), 512 << 20);
        for (JenkinsStage &stage : last.stages)
            if (!stage.status.isEmpty() && stage.status != Q("NOT_EXECUTED")) { // into its first stage
                stage.log.reserve(stage.log.size() + wanted + line.size());
                for (qsizetype done = 0; done < wanted; done += line.size())
                    stage.log += line;
                return {{Q("number"), last.number}, {Q("bytes"), double(visibleLog(last).size())}};
            }
        return {{Q("error"), s("No stage of the last build has begun.")}};
    }
    if (verb == Q("stubborn")) {
        last.stubborn = details[Q("times")].toInt(1);
        return {{Q("number"), last.number}};
    }
    if (verb == Q("finish")) { // what runs is over now; an input stays
        for (JenkinsStage &stage : last.stages)
            if (stage.status.isEmpty() || stage.status == Q("IN_PROGRESS"))
                stage.ms = 0;
        if (last.end == 0)
            proceed(job, last, nowMs());
        return {{Q("number"), last.number}, {Q("result"), last.result}};
    }
    return StandIn::control(verb, details);
}

QJsonObject Jenkins::state() const {
    QJsonObject jobs;
    for (const auto &[path, job] : m_jobs) {
        QJsonArray builds;
        for (const auto &[number, build] : job.builds)
            builds.append(json(build));
        jobs.insert(path, QJsonObject{{Q("next"), job.nextNumber}, {Q("commit"), job.lastCommit}, {Q("files"), QJsonArray::fromStringList(job.lastFiles)}, {Q("builds"), builds}});
    }
    QJsonArray queue;
    for (const auto &[id, item] : m_queue)
        queue.append(QJsonObject{{Q("id"), double(id)}, {Q("since"), double(item.since)}, {Q("due"), double(item.due)}, {Q("job"), item.job}, {Q("why"), item.why}, {Q("parameters"), json(item.parameters)}, {Q("causes"), item.causes}, {Q("commit"), item.commit}, {Q("files"), QJsonArray::fromStringList(item.files)},
                                 {Q("cancelled"), item.cancelled}, {Q("number"), item.number}, {Q("leftAt"), double(item.leftAt)}});
    return {{Q("settings"), m_settings}, {Q("nextQueue"), double(m_nextQueue)}, {Q("broken"), QJsonArray::fromStringList(QStringList(m_broken.begin(), m_broken.end()))}, {Q("failing"), json(m_failing)}, {Q("jobs"), jobs}, {Q("queue"), queue}};
}

void Jenkins::restore(const QJsonObject &state) {
    m_seeded = true;
    const QJsonObject settings = state[Q("settings")].toObject();
    for (auto it = settings.begin(); it != settings.end(); ++it)
        m_settings.insert(it.key(), it.value());
    m_nextQueue = std::max<qint64>(1, whole(state[Q("nextQueue")]));
    const QStringList broken = list(state[Q("broken")]);
    m_broken = QSet<QString>(broken.begin(), broken.end());
    m_failing = texts(state[Q("failing")]);
    const QJsonObject jobs = state[Q("jobs")].toObject();
    for (auto &[path, job] : m_jobs) {
        const QJsonObject kept = jobs[path].toObject();
        if (kept.isEmpty())
            continue;
        job.nextNumber = kept[Q("next")].toInt(1);
        job.lastCommit = kept[Q("commit")].toString();
        job.lastFiles = list(kept[Q("files")]);
        job.builds.clear();
        for (const QJsonValue &value : kept[Q("builds")].toArray()) {
            const JenkinsBuild build = buildOf(value.toObject());
            job.builds[build.number] = build;
        }
    }
    m_queue.clear();
    for (const QJsonValue &value : state[Q("queue")].toArray()) {
        JenkinsQueued item;
        item.id = whole(value[Q("id")]);
        item.since = whole(value[Q("since")]);
        item.due = whole(value[Q("due")]);
        item.job = value[Q("job")].toString();
        item.why = value[Q("why")].toString();
        item.parameters = texts(value[Q("parameters")]);
        item.causes = value[Q("causes")].toArray();
        item.commit = value[Q("commit")].toString();
        item.files = list(value[Q("files")]);
        item.cancelled = value[Q("cancelled")].toBool();
        item.number = value[Q("number")].toInt();
        item.leftAt = whole(value[Q("leftAt")]);
        if (m_jobs.count(item.job))
            m_queue[item.id] = item;
    }
}

} // namespace pilothouse::estate

// SPDX-License-Identifier: GPL-3.0-or-later
// Routes of one build: its object, log, end, and its input.
#include "app/estate/jenkins.h"

#include <QJsonDocument>
#include <QUrl>

namespace pilothouse::estate {

using Q = QLatin1String;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

Answer nothing() { return jenkinsPage(404, s("Error 404 Not Found"), s("The requested resource is not available.")); }

/// What hudson.model.Failure becomes.
Answer failure(const QString &what) { return jenkinsPage(400, s("Error"), what); }

} // namespace

QJsonObject Jenkins::buildObject(const Call &call, const QString &path, const JenkinsBuild &build) const {
    const JenkinsJob &job = m_jobs.at(path);
    QJsonArray actions{QJsonObject{{Q("_class"), s("hudson.model.CauseAction")}, {Q("causes"), build.causes}}};
    QJsonArray parameters;
    for (const JenkinsParameter &p : job.parameters) {
        QJsonObject value{{Q("_class"), s("hudson.model.StringParameterValue")}, {Q("name"), p.name}};
        if (p.type == Q("password") || p.type == Q("credentials")) // never told
            value.insert(Q("_class"), p.type == Q("password") ? s("hudson.model.PasswordParameterValue") : s("com.cloudbees.plugins.credentials.CredentialsParameterValue"));
        else if (p.type == Q("boolean"))
            value.insert(Q("value"), build.parameters.value(p.name, p.standard) == Q("true"));
        else
            value.insert(Q("value"), build.parameters.value(p.name, p.standard));
        parameters.append(value);
    }
    if (!parameters.isEmpty())
        actions.append(QJsonObject{{Q("_class"), s("hudson.model.ParametersAction")}, {Q("parameters"), parameters}});
    const QJsonObject revision{{Q("SHA1"), build.commit}, {Q("branch"), QJsonArray{QJsonObject{{Q("SHA1"), build.commit}, {Q("name"), s("refs/remotes/origin/") + build.branch}}}}};
    actions.append(QJsonObject{{Q("_class"), s("hudson.plugins.git.util.BuildData")}, {Q("lastBuiltRevision"), revision}, {Q("remoteUrls"), QJsonArray{job.repository}}});
    if (build.tests > 0 && build.end > 0)
        actions.append(QJsonObject{{Q("_class"), s("hudson.tasks.junit.TestResultAction")}, {Q("failCount"), build.failed}, {Q("skipCount"), build.skipped}, {Q("totalCount"), build.tests}, {Q("urlName"), s("testReport")}});
    if (build.coverage >= 0 && build.end > 0)
        actions.append(QJsonObject{{Q("_class"), s("io.jenkins.plugins.coverage.metrics.steps.CoverageBuildAction")}, {Q("urlName"), s("coverage")}});
    const QString url = jobUrl(call, path) + QString::number(build.number) + QLatin1Char('/');
    return {{Q("_class"), s("org.jenkinsci.plugins.workflow.job.WorkflowRun")}, {Q("actions"), actions}, {Q("artifacts"), QJsonArray()}, {Q("building"), build.end == 0}, {Q("inProgress"), build.end == 0}, {Q("description"), QJsonValue()},
            {Q("displayName"), s("#%1").arg(build.number)}, {Q("fullDisplayName"), QString(path).replace(Q("/"), s(" » ")) + s(" #%1").arg(build.number)}, {Q("id"), QString::number(build.number)}, {Q("number"), build.number},
            {Q("duration"), double(build.end == 0 ? 0 : build.end - build.start)}, {Q("estimatedDuration"), 240000}, {Q("keepLog"), false}, {Q("queueId"), double(build.queueId)}, {Q("result"), build.end == 0 ? QJsonValue() : QJsonValue(build.result)},
            {Q("timestamp"), double(build.start)}, {Q("url"), url}, {Q("changeSets"), QJsonArray()}, {Q("fingerprint"), QJsonArray()}, {Q("culprits"), QJsonArray()}};
}

Answer Jenkins::buildRoute(const Asked &asked, const QString &path, JenkinsJob &job, JenkinsBuild &build, const QStringList &rest) {
    const QString first = rest.value(0);
    const bool api = rest.value(1) == Q("api") && rest.value(2) == Q("json");
    if (first == Q("api") && rest.value(1) == Q("json"))
        return object(asked, buildObject(asked.call, path, build));
    if (first == Q("logText") && rest.value(1) == Q("progressiveText"))
        return progressive(asked, visibleLog(build), build.end == 0);
    if (first == Q("consoleText"))
        return Answer::text(visibleLog(build));
    if (first == Q("testReport") && api && build.tests > 0 && build.end > 0)
        return object(asked, {{Q("_class"), s("hudson.tasks.junit.TestResult")}, {Q("failCount"), build.failed}, {Q("passCount"), build.tests - build.failed - build.skipped}, {Q("skipCount"), build.skipped}, {Q("empty"), false}});
    if (first == Q("coverage") && api && build.coverage >= 0 && build.end > 0)
        return object(asked, {{Q("_class"), s("io.jenkins.plugins.coverage.metrics.restapi.CoverageApi")}, {Q("projectStatistics"), QJsonObject{{Q("line"), s("%1%").arg(build.coverage, 0, 'f', 2)}, {Q("branch"), s("%1%").arg(build.coverage - 4, 0, 'f', 2)}}}});
    if (first == Q("stop") || first == Q("term") || first == Q("kill"))
        return stop(asked, build, first == Q("stop") ? 0 : first == Q("term") ? 1 : 2);
    if (first == Q("input"))
        return input(asked, path, job, build, rest.mid(1));
    if ((first == Q("wfapi") || first == Q("execution")) && m_settings.value(Q("stageView")).toBool())
        return stageView(asked, path, job, build, rest);
    if (first == Q("stages") && m_settings.value(Q("graphView")).toBool())
        return graphView(asked, path, job, build, rest.mid(1));
    return nothing();
}

/// Offsets are bytes; a start beyond the end gives the log from its beginning (LargeText).
Answer Jenkins::progressive(const Asked &asked, const QByteArray &log, bool more) const {
    qint64 start = asked.call.query.queryItemValue(s("start")).toLongLong();
    if (start < 0 || start > log.size())
        start = 0;
    Answer out = Answer::text(log.mid(start), 200, "text/plain;charset=utf-8");
    out.headers.emplace_back("X-Text-Size", QByteArray::number(log.size()));
    if (more) // absent when all is told, never "false"
        out.headers.emplace_back("X-More-Data", "true");
    return out;
}

Answer Jenkins::stop(const Asked &asked, JenkinsBuild &build, int force) {
    if (asked.call.method != "POST")
        return jenkinsPage(405, s("Form post required"), s("This URL requires POST."));
    if (build.end == 0 && force >= build.stubborn) {
        QByteArray said = "Aborted by " + asked.user.toUtf8() + "\n";
        if (force == 2)
            said = "Hard kill!\n";
        for (JenkinsStage &stage : build.stages)
            if (stage.status == Q("IN_PROGRESS") || stage.status == Q("PAUSED_PENDING_INPUT")) {
                stage.log = visibleStageLog(stage) + said;
                stage.ms = nowMs() - stage.start;
                stage.status = s("ABORTED");
            }
        finish(build, s("ABORTED"), nowMs());
    }
    Answer out = Answer::text({}, 302, "text/html");
    out.headers.emplace_back("Location", (base(asked.call) + asked.path.mid(1).section(QLatin1Char('/'), 0, -2) + QLatin1Char('/')).toUtf8());
    return out;
}

Answer Jenkins::input(const Asked &asked, const QString &path, JenkinsJob &job, JenkinsBuild &build, const QStringList &rest) {
    Q_UNUSED(path);
    const QString id = QUrl::fromPercentEncoding(rest.value(0).toLatin1()), verb = rest.value(1);
    if (job.inputId.isEmpty() || id != job.inputId)
        return nothing();
    if (asked.call.method != "POST")
        return jenkinsPage(405, s("Form post required"), s("This URL requires POST."));
    if (!paused(build)) // a race: someone was faster (3.2)
        return build.answeredBy.isEmpty() ? nothing() : failure(s("This input has been already given"));
    const QStringList allowed = job.submitter.split(QLatin1Char(','), Qt::SkipEmptyParts);
    const bool may = allowed.isEmpty() || allowed.contains(asked.user) || asked.user == Q("admin");
    QMap<QString, QString> values;
    const QByteArray json = asked.call.form().queryItemValue(s("json"), QUrl::FullyDecoded).toUtf8();
    for (const QJsonValue &one : QJsonDocument::fromJson(json).object().value(Q("parameter")).toArray())
        values.insert(one[Q("name")].toString(), one[Q("value")].toVariant().toString());
    bool yes = verb == Q("proceed") || verb == Q("proceedEmpty");
    // `submit` looks for a field "proceed"; without it, it rejects, and answers as if all were well (3.2).
    if (verb == Q("submit"))
        yes = asked.call.form().hasQueryItem(s("proceed"));
    else if (!yes && verb != Q("abort"))
        return nothing();
    if (yes && !may)
        return failure(s("You need to be %1 to submit this.").arg(job.submitter));
    if (yes && verb != Q("proceedEmpty"))
        for (const JenkinsParameter &p : job.inputParameters)
            if (p.type == Q("choice") && values.contains(p.name) && !p.choices.contains(values.value(p.name)))
                return failure(s("Illegal choice for parameter %1: %2").arg(p.name, values.value(p.name)));
    answerInput(job, build, asked.user, yes, verb == Q("proceedEmpty") ? QMap<QString, QString>() : values); // Job/Cancel alone allows abort
    if (verb != Q("submit"))
        return Answer::text({}, 200, "text/html");
    Answer out = Answer::text({}, 302, "text/html");
    out.headers.emplace_back("Location", "../../console");
    return out;
}

} // namespace pilothouse::estate

// SPDX-License-Identifier: GPL-3.0-or-later
// Routes of Jenkins beside those of one build: jobs, starting, the queue.
#include "app/estate/jenkins.h"

#include <QUrl>

namespace pilothouse::estate {

using Q = QLatin1String;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }
QString plain(const QString &part) { return QUrl::fromPercentEncoding(part.toLatin1()); }

const QHash<QString, QString> definitions{{s("string"), s("StringParameterDefinition")}, {s("text"), s("TextParameterDefinition")}, {s("choice"), s("ChoiceParameterDefinition")},
    {s("boolean"), s("BooleanParameterDefinition")}, {s("password"), s("PasswordParameterDefinition")}, {s("credentials"), s("CredentialsParameterDefinition")}};

QJsonObject definition(const JenkinsParameter &p) {
    const QString type = definitions.value(p.type);
    const QString package = p.type == Q("credentials") ? s("com.cloudbees.plugins.credentials.") : s("hudson.model.");
    QJsonObject value{{Q("_class"), package + QString(type).replace(Q("Definition"), Q("Value"))}, {Q("name"), p.name}};
    if (p.type == Q("boolean"))
        value.insert(Q("value"), p.standard == Q("true"));
    else if (p.type != Q("password") && p.type != Q("credentials")) // neither is told
        value.insert(Q("value"), p.standard);
    QJsonObject out{{Q("_class"), package + type}, {Q("name"), p.name}, {Q("type"), type}, {Q("description"), p.description}, {Q("defaultParameterValue"), value}};
    if (p.type == Q("choice"))
        out.insert(Q("choices"), QJsonArray::fromStringList(p.choices));
    return out;
}

} // namespace

Jenkins::Jenkins() {
    m_settings = {{Q("contextPath"), QString()}, {Q("loginPage"), false}, {Q("anonymous"), false}, {Q("merged"), 200}, {Q("graphView"), true}, {Q("stageView"), true}, {Q("requireCrumb"), true}, {Q("hold"), 5}};
    addJobs();
}

QString Jenkins::base(const Call &call) const { return s("http://") + call.host() + m_settings.value(Q("contextPath")).toString() + QLatin1Char('/'); }

QString Jenkins::relative(const QString &path) const {
    QString out = m_settings.value(Q("contextPath")).toString();
    for (const QString &part : path.split(QLatin1Char('/')))
        out += s("/job/") + QString::fromLatin1(QUrl::toPercentEncoding(part));
    return out;
}

QString Jenkins::jobUrl(const Call &call, const QString &path) const { return s("http://") + call.host() + relative(path) + QLatin1Char('/'); }

Answer Jenkins::object(const Asked &asked, const QJsonObject &whole) const {
    const QString tree = asked.call.query.queryItemValue(s("tree"), QUrl::FullyDecoded);
    Answer out = Answer::json(tree.isEmpty() ? whole : jenkinsTree(whole, tree));
    out.headers.emplace_back("X-Jenkins", m_settings.value(Q("merged")).toInt() == 303 ? "2.346.3" : "2.479.1");
    return out;
}

Answer Jenkins::answer(const Call &call) {
    Asked asked{call, call.path, {}, false};
    const QString context = m_settings.value(Q("contextPath")).toString();
    if (!context.isEmpty()) {
        if (!call.path.startsWith(context + QLatin1Char('/')))
            return jenkinsPage(404, s("Error 404 Not Found"), s("Not Found"));
        asked.path = call.path.mid(context.size());
    }
    if (auto no = refusal(call, asked))
        return *no;
    return route(asked);
}

Answer Jenkins::route(const Asked &asked) {
    const QStringList parts = asked.path.split(QLatin1Char('/'), Qt::SkipEmptyParts);
    const bool api = parts.size() >= 2 && parts[parts.size() - 2] == Q("api") && parts.last() == Q("json");
    if (api && parts.size() == 2)
        return object(asked, {{Q("_class"), s("hudson.model.Hudson")}, {Q("mode"), s("NORMAL")}, {Q("nodeDescription"), s("the Jenkins controller's built-in node")}, {Q("useCrumbs"), true}, {Q("url"), base(asked.call)}, {Q("quietingDown"), false},
                              {Q("jobs"), childJobs(asked.call, {}, asked.call.query.hasQueryItem(s("tree")) ? 10 : 0)}});
    if (api && parts[0] == Q("crumbIssuer"))
        return crumb(asked);
    if (api && (parts[0] == Q("me") || parts[0] == Q("whoAmI")))
        return object(asked, {{Q("_class"), s("hudson.security.WhoAmI")}, {Q("id"), asked.user}, {Q("name"), asked.user.isEmpty() ? s("anonymous") : asked.user}, {Q("anonymous"), asked.user.isEmpty()}, {Q("authenticated"), !asked.user.isEmpty()}, {Q("authorities"), QJsonArray{s("authenticated")}}});
    if (parts.value(0) == Q("queue"))
        return queueRoute(asked, parts.mid(1));
    QString path;
    int at = 0;
    while (parts.value(at) == Q("job") && at + 1 < parts.size()) {
        path += (path.isEmpty() ? QString() : s("/")) + plain(parts[at + 1]);
        at += 2;
    }
    if (path.isEmpty() || !m_jobs.count(path))
        return jenkinsPage(404, s("Error 404 Not Found"), s("The requested resource is not available."));
    return jobRoute(asked, path, parts.mid(at));
}

Answer Jenkins::jobRoute(const Asked &asked, const QString &path, const QStringList &rest) {
    JenkinsJob &job = m_jobs[path];
    const QString first = rest.value(0);
    if (first == Q("api") && rest.value(1) == Q("json"))
        return object(asked, jobObject(asked.call, path, asked.call.query.hasQueryItem(s("tree")) ? 10 : 1));
    if (first == Q("config.xml") && asked.call.method == "GET") {
        if (asked.user != Q("admin")) // Job/ExtendedRead
            return jenkinsPage(403, s("Error 403 Forbidden"), s("%1 is missing the Job/ExtendedRead permission").arg(asked.user));
        const QString triggers = job.cron.isEmpty() ? QString() : s("<org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty><triggers><hudson.triggers.TimerTrigger><spec>%1</spec></hudson.triggers.TimerTrigger></triggers></org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty>").arg(job.cron.toHtmlEscaped());
        return Answer::text(s("<?xml version='1.1' encoding='UTF-8'?>\n<flow-definition plugin=\"workflow-job\"><properties>%1</properties></flow-definition>").arg(triggers).toUtf8(), 200, "application/xml");
    }
    if (job.kind != Q("pipeline"))
        return jenkinsPage(404, s("Error 404 Not Found"), s("The requested resource is not available."));
    if (first == Q("build") || first == Q("buildWithParameters"))
        return start(asked, path, job, first == Q("buildWithParameters"));
    if (first == Q("wfapi") && m_settings.value(Q("stageView")).toBool() && rest.value(1) == Q("runs")) {
        QJsonArray runs;
        for (auto it = job.builds.rbegin(); it != job.builds.rend() && runs.size() < 10; ++it) // RunListExt: at most ten
            runs.append(runView(path, it->second));
        return Answer::json(runs);
    }
    bool number = false;
    int wanted = first.toInt(&number);
    if (first == Q("lastBuild") && !job.builds.empty()) {
        number = true;
        wanted = job.builds.rbegin()->first;
    }
    const auto found = job.builds.find(wanted);
    if (!number || found == job.builds.end())
        return jenkinsPage(404, s("Error 404 Not Found"), s("The requested resource is not available."));
    return buildRoute(asked, path, job, found->second, rest.mid(1));
}

Answer Jenkins::start(const Asked &asked, const QString &path, JenkinsJob &job, bool withParameters) {
    if (asked.call.method != "POST")
        return jenkinsPage(405, s("Form post required"), s("You must use POST method to trigger builds."));
    if (!withParameters && !job.parameters.empty()) // ParameterizedJobMixIn: it shows the form instead
        return jenkinsPage(400, s("Error 400 Bad Request"), s("Nothing is submitted"));
    if (withParameters && job.parameters.empty())
        return jenkinsPage(500, s("Oops! A problem occurred while processing the request."), s("java.lang.IllegalStateException: This build is not parameterized!"));
    QMap<QString, QString> values;
    const QUrlQuery form = asked.call.form();
    for (const JenkinsParameter &p : job.parameters) {
        QString value = p.standard;
        if (form.hasQueryItem(p.name))
            value = form.queryItemValue(p.name, QUrl::FullyDecoded);
        else if (asked.call.query.hasQueryItem(p.name))
            value = asked.call.query.queryItemValue(p.name, QUrl::FullyDecoded);
        if (p.type == Q("choice") && !p.choices.contains(value))
            return jenkinsPage(400, s("Error 400 Bad Request"), s("Illegal choice for parameter %1: %2").arg(p.name, value));
        values.insert(p.name, value);
    }
    const QJsonArray causes{QJsonObject{{Q("_class"), s("hudson.model.Cause$UserIdCause")}, {Q("shortDescription"), s("Started by user ") + asked.user}, {Q("userId"), asked.user}, {Q("userName"), asked.user}}};
    const auto [id, merged] = enqueue(path, values, causes, {}, {});
    // An identical request that waits already: 303 on older cores, 200 since jenkinsci/jenkins #9446 (3.2).
    Answer out = Answer::text({}, merged ? m_settings.value(Q("merged")).toInt(200) : 201);
    out.headers.emplace_back("Location", (base(asked.call) + s("queue/item/%1/").arg(id)).toUtf8());
    return out;
}

Answer Jenkins::queueRoute(const Asked &asked, const QStringList &rest) {
    if (rest.value(0) == Q("api")) {
        QJsonArray items;
        for (const auto &[id, item] : m_queue)
            if (item.leftAt == 0)
                items.prepend(queueObject(asked.call, item));
        return object(asked, {{Q("_class"), s("hudson.model.Queue")}, {Q("items"), items}});
    }
    if (rest.value(0) == Q("cancelItem") && asked.call.method == "POST") {
        const auto found = m_queue.find(asked.call.query.queryItemValue(s("id")).toLongLong());
        if (found == m_queue.end() || found->second.leftAt > 0)
            return jenkinsPage(404, s("Error 404 Not Found"), s("Not Found"));
        found->second.cancelled = true;
        found->second.leftAt = nowMs();
        return Answer::text({}, 204);
    }
    const auto found = m_queue.find(rest.value(1).toLongLong());
    if (rest.value(0) != Q("item") || found == m_queue.end() || rest.value(2) != Q("api")) // the address of Location itself is a 404 (3.2)
        return jenkinsPage(404, s("Error 404 Not Found"), s("Not Found"));
    return object(asked, queueObject(asked.call, found->second));
}

QJsonObject Jenkins::queueObject(const Call &call, const JenkinsQueued &item) const {
    QJsonObject out{{Q("_class"), item.leftAt > 0 ? s("hudson.model.Queue$LeftItem") : s("hudson.model.Queue$WaitingItem")}, {Q("id"), double(item.id)}, {Q("inQueueSince"), double(item.since)}, {Q("blocked"), false}, {Q("buildable"), false}, {Q("stuck"), false},
                    {Q("url"), s("queue/item/%1/").arg(item.id)}, {Q("why"), item.leftAt > 0 ? QJsonValue() : QJsonValue(item.why)},
                    {Q("task"), QJsonObject{{Q("_class"), s("org.jenkinsci.plugins.workflow.job.WorkflowJob")}, {Q("name"), item.job.section(QLatin1Char('/'), -1)}, {Q("url"), jobUrl(call, item.job)}}}};
    QJsonArray parameters;
    const JenkinsJob &job = m_jobs.at(item.job);
    for (const JenkinsParameter &p : job.parameters)
        if (p.type != Q("password") && p.type != Q("credentials"))
            parameters.append(QJsonObject{{Q("_class"), s("hudson.model.StringParameterValue")}, {Q("name"), p.name}, {Q("value"), item.parameters.value(p.name)}});
    out.insert(Q("actions"), QJsonArray{QJsonObject{{Q("_class"), s("hudson.model.ParametersAction")}, {Q("parameters"), parameters}}, QJsonObject{{Q("_class"), s("hudson.model.CauseAction")}, {Q("causes"), item.causes}}});
    if (item.leftAt > 0)
        out.insert(Q("cancelled"), item.cancelled);
    if (item.number > 0)
        out.insert(Q("executable"), QJsonObject{{Q("_class"), s("org.jenkinsci.plugins.workflow.job.WorkflowRun")}, {Q("number"), item.number}, {Q("url"), jobUrl(call, item.job) + QString::number(item.number) + QLatin1Char('/')}});
    return out;
}

QJsonArray Jenkins::childJobs(const Call &call, const QString &path, int depth) const {
    QJsonArray out;
    for (const auto &[child, job] : m_jobs)
        if (child.contains(QLatin1Char('/')) ? child.section(QLatin1Char('/'), 0, -2) == path : path.isEmpty())
            out.append(jobObject(call, child, depth));
    return out;
}

QJsonObject Jenkins::jobObject(const Call &call, const QString &path, int depth) const {
    const JenkinsJob &job = m_jobs.at(path);
    const QString name = path.section(QLatin1Char('/'), -1), url = jobUrl(call, path);
    if (job.kind != Q("pipeline")) {
        QJsonObject out{{Q("_class"), job.kind == Q("folder") ? s("com.cloudbees.hudson.plugins.folder.Folder") : s("org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject")}, {Q("name"), name}, {Q("url"), url}};
        if (depth > 0) {
            out.insert(Q("fullName"), path);
            out.insert(Q("jobs"), childJobs(call, path, depth - 1));
        }
        return out;
    }
    QString color = s("notbuilt");
    if (!job.builds.empty()) { // the colour of the last one that ended; a running one adds _anime
        for (const auto &[number, build] : job.builds)
            if (build.end > 0)
                color = build.result == Q("SUCCESS") ? s("blue") : build.result == Q("UNSTABLE") ? s("yellow") : build.result == Q("ABORTED") ? s("aborted") : s("red");
        if (job.builds.rbegin()->second.end == 0)
            color += s("_anime");
    }
    QJsonObject out{{Q("_class"), s("org.jenkinsci.plugins.workflow.job.WorkflowJob")}, {Q("name"), name}, {Q("url"), url}, {Q("color"), color}};
    if (depth == 0)
        return out;
    QJsonArray builds, definitions;
    const bool whole = depth > 1; // with tree=: what it names; else only number and url, as at depth 0
    for (auto it = job.builds.rbegin(); it != job.builds.rend(); ++it)
        builds.append(whole ? buildObject(call, path, it->second) : QJsonObject{{Q("_class"), s("org.jenkinsci.plugins.workflow.job.WorkflowRun")}, {Q("number"), it->first}, {Q("url"), url + QString::number(it->first) + QLatin1Char('/')}});
    for (const JenkinsParameter &p : job.parameters)
        definitions.append(definition(p));
    QJsonArray property;
    if (!definitions.isEmpty())
        property.append(QJsonObject{{Q("_class"), s("hudson.model.ParametersDefinitionProperty")}, {Q("parameterDefinitions"), definitions}});
    bool queued = false;
    for (const auto &[id, item] : m_queue)
        queued = queued || (item.job == path && item.leftAt == 0);
    out.insert(Q("fullName"), path);
    out.insert(Q("displayName"), plain(name)); // of a branch: its real name
    out.insert(Q("fullDisplayName"), QString(path).replace(Q("/"), s(" » ")));
    out.insert(Q("description"), QJsonValue());
    out.insert(Q("buildable"), true);
    out.insert(Q("inQueue"), queued);
    out.insert(Q("nextBuildNumber"), job.nextNumber);
    out.insert(Q("concurrentBuild"), false);
    out.insert(Q("property"), property);
    out.insert(Q("builds"), builds);
    out.insert(Q("allBuilds"), builds);
    out.insert(Q("lastBuild"), builds.isEmpty() ? QJsonValue() : builds.first());
    for (const char *kind : {"lastCompletedBuild", "lastSuccessfulBuild", "lastFailedBuild"}) {
        QJsonValue value;
        int i = 0;
        for (auto it = job.builds.rbegin(); it != job.builds.rend() && value.isNull(); ++it, ++i)
            if (it->second.end > 0 && (kind[4] == 'C' || (kind[4] == 'S') == (it->second.result == Q("SUCCESS"))))
                value = builds.at(i);
        out.insert(s(kind), value);
    }
    return out;
}

} // namespace pilothouse::estate

// SPDX-License-Identifier: GPL-3.0-or-later
// Starting and ending of runs (jenkins_service.h). Each write is sent once.
#include "core/base/redact.h"
#include "core/pipelines/jenkins_service.h"

#include <QJsonDocument>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>
#include <chrono>
#include <thread>

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

constexpr int tryEach = 250, tries = 12; ///< ms between looks, and how many, before a run that was told to terminate is killed

const QString pipelineJobs = QStringLiteral("/api/json?tree=_class,jobs%5Bname%5D");

} // namespace

Result<StartForm> JenkinsPipelines::form(const QString &pipeline) const {
    PH_ASSIGN(const Job job, jobOf(pipeline));
    StartForm form;
    form.parameters = job.parameters;
    if (!job.problem.isEmpty())
        form.note = QStringLiteral("The job is %1.").arg(job.problem);
    else if (job.parameters.empty() && job.kind.contains(Q("workflow"), Qt::CaseInsensitive))
        form.note = QStringLiteral("A pipeline tells its parameters with its first build.");
    const QString parent = pipeline.contains(QLatin1Char('/')) ? pipeline.section(QLatin1Char('/'), 0, -2) : QString();
    if (!parent.isEmpty())
        if (const auto folder = m_api.object(JenkinsApi::jobPath(parent) + pipelineJobs); folder && folder->value(Q("_class")).toString().contains(Q("MultiBranch"))) {
            const QString own = QUrl::fromPercentEncoding(pipeline.section(QLatin1Char('/'), -1).toUtf8());
            form.refs += own;
            for (const QJsonValue &branch : folder->value(Q("jobs")).toArray())
                if (const QString name = QUrl::fromPercentEncoding(branch[Q("name")].toString().toUtf8()); name != own)
                    form.refs += name;
        }
    return form;
}

/// A value as Jenkins takes it in a form.
Result<QString> JenkinsPipelines::parameterText(const Parameter &parameter, const QJsonValue &value) const {
    switch (parameter.kind) {
    case Parameter::Kind::Secret: {
        if (!m_c.secret)
            return refused(QStringLiteral("No secret store is open for the parameter “%1”.").arg(parameter.name), source());
        const auto secret = m_c.secret(value.toString());
        if (!secret) // of our own kind: a keychain that is away is no reply of Jenkins that was lost
            return refused(QStringLiteral("The secret “%1” for the parameter “%2” cannot be read: %3").arg(value.toString(), parameter.name, secret.error().what), source(),
                           secret.error().hint.isEmpty() ? QStringLiteral("Keep it: pilot secrets set %1.").arg(value.toString()) : secret.error().hint);
        hideInTexts(*secret);
        return *secret;
    }
    case Parameter::Kind::File: return refused(QStringLiteral("The parameter “%1” is a file, which cannot be sent from here.").arg(parameter.name), source(), QStringLiteral("Start the run in Jenkins."));
    case Parameter::Kind::Boolean: {
        const QString text = value.isBool() ? (value.toBool() ? QStringLiteral("true") : QStringLiteral("false")) : value.toString().toLower();
        if (text != Q("true") && text != Q("false"))
            return invalid(QStringLiteral("“%1” is no value of %2.").arg(value.toVariant().toString(), parameter.name), source(), QStringLiteral("Write true or false."));
        return text;
    }
    case Parameter::Kind::Choice:
        if (const QString text = value.toVariant().toString(); !parameter.choices.isEmpty() && !parameter.choices.contains(text))
            return invalid(QStringLiteral("“%1” is none of the choices of %2.").arg(text, parameter.name), source(), QStringLiteral("Choose of: %1.").arg(parameter.choices.join(QStringLiteral(", "))));
        [[fallthrough]];
    default: return value.toVariant().toString();
    }
}

Result<QString> JenkinsPipelines::startRun(const StartRequest &request) {
    QString name = request.pipeline;
    if (!request.ref.isEmpty() && QUrl::fromPercentEncoding(name.section(QLatin1Char('/'), -1).toUtf8()) != request.ref) {
        const QString parent = name.contains(QLatin1Char('/')) ? name.section(QLatin1Char('/'), 0, -2) : QString();
        const auto folder = m_api.object(JenkinsApi::jobPath(parent) + pipelineJobs);
        if (!folder && folder.error().kind != ErrorKind::NotFound)
            return folder.error();
        if (folder && folder->value(Q("_class")).toString().contains(Q("MultiBranch")))
            name = parent + QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(request.ref));
        else if (!request.refIfOffered)
            return refused(QStringLiteral("“%1” has no branches to choose from.").arg(name), source(), QStringLiteral("Only a job of a multibranch project is started for another branch; others take it as a parameter."));
    }
    PH_ASSIGN(const Job job, jobOf(name));
    if (!job.problem.isEmpty())
        return refused(QStringLiteral("“%1” cannot be started: it is %2.").arg(name, job.problem), source(), QStringLiteral("Switch the job on in Jenkins."));
    JenkinsForm form;
    for (auto it = request.parameters.begin(); it != request.parameters.end(); ++it) {
        const auto known = std::find_if(job.parameters.begin(), job.parameters.end(), [&](const Parameter &one) { return one.name == it.key(); });
        if (known == job.parameters.end())
            return invalid(QStringLiteral("“%1” has no parameter “%2”.").arg(name, it.key()), source(),
                           job.parameters.empty() ? QStringLiteral("A pipeline tells its parameters with its first build: start it once without.") : QStringLiteral("pilot pipelines shows its form."));
        PH_ASSIGN(const QString text, parameterText(*known, it.value()));
        form.emplace_back(it.key(), text);
    }
    PH_ASSIGN(const net::Response reply, m_api.post(JenkinsApi::jobPath(name) + (job.parameters.empty() ? QStringLiteral("/build") : QStringLiteral("/buildWithParameters")), form));
    static const QRegularExpression place(QStringLiteral("/queue/item/(\\d+)"));
    const QRegularExpressionMatch found = place.match(QString::fromLatin1(reply.header("Location")));
    if (!found.hasMatch())
        return Error{ErrorKind::Refused, QStringLiteral("Jenkins took the start of “%1” and names no place in its queue.").arg(name), source(), QStringLiteral("Look at the job: a rule of its queue may refuse it."), QStringLiteral("HTTP %1").arg(reply.status)};
    const QString id = JenkinsId::ofItem(name, found.captured(1).toLongLong());
    // 201 is an item of its own. An equal one that waited already answers 303 (jenkinsci/jenkins #5615), since #9446 200: what runs may be somebody else's start.
    if (reply.status != 201) {
        const std::lock_guard lock(m_lock);
        m_merged.insert(id);
    }
    return id;
}

Result<void> JenkinsPipelines::cancel(const QString &run) {
    PH_ASSIGN(const JenkinsId id, idOf(run));
    if (id.number > 0) {
        PH_TRY(stillRuns(run));
        const Result<net::Response> reply = m_api.post(buildPath(id) + QStringLiteral("/stop"));
        return reply ? Result<void>() : reply.error();
    }
    PH_ASSIGN(const PipelineRun waiting, item(id));
    if (!waiting.became.isEmpty())
        return cancel(waiting.became);
    const Result<net::Response> reply = m_api.post(QStringLiteral("/queue/cancelItem?id=%1").arg(id.queue));
    if (!reply && reply.error().kind != ErrorKind::NotFound) // older ones answer 404 to what they did
        return reply.error();
    PH_ASSIGN(const PipelineRun after, item(id));
    if (after.state == State::Waiting)
        return reply ? Error{ErrorKind::Conflict, QStringLiteral("%1 still waits in the queue.").arg(run), source(), QStringLiteral("Does the user have the right Job/Cancel?"), {}} : reply.error();
    return {};
}

Result<void> JenkinsPipelines::cancelByForce(const QString &run) {
    PH_ASSIGN(JenkinsId id, idOf(run));
    if (id.number == 0) {
        PH_ASSIGN(const PipelineRun waiting, item(id));
        const auto build = JenkinsId::parse(waiting.became);
        if (!build)
            return cancel(run);
        id = *build;
    }
    const auto ended = [&]() -> Result<bool> {
        PH_ASSIGN(const QJsonObject build, m_api.object(buildPath(id) + QStringLiteral("/api/json?tree=building")));
        return !build.value(Q("building")).toBool();
    };
    // term asks the steps to give up, kill ends the run without them; what they began elsewhere may go on.
    for (const char *word : {"term", "kill"}) {
        const Result<net::Response> reply = m_api.post(buildPath(id) + QLatin1Char('/') + Q(word));
        if (!reply && reply.error().kind != ErrorKind::NotFound) // only pipelines know these
            return reply.error();
        if (!reply) {
            const Result<net::Response> stop = m_api.post(buildPath(id) + QStringLiteral("/stop"));
            return stop ? Result<void>() : stop.error();
        }
        for (int i = 0; i < tries; ++i) {
            PH_ASSIGN(const bool over, ended());
            if (over)
                return {};
            std::this_thread::sleep_for(std::chrono::milliseconds(tryEach));
        }
    }
    return Error{ErrorKind::Conflict, QStringLiteral("%1 was killed, and Jenkins still shows it as running.").arg(run), source(), QStringLiteral("Look at its agent; an administrator can end it in the script console."), {}};
}

Result<QString> JenkinsPipelines::rerun(const QString &run, bool onlyFailed) {
    if (onlyFailed)
        return cannot(QStringLiteral("run only what failed again; run it anew, or restart it from a stage in Jenkins"));
    PH_ASSIGN(const JenkinsId id, idOf(run));
    if (id.number == 0)
        return refused(QStringLiteral("%1 has not begun yet.").arg(run), source());
    PH_ASSIGN(const std::optional<QJsonObject> graph, graphView(id, QStringLiteral("tree"))); // is it there? A write does not try
    if (graph) {
        QString page;
        {
            const std::lock_guard lock(m_lock);
            page = m_graphPage;
        }
        const Result<net::Response> reply = m_api.post(buildPath(id) + QStringLiteral("/%1/doRerun").arg(page));
        if (!reply && reply.error().kind != ErrorKind::NotFound)
            return reply.error();
        if (reply) {
            const qint64 item = QJsonDocument::fromJson(reply->body).object().value(Q("data"))[Q("queueId")].toVariant().toLongLong();
            if (item > 0)
                return JenkinsId::ofItem(id.job, item);
            return Error{ErrorKind::Refused, QStringLiteral("Jenkins took the re-run of %1 and names no place in its queue.").arg(run), source(), QStringLiteral("Look at the job."), {}};
        }
    }
    PH_ASSIGN(const PipelineRun old, this->run(run));
    PH_ASSIGN(const Job job, jobOf(id.job));
    for (const Parameter &parameter : job.parameters)
        if (parameter.kind == Parameter::Kind::Secret || parameter.kind == Parameter::Kind::File)
            return refused(QStringLiteral("%1 was started with %2, which Jenkins does not give away.").arg(run, parameter.name), source(), QStringLiteral("Start the job anew, and name the secret again."));
    StartRequest again;
    again.pipeline = id.job;
    for (const Parameter &parameter : job.parameters) // those of today: one that is gone cannot be given
        if (old.parameters.contains(parameter.name))
            again.parameters.insert(parameter.name, old.parameters.value(parameter.name));
    return startRun(again);
}

} // namespace pilothouse::pipelines

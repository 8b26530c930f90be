// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/jenkins_pipelines.h"

#include "core/net/directory_token.h"
#include "core/pipelines/jenkins_service.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

using Q = QLatin1String;

Result<std::shared_ptr<PipelineService>> openJenkins(PipelineConnection connection) {
    const QString name = connection.connection.name, address = connection.connection.url;
    const QUrl url(address);
    if (address.isEmpty() || url.host().isEmpty() || !url.scheme().startsWith(Q("http")))
        return invalid(QStringLiteral("The connection “%1” does not say where Jenkins is.").arg(name), {}, QStringLiteral("Add url: https://host:port/jenkins to it, with the path under which Jenkins stands."));
    if (!connection.connection.secret.isEmpty() && !net::isSafeForSecrets(address))
        return invalid(QStringLiteral("The address of “%1” is not safe: its token would travel in the open.").arg(name), {}, QStringLiteral("Write it with https://, or reach Jenkins through a tunnel to this machine."));
    return std::shared_ptr<PipelineService>(std::make_shared<JenkinsPipelines>(std::move(connection)));
}

JenkinsPipelines::JenkinsPipelines(PipelineConnection connection) : m_c(std::move(connection)), m_api(m_c) {}

Capabilities JenkinsPipelines::can() const {
    Capabilities can;
    can.force = can.rerun = can.gates = can.schedules = can.outputs = true;
    return can;
}

int JenkinsPipelines::pollSeconds() const { return std::max(10, m_api.restSeconds()); }

Result<JenkinsId> JenkinsPipelines::idOf(const QString &id) const {
    if (const auto parsed = JenkinsId::parse(id))
        return *parsed;
    return notFound(QStringLiteral("“%1” is no run of Jenkins.").arg(id), source(), QStringLiteral("A run is written folder/job#42."));
}

QStringList JenkinsPipelines::wanted() const {
    static const QRegularExpression between(QStringLiteral("[\\n,]"));
    QStringList all;
    for (const QString &job : m_c.connection.other.value(QStringLiteral("jobs")).split(between, Qt::SkipEmptyParts))
        if (const QString name = job.trimmed().remove(QRegularExpression(QStringLiteral("^- *"))); !name.isEmpty())
            all += name;
    if (!all.isEmpty()) // what a model names is shown, also where the list leaves it out
        for (const QString &job : m_c.jobs)
            if (!all.contains(job))
                all += job;
    return all;
}

bool JenkinsPipelines::listed(const QString &job) const {
    const auto within = [&](const QString &one) { return job == one || job.startsWith(one + QLatin1Char('/')); };
    const QStringList jobs = wanted();
    if (!jobs.isEmpty())
        return std::any_of(jobs.begin(), jobs.end(), within);
    const QString folder = m_c.connection.other.value(QStringLiteral("folder"));
    return folder.isEmpty() || within(folder) || m_c.jobs.contains(job);
}

namespace {

QString tree(const QString &fields) { return QStringLiteral("/api/json?tree=") + QString::fromLatin1(QUrl::toPercentEncoding(fields, QByteArrayLiteral(","))); }

QString jobFields(const QString &builds) {
    return QStringLiteral("_class,name,fullName,displayName,color,buildable,disabled,property[_class,parameterDefinitions[_class,name,type,description,choices,defaultParameterValue[value]]]") +
           (builds.isEmpty() ? QString() : QLatin1Char(',') + builds);
}

/// Folders in folders, five deep: a multibranch project is one, its branches are jobs.
QString nested(const QString &builds, int depth) {
    return QStringLiteral("jobs[%1%2]").arg(jobFields(builds), depth > 1 ? QLatin1Char(',') + nested(builds, depth - 1) : QString());
}

} // namespace

void JenkinsPipelines::addJobs(std::vector<Job> &all, const QJsonArray &jobs, const QString &prefix, bool multibranch) const {
    for (const QJsonValue &value : jobs) {
        const QJsonObject object = value.toObject();
        Job job;
        job.name = object.value(Q("fullName")).toString(prefix + object.value(Q("name")).toString());
        job.kind = object.value(Q("_class")).toString();
        job.multibranch = multibranch;
        if (object.contains(Q("jobs"))) {
            addJobs(all, object.value(Q("jobs")).toArray(), job.name + QLatin1Char('/'), job.kind.contains(Q("MultiBranch")));
            continue;
        }
        if (!listed(job.name) || (!object.contains(Q("color")) && !object.contains(Q("buildable")) && !object.contains(Q("builds")) && job.kind.contains(Q("Folder"))))
            continue;
        if (object.value(Q("disabled")).toBool() || object.value(Q("color")).toString().startsWith(Q("disabled")))
            job.problem = QStringLiteral("switched off in Jenkins");
        else if (object.contains(Q("buildable")) && !object.value(Q("buildable")).toBool())
            job.problem = QStringLiteral("cannot be built: Jenkins says so");
        for (const QJsonValue &property : object.value(Q("property")).toArray())
            for (const QJsonValue &definition : property[Q("parameterDefinitions")].toArray())
                job.parameters.push_back(parameterOf(definition.toObject()));
        for (const char *list : {"builds", "allBuilds"})
            for (const QJsonValue &build : object.value(Q(list)).toArray())
                job.runs.push_back(runOfBuild(build.toObject(), job.name));
        all.push_back(std::move(job));
    }
}

Result<std::vector<JenkinsPipelines::Job>> JenkinsPipelines::readJobs(const QString &fields, std::stop_token token) const {
    std::vector<Job> all;
    QStringList jobs = wanted();
    // A few named jobs are asked for one by one: the tree of a large server costs it more than that.
    if (jobs.isEmpty() || jobs.size() > 3) {
        const QString folder = jobs.isEmpty() ? m_c.connection.other.value(QStringLiteral("folder")) : QString();
        PH_ASSIGN(const QJsonObject object, m_api.object(JenkinsApi::jobPath(folder) + tree(nested(fields, 5)), token));
        addJobs(all, object.value(Q("jobs")).toArray(), folder.isEmpty() ? QString() : folder + QLatin1Char('/'), false);
        jobs.clear();
        for (const QString &job : m_c.jobs) // of a model, outside of the folder
            if (!folder.isEmpty() && job != folder && !job.startsWith(folder + QLatin1Char('/')))
                jobs += job;
    }
    std::optional<Error> first;
    for (const QString &job : jobs) {
        const Result<QJsonObject> object = m_api.object(JenkinsApi::jobPath(job) + tree(jobFields(fields) + QLatin1Char(',') + nested(fields, 2)), token);
        if (!object && object.error().kind != ErrorKind::NotFound)
            return object.error();
        if (!object) // one that is gone does not hide the others
            first = first ? first : object.error();
        else
            addJobs(all, QJsonArray{*object}, job.contains(QLatin1Char('/')) ? job.section(QLatin1Char('/'), 0, -2) + QLatin1Char('/') : QString(), false);
    }
    if (all.empty() && first)
        return *first;
    return all;
}

Result<JenkinsPipelines::Job> JenkinsPipelines::jobOf(const QString &name, const QString &builds) const {
    PH_ASSIGN(QJsonObject object, m_api.object(JenkinsApi::jobPath(name) + tree(jobFields(builds))));
    object.remove(QStringLiteral("jobs"));
    Job job;
    job.name = name;
    job.kind = object.value(Q("_class")).toString();
    std::vector<Job> one;
    object.insert(QStringLiteral("fullName"), name);
    addJobs(one, QJsonArray{object}, {}, false);
    if (one.empty())
        return refused(listed(name) ? QStringLiteral("“%1” is a folder, not a job.").arg(name) : QStringLiteral("The connection “%1” does not show the job “%2”.").arg(source(), name), source(),
                       QStringLiteral("folder and jobs of the connection say which jobs are shown."));
    return one.front();
}

Result<std::vector<Pipeline>> JenkinsPipelines::pipelines() const {
    PH_ASSIGN(const std::vector<Job> jobs, readJobs({}));
    std::vector<Pipeline> all;
    for (const Job &job : jobs) {
        Pipeline pipeline;
        pipeline.id = job.name;
        pipeline.name = QUrl::fromPercentEncoding(job.name.section(QLatin1Char('/'), -1).toUtf8());
        pipeline.folder = job.name.contains(QLatin1Char('/')) ? job.name.section(QLatin1Char('/'), 0, -2) : QString();
        pipeline.system = system();
        pipeline.connection = source();
        pipeline.model = m_c.modelOf.value(job.name);
        pipeline.link = m_api.page(JenkinsApi::jobPath(job.name) + QLatin1Char('/'));
        pipeline.problem = job.problem;
        const std::lock_guard lock(m_lock);
        Job &known = m_jobs[job.name];
        known.name = job.name;
        known.kind = job.kind;
        known.problem = job.problem;
        known.multibranch = job.multibranch;
        known.parameters = job.parameters;
        for (const PipelineRun &run : known.staged)
            if (pipeline.stages.empty())
                for (const Stage &stage : run.stages)
                    pipeline.stages.push_back(stage.name);
        all.push_back(std::move(pipeline));
    }
    return all;
}

} // namespace pilothouse::pipelines

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/github_pipelines.h"

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
constexpr int fileSeconds = 120; ///< how long a branch's workflow file counts as read
constexpr int repliesOfEach = 24; ///< of a repository: lists of runs, its branch, workflows and their files

QStringList wordsOf(const QString &text) { return text.split(QRegularExpression(QStringLiteral("[\\s,]+")), Qt::SkipEmptyParts); }

} // namespace

std::vector<GitHubRepository> githubRepositories(const workspace::Connection &connection) {
    std::vector<GitHubRepository> found;
    const QString owner = connection.other.value(QStringLiteral("owner"));
    for (const QString &word : wordsOf(connection.other.value(QStringLiteral("repo"))))
        if (const GitHubRepository repository{word.contains(QLatin1Char('/')) ? word.section(QLatin1Char('/'), 0, 0) : owner, word.section(QLatin1Char('/'), -1)}; !repository.owner.isEmpty() && !repository.name.isEmpty())
            found.push_back(repository);
    return found;
}

Result<std::shared_ptr<PipelineService>> openGitHub(PipelineConnection connection) {
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9._-]+$"));
    PH_TRY(GitHubApi::check(connection));
    const auto repositories = githubRepositories(connection.connection);
    const bool good = std::all_of(repositories.begin(), repositories.end(), [](const GitHubRepository &r) { return plain.match(r.owner).hasMatch() && plain.match(r.name).hasMatch(); });
    if (repositories.empty() || !good)
        return invalid(QStringLiteral("The connection names no repository."), connection.connection.name, QStringLiteral("Write owner: team and repo: api, or repo: team/api; several with commas between."));
    return std::shared_ptr<PipelineService>(std::make_shared<GitHubPipelines>(std::move(connection), repositories));
}

GitHubPipelines::GitHubPipelines(PipelineConnection connection, std::vector<GitHubRepository> repositories) : m_api(std::move(connection)), m_repositories(std::move(repositories)) {
    m_jobs = m_api.connection().connection.other.value(QStringLiteral("jobs")).split(QRegularExpression(QStringLiteral("[,\\n]")), Qt::SkipEmptyParts);
    for (QString &job : m_jobs)
        job = job.trimmed();
    m_api.keepAtLeast(repliesOfEach * int(m_repositories.size()));
    if (m_api.connection().folder.isEmpty())
        m_place = std::make_unique<QTemporaryDir>();
}

QString GitHubPipelines::folder() const { return m_place ? m_place->path() : m_api.connection().folder; }

Capabilities GitHubPipelines::can() const {
    Capabilities can;
    can.force = can.rerun = can.rerunFailed = can.gates = can.schedules = can.switchSchedules = can.outputs = true;
    can.liveLogs = false;
    can.noLiveLog = QStringLiteral("GitHub gives a job's log when the job has ended.");
    return can;
}

int GitHubPipelines::pollSeconds() const {
    const GitHubLimits limits = m_api.limits();
    bool active = false;
    {
        const std::lock_guard lock(m_lock);
        active = m_active;
    }
    int seconds = std::max(active ? 10 : 20, m_api.pollInterval());
    if (limits.failures > 0) { // twice as long after each failure, and not all at the same moment
        seconds = std::min(600, seconds << std::min(limits.failures, 6));
        seconds += int(QRandomGenerator::global()->bounded(std::max(1, seconds / 4)));
    }
    if (limits.until.isValid() && limits.until > m_api.now())
        seconds = std::max<int>(seconds, int(std::min<qint64>(m_api.now().secsTo(limits.until) + 1, 86'400)));
    else if (limits.remaining >= 0 && limits.limit > 0 && limits.remaining < limits.limit / 10 && limits.reset > m_api.now()) // what is left must last
        seconds = std::max<int>(seconds, 60);
    return seconds;
}

Result<GitHubPipelines::Place> GitHubPipelines::placeOf(const QString &id) const {
    const QStringList parts = id.split(QLatin1Char('/'));
    for (const GitHubRepository &repository : m_repositories)
        if ((parts.size() == 1 && m_repositories.size() == 1) || (parts.size() == 2 && parts[0] == repository.name) || (parts.size() == 3 && parts[0] == repository.owner && parts[1] == repository.name))
            return Place{repository, parts.last()};
    if (m_repositories.size() == 1 && id.startsWith(Q(".github/workflows/")))
        return Place{m_repositories[0], parts.last()};
    return notFound(QStringLiteral("“%1” is in no repository of the connection.").arg(id), source(), m_repositories.size() > 1 ? QStringLiteral("Write it as owner/name/%1.").arg(parts.last()) : QString());
}

bool GitHubPipelines::isWanted(const GitHubRepository &repository, const QString &file) const {
    const auto names = [&](const QStringList &jobs) {
        return std::any_of(jobs.begin(), jobs.end(), [&](const QString &job) { return job == file || job == repository.name + QLatin1Char('/') + file || job == repository.full() + QLatin1Char('/') + file || job.endsWith(Q("workflows/") + file); });
    };
    return m_jobs.isEmpty() || names(m_jobs) || names(m_api.connection().jobs);
}

PipelineRun GitHubPipelines::finished(PipelineRun run, const GitHubRepository &repository) const {
    run.connection = source();
    run.id = joined(repository, run.id);
    const QMap<QString, QString> &models = m_api.connection().modelOf;
    run.model = models.value(joined(repository, run.pipeline), models.value(run.pipeline));
    run.pipeline = joined(repository, run.pipeline);
    return run;
}

Result<std::vector<GitHubPipelines::Workflow>> GitHubPipelines::workflows(const GitHubRepository &repository) const {
    PH_ASSIGN(const QJsonArray listed, m_api.list(QStringLiteral("/repos/%1/actions/workflows").arg(repository.full()), QStringLiteral("workflows")));
    std::vector<Workflow> found;
    for (const QJsonValue &value : listed) {
        const QJsonObject o = value.toObject();
        Workflow w{repository, {}, o.value(Q("name")).toString(), o.value(Q("path")).toString(), o.value(Q("state")).toString(), o.value(Q("html_url")).toString(), o.value(Q("id")).toInteger()};
        w.file = w.path.section(QLatin1Char('/'), -1);
        if (w.state != Q("deleted") && isWanted(repository, w.file))
            found.push_back(w);
    }
    return found;
}

Result<QString> GitHubPipelines::usualBranch(const GitHubRepository &repository) const {
    if (const QString branch = m_api.connection().connection.other.value(QStringLiteral("branch")); !branch.isEmpty())
        return branch;
    PH_ASSIGN(const GitHubReplyPointer reply, m_api.get(QStringLiteral("/repos/") + repository.full()));
    return reply->json.object().value(Q("default_branch")).toString(QStringLiteral("main"));
}

Result<GitHubPipelines::FilePointer> GitHubPipelines::fileAt(const GitHubRepository &repository, const QString &path, const QString &ref, bool isCommit) const {
    const QString key = repository.full() + QLatin1Char(' ') + path + QLatin1Char(' ') + ref;
    {
        const std::lock_guard lock(m_lock);
        if (const auto found = m_files.constFind(key); found != m_files.constEnd() && (isCommit || found->first.secsTo(m_api.now()) < fileSeconds))
            return found->second;
    }
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("ref"), ref);
    const QString address = QStringLiteral("/repos/%1/contents/%2").arg(repository.full(), QString::fromUtf8(QUrl::toPercentEncoding(path, "/")));
    PH_ASSIGN(const GitHubReplyPointer reply, m_api.get(address, query, isCommit ? GitHubApi::Fresh::Forever : GitHubApi::Fresh::Ask, "application/vnd.github.raw+json"));
    PH_ASSIGN(WorkflowFile file, readWorkflow(reply->body, repository.full() + QLatin1Char('/') + path));
    const auto pointer = std::make_shared<const WorkflowFile>(std::move(file));
    const std::lock_guard lock(m_lock);
    if (m_files.size() > 500)
        m_files.clear();
    m_files.insert(key, {m_api.now(), pointer});
    return FilePointer(pointer);
}

Result<std::vector<Pipeline>> GitHubPipelines::pipelines() const {
    std::vector<Pipeline> found;
    for (const GitHubRepository &repository : m_repositories) {
        const auto read = workflows(repository);
        if (!read && m_repositories.size() > 1 && (read.error().kind == ErrorKind::NotFound || read.error().kind == ErrorKind::Denied))
            continue; // one that is gone costs its own part; runs() tells it
        if (!read)
            return read.error();
        const auto &listed = *read;
        PH_ASSIGN(const QString branch, usualBranch(repository));
        for (const Workflow &w : listed) {
            Pipeline p;
            p.id = joined(repository, w.file);
            p.name = w.name.isEmpty() ? w.file : w.name;
            p.system = system();
            p.connection = source();
            p.link = w.link;
            p.folder = repository.full();
            const QMap<QString, QString> &models = m_api.connection().modelOf;
            p.model = models.value(p.id, models.value(w.file));
            const auto file = fileAt(repository, w.path, branch, false);
            if (file)
                for (const WorkflowJob &job : (*file)->jobs)
                    p.stages.push_back(job.name.isEmpty() || job.name.contains(Q("${{")) ? job.key : job.name);
            if (w.state == Q("disabled_inactivity"))
                p.problem = QStringLiteral("GitHub switched it off: nothing happened in the repository for 60 days.");
            else if (w.state.startsWith(Q("disabled")))
                p.problem = QStringLiteral("Switched off in GitHub.");
            else if (file && !(*file)->dispatch)
                p.problem = QStringLiteral("The workflow has no “on: workflow_dispatch” in %1: it cannot be started from outside.").arg(branch);
            else if (!file && file.error().kind == ErrorKind::Invalid)
                p.problem = file.error().text();
            found.push_back(p);
        }
    }
    return found;
}

Result<std::vector<PipelineRun>> GitHubPipelines::runsOf(const GitHubRepository &repository, const QString &file, int limit) const {
    const QString path = file.isEmpty() ? QStringLiteral("/repos/%1/actions/runs").arg(repository.full()) : QStringLiteral("/repos/%1/actions/workflows/%2/runs").arg(repository.full(), QString::fromUtf8(QUrl::toPercentEncoding(file)));
    std::vector<PipelineRun> found;
    for (int page = 1; int(found.size()) < limit && page <= 10; ++page) { // filtered lists end at 1000
        QUrlQuery query;
        const int size = std::clamp(limit, 1, 100);
        query.addQueryItem(QStringLiteral("per_page"), QString::number(size));
        if (page > 1)
            query.addQueryItem(QStringLiteral("page"), QString::number(page));
        PH_ASSIGN(const GitHubReplyPointer reply, m_api.get(path, query));
        const QString key = path + QLatin1Char('?') + query.toString();
        std::vector<PipelineRun> mapped;
        {
            const std::lock_guard lock(m_lock);
            if (file.isEmpty() && page == 1)
                m_latest.insert(repository.full(), reply);
            if (const auto kept = m_lists.constFind(key); kept != m_lists.constEnd() && kept->first == reply)
                mapped = kept->second;
        }
        const bool anew = mapped.empty();
        const QJsonArray items = anew ? reply->json.object().value(Q("workflow_runs")).toArray() : QJsonArray();
        for (const QJsonValue &item : items)
            mapped.push_back(finished(githubRun(item.toObject(), repository.full()), repository));
        const int got = int(mapped.size());
        if (anew && got > 0) {
            const std::lock_guard lock(m_lock);
            m_lists.insert(key, {reply, mapped});
        }
        for (PipelineRun &run : mapped) {
            if (!isWanted(repository, run.pipeline.section(QLatin1Char('/'), -1)))
                continue;
            run.read = m_api.now();
            found.push_back(std::move(run));
        }
        if (got < size || (file.isEmpty() && page >= 2))
            break;
    }
    return found;
}

Result<std::vector<PipelineRun>> GitHubPipelines::runs(const QString &pipeline, int limit) const {
    if (!pipeline.isEmpty()) {
        PH_ASSIGN(const Place place, placeOf(pipeline));
        PH_ASSIGN(auto found, runsOf(place.repository, place.id, limit));
        if (int(found.size()) > limit)
            found.resize(std::size_t(limit));
        return found;
    }
    std::vector<PipelineRun> all;
    std::optional<Error> failed;
    bool active = false;
    for (const GitHubRepository &repository : m_repositories) {
        auto found = runsOf(repository, {}, std::max(limit, 30));
        const QString problem = QStringLiteral("repository ") + repository.full();
        if (!found) { // one repository that may not be seen costs its own part
            if (m_repositories.size() == 1 || (found.error().kind != ErrorKind::NotFound && found.error().kind != ErrorKind::Denied))
                return found.error();
            failed = found.error();
            Notice n{problem, QStringLiteral("unreadable"), {}, {}, QStringLiteral("%1 cannot be read: %2 %3").arg(repository.full(), failed->what, failed->hint), m_api.now(), {}, {}};
            const std::lock_guard lock(m_lock);
            m_notices.insert(problem, n);
            continue;
        }
        {
            const std::lock_guard lock(m_lock);
            m_notices.remove(problem);
        }
        for (const PipelineRun &run : *found)
            active = active || !hasEnded(run.state);
        notice(repository, *found);
        all.insert(all.end(), found->begin(), found->end());
    }
    if (all.empty() && failed)
        return *failed;
    std::stable_sort(all.begin(), all.end(), [](const PipelineRun &a, const PipelineRun &b) { return a.started > b.started; });
    const std::lock_guard lock(m_lock);
    m_active = active;
    return all;
}

Result<QJsonArray> GitHubPipelines::jobsOf(const Place &place, int attempt) const {
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("filter"), attempt > 1 ? QStringLiteral("all") : QStringLiteral("latest"));
    return m_api.list(place.path(QStringLiteral("actions/runs/%1/jobs").arg(place.id)), QStringLiteral("jobs"), query, 1000);
}

Result<PipelineRun> GitHubPipelines::run(const QString &id) const {
    if (id.startsWith(Q("dispatch:")))
        return dispatched(id);
    PH_ASSIGN(const Place place, placeOf(id));
    PH_ASSIGN(const GitHubReplyPointer reply, m_api.get(place.path(QStringLiteral("actions/runs/") + place.id)));
    const QJsonObject object = reply->json.object();
    PipelineRun run = finished(githubRun(object, place.repository.full()), place.repository);
    PH_ASSIGN(const QJsonArray jobs, jobsOf(place, run.attempt));
    const QString path = object.value(Q("path")).toString().section(QLatin1Char('@'), 0, 0);
    FilePointer file;
    if (!run.commit.isEmpty() && path.startsWith(Q(".github/")))
        if (auto read = fileAt(place.repository, path, run.commit, true))
            file = *read; // else: contents may not be read, and the list's order has to do
    run.stages = githubStages(jobs, file.get(), hasEnded(run.state));
    run.error = githubFailure(jobs, run);
    if (file && run.state == State::Passed)
        run.images = file->imagesOf(run.repository, run.commit, run.branch);
    addFigures(place, jobs, run);
    const bool waits = std::any_of(run.stages.begin(), run.stages.end(), [](const Stage &s) { return s.state == State::Paused; });
    run.gates = 0;
    if (object.value(Q("status")).toString() == Q("waiting") || waits)
        if (const auto open = gatesOf(run))
            run.gates = int(open->size());
    run.read = m_api.now();
    return run;
}

} // namespace pilothouse::pipelines

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/github.h"
#include "app/estate/github_answers.h"
#include "app/estate/wire.h"

#include <algorithm>

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }

Answer taken(int status)
{
    return Answer::json(QJsonObject(), status);
}

GithubRun *runOf(GithubRepository &r, const QString &id)
{
    for (GithubRun &run : r.runs)
        if (QString::number(run.id) == id)
            return &run;
    return nullptr;
}

QString pathOf(const Call &call)
{
    return call.path.startsWith(Q("/api/v3/")) ? call.path.mid(7) : call.path;
}

/// Whether a run is in a list with these filters; `status` names a status or a conclusion.
bool listed(const GithubRun &run, const QUrlQuery &q)
{
    const auto is = [&](const char *key, const QString &value) { return !q.hasQueryItem(Q(key)) || q.queryItemValue(Q(key), QUrl::FullyDecoded) == value; };
    const QString status = q.queryItemValue(Q("status"));
    if (!status.isEmpty() && status != run.status && status != run.conclusion)
        return false;
    QString since = q.queryItemValue(Q("created"), QUrl::FullyDecoded);
    if (since.startsWith(Q(">="))) {
        const QDateTime from = QDateTime::fromString(since.mid(2), Qt::ISODate);
        if (from.isValid() && run.created < from)
            return false;
    }
    return is("branch", run.branch) && is("event", run.event) && is("actor", run.actor) && is("head_sha", run.sha);
}

/// Puts what is linked to where it is fetched from, if that listens apart from this one.
void publish(const StandIn &from, const QString &path, const QByteArray &bytes, const QByteArray &type)
{
    if (from.tell)
        from.tell(Q("blobs"), Q("keep"), {{Q("path"), path}, {Q("base64"), QString::fromLatin1(bytes.toBase64())}, {Q("type"), QString::fromLatin1(type)}});
}

} // namespace

GithubRun &GithubStandIn::start(GithubRepository &r, const GithubWorkflow &workflow, const QString &event, const QString &branch, const QString &actor, const QJsonObject &inputs)
{
    GithubRun run;
    run.id = m_nextId++;
    run.workflow = workflow.id;
    for (const GithubRun &other : r.runs)
        run.number = other.workflow == workflow.id ? std::max(run.number, other.number) : run.number;
    ++run.number;
    run.event = event;
    run.branch = branch;
    const auto head = r.branches.find(branch);
    run.sha = head != r.branches.end() ? head->second : r.tags[branch];
    run.title = event == Q("push") ? r.commits[run.sha].message.section(QLatin1Char('\n'), 0, 0) : workflow.name;
    run.actor = actor;
    run.inputs = inputs;
    run.created = now();
    planAttempt(run, workflow, m_nextId, now(), false);
    r.runs.push_back(run);
    return r.runs.back();
}

Answer GithubStandIn::dispatch(const Request &request, const GithubWorkflow &workflow)
{
    if (auto no = lacks(request, "actions", true))
        return *no;
    const QJsonObject body = request.call.json();
    GithubRepository &r = request.repository;
    QString ref = body[Q("ref")].toString();
    if (ref.startsWith(Q("refs/heads/")) || ref.startsWith(Q("refs/tags/")))
        ref = ref.section(QLatin1Char('/'), 2);
    if (!r.branches.count(ref) && !r.tags.count(ref))
        return githubError(422, QStringLiteral("No ref found for: %1").arg(ref).toUtf8().constData());
    if (!workflow.dispatch)
        return githubError(422, "Workflow does not have 'workflow_dispatch' trigger");
    if (workflow.state != Q("active"))
        return githubError(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
    const GithubRun &run = start(r, workflow, Q("workflow_dispatch"), ref, request.token.user, body[Q("inputs")].toObject());
    // BACKEND_APIS.md §3.3: 200 with the run, where asked for; older servers 204 with no id
    if (!body[Q("return_run_details")].toBool() || !m_settings[Q("return_run_details")].toBool(true)) {
        Answer none = Answer::text({}, 204);
        return none;
    }
    const QJsonObject made = githubRun(request.links, r, run);
    return Answer::json(QJsonObject{{Q("workflow_run_id"), run.id}, {Q("run_url"), made[Q("url")]}, {Q("html_url"), made[Q("html_url")]}});
}

std::optional<Answer> GithubStandIn::actions(const Request &request)
{
    GithubRepository &r = request.repository;
    const QString &path = request.path;
    if (!path.startsWith(Q("actions/")))
        return std::nullopt;
    if (auto no = lacks(request, "actions", false))
        return *no;
    if (path == Q("actions/workflows")) {
        QJsonArray all;
        for (const GithubWorkflow &w : r.workflows)
            all.append(githubWorkflow(request.links, r, w));
        return githubPage(request.call, request.links, pathOf(request.call), Q("workflows"), all);
    }
    const auto runs = [&](qint64 workflow) {
        QJsonArray all;
        const bool narrowed = [&] {
            for (const char *key : {"status", "branch", "event", "actor", "head_sha", "created", "check_suite_id"})
                if (request.call.query.hasQueryItem(Q(key)))
                    return true;
            return false;
        }();
        for (auto run = r.runs.rbegin(); run != r.runs.rend(); ++run) // newest first
            if ((workflow == 0 || run->workflow == workflow) && listed(*run, request.call.query))
                all.append(githubRun(request.links, r, *run));
        return githubPage(request.call, request.links, pathOf(request.call), Q("workflow_runs"), all, narrowed ? 1000 : 0); // BACKEND_APIS.md §3.3: filtered lists stop at 1000
    };
    if (path == Q("actions/runs"))
        return runs(0);
    for (GithubWorkflow &w : r.workflows)
        for (const QString &id : {w.file(), QString::number(w.id)}) {
            const QString base = Q("actions/workflows/") + id;
            if (path == base)
                return Answer::json(githubWorkflow(request.links, r, w));
            if (path == base + Q("/runs"))
                return runs(w.id);
            if (path == base + Q("/dispatches") && request.post())
                return dispatch(request, w);
            for (const char *verb : {"enable", "disable"})
                if (path == base + QLatin1Char('/') + Q(verb) && request.call.method == "PUT") {
                    if (auto no = lacks(request, "actions", true))
                        return *no;
                    w.state = Q(verb) == Q("enable") ? Q("active") : Q("disabled_manually");
                    return Answer::text({}, 204);
                }
        }
    if (auto answer = logs(request))
        return answer;
    return oneRun(request);
}

std::optional<Answer> GithubStandIn::logs(const Request &request)
{
    GithubRepository &r = request.repository;
    const QString base = urlOf ? urlOf(Q("blobs")) : QString();
    const auto elsewhere = [&](const QString &kept) { // BACKEND_APIS.md §3.3: 302 to a short-lived URL, at another origin
        Answer answer = Answer::text({}, 302);
        answer.headers.emplace_back("Location", m_blobs->signedUrl(base, kept).toUtf8());
        return answer;
    };
    const auto of = [](const QString &path, const char *pattern) { return matched(path, pattern); };
    if (const auto job = of(request.path, "actions/jobs/{}")) {
        for (GithubRun &run : r.runs)
            for (std::size_t a = 0; a < run.attempts.size(); ++a)
                for (const GithubJob &j : run.attempts[a])
                    if (QString::number(j.id) == job->front())
                        return Answer::json(githubJob(request.links, r, run, j, static_cast<int>(a) + 1));
        return githubError(404, "Not Found");
    }
    if (const auto job = of(request.path, "actions/jobs/{}/logs")) {
        for (const GithubRun &run : r.runs)
            for (const auto &attempt : run.attempts)
                for (const GithubJob &j : attempt)
                    if (QString::number(j.id) == job->front() && j.status == Q("completed") && j.started.isValid()) {
                        const QString kept = QStringLiteral("logs/%1.txt").arg(j.id);
                        m_blobs->keep(kept, j.log, "text/plain; charset=utf-8");
                        publish(*this, kept, j.log, "text/plain; charset=utf-8");
                        return elsewhere(kept);
                    }
        return githubError(404, "Not Found"); // only of a finished job
    }
    auto zip = of(request.path, "actions/runs/{}/logs");
    auto past = of(request.path, "actions/runs/{}/attempts/{}/logs");
    if (!zip && !past)
        return std::nullopt;
    GithubRun *run = runOf(r, zip ? zip->front() : past->front());
    const std::size_t attempt = run ? (past ? (*past)[1].toUInt() : run->attempts.size()) : 0;
    if (!run || run->status != Q("completed") || attempt < 1 || attempt > run->attempts.size())
        return githubError(404, "Not Found"); // the whole only after the end
    std::vector<std::pair<QString, QByteArray>> files;
    for (const GithubJob &j : run->attempts[attempt - 1])
        if (j.started.isValid())
            files.emplace_back(QStringLiteral("%1_%2.txt").arg(files.size()).arg(QString(j.name).remove(QLatin1Char('/'))), j.log);
    const QString kept = QStringLiteral("logs/run-%1-%2.zip").arg(run->id).arg(attempt);
    const QByteArray archive = zipOf(files);
    m_blobs->keep(kept, archive, "application/zip");
    publish(*this, kept, archive, "application/zip");
    return elsewhere(kept);
}

std::optional<Answer> GithubStandIn::oneRun(const Request &request)
{
    GithubRepository &r = request.repository;
    const QStringList parts = request.path.split(QLatin1Char('/'));
    GithubRun *run = parts.size() > 2 && parts[1] == Q("runs") ? runOf(r, parts[2]) : nullptr;
    if (!run)
        return std::nullopt;
    const QString rest = QStringList(parts.mid(3)).join(QLatin1Char('/'));
    const auto jobs = [&](std::size_t from, std::size_t to) {
        QJsonArray all;
        for (std::size_t a = from; a < to; ++a)
            for (const GithubJob &j : run->attempts[a])
                all.append(githubJob(request.links, r, *run, j, static_cast<int>(a) + 1));
        return githubPage(request.call, request.links, pathOf(request.call), Q("jobs"), all);
    };
    if (request.get()) {
        if (rest.isEmpty())
            return Answer::json(githubRun(request.links, r, *run));
        if (rest == Q("jobs"))
            return jobs(request.call.query.queryItemValue(Q("filter")) == Q("all") ? 0 : run->attempts.size() - 1, run->attempts.size());
        const int attempt = parts.value(3) == Q("attempts") ? parts.value(4).toInt() : 0;
        if (attempt >= 1 && attempt <= run->attempt)
            return parts.size() == 5 ? Answer::json(githubRun(request.links, r, *run, attempt)) : parts.value(5) == Q("jobs") ? jobs(static_cast<std::size_t>(attempt) - 1, static_cast<std::size_t>(attempt)) : githubError(404, "Not Found");
        if (rest == Q("artifacts"))
            return githubPage(request.call, request.links, pathOf(request.call), Q("artifacts"), {});
        if (rest == Q("approvals"))
            return Answer::json(run->approvals);
    }
    if (rest == Q("pending_deployments"))
        return gate(request, *run);
    if (!request.post())
        return std::nullopt;
    if (auto no = lacks(request, "actions", true))
        return *no;
    const bool over = run->status == Q("completed");
    if (rest == Q("rerun") || rest == Q("rerun-failed-jobs")) {
        if (!over)
            return githubError(403, "This workflow is already running");
        if (rest == Q("rerun-failed-jobs") && run->conclusion == Q("success"))
            return githubError(403, "This workflow run cannot be retried");
        for (const GithubWorkflow &w : r.workflows)
            if (w.id == run->workflow)
                planAttempt(*run, w, m_nextId, now(), rest != Q("rerun")); // run_attempt goes up
        run->rerunBy = request.token.user;
        return taken(201);
    }
    if (rest == Q("cancel") || rest == Q("force-cancel")) {
        if (over)
            return githubError(409, "Cannot cancel a workflow run that is completed.");
        run->cancelling = true;
        if (rest == Q("force-cancel"))
            run->held = false;
        return taken(202);
    }
    if (rest == Q("approve")) // BACKEND_APIS.md §3.3: for pull requests of forks, not for deployments
        return githubError(403, "This run is not from a fork pull request or queued by a first-time contributor");
    return std::nullopt;
}

} // namespace pilothouse::estate

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/github_shapes.h"

#include "app/estate/wire.h"

#include <QCryptographicHash>

#include <algorithm>

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }
QString S(qint64 number) { return QString::number(number); }
const QJsonValue none = QJsonValue(QJsonValue::Null);

QString repositoryUrl(const GithubLinks &links, const GithubRepository &r) { return links.api + Q("/repos/") + r.fullName(); }
QString repositoryPage(const GithubLinks &links, const GithubRepository &r) { return links.html + QLatin1Char('/') + r.fullName(); }
QString node(const char *kind, qint64 id) { return Q(kind) + QLatin1Char('_') + QString::fromLatin1(QByteArray::number(id).toBase64(QByteArray::OmitTrailingEquals)); }
qint64 personId(const QString &login) { return 1000000 + hexName(login, 5).toInt(nullptr, 16); }

} // namespace

QJsonObject githubUser(const GithubLinks &links, const QString &login)
{
    QJsonObject made{{Q("login"), login}, {Q("id"), personId(login)}, {Q("node_id"), node("U", personId(login))}, {Q("avatar_url"), links.html + Q("/avatars/") + login}, {Q("gravatar_id"), QString()},
                     {Q("html_url"), links.html + QLatin1Char('/') + login}, {Q("type"), login.endsWith(Q("[bot]")) ? Q("Bot") : Q("User")}, {Q("site_admin"), false}};
    const QString url = links.api + Q("/users/") + login;
    made[Q("url")] = url;
    for (const char *part : {"followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events", "received_events"})
        made[Q(part) + Q("_url")] = url + QLatin1Char('/') + (Q(part) == Q("organizations") ? Q("orgs") : Q(part));
    return made;
}

QJsonObject githubSelf(const GithubLinks &links, const QString &login)
{
    QJsonObject made = githubUser(links, login);
    for (const char *unknown : {"bio", "company", "email", "hireable", "location", "name"})
        made[Q(unknown)] = none;
    for (const char *count : {"followers", "following", "public_gists", "public_repos", "private_gists", "total_private_repos", "owned_private_repos", "disk_usage", "collaborators"})
        made[Q(count)] = 0;
    made[Q("blog")] = QString();
    made[Q("two_factor_authentication")] = true;
    for (const char *at : {"created_at", "updated_at"})
        made[Q(at)] = Q("2026-01-05T08:00:00Z");
    return made;
}

QJsonObject githubRepository(const GithubLinks &links, const GithubRepository &r)
{
    const QString url = repositoryUrl(links, r), page = repositoryPage(links, r);
    QJsonObject made{{Q("id"), r.id}, {Q("node_id"), node("R", r.id)}, {Q("name"), r.name}, {Q("full_name"), r.fullName()}, {Q("private"), true}, {Q("owner"), githubUser(links, r.owner)}, {Q("html_url"), page},
                     {Q("description"), none}, {Q("fork"), false}, {Q("url"), url}, {Q("default_branch"), r.main}, {Q("clone_url"), page + Q(".git")}};
    static const std::pair<const char *, const char *> parts[] = {{"archive", "/{archive_format}{/ref}"}, {"assignees", "/assignees{/user}"}, {"blobs", "/git/blobs{/sha}"}, {"branches", "/branches{/branch}"}, {"collaborators", "/collaborators{/collaborator}"},
        {"comments", "/comments{/number}"}, {"commits", "/commits{/sha}"}, {"compare", "/compare/{base}...{head}"}, {"contents", "/contents/{+path}"}, {"contributors", "/contributors"}, {"deployments", "/deployments"}, {"downloads", "/downloads"},
        {"events", "/events"}, {"forks", "/forks"}, {"git_commits", "/git/commits{/sha}"}, {"git_refs", "/git/refs{/sha}"}, {"git_tags", "/git/tags{/sha}"}, {"hooks", "/hooks"}, {"issue_comment", "/issues/comments{/number}"},
        {"issue_events", "/issues/events{/number}"}, {"issues", "/issues{/number}"}, {"keys", "/keys{/key_id}"}, {"labels", "/labels{/name}"}, {"languages", "/languages"}, {"merges", "/merges"}, {"milestones", "/milestones{/number}"},
        {"notifications", "/notifications{?since,all,participating}"}, {"pulls", "/pulls{/number}"}, {"releases", "/releases{/id}"}, {"stargazers", "/stargazers"}, {"statuses", "/statuses/{sha}"}, {"subscribers", "/subscribers"},
        {"subscription", "/subscription"}, {"tags", "/tags"}, {"teams", "/teams"}, {"trees", "/git/trees{/sha}"}};
    for (const auto &[name, path] : parts)
        made[Q(name) + Q("_url")] = url + Q(path);
    return made;
}

QJsonObject githubWholeRepository(const GithubLinks &links, const GithubRepository &r)
{
    QJsonObject made = githubRepository(links, r);
    const QString page = repositoryPage(links, r), place = page.section(Q("//"), 1);
    for (const char *count : {"forks", "forks_count", "open_issues", "open_issues_count", "watchers", "watchers_count", "stargazers_count", "network_count", "subscribers_count", "size"})
        made[Q(count)] = 0;
    for (const char *has : {"downloads", "issues", "projects", "wiki"})
        made[Q("has_") + Q(has)] = true;
    for (const char *is : {"has_pages", "has_discussions", "archived", "disabled"})
        made[Q(is)] = false;
    for (const char *unknown : {"homepage", "language", "mirror_url", "license"})
        made[Q(unknown)] = none;
    made[Q("git_url")] = Q("git://") + place + Q(".git");
    made[Q("ssh_url")] = Q("git@") + QString(place).replace(place.indexOf(QLatin1Char('/')), 1, QLatin1Char(':')) + Q(".git");
    made[Q("svn_url")] = page;
    QDateTime pushed;
    for (const auto &[sha, commit] : r.commits)
        pushed = pushed.isValid() ? std::max(pushed, commit.date) : commit.date;
    const QJsonValue began = Q("2026-01-05T08:00:00Z"), last = pushed.isValid() ? instant(pushed) : began;
    made[Q("created_at")] = began;
    made[Q("updated_at")] = last;
    made[Q("pushed_at")] = last;
    return made;
}

QJsonObject githubWorkflow(const GithubLinks &links, const GithubRepository &r, const GithubWorkflow &w)
{
    const QString began = Q("2026-01-05T08:00:00Z");
    return {{Q("id"), w.id}, {Q("node_id"), node("W", w.id)}, {Q("name"), w.name}, {Q("path"), w.path}, {Q("state"), w.state}, {Q("created_at"), began}, {Q("updated_at"), began}, {Q("url"), repositoryUrl(links, r) + Q("/actions/workflows/") + S(w.id)},
            {Q("html_url"), repositoryPage(links, r) + Q("/blob/main/") + w.path}, {Q("badge_url"), repositoryPage(links, r) + Q("/workflows/") + w.file() + Q("/badge.svg")}};
}

QJsonObject githubRun(const GithubLinks &links, const GithubRepository &r, const GithubRun &run, int attempt)
{
    const QString url = repositoryUrl(links, r) + Q("/actions/runs/") + S(run.id);
    const GithubWorkflow *workflow = nullptr;
    for (const GithubWorkflow &w : r.workflows)
        workflow = w.id == run.workflow ? &w : workflow;
    const auto commit = r.commits.find(run.sha);
    const bool past = attempt > 0 && attempt < run.attempt;
    QString conclusion = run.conclusion;
    if (past) {
        conclusion = Q("success");
        for (const GithubJob &job : run.attempts[static_cast<std::size_t>(attempt - 1)])
            conclusion = job.conclusion == Q("failure") || (job.conclusion == Q("cancelled") && conclusion == Q("success")) ? job.conclusion : conclusion;
    }
    QJsonObject made{{Q("id"), run.id}, {Q("name"), workflow ? workflow->name : QString()}, {Q("node_id"), node("WFR", run.id)}, {Q("check_suite_id"), run.id + 7}, {Q("head_branch"), run.branch}, {Q("head_sha"), run.sha},
                     {Q("path"), workflow ? workflow->path : QString()}, {Q("run_number"), run.number}, {Q("run_attempt"), past ? attempt : run.attempt}, {Q("event"), run.event}, {Q("display_title"), run.title},
                     {Q("status"), past ? Q("completed") : run.status}, {Q("conclusion"), conclusion.isEmpty() ? none : QJsonValue(conclusion)}, {Q("workflow_id"), run.workflow}, {Q("url"), url},
                     {Q("html_url"), repositoryPage(links, r) + Q("/actions/runs/") + S(run.id)}, {Q("created_at"), instant(run.created)}, {Q("updated_at"), instant(run.updated)}, {Q("run_started_at"), instant(run.attemptStarted)},
                     {Q("actor"), githubUser(links, run.actor)}, {Q("triggering_actor"), githubUser(links, run.rerunBy.isEmpty() ? run.actor : run.rerunBy)}, {Q("pull_requests"), QJsonArray()}};
    for (const char *part : {"jobs", "logs", "artifacts", "cancel", "rerun"})
        made[Q(part) + Q("_url")] = url + QLatin1Char('/') + Q(part);
    made[Q("check_suite_url")] = repositoryUrl(links, r) + Q("/check-suites/") + S(run.id + 7);
    made[Q("workflow_url")] = repositoryUrl(links, r) + Q("/actions/workflows/") + S(run.workflow);
    made[Q("previous_attempt_url")] = run.attempt > 1 ? QJsonValue(url + Q("/attempts/") + S(run.attempt - 1)) : none;
    made[Q("repository")] = made[Q("head_repository")] = githubRepository(links, r);
    if (commit == r.commits.end()) {
        made[Q("head_commit")] = none;
    } else {
        const QJsonObject who{{Q("name"), commit->second.author}, {Q("email"), commit->second.author + Q("@example.com")}};
        made[Q("head_commit")] = QJsonObject{{Q("id"), run.sha}, {Q("tree_id"), hexName(Q("tree") + run.sha, 40)}, {Q("message"), commit->second.message}, {Q("timestamp"), instant(commit->second.date)}, {Q("author"), who}, {Q("committer"), who}};
    }
    return made;
}

QJsonObject githubJob(const GithubLinks &links, const GithubRepository &r, const GithubRun &run, const GithubJob &job, int attempt)
{
    QJsonArray steps;
    if (job.started.isValid()) // before it begins a job has no steps
        for (std::size_t i = 0; i < job.steps.size(); ++i) {
            const GithubStep &s = job.steps[i];
            steps.append(QJsonObject{{Q("name"), s.name}, {Q("status"), s.status}, {Q("conclusion"), s.conclusion.isEmpty() ? none : QJsonValue(s.conclusion)}, {Q("number"), static_cast<int>(i) + 1}, {Q("started_at"), instant(s.started)}, {Q("completed_at"), instant(s.completed)}});
        }
    QString workflow;
    for (const GithubWorkflow &w : r.workflows)
        workflow = w.id == run.workflow ? w.name : workflow;
    const QString url = repositoryUrl(links, r);
    const bool ran = job.started.isValid();
    return {{Q("id"), job.id}, {Q("run_id"), run.id}, {Q("workflow_name"), workflow}, {Q("head_branch"), run.branch}, {Q("run_url"), url + Q("/actions/runs/") + S(run.id)}, {Q("run_attempt"), attempt}, {Q("node_id"), node("CR", job.id)}, {Q("head_sha"), run.sha},
            {Q("url"), url + Q("/actions/jobs/") + S(job.id)}, {Q("html_url"), repositoryPage(links, r) + Q("/actions/runs/%1/job/%2").arg(run.id).arg(job.id)}, {Q("status"), job.status}, {Q("conclusion"), job.conclusion.isEmpty() ? none : QJsonValue(job.conclusion)},
            {Q("created_at"), instant(job.created)}, {Q("started_at"), instant(ran ? job.started : job.created)}, {Q("completed_at"), instant(job.completed)}, {Q("name"), job.name}, {Q("steps"), steps}, {Q("check_run_url"), url + Q("/check-runs/") + S(job.id)},
            {Q("labels"), QJsonArray{Q("ubuntu-latest")}}, {Q("runner_id"), ran ? QJsonValue(1) : none}, {Q("runner_name"), ran ? QJsonValue(Q("GitHub Actions 1")) : none}, {Q("runner_group_id"), ran ? QJsonValue(0) : none}, {Q("runner_group_name"), ran ? QJsonValue(Q("GitHub Actions")) : none}};
}

QJsonObject githubCommit(const GithubLinks &links, const GithubRepository &r, const GithubCommit &c, bool withFiles)
{
    const QString url = repositoryUrl(links, r) + Q("/commits/") + c.sha;
    const QJsonObject who{{Q("name"), c.author}, {Q("email"), c.author + Q("@example.com")}, {Q("date"), instant(c.date)}};
    const QString tree = hexName(Q("tree") + c.sha, 40);
    QJsonArray parents;
    if (!c.parent.isEmpty())
        parents.append(QJsonObject{{Q("sha"), c.parent}, {Q("url"), repositoryUrl(links, r) + Q("/commits/") + c.parent}, {Q("html_url"), repositoryPage(links, r) + Q("/commit/") + c.parent}});
    QJsonObject made{{Q("sha"), c.sha}, {Q("node_id"), Q("C_") + c.sha.left(12)}, {Q("url"), url}, {Q("html_url"), repositoryPage(links, r) + Q("/commit/") + c.sha}, {Q("comments_url"), url + Q("/comments")},
                     {Q("commit"), QJsonObject{{Q("url"), repositoryUrl(links, r) + Q("/git/commits/") + c.sha}, {Q("author"), who}, {Q("committer"), who}, {Q("message"), c.message}, {Q("comment_count"), 0},
                                               {Q("tree"), QJsonObject{{Q("sha"), tree}, {Q("url"), repositoryUrl(links, r) + Q("/git/trees/") + tree}}},
                                               {Q("verification"), QJsonObject{{Q("verified"), false}, {Q("reason"), Q("unsigned")}, {Q("signature"), none}, {Q("payload"), none}, {Q("verified_at"), none}}}}},
                     {Q("author"), githubUser(links, c.author)}, {Q("committer"), githubUser(links, c.author)}, {Q("parents"), parents}};
    if (!withFiles)
        return made;
    QJsonArray files;
    int plus = 0, minus = 0;
    for (const QJsonValue &value : c.files) {
        QJsonObject file = value.toObject();
        const QString name = file[Q("filename")].toString();
        plus += file[Q("additions")].toInt();
        minus += file[Q("deletions")].toInt();
        file[Q("sha")] = hexName(name + c.sha, 40);
        file[Q("blob_url")] = repositoryPage(links, r) + Q("/blob/") + c.sha + QLatin1Char('/') + name;
        file[Q("raw_url")] = repositoryPage(links, r) + Q("/raw/") + c.sha + QLatin1Char('/') + name;
        file[Q("contents_url")] = repositoryUrl(links, r) + Q("/contents/") + name + Q("?ref=") + c.sha;
        files.append(file);
    }
    made[Q("files")] = files;
    made[Q("stats")] = QJsonObject{{Q("additions"), plus}, {Q("deletions"), minus}, {Q("total"), plus + minus}};
    return made;
}

QJsonObject githubDeployment(const GithubLinks &links, const GithubRepository &r, const GithubDeployment &d)
{
    const QString url = repositoryUrl(links, r) + Q("/deployments/") + S(d.id);
    return {{Q("id"), d.id}, {Q("node_id"), node("DE", d.id)}, {Q("url"), url}, {Q("sha"), d.sha}, {Q("ref"), d.ref}, {Q("task"), Q("deploy")}, {Q("payload"), QJsonObject()}, {Q("original_environment"), d.environment}, {Q("environment"), d.environment},
            {Q("description"), none}, {Q("creator"), githubUser(links, d.creator)}, {Q("created_at"), instant(d.created)}, {Q("updated_at"), instant(d.statuses.empty() ? d.created : d.statuses.back().first)}, {Q("statuses_url"), url + Q("/statuses")},
            {Q("repository_url"), repositoryUrl(links, r)}, {Q("transient_environment"), false}, {Q("production_environment"), d.environment == Q("production")}};
}

QJsonObject githubDeploymentStatus(const GithubLinks &links, const GithubRepository &r, const GithubDeployment &d, std::size_t i)
{
    const QString url = repositoryUrl(links, r) + Q("/deployments/") + S(d.id);
    const qint64 id = d.id * 10 + static_cast<qint64>(i);
    const QJsonValue at = instant(d.statuses[i].first);
    const QString page = repositoryPage(links, r) + Q("/actions/runs/") + S(d.run);
    return {{Q("id"), id}, {Q("node_id"), node("DES", id)}, {Q("url"), url + Q("/statuses/") + S(id)}, {Q("state"), d.statuses[i].second}, {Q("creator"), githubUser(links, d.creator)}, {Q("description"), QString()}, {Q("environment"), d.environment},
            {Q("target_url"), page}, {Q("log_url"), page}, {Q("environment_url"), QString()}, {Q("created_at"), at}, {Q("updated_at"), at}, {Q("deployment_url"), url}, {Q("repository_url"), repositoryUrl(links, r)}};
}

QJsonObject githubEnvironment(const GithubLinks &links, const GithubRepository &r, const GithubEnvironment &e)
{
    QJsonArray rules, reviewers;
    for (const QString &login : e.reviewers)
        reviewers.append(QJsonObject{{Q("type"), Q("User")}, {Q("reviewer"), githubUser(links, login)}});
    if (e.waitTimer > 0)
        rules.append(QJsonObject{{Q("id"), e.id + 1}, {Q("node_id"), node("GA", e.id + 1)}, {Q("type"), Q("wait_timer")}, {Q("wait_timer"), e.waitTimer}});
    if (!e.reviewers.isEmpty())
        rules.append(QJsonObject{{Q("id"), e.id + 2}, {Q("node_id"), node("GA", e.id + 2)}, {Q("type"), Q("required_reviewers")}, {Q("prevent_self_review"), e.preventSelfReview}, {Q("reviewers"), reviewers}});
    const QString at = Q("2026-01-05T08:00:00Z");
    return {{Q("id"), e.id}, {Q("node_id"), node("EN", e.id)}, {Q("name"), e.name}, {Q("url"), repositoryUrl(links, r) + Q("/environments/") + e.name}, {Q("html_url"), repositoryPage(links, r) + Q("/deployments/activity_log?environments_filter=") + e.name},
            {Q("created_at"), at}, {Q("updated_at"), at}, {Q("protection_rules"), rules}, {Q("deployment_branch_policy"), none}};
}

QJsonObject githubReference(const GithubLinks &links, const GithubRepository &r, const QString &reference, const QString &sha)
{
    const QString url = repositoryUrl(links, r);
    return {{Q("ref"), reference}, {Q("node_id"), Q("REF_") + hexName(reference, 12)}, {Q("url"), url + Q("/git/") + reference}, {Q("object"), QJsonObject{{Q("type"), Q("commit")}, {Q("sha"), sha}, {Q("url"), url + Q("/git/commits/") + sha}}}};
}

QString githubBlobSha(const QByteArray &bytes)
{
    return QString::fromLatin1(QCryptographicHash::hash("blob " + QByteArray::number(bytes.size()) + '\0' + bytes, QCryptographicHash::Sha1).toHex());
}

QJsonObject githubContent(const GithubLinks &links, const GithubRepository &r, const QString &path, const QByteArray &bytes, const QString &branch)
{
    const QString url = repositoryUrl(links, r) + Q("/contents/") + path + Q("?ref=") + branch, page = repositoryPage(links, r) + Q("/blob/") + branch + QLatin1Char('/') + path, sha = githubBlobSha(bytes), git = repositoryUrl(links, r) + Q("/git/blobs/") + sha;
    QByteArray text; // base64 in lines of 60, as GitHub breaks it
    const QByteArray whole = bytes.toBase64();
    for (qsizetype i = 0; i < whole.size(); i += 60)
        text += whole.mid(i, 60) + '\n';
    return {{Q("name"), path.section(QLatin1Char('/'), -1)}, {Q("path"), path}, {Q("sha"), sha}, {Q("size"), bytes.size()}, {Q("url"), url}, {Q("html_url"), page}, {Q("git_url"), git}, {Q("download_url"), repositoryPage(links, r) + Q("/raw/") + branch + QLatin1Char('/') + path},
            {Q("type"), Q("file")}, {Q("content"), QString::fromLatin1(text)}, {Q("encoding"), Q("base64")}, {Q("_links"), QJsonObject{{Q("self"), url}, {Q("git"), git}, {Q("html"), page}}}};
}

QJsonObject githubCheckRun(const GithubLinks &links, const GithubRepository &r, const GithubRun &run, const GithubJob &job)
{
    const QString url = repositoryUrl(links, r) + Q("/check-runs/") + S(job.id), page = repositoryPage(links, r) + Q("/actions/runs/%1/job/%2").arg(run.id).arg(job.id);
    const bool failed = job.conclusion == Q("failure");
    return {{Q("id"), job.id}, {Q("node_id"), node("CR", job.id)}, {Q("head_sha"), run.sha}, {Q("external_id"), uuidName(S(job.id))}, {Q("name"), job.name}, {Q("url"), url}, {Q("html_url"), page}, {Q("details_url"), page},
            {Q("status"), job.status == Q("waiting") ? Q("queued") : job.status}, {Q("conclusion"), job.conclusion.isEmpty() ? none : QJsonValue(job.conclusion)}, {Q("started_at"), instant(job.started)}, {Q("completed_at"), instant(job.completed)},
            {Q("output"), QJsonObject{{Q("title"), none}, {Q("summary"), none}, {Q("text"), none}, {Q("annotations_count"), failed ? 1 : 0}, {Q("annotations_url"), url + Q("/annotations")}}}, {Q("check_suite"), QJsonObject{{Q("id"), run.id + 7}}}, {Q("app"), none}, {Q("pull_requests"), QJsonArray()}};
}

} // namespace pilothouse::estate

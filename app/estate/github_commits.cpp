// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/github.h"
#include "app/estate/github_answers.h"
#include "app/estate/wire.h"

#include <algorithm>

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }

QString pathOf(const Call &call)
{
    return call.path.startsWith(Q("/api/v3/")) ? call.path.mid(7) : call.path;
}

/// The commit that a branch, a tag or (the beginning of) a SHA names; empty: none.
QString resolved(const GithubRepository &r, QString name)
{
    if (name.startsWith(Q("heads/")) || name.startsWith(Q("tags/")))
        name = name.section(QLatin1Char('/'), 1);
    if (const auto b = r.branches.find(name); b != r.branches.end())
        return b->second;
    if (const auto t = r.tags.find(name); t != r.tags.end())
        return t->second;
    if (name.size() >= 7)
        for (const auto &[sha, commit] : r.commits)
            if (sha.startsWith(name))
                return sha;
    return {};
}

/// From `head` back to the first.
std::vector<const GithubCommit *> history(const GithubRepository &r, const QString &head)
{
    std::vector<const GithubCommit *> all;
    for (auto at = r.commits.find(head); at != r.commits.end(); at = r.commits.find(at->second.parent))
        all.push_back(&at->second);
    return all;
}

bool touches(const GithubCommit &c, const QString &path)
{
    return std::any_of(c.files.begin(), c.files.end(), [&](const QJsonValue &f) { const QString name = f[Q("filename")].toString(); return name == path || name.startsWith(path + QLatin1Char('/')); });
}

Answer compared(const Call &call, const GithubLinks &links, const GithubRepository &r, const QString &base, const QString &head)
{
    Q_UNUSED(call)
    const auto before = history(r, base), after = history(r, head);
    const GithubCommit *common = nullptr;
    for (const GithubCommit *c : after)
        if (std::find(before.begin(), before.end(), c) != before.end()) {
            common = c;
            break;
        }
    if (!common)
        return githubError(404, "No common ancestor between these commits");
    QJsonArray commits, files;
    for (auto c = after.begin(); *c != common; ++c) {
        commits.prepend(githubCommit(links, r, **c, false));
        const QJsonObject whole = githubCommit(links, r, **c, true);
        for (const QJsonValue &file : whole[Q("files")].toArray())
            files.append(file);
    }
    int behind = 0;
    for (auto c = before.begin(); *c != common; ++c)
        ++behind;
    const QString url = links.api + Q("/repos/") + r.fullName() + Q("/compare/") + base + Q("...") + head, page = links.html + QLatin1Char('/') + r.fullName() + Q("/compare/") + base + Q("...") + head;
    const auto ahead = static_cast<int>(commits.size());
    return Answer::json(QJsonObject{{Q("url"), url}, {Q("html_url"), page}, {Q("permalink_url"), page}, {Q("diff_url"), page + Q(".diff")}, {Q("patch_url"), page + Q(".patch")}, {Q("base_commit"), githubCommit(links, r, r.commits.at(base), false)},
                                    {Q("merge_base_commit"), githubCommit(links, r, *common, false)}, {Q("status"), ahead && behind ? Q("diverged") : ahead ? Q("ahead") : behind ? Q("behind") : Q("identical")}, {Q("ahead_by"), ahead}, {Q("behind_by"), behind},
                                    {Q("total_commits"), ahead}, {Q("commits"), commits}, {Q("files"), files}});
}

} // namespace

void GithubStandIn::push(GithubRepository &r, const GithubCommit &commit, const QString &branch, bool builtIn)
{
    if (!r.contents.count(branch) && r.contents.count(r.main))
        r.contents[branch] = r.contents[r.main];
    r.commits[commit.sha] = commit;
    r.branches[branch] = commit.sha;
    if (builtIn || branch != r.main) // SYSTEMS.md §2: a commit pushed with the built-in token starts no workflow; these workflows listen to main
        return;
    const std::vector<GithubWorkflow> workflows = r.workflows;
    for (const GithubWorkflow &w : workflows)
        // the `if` of workflow 1 keeps its own commit from starting it again
        if (startsOn(w, commit.files) && !(w.file() == Q("train_model.yml") && commit.message.startsWith(Q("Model of "))))
            start(r, w, Q("push"), branch, commit.author, {});
}

std::optional<Answer> GithubStandIn::commits(const Request &request)
{
    GithubRepository &r = request.repository;
    const QString &path = request.path;
    const QUrlQuery &q = request.call.query;
    const auto value = [&](const char *key) { return q.queryItemValue(Q(key), QUrl::FullyDecoded); };
    if (const auto check = matched(path, "commits/{}/check-runs")) {
        const QString sha = resolved(r, check->front());
        QJsonArray all;
        for (const GithubRun &run : r.runs)
            if (run.sha == sha)
                for (const GithubJob &job : run.jobs())
                    all.append(githubCheckRun(request.links, r, run, job));
        return githubPage(request.call, request.links, pathOf(request.call), Q("check_runs"), all);
    }
    if (const auto note = matched(path, "check-runs/{}/annotations")) {
        for (const GithubRun &run : r.runs)
            for (const auto &attempt : run.attempts) // each attempt has check runs of its own
                for (const GithubJob &job : attempt)
                    if (QString::number(job.id) == note->front()) {
                        if (job.conclusion != Q("failure"))
                            return Answer::json(QJsonArray());
                        return Answer::json(QJsonArray{QJsonObject{{Q("path"), Q(".github")}, {Q("blob_href"), request.links.html + QLatin1Char('/') + r.fullName() + Q("/blob/") + run.sha + Q("/.github")}, {Q("start_line"), 1}, {Q("end_line"), 1}, {Q("start_column"), QJsonValue::Null},
                                                                    {Q("end_column"), QJsonValue::Null}, {Q("annotation_level"), Q("failure")}, {Q("title"), QString()}, {Q("message"), Q("Process completed with exit code 1.")}, {Q("raw_details"), QString()}}});
                    }
        return githubError(404, "Not Found");
    }
    if (!request.get() && (path.startsWith(Q("commits")) || path.startsWith(Q("compare"))))
        return githubError(404, "Not Found");
    if (path == Q("commits")) {
        const QString head = resolved(r, value("sha").isEmpty() ? r.main : value("sha"));
        if (head.isEmpty())
            return githubError(404, "Not Found");
        QJsonArray all;
        const QDateTime since = QDateTime::fromString(value("since"), Qt::ISODate);
        for (const GithubCommit *c : history(r, head))
            if ((value("path").isEmpty() || touches(*c, value("path"))) && (!since.isValid() || c->date >= since))
                all.append(githubCommit(request.links, r, *c, false));
        return githubPage(request.call, request.links, pathOf(request.call), QString(), all);
    }
    if (const auto one = matched(path, "commits/{*}")) {
        const QString sha = resolved(r, one->front());
        return sha.isEmpty() ? githubError(422, QStringLiteral("No commit found for SHA: %1").arg(one->front()).toUtf8().constData()) : Answer::json(githubCommit(request.links, r, r.commits[sha], true));
    }
    if (const auto two = matched(path, "compare/{*}")) {
        const QStringList ends = two->front().split(Q("..."));
        const QString base = resolved(r, ends.value(0)), head = resolved(r, ends.value(1));
        return base.isEmpty() || head.isEmpty() ? githubError(404, "Not Found") : compared(request.call, request.links, r, base, head);
    }
    if (path == Q("branches") || path == Q("tags")) {
        QJsonArray all;
        for (const auto &[name, sha] : path == Q("tags") ? r.tags : r.branches) {
            QJsonObject made{{Q("name"), name}, {Q("commit"), QJsonObject{{Q("sha"), sha}, {Q("url"), request.links.api + Q("/repos/") + r.fullName() + Q("/commits/") + sha}}}};
            if (path == Q("tags")) {
                made[Q("node_id")] = Q("REF_") + hexName(name, 12);
                for (const char *kind : {"zipball", "tarball"})
                    made[Q(kind) + Q("_url")] = request.links.api + Q("/repos/") + r.fullName() + QLatin1Char('/') + Q(kind) + Q("/refs/tags/") + name;
            } else {
                made[Q("protected")] = r.protectedBranches.contains(name);
            }
            all.append(made);
        }
        return githubPage(request.call, request.links, pathOf(request.call), QString(), all);
    }
    return std::nullopt;
}

std::optional<Answer> GithubStandIn::contents(const Request &request)
{
    GithubRepository &r = request.repository;
    for (const char *pattern : {"git/ref/heads/{*}", "git/refs/heads/{*}", "git/ref/tags/{*}"})
        if (const auto branch = matched(request.path, pattern); branch && request.get()) {
            const bool tag = Q(pattern).contains(Q("tags"));
            const auto &names = tag ? r.tags : r.branches;
            const auto found = names.find(branch->front());
            return found == names.end() ? githubError(404, "Not Found") : Answer::json(githubReference(request.links, r, (tag ? Q("refs/tags/") : Q("refs/heads/")) + found->first, found->second));
        }
    if (request.path == Q("git/refs") && request.post()) {
        if (auto no = lacks(request, "contents", true))
            return *no;
        const QJsonObject body = request.call.json();
        const QString reference = body[Q("ref")].toString(), sha = body[Q("sha")].toString(), branch = reference.section(QLatin1Char('/'), 2);
        auto &names = reference.startsWith(Q("refs/tags/")) ? r.tags : r.branches;
        if (names.count(branch))
            return githubError(422, "Reference already exists");
        if (branch.isEmpty() || !r.commits.count(sha))
            return githubError(422, "Object does not exist");
        names[branch] = sha;
        if (reference.startsWith(Q("refs/heads/")))
            r.contents[branch] = r.contents[r.main];
        return Answer::json(githubReference(request.links, r, reference, sha), 201);
    }
    const auto file = matched(request.path, "contents/{*}");
    if (!file)
        return std::nullopt;
    if (auto no = lacks(request, "contents", !request.get()))
        return *no;
    const QString &path = file->front();
    const QJsonObject body = request.call.json();
    QString branch = request.get() ? request.call.query.queryItemValue(Q("ref"), QUrl::FullyDecoded) : body[Q("branch")].toString();
    branch = branch.startsWith(Q("refs/heads/")) ? branch.mid(11) : branch.isEmpty() ? r.main : branch;
    if (request.get() && !r.contents.count(branch) && !resolved(r, branch).isEmpty())
        branch = r.main; // only the heads of branches have their files here
    if (!r.contents.count(branch))
        return githubError(404, "Not Found");
    auto &files = r.contents[branch];
    const auto found = files.find(path);
    if (request.get()) {
        if (found != files.end() && request.call.header("accept").contains("vnd.github.raw")) // the file as it is
            return Answer::text(found->second, 200, "application/vnd.github.raw+json; charset=utf-8");
        if (found != files.end())
            return Answer::json(githubContent(request.links, r, path, found->second, branch));
        QJsonArray inside;
        for (const auto &[name, bytes] : files)
            if (name.startsWith(path + QLatin1Char('/')) && !name.mid(path.size() + 1).contains(QLatin1Char('/'))) {
                QJsonObject entry = githubContent(request.links, r, name, bytes, branch);
                entry.remove(Q("content"));
                entry.remove(Q("encoding"));
                inside.append(entry);
            }
        return inside.isEmpty() ? githubError(404, "Not Found") : Answer::json(inside);
    }
    if (request.call.method != "PUT")
        return githubError(404, "Not Found");
    if (r.protectedBranches.contains(branch))
        return githubError(409, "Repository rule violations found\n\nChanges must be made through a pull request.\n\n");
    if (found != files.end() && body[Q("sha")].toString() != githubBlobSha(found->second))
        return githubError(409, QStringLiteral("%1 does not match %2").arg(path, body[Q("sha")].toString()).toUtf8().constData());
    const QByteArray bytes = QByteArray::fromBase64(body[Q("content")].toString().toLatin1());
    const bool isNew = found == files.end();
    files[path] = bytes;
    GithubCommit commit;
    commit.message = body[Q("message")].toString();
    commit.author = request.token.user;
    commit.date = now();
    commit.parent = r.branches[branch];
    commit.files.append(QJsonObject{{Q("filename"), path}, {Q("status"), isNew ? Q("added") : Q("modified")}, {Q("additions"), 1}, {Q("deletions"), isNew ? 0 : 1}, {Q("changes"), isNew ? 1 : 2}});
    commit.sha = hexName(commit.message + path + QString::number(m_nextId++), 40);
    push(r, commit, branch, request.token.kind == Q("app"));
    QJsonObject said = githubCommit(request.links, r, commit, false);
    QJsonObject made = said[Q("commit")].toObject();
    for (const char *key : {"sha", "node_id", "url", "html_url", "parents"})
        made[Q(key)] = said[Q(key)];
    QJsonObject content = githubContent(request.links, r, path, bytes, branch);
    content.remove(Q("content"));
    content.remove(Q("encoding"));
    return Answer::json(QJsonObject{{Q("content"), content}, {Q("commit"), made}}, isNew ? 201 : 200);
}

} // namespace pilothouse::estate

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

const GithubEnvironment *environmentOf(const GithubRepository &r, const QString &name)
{
    const auto found = std::find_if(r.environments.begin(), r.environments.end(), [&](const GithubEnvironment &e) { return e.name == name; });
    return found == r.environments.end() ? nullptr : &*found;
}

/// The token's user is a listed reviewer, not the starter where self-review is prevented, and a person (BACKEND_APIS.md §3.3: the built-in token cannot approve).
bool mayApprove(const GithubToken &token, const GithubRun &run, const GithubEnvironment &e)
{
    return token.kind != Q("app") && e.reviewers.contains(token.user) && !(e.preventSelfReview && (run.rerunBy.isEmpty() ? run.actor : run.rerunBy) == token.user);
}

} // namespace

Answer GithubStandIn::gate(const Request &request, GithubRun &run)
{
    GithubRepository &r = request.repository;
    if (request.post())
        return review(request, run);
    QJsonArray pending;
    for (const GithubJob &job : run.jobs()) {
        const GithubEnvironment *e = environmentOf(r, job.environment);
        if (job.status != Q("waiting") || !e)
            continue;
        const QJsonObject whole = githubEnvironment(request.links, r, *e);
        QJsonObject brief;
        for (const char *key : {"id", "node_id", "name", "url", "html_url"})
            brief[Q(key)] = whole[Q(key)];
        QJsonArray reviewers;
        for (const QString &login : e->reviewers)
            reviewers.append(QJsonObject{{Q("type"), Q("User")}, {Q("reviewer"), githubUser(request.links, login)}});
        pending.append(QJsonObject{{Q("environment"), brief}, {Q("wait_timer"), e->waitTimer}, {Q("wait_timer_started_at"), instant(job.created)}, {Q("current_user_can_approve"), mayApprove(request.token, run, *e)}, {Q("reviewers"), reviewers}});
    }
    return Answer::json(pending);
}

Answer GithubStandIn::review(const Request &request, GithubRun &run)
{
    GithubRepository &r = request.repository;
    if (auto no = lacks(request, "deployments", true)) // fine-grained tokens need Deployments
        return *no;
    if (request.token.kind == Q("app"))
        return githubError(403, "Resource not accessible by integration");
    const QJsonObject body = request.call.json();
    const QString state = body[Q("state")].toString();
    if ((state != Q("approved") && state != Q("rejected")) || !body.contains(Q("comment")) || body[Q("environment_ids")].toArray().isEmpty())
        return githubError(422, "Invalid request.\n\nenvironment_ids, state and comment are wanted.");
    QJsonArray made, environments;
    for (const QJsonValue &id : body[Q("environment_ids")].toArray()) {
        const auto e = std::find_if(r.environments.begin(), r.environments.end(), [&](const GithubEnvironment &one) { return one.id == id.toInteger(); });
        const bool waits = e != r.environments.end() && std::any_of(run.jobs().begin(), run.jobs().end(), [&](const GithubJob &j) { return j.environment == e->name && j.status == Q("waiting") && !j.approved; });
        if (!waits)
            return githubError(422, "No pending deployment requests to approve or reject");
        if (!mayApprove(request.token, run, *e))
            return githubError(422, "You are not allowed to approve or reject these pending deployments");
    }
    for (const QJsonValue &id : body[Q("environment_ids")].toArray())
        for (const GithubEnvironment &e : r.environments) {
            if (e.id != id.toInteger())
                continue;
            const QJsonObject whole = githubEnvironment(request.links, r, e);
            QJsonObject brief;
            for (const char *key : {"id", "node_id", "name", "url", "html_url", "created_at", "updated_at"})
                brief[Q(key)] = whole[Q(key)];
            environments.append(brief);
            for (GithubJob &job : run.jobs()) {
                if (job.environment != e.name || job.status != Q("waiting"))
                    continue;
                job.approved = state == Q("approved"); // one reviewer's yes is enough
                if (!job.approved) {
                    job.status = Q("completed");
                    job.conclusion = Q("failure");
                    job.completed = now();
                }
                for (GithubDeployment &d : r.deployments)
                    if (d.id == job.deployment) {
                        d.statuses.emplace_back(now(), job.approved ? Q("queued") : Q("failure"));
                        made.append(githubDeployment(request.links, r, d));
                    }
            }
        }
    run.approvals.append(QJsonObject{{Q("environments"), environments}, {Q("state"), state}, {Q("user"), githubUser(request.links, request.token.user)}, {Q("comment"), body[Q("comment")].toString()}});
    moveRun(r, run, m_nextId, now());
    return Answer::json(made);
}

std::optional<Answer> GithubStandIn::deployments(const Request &request)
{
    GithubRepository &r = request.repository;
    if (request.path == Q("environments")) {
        if (auto no = lacks(request, "actions", false))
            return *no;
        QJsonArray all;
        for (const GithubEnvironment &e : r.environments)
            all.append(githubEnvironment(request.links, r, e));
        return githubPage(request.call, request.links, pathOf(request.call), Q("environments"), all);
    }
    if (const auto one = matched(request.path, "environments/{}")) {
        const GithubEnvironment *e = environmentOf(r, one->front());
        return e ? Answer::json(githubEnvironment(request.links, r, *e)) : githubError(404, "Not Found");
    }
    if (!request.path.startsWith(Q("deployments")))
        return std::nullopt;
    if (auto no = lacks(request, "deployments", request.post()))
        return *no;
    if (request.path == Q("deployments") && request.get()) {
        QJsonArray all;
        const QUrlQuery &q = request.call.query;
        const auto is = [&](const char *key, const QString &value) { return !q.hasQueryItem(Q(key)) || q.queryItemValue(Q(key), QUrl::FullyDecoded) == value; };
        for (auto d = r.deployments.rbegin(); d != r.deployments.rend(); ++d)
            if (is("environment", d->environment) && is("sha", d->sha) && is("ref", d->ref))
                all.append(githubDeployment(request.links, r, *d));
        return githubPage(request.call, request.links, pathOf(request.call), QString(), all);
    }
    for (GithubDeployment &d : r.deployments) {
        const QString base = QStringLiteral("deployments/%1").arg(d.id);
        if (request.path == base && request.get())
            return Answer::json(githubDeployment(request.links, r, d));
        if (request.path != base + Q("/statuses"))
            continue;
        if (request.post()) {
            d.statuses.emplace_back(now(), request.call.json()[Q("state")].toString());
            return Answer::json(githubDeploymentStatus(request.links, r, d, d.statuses.size() - 1), 201);
        }
        QJsonArray all;
        for (std::size_t i = d.statuses.size(); i-- > 0;) // newest first
            all.append(githubDeploymentStatus(request.links, r, d, i));
        return githubPage(request.call, request.links, pathOf(request.call), QString(), all);
    }
    return std::nullopt;
}

} // namespace pilothouse::estate

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

} // namespace

Answer GithubStandIn::person(const Call &call, const QString &path, const GithubToken &token)
{
    const QString host = Q("http://") + call.host();
    const GithubLinks links{host + (call.path.startsWith(Q("/api/v3/")) ? Q("/api/v3") : QString()), host};
    if (path == Q("/user"))
        return token.kind == Q("app") ? githubError(403, "Resource not accessible by integration") : Answer::json(githubSelf(links, token.user));
    auto all = matched(path, "/user/packages");
    QString owner = token.user;
    for (const char *pattern : {"/users/{}/packages", "/orgs/{}/packages"})
        if (auto found = matched(path, pattern)) {
            all = found;
            owner = found->front();
        }
    std::optional<QStringList> one;
    for (const char *pattern : {"/users/{}/packages/container/{}/versions", "/orgs/{}/packages/container/{}/versions"})
        if (auto found = matched(path, pattern))
            one = found;
    if (!all && !one)
        return githubError(404, "Not Found");
    // BACKEND_APIS.md §3.3: container packages need a classic token
    if (token.kind != Q("classic") || !token.scopes.contains(Q("read:packages")))
        return githubError(403, token.kind == Q("classic") ? "You need at least read:packages scope to list packages." : "Resource not accessible by personal access token");
    if (all && !call.query.hasQueryItem(Q("package_type")))
        return githubError(400, "Package type is required. Valid values are: npm, maven, rubygems, docker, nuget, container.");
    QJsonArray listed;
    for (const GithubRepository &r : m_repositories)
        for (const QJsonValue &package : r.packages) {
            const QString name = package[Q("name")].toString(), base = QStringLiteral("%1/orgs/%2/packages/container/%3").arg(links.api, r.owner, name), page = QStringLiteral("%1/orgs/%2/packages/container/%3").arg(links.html, r.owner, name);
            const QJsonArray versions = package[Q("versions")].toArray();
            if (all && (r.owner == owner || path == Q("/user/packages")))
                listed.append(QJsonObject{{Q("id"), package[Q("id")]}, {Q("name"), name}, {Q("package_type"), Q("container")}, {Q("visibility"), Q("private")}, {Q("url"), base}, {Q("html_url"), page}, {Q("version_count"), versions.size()},
                                          {Q("created_at"), versions.last()[Q("created")]}, {Q("updated_at"), versions.first()[Q("created")]}, {Q("owner"), githubUser(links, r.owner)}});
            if (one && r.owner == one->value(0) && name == one->value(1))
                for (const QJsonValue &v : versions)
                    listed.append(QJsonObject{{Q("id"), v[Q("id")]}, {Q("name"), Q("sha256:") + hexName(name + v[Q("tags")][0].toString(), 64)}, {Q("url"), base + Q("/versions/") + QString::number(v[Q("id")].toInteger())}, {Q("package_html_url"), page}, {Q("created_at"), v[Q("created")]},
                                              {Q("updated_at"), v[Q("created")]}, {Q("html_url"), page}, {Q("metadata"), QJsonObject{{Q("package_type"), Q("container")}, {Q("container"), QJsonObject{{Q("tags"), v[Q("tags")]}}}}}});
        }
    return githubPage(call, links, pathOf(call), QString(), listed);
}

std::optional<Answer> GithubStandIn::pulls(const Request &request)
{
    GithubRepository &r = request.repository;
    if (!request.path.startsWith(Q("pulls")))
        return std::nullopt;
    if (auto no = lacks(request, "pull_requests", !request.get()))
        return *no;
    if (const auto one = matched(request.path, "pulls/{}")) {
        for (GithubPull &p : r.pulls)
            if (QString::number(p.number) == one->front()) {
                const QString state = request.call.method == "PATCH" ? request.call.json()[Q("state")].toString(p.state) : p.state;
                if (state != p.state) {
                    p.state = state;
                    p.closed = state == Q("closed") ? now() : QDateTime();
                }
                return Answer::json(githubPull(request.links, r, p));
            }
        return githubError(404, "Not Found");
    }
    if (request.path != Q("pulls"))
        return std::nullopt;
    if (request.get()) {
        QJsonArray all;
        const auto value = [&](const char *key) { return request.call.query.queryItemValue(Q(key), QUrl::FullyDecoded); };
        for (auto p = r.pulls.rbegin(); p != r.pulls.rend(); ++p)
            if ((value("state").isEmpty() ? p->state == Q("open") : value("state") == Q("all") || value("state") == p->state) && (value("head").isEmpty() || value("head") == r.owner + QLatin1Char(':') + p->head) && (value("base").isEmpty() || value("base") == p->base))
                all.append(githubPull(request.links, r, *p));
        return githubPage(request.call, request.links, pathOf(request.call), QString(), all);
    }
    const QJsonObject body = request.call.json();
    GithubPull made;
    made.head = body[Q("head")].toString().section(QLatin1Char(':'), -1);
    made.base = body[Q("base")].toString();
    if (!r.branches.count(made.head) || !r.branches.count(made.base))
        return githubError(422, "Validation Failed");
    for (const GithubPull &p : r.pulls)
        if (p.head == made.head && p.base == made.base && p.state == Q("open"))
            return Answer::json(QJsonObject{{Q("message"), Q("Validation Failed")}, {Q("errors"), QJsonArray{QJsonObject{{Q("resource"), Q("PullRequest")}, {Q("code"), Q("custom")}, {Q("message"), QStringLiteral("A pull request already exists for %1:%2.").arg(r.owner, made.head)}}}},
                                            {Q("documentation_url"), Q("https://docs.github.com/rest")}, {Q("status"), Q("422")}}, 422);
    if (r.branches[made.head] == r.branches[made.base])
        return Answer::json(QJsonObject{{Q("message"), Q("Validation Failed")}, {Q("errors"), QJsonArray{QJsonObject{{Q("resource"), Q("PullRequest")}, {Q("code"), Q("custom")}, {Q("message"), QStringLiteral("No commits between %1 and %2").arg(made.base, made.head)}}}},
                                        {Q("documentation_url"), Q("https://docs.github.com/rest")}, {Q("status"), Q("422")}}, 422);
    made.number = static_cast<int>(r.pulls.size()) + 1;
    made.title = body[Q("title")].toString();
    made.body = body[Q("body")].toString();
    made.user = request.token.user;
    made.created = now();
    r.pulls.push_back(made);
    return Answer::json(githubPull(request.links, r, made), 201);
}

} // namespace pilothouse::estate

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/github.h"

#include "app/estate/github_answers.h"
#include "app/estate/wire.h"

#include <QCryptographicHash>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace pilothouse::estate {

namespace {
QString Q(const char *text) { return QString::fromUtf8(text); }
} // namespace

Answer githubError(int status, const char *message)
{
    return Answer::json(QJsonObject{{Q("message"), Q(message)}, {Q("documentation_url"), Q("https://docs.github.com/rest")}, {Q("status"), QString::number(status)}}, status);
}

Answer githubPage(const Call &call, const GithubLinks &links, const QString &path, const QString &key, const QJsonArray &all, int stop)
{
    const int perPage = std::clamp(call.query.hasQueryItem(Q("per_page")) ? call.query.queryItemValue(Q("per_page")).toInt() : 30, 1, 100);
    const int page = std::max(1, call.query.queryItemValue(Q("page")).toInt());
    const auto reach = stop > 0 ? std::min<qsizetype>(stop, all.size()) : all.size();
    const int last = std::max<int>(1, static_cast<int>((reach + perPage - 1) / perPage));
    QJsonArray items;
    for (qsizetype i = static_cast<qsizetype>(page - 1) * perPage; i < std::min<qsizetype>(reach, static_cast<qsizetype>(page) * perPage); ++i)
        items.append(all[i]);
    Answer answer = key.isEmpty() ? Answer::json(items) : Answer::json(QJsonObject{{Q("total_count"), all.size()}, {key, items}});
    QStringList other;
    const auto link = [&](int to, const char *relation) {
        QUrlQuery query = call.query;
        query.removeAllQueryItems(Q("page"));
        query.addQueryItem(Q("page"), QString::number(to));
        other << QStringLiteral("<%1%2?%3>; rel=\"%4\"").arg(links.api, path, query.toString(QUrl::FullyEncoded), Q(relation));
    };
    if (page > 1) {
        link(page - 1, "prev");
        link(1, "first");
    }
    if (page < last) {
        link(page + 1, "next");
        link(last, "last");
    }
    if (!other.isEmpty())
        answer.headers.emplace_back("Link", other.join(Q(", ")).toLatin1());
    return answer;
}

GithubStandIn::GithubStandIn(std::shared_ptr<BlobStandIn> blobs) : m_blobs(std::move(blobs))
{
    m_repositories = githubRepositories(QDateTime::currentDateTimeUtc());
    const QStringList all{Q("repo"), Q("workflow"), Q("read:packages"), Q("write:packages")};
    const auto token = [&](const char *name, const char *user, const char *kind, const QStringList &scopes, const QJsonObject &permissions = {}, const QStringList &repositories = {}) {
        GithubToken made;
        made.user = Q(user);
        made.kind = Q(kind);
        made.scopes = scopes;
        made.permissions = permissions;
        made.repositories = repositories;
        m_tokens[Q(name)] = made;
    };
    const QJsonObject actions{{Q("actions"), Q("write")}, {Q("contents"), Q("write")}, {Q("metadata"), Q("read")}, {Q("pull_requests"), Q("write")}};
    token("ghp_owner", "olga", "classic", all);
    token("ghp_reviewer", "rita", "classic", all);
    token("ghp_reader", "ruth", "classic", {Q("repo"), Q("estate:read-only")}); // a person with the role "read": sees all, changes nothing
    token("github_pat_actions", "olga", "fine", {}, actions, {Q("acme/damage-incidence"), Q("acme/california-housing")});
    token("github_pat_other", "olga", "fine", {}, actions, {Q("acme/something-else")});
    token("ghs_workflow", "github-actions[bot]", "app", {}, {{Q("actions"), Q("write")}, {Q("contents"), Q("write")}, {Q("deployments"), Q("write")}, {Q("metadata"), Q("read")}, {Q("packages"), Q("write")}});
}

QString GithubStandIn::name() const { return Q("github"); }
QDateTime GithubStandIn::now() const { return m_now.isValid() ? m_now : QDateTime::currentDateTimeUtc(); }
int GithubStandIn::limit() const { return m_settings[Q("limit")].toInt(5000); }

GithubRepository *GithubStandIn::named(const QString &fullName)
{
    for (GithubRepository &r : m_repositories)
        if (r.fullName().compare(fullName, Qt::CaseInsensitive) == 0)
            return &r;
    return nullptr;
}

void GithubStandIn::advance(const QDateTime &now)
{
    m_now = now;
    m_blobs->advance(now);
    for (GithubRepository &r : m_repositories) {
        std::vector<GithubRun> ended;
        for (GithubRun &run : r.runs)
            if (moveRun(r, run, m_nextId, now) && run.conclusion == QLatin1String("success"))
                ended.push_back(run);
        for (const GithubRun &run : ended)
            for (const GithubWorkflow &w : r.workflows)
                if (w.id == run.workflow && w.file() == QLatin1String("train_model.yml") && run.attempt == 1 && m_settings[Q("training_commits")].toBool(true)) {
                    // SYSTEMS.md §2: its last job commits the model with the built-in token, and no workflow follows
                    pushed({{Q("repository"), r.fullName()}, {Q("by"), Q("github-actions[bot]")}, {Q("token"), Q("ghs_workflow")}, {Q("message"), Q("Model of dynamic_brush_") + hexName(QString::number(run.id), 10)},
                            {Q("files"), QJsonArray{Q("ml/artifacts/svc_model.joblib"), Q("ml/artifacts/scaler.joblib")}}});
                    break;
                }
    }
}

/// Secondary limit: writes quicker than one a second (BACKEND_APIS.md §3.3, "≥1 s between writes"), where the setting has it on.
std::optional<Answer> GithubStandIn::limited(const Call &call, const GithubToken &token)
{
    if (m_used[token.user] > limit()) {
        Answer answer = githubError(403, "API rate limit exceeded for user ID 1.");
        answer.headers.emplace_back("retry-after", QByteArray::number(now().secsTo(m_reset)));
        return answer;
    }
    if (call.method == "GET" || !m_settings[Q("secondary_limit")].toBool())
        return std::nullopt;
    const bool quick = m_lastWrite.isValid() && m_lastWrite.msecsTo(now()) < 1000;
    m_lastWrite = now();
    if (!quick)
        return std::nullopt;
    Answer answer = githubError(m_settings[Q("secondary_status")].toInt(403), "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.");
    answer.headers.emplace_back("Retry-After", QByteArray::number(m_settings[Q("retry_after")].toInt(60)));
    return answer;
}

Answer GithubStandIn::withLimits(Answer answer, const Call &call, const QString &user)
{
    if (call.method == "GET" && answer.status == 200) {
        const QByteArray tag = "W/\"" + QCryptographicHash::hash(answer.body, QCryptographicHash::Sha256).toHex() + '"';
        answer.headers.emplace_back("ETag", tag);
        answer.headers.emplace_back("Cache-Control", "private, max-age=60, s-maxage=60");
        if (call.header("if-none-match").contains(tag.mid(2))) {
            answer.status = 304;
            answer.body.clear();
            --m_used[user]; // BACKEND_APIS.md §3.3: 304 is free when authorised
            ++m_free;
        }
    }
    const int used = std::min(m_used[user], limit());
    answer.headers.emplace_back("x-ratelimit-limit", QByteArray::number(limit()));
    answer.headers.emplace_back("x-ratelimit-remaining", QByteArray::number(limit() - used));
    answer.headers.emplace_back("x-ratelimit-used", QByteArray::number(used));
    answer.headers.emplace_back("x-ratelimit-reset", QByteArray::number(m_reset.toSecsSinceEpoch()));
    answer.headers.emplace_back("x-ratelimit-resource", "core");
    answer.headers.emplace_back("x-github-request-id", hexName(QString::number(m_asked), 20).toUpper().toLatin1());
    answer.headers.emplace_back("x-github-media-type", "github.v3; format=json");
    return answer;
}

Answer GithubStandIn::answer(const Call &call)
{
    ++m_asked;
    if (!m_reset.isValid() || m_reset <= now()) {
        m_reset = now().addSecs(3600);
        m_used.clear();
    }
    const QString said = call.login().second;
    const auto token = m_tokens.find(said);
    if (!said.isEmpty() && token == m_tokens.end())
        return githubError(401, "Bad credentials");
    if (token == m_tokens.end()) // the repositories are private: without a token they are not there
        return call.path.endsWith(Q("/user")) ? githubError(401, "Requires authentication") : githubError(404, "Not Found");
    const QString path = call.path.startsWith(Q("/api/v3/")) ? call.path.mid(7) : call.path;
    const QString user = token->second.user;
    if (path != Q("/rate_limit")) // asking for the limit is free
        ++m_used[user];
    if (auto no = limited(call, token->second))
        return withLimits(std::move(*no), call, user);
    Answer answer = routed(call, path, &token->second);
    if (token->second.kind == Q("classic"))
        answer.headers.emplace_back("x-oauth-scopes", token->second.scopes.filter(QRegularExpression(Q("^(?!estate:)"))).join(Q(", ")).toLatin1());
    return withLimits(std::move(answer), call, user);
}

Answer GithubStandIn::routed(const Call &call, const QString &path, const GithubToken *token)
{
    const QString host = Q("http://") + call.host();
    const GithubLinks links{host + (call.path.startsWith(Q("/api/v3/")) ? Q("/api/v3") : QString()), host};
    if (path == Q("/rate_limit")) {
        const int used = std::min(m_used[token->user], limit());
        const QJsonObject core{{Q("limit"), limit()}, {Q("used"), used}, {Q("remaining"), limit() - used}, {Q("reset"), m_reset.toSecsSinceEpoch()}};
        const QJsonObject search{{Q("limit"), 30}, {Q("used"), 0}, {Q("remaining"), 30}, {Q("reset"), m_reset.toSecsSinceEpoch()}};
        return Answer::json(QJsonObject{{Q("resources"), QJsonObject{{Q("core"), core}, {Q("search"), search}}}, {Q("rate"), core}});
    }
    const auto in = matched(path, "/repos/{}/{}/{*}");
    const auto bare = in ? std::nullopt : matched(path, "/repos/{}/{}");
    if (!in && !bare)
        return person(call, path, *token);
    const QStringList who = in ? *in : *bare;
    GithubRepository *repository = named(who[0] + QLatin1Char('/') + who[1]);
    const bool seen = token->kind == Q("classic") ? token->scopes.contains(Q("repo")) : token->repositories.isEmpty() || token->repositories.contains(who[0] + QLatin1Char('/') + who[1]);
    if (!repository || !seen)
        return githubError(404, "Not Found"); // BACKEND_APIS.md §3.3: 404 hides lack of rights
    const Request request{call, path.section(QLatin1Char('/'), 4), *token, *repository, links};
    if (bare) {
        QJsonObject made = githubWholeRepository(links, *repository);
        const bool write = !token->scopes.contains(Q("estate:read-only"));
        made[Q("permissions")] = QJsonObject{{Q("admin"), write}, {Q("push"), write}, {Q("pull"), true}};
        return Answer::json(made);
    }
    if (request.path == Q("events")) {
        Answer answer = Answer::json(QJsonArray());
        answer.headers.emplace_back("X-Poll-Interval", QByteArray::number(m_settings[Q("poll_interval")].toInt(60))); // must be kept
        return answer;
    }
    for (const auto part : {&GithubStandIn::actions, &GithubStandIn::deployments, &GithubStandIn::commits, &GithubStandIn::contents, &GithubStandIn::pulls})
        if (auto answer = (this->*part)(request))
            return *answer;
    return githubError(404, "Not Found");
}

std::optional<Answer> GithubStandIn::lacks(const Request &request, const char *right, bool write) const
{
    const GithubToken &token = request.token;
    if (token.kind == Q("classic")) {
        if (write && token.scopes.contains(Q("estate:read-only")))
            return githubError(403, "Must have admin rights to Repository.");
        return std::nullopt;
    }
    const QString given = token.permissions[Q(right)].toString();
    if (given == Q("write") || (!write && given == Q("read")))
        return std::nullopt;
    Answer answer = githubError(403, token.kind == Q("app") ? "Resource not accessible by integration" : "Resource not accessible by personal access token");
    answer.headers.emplace_back("X-Accepted-GitHub-Permissions", QByteArray(right) + (write ? "=write" : "=read"));
    return answer;
}

} // namespace pilothouse::estate

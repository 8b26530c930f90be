// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_api_internal.h"

#include "core/base/json.h"
#include "core/base/redact.h"

#include <QDateTime>
#include <QLocale>
#include <QUrl>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>

namespace pilothouse::cluster {

namespace {

constexpr int pageSize = 500, callMs = 60000;
constexpr qint64 longestList = qint64(1) << 30; ///< bytes of one page; the one that is not cut into pages may be large

/// Waits, or less if asked to stop.
void pause(std::chrono::seconds time, const std::stop_token &token) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, token, time, [] { return false; });
}

/// kubectl shows no credential to a server without TLS; on this machine nobody listens in.
bool mayShowCredential(const QUrl &server) {
    return server.scheme() == QLatin1String("https") || server.host() == QLatin1String("localhost") || server.host().startsWith(QLatin1String("127.")) || server.host() == QLatin1String("::1");
}

/// "+" stays one: the server reads it as a space.
QString encodedQuery(const QUrlQuery &query) { return query.toString(QUrl::FullyEncoded).replace(QLatin1Char('+'), QLatin1String("%2B")); }

QByteArray contentTypeOf(PatchKind kind) {
    switch (kind) {
    case PatchKind::Json:
        return "application/json-patch+json";
    case PatchKind::Merge:
        return "application/merge-patch+json";
    case PatchKind::Strategic:
        return "application/strategic-merge-patch+json";
    case PatchKind::Apply:
        return "application/apply-patch+yaml";
    }
    return {};
}

QUrlQuery writeQuery(bool dryRun) {
    QUrlQuery query{{QStringLiteral("fieldManager"), QStringLiteral("pilothouse")}};
    if (dryRun)
        query.addQueryItem(QStringLiteral("dryRun"), QStringLiteral("All"));
    return query;
}

/// How far this machine's clock is from the server's, where that explains that a credential is refused; else empty.
QString clockSkew(const net::Response &reply) {
    const QDateTime server = QLocale::c().toDateTime(QString::fromLatin1(reply.header("Date")), QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
    if (!server.isValid())
        return {};
    const qint64 ahead = QDateTime(server.date(), server.time(), Qt::UTC).secsTo(QDateTime::currentDateTimeUtc());
    if (std::abs(ahead) < 60)
        return {};
    return QStringLiteral(" This machine's clock is %1 min %2 the server's: set it.").arg(std::abs(ahead) / 60).arg(ahead > 0 ? QStringLiteral("ahead of") : QStringLiteral("behind"));
}

/// The reply as the server's Status says it, or as HTTP does where another answered (a proxy, a load balancer).
Error replyError(const net::Request &request, const net::Response &reply) {
    const QJsonObject body = QJsonDocument::fromJson(reply.body).object();
    if (body.value(QLatin1String("kind")) != QLatin1String("Status")) {
        if (reply.status == 410)
            return statusObjectError({{QStringLiteral("code"), 410}}, net::requestPlace(request));
        return net::statusError(request, reply);
    }
    QJsonObject status = body;
    if (!status.value(QLatin1String("code")).isDouble())
        status.insert(QStringLiteral("code"), reply.status);
    Error error = statusObjectError(status, net::requestPlace(request));
    if (reply.status == 401)
        error.hint += clockSkew(reply);
    return error;
}

} // namespace

KubeApi::KubeApi(KubeAccess access, std::shared_ptr<net::HttpClient> http, std::shared_ptr<KubeCredentials> credentials, QString connection)
    : m_access(std::move(access)), m_http(std::move(http)), m_credentials(std::move(credentials)), m_connection(std::move(connection)), m_cache(std::make_shared<Cache>(m_access)) {}

Result<net::Request> KubeApi::request(const QByteArray &method, const QString &path, const QUrlQuery &query, std::stop_token token) const {
    KubeCredential shown;
    return build(method, path, query, token, shown);
}

Result<net::Request> KubeApi::build(const QByteArray &method, const QString &path, const QUrlQuery &query, std::stop_token token, KubeCredential &credential) const {
    net::Request request;
    request.method = method;
    request.url = m_access.server + path;
    if (!query.isEmpty())
        request.url += QLatin1Char('?') + encodedQuery(query);
    request.proxy = m_access.proxyUrl;
    request.timeoutMs = callMs;
    request.connectTimeoutMs = 15000; // as far as a tunnel to another continent
    request.headers = {{"Accept", "application/json"}};
    if (m_credentials && mayShowCredential(QUrl(m_access.server))) {
        PH_ASSIGN(credential, m_credentials->credential(token));
    }
    if (!credential.authorization.isEmpty())
        request.headers << net::Header{"Authorization", credential.authorization};
    if (!m_access.asUser.isEmpty())
        request.headers << net::Header{"Impersonate-User", m_access.asUser.toUtf8()};
    for (const QString &group : m_access.asGroups)
        request.headers << net::Header{"Impersonate-Group", group.toUtf8()};
    if (!m_access.asUid.isEmpty())
        request.headers << net::Header{"Impersonate-Uid", m_access.asUid.toUtf8()};
    for (auto extra = m_access.asExtra.begin(); extra != m_access.asExtra.end(); ++extra)
        for (const QString &value : *extra)
            request.headers << net::Header{"Impersonate-Extra-" + QUrl::toPercentEncoding(extra.key()), value.toUtf8()};
    PH_ASSIGN(request.tls, m_cache->tls.with(credential));
    return request;
}

Result<net::Response> KubeApi::send(const QByteArray &method, const QString &path, const QUrlQuery &query, const QByteArray &body, const QByteArray &contentType, std::stop_token token) const {
    bool askedAgain = false;
    for (int attempt = 1;; ++attempt) {
        KubeCredential shown;
        PH_ASSIGN(net::Request request, build(method, path, query, token, shown));
        request.body = body;
        request.maxBytes = longestList;
        if (!contentType.isEmpty())
            request.headers << net::Header{"Content-Type", contentType};
        if (method != "GET") // a write that arrived and whose answer was lost must not be made twice
            request.idempotent = false;
        PH_ASSIGN(net::Response reply, m_http->send(request, token));
        if (reply.status == 401 && !askedAgain && m_credentials && m_credentials->rejected(shown)) {
            askedAgain = true;
            continue;
        }
        // Flow control of the server: nothing was done. An eviction says 429 for another reason.
        const int wait = reply.header("Retry-After").toInt();
        if (reply.status == 429 && wait > 0 && wait <= 10 && attempt < 4 && method != "GET" && !path.endsWith(QLatin1String("/eviction"))) {
            pause(std::chrono::seconds(wait), token);
            if (token.stop_requested())
                return cancelled();
            continue;
        }
        if (reply.status >= 400)
            return replyError(request, reply);
        return reply;
    }
}

Result<QJsonObject> KubeApi::get(const QString &path, const QUrlQuery &query, std::stop_token token) const {
    PH_ASSIGN(const net::Response reply, send("GET", path, query, {}, {}, token));
    return parseJsonObject(reply.body, m_access.server + path);
}

Result<QByteArray> KubeApi::text(const QString &path, const QUrlQuery &query, std::stop_token token) const {
    PH_ASSIGN(net::Response reply, send("GET", path, query, {}, {}, token));
    return std::move(reply.body);
}

Result<std::vector<QJsonObject>> KubeApi::list(const KubeKind &kind, const QString &space, const QString &labelSelector, std::stop_token token, QString *resourceVersion) const {
    std::vector<QJsonObject> all;
    QString next;
    bool inPages = true;
    for (;;) {
        QUrlQuery query;
        if (inPages)
            query.addQueryItem(QStringLiteral("limit"), QString::number(pageSize));
        if (!labelSelector.isEmpty())
            query.addQueryItem(QStringLiteral("labelSelector"), QString::fromLatin1(QUrl::toPercentEncoding(labelSelector)));
        if (!next.isEmpty())
            query.addQueryItem(QStringLiteral("continue"), QString::fromLatin1(QUrl::toPercentEncoding(next)));
        const auto page = get(listPath(kind, space), query, token);
        if (!page && isExpired(page.error()) && !next.isEmpty()) { // as client-go's pager: then all at once, which cannot expire
            all.clear();
            next.clear();
            inPages = false;
            continue;
        }
        if (!page)
            return page.error();
        for (const QJsonValue &item : page->value(QLatin1String("items")).toArray()) {
            QJsonObject object = item.toObject();
            if (!object.contains(QLatin1String("kind"))) { // lists of built-in kinds leave both out
                object.insert(QStringLiteral("kind"), kind.kind);
                object.insert(QStringLiteral("apiVersion"), kind.apiVersion());
            }
            all.push_back(std::move(object));
        }
        if (resourceVersion)
            *resourceVersion = metadataText(*page, "resourceVersion");
        next = metadataText(*page, "continue");
        if (next.isEmpty())
            return all;
    }
}

Result<QJsonObject> KubeApi::create(const KubeKind &kind, const QString &space, const QJsonObject &object, bool dryRun) const {
    PH_ASSIGN(const net::Response reply, send("POST", listPath(kind, space), writeQuery(dryRun), compactJson(object), "application/json", {}));
    return parseJsonObject(reply.body, m_access.server);
}

Result<QJsonObject> KubeApi::patch(const QString &path, PatchKind kind, const QJsonValue &body, bool dryRun, bool force) const {
    QUrlQuery query = writeQuery(dryRun);
    if (force && kind == PatchKind::Apply)
        query.addQueryItem(QStringLiteral("force"), QStringLiteral("true"));
    PH_ASSIGN(const net::Response reply, send("PATCH", path, query, compactJson(body), contentTypeOf(kind), {}));
    return parseJsonObject(reply.body, m_access.server + path);
}

Result<QJsonObject> KubeApi::replace(const KubeRef &ref, const QJsonObject &object, bool dryRun, const QString &subresource) const {
    PH_ASSIGN(const net::Response reply, send("PUT", objectPath(ref, subresource), writeQuery(dryRun), compactJson(object), "application/json", {}));
    return parseJsonObject(reply.body, m_access.server);
}

Result<QJsonObject> KubeApi::remove(const KubeRef &ref, const QString &propagation, const QString &uid, bool dryRun) const {
    QJsonObject options{{QStringLiteral("apiVersion"), QStringLiteral("v1")}, {QStringLiteral("kind"), QStringLiteral("DeleteOptions")}, {QStringLiteral("propagationPolicy"), propagation}};
    if (!uid.isEmpty())
        options.insert(QStringLiteral("preconditions"), QJsonObject{{QStringLiteral("uid"), uid}});
    if (dryRun)
        options.insert(QStringLiteral("dryRun"), QJsonArray{QStringLiteral("All")});
    PH_ASSIGN(const net::Response reply, send("DELETE", objectPath(ref), {}, compactJson(options), "application/json", {}));
    return parseJsonObject(reply.body, m_access.server);
}

Result<QJsonObject> KubeApi::post(const QString &path, const QJsonObject &body) const {
    PH_ASSIGN(const net::Response reply, send("POST", path, {}, compactJson(body), "application/json", {}));
    return reply.body.isEmpty() ? Result<QJsonObject>(QJsonObject()) : parseJsonObject(reply.body, m_access.server + path);
}

Result<void> KubeApi::stream(const QString &path, const QUrlQuery &query, std::function<bool(const char *, std::size_t)> onData, std::stop_token token) const {
    for (bool askedAgain = false;; askedAgain = true) {
        KubeCredential shown;
        PH_ASSIGN(net::Request request, build("GET", path, query, token, shown));
        request.timeoutMs = 0;
        request.onData = onData;
        PH_ASSIGN(const net::Response reply, m_http->send(request, token));
        if (reply.status < 400)
            return {};
        if (reply.status != 401 || askedAgain || !m_credentials || !m_credentials->rejected(shown))
            return replyError(request, reply);
    }
}

} // namespace pilothouse::cluster

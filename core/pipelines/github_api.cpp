// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/github_api.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/redact.h"
#include "core/net/directory_token.h"
#include "core/net/http_date.h"

#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <algorithm>
#include <thread>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
constexpr qint64 longestReply = 32 << 20;
constexpr std::chrono::milliseconds betweenWrites{1000};

QString originOf(const QString &url) {
    const QUrl u(url);
    return QStringLiteral("%1://%2:%3").arg(u.scheme(), u.host()).arg(u.port(u.scheme() == Q("https") ? 443 : 80));
}

bool pause(std::chrono::steady_clock::time_point until, std::stop_token token) {
    while (std::chrono::steady_clock::now() < until) {
        if (token.stop_requested())
            return false;
        std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(std::chrono::milliseconds(20), until - std::chrono::steady_clock::now()));
    }
    return true;
}

} // namespace

GitHubApi::GitHubApi(PipelineConnection connection) : m_connection(std::move(connection)), m_base(baseOf(m_connection.connection.url)) {}

QString GitHubApi::baseOf(const QString &url) {
    QString base = url.trimmed();
    while (base.endsWith(QLatin1Char('/')))
        base.chop(1);
    const QUrl parsed(base);
    if (base.isEmpty() || parsed.host() == Q("github.com") || parsed.host() == Q("www.github.com"))
        return QStringLiteral("https://api.github.com");
    if (parsed.path().isEmpty() && !parsed.host().startsWith(Q("api.")))
        return base + QStringLiteral("/api/v3");
    return base;
}

Result<void> GitHubApi::check(const PipelineConnection &connection) {
    const QString base = baseOf(connection.connection.url);
    if (!QUrl(base).isValid() || QUrl(base).host().isEmpty())
        return invalid(QStringLiteral("“%1” is no address of GitHub.").arg(redact(connection.connection.url)), connection.connection.name, QStringLiteral("Leave it out for github.com; an Enterprise server: https://HOST/api/v3."));
    if (!net::isSafeForSecrets(base))
        return invalid(QStringLiteral("The token would travel in the open."), redact(base), QStringLiteral("Write the address with https://."));
    return {};
}

bool GitHubApi::isOurs(const QString &url) const { return originOf(url) == originOf(m_base); }

void GitHubApi::keepAtLeast(int replies) {
    const std::lock_guard lock(m_lock);
    m_keptReplies = std::max(m_keptReplies, replies);
}

GitHubLimits GitHubApi::limits() const {
    const std::lock_guard lock(m_lock);
    return m_limits;
}
int GitHubApi::pollInterval() const {
    const std::lock_guard lock(m_lock);
    return m_pollInterval;
}
QDateTime GitHubApi::serverNow() const {
    const std::lock_guard lock(m_lock);
    return now().addSecs(m_skew);
}

std::optional<Error> GitHubApi::waiting() const {
    const std::lock_guard lock(m_lock);
    if (!m_limits.until.isValid() || now() >= m_limits.until)
        return {};
    return Error{ErrorKind::Unreachable, QStringLiteral("GitHub asks to wait until %1 UTC (%2).").arg(m_limits.until.toUTC().toString(QStringLiteral("hh:mm:ss")), m_limits.why), m_connection.connection.name,
                 QStringLiteral("Nothing is asked before; what was read last is shown."), {}};
}

void GitHubApi::learn(const net::Response &response) {
    const std::lock_guard lock(m_lock);
    const auto number = [&](const char *name) { return response.header(name).isEmpty() ? qint64(-1) : response.header(name).trimmed().toLongLong(); };
    if (const QDateTime date = net::httpDate(response.header("Date")); date.isValid())
        m_skew = now().secsTo(date);
    if (const qint64 limit = number("x-ratelimit-limit"); limit >= 0) {
        m_limits.limit = int(limit);
        m_limits.remaining = int(number("x-ratelimit-remaining"));
        m_limits.resource = QString::fromUtf8(response.header("x-ratelimit-resource"));
        m_limits.reset = QDateTime::fromSecsSinceEpoch(number("x-ratelimit-reset"), Qt::UTC).addSecs(-m_skew);
    }
    m_limits.failures = response.status >= 500 ? m_limits.failures + 1 : 0;
    const QByteArray words = response.body.left(2000).toLower();
    const bool refusedForRate = response.status == 429 || (response.status == 403 && (number("retry-after") >= 0 || number("x-ratelimit-remaining") == 0 || words.contains("rate limit") || words.contains("abuse detection")));
    const qint64 wait = std::min<qint64>(number("retry-after"), 3600 * 6);
    if (wait >= 0 && (refusedForRate || response.status == 503)) {
        m_limits.until = now().addSecs(std::max<qint64>(wait, 1));
        m_limits.why = response.status == 503 ? QStringLiteral("it is busy") : QStringLiteral("secondary limit");
        m_secondary += refusedForRate;
    } else if (number("x-ratelimit-remaining") == 0 && m_limits.reset > now()) {
        m_limits.until = m_limits.reset;
        m_limits.why = QStringLiteral("%1 calls an hour are used up").arg(m_limits.limit);
    } else if (refusedForRate) { // no header says how long: at least a minute, longer each time
        m_limits.until = now().addSecs(60LL << std::min(m_secondary++, 6));
        m_limits.why = QStringLiteral("secondary limit");
    } else if (response.status < 400) {
        m_secondary = 0;
    }
}

Result<net::Request> GitHubApi::request(const QByteArray &method, const QString &path, const QUrlQuery &query) const {
    net::Request request;
    request.method = method;
    request.url = path.startsWith(Q("http")) ? path : m_base + path;
    if (!query.isEmpty())
        request.url += QLatin1Char('?') + query.toString(QUrl::FullyEncoded).replace(QLatin1Char('+'), Q("%2B"));
    request.headers << net::Header{"Accept", "application/vnd.github+json"} << net::Header{"X-GitHub-Api-Version", "2022-11-28"} << net::Header{"User-Agent", "Pilothouse"};
    request.idempotent = false; // waits and repeats are decided here
    request.maxBytes = longestReply;
    if (const QString ca = m_connection.connection.other.value(QStringLiteral("ca_file")); !ca.isEmpty())
        request.caFile = ca;
    return request;
}

Result<net::Response> GitHubApi::send(net::Request request, bool isWrite, std::stop_token token) {
    const std::lock_guard wire(m_wire);
    for (bool again = false;; again = true) {
        if (const auto wait = waiting())
            return *wait;
        if (isWrite && !pause(m_lastWrite + betweenWrites, token))
            return cancelled();
        net::Request sent = request;
        if (m_connection.authorization) {
            PH_ASSIGN(const QByteArray value, m_connection.authorization());
            if (!value.isEmpty())
                sent.headers << net::Header{"Authorization", value};
        }
        auto response = m_connection.http->send(sent, token);
        if (isWrite)
            m_lastWrite = std::chrono::steady_clock::now();
        if (!response) {
            const std::lock_guard lock(m_lock);
            m_limits.failures += response.error().kind != ErrorKind::Cancelled;
            return response.error();
        }
        learn(*response);
        if (response->status == 401 && m_connection.forget && !again) { // nothing was done: a new token may be taken
            m_connection.forget();
            continue;
        }
        if (const auto wait = waiting(); wait && response->status >= 400)
            return *wait;
        return response;
    }
}

QString GitHubApi::cacheFile(const QString &key) const {
    return m_connection.folder.isEmpty() ? QString() : m_connection.folder + QStringLiteral("/replies/") + sha256Hex(key.toUtf8()).left(32) + QStringLiteral(".json");
}

GitHubReplyPointer GitHubApi::cached(const QString &key) {
    {
        const std::lock_guard lock(m_lock);
        if (const auto found = m_replies.constFind(key); found != m_replies.constEnd())
            return *found;
    }
    const QString file = cacheFile(key);
    const auto bytes = file.isEmpty() || !QFile::exists(file) ? Result<QByteArray>(QByteArray()) : readFile(file);
    const qsizetype line = bytes ? bytes->indexOf('\n') : -1; // {"key","etag","date","raw"} in the first line, then the body
    if (line < 0)
        return {};
    const QJsonObject head = QJsonDocument::fromJson(bytes->left(line)).object();
    if (head.value(Q("key")).toString() != key)
        return {};
    auto reply = std::make_shared<GitHubReply>();
    reply->etag = head.value(Q("etag")).toString().toUtf8();
    reply->date = fromIsoUtc(head.value(Q("date")).toString());
    if (head.value(Q("raw")).toBool())
        reply->body = bytes->mid(line + 1);
    else
        reply->json = QJsonDocument::fromJson(bytes->mid(line + 1));
    if (!head.value(Q("raw")).toBool() && reply->json.isNull())
        return {};
    if (QFile used(file); QFileInfo(file).lastModified().daysTo(now()) > 0 && used.open(QIODevice::ReadWrite))
        used.setFileTime(now(), QFileDevice::FileModificationTime); // what is used stays (tidySystems())
    keep(key, reply, false);
    return reply;
}

void GitHubApi::keep(const QString &key, const GitHubReplyPointer &reply, bool onDisk) {
    {
        const std::lock_guard lock(m_lock);
        m_order.removeOne(key);
        m_order << key;
        m_replies.insert(key, reply);
        if (m_order.size() > m_keptReplies)
            m_replies.remove(m_order.takeFirst());
    }
    const QString file = cacheFile(key);
    if (!onDisk || file.isEmpty())
        return;
    const bool raw = reply->json.isNull();
    const QByteArray head = compactJson(QJsonObject{{Q("key"), key}, {Q("etag"), QString::fromUtf8(reply->etag)}, {Q("date"), isoUtc(reply->date)}, {Q("raw"), raw}});
    (void)writeFileAtomically(file, head + '\n' + (raw ? reply->body : reply->json.toJson(QJsonDocument::Compact))); // a cache: without it the reply is asked for again
}

Result<GitHubReplyPointer> GitHubApi::get(const QString &path, const QUrlQuery &query, Fresh fresh, const QByteArray &accept, std::stop_token token) {
    PH_ASSIGN(net::Request request, this->request("GET", path, query));
    const QString key = request.url + QLatin1Char(' ') + QString::fromLatin1(accept);
    const GitHubReplyPointer before = cached(key);
    {
        const std::lock_guard lock(m_lock);
        if (before && (fresh == Fresh::Forever || now() < m_notBefore.value(key)))
            return before;
    }
    if (!accept.isEmpty())
        request.headers[0].value = accept;
    if (before && !before->etag.isEmpty())
        request.headers << net::Header{"If-None-Match", before->etag};
    for (int hops = 0;; ++hops) {
        PH_ASSIGN(const net::Response response, send(request, false, token));
        if (const qint64 seconds = response.header("x-poll-interval").toLongLong(); seconds > 0) {
            const std::lock_guard lock(m_lock);
            m_pollInterval = int(std::min<qint64>(seconds, 3600));
            m_notBefore.insert(key, now().addSecs(m_pollInterval));
        }
        if (response.status == 304 && before)
            return before;
        if (const QByteArray to = response.header("Location"); response.status >= 301 && response.status <= 308 && response.status != 304 && !to.isEmpty()) {
            const QString target = QUrl(request.url).resolved(QUrl(QString::fromUtf8(to))).toString(QUrl::FullyEncoded); // a repository that was renamed
            if (hops >= 3 || !isOurs(target))
                return Error{ErrorKind::Refused, QStringLiteral("GitHub sends to another server, which the token must not reach."), redact(net::requestPlace(request)), QStringLiteral("Check the address of the connection."), {}};
            request.url = target;
            continue;
        }
        if (response.status != 200)
            return githubError(request, response);
        auto reply = std::make_shared<GitHubReply>();
        reply->etag = response.header("ETag");
        reply->date = serverNow();
        if (accept.contains("raw"))
            reply->body = response.body;
        else if (reply->json = QJsonDocument::fromJson(response.body); reply->json.isNull())
            return githubError(request, response);
        keep(key, reply, !reply->etag.isEmpty() || fresh == Fresh::Forever);
        return GitHubReplyPointer(reply);
    }
}

Result<QJsonArray> GitHubApi::list(const QString &path, const QString &key, QUrlQuery query, int most) {
    QJsonArray all;
    query.removeQueryItem(QStringLiteral("per_page"));
    const int size = std::min(most, 100);
    query.addQueryItem(QStringLiteral("per_page"), QString::number(size));
    for (int page = 1; all.size() < most; ++page) {
        QUrlQuery asked = query;
        if (page > 1)
            asked.addQueryItem(QStringLiteral("page"), QString::number(page));
        PH_ASSIGN(const GitHubReplyPointer reply, get(path, asked));
        const QJsonArray items = key.isEmpty() ? reply->json.array() : reply->json.object().value(key).toArray();
        for (const QJsonValue &item : items)
            all.append(item);
        if (items.size() < size)
            break;
    }
    return all;
}

Result<net::Response> GitHubApi::write(const QByteArray &method, const QString &path, const QJsonObject &body) {
    PH_ASSIGN(net::Request request, this->request(method, path, {}));
    if (method != "DELETE")
        request.body = compactJson(body);
    PH_ASSIGN(const net::Response response, send(request, true, {}));
    if (response.status >= 300)
        return response.status < 400 ? Error{ErrorKind::Conflict, QStringLiteral("The repository stands elsewhere now; nothing was sent there."), redact(net::requestPlace(request)), QStringLiteral("Write its new name into the connection."), {}}
                                     : githubError(request, response);
    return response;
}

Result<void> GitHubApi::fetch(const QString &path, const QString &file, std::stop_token token) {
    PH_ASSIGN(net::Request first, request("GET", path, {}));
    PH_ASSIGN(net::Response response, send(first, false, token));
    QString url = first.url;
    if (response.status == 200)
        return writeFileAtomically(file, response.body);
    for (int hops = 0; response.status >= 301 && response.status <= 308 && response.status != 304; ++hops) {
        const QUrl target = QUrl(url).resolved(QUrl(QString::fromUtf8(response.header("Location"))));
        url = target.toString(QUrl::FullyEncoded);
        if (hops >= 4 || !target.isValid() || target.host().isEmpty() || !net::isSafeForSecrets(url)) // the signed address is a secret by itself
            return refused(QStringLiteral("GitHub sends to an address that is not safe to follow."), target.toString(QUrl::RemoveQuery | QUrl::RemoveUserInfo), QStringLiteral("Only https:// is followed."));
        net::Request next; // signed for itself: neither token nor GitHub's headers go along
        next.url = url;
        next.timeoutMs = 0;
        next.stallSeconds = 60;
        next.maxBytes = 4LL << 30;
        next.caFile = first.caFile;
        PH_TRY(writeFileAtomically(file, [&](int fd) -> Result<void> {
            std::optional<Error> failed;
            next.onData = [&](const char *bytes, std::size_t count) {
                if (const auto written = writeAll(fd, bytes, count, file); !written)
                    failed = written.error();
                return !failed;
            };
            PH_ASSIGN(response, m_connection.http->send(next, token));
            return failed ? Result<void>(*failed) : Result<void>();
        }));
        if (response.status == 200)
            return {};
        QFile::remove(file);
    }
    return githubError(first, response);
}

} // namespace pilothouse::pipelines

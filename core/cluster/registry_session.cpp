// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/registry_session.h"

#include "core/base/redact.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>
#include <QUrlQuery>

#include <algorithm>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
constexpr int usualTokenSeconds = 60; ///< what the token protocol says where expires_in is missing
constexpr int mostRedirects = 5;

bool isLoopback(const QString &host) { return host == Q("localhost") || host == Q("::1") || host.startsWith(Q("127.")); }

QList<QByteArray> valuesOf(const net::Response &response, const QByteArray &name) {
    QList<QByteArray> out;
    for (const net::Header &header : response.headers)
        if (header.name.compare(name, Qt::CaseInsensitive) == 0)
            out << header.value;
    return out;
}

/// The first of {"errors":[{"code","message"}]}; Docker Hub and GHCR say "details" too.
QPair<QString, QString> firstError(const QByteArray &body) {
    const QJsonObject object = QJsonDocument::fromJson(body).object();
    const QJsonObject first = object.value(Q("errors")).toArray().at(0).toObject();
    if (!first.isEmpty())
        return {first.value(Q("code")).toString(), first.value(Q("message")).toString()};
    for (const char *key : {"message", "details", "error_description", "detail"})
        if (const QString text = object.value(Q(key)).toString(); !text.isEmpty())
            return {{}, text};
    return {};
}

QString scopeOf(const RegistrySession::Call &call) {
    return !call.scope.isEmpty() ? call.scope : call.repository.isEmpty() ? QString() : QStringLiteral("repository:%1:pull").arg(call.repository);
}

} // namespace

QString RegistryAccess::apiUrl() const {
    QString out = url;
    if (out.isEmpty())
        out = QStringLiteral("https://") + (host == Q("docker.io") ? QStringLiteral("registry-1.docker.io") : host);
    while (out.endsWith(QLatin1Char('/')))
        out.chop(1);
    if (out.endsWith(Q("/v2")))
        out.chop(3);
    return out;
}

std::optional<RateLimit> rateLimitOf(const net::Response &response) {
    const QByteArray limit = response.header("ratelimit-limit"), remaining = response.header("ratelimit-remaining"); // "100;w=21600"
    if (limit.isEmpty() || remaining.isEmpty())
        return {};
    const auto number = [](const QByteArray &text) { return text.split(';').first().trimmed().toInt(); };
    const qsizetype window = limit.indexOf("w=");
    return RateLimit{number(limit), number(remaining), window < 0 ? 0 : limit.mid(window + 2).split(';').first().toInt()};
}

RegistrySession::RegistrySession(RegistryAccess access, std::shared_ptr<net::HttpClient> http, std::shared_ptr<const Clock> clock)
    : m_access(std::move(access)), m_http(std::move(http)), m_clock(std::move(clock)) {}

std::optional<RateLimit> RegistrySession::rateLimit() const {
    const std::lock_guard lock(m_mutex);
    return m_rate;
}

QString RegistrySession::service() const {
    const std::lock_guard lock(m_mutex);
    return m_service;
}

void RegistrySession::look(const net::Response &response) {
    if (const auto rate = rateLimitOf(response)) {
        const std::lock_guard lock(m_mutex);
        m_rate = rate;
    }
}

Error RegistrySession::error(const net::Request &request, const net::Response &response) const {
    Error out = net::statusError(request, response);
    const auto [code, message] = firstError(response.body);
    const QString said = message.isEmpty() ? QString() : QStringLiteral(": ") + redact(message.simplified()).left(300);
    if (response.status == 429 || code == Q("TOOMANYREQUESTS")) {
        const auto rate = rateLimitOf(response);
        out.kind = ErrorKind::Unreachable;
        out.what = QStringLiteral("%1 answers no more for now: its rate limit is reached").arg(m_access.host) +
                   (rate ? QStringLiteral(" (%1 pulls in %2 h)").arg(rate->limit).arg(rate->seconds / 3600.0, 0, 'g', 3) : QString()) + (said.isEmpty() ? QStringLiteral(".") : said);
        const QByteArray after = response.header("retry-after");
        out.hint = (after.isEmpty() ? QStringLiteral("Try again later") : QStringLiteral("Try again in %1 s").arg(QString::fromLatin1(after))) +
                   (m_access.login ? QStringLiteral(".") : QStringLiteral(", or name a user and secret in the connection: who logs in may ask more often."));
    } else if (response.status == 401 || response.status == 403) {
        out.what = QStringLiteral("%1 refuses access%2").arg(m_access.host, said.isEmpty() ? QStringLiteral(" (HTTP %1).").arg(response.status) : said);
        out.hint = m_access.login ? QStringLiteral("Check the user, the secret and its right to pull.") : QStringLiteral("If the repository is private, add a connection of kind images with user and secret for %1.").arg(m_access.host);
    } else if (!code.isEmpty() || !message.isEmpty()) {
        out.what = QStringLiteral("%1 says%2 (%3)").arg(m_access.host, said.isEmpty() ? QStringLiteral(": ") + code : said, code.isEmpty() ? QStringLiteral("HTTP %1").arg(response.status) : code);
        if (response.status == 404)
            out.hint = QStringLiteral("Check the name; see “pilot images list”.");
    }
    return out;
}

Result<net::Response> RegistrySession::once(const Call &call, const QByteArray &authorization, std::stop_token token) {
    net::Request request;
    request.method = call.method;
    request.url = call.path.startsWith(QLatin1Char('/')) ? m_access.apiUrl() + call.path : call.path;
    const QUrl url(request.url);
    if (url.scheme() == Q("http") && !isLoopback(url.host()) && !m_access.plainHttp)
        return refused(QStringLiteral("The registry %1 is asked over http: what is read could be forged, and a password would travel in the open.").arg(m_access.host), {},
                       QStringLiteral("Write its url with https, or allow it with `plain_http: yes` in the connection."));
    if (!call.accept.isEmpty())
        request.headers << net::Header{"Accept", call.accept};
    if (!authorization.isEmpty())
        request.headers << net::Header{"Authorization", authorization};
    request.caFile = m_access.caFile;
    request.maxBytes = call.maxBytes;
    request.rawBytes = true; // a digest counts the bytes as they are kept
    PH_ASSIGN(net::Response response, m_http->send(request, token));
    look(response);
    if (response.status >= 300 && response.status < 400)
        return followed(std::move(request), std::move(response), token);
    return response;
}

/// Blobs lie elsewhere (S3, a CDN): their addresses carry their own right, the registry's credential is not for them.
Result<net::Response> RegistrySession::followed(net::Request request, net::Response response, std::stop_token token) {
    for (int i = 0; response.status >= 300 && response.status < 400; ++i) {
        const QByteArray location = response.header("location");
        if (location.isEmpty() || i == mostRedirects)
            return invalid(QStringLiteral("The registry %1 sends its answers in a circle.").arg(m_access.host), request.url);
        const QUrl from(request.url), to = from.resolved(QUrl(QString::fromUtf8(location)));
        if (to.scheme() != Q("https") && !(to.scheme() == Q("http") && (isLoopback(to.host()) || (from.scheme() == Q("http") && m_access.plainHttp))))
            return refused(QStringLiteral("The registry %1 sends on to an address that is not safe.").arg(m_access.host), to.host());
        if (to.host() != from.host() || to.port() != from.port() || to.scheme() != from.scheme())
            request.headers.removeIf([](const net::Header &header) { return header.name == "Authorization"; });
        request.url = to.toString(QUrl::FullyEncoded);
        PH_ASSIGN(response, m_http->send(request, token));
    }
    return response;
}

Result<RegistryLogin> RegistrySession::login(std::stop_token token) {
    if (m_login && (!m_login->until.isValid() || m_clock->nowUtc() < m_login->until))
        return *m_login;
    PH_ASSIGN(const RegistryLogin login, m_access.login(token));
    if (login.until.isValid()) // one without an end is read anew each time and kept nowhere
        m_login = login;
    return login;
}

Result<QByteArray> RegistrySession::basic(std::stop_token token) {
    PH_ASSIGN(const RegistryLogin who, login(token));
    return QByteArray("Basic " + (who.user + QLatin1Char(':') + who.password).toUtf8().toBase64());
}

Result<QByteArray> RegistrySession::exchange(const AuthChallenge &challenge, const QString &scope, std::stop_token token) {
    const QString realm = challenge.parameters.value(QStringLiteral("realm"));
    const QUrl service(realm);
    const bool safe = service.scheme() == Q("https") || (service.scheme() == Q("http") && (isLoopback(service.host()) || m_access.plainHttp));
    if (realm.isEmpty() || service.host().isEmpty() || !safe)
        return Error{ErrorKind::Invalid, QStringLiteral("The registry %1 names a token service that cannot be asked: “%2”.").arg(m_access.host, redact(realm)), {}, QStringLiteral("Is the address right?"), {}};
    net::Request request;
    QUrlQuery query(service.query());
    // Encoded by hand: a plus or a slash must reach the service as it is meant.
    QStringList items;
    for (const auto &[key, value] : query.queryItems(QUrl::FullyDecoded))
        items << QString::fromLatin1(QUrl::toPercentEncoding(key) + '=' + QUrl::toPercentEncoding(value));
    if (const QString name = challenge.parameters.value(QStringLiteral("service")); !name.isEmpty())
        items << QStringLiteral("service=") + QString::fromLatin1(QUrl::toPercentEncoding(name));
    for (const QString &one : scope.split(QLatin1Char(' '), Qt::SkipEmptyParts))
        items << QStringLiteral("scope=") + QString::fromLatin1(QUrl::toPercentEncoding(one));
    request.url = service.toString(QUrl::RemoveQuery | QUrl::RemoveFragment | QUrl::FullyEncoded) + QLatin1Char('?') + items.join(QLatin1Char('&'));
    request.caFile = m_access.caFile;
    if (m_access.login) {
        if (!isTrustedRealm(m_access.apiUrl(), realm, m_access.realms))
            return Error{ErrorKind::Denied, QStringLiteral("The registry %1 wants the credential to be sent to %2, which is another site. It was not sent.").arg(m_access.host, service.host()), {},
                         QStringLiteral("If that is right, add `realm: %1` to the connection.").arg(service.host()), {}};
        PH_ASSIGN(const QByteArray who, basic(token));
        request.headers << net::Header{"Authorization", who};
    }
    PH_ASSIGN(const net::Response response, m_http->send(request, token));
    if (response.status >= 400)
        return error(request, response);
    const QJsonObject body = QJsonDocument::fromJson(response.body).object();
    const QString value = !body.value(Q("token")).toString().isEmpty() ? body.value(Q("token")).toString() : body.value(Q("access_token")).toString();
    if (response.status >= 300 || value.isEmpty())
        return Error{ErrorKind::Invalid, QStringLiteral("The token service %1 of the registry gave no token (HTTP %2).").arg(service.host()).arg(response.status), {}, QStringLiteral("Is the address right?"), {}};
    const int seconds = std::max(usualTokenSeconds, body.value(Q("expires_in")).toInt(usualTokenSeconds));
    const QByteArray authorization = "Bearer " + value.toUtf8();
    m_tokens.insert(scope, {authorization, m_clock->nowUtc().addSecs(seconds - std::min(30, seconds / 4))});
    return authorization;
}

Result<QByteArray> RegistrySession::authorization(const Call &call, const net::Response &refusal, std::stop_token token) {
    const auto challenges = parseChallenges(valuesOf(refusal, "WWW-Authenticate"));
    const auto with = [&](Q scheme) { return std::find_if(challenges.begin(), challenges.end(), [&](const AuthChallenge &c) { return c.scheme == scheme; }); };
    if (const auto bearer = with(Q("bearer")); bearer != challenges.end()) {
        m_service = bearer->parameters.value(QStringLiteral("service"));
        const QString scope = scopeOf(call);
        return exchange(*bearer, scope.isEmpty() ? bearer->parameters.value(QStringLiteral("scope")) : scope, token);
    }
    if (const auto plain = with(Q("basic")); plain != challenges.end()) {
        m_service = plain->parameters.value(QStringLiteral("service"));
        if (!m_access.login)
            return Error{ErrorKind::Denied, QStringLiteral("The registry %1 wants a user and a password.").arg(m_access.host), {}, QStringLiteral("Add a connection of kind images with user and secret for it."), {}};
        PH_ASSIGN(const QByteArray value, basic(token));
        m_tokens.insert(scopeOf(call), {value, m_login && m_login->until.isValid() ? m_login->until : m_clock->nowUtc().addSecs(300)});
        return value;
    }
    return QByteArray(); // 401 without a way in
}

Result<net::Response> RegistrySession::send(const Call &call, std::stop_token token) {
    QByteArray known;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_tokens.constFind(scopeOf(call));
        if (found != m_tokens.constEnd() && m_clock->nowUtc() < found->until)
            known = found->authorization;
    }
    PH_ASSIGN(net::Response response, once(call, known, token));
    if (response.status == 401) {
        std::unique_lock lock(m_mutex); // one asks for the token, the others wait for it
        const auto other = m_tokens.constFind(scopeOf(call));
        QByteArray fresh;
        if (other != m_tokens.constEnd() && other->authorization != known && m_clock->nowUtc() < other->until) {
            fresh = other->authorization;
        } else {
            m_tokens.remove(scopeOf(call));
            if (!known.isEmpty())
                m_login.reset(); // it may have been revoked before its time
            PH_ASSIGN(fresh, authorization(call, response, token));
        }
        if (!fresh.isEmpty() && fresh != known) {
            lock.unlock();
            PH_ASSIGN(response, once(call, fresh, token));
        }
    }
    if (response.status >= 400) {
        net::Request asked;
        asked.method = call.method;
        asked.url = call.path.startsWith(QLatin1Char('/')) ? m_access.apiUrl() + call.path : call.path;
        return error(asked, response);
    }
    return response;
}

} // namespace pilothouse::cluster

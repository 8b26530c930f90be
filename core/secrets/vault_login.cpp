// SPDX-License-Identifier: GPL-3.0-or-later
// Logging in to a Vault, keeping the token alive, and what its refusals mean.
#include "core/secrets/vault_client.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/redact.h"

#include <QUrl>

#include <algorithm>

namespace pilothouse::secrets {

namespace {

using Q = QLatin1String;
constexpr qint64 leastSeconds = 5; ///< a token that lives shorter is asked for anew at each call
const QString podToken = QStringLiteral("/var/run/secrets/kubernetes.io/serviceaccount/token");

bool isLoopback(const QString &host) { return host == Q("localhost") || host == Q("::1") || host.startsWith(Q("127.")); }

QStringList errorsOf(const QJsonObject &body) {
    QStringList out;
    for (const QJsonValue &error : body.value(Q("errors")).toArray())
        out << redact(error.toString().simplified());
    out.removeAll(QString());
    return out;
}

} // namespace

Result<VaultClient::Answer> VaultClient::call(const QByteArray &method, const QString &path, const QJsonObject &body, const QByteArray &token, std::stop_token stop) const {
    net::Request request;
    request.method = method;
    request.url = m_server.url + path;
    if (const QUrl url(m_server.url); url.scheme() != Q("https") && !isLoopback(url.host()))
        return refused(QStringLiteral("The address of Vault %1 is not safe: secrets would travel in the open.").arg(m_server.name), {}, QStringLiteral("Write url with https://."));
    request.caFile = m_server.caFile;
    request.maxBytes = 4 << 20;
    request.headers << net::Header{"X-Vault-Request", "true"};
    if (!token.isEmpty())
        request.headers << net::Header{"X-Vault-Token", token};
    if (!m_server.space.isEmpty())
        request.headers << net::Header{"X-Vault-Namespace", m_server.space.toUtf8()};
    if (method != "GET")
        request.body = compactJson(body);
    PH_ASSIGN(net::Response reply, m_http->send(request, stop));
    if (reply.status == 307) { // a standby names the active one; it could forward the token itself, so it may name who gets it
        const QUrl to = QUrl(request.url).resolved(QUrl(QString::fromUtf8(reply.header("location"))));
        if (to.scheme() != Q("https") && !isLoopback(to.host()))
            return refused(QStringLiteral("The Vault %1 sends on to an address that is not safe.").arg(m_server.name), to.host());
        request.url = to.toString(QUrl::FullyEncoded);
        PH_ASSIGN(reply, m_http->send(request, stop));
    }
    Answer out;
    out.status = reply.status;
    if (!reply.body.isEmpty()) {
        const QJsonDocument document = QJsonDocument::fromJson(reply.body);
        if (!document.isObject())
            return Error{ErrorKind::Invalid, QStringLiteral("What answers at %1 is no Vault (HTTP %2).").arg(m_server.url).arg(reply.status), {}, QStringLiteral("Check url of the connection “%1”.").arg(m_server.name), {}};
        out.body = document.object();
    }
    return out;
}

Error VaultClient::failure(const QByteArray &method, const QString &path, const Answer &answer) const {
    const QStringList errors = errorsOf(answer.body);
    const QString said = errors.join(QStringLiteral("; "));
    Error out{ErrorKind::Invalid, {}, QString::fromLatin1(method) + QLatin1Char(' ') + path.section(QLatin1Char('?'), 0, 0), {}, said};
    const QString words = said.isEmpty() ? QString() : QStringLiteral(": ") + said;
    if (answer.status == 503 || answer.status == 501) {
        const bool initialised = answer.status == 503 && !said.contains(Q("not initialized"));
        out.kind = ErrorKind::Unreachable;
        out.what = !initialised ? QStringLiteral("The Vault %1 is not initialised.").arg(m_server.name)
                   : said.contains(Q("sealed"), Qt::CaseInsensitive) ? QStringLiteral("The Vault %1 is sealed: it gives no secret until it is unsealed.").arg(m_server.name)
                                                                     : QStringLiteral("The Vault %1 is not ready%2").arg(m_server.name, words.isEmpty() ? QStringLiteral(".") : words);
        out.hint = initialised ? QStringLiteral("Whoever keeps its keys unseals it: vault operator unseal.") : QStringLiteral("vault operator init");
    } else if (answer.status == 472 || answer.status == 473) {
        out.kind = ErrorKind::Unreachable;
        out.what = QStringLiteral("The Vault %1 is a secondary that does not answer this%2").arg(m_server.name, words.isEmpty() ? QStringLiteral(".") : words);
        out.hint = QStringLiteral("Name the active one in url.");
    } else if (answer.status == 429) {
        out.kind = ErrorKind::Unreachable;
        out.what = QStringLiteral("The Vault %1 asks to slow down%2").arg(m_server.name, words.isEmpty() ? QStringLiteral(".") : words);
        out.hint = QStringLiteral("Try again later; its quotas are set by its administrator.");
    } else if (answer.status == 403) {
        out.kind = ErrorKind::Denied;
        out.what = QStringLiteral("The Vault %1 refuses %2%3").arg(m_server.name, path.section(QLatin1Char('?'), 0, 0), words.isEmpty() ? QStringLiteral(".") : words);
    } else if (answer.status == 404) {
        out.kind = ErrorKind::NotFound;
        out.what = QStringLiteral("The Vault %1 has nothing at %2%3").arg(m_server.name, path.section(QLatin1Char('?'), 0, 0).mid(4), words.isEmpty() ? QStringLiteral(".") : words);
        out.hint = QStringLiteral("Check mount and path: pilot secrets list vault:%1/").arg(m_server.name);
    } else if (said.contains(Q("check-and-set"))) {
        out.kind = ErrorKind::Conflict;
        out.what = QStringLiteral("The secret was changed meanwhile: the Vault %1 did not take the write%2").arg(m_server.name, words);
        out.hint = QStringLiteral("Look at it and try again.");
    } else {
        out.kind = answer.status >= 500 ? ErrorKind::Unreachable : ErrorKind::Invalid;
        out.what = QStringLiteral("The Vault %1 failed (HTTP %2)%3").arg(m_server.name).arg(answer.status).arg(words.isEmpty() ? QStringLiteral(".") : words);
    }
    return out;
}

Result<QString> VaultClient::jwt() const {
    const QString file = !m_server.jwtFile.isEmpty() ? m_server.jwtFile : m_server.secret ? QString() : m_server.login == Q("kubernetes") ? podToken : QString();
    if (file.isEmpty() && !m_server.secret)
        return invalid(QStringLiteral("The login of Vault %1 needs a token.").arg(m_server.name), {}, QStringLiteral("Add secret: NAME or jwt_file: FILE to the connection."));
    if (file.isEmpty())
        return m_server.secret();
    PH_ASSIGN(const QByteArray bytes, readFile(file)); // read anew: it is renewed on disk
    return QString::fromUtf8(bytes).trimmed();
}

Result<void> VaultClient::adopt(const QJsonObject &auth) {
    const QString token = auth.value(Q("client_token")).toString();
    if (token.isEmpty())
        return Error{ErrorKind::Denied, auth.contains(Q("mfa_requirement")) && !auth.value(Q("mfa_requirement")).isNull() ? QStringLiteral("The Vault %1 wants a second factor for this login.").arg(m_server.name)
                                                                                                                   : QStringLiteral("The Vault %1 gave no token for the login.").arg(m_server.name),
                     {}, QStringLiteral("Use a login that needs none (approle, kubernetes, token)."), {}};
    hideInTexts(token);
    const qint64 seconds = auth.value(Q("lease_duration")).toInteger();
    m_session.token = token.toUtf8();
    m_session.renewable = auth.value(Q("renewable")).toBool();
    const QDateTime now = m_clock->nowUtc();
    m_session.until = seconds > 0 ? now.addSecs(seconds) : QDateTime();
    m_session.renewAt = seconds > 0 ? now.addSecs(seconds * 2 / 3) : QDateTime();
    return {};
}

/// A token that was given: how long it lives.
Result<void> VaultClient::lookUp(std::stop_token stop) {
    PH_ASSIGN(const Answer answer, call("GET", QStringLiteral("/v1/auth/token/lookup-self"), {}, m_session.token, stop));
    if (answer.status == 403) { // a token without the default policy may not ask that, and is good all the same; one that is dead says so at its use
        m_session.until = m_session.renewAt = {};
        m_session.renewable = false;
        return {};
    }
    if (answer.status >= 300)
        return failure("GET", QStringLiteral("/v1/auth/token/lookup-self"), answer);
    const QJsonObject data = answer.body.value(Q("data")).toObject();
    const qint64 seconds = data.value(Q("ttl")).toInteger();
    m_session.renewable = data.value(Q("renewable")).toBool();
    const qint64 whole = std::max(seconds, data.value(Q("creation_ttl")).toInteger());
    m_session.until = seconds > 0 ? m_clock->nowUtc().addSecs(seconds) : QDateTime();
    m_session.renewAt = seconds > 0 ? m_clock->nowUtc().addSecs(seconds - std::min(seconds, whole / 3)) : QDateTime();
    return {};
}

Result<void> VaultClient::logIn(std::stop_token stop) {
    m_session = {};
    const QString mount = m_server.loginMount.isEmpty() ? m_server.login : m_server.loginMount;
    QString path = QStringLiteral("/v1/auth/") + QString::fromLatin1(QUrl::toPercentEncoding(mount, "/")) + QStringLiteral("/login");
    QJsonObject body;
    if (m_server.login != Q("kubernetes") && m_server.login != Q("jwt") && !m_server.secret)
        return invalid(QStringLiteral("The login of Vault %1 needs a secret.").arg(m_server.name), {}, QStringLiteral("Add secret: NAME to the connection; its value belongs in the keychain."));
    if (m_server.login == Q("token")) {
        PH_ASSIGN(const QString token, m_server.secret());
        m_session.token = token.trimmed().toUtf8();
        hideInTexts(token.trimmed());
        return lookUp(stop);
    }
    if (m_server.login == Q("userpass") || m_server.login == Q("ldap")) {
        PH_ASSIGN(const QString password, m_server.secret());
        path += QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(m_server.user));
        body = {{Q("password"), password}};
    } else if (m_server.login == Q("approle")) {
        PH_ASSIGN(const QString id, m_server.secret());
        body = {{Q("role_id"), m_server.user}, {Q("secret_id"), id.trimmed()}};
    } else if (m_server.login == Q("kubernetes") || m_server.login == Q("jwt")) {
        PH_ASSIGN(const QString token, jwt());
        body = {{Q("role"), m_server.role}, {Q("jwt"), token}};
    } else {
        return invalid(QStringLiteral("“%1” is no login of a Vault that is known here.").arg(m_server.login), {}, QStringLiteral("Logins are token, userpass, ldap, approle, kubernetes and jwt."));
    }
    for (const QString &key : body.keys()) // what was sent must not come back in an error
        if (key != Q("role"))
            hideInTexts(body.value(key).toString());
    PH_ASSIGN(const Answer answer, call("POST", path, body, {}, stop));
    if (answer.status >= 300) {
        Error error = failure("POST", path, answer);
        if (answer.status == 400 || answer.status == 401 || answer.status == 403) {
            error.kind = ErrorKind::Denied;
            error.what = QStringLiteral("The Vault %1 does not accept the login by %2: %3").arg(m_server.name, m_server.login, errorsOf(answer.body).join(QStringLiteral("; ")));
            error.hint = QStringLiteral("Check user, role and secret of the connection.");
        }
        return error;
    }
    PH_TRY(adopt(answer.body.value(Q("auth")).toObject()));
    m_session.own = true;
    return {};
}

bool VaultClient::renew(std::stop_token stop) {
    const auto answer = call("POST", QStringLiteral("/v1/auth/token/renew-self"), {}, m_session.token, stop);
    if (!answer || answer->status >= 300)
        return false;
    const bool own = m_session.own;
    const QByteArray token = m_session.token;
    QJsonObject auth = answer->body.value(Q("auth")).toObject();
    auth.insert(Q("client_token"), QString::fromUtf8(token)); // batch tokens are told without
    if (!adopt(auth))
        return false;
    m_session.own = own;
    // At its longest life a renewal adds nothing: then only another login helps.
    if (m_session.until.isValid() && m_clock->nowUtc().secsTo(m_session.until) < leastSeconds && own)
        return false;
    return true;
}

/// The token of the next call; the mutex is held while one logs in, so that the others wait for that login and do not make their own.
Result<QByteArray> VaultClient::session(std::stop_token stop) {
    const std::lock_guard lock(m_mutex);
    const QDateTime now = m_clock->nowUtc();
    if (!m_session.token.isEmpty() && m_session.until.isValid() && now >= m_session.until)
        m_session = {};
    if (!m_session.token.isEmpty() && m_session.renewAt.isValid() && now >= m_session.renewAt) {
        const bool renewed = m_session.renewable && renew(stop);
        if (!renewed && m_session.own)
            m_session = {};
        else if (!renewed)
            m_session.renewAt = {}; // a given token that cannot be renewed is used to its end
    }
    if (m_session.token.isEmpty())
        PH_TRY(logIn(stop));
    return m_session.token;
}

Error VaultClient::denied(const QString &path, std::stop_token stop) {
    Error out{ErrorKind::Denied, QStringLiteral("The Vault %1 does not let this login at %2.").arg(m_server.name, path.section(QLatin1Char('?'), 0, 0).mid(4)), {}, {}, {}};
    if (const auto who = whoAmI(stop))
        out.hint = QStringLiteral("It is “%1” with the policies %2: one of them must allow this path (with engine 2: MOUNT/data/… and MOUNT/metadata/…).").arg(who->displayName, who->policies.join(QStringLiteral(", ")));
    else
        out.hint = QStringLiteral("Check the policies of the login, and whether mount and path are right: Vault says the same of what does not exist.");
    return out;
}

Result<VaultClient::Answer> VaultClient::authorised(const QByteArray &method, const QString &path, const QJsonObject &body, std::stop_token stop) {
    for (int attempt = 0;; ++attempt) {
        PH_ASSIGN(const QByteArray token, session(stop));
        PH_ASSIGN(const Answer answer, call(method, path, body, token, stop));
        if (answer.status == 403) {
            // The same answer for a token that is dead and for a path that is not allowed: the token itself is asked.
            const auto alive = call("GET", QStringLiteral("/v1/auth/token/lookup-self"), {}, token, stop);
            if (alive && alive->status == 403 && attempt == 0 && m_server.login != Q("token")) {
                const std::lock_guard lock(m_mutex);
                if (m_session.token == token)
                    m_session = {};
                continue;
            }
            if (alive && alive->status == 403 && m_server.login == Q("token"))
                return Error{ErrorKind::Denied, QStringLiteral("The Vault %1 does not accept the token, or it may not read %2.").arg(m_server.name, path.section(QLatin1Char('?'), 0, 0).mid(4)), {},
                             QStringLiteral("It may have expired: store a new one (pilot connect), or use another login (approle, kubernetes)."), {}};
            return denied(path, stop);
        }
        const bool gone = answer.status == 404 && answer.body.value(Q("data")).toObject().contains(Q("metadata"));
        if (answer.status >= 300 && !gone)
            return failure(method, path, answer);
        return answer;
    }
}

Result<VaultToken> VaultClient::whoAmI(std::stop_token stop) {
    PH_ASSIGN(const QByteArray token, session(stop));
    PH_ASSIGN(const Answer answer, call("GET", QStringLiteral("/v1/auth/token/lookup-self"), {}, token, stop));
    if (answer.status >= 300)
        return failure("GET", QStringLiteral("/v1/auth/token/lookup-self"), answer);
    const QJsonObject data = answer.body.value(Q("data")).toObject();
    VaultToken out;
    out.displayName = data.value(Q("display_name")).toString();
    for (const char *key : {"policies", "identity_policies"})
        for (const QJsonValue &policy : data.value(Q(key)).toArray())
            out.policies << policy.toString();
    const qint64 seconds = data.value(Q("ttl")).toInteger();
    out.until = seconds > 0 ? m_clock->nowUtc().addSecs(seconds) : QDateTime();
    out.renewable = data.value(Q("renewable")).toBool();
    return out;
}

Result<void> VaultClient::renewDue(std::stop_token stop) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_session.token.isEmpty()) // nobody has asked it for anything yet
            return {};
    }
    const auto token = session(stop);
    return token ? Result<void>() : token.error();
}

void VaultClient::signOut() {
    const std::lock_guard lock(m_mutex);
    if (m_session.own && !m_session.token.isEmpty())
        (void)call("POST", QStringLiteral("/v1/auth/token/revoke-self"), {}, m_session.token, {});
    m_session = {};
}

} // namespace pilothouse::secrets

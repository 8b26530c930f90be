// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/device_sign_in.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>
#include <condition_variable>

namespace pilothouse::net {

namespace {

QByteArray encoded(const QString &text) { return QUrl::toPercentEncoding(text); }
/// offline_access: without it there is no refresh token.
QByteArray scopeOf(const DirectoryClient &client) { return encoded(client.scope + QStringLiteral(" offline_access")); }

Result<Response> post(HttpClient &http, const DirectoryClient &client, const char *path, const QByteArray &form, Request &request, std::stop_token token = {}) {
    static const QRegularExpression plain(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9.-]*\\z"));
    if (!plain.match(client.tenant).hasMatch() || client.client.isEmpty())
        return invalid(QStringLiteral("A sign-in needs tenant and client of the connection."), {}, QStringLiteral("Client is the identifier of an application that allows public client flows."));
    if (!isSafeForSecrets(client.authority))
        return invalid(QStringLiteral("The directory's address is not safe: the sign-in would travel in the open."), client.authority, QStringLiteral("Write authority with https://."));
    request.method = "POST";
    request.url = client.authority + (client.authority.endsWith(QLatin1Char('/')) ? QString() : QStringLiteral("/")) + client.tenant + QStringLiteral("/oauth2/v2.0/") + QLatin1String(path);
    request.headers = {Header{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = form;
    request.caFile = client.caFile;
    return http.send(request, token);
}

QJsonObject bodyOf(const Response &response) { return QJsonDocument::fromJson(response.body).object(); }

} // namespace

Result<DeviceCode> beginDeviceSignIn(HttpClient &http, const DirectoryClient &client, const Clock &clock) {
    Request request;
    PH_ASSIGN(const Response response, post(http, client, "devicecode", "client_id=" + encoded(client.client) + "&scope=" + scopeOf(client), request));
    if (response.status >= 400)
        return directoryError(client, request, response);
    const QJsonObject body = bodyOf(response);
    DeviceCode code;
    code.userCode = body.value(QLatin1String("user_code")).toString();
    code.page = body.value(QLatin1String("verification_uri")).toString();
    code.device = body.value(QLatin1String("device_code")).toString();
    code.seconds = std::max(1, body.value(QLatin1String("interval")).toInt(5));
    code.until = clock.nowUtc().addSecs(body.value(QLatin1String("expires_in")).toInt(900));
    if (response.status >= 300 || code.userCode.isEmpty() || code.device.isEmpty())
        return invalid(QStringLiteral("What answers is no directory: it gave no code."), QUrl(request.url).host(), QStringLiteral("Check authority and cloud of the connection."));
    return code;
}

Result<QString> finishDeviceSignIn(HttpClient &http, const DirectoryClient &client, DeviceCode code, const Clock &clock, std::stop_token token) {
    std::mutex mutex;
    std::condition_variable_any nothing;
    while (clock.nowUtc() < code.until) {
        {
            std::unique_lock lock(mutex);
            nothing.wait_for(lock, token, std::chrono::seconds(code.seconds), [] { return false; });
        }
        if (token.stop_requested())
            return cancelled();
        Request request;
        const auto reply = post(http, client, "token", "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=" + encoded(client.client) + "&device_code=" + encoded(code.device), request, token);
        if (!reply && (reply.error().kind == ErrorKind::Unreachable || reply.error().kind == ErrorKind::TimedOut)) {
            code.seconds = std::clamp(2 * code.seconds, 1, 60); // RFC 8628 §3.5: a network that is away for a moment is waited for
            continue;
        }
        if (!reply)
            return reply.error();
        const Response &response = *reply;
        const QJsonObject body = bodyOf(response);
        const QString said = body.value(QLatin1String("error")).toString();
        if (said == QLatin1String("authorization_pending"))
            continue;
        if (said == QLatin1String("slow_down")) {
            code.seconds += 5; // RFC 8628 §3.5
            continue;
        }
        if (said == QLatin1String("authorization_declined") || said == QLatin1String("access_denied"))
            return Error{ErrorKind::Denied, QStringLiteral("The sign-in was declined on the page."), {}, {}, {}};
        if (said == QLatin1String("expired_token"))
            break;
        if (response.status >= 400)
            return directoryError(client, request, response);
        const QString refresh = body.value(QLatin1String("refresh_token")).toString();
        if (refresh.isEmpty())
            return invalid(QStringLiteral("The directory gave no token that lasts."), QUrl(request.url).host(), QStringLiteral("The application must be allowed offline_access."));
        return refresh;
    }
    return Error{ErrorKind::TimedOut, QStringLiteral("Nobody typed the code in time."), {}, QStringLiteral("Begin again."), {}};
}

DeviceToken::DeviceToken(std::shared_ptr<HttpClient> http, DirectoryClient client, Store store, QString connection, std::shared_ptr<const Clock> clock)
    : m_http(std::move(http)), m_client(std::move(client)), m_store(std::move(store)), m_connection(std::move(connection)), m_clock(std::move(clock)) {}

void DeviceToken::forget() {
    const std::lock_guard lock(m_mutex);
    m_token.clear();
}

Result<QByteArray> DeviceToken::authorization() {
    const std::lock_guard lock(m_mutex);
    if (!m_token.isEmpty() && m_clock->nowUtc() < m_until)
        return m_token;
    m_token.clear();
    return fetch();
}

Result<QByteArray> DeviceToken::fetch() {
    const QString remedy = QStringLiteral("Sign in: pilot connect login %1").arg(m_connection);
    const auto refresh = m_store.read();
    if (!refresh && refresh.error().kind != ErrorKind::NotFound)
        return refresh.error();
    if (!refresh || refresh->isEmpty())
        return Error{ErrorKind::Denied, QStringLiteral("Nobody has signed in for the connection %1 yet.").arg(m_connection), {}, remedy, {}};
    Request request;
    PH_ASSIGN(const Response response, post(*m_http, m_client, "token", "grant_type=refresh_token&client_id=" + encoded(m_client.client) + "&refresh_token=" + encoded(*refresh) + "&scope=" + scopeOf(m_client), request));
    const QJsonObject body = bodyOf(response);
    if (const QString said = body.value(QLatin1String("error")).toString(); said == QLatin1String("invalid_grant") || said == QLatin1String("interaction_required"))
        return Error{ErrorKind::Denied, QStringLiteral("The sign-in of the connection %1 has run out.").arg(m_connection), {}, remedy, {}};
    if (response.status >= 400)
        return directoryError(m_client, request, response);
    const QString access = body.value(QLatin1String("access_token")).toString();
    if (response.status >= 300 || access.isEmpty())
        return invalid(QStringLiteral("What answers is no directory: it gave no token."), QUrl(request.url).host(), QStringLiteral("Check authority and cloud of the connection."));
    if (const QString newer = body.value(QLatin1String("refresh_token")).toString(); m_store.write && !newer.isEmpty() && newer != *refresh)
        (void)m_store.write(newer); // a keychain that says no is no reason to stop: the older one stays good for its time
    const qint64 seconds = body.value(QLatin1String("expires_in")).toVariant().toLongLong();
    m_until = m_clock->nowUtc().addSecs(seconds - std::min<qint64>(300, seconds / 2));
    m_token = "Bearer " + access.toUtf8();
    return m_token;
}

} // namespace pilothouse::net

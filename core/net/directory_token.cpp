// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/directory_token.h"

#include "core/base/redact.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace pilothouse::net {

namespace {

constexpr qint64 earlySeconds = 300; ///< before a token expires another one is asked for

struct Explanation {
    int number;
    ErrorKind kind;
    const char *what, *hint;
};
/// The numbers that a wrong connection gives (learn.microsoft.com, "Microsoft Entra authentication and authorization error codes"). %1: the client, %2: the tenant.
constexpr Explanation explanations[] = {
    {7000215, ErrorKind::Denied, "The directory does not accept the secret of application %1.", "Store the secret's value, not its identifier; both stand side by side in the portal."},
    {7000222, ErrorKind::Denied, "The secret of application %1 has expired.", "Make a new one in the directory (App registrations, Certificates & secrets) and store it."},
    {7000216, ErrorKind::Denied, "The directory was sent no secret of application %1.", "Name it in secret of the connection and store its value."},
    {7000218, ErrorKind::Denied, "The directory was sent no secret of application %1.", "Name it in secret of the connection and store its value."},
    {7000112, ErrorKind::Denied, "Application %1 is disabled.", "Ask the directory's administrator to enable it."},
    {7000229, ErrorKind::Denied, "Application %1 has no service principal in tenant %2.", "An administrator has to consent to it there."},
    {700016, ErrorKind::NotFound, "Tenant %2 has no application %1.", "Check client and tenant of the connection: client is the application's (client) identifier."},
    {700038, ErrorKind::NotFound, "“%1” is no application.", "Check client of the connection: it is the application's (client) identifier."},
    {90002, ErrorKind::NotFound, "There is no tenant %2 in this cloud.", "Check tenant of the connection, and its cloud (public, china, usgovernment)."},
    {900023, ErrorKind::Invalid, "“%2” is no tenant.", "Name the tenant's identifier or one of its domains."},
    {900382, ErrorKind::Invalid, "Tenant %2 belongs to another cloud.", "Set cloud of the connection: public, china or usgovernment."},
    {500011, ErrorKind::NotFound, "Tenant %2 does not know the resource that is asked for.", "Check cloud of the connection; a tenant without an Azure subscription has no such resource."},
    {53003, ErrorKind::Denied, "A rule of conditional access keeps application %1 out.", "Ask the directory's administrator which rule, and from where it may sign in."},
    {530003, ErrorKind::Denied, "A rule of conditional access keeps application %1 out.", "Ask the directory's administrator which rule, and from where it may sign in."},
    {70011, ErrorKind::Invalid, "The directory does not know the scope that is asked for.", "Check cloud of the connection."},
    {1002012, ErrorKind::Invalid, "The directory does not know the scope that is asked for.", "Check cloud of the connection."},
    {90033, ErrorKind::Unreachable, "The directory is out of order for the moment.", "Try again later."},
};

} // namespace

Result<DirectoryCloud> directoryCloud(const QString &name) {
    if (name.isEmpty() || name == QLatin1String("public"))
        return DirectoryCloud{QStringLiteral("https://login.microsoftonline.com"), QStringLiteral("https://management.azure.com/.default")};
    if (name == QLatin1String("china"))
        return DirectoryCloud{QStringLiteral("https://login.partner.microsoftonline.cn"), QStringLiteral("https://management.chinacloudapi.cn/.default")};
    if (name == QLatin1String("usgovernment"))
        return DirectoryCloud{QStringLiteral("https://login.microsoftonline.us"), QStringLiteral("https://management.usgovcloudapi.net/.default")};
    return invalid(QStringLiteral("“%1” is no cloud.").arg(name), {}, QStringLiteral("Clouds are public, china and usgovernment."));
}

bool isSafeForSecrets(const QString &url) {
    const QUrl parsed(url);
    static const QRegularExpression here(QStringLiteral("\\A(localhost|::1|127(\\.\\d{1,3}){3})\\z"));
    return !parsed.host().isEmpty() && (parsed.scheme() == QLatin1String("https") || (parsed.scheme() == QLatin1String("http") && here.match(parsed.host()).hasMatch()));
}

Error directoryError(const DirectoryClient &client, const Request &request, const Response &response) {
    Error error = statusError(request, response);
    const QJsonObject body = QJsonDocument::fromJson(response.body).object();
    const QString text = body.value(QLatin1String("error_description")).toString();
    static const QRegularExpression number(QStringLiteral("AADSTS(\\d+)"));
    const int code = number.match(text).captured(1).toInt();
    if (!text.isEmpty()) {
        error.kind = response.status >= 500 ? ErrorKind::Unreachable : ErrorKind::Denied;
        error.what = QStringLiteral("The directory gives no token: %1").arg(redact(text.section(QLatin1String("Trace ID"), 0, 0).section(QLatin1Char('\n'), 0, 0).trimmed()));
        error.hint = QStringLiteral("Check tenant, client and secret of the connection.");
    }
    for (const Explanation &known : explanations)
        if (known.number == code) {
            error.kind = known.kind;
            error.what = QString::fromUtf8(known.what).replace(QLatin1String("%1"), client.client).replace(QLatin1String("%2"), client.tenant) + QStringLiteral(" (AADSTS%1)").arg(code);
            error.hint = QString::fromUtf8(known.hint);
        }
    return error;
}

DirectoryToken::DirectoryToken(std::shared_ptr<HttpClient> http, DirectoryClient client, std::shared_ptr<const Clock> clock)
    : m_http(std::move(http)), m_client(std::move(client)), m_clock(std::move(clock)) {}

void DirectoryToken::forget() {
    const std::lock_guard lock(m_mutex);
    m_token.clear();
}

Result<QByteArray> DirectoryToken::authorization() {
    const std::lock_guard lock(m_mutex);
    if (!m_token.isEmpty() && m_clock->nowUtc() < m_until)
        return m_token;
    m_token.clear();
    return fetch();
}

Result<QByteArray> DirectoryToken::fetch() {
    static const QRegularExpression plain(QStringLiteral("\\A[A-Za-z0-9][A-Za-z0-9.-]*\\z"));
    if (!plain.match(m_client.tenant).hasMatch())
        return invalid(QStringLiteral("“%1” is no tenant.").arg(m_client.tenant), {}, QStringLiteral("Name the tenant's identifier or one of its domains in tenant of the connection."));
    if (m_client.client.isEmpty() || !m_client.secret)
        return invalid(QStringLiteral("A token of the directory needs an application and its secret."), {}, QStringLiteral("Add client: IDENTIFIER and secret: NAME to the connection."));
    if (!isSafeForSecrets(m_client.authority))
        return invalid(QStringLiteral("The directory's address is not safe: the secret would travel in the open."), m_client.authority, QStringLiteral("Write authority with https://."));
    PH_ASSIGN(const QString secret, m_client.secret());
    const auto encoded = [](const QString &text) { return QUrl::toPercentEncoding(text); };
    Request request;
    request.method = "POST";
    request.url = m_client.authority + (m_client.authority.endsWith(QLatin1Char('/')) ? QString() : QStringLiteral("/")) + m_client.tenant + QStringLiteral("/oauth2/v2.0/token");
    request.headers << Header{"Content-Type", "application/x-www-form-urlencoded"};
    request.body = "grant_type=client_credentials&client_id=" + encoded(m_client.client) + "&client_secret=" + encoded(secret) + "&scope=" + encoded(m_client.scope);
    request.idempotent = true; // a token more does no harm
    request.caFile = m_client.caFile;
    PH_ASSIGN(const Response response, m_http->send(request));
    if (response.status >= 400)
        return directoryError(m_client, request, response);
    const QJsonObject body = QJsonDocument::fromJson(response.body).object();
    const QString token = body.value(QLatin1String("access_token")).toString();
    if (response.status >= 300 || token.isEmpty())
        return invalid(QStringLiteral("What answers is no directory: it gave no token (HTTP %1).").arg(response.status), QUrl(request.url).host(), QStringLiteral("Check authority and cloud of the connection."));
    const QJsonValue lasts = body.value(QLatin1String("expires_in")); // seconds, a text in older versions
    const qint64 seconds = lasts.isString() ? lasts.toString().toLongLong() : lasts.toInteger();
    m_until = m_clock->nowUtc().addSecs(seconds - std::min(earlySeconds, seconds / 2));
    m_token = "Bearer " + token.toUtf8();
    return m_token;
}

} // namespace pilothouse::net

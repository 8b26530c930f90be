// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/mlflow_api.h"

#include <QJsonDocument>
#include <QUrl>

#include <cmath>
#include <limits>

namespace pilothouse::registry {

namespace {

constexpr double infinityInDatabases = 1e308;

QString withoutSlash(QString url) {
    while (url.endsWith(QLatin1Char('/')))
        url.chop(1);
    return url;
}

QString hostOf(const QUrl &url) { return url.port() < 0 ? url.host() : QStringLiteral("%1:%2").arg(url.host()).arg(url.port()); }

bool looksLikeHtml(const QByteArray &body) {
    const QByteArray begin = body.left(512).trimmed().toLower();
    return begin.startsWith("<!doctype html") || begin.startsWith("<html");
}

Error noMlflow(const net::Request &request, const QString &what) {
    return invalid(what, QUrl(request.url).toString(QUrl::RemoveQuery | QUrl::RemoveUserInfo),
                   QStringLiteral("Is the address that of an MLflow server, with its path if it stands under one? A login page in front of it answers so, too."));
}

} // namespace

MlflowApi::MlflowApi(std::shared_ptr<net::HttpClient> http, MlflowServer server) : m_http(std::move(http)), m_server(std::move(server)) { m_server.url = withoutSlash(m_server.url); }

QString MlflowApi::host() const { return hostOf(QUrl(m_server.url)); }

Result<net::Request> MlflowApi::request(const char *method, const QString &path, const QUrlQuery &query) const {
    net::Request request;
    request.method = method;
    request.url = m_server.url + path;
    if (!query.isEmpty())
        request.url += QLatin1Char('?') + query.toString(QUrl::FullyEncoded).replace(QLatin1Char('+'), QLatin1String("%2B")); // a plus would be read as a space
    request.caFile = m_server.caFile;
    if (m_server.authorization) {
        PH_ASSIGN(const QByteArray value, m_server.authorization());
        if (!value.isEmpty())
            request.headers << net::Header{"Authorization", value};
    }
    return request;
}

Error MlflowApi::error(const net::Request &request, const net::Response &response) {
    const QJsonObject body = QJsonDocument::fromJson(response.body).object();
    const QString code = body.value(QLatin1String("error_code")).toString();
    if (code.isEmpty() && looksLikeHtml(response.body) && response.status != 401 && response.status < 500)
        return noMlflow(request, QStringLiteral("%1 answered with a web page (status %2).").arg(QUrl(request.url).host()).arg(response.status));
    Error error = net::statusError(request, response);
    if (code == QLatin1String("RESOURCE_DOES_NOT_EXIST")) {
        error.kind = ErrorKind::NotFound;
    } else if (code == QLatin1String("RESOURCE_ALREADY_EXISTS") || code == QLatin1String("RESOURCE_CONFLICT")) {
        error.kind = ErrorKind::Conflict;
    } else if (code == QLatin1String("INVALID_PARAMETER_VALUE") && error.what.contains(QLatin1String("Changing param values is not allowed"))) {
        error.kind = ErrorKind::Conflict;
        error.hint = QStringLiteral("Parameters are written once; start a new run.");
    } else if (response.status == 403 && code.isEmpty() && response.body.contains("Invalid Host header")) {
        error.what = QStringLiteral("The server refuses to be called “%1”: MLflow 3 answers only to names it knows.").arg(hostOf(QUrl(request.url)));
        error.hint = QStringLiteral("Start it with --allowed-hosts and this name with its port. Through a port-forward use http://localhost:PORT.");
    } else if (response.status == 403 && code.isEmpty() && !response.body.isEmpty()) {
        error.what = QStringLiteral("The server says no: %1").arg(QString::fromUtf8(response.body.left(300)).trimmed()); // its login answers in plain text
    }
    return error;
}

Result<net::Response> MlflowApi::raw(const net::Request &request, std::stop_token stop) const {
    PH_ASSIGN(net::Response response, m_http->send(request, stop));
    if (response.status == 401 && m_server.refused) { // a token that was withdrawn, or a clock that is wrong: refused before anything was done
        m_server.refused();
        PH_ASSIGN(const QByteArray value, m_server.authorization());
        net::Request again = request;
        again.headers.removeIf([](const net::Header &header) { return header.name == "Authorization"; });
        again.headers << net::Header{"Authorization", value};
        PH_ASSIGN(response, m_http->send(again, stop));
    }
    if (response.status >= 300 && response.status < 400)
        return noMlflow(request, QStringLiteral("%1 sends elsewhere (status %2: %3).").arg(QUrl(request.url).host()).arg(response.status).arg(QUrl(QString::fromUtf8(response.header("Location"))).host()));
    if (response.status >= 400)
        return error(request, response);
    return response;
}

Result<QJsonObject> MlflowApi::answer(const net::Request &request, std::stop_token stop) const {
    PH_ASSIGN(const net::Response response, raw(request, stop));
    QJsonParseError parsed;
    const QJsonDocument document = QJsonDocument::fromJson(response.body, &parsed);
    if (!document.isObject())
        return noMlflow(request, looksLikeHtml(response.body) ? QStringLiteral("%1 answered with a web page.").arg(QUrl(request.url).host())
                                                             : QStringLiteral("%1 answered with something that is no JSON: %2.").arg(QUrl(request.url).host(), parsed.errorString()));
    return document.object();
}

Result<QJsonObject> MlflowApi::get(const QString &call, const QUrlQuery &query, std::stop_token stop) const {
    PH_ASSIGN(const net::Request asked, request("GET", QStringLiteral("/api/2.0/mlflow/") + call, query));
    return answer(asked, stop);
}

Result<QJsonObject> MlflowApi::send(const char *method, const QString &call, const QJsonObject &body, std::stop_token stop) const {
    PH_ASSIGN(net::Request asked, request(method, QStringLiteral("/api/2.0/mlflow/") + call));
    asked.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    asked.idempotent = false;
    return answer(asked, stop);
}

Result<QJsonObject> MlflowApi::search(const QString &call, const QJsonObject &body, std::stop_token stop) const {
    PH_ASSIGN(net::Request asked, request("POST", QStringLiteral("/api/2.0/mlflow/") + call));
    asked.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    asked.idempotent = true;
    return answer(asked, stop);
}

Result<void> MlflowApi::eachItem(const std::function<Result<QJsonObject>(const QString &)> &page, const char *list, const std::function<bool(const QJsonObject &)> &each) {
    QString token;
    do {
        PH_ASSIGN(const QJsonObject reply, page(token));
        for (const QJsonValue &item : reply.value(QLatin1String(list)).toArray())
            if (!each(item.toObject()))
                return {};
        const QString next = reply.value(QLatin1String("next_page_token")).toString();
        if (!next.isEmpty() && next == token)
            return invalid(QStringLiteral("The server gives the same page again and again."));
        token = next;
    } while (!token.isEmpty());
    return {};
}

double mlflowNumber(const QJsonValue &value) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    double number = std::numeric_limits<double>::quiet_NaN();
    if (value.isDouble())
        number = value.toDouble();
    else if (const QString text = value.toString(); text == QLatin1String("Infinity"))
        number = infinity;
    else if (text == QLatin1String("-Infinity"))
        number = -infinity;
    return std::abs(number) >= infinityInDatabases ? std::copysign(infinity, number) : number;
}

QJsonValue mlflowNumber(double value) {
    if (std::isnan(value))
        return QStringLiteral("NaN");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("Infinity") : QStringLiteral("-Infinity");
    return value;
}

qint64 mlflowInteger(const QJsonValue &value) { return value.isString() ? value.toString().toLongLong() : value.toInteger(); }

QMap<QString, QString> mlflowPairs(const QJsonValue &list) {
    QMap<QString, QString> out;
    for (const QJsonValue &pair : list.toArray())
        out.insert(pair[QLatin1String("key")].toString(), pair[QLatin1String("value")].toString());
    return out;
}

QJsonArray mlflowPairs(const QMap<QString, QString> &pairs) {
    QJsonArray out;
    for (auto it = pairs.begin(); it != pairs.end(); ++it)
        out.append(QJsonObject{{QStringLiteral("key"), it.key()}, {QStringLiteral("value"), it.value()}});
    return out;
}

} // namespace pilothouse::registry

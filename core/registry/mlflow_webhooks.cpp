// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/mlflow_webhooks.h"

#include "core/base/redact.h"

#include <QUrl>
#include <QVersionNumber>

#include <algorithm>

namespace pilothouse::registry {

namespace {

const QVersionNumber first(3, 3);

QString shownAddress(const QString &text) {
    const QUrl url(text);
    const QString path = url.path(), root = url.toString(QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveUserInfo | QUrl::RemoveFragment);
    const qsizetype second = path.indexOf(QLatin1Char('/'), 1);
    return second < 0 || second + 1 == path.size() ? root + path : root + path.left(second + 1) + QChar(0x2026);
}

QDateTime timeOf(const QJsonValue &milliseconds) {
    const qint64 time = mlflowInteger(milliseconds);
    return time == 0 ? QDateTime() : QDateTime::fromMSecsSinceEpoch(time, Qt::UTC);
}

/// "model_version_alias.created" of {"entity":"MODEL_VERSION_ALIAS","action":"CREATED"}; early versions wrote the text itself.
QString eventName(const QJsonValue &event) {
    if (event.isString())
        return event.toString().toLower();
    return (event[QLatin1String("entity")].toString() + QLatin1Char('.') + event[QLatin1String("action")].toString()).toLower();
}

Webhook webhookFrom(const QJsonObject &json) {
    const auto text = [&](const char *key) { return json.value(QLatin1String(key)).toString(); };
    Webhook hook{text("webhook_id"), text("name"), text("description"), text("status"), shownAddress(text("url")), {}, timeOf(json.value(QLatin1String("creation_timestamp"))), timeOf(json.value(QLatin1String("last_updated_timestamp")))};
    if (hook.status.isEmpty())
        hook.status = QStringLiteral("ACTIVE"); // the first value of the enumeration
    for (const QJsonValue &event : json.value(QLatin1String("events")).toArray())
        hook.events += eventName(event);
    hook.events.sort();
    return hook;
}

/// A server without webhooks knows no such path: whether that is why, its version says.
Error why(const MlflowApi &api, const Error &error) {
    const auto asked = api.request("GET", QStringLiteral("/version"));
    const auto reply = asked ? api.raw(*asked) : Result<net::Response>(asked.error());
    const QString told = reply ? QString::fromUtf8(reply->body.left(64)).trimmed() : QString();
    if (const auto version = QVersionNumber::fromString(told); !version.isNull() && version < first)
        return refused(QStringLiteral("%1 is MLflow %2, which has no webhooks.").arg(api.host(), told), {}, QStringLiteral("They came with 3.3: a newer server has them."));
    if (error.raw.contains(QLatin1String("FileStore")) || error.raw.contains(QLatin1String("NOT_IMPLEMENTED")))
        return refused(QStringLiteral("%1 keeps its registry in a folder, which has no webhooks.").arg(api.host()), {}, QStringLiteral("Start it with a database: --backend-store-uri sqlite:///mlflow.db."));
    return error;
}

} // namespace

Result<std::vector<Webhook>> mlflowWebhooks(const MlflowApi &api, std::stop_token stop) {
    std::vector<Webhook> out;
    const auto page = [&](const QString &token) {
        QUrlQuery query;
        query.addQueryItem(QStringLiteral("max_results"), QStringLiteral("100"));
        if (!token.isEmpty())
            query.addQueryItem(QStringLiteral("page_token"), token);
        return api.get(QStringLiteral("webhooks"), query, stop);
    };
    const auto listed = MlflowApi::eachItem(page, "webhooks", [&](const QJsonObject &json) {
        out.push_back(webhookFrom(json));
        return true;
    });
    if (!listed)
        return listed.error().kind == ErrorKind::Cancelled || listed.error().kind == ErrorKind::Denied ? listed.error() : why(api, listed.error());
    std::stable_sort(out.begin(), out.end(), [](const Webhook &a, const Webhook &b) { return a.name < b.name; });
    return out;
}

Result<WebhookTest> testMlflowWebhook(const MlflowApi &api, const QString &id) {
    PH_ASSIGN(const QJsonObject reply, api.send("POST", QStringLiteral("webhooks/%1/test").arg(QString::fromLatin1(QUrl::toPercentEncoding(id))), {}));
    PH_ASSIGN(const QJsonObject result, mlflowPart(reply, "result"));
    return WebhookTest{result.value(QLatin1String("success")).toBool(), int(mlflowInteger(result.value(QLatin1String("response_status")))),
                       redact(result.value(QLatin1String("response_body")).toString().left(1000)), redact(result.value(QLatin1String("error_message")).toString().left(1000))};
}

} // namespace pilothouse::registry

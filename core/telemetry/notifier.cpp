// SPDX-License-Identifier: GPL-3.0-or-later
// Slack: docs.slack.dev, "Sending messages using incoming webhooks" and "Rate limits" (BACKEND_APIS.md 3.9).
#include "core/telemetry/notifier.h"

#include "core/base/clock.h"
#include "core/base/redact.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLocale>
#include <QUrl>

#include <algorithm>
#include <cmath>

namespace pilothouse::telemetry {

using Q = QLatin1String;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Alerts)
};

constexpr int triesAtMost = 12;

/// Slack's mrkdwn: & < > are its own.
QString escaped(QString text) { return text.replace(QLatin1Char('&'), QStringLiteral("&amp;")).replace(QLatin1Char('<'), QStringLiteral("&lt;")).replace(QLatin1Char('>'), QStringLiteral("&gt;")); }

QString ageText(const QJsonObject &message, const QDateTime &now) {
    const QString observed = message.value(Q("observed")).toString();
    return observed.isEmpty() ? QString() : Text::tr("measured %1 ago").arg(durationText(double(fromIsoUtc(observed).secsTo(now))));
}

/// Host of an address that is itself a secret.
QString hostOf(const QString &address) { return QUrl(address).host(); }

} // namespace

QJsonObject alertMessage(const QString &workspace, const workspace::AlertRule &rule, const AlertStatus &status, const QString &episode) {
    QJsonObject out = status.toJson();
    for (const char *key : {"beyond", "episode", "looked"})
        out.remove(Q(key));
    out.insert(Q("version"), 1);
    out.insert(Q("workspace"), workspace);
    out.insert(Q("kind"), rule.kindName());
    out.insert(Q("key"), QStringLiteral("%1/%2/%3/%4").arg(workspace, rule.name, episode, alertStateName(status.state)));
    QJsonArray fixes;
    if (status.state != AlertState::Ok)
        for (const AlertFix &fix : fixesOf(rule))
            fixes.append(QJsonObject{{Q("word"), fix.word}, {Q("command"), fix.command}});
    out.insert(Q("fixes"), fixes);
    return out;
}

QJsonObject slackMessage(const QJsonObject &message, const QDateTime &now) {
    const QString state = message.value(Q("state")).toString(), model = message.value(Q("model")).toString(), rule = message.value(Q("rule")).toString();
    const QString word = state == Q("ok") ? Text::tr("OK again") : state == Q("firing") ? Text::tr("Firing") : state == Q("no data") ? Text::tr("No data") : Text::tr("Cannot tell");
    const QString title = QStringLiteral("%1: %2%3").arg(word, rule, model.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(model));
    const QString sentence = message.value(Q("sentence")).toString();
    QStringList facts;
    for (const QString &fact : {message.value(Q("source")).toString(), ageText(message, now), message.value(Q("workspace")).toString()})
        if (!fact.isEmpty())
            facts << escaped(fact);
    QJsonArray blocks{QJsonObject{{Q("type"), QStringLiteral("section")}, {Q("text"), QJsonObject{{Q("type"), QStringLiteral("mrkdwn")}, {Q("text"), QStringLiteral("*%1*\n%2").arg(escaped(title), escaped(sentence)).left(3000)}}}},
                      QJsonObject{{Q("type"), QStringLiteral("context")}, {Q("elements"), QJsonArray{QJsonObject{{Q("type"), QStringLiteral("mrkdwn")}, {Q("text"), facts.join(QStringLiteral(" · "))}}}}}};
    QStringList fixes;
    for (const QJsonValue &fix : message.value(Q("fixes")).toArray())
        fixes << QStringLiteral("%1: `%2`").arg(escaped(fix[Q("word")].toString()), escaped(fix[Q("command")].toString()));
    if (!fixes.isEmpty())
        blocks.append(QJsonObject{{Q("type"), QStringLiteral("section")}, {Q("text"), QJsonObject{{Q("type"), QStringLiteral("mrkdwn")}, {Q("text"), fixes.join(QLatin1Char('\n'))}}}});
    return {{Q("text"), QStringLiteral("%1. %2").arg(escaped(title), escaped(sentence))}, {Q("blocks"), blocks}};
}

QJsonObject webhookMessage(const QJsonObject &message, const QDateTime &now) {
    QJsonObject out = message;
    const QString observed = message.value(Q("observed")).toString();
    out.insert(Q("age_seconds"), observed.isEmpty() ? QJsonValue() : QJsonValue(fromIsoUtc(observed).secsTo(now)));
    return out;
}

SendOutcome sendMessage(net::HttpClient &http, const QString &kind, const QString &address, const QJsonObject &message, const QDateTime &now, std::stop_token stop) {
    const bool slack = kind == Q("slack");
    net::Request request;
    request.method = "POST";
    request.url = address;
    request.timeoutMs = 10000;
    request.idempotent = false; // when it is sent again is decided here
    request.headers.append(net::Header{"Content-Type", "application/json"});
    if (!slack)
        request.headers.append(net::Header{"Idempotency-Key", message.value(Q("key")).toString().toUtf8().toPercentEncoding("/:-. ")});
    request.body = QJsonDocument(slack ? slackMessage(message, now) : webhookMessage(message, now)).toJson(QJsonDocument::Compact);
    const auto response = http.send(request, stop);
    if (!response)
        return {SendOutcome::Again, -1, response.error().kind == ErrorKind::TimedOut ? Text::tr("%1 did not answer in time.").arg(hostOf(address)) : Text::tr("%1 could not be reached.").arg(hostOf(address))};
    const int status = response->status;
    if (status >= 200 && status < 300)
        return {};
    const QString said = redact(QString::fromUtf8(response->body.left(200)).simplified());
    SendOutcome out{SendOutcome::Failed, -1, Text::tr("%1 answered %2%3.").arg(hostOf(address)).arg(status).arg(said.isEmpty() ? QString() : QStringLiteral(": ") + said)};
    if (status == 429 || status == 503)
        out.wait = retryAfterSeconds(response->header("Retry-After"), now);
    if (status == 429 || status == 408 || status >= 500)
        out.what = SendOutcome::Again;
    else if (status == 410 || (slack && (status == 403 || status == 404)))
        out.what = SendOutcome::Off;
    return out;
}

qint64 retryDelay(int tries) {
    if (tries >= triesAtMost)
        return -1;
    return std::min<qint64>(900, 30ll << std::clamp(tries - 1, 0, 10));
}

qint64 retryAfterSeconds(const QByteArray &header, const QDateTime &now) {
    constexpr qint64 day = 86400;
    bool number = false;
    const qint64 seconds = header.trimmed().toLongLong(&number);
    if (number)
        return seconds < 0 ? -1 : std::min(seconds, day);
    QDateTime at = QLocale::c().toDateTime(QString::fromLatin1(header.trimmed()), QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'"));
    at.setTimeSpec(Qt::UTC);
    return at.isValid() ? std::clamp<qint64>(now.secsTo(at), 0, day) : -1;
}

} // namespace pilothouse::telemetry

// SPDX-License-Identifier: GPL-3.0-or-later
// The wire: prometheus/alertmanager api/v2/openapi.yaml; Grafana speaks the same below /api/alertmanager/grafana (BACKEND_APIS.md 3.8).
#include "core/telemetry/alertmanager.h"

#include "core/base/clock.h"
#include "core/base/json.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace pilothouse::telemetry {

using Q = QLatin1String;

namespace {

QMap<QString, QString> textsOf(const QJsonValue &object) {
    QMap<QString, QString> out;
    const QJsonObject o = object.toObject();
    for (auto it = o.begin(); it != o.end(); ++it)
        out.insert(it.key(), it->toString());
    return out;
}

QDateTime timeOf(const QJsonValue &value) { return QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC(); }

Result<QJsonArray> listOf(const net::Response &response, const QString &where) {
    const QJsonDocument document = QJsonDocument::fromJson(response.body);
    if (!document.isArray())
        return invalid(QStringLiteral("This address does not answer like an Alertmanager."), where, QStringLiteral("Its url is that of the server itself, as in http://alertmanager:9093; of a Grafana with /api/alertmanager/grafana behind."));
    return document.array();
}

} // namespace

bool AlertMatcher::fits(const QMap<QString, QString> &labels) const {
    const QString label = labels.value(name);
    const bool same = regex ? QRegularExpression(QRegularExpression::anchoredPattern(value)).match(label).hasMatch() : label == value;
    return same == equal;
}

std::vector<ManagedAlert> hiddenBy(const std::vector<AlertMatcher> &matchers, const std::vector<ManagedAlert> &alerts) {
    std::vector<ManagedAlert> out;
    if (!matchers.empty())
        std::copy_if(alerts.begin(), alerts.end(), std::back_inserter(out), [&](const ManagedAlert &alert) { return std::all_of(matchers.begin(), matchers.end(), [&](const AlertMatcher &m) { return m.fits(alert.labels); }); });
    return out;
}

Alertmanager::Alertmanager(std::shared_ptr<net::HttpClient> http, AlertmanagerOptions options) : m_http(std::move(http)), m_options(std::move(options)) {
    while (m_options.url.endsWith(QLatin1Char('/')))
        m_options.url.chop(1);
}

Result<net::Response> Alertmanager::send(const QByteArray &method, const QString &path, const QByteArray &body, std::stop_token stop) const {
    net::Request request;
    request.method = method;
    request.url = m_options.url + QStringLiteral("/api/v2/") + path;
    request.body = body;
    request.timeoutMs = 15000;
    request.caFile = m_options.caFile;
    if (m_options.secret) {
        PH_ASSIGN(const QString secret, m_options.secret());
        request.headers.append(net::Header{"Authorization", m_options.user.isEmpty() ? "Bearer " + secret.toUtf8() : "Basic " + (m_options.user + QLatin1Char(':') + secret).toUtf8().toBase64()});
    }
    PH_ASSIGN(net::Response response, m_http->send(request, stop));
    if (response.status >= 400)
        return net::statusError(request, response);
    return response;
}

Result<std::vector<ManagedAlert>> Alertmanager::alerts(std::stop_token stop) const {
    PH_ASSIGN(const net::Response response, send("GET", QStringLiteral("alerts?active=true&silenced=true&inhibited=true"), {}, stop));
    PH_ASSIGN(const QJsonArray list, listOf(response, m_options.url));
    std::vector<ManagedAlert> out;
    for (const QJsonValue &value : list) {
        ManagedAlert alert;
        alert.fingerprint = value[Q("fingerprint")].toString();
        alert.state = value[Q("status")][Q("state")].toString();
        alert.labels = textsOf(value[Q("labels")]);
        alert.annotations = textsOf(value[Q("annotations")]);
        alert.since = timeOf(value[Q("startsAt")]);
        alert.link = value[Q("generatorURL")].toString();
        for (const QJsonValue &id : value[Q("status")][Q("silencedBy")].toArray())
            alert.silencedBy << id.toString();
        out.push_back(std::move(alert));
    }
    std::stable_partition(out.begin(), out.end(), [](const ManagedAlert &alert) { return alert.state != Q("suppressed"); });
    return out;
}

Result<std::vector<ManagedSilence>> Alertmanager::silences(std::stop_token stop) const {
    PH_ASSIGN(const net::Response response, send("GET", QStringLiteral("silences"), {}, stop));
    PH_ASSIGN(const QJsonArray list, listOf(response, m_options.url));
    std::vector<ManagedSilence> out;
    for (const QJsonValue &value : list) {
        ManagedSilence silence{value[Q("id")].toString(), value[Q("status")][Q("state")].toString(), {}, timeOf(value[Q("startsAt")]), timeOf(value[Q("endsAt")]), value[Q("createdBy")].toString(), value[Q("comment")].toString()};
        for (const QJsonValue &m : value[Q("matchers")].toArray())
            silence.matchers.push_back({m[Q("name")].toString(), m[Q("value")].toString(), m[Q("isRegex")].toBool(), m[Q("isEqual")].toBool(true)});
        out.push_back(std::move(silence));
    }
    return out;
}

Result<QString> Alertmanager::silence(const ManagedSilence &silence) const {
    QJsonArray matchers;
    for (const AlertMatcher &m : silence.matchers)
        matchers.append(QJsonObject{{Q("name"), m.name}, {Q("value"), m.value}, {Q("isRegex"), m.regex}, {Q("isEqual"), m.equal}});
    if (matchers.isEmpty())
        return invalid(QStringLiteral("A silence without a matcher would hide every alert."), m_options.url, QStringLiteral("Name a label, as in alertname=IrisStale."));
    QJsonObject body{{Q("matchers"), matchers}, {Q("startsAt"), isoUtc(silence.from)}, {Q("endsAt"), isoUtc(silence.until)}, {Q("createdBy"), silence.by}, {Q("comment"), silence.comment}};
    if (!silence.id.isEmpty())
        body.insert(Q("id"), silence.id);
    PH_ASSIGN(const net::Response response, send("POST", QStringLiteral("silences"), QJsonDocument(body).toJson(QJsonDocument::Compact), {}));
    PH_ASSIGN(const QJsonObject reply, parseJsonObject(response.body, m_options.url));
    return reply.value(Q("silenceID")).toString();
}

Result<void> Alertmanager::expire(const QString &id) const {
    const auto response = send("DELETE", QStringLiteral("silence/") + QString::fromLatin1(QUrl::toPercentEncoding(id)), {}, {}); // singular
    return response ? Result<void>() : Result<void>(response.error());
}

} // namespace pilothouse::telemetry

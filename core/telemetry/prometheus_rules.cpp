// SPDX-License-Identifier: GPL-3.0-or-later
// Alerting rules and how they stand, as Prometheus tells them under /api/v1/rules (https://prometheus.io/docs/prometheus/latest/querying/api/#rules), and Grafana of its own ones under /api/prometheus/grafana.
#include "core/telemetry/prometheus.h"

#include "core/base/json.h"

#include <QJsonArray>
#include <QJsonObject>

namespace pilothouse::telemetry {

namespace {

using Q = QLatin1String;

QMap<QString, QString> textsOf(const QJsonValue &value) {
    QMap<QString, QString> out;
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it)
        out.insert(it.key(), it.value().toString());
    return out;
}

/// Grafana: "Normal", "Pending", "Alerting", "Alerting (NoData)", "NoData", "Error"; Prometheus: small letters.
QString stateOf(const QString &told) {
    const QString word = told.section(QLatin1Char(' '), 0, 0).toLower();
    return word == Q("alerting") || word == Q("firing") ? QStringLiteral("firing") : word == Q("pending") ? word : QStringLiteral("inactive");
}

} // namespace

Result<std::vector<AlertingRule>> Prometheus::alertingRules(std::stop_token token) const {
    PH_ASSIGN(const net::Response response, send("type=alert", false, token, "rules"));
    PH_ASSIGN(const QJsonObject body, parseJsonObject(response.body, m_options.url));
    const QJsonValue groups = body.value(Q("data"))[Q("groups")];
    if (body.value(Q("status")).toString() != Q("success") || !(groups.isArray() || groups.isNull()))
        return invalid(QStringLiteral("This address does not tell rules like Prometheus."), m_options.url);
    std::vector<AlertingRule> out;
    const QJsonArray all = groups.toArray();
    for (const QJsonValue &group : all) {
        const QJsonArray rules = group[Q("rules")].toArray();
        for (const QJsonValue &rule : rules) {
            if (rule[Q("type")].toString(QStringLiteral("alerting")) != Q("alerting"))
                continue; // an old server does not know ?type=
            AlertingRule one;
            one.name = rule[Q("name")].toString();
            one.group = group[Q("name")].toString();
            one.state = stateOf(rule[Q("state")].toString());
            const QString health = rule[Q("health")].toString().toLower();
            one.failed = health == Q("err") || health == Q("error");
            one.noData = health == Q("nodata");
            one.problem = rule[Q("lastError")].toString();
            one.forSeconds = qint64(rule[Q("duration")].toDouble());
            one.labels = textsOf(rule[Q("labels")]);
            const QJsonArray alerts = rule[Q("alerts")].toArray();
            for (const QJsonValue &alert : alerts) {
                AlertingRule::Alert a;
                a.labels = textsOf(alert[Q("labels")]);
                a.annotations = textsOf(alert[Q("annotations")]);
                a.state = stateOf(alert[Q("state")].toString());
                a.since = QDateTime::fromString(alert[Q("activeAt")].toString(), Qt::ISODateWithMs);
                if (a.state != Q("inactive"))
                    one.alerts.push_back(std::move(a));
            }
            out.push_back(std::move(one));
        }
    }
    return out;
}

} // namespace pilothouse::telemetry

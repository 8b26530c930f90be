// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/grafana.h"

#include <QRegularExpression>
#include <QStringList>

namespace pilothouse::estate {

using Q = QLatin1String;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }
const QStringList states{s("Normal"), s("Alerting"), s("Pending"), s("NoData"), s("Error"), s("Recovering")}; // six since grafana #119587 (3.8)
Answer refusal(int status, const char *what) { return Answer::json(QJsonObject{{Q("message"), s(what)}, {Q("traceID"), QString()}}, status); }

} // namespace

Grafana::Grafana() {
    m_rules.append(QJsonObject{{Q("uid"), s("iris-no-data")}, {Q("name"), s("Iris No Data Alert")}, {Q("folder"), s("no-data")}, {Q("group"), s("no-data")}, {Q("state"), s("Normal")}, {Q("since"), QString()},
                               {Q("labels"), QJsonObject{{Q("experiment"), s("iris-experiment")}}}, {Q("noDataState"), s("Alerting")}, {Q("execErrState"), s("OK")}, {Q("interval"), 300}, {Q("for"), 0}});
}

QJsonObject Grafana::labelsOf(const QJsonObject &rule) const {
    QJsonObject out = rule.value(Q("labels")).toObject();
    out.insert(Q("alertname"), rule.value(Q("name")));
    out.insert(Q("grafana_folder"), rule.value(Q("folder")));
    return out;
}

QStringList Grafana::silencedBy(const QJsonObject &labels) const {
    QStringList out;
    for (const QJsonValue &value : m_silences) {
        const QDateTime from = QDateTime::fromString(value[Q("startsAt")].toString(), Qt::ISODateWithMs), to = QDateTime::fromString(value[Q("endsAt")].toString(), Qt::ISODateWithMs);
        bool fits = from <= m_now && m_now < to;
        for (const QJsonValue &matcher : value[Q("matchers")].toArray()) {
            const QString label = labels.value(matcher[Q("name")].toString()).toString(), wanted = matcher[Q("value")].toString();
            const bool same = matcher[Q("isRegex")].toBool() ? QRegularExpression(QRegularExpression::anchoredPattern(wanted)).match(label).hasMatch() : label == wanted;
            fits = fits && same == matcher[Q("isEqual")].toBool(true);
        }
        if (fits)
            out << value[Q("id")].toString();
    }
    return out;
}

QJsonArray Grafana::alerts(const Call &call) const {
    QJsonArray out;
    for (const QJsonValue &value : m_rules) {
        const QJsonObject rule = value.toObject();
        const QString state = rule.value(Q("state")).toString();
        if (state != Q("Alerting") && state != Q("NoData") && state != Q("Error"))
            continue;
        QJsonObject labels = labelsOf(rule);
        const QStringList silences = silencedBy(labels);
        if ((!silences.isEmpty() && call.query.queryItemValue(s("silenced")) == Q("false")) || (silences.isEmpty() && call.query.queryItemValue(s("active")) == Q("false")))
            continue;
        if (state != Q("Alerting")) { // DatasourceNoData and DatasourceError keep the rule's name beside theirs
            labels.insert(Q("rulename"), labels.value(Q("alertname")));
            labels.insert(Q("alertname"), s("Datasource") + state);
        }
        out.append(QJsonObject{{Q("labels"), labels}, {Q("annotations"), QJsonObject{{Q("summary"), rule.value(Q("name"))}}}, {Q("startsAt"), rule.value(Q("since"))}, {Q("updatedAt"), m_now.toString(Qt::ISODateWithMs)}, {Q("endsAt"), m_now.addSecs(600).toString(Qt::ISODateWithMs)},
                               {Q("fingerprint"), rule.value(Q("uid"))}, {Q("generatorURL"), s("http://") + call.host() + s("/alerting/grafana/") + rule.value(Q("uid")).toString() + s("/view")}, {Q("receivers"), QJsonArray{QJsonObject{{Q("name"), s("slack")}}}},
                               {Q("status"), QJsonObject{{Q("state"), silences.isEmpty() ? s("active") : s("suppressed")}, {Q("silencedBy"), QJsonArray::fromStringList(silences)}, {Q("inhibitedBy"), QJsonArray()}}}});
    }
    return out;
}

/// As /api/prometheus/grafana/api/v1/rules: the rule's state in Prometheus' words, that of its instance in Grafana's.
QJsonArray Grafana::rules() const {
    QJsonArray groups;
    for (const QJsonValue &value : m_rules) {
        const QJsonObject rule = value.toObject();
        const QString state = rule.value(Q("state")).toString();
        const QString word = state == Q("Alerting") || state == Q("NoData") || state == Q("Error") ? s("firing") : state == Q("Pending") ? s("pending") : state == Q("Recovering") ? s("recovering") : s("inactive");
        const QJsonObject instance{{Q("labels"), labelsOf(rule)}, {Q("state"), state}, {Q("activeAt"), rule.value(Q("since"))}, {Q("value"), QString()}};
        groups.append(QJsonObject{{Q("name"), rule.value(Q("group"))}, {Q("file"), rule.value(Q("folder"))}, {Q("interval"), rule.value(Q("interval"))},
                                  {Q("rules"), QJsonArray{QJsonObject{{Q("name"), rule.value(Q("name"))}, {Q("state"), word}, {Q("health"), state == Q("Error") ? s("error") : state == Q("NoData") ? s("nodata") : s("ok")}, {Q("type"), s("alerting")}, {Q("labels"), rule.value(Q("labels"))}, {Q("alerts"), QJsonArray{instance}}}}}});
    }
    return groups;
}

Answer Grafana::silences(const Call &call, const QString &path) {
    if (path == Q("silences") && call.method == "GET")
        return Answer::json(m_silences);
    if (path == Q("silences") && call.method == "POST") {
        QJsonObject silence = call.json();
        if (silence.value(Q("matchers")).toArray().isEmpty())
            return refusal(400, "invalid silence: at least one matcher required");
        const QString old = silence.value(Q("id")).toString(), id = s("silence-%1").arg(m_nextSilence++);
        for (qsizetype i = m_silences.size(); i-- > 0;) // a changed silence gets a new id (3.8)
            if (m_silences[i][Q("id")].toString() == old)
                m_silences.removeAt(i);
        silence.insert(Q("id"), id);
        silence.insert(Q("status"), QJsonObject{{Q("state"), s("active")}});
        m_silences.append(silence);
        return Answer::json(QJsonObject{{Q("silenceID"), id}}, 202);
    }
    if (path.startsWith(Q("silence/"))) // singular
        for (qsizetype i = 0; i < m_silences.size(); ++i)
            if (m_silences[i][Q("id")].toString() == path.mid(8)) {
                const QJsonObject found = m_silences[i].toObject();
                if (call.method != "DELETE")
                    return Answer::json(found);
                m_silences.removeAt(i);
                return Answer::json(QJsonObject{{Q("message"), s("silence deleted")}});
            }
    return refusal(404, "silence not found");
}

Answer Grafana::answer(const Call &call) {
    if (call.path == Q("/api/health"))
        return Answer::json(QJsonObject{{Q("database"), s("ok")}, {Q("version"), s("12.1.0")}, {Q("commit"), s("estate")}});
    const auto [user, token] = call.login();
    if (!user.isEmpty() || token != Q("glsa_estate"))
        return refusal(401, token.isEmpty() ? "Unauthorized" : "Invalid API key");
    const QString root = s("/api/alertmanager/grafana/api/v2/");
    if (call.path == root + Q("alerts"))
        return Answer::json(alerts(call));
    if (call.path.startsWith(root + Q("silence")))
        return silences(call, call.path.mid(root.size()));
    if (call.path == root + Q("status"))
        return Answer::json(QJsonObject{{Q("cluster"), QJsonObject{{Q("status"), s("disabled")}}}, {Q("versionInfo"), QJsonObject{{Q("version"), s("N/A")}}}});
    if (call.path == Q("/api/prometheus/grafana/api/v1/rules"))
        return Answer::json(QJsonObject{{Q("status"), s("success")}, {Q("data"), QJsonObject{{Q("groups"), rules()}}}});
    return refusal(404, "Not found");
}

QJsonObject Grafana::control(const QString &verb, const QJsonObject &details) {
    if (verb == Q("rule")) {
        m_rules.append(QJsonObject{{Q("uid"), s("rule-%1").arg(m_rules.size())}, {Q("name"), details[Q("name")]}, {Q("folder"), details[Q("folder")]}, {Q("group"), details[Q("group")]}, {Q("labels"), details[Q("labels")]}, {Q("state"), s("Normal")}, {Q("interval"), 60}});
        return state();
    }
    if (verb != Q("state"))
        return StandIn::control(verb, details);
    if (!states.contains(details[Q("state")].toString()))
        return {{Q("error"), s("A state is one of %1.").arg(states.join(s(", ")))}};
    for (qsizetype i = 0; i < m_rules.size(); ++i)
        if (m_rules[i][Q("name")].toString() == details[Q("rule")].toString(s("Iris No Data Alert"))) {
            QJsonObject rule = m_rules[i].toObject();
            rule.insert(Q("state"), details[Q("state")]);
            rule.insert(Q("since"), m_now.toString(Qt::ISODateWithMs));
            m_rules[i] = rule;
            return state();
        }
    return {{Q("error"), s("There is no such rule.")}};
}

void Grafana::restore(const QJsonObject &state) {
    m_rules = state.value(Q("rules")).toArray();
    m_silences = state.value(Q("silences")).toArray();
    m_nextSilence = state.value(Q("nextSilence")).toInt(1);
}

} // namespace pilothouse::estate

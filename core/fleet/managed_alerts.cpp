// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/managed_alerts.h"

#include "core/base/clock.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::fleet {

using Q = QLatin1String;
using telemetry::Alertmanager;
using telemetry::AlertMatcher;
using telemetry::ManagedAlert;
using telemetry::ManagedSilence;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ManagedAlerts)
};

constexpr int answeredSeconds = 30, failedSeconds = 60;

bool due(const ManagedState &state, const QDateTime &now) {
    return !state.asked.isValid() || state.asked > now || state.asked.secsTo(now) >= (state.problem || (state.noRules && !state.manager) ? failedSeconds : answeredSeconds);
}

/// What a person would see differ.
bool differs(const ManagedState &a, const ManagedState &b) {
    const auto same = [](const ManagedAlert &x, const ManagedAlert &y) { return x.fingerprint == y.fingerprint && x.state == y.state && x.since == y.since && x.annotations == y.annotations; };
    const auto sameRule = [](const telemetry::AlertingRule &x, const telemetry::AlertingRule &y) { return x.name == y.name && x.state == y.state && x.failed == y.failed && x.noData == y.noData && x.alerts.size() == y.alerts.size(); };
    return a.problem.has_value() != b.problem.has_value() || !std::equal(a.rules.begin(), a.rules.end(), b.rules.begin(), b.rules.end(), sameRule) || !std::equal(a.alerts.begin(), a.alerts.end(), b.alerts.begin(), b.alerts.end(), same);
}

QString labelText(const QMap<QString, QString> &labels) {
    QStringList words;
    for (auto it = labels.begin(); it != labels.end(); ++it)
        if (it.key() != Q("alertname"))
            words << QStringLiteral("%1 %2").arg(it.key(), it.value());
    return words.join(QStringLiteral(", "));
}

/// One that fires; a Grafana rule that has no data, or whose query failed, fires an alert of another name that keeps the rule's.
InboxItem itemOf(const workspace::Workspace &workspace, const ManagedState &state, const ManagedAlert &alert) {
    InboxItem item;
    const QString severity = alert.labels.value(QStringLiteral("severity")), called = alert.labels.value(QStringLiteral("alertname")), reason = alert.annotations.value(QStringLiteral("grafana_state_reason"));
    const QString name = alert.labels.value(QStringLiteral("rulename"), called);
    const bool noData = called == Q("DatasourceNoData") || reason == Q("NoData"), failed = called == Q("DatasourceError") || reason == Q("Error");
    item.group = InboxGroup::Broken;
    item.state = noData || failed ? Health::Unknown : severity == Q("warning") || severity == Q("info") ? Health::Warn : Health::Bad;
    item.id = managedId(state.connection, alert);
    item.title = (noData ? Text::tr("%1 has no data (%2)") : failed ? Text::tr("%1 cannot be told (%2)") : Text::tr("%1 fires (%2)")).arg(name, state.connection);
    item.sentence = managedSentence(alert);
    item.model = modelOfLabels(workspace, alert.labels);
    item.since = alert.since;
    const InboxWay silence{Text::tr("Silence…"), QStringLiteral("alert.silence"), item.id};
    if (item.model.isEmpty() || noData || failed) { // a retrain is no remedy for a query that fails
        item.action = silence.action;
        item.argument = silence.argument;
        if (!item.model.isEmpty())
            item.more = {{Text::tr("Retrain"), QStringLiteral("retrain.run"), item.model}};
    } else {
        item.action = QStringLiteral("retrain.run");
        item.argument = item.model;
        item.more = {{Text::tr("Roll back"), QStringLiteral("rollout.undo"), item.model}, silence};
    }
    return item;
}

Result<std::vector<telemetry::AlertingRule>> rulesOf(const Services &services, const QString &name, std::stop_token stop) {
    const workspace::Connection connection = services.workspace.connections.value(name);
    telemetry::PrometheusOptions options;
    options.url = connection.url;
    if (connection.kind == Q("grafana"))
        options.url += connection.url.endsWith(QLatin1Char('/')) ? QStringLiteral("api/prometheus/grafana") : QStringLiteral("/api/prometheus/grafana");
    options.user = connection.user;
    options.caFile = connection.other.value(QStringLiteral("ca_file"));
    options.timeoutMs = 5000; // others wait behind it
    if (!connection.secret.isEmpty())
        options.secret = [secrets = services.secrets, secret = connection.secret] { return secrets->read(secret); };
    return telemetry::Prometheus(services.http, options).alertingRules(stop);
}

} // namespace

QStringList alertConnections(const workspace::Workspace &workspace) {
    QStringList out;
    for (const workspace::Connection &connection : workspace.connections)
        if (connection.kind == Q("grafana") || (connection.kind == Q("prometheus") && connection.other.value(QStringLiteral("alerts")) != Q("none")))
            out << connection.name;
    return out;
}

QString modelOfLabels(const workspace::Workspace &workspace, const QMap<QString, QString> &labels) {
    for (const char *key : {"model", "model_name"})
        if (const QString model = labels.value(Q(key)); workspace.model(model))
            return model;
    return {};
}

QStringList managerConnections(const workspace::Workspace &workspace) {
    QStringList out;
    for (const workspace::Connection &connection : workspace.connections)
        if (connection.kind == Q("grafana") || (connection.kind == Q("prometheus") && !connection.other.value(QStringLiteral("alertmanager")).isEmpty()))
            out << connection.name;
    return out;
}

Result<std::shared_ptr<Alertmanager>> alertmanagerOf(const Services &services, const QString &name) {
    if (!managerConnections(services.workspace).contains(name))
        return invalid(Text::tr("The connection “%1” has no Alertmanager.").arg(name), services.workspace.file, Text::tr("One of kind grafana has its own; one of kind prometheus names it: alertmanager: http://alertmanager:9093."));
    const workspace::Connection connection = services.workspace.connections.value(name);
    telemetry::AlertmanagerOptions options;
    options.url = connection.kind == Q("grafana") ? connection.url + (connection.url.endsWith(QLatin1Char('/')) ? QStringLiteral("api/alertmanager/grafana") : QStringLiteral("/api/alertmanager/grafana"))
                                                  : connection.other.value(QStringLiteral("alertmanager"));
    options.user = connection.user;
    options.caFile = connection.other.value(QStringLiteral("ca_file"));
    if (!connection.secret.isEmpty())
        options.secret = [secrets = services.secrets, secret = connection.secret] { return secrets->read(secret); };
    return std::make_shared<Alertmanager>(services.http, options);
}

ManagedState askManager(const Services &services, const QString &connection, std::stop_token stop) {
    ManagedState state;
    state.connection = connection;
    state.asked = services.clock->nowUtc();
    auto rules = rulesOf(services, connection, stop);
    if (rules)
        state.rules = std::move(*rules);
    else
        state.noRules = rules.error();
    state.manager = managerConnections(services.workspace).contains(connection);
    if (!state.manager) {
        if (state.noRules && state.noRules->kind == ErrorKind::Cancelled)
            state.problem = state.noRules;
        if (!state.noRules)
            state.answered = services.clock->nowUtc();
        return state;
    }
    const auto manager = alertmanagerOf(services, connection);
    if (!manager) {
        state.problem = manager.error();
        return state;
    }
    auto alerts = (*manager)->alerts(stop);
    auto silences = alerts ? (*manager)->silences(stop) : Result<std::vector<ManagedSilence>>(alerts.error());
    if (!alerts || !silences) {
        state.problem = alerts ? silences.error() : alerts.error();
        return state;
    }
    state.alerts = std::move(*alerts);
    state.silences = std::move(*silences);
    state.answered = services.clock->nowUtc();
    return state;
}

bool ManagedAlerts::refresh(const Services &services, std::stop_token stop) {
    const std::unique_lock asking(m_asking, std::try_to_lock);
    if (!asking)
        return false;
    bool news = false;
    const QStringList names = alertConnections(services.workspace);
    for (const QString &name : names) {
        ManagedState before;
        {
            const std::lock_guard lock(m_mutex);
            before = m_known[name];
        }
        if (stop.stop_requested() || !due(before, services.clock->nowUtc()))
            continue;
        ManagedState now = askManager(services, name, stop);
        if (now.problem && now.problem->kind == ErrorKind::Cancelled)
            continue;
        if (now.problem) { // what was told before still stands, with its age
            now.alerts = before.alerts;
            now.silences = before.silences;
            now.answered = before.answered;
        }
        if (now.noRules)
            now.rules = before.rules;
        news = news || differs(before, now);
        const std::lock_guard lock(m_mutex);
        m_known[name] = std::move(now);
    }
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_known, [&](const auto &one) { return !names.contains(one.first); });
    return news;
}

std::vector<ManagedState> ManagedAlerts::known() const {
    const std::lock_guard lock(m_mutex);
    std::vector<ManagedState> out;
    for (const auto &[name, state] : m_known)
        if (state.asked.isValid())
            out.push_back(state);
    return out;
}

void ManagedAlerts::forget(const QString &connection) {
    const std::lock_guard lock(m_mutex);
    if (const auto at = m_known.find(connection); at != m_known.end())
        at->second.asked = {};
}

QString managedId(const QString &connection, const ManagedAlert &alert) { return QStringLiteral("managed/%1/%2").arg(connection, alert.fingerprint); }

QString managedSentence(const ManagedAlert &alert) {
    for (const char *key : {"summary", "description", "message"})
        if (const QString text = alert.annotations.value(Q(key)).simplified(); !text.isEmpty())
            return text;
    return labelText(alert.labels);
}

std::vector<InboxItem> managedItems(const workspace::Workspace &workspace, const std::vector<ManagedState> &states) {
    std::vector<InboxItem> items;
    for (const ManagedState &state : states) {
        if (state.problem) {
            InboxItem item;
            item.group = InboxGroup::Broken;
            item.state = Health::Unknown;
            item.id = QStringLiteral("managed/") + state.connection;
            item.title = Text::tr("The alerts of %1 cannot be told").arg(state.connection);
            item.sentence = state.problem->text();
            item.since = state.asked;
            item.action = QStringLiteral("connection.test");
            item.argument = state.connection;
            items.push_back(std::move(item));
        }
        for (const ManagedAlert &alert : state.alerts) {
            if (alert.state != Q("active"))
                continue;
            items.push_back(itemOf(workspace, state, alert));
        }
    }
    return items;
}

std::vector<SilencedAlert> managedSilenced(const workspace::Workspace &workspace, const std::vector<ManagedState> &states, const QDateTime &now) {
    std::vector<SilencedAlert> out;
    for (const ManagedState &state : states)
        for (const ManagedSilence &silence : state.silences) {
            if (silence.until <= now)
                continue;
            SilencedAlert one;
            one.silence = silence.id;
            one.connection = state.connection;
            one.until = silence.until;
            one.by = silence.by;
            one.comment = silence.comment;
            bool hides = false;
            for (const ManagedAlert &alert : state.alerts)
                if (alert.state != Q("active") && alert.silencedBy.contains(silence.id)) {
                    const InboxItem item = itemOf(workspace, state, alert);
                    one.id = item.id;
                    one.title = item.title;
                    one.sentence = item.sentence;
                    one.model = item.model;
                    one.state = item.state;
                    out.push_back(one);
                    hides = true;
                }
            if (hides)
                continue;
            QStringList matchers;
            for (const AlertMatcher &matcher : silence.matchers)
                matchers << matcherText(matcher);
            one.id = QStringLiteral("silence/%1/%2").arg(state.connection, silence.id);
            one.title = QStringLiteral("%1 (%2)").arg(matchers.join(QStringLiteral(", ")), state.connection);
            one.sentence = silence.from > now ? Text::tr("begins %1").arg(isoUtc(silence.from)) : Text::tr("hides nothing now");
            out.push_back(one);
        }
    return out;
}

std::vector<AlertMatcher> matchersOf(const ManagedAlert &alert) {
    std::vector<AlertMatcher> out;
    for (auto it = alert.labels.begin(); it != alert.labels.end(); ++it)
        out.push_back({it.key(), it.value(), false, true});
    return out;
}

QString matcherText(const AlertMatcher &matcher) {
    const char *sign = matcher.equal ? matcher.regex ? "=~" : "=" : matcher.regex ? "!~" : "!=";
    return matcher.name + Q(sign) + QLatin1Char('"') + matcher.value + QLatin1Char('"');
}

Result<AlertMatcher> parseMatcher(const QString &text) {
    static const QRegularExpression form(QStringLiteral("^\\s*([a-zA-Z_][a-zA-Z0-9_.-]*)\\s*(=~|!~|!=|=)\\s*(?:\"(.*)\"|(.*?))\\s*$"));
    const auto match = form.match(text);
    if (!match.hasMatch())
        return invalid(Text::tr("“%1” is no matcher.").arg(text), {}, Text::tr("As in alertname=HighErrorRate, pod=~\"t2m-.*\", team!=data."));
    const QString sign = match.captured(2);
    AlertMatcher matcher{match.captured(1), match.hasCaptured(3) && !match.captured(3).isNull() ? match.captured(3) : match.captured(4), sign.endsWith(QLatin1Char('~')), !sign.startsWith(QLatin1Char('!'))};
    if (matcher.regex && !QRegularExpression(matcher.value).isValid())
        return invalid(Text::tr("“%1” is no pattern: %2.").arg(matcher.value, QRegularExpression(matcher.value).errorString()));
    return matcher;
}

} // namespace pilothouse::fleet

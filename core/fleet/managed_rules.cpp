// SPDX-License-Identifier: GPL-3.0-or-later
// Rules that a Prometheus or a Grafana judges by itself, beside what an Alertmanager says of them.
#include "core/base/hash.h"
#include "core/fleet/managed_alerts.h"
#include "core/telemetry/alert_state.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::fleet {

using Q = QLatin1String;
using telemetry::AlertingRule;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ManagedRules)
};

/// Alerts have no number there: their labels are what tells them apart.
QString numberOf(const QMap<QString, QString> &labels) {
    QString all;
    for (auto it = labels.begin(); it != labels.end(); ++it)
        all += it.key() + QLatin1Char('\n') + it.value() + QLatin1Char('\n');
    return sha256Hex(all.toUtf8()).left(16);
}

QString sentenceOf(const AlertingRule::Alert &alert) {
    telemetry::ManagedAlert told;
    told.labels = alert.labels;
    told.annotations = alert.annotations;
    return managedSentence(told);
}

Health healthOf(const QMap<QString, QString> &labels) {
    const QString severity = labels.value(QStringLiteral("severity"));
    return severity == Q("warning") || severity == Q("info") ? Health::Warn : Health::Bad;
}

/// An Alertmanager tells of the rule already that it has no data, or fails.
bool toldThere(const ManagedState &state, const QString &rule) {
    return std::any_of(state.alerts.begin(), state.alerts.end(), [&](const auto &alert) { return alert.labels.value(QStringLiteral("rulename"), alert.labels.value(QStringLiteral("alertname"))) == rule; });
}

} // namespace

std::vector<InboxItem> ruleItems(const workspace::Workspace &workspace, const std::vector<ManagedState> &states) {
    std::vector<InboxItem> items;
    for (const ManagedState &state : states) {
        const bool ofModels = workspace.connections.value(state.connection).other.value(QStringLiteral("alerts")) == Q("models");
        for (const AlertingRule &rule : state.rules) {
            if ((rule.failed || rule.noData) && !toldThere(state, rule.name) && (!ofModels || !modelOfLabels(workspace, rule.labels).isEmpty())) {
                InboxItem item;
                item.group = InboxGroup::Broken;
                item.state = Health::Unknown;
                item.id = QStringLiteral("rule/%1/%2/%3").arg(state.connection, rule.group, rule.name);
                item.title = (rule.failed ? Text::tr("%1 cannot be told (%2)") : Text::tr("%1 has no data (%2)")).arg(rule.name, state.connection);
                item.sentence = rule.failed ? rule.problem.isEmpty() ? Text::tr("Its query fails there.") : rule.problem : Text::tr("Its query gives nothing there.");
                item.model = modelOfLabels(workspace, rule.labels);
                items.push_back(std::move(item));
            }
            for (const AlertingRule::Alert &alert : rule.alerts) {
                const bool pending = alert.state == Q("pending");
                const QString model = modelOfLabels(workspace, alert.labels);
                if ((!pending && state.manager) || alert.labels.value(QStringLiteral("severity")) == Q("none") || (ofModels && model.isEmpty()))
                    continue;
                InboxItem item;
                item.group = pending ? InboxGroup::Soon : InboxGroup::Broken;
                item.state = pending ? Health::Warn : healthOf(alert.labels);
                item.id = QStringLiteral("rule/%1/%2").arg(state.connection, numberOf(alert.labels));
                item.title = (pending ? Text::tr("%1 is pending (%2)") : Text::tr("%1 fires (%2)")).arg(rule.name, state.connection);
                item.sentence = sentenceOf(alert);
                if (pending && rule.forSeconds > 0)
                    item.sentence = Text::tr("%1 (fires after %2)").arg(item.sentence, telemetry::durationText(double(rule.forSeconds)));
                item.model = model;
                item.since = alert.since;
                if (!model.isEmpty()) {
                    item.action = QStringLiteral("retrain.run");
                    item.argument = model;
                    item.more = {{Text::tr("Roll back"), QStringLiteral("rollout.undo"), model}};
                }
                items.push_back(std::move(item));
            }
        }
    }
    return items;
}

} // namespace pilothouse::fleet

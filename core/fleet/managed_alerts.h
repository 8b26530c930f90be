// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/fleet/snapshot.h"
#include "core/operations/operation.h"
#include "core/telemetry/alertmanager.h"
#include "core/telemetry/prometheus.h"

#include <map>
#include <mutex>
#include <optional>
#include <stop_token>

namespace pilothouse::fleet {

/// What one Alertmanager said last.
struct ManagedState {
    QString connection;
    std::vector<telemetry::ManagedAlert> alerts;
    std::vector<telemetry::ManagedSilence> silences;
    std::vector<telemetry::AlertingRule> rules; ///< that the server judges by itself; of a Prometheus without an Alertmanager with what fires, too
    std::optional<Error> noRules;               ///< why there are none
    bool manager = true;                        ///< it has an Alertmanager, which tells what fires
    QDateTime asked, answered;    ///< answered: what stands here was told then; invalid: never
    std::optional<Error> problem; ///< of the last ask
};

/// The alerts of the Alertmanagers that the workspace names, as they were told last: `alertmanager:` of a connection of kind prometheus, and a Grafana's own of a
/// connection of kind grafana. They are judged elsewhere, by their own rules. Any thread.
class ManagedAlerts {
public:
    /// Asks those that are due: one that answered after 30 s, one that did not after 60 s. Blocking; a second caller meanwhile returns at once.
    /// true: one says something else than before.
    bool refresh(const Services &services, std::stop_token stop = {});
    std::vector<ManagedState> known() const;
    /// Asks it again at the next refresh: something was written there.
    void forget(const QString &connection);

private:
    mutable std::mutex m_mutex;
    std::mutex m_asking;
    std::map<QString, ManagedState> m_known;
};

/// Connections whose alerts are shown, by name: those with an Alertmanager, and each Prometheus but one with `alerts: none`.
QStringList alertConnections(const workspace::Workspace &workspace);
/// Connections that have an Alertmanager, by name.
QStringList managerConnections(const workspace::Workspace &workspace);
/// Invalid: the connection has none.
Result<std::shared_ptr<telemetry::Alertmanager>> alertmanagerOf(const Services &services, const QString &connection);
/// What it says now. The error is in `problem`.
ManagedState askManager(const Services &services, const QString &connection, std::stop_token stop = {});

/// What the servers' own rules say beside that, as items of the inbox: what is pending, rules that fail or have no data, and of a Prometheus without an Alertmanager what fires (it cannot be silenced there).
/// Left out: severity none; with `alerts: models` of the connection what names no model of the workspace.
std::vector<InboxItem> ruleItems(const workspace::Workspace &workspace, const std::vector<ManagedState> &states);
/// The model of the workspace that a label `model` or `model_name` names; empty: none.
QString modelOfLabels(const workspace::Workspace &workspace, const QMap<QString, QString> &labels);
/// Id of an alert in the inbox: "managed/CONNECTION/FINGERPRINT".
QString managedId(const QString &connection, const telemetry::ManagedAlert &alert);
/// What fires there and is not silenced there, and managers that do not answer, as items of the inbox. A label `model` (or `model_name`) that is a model of the
/// workspace makes it that model's, whose fix is a retrain; others can be silenced.
std::vector<InboxItem> managedItems(const workspace::Workspace &workspace, const std::vector<ManagedState> &states);
/// What is silenced there, and silences in force or to come that hide nothing now.
std::vector<SilencedAlert> managedSilenced(const workspace::Workspace &workspace, const std::vector<ManagedState> &states, const QDateTime &now);
/// Its annotations' sentence, else its labels.
QString managedSentence(const telemetry::ManagedAlert &alert);
/// Matchers of exactly this alert: all of its labels.
std::vector<telemetry::AlertMatcher> matchersOf(const telemetry::ManagedAlert &alert);
QString matcherText(const telemetry::AlertMatcher &matcher); ///< alertname="x", pod=~"a.*"
/// Reads alertname=x, pod!=y, pod=~a.*, pod!~b, quoted or not. Invalid: names what was expected, or a pattern that cannot be read.
Result<telemetry::AlertMatcher> parseMatcher(const QString &text);

/// Silences there; undone by expiring it. `made` gets the silence with its id. `hidden`: what it hides now, for the plan.
operations::Operation silenceManagedOperation(const Services &services, std::shared_ptr<telemetry::Alertmanager> manager, const QString &connection, const telemetry::ManagedSilence &silence, std::size_t hidden, std::shared_ptr<telemetry::ManagedSilence> made);
/// Ends one before its time; undone by making it anew for the rest of its time.
operations::Operation expireManagedOperation(const Services &services, std::shared_ptr<telemetry::Alertmanager> manager, const QString &connection, const telemetry::ManagedSilence &silence);

} // namespace pilothouse::fleet

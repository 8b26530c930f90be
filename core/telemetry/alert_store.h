// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"
#include "core/telemetry/alert_state.h"

#include <memory>

namespace pilothouse::telemetry {

/// Nothing is told of a rule, or of all rules of a model, until it ends.
struct AlertSilence {
    QString id;          ///< "s-" + 8 hex
    QString rule, model; ///< one of the two
    QDateTime from, until;
    QString by, comment;
    bool covers(const AlertStatus &status, const QDateTime &now) const { return from <= now && now < until && (rule.isEmpty() ? model == status.model : rule == status.rule); }
};

/// A message on its way to one channel.
struct AlertMessage {
    qint64 id = 0;
    QString rule, episode, state, channel; ///< its key: the same is never written twice
    QJsonObject body;
    int tries = 0;
};

/// What is known of a channel (a notification of the workspace).
struct ChannelState {
    QString name, address; ///< address: digest of it; another one switches the channel on again
    QString off;           ///< why nothing is sent there any more; empty: it is on
    QDateTime since, hold; ///< hold: nothing before that time (Retry-After)
    QString problem;       ///< of the last try that failed
    qint64 waiting = 0, sent = 0, failed = 0;
};

/// The memory of the alerts: `<root>/alerts.db`. Any thread; several programs at once.
class AlertStore {
public:
    static Result<std::shared_ptr<AlertStore>> open(const QString &root);

    Result<std::vector<AlertStatus>> statuses() const; ///< by rule
    /// Keeps a status; one of another state than before is a line of the history. Messages of an episode that ended before they were sent are dropped.
    /// A message whose key is there is left out: what was told is not told again. All or nothing.
    Result<void> write(const AlertStatus &status, const std::vector<AlertMessage> &messages, const QDateTime &now);
    /// Forgets rules that the workspace no longer has, and messages older than 30 days of episodes that are over.
    Result<void> keepOnly(const QStringList &rules, const QDateTime &now);
    Result<std::vector<AlertStatus>> history(const QString &rule, int limit = 200) const; ///< newest first; "" = of all rules
    /// Channels that were told of an episode: they are told of its end.
    Result<QStringList> told(const QString &rule, const QString &episode) const;

    Result<AlertSilence> addSilence(AlertSilence silence);
    Result<void> endSilence(const QString &id, const QDateTime &now); ///< NotFound; Conflict: it is over already
    Result<std::vector<AlertSilence>> silences(const QDateTime &now) const; ///< that are in force, or will be

    Result<std::vector<AlertMessage>> due(const QString &channel, const QDateTime &now, int limit) const;
    /// Takes a message for sending; false: another program has it. One that was claimed and never settled counts as sent.
    Result<bool> claim(qint64 id);
    Result<void> settleSent(qint64 id, const QDateTime &now);
    Result<void> settleAgain(qint64 id, const QDateTime &next, const QString &why);
    Result<void> settleFailed(qint64 id, const QString &why);
    Result<std::vector<ChannelState>> channels() const;
    Result<void> writeChannel(const ChannelState &channel); ///< its counts are left out

private:
    explicit AlertStore(std::shared_ptr<Database> database) : m_database(std::move(database)) {}
    Result<void> settle(qint64 id, const QString &state, const QString &next, const QString &why);
    std::shared_ptr<Database> m_database;
};

} // namespace pilothouse::telemetry

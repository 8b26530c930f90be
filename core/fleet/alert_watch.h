// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/telemetry/alert_store.h"
#include "core/telemetry/notifier.h"

#include <map>
#include <stop_token>
#include <vector>

namespace pilothouse::fleet {

struct AlertNews {
    QString model, sentence;
    bool problem = false; ///< it could not be read, written or sent
};

/// Evaluates the workspace's own alert rules and tells of them: what is due is read and judged, changes are kept, messages go to the channels of `notifications:` (Slack, webhook).
/// One program evaluates (`pilot watch`); any may read. One thread at a time.
class AlertWatch {
public:
    explicit AlertWatch(std::shared_ptr<Services> services) : m_services(std::move(services)) {}
    bool needed() const; ///< the workspace has rules
    /// Blocking. The rules are read from the file each time: one that was changed counts from the next look on.
    /// @param all  every rule now, not only those that are due
    std::vector<AlertNews> look(std::stop_token stop = {}, bool all = false);

    static constexpr int everySeconds = 10;
    static constexpr int burst = 5; ///< messages to one channel in one look

private:
    using Store = telemetry::AlertStore;
    void evaluate(Store &store, const std::vector<workspace::AlertRule> &rules, bool all, std::vector<AlertNews> &news, std::stop_token stop);
    void send(Store &store, std::vector<AlertNews> &news, std::stop_token stop);
    std::shared_ptr<Services> m_services;
    QString m_problem; ///< told once
};

/// The channels that take alerts of an event, or those that a rule names. Kinds slack and webhook; a desktop is the console's.
QStringList channelsFor(const workspace::Workspace &workspace, const workspace::AlertRule &rule);
/// Where a channel sends to: its url, else the secret that it names. NotFound; Invalid: it is no http(s) address.
Result<QString> channelAddress(const Services &services, const workspace::Notification &channel);
/// One message to one channel, as an operation. `outcome` says what became of it; Error: it was refused here and nothing was sent.
operations::Operation notifyOperation(const Services &services, const workspace::Notification &channel, const QString &address, const QString &object, const QJsonObject &message, std::shared_ptr<telemetry::SendOutcome> outcome);

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"

namespace pilothouse::fleet {

/// What stands beside the items of the alert rules.
struct AlertsAside {
    QStringList instead; ///< ids of what `watch:` of a model says of the same ("stale/t2m"): a rule that is not ok says it with its own limit and its silence
    std::vector<SilencedAlert> silenced;
    std::vector<KeptRule> kept;
};

/// The workspace's own alert rules that are not ok and not silenced, and channels that are switched off, as items of the inbox: firing is broken, pending soon, no data and cannot tell
/// broken with state Unknown. Id "alert/RULE" or "channel/NAME"; the action is the first fix, the others are further ways. Reads alerts.db; nothing where there is none yet.
Result<std::vector<InboxItem>> alertItems(const Services &services, AlertsAside *aside = nullptr);
/// Adds them to an inbox in its order; those of the inbox that they say instead are taken out.
void addAlertItems(std::vector<InboxItem> items, std::vector<InboxItem> &inbox, const QStringList &instead = {});

} // namespace pilothouse::fleet

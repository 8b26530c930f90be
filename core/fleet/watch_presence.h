// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/fleet/snapshot.h"

#include <optional>

namespace pilothouse::fleet {

/// Whether a `pilot watch` looks after the alert rules of this workspace: nothing else evaluates them.
struct WatchPresence {
    bool runs = false; ///< one runs on now
    bool once = false; ///< the last one looked once, as a timer's does
    QDateTime looked;  ///< when a rule was evaluated last; invalid: none ever was
    /// Nobody evaluates them: none runs, and by a timer (at most 59 minutes) it would have looked; or one runs that has not evaluated any for 15 minutes.
    bool missed(const QDateTime &now) const;
    QString sentence(const QDateTime &now) const; ///< what stands and what to do, of one that is missed
};

/// The lock that the `pilot watch` of a workspace holds.
QString watchLockFile(const QString &root);
/// Keeps whether the watch that begins now looks once. It holds the lock.
Result<void> tellWatch(const QString &root, bool once);
/// No rule: nothing. Reads alerts.db and the lock; changes neither.
Result<std::optional<WatchPresence>> watchPresence(const Services &services);
/// The item of the inbox: nobody evaluates the rules.
InboxItem watchMissedItem(const WatchPresence &presence, const QDateTime &now);

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace pilothouse {

/// A process that cannot be mistaken for a later one with the same number: boot, pid and start time.
struct ProcessMark {
    qint64 pid = 0;
    QString start; ///< "<boot id>/<start time in ticks>"
    bool operator==(const ProcessMark &) const = default;
    /// "<pid>@<start>", for a place that holds text only.
    QString text() const;
    static std::optional<ProcessMark> fromText(const QString &text);
};
/// The mark of a living process; nullopt if there is none with this pid, or it is dead and not yet collected.
std::optional<ProcessMark> markOf(qint64 pid);
/// The process that was marked lives still.
inline bool lives(const ProcessMark &mark) { return markOf(mark.pid) == mark; }

} // namespace pilothouse

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTimeZone>

#include <optional>

namespace pilothouse {

enum class CalendarStep { Hour, Day, Week };
std::optional<CalendarStep> calendarStepOf(const QString &name); ///< hour, day, week
QString calendarStepName(CalendarStep step);

/// A stretch of the calendar, ms since 1970 UTC; `to` belongs to the next.
struct CalendarSpan {
    qint64 from = 0, to = 0;
    bool has(qint64 ms) const { return ms >= from && ms < to; }
    bool operator==(const CalendarSpan &) const = default;
};

/// The hour, day or ISO week (from Monday) of a zone that a moment falls in. A day lasts 23 or 25 hours where the clocks change, and of the
/// hour that comes twice each is its own; where the zone's offset is no whole hour the hours are those of its clocks.
CalendarSpan calendarSpan(qint64 ms, CalendarStep step, const QTimeZone &zone);

/// "2026-11-23 14:00 UTC+01:00", "2026-11-23", "2026-W48".
QString calendarSpanName(const CalendarSpan &span, CalendarStep step, const QTimeZone &zone);

} // namespace pilothouse

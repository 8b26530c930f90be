// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/calendar_span.h"

#include <QDateTime>

#include <algorithm>

namespace pilothouse {

namespace {

constexpr qint64 hourMs = 3600 * 1000;

QDateTime local(qint64 ms, const QTimeZone &zone) { return QDateTime::fromMSecsSinceEpoch(ms, zone); }

CalendarSpan hourOf(qint64 ms, const QTimeZone &zone) {
    const qint64 offset = qint64(local(ms, zone).offsetFromUtc()) * 1000, clock = ms + offset;
    const qint64 floor = clock - ((clock % hourMs) + hourMs) % hourMs;
    CalendarSpan span{floor - offset, floor - offset + hourMs};
    // Clocks that change by half an hour cut an hour in two.
    if (zone.hasTransitions()) {
        const auto last = zone.previousTransition(local(ms + 1, zone)), next = zone.nextTransition(local(ms, zone));
        if (last.atUtc.isValid())
            span.from = std::max(span.from, last.atUtc.toMSecsSinceEpoch());
        if (next.atUtc.isValid())
            span.to = std::min(span.to, next.atUtc.toMSecsSinceEpoch());
    }
    return span;
}

} // namespace

std::optional<CalendarStep> calendarStepOf(const QString &name) {
    for (const CalendarStep step : {CalendarStep::Hour, CalendarStep::Day, CalendarStep::Week})
        if (name == calendarStepName(step))
            return step;
    return std::nullopt;
}

QString calendarStepName(CalendarStep step) { return step == CalendarStep::Hour ? QStringLiteral("hour") : step == CalendarStep::Day ? QStringLiteral("day") : QStringLiteral("week"); }

CalendarSpan calendarSpan(qint64 ms, CalendarStep step, const QTimeZone &zone) {
    if (step == CalendarStep::Hour)
        return hourOf(ms, zone);
    QDate day = local(ms, zone).date();
    if (step == CalendarStep::Week)
        day = day.addDays(1 - day.dayOfWeek());
    return {day.startOfDay(zone).toMSecsSinceEpoch(), day.addDays(step == CalendarStep::Week ? 7 : 1).startOfDay(zone).toMSecsSinceEpoch()};
}

QString calendarSpanName(const CalendarSpan &span, CalendarStep step, const QTimeZone &zone) {
    const QDateTime from = local(span.from, zone);
    if (step == CalendarStep::Day)
        return from.date().toString(Qt::ISODate);
    if (step == CalendarStep::Week) {
        int year = 0;
        const int week = from.date().weekNumber(&year);
        return QStringLiteral("%1-W%2").arg(year).arg(week, 2, 10, QLatin1Char('0'));
    }
    const int minutes = from.offsetFromUtc() / 60, size = std::abs(minutes);
    return from.toString(QStringLiteral("yyyy-MM-dd HH:mm")) + QStringLiteral(" UTC%1%2:%3").arg(minutes < 0 ? QLatin1Char('-') : QLatin1Char('+')).arg(size / 60, 2, 10, QLatin1Char('0')).arg(size % 60, 2, 10, QLatin1Char('0'));
}

} // namespace pilothouse

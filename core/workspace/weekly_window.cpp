// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/weekly_window.h"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

namespace pilothouse::workspace {

namespace {

constexpr int minutesOfDay = 24 * 60;

int dayOf(const QString &name) {
    static const QStringList names{QStringLiteral("mon"), QStringLiteral("tue"), QStringLiteral("wed"), QStringLiteral("thu"), QStringLiteral("fri"), QStringLiteral("sat"), QStringLiteral("sun")};
    return int(names.indexOf(name.toLower()));
}

/// "Sat,Sun", "Mon-Fri", "Fri-Mon": a bit for each day; 0: it is no list of days.
unsigned daysOf(const QString &text) {
    unsigned days = 0;
    for (const QString &part : text.split(QLatin1Char(','))) {
        const int first = dayOf(part.section(QLatin1Char('-'), 0, 0)), last = part.contains(QLatin1Char('-')) ? dayOf(part.section(QLatin1Char('-'), 1)) : first;
        if (first < 0 || last < 0)
            return 0;
        for (int day = first;; day = (day + 1) % 7) {
            days |= 1U << day;
            if (day == last)
                break;
        }
    }
    return days;
}

/// Minutes of the day, 24:00 included; -1: it is no time.
int minutesOf(const QString &hour, const QString &minute) {
    const int minutes = hour.toInt() * 60 + minute.toInt();
    return minute.toInt() > 59 || minutes > minutesOfDay ? -1 : minutes;
}

bool inAny(const std::vector<WeeklyWindow> &windows, const QDateTime &time, const QTimeZone &zone) {
    return std::any_of(windows.begin(), windows.end(), [&](const WeeklyWindow &window) { return window.has(time, zone); });
}

} // namespace

Result<WeeklyWindow> WeeklyWindow::parse(const QString &written) {
    static const QRegularExpression form(QStringLiteral(R"(^(?:([A-Za-z]{3}(?:[-,][A-Za-z]{3})*))?(?:(?:^| )(\d{1,2}):(\d\d) ?- ?(\d{1,2}):(\d\d))?$)"));
    WeeklyWindow window;
    window.m_text = written.simplified();
    const auto match = form.match(window.m_text);
    const Error wrong = invalid(QStringLiteral("“%1” is no stretch of the week.").arg(window.m_text), {}, QStringLiteral("For example 22:00-06:00, Sat,Sun, or Mon-Fri 18:00-24:00."));
    if (window.m_text.isEmpty() || !match.hasMatch())
        return wrong;
    if (!match.captured(1).isEmpty() && (window.m_days = daysOf(match.captured(1))) == 0)
        return wrong;
    if (!match.captured(2).isEmpty()) {
        window.m_from = minutesOf(match.captured(2), match.captured(3));
        window.m_to = minutesOf(match.captured(4), match.captured(5));
        if (window.m_from < 0 || window.m_to < 0 || window.m_from == minutesOfDay || window.m_from == window.m_to)
            return wrong;
    }
    return window;
}

bool WeeklyWindow::has(const QDateTime &time, const QTimeZone &zone) const {
    const QDateTime local = time.toTimeZone(zone);
    const int minute = local.time().hour() * 60 + local.time().minute(), today = local.date().dayOfWeek() - 1, yesterday = (today + 6) % 7;
    const auto begins = [this](int day) { return (m_days >> day & 1U) != 0; };
    if (m_to > m_from)
        return begins(today) && minute >= m_from && minute < m_to;
    return (begins(today) && minute >= m_from) || (begins(yesterday) && minute < m_to);
}

QDateTime nextWithin(const std::vector<WeeklyWindow> &only, const std::vector<WeeklyWindow> &never, const QDateTime &time, const QTimeZone &zone) {
    const auto open = [&](const QDateTime &at) { return (only.empty() || inAny(only, at, zone)) && !inAny(never, at, zone); };
    if (open(time))
        return time;
    // Begins and ends lie on whole minutes of the zone's clocks, and all offsets in use are whole minutes.
    QDateTime at = QDateTime::fromSecsSinceEpoch(time.toSecsSinceEpoch() / 60 * 60 + 60, Qt::UTC);
    for (int k = 0; k < 14 * minutesOfDay; ++k, at = at.addSecs(60))
        if (open(at))
            return at;
    return {};
}

} // namespace pilothouse::workspace

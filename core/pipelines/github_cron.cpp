// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/github_cron.h"

#include <QStringList>

#include <bitset>
#include <optional>

namespace pilothouse::pipelines {

namespace {

using Bits = std::bitset<64>;

std::optional<int> numberOf(const QString &word, const QStringList &names, int first) {
    if (const auto at = names.indexOf(word.toUpper()); at >= 0)
        return int(at) + first;
    bool ok = false;
    const int number = word.toInt(&ok);
    return ok ? std::optional(number) : std::nullopt;
}

/// "*/15", "1-5", "MON,WED", "5/10"
std::optional<Bits> fieldOf(const QString &field, int least, int most, const QStringList &names = {}) {
    Bits bits;
    for (const QString &part : field.split(QLatin1Char(','))) {
        const QString range = part.section(QLatin1Char('/'), 0, 0), every = part.section(QLatin1Char('/'), 1);
        bool ok = true;
        const int step = every.isEmpty() ? 1 : every.toInt(&ok);
        if (!ok || step < 1 || (every.isEmpty() && part.contains(QLatin1Char('/'))))
            return {};
        int from = least, to = most;
        if (range != QLatin1String("*")) {
            const auto a = numberOf(range.section(QLatin1Char('-'), 0, 0), names, least);
            const auto b = range.contains(QLatin1Char('-')) ? numberOf(range.section(QLatin1Char('-'), 1), names, least) : every.isEmpty() ? a : std::optional(most);
            if (!a || !b || *a < least || *b > most || *a > *b)
                return {};
            from = *a;
            to = *b;
        }
        for (int n = from; n <= to; n += step)
            bits.set(std::size_t(n));
    }
    return bits;
}

} // namespace

QDateTime nextCron(const QString &cron, const QDateTime &after) {
    static const QStringList months{QStringLiteral("JAN"), QStringLiteral("FEB"), QStringLiteral("MAR"), QStringLiteral("APR"), QStringLiteral("MAY"), QStringLiteral("JUN"), QStringLiteral("JUL"), QStringLiteral("AUG"), QStringLiteral("SEP"), QStringLiteral("OCT"), QStringLiteral("NOV"), QStringLiteral("DEC")};
    static const QStringList days{QStringLiteral("SUN"), QStringLiteral("MON"), QStringLiteral("TUE"), QStringLiteral("WED"), QStringLiteral("THU"), QStringLiteral("FRI"), QStringLiteral("SAT")};
    const QStringList fields = cron.simplified().split(QLatin1Char(' '));
    if (fields.size() != 5)
        return {};
    const auto minutes = fieldOf(fields[0], 0, 59), hours = fieldOf(fields[1], 0, 23), monthDays = fieldOf(fields[2], 1, 31), inMonths = fieldOf(fields[3], 1, 12, months);
    auto weekDays = fieldOf(fields[4], 0, 7, days);
    if (!minutes || !hours || !monthDays || !inMonths || !weekDays)
        return {};
    if (weekDays->test(7))
        weekDays->set(0);
    const bool anyMonthDay = fields[2].startsWith(QLatin1Char('*')), anyWeekDay = fields[4].startsWith(QLatin1Char('*'));
    const QDateTime begin = after.toUTC().addSecs(60 - after.toUTC().time().second());
    QDate day = begin.date();
    for (int n = 0; n < 366 * 9; ++n, day = day.addDays(1)) { // 29 February: eight years at most
        const bool byMonthDay = monthDays->test(std::size_t(day.day())), byWeekDay = weekDays->test(std::size_t(day.dayOfWeek() % 7));
        if (!inMonths->test(std::size_t(day.month())) || !(anyMonthDay || anyWeekDay ? byMonthDay && byWeekDay : byMonthDay || byWeekDay))
            continue;
        for (int minute = n == 0 ? begin.time().hour() * 60 + begin.time().minute() : 0; minute < 1440; ++minute)
            if (hours->test(std::size_t(minute / 60)) && minutes->test(std::size_t(minute % 60)))
                return QDateTime(day, QTime(minute / 60, minute % 60), Qt::UTC);
    }
    return {};
}

} // namespace pilothouse::pipelines

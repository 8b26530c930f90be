// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cron.h"

#include <QHash>
#include <QRegularExpression>
#include <QStringList>

#include <optional>

namespace pilothouse {

namespace {

constexpr int longestDays = 366 * 9; // 29 February: eight years at most

const QStringList &monthNames() {
    static const QStringList names{QStringLiteral("jan"), QStringLiteral("feb"), QStringLiteral("mar"), QStringLiteral("apr"), QStringLiteral("may"), QStringLiteral("jun"),
                                   QStringLiteral("jul"), QStringLiteral("aug"), QStringLiteral("sep"), QStringLiteral("oct"), QStringLiteral("nov"), QStringLiteral("dec")};
    return names;
}

const QStringList &dayNames() {
    static const QStringList names{QStringLiteral("sun"), QStringLiteral("mon"), QStringLiteral("tue"), QStringLiteral("wed"), QStringLiteral("thu"), QStringLiteral("fri"), QStringLiteral("sat")};
    return names;
}

struct Range {
    int least, most;
    QStringList names;
};

std::optional<int> numberOf(const QString &word, const Range &range) {
    if (const auto at = range.names.indexOf(word.toLower()); at >= 0)
        return int(at) + range.least;
    bool good = false;
    const int number = word.toInt(&good);
    return good ? std::optional(number) : std::nullopt;
}

/// One part of a field: "*/15", "1-5", "MON", "5/10" (from 5 on).
std::optional<quint64> partOf(const QString &part, const Range &range, bool questionMark) {
    const QStringList step = part.split(QLatin1Char('/'));
    bool good = true;
    const int every = step.size() == 2 ? step[1].toInt(&good) : 1;
    if (step.size() > 2 || !good || every < 1)
        return {};
    int from = range.least, to = range.most;
    if (step[0] != QLatin1String("*") && !(questionMark && step[0] == QLatin1String("?"))) {
        const QStringList ends = step[0].split(QLatin1Char('-'));
        const auto first = numberOf(ends[0], range), last = ends.size() == 2 ? numberOf(ends[1], range) : step.size() == 1 ? first : std::optional(range.most);
        if (ends.size() > 2 || !first || !last || *first < range.least || *last > range.most || *first > *last)
            return {};
        from = *first;
        to = *last;
    }
    quint64 bits = 0;
    for (int n = from; n <= to; n += every)
        bits |= quint64(1) << n;
    return bits;
}

std::optional<quint64> fieldOf(const QString &field, const Range &range, bool questionMark) {
    quint64 bits = 0;
    for (const QString &part : field.split(QLatin1Char(','))) {
        const auto some = partOf(part, range, questionMark);
        if (!some)
            return {};
        bits |= *some;
    }
    return bits;
}

bool isAny(const QString &field) {
    for (const QString &part : field.split(QLatin1Char(','))) // also */n
        if (part.startsWith(QLatin1Char('*')) || part.startsWith(QLatin1Char('?')))
            return true;
    return false;
}

qint64 goDuration(const QString &text) {
    static const QRegularExpression whole(QStringLiteral("\\A(\\d+(\\.\\d+)?(h|m|s))+\\z")), piece(QStringLiteral("(\\d+(?:\\.\\d+)?)(h|m|s)"));
    if (!whole.match(text).hasMatch())
        return 0;
    double seconds = 0;
    for (auto it = piece.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        seconds += match.captured(1).toDouble() * (match.captured(2) == QLatin1String("h") ? 3600 : match.captured(2) == QLatin1String("m") ? 60 : 1);
    }
    return qint64(seconds);
}

QStringList sixFields(const QString &text) {
    static const QHash<QString, QString> words{
        {QStringLiteral("@yearly"), QStringLiteral("0 0 0 1 1 *")}, {QStringLiteral("@annually"), QStringLiteral("0 0 0 1 1 *")}, {QStringLiteral("@monthly"), QStringLiteral("0 0 0 1 * *")},
        {QStringLiteral("@weekly"), QStringLiteral("0 0 0 * * 0")}, {QStringLiteral("@daily"), QStringLiteral("0 0 0 * * *")},    {QStringLiteral("@midnight"), QStringLiteral("0 0 0 * * *")},
        {QStringLiteral("@hourly"), QStringLiteral("0 0 * * * *")}};
    QStringList fields = words.value(text, text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (fields.size() == 5)
        fields << QStringLiteral("*");
    return fields;
}

bool has(quint64 bits, int value) { return bits >> value & 1; }

} // namespace

Result<Cron> Cron::parse(const QString &given, Form form) {
    const QString text = given.simplified();
    const auto wrong = [&] {
        return invalid(QStringLiteral("“%1” is no time of a schedule.").arg(given), {},
                       form == Form::Five ? QStringLiteral("Five fields: minute hour day month weekday, as in “0 2 * * *”.") : QStringLiteral("Six fields: second minute hour day month weekday, as in “0 0 2 * * *”."));
    };
    Cron cron;
    if (form == Form::Six && text.startsWith(QLatin1String("@every "))) {
        cron.m_every = goDuration(text.mid(7).trimmed());
        return cron.m_every > 0 ? Result<Cron>(cron) : Result<Cron>(wrong());
    }
    QStringList fields = form == Form::Six ? sixFields(text) : text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (form == Form::Five)
        fields.prepend(QStringLiteral("0"));
    if (fields.size() != 6)
        return wrong();
    const std::array<Range, 6> ranges{Range{0, 59, {}}, Range{0, 59, {}}, Range{0, 23, {}}, Range{1, 31, {}}, Range{1, 12, monthNames()}, Range{0, form == Form::Five ? 7 : 6, dayNames()}};
    for (int i = 0; i < 6; ++i) {
        const auto bits = fieldOf(fields[i], ranges[std::size_t(i)], form == Form::Six);
        if (!bits)
            return wrong();
        cron.m_bits[std::size_t(i)] = *bits;
    }
    if (has(cron.m_bits[5], 7))
        cron.m_bits[5] |= 1;
    cron.m_anyDay = isAny(fields[3]);
    cron.m_anyWeekday = isAny(fields[5]);
    return cron;
}

bool Cron::matches(const QDate &day) const {
    const bool byDay = has(m_bits[3], day.day()), byWeekday = has(m_bits[5], day.dayOfWeek() % 7);
    return has(m_bits[4], day.month()) && (m_anyDay || m_anyWeekday ? byDay && byWeekday : byDay || byWeekday);
}

QDateTime Cron::next(const QDateTime &after, const QTimeZone &zone) const {
    if (m_every > 0)
        return after.toUTC().addSecs(m_every);
    QDate day = after.toTimeZone(zone).date();
    for (int n = 0; n < longestDays; ++n, day = day.addDays(1)) {
        if (!matches(day))
            continue;
        for (int h = 0; h < 24; ++h)
            for (int m = 0; has(m_bits[2], h) && m < 60; ++m)
                for (int s = 0; has(m_bits[1], m) && s < 60; ++s)
                    if (has(m_bits[0], s))
                        if (const QDateTime time = QDateTime(day, QTime(h, m, s), zone).toUTC(); time > after)
                            return time;
    }
    return {};
}

QDateTime Cron::previous(const QDateTime &before, const QTimeZone &zone) const {
    if (m_every > 0)
        return {};
    QDate day = before.toTimeZone(zone).date();
    for (int n = 0; n < longestDays; ++n, day = day.addDays(-1)) {
        if (!matches(day))
            continue;
        for (int h = 23; h >= 0; --h)
            for (int m = 59; has(m_bits[2], h) && m >= 0; --m)
                for (int s = 59; has(m_bits[1], m) && s >= 0; --s)
                    if (has(m_bits[0], s))
                        if (const QDateTime time = QDateTime(day, QTime(h, m, s), zone).toUTC(); time <= before)
                            return time;
    }
    return {};
}

QDateTime nextCron(const QString &cron, const QDateTime &after) {
    const auto read = Cron::parse(cron);
    return read ? read->next(after) : QDateTime();
}

QDateTime nextPeriodic(const QDateTime &from, qint64 seconds, const QDateTime &after) {
    if (!from.isValid() || seconds <= 0)
        return {};
    return after < from ? from.addSecs(seconds) : from.addSecs((from.secsTo(after) / seconds + 1) * seconds);
}

QDateTime lastPeriodic(const QDateTime &from, qint64 seconds, const QDateTime &before) {
    if (!from.isValid() || seconds <= 0 || from.secsTo(before) < seconds)
        return {};
    return from.addSecs(from.secsTo(before) / seconds * seconds);
}

} // namespace pilothouse

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/jenkins_cron.h"

#include "core/base/hash.h"
#include "core/base/time_zone.h"

#include <QRegularExpression>

namespace pilothouse::pipelines {

namespace {

constexpr std::array<int, 5> lowest{0, 0, 1, 1, 0}, highest{59, 23, 31, 12, 7};

/// The seed of a full name: the MD5 of its UTF-8, its halves laid over each other.
std::int64_t seedOf(const QString &name) {
    Hasher hasher(Hasher::Kind::Md5);
    hasher.add(name.toUtf8());
    QByteArray digest = hasher.raw();
    std::uint64_t seed = 0;
    for (qsizetype i = 0; i < 8; ++i)
        seed = (seed << 8) + std::uint8_t(digest[i] ^ digest[i + 8]);
    return std::int64_t(seed);
}

std::uint64_t every(int from, int to, int step) {
    std::uint64_t bits = 0;
    for (int i = from; i <= to; i += step)
        bits |= 1ULL << i;
    return bits;
}

Error wrong(const QString &line, const QString &why) {
    return invalid(QStringLiteral("“%1” is no time of Jenkins: %2.").arg(line, why), {}, QStringLiteral("Five fields: minute, hour, day, month, day of the week, as in “H 2 * * *”."));
}

/// One part of a field: "5", "1-5", "*/15", "H", "H/15", "H(0-29)/10".
Result<std::uint64_t> term(const QString &text, int field, JavaRandom &hash, const QString &line) {
    static const QRegularExpression form(QStringLiteral("^(?:(\\*)|(H)(?:\\((\\d+)-(\\d+)\\))?|(\\d+)(?:-(\\d+))?)(?:/(\\d+))?$"));
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return wrong(line, QStringLiteral("“%1” is not understood").arg(text));
    const auto f = std::size_t(field);
    const bool stepped = !match.captured(7).isEmpty();
    const int step = stepped ? match.captured(7).toInt() : 1;
    if (step <= 0 || step > 60)
        return wrong(line, QStringLiteral("a step of %1").arg(step));
    int from = lowest[f], to = highest[f];
    const auto in = [&](int value) { return value >= lowest[f] && value <= highest[f]; };
    if (!match.captured(2).isEmpty()) {
        if (field == 2)
            to = 28; // as Jenkins: a day that every month has
        if (field == 4)
            to = 6;
        if (!match.captured(3).isEmpty()) {
            from = match.captured(3).toInt();
            to = match.captured(4).toInt();
        }
        if (!in(from) || !in(to) || from > to || step > to - from + 1)
            return wrong(line, QStringLiteral("“%1” is out of its range").arg(text));
        if (step > 1)
            return every(hash.next(step) + from, to, step);
        return 1ULL << (from + hash.next(to + 1 - from));
    }
    if (!match.captured(5).isEmpty()) {
        from = match.captured(5).toInt();
        to = match.captured(6).isEmpty() ? from : match.captured(6).toInt();
        if (stepped && match.captured(6).isEmpty())
            return wrong(line, QStringLiteral("“%1” has a step without a range").arg(text));
    }
    if (!in(from) || !in(to) || from > to)
        return wrong(line, QStringLiteral("“%1” is out of its range").arg(text));
    return every(from, to, step);
}

} // namespace

std::uint32_t JavaRandom::bits(int count) {
    m_state = (m_state * 0x5DEECE66DULL + 0xBULL) & mask;
    return std::uint32_t(m_state >> (48 - count));
}

int JavaRandom::next(int n) {
    if ((n & -n) == n)
        return int((std::uint64_t(n) * bits(31)) >> 31);
    std::int64_t some, value;
    do {
        some = bits(31);
        value = some % n;
    } while (some - value + (n - 1) > 0x7fffffffLL);
    return int(value);
}

Result<JenkinsCron::Line> JenkinsCron::parseLine(const QString &text, const QString &seed) {
    static const QMap<QString, QString> names{{QStringLiteral("@yearly"), QStringLiteral("H H H H *")},   {QStringLiteral("@annually"), QStringLiteral("H H H H *")},
                                              {QStringLiteral("@monthly"), QStringLiteral("H H H * *")},  {QStringLiteral("@weekly"), QStringLiteral("H H * * H")},
                                              {QStringLiteral("@daily"), QStringLiteral("H H * * *")},    {QStringLiteral("@midnight"), QStringLiteral("H H(0-2) * * *")},
                                              {QStringLiteral("@hourly"), QStringLiteral("H * * * *")}};
    const QStringList fields = names.value(text, text).split(QRegularExpression(QStringLiteral("\\s+")), Qt::SkipEmptyParts);
    if (fields.size() != 5)
        return wrong(text, QStringLiteral("%1 fields instead of 5").arg(fields.size()));
    Line line;
    JavaRandom hash(seedOf(seed));
    for (int field = 0; field < 5; ++field)
        for (const QString &part : fields[field].split(QLatin1Char(','))) {
            PH_ASSIGN(const std::uint64_t bits, term(part, field, hash, text));
            line.bits[std::size_t(field)] |= bits;
        }
    if (line.bits[4] & (1ULL << 7))
        line.bits[4] |= 1; // 7 is Sunday, too
    return line;
}

Result<JenkinsCron> JenkinsCron::parse(const QString &spec, const QString &seed) {
    JenkinsCron cron;
    bool first = true;
    for (const QString &raw : spec.split(QLatin1Char('\n'))) {
        const QString text = raw.trimmed();
        if (first && text.startsWith(QLatin1String("TZ="))) {
            cron.m_zone = text.mid(3).trimmed();
            if (!isTimeZone(cron.m_zone))
                return wrong(text, QStringLiteral("no such time zone"));
        } else if (!text.isEmpty() && !text.startsWith(QLatin1Char('#'))) {
            PH_ASSIGN(Line line, parseLine(text, seed));
            cron.m_lines.push_back(line);
        }
        first = false;
    }
    if (cron.m_lines.empty())
        return wrong(spec.left(80), QStringLiteral("it is empty"));
    return cron;
}

bool JenkinsCron::Line::matchesDay(const QDate &date) const {
    return (bits[2] >> date.day() & 1) && (bits[3] >> date.month() & 1) && (bits[4] >> (date.dayOfWeek() % 7) & 1);
}

QDateTime JenkinsCron::nearest(const QDateTime &from, const QTimeZone &server, int step) const {
    const QTimeZone zone = m_zone.isEmpty() ? server : QTimeZone(m_zone.toUtf8());
    QDateTime start = from.toTimeZone(zone);
    const bool whole = start.time().second() == 0 && start.time().msec() == 0;
    start.setTime(QTime(start.time().hour(), start.time().minute()));
    if (step > 0 && !whole)
        start = start.addSecs(60);
    QDateTime best;
    for (const Line &line : m_lines) {
        QDate date = start.date();
        for (int days = 0; days < 5 * 366; ++days, date = date.addDays(step)) {
            if (!line.matchesDay(date))
                continue;
            const int edge = days == 0 ? start.time().hour() * 60 + start.time().minute() : step > 0 ? 0 : 24 * 60 - 1;
            int minute = edge;
            while (minute >= 0 && minute < 24 * 60 && !((line.bits[1] >> (minute / 60) & 1) && (line.bits[0] >> (minute % 60) & 1)))
                minute += step;
            if (minute < 0 || minute >= 24 * 60)
                continue;
            const QDateTime found = QDateTime(date, QTime(minute / 60, minute % 60), zone).toUTC();
            if (!best.isValid() || (step > 0 ? found < best : found > best))
                best = found;
            break;
        }
    }
    return best;
}

QDateTime JenkinsCron::next(const QDateTime &from, const QTimeZone &server) const { return nearest(from, server, 1); }
QDateTime JenkinsCron::previous(const QDateTime &from, const QTimeZone &server) const { return nearest(from, server, -1); }

} // namespace pilothouse::pipelines

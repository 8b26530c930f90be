// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv.h"

namespace pilothouse::data {

namespace {

/// Reads fixed pieces of a text from the left; `good` turns false at the first that does not fit.
class Pieces {
public:
    explicit Pieces(std::string_view text) : m_text(text) {}
    bool good = true;

    int digits(std::size_t count) {
        if (m_at + count > m_text.size())
            good = false;
        int value = 0;
        for (std::size_t i = 0; good && i < count; ++i) {
            const unsigned digit = unsigned(m_text[m_at + i]) - '0';
            good = digit < 10;
            value = value * 10 + int(digit);
        }
        m_at += count;
        return good ? value : 0;
    }
    bool skip(char c) {
        const bool is = m_at < m_text.size() && m_text[m_at] == c;
        m_at += is;
        return is;
    }
    void need(char c) { good = skip(c) && good; }
    bool atEnd() const { return m_at >= m_text.size(); }
    char peek() const { return atEnd() ? '\0' : m_text[m_at]; }
    /// Digits after a decimal mark as milliseconds; finer ones are cut off.
    int milliseconds() {
        int value = 0, count = 0;
        for (; peek() >= '0' && peek() <= '9'; ++m_at, ++count)
            if (count < 3)
                value = value * 10 + (peek() - '0');
        good = good && count > 0;
        for (; count < 3; ++count)
            value *= 10;
        return value;
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

/// Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-compatible low-level date algorithms").
std::int64_t daysFromCivil(std::int64_t year, int month, int day) {
    year -= month <= 2;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t yearOfEra = year - era * 400;
    const std::int64_t dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

int daysInMonth(int year, int month) {
    static constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

} // namespace

std::int64_t parseIsoTime(std::string_view text, bool *hasZone) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    if (hasZone)
        *hasZone = false;
    Pieces pieces(text);
    const int year = pieces.digits(4);
    pieces.need('-');
    const int month = pieces.digits(2);
    pieces.need('-');
    const int day = pieces.digits(2);
    if (!pieces.good || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
        return Column::missingTime;
    std::int64_t result = daysFromCivil(year, month, day) * 86'400'000;
    if (pieces.atEnd())
        return result;
    if (!pieces.skip('T') && !pieces.skip('t'))
        pieces.need(' ');
    const int hour = pieces.digits(2);
    pieces.need(':');
    const int minute = pieces.digits(2);
    int second = 0, fraction = 0;
    if (pieces.skip(':')) {
        second = pieces.digits(2);
        if (pieces.skip('.') || pieces.skip(','))
            fraction = pieces.milliseconds();
    }
    if (!pieces.good || hour > 23 || minute > 59 || second > 59)
        return Column::missingTime;
    result += ((hour * 60 + minute) * 60 + second) * std::int64_t(1000) + fraction;
    if (pieces.atEnd())
        return result;
    if (hasZone)
        *hasZone = true;
    if (pieces.skip('Z') || pieces.skip('z'))
        return pieces.atEnd() ? result : Column::missingTime;
    const int sign = pieces.skip('-') ? -1 : 1;
    if (sign > 0)
        pieces.need('+');
    const int zoneHour = pieces.digits(2);
    int zoneMinute = 0;
    if (!pieces.atEnd()) {
        pieces.skip(':');
        zoneMinute = pieces.digits(2);
    }
    if (!pieces.good || !pieces.atEnd() || zoneHour > 23 || zoneMinute > 59)
        return Column::missingTime;
    return result - sign * (zoneHour * 60 + zoneMinute) * std::int64_t(60'000);
}

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/json_text.h"

namespace pilothouse::serving {

void appendText(std::string &out, std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    out += '"';
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned char c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        out.append(text, from, i - from);
        from = i + 1;
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            out += "\\u00";
            out += hex[c >> 4];
            out += hex[c & 15];
        }
    }
    out.append(text, from, text.size() - from);
    out += '"';
}

void appendTime(std::string &out, std::int64_t milliseconds) {
    // Civil date from a day count (Howard Hinnant, chrono-Compatible Low-Level Date Algorithms): gmtime takes a lock.
    std::int64_t days = milliseconds / 86400000;
    std::int64_t rest = milliseconds % 86400000;
    if (rest < 0) {
        rest += 86400000;
        --days;
    }
    const std::int64_t z = days + 719468;
    const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const std::int64_t doe = z - era * 146097;
    const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const std::int64_t mp = (5 * doy + 2) / 153;
    const int day = int(doy - (153 * mp + 2) / 5 + 1);
    const int month = int(mp < 10 ? mp + 3 : mp - 9);
    const int year = int(yoe + era * 400 + (month <= 2 ? 1 : 0));
    const auto digits = [&out](int value, int width) {
        char text[8];
        for (int i = width - 1; i >= 0; --i, value /= 10)
            text[i] = char('0' + value % 10);
        out.append(text, std::size_t(width));
    };
    digits(year, 4);
    out += '-';
    digits(month, 2);
    out += '-';
    digits(day, 2);
    out += 'T';
    digits(int(rest / 3600000), 2);
    out += ':';
    digits(int(rest / 60000 % 60), 2);
    out += ':';
    digits(int(rest / 1000 % 60), 2);
    out += '.';
    digits(int(rest % 1000), 3);
    out += 'Z';
}

} // namespace pilothouse::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace pilothouse::serving {

/// JSON written straight into a string: the answers' hot path, where a document tree costs more than the prediction.
inline void appendInteger(std::string &out, std::int64_t value) {
    char text[24];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

/// Shortest text that reads back as the same double; null for what JSON has no word for.
inline void appendNumber(std::string &out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    char text[32];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

/// With `decimals` digits: for times in milliseconds, where more would be noise.
inline void appendFixed(std::string &out, double value, int decimals) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, decimals);
    if (end.ec == std::errc())
        out.append(text, end.ptr);
    else
        appendNumber(out, value);
}

/// A quoted JSON string; control characters escaped, UTF-8 as it is.
void appendText(std::string &out, std::string_view text);
inline std::string jsonText(std::string_view text) {
    std::string out;
    appendText(out, text);
    return out;
}

inline std::string utf8(const QString &text) { return text.toStdString(); }
inline QString fromUtf8(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

/// ISO 8601 UTC with milliseconds, of milliseconds since 1970.
void appendTime(std::string &out, std::int64_t milliseconds);

} // namespace pilothouse::serving

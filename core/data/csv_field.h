// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <charconv>
#include <cmath>

namespace pilothouse::data {

/// A number as we write it into CSV files: the shortest text that reads back as the same double; nothing if it is not finite.
inline QByteArray csvNumber(double value) {
    if (!std::isfinite(value))
        return {};
    char text[32];
    return QByteArray(text, std::to_chars(text, text + sizeof text, value).ptr - text);
}

inline QByteArray csvQuoted(QByteArray text) { return '"' + text.replace("\"", "\"\"") + '"'; }

/// A text, in quotes where it must be (RFC 4180).
inline QByteArray csvField(const QByteArray &text) {
    return text.contains(',') || text.contains('"') || text.contains('\n') || text.contains('\r') ? csvQuoted(text) : text;
}
inline QByteArray csvField(const QString &text) { return csvField(text.toUtf8()); }

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/csv_text.h"

#include <charconv>

namespace pilothouse::data {

QByteArray csvField(const QString &text) {
    QByteArray bytes = text.toUtf8();
    if (bytes.contains(',') || bytes.contains('"') || bytes.contains('\n') || bytes.contains('\r'))
        bytes = '"' + bytes.replace("\"", "\"\"") + '"';
    return bytes;
}

QByteArray csvNumber(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return QByteArray(text, end - text);
}

} // namespace pilothouse::data

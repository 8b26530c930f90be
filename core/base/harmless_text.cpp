// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/harmless_text.h"

#include <utility>

namespace pilothouse {

QString harmlessText(QString text) { return harmlessLines(std::move(text)).trimmed(); }

QString harmlessLines(QString text) {
    for (QChar &c : text)
        if (c.category() == QChar::Other_Control && c != QLatin1Char('\n') && c != QLatin1Char('\t'))
            c = QChar::ReplacementCharacter;
    return text;
}

} // namespace pilothouse

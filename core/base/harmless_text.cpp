// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/harmless_text.h"

namespace pilothouse {

QString harmlessText(QString text) {
    for (QChar &c : text)
        if (c.category() == QChar::Other_Control && c != QLatin1Char('\n') && c != QLatin1Char('\t'))
            c = QChar::ReplacementCharacter;
    return text.trimmed();
}

} // namespace pilothouse

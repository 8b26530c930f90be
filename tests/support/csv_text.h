// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/table.h"

#include <QByteArray>

namespace pilothouse::support {

/// A table as CSV, each number to its last bit. Texts must need no quotes.
inline QByteArray csvText(const data::Table &table) {
    QByteArray text = table.names().join(QLatin1Char(',')).toUtf8() + '\n';
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (std::size_t c = 0; c < table.columns.size(); ++c)
            text += table.columns[c].text(row).toUtf8() + (c + 1 < table.columns.size() ? ',' : '\n');
    return text;
}

inline data::Column numberColumn(const QString &name, std::vector<double> values) {
    data::Column column;
    column.name = name;
    column.numbers = std::move(values);
    return column;
}

} // namespace pilothouse::support

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/row_cutter.h"

namespace pilothouse::learn {

using data::Column;
using data::ColumnType;

RowCutter::RowCutter(const QStringList &columns) {
    for (const QString &name : columns)
        m_columns.emplace_back().column.name = name;
}

void RowCutter::add(const data::Table &rows) {
    dropCut();
    for (Waiting &waiting : m_columns) {
        const Column &more = *rows.find(waiting.column.name);
        Column &all = waiting.column;
        all.type = more.type;
        if (more.type == ColumnType::Number) {
            all.numbers.insert(all.numbers.end(), more.numbers.begin(), more.numbers.end());
            continue;
        }
        std::vector<std::int32_t> places;
        for (const std::string &text : more.dictionary) {
            const auto [place, added] = waiting.codes.emplace(text, std::int32_t(all.dictionary.size()));
            if (added)
                all.dictionary.push_back(text);
            places.push_back(place->second);
        }
        for (const std::int32_t code : more.codes)
            all.codes.push_back(code < 0 ? -1 : places[std::size_t(code)]);
    }
    m_rows += rows.rows();
}

std::vector<Column> RowCutter::cut(std::size_t count) {
    std::vector<Column> block;
    for (const Waiting &waiting : m_columns)
        block.push_back(part(waiting.column, m_cut, count));
    m_cut += count;
    m_rows -= count;
    return block;
}

/// Rows of a column with the texts that occur there.
Column RowCutter::part(const Column &column, std::size_t first, std::size_t count) {
    Column out;
    out.name = column.name;
    out.type = column.type;
    const auto begin = std::ptrdiff_t(first), end = std::ptrdiff_t(first + count);
    if (column.type == ColumnType::Number) {
        out.numbers.assign(column.numbers.begin() + begin, column.numbers.begin() + end);
        return out;
    }
    std::vector<std::int32_t> places(column.dictionary.size(), -1);
    for (std::size_t row = first; row < first + count; ++row) {
        const std::int32_t code = column.codes[row];
        if (code >= 0 && places[std::size_t(code)] < 0) {
            places[std::size_t(code)] = std::int32_t(out.dictionary.size());
            out.dictionary.push_back(column.dictionary[std::size_t(code)]);
        }
        out.codes.push_back(code < 0 ? -1 : places[std::size_t(code)]);
    }
    return out;
}

/// Once for all blocks of a table: each would move what waits behind it.
void RowCutter::dropCut() {
    if (m_cut == 0)
        return;
    for (Waiting &waiting : m_columns) {
        waiting.column = part(waiting.column, m_cut, m_rows);
        waiting.codes.clear();
        for (std::size_t code = 0; code < waiting.column.dictionary.size(); ++code)
            waiting.codes.emplace(waiting.column.dictionary[code], std::int32_t(code));
    }
    m_cut = 0;
}

} // namespace pilothouse::learn

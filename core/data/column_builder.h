// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/block_parser.h"
#include "core/data/shown_type.h"

namespace pilothouse::data {

/// Puts the blocks of one column together, in file order.
class ColumnBuilder {
public:
    ColumnBuilder(const QString &name, ColumnType type);
    /// Room for this many rows in all; only what is used costs memory.
    void expect(std::size_t rows);
    void add(const Block &block, std::size_t column);
    Column take() { return std::move(m_column); }
    std::size_t rows() const { return m_column.size(); }

    /// What the column so far tells about its type.
    ShownType shownType(char decimal) const;
    ColumnType type() const { return m_column.type; }
    /// Category → Number or Time, where every category is one (an exact shownType()).
    void convert(ColumnType type, char decimal);

private:
    qint64 presentRows() const;
    Column m_column;
    TextIndex m_index;
    qint64 m_bad = 0;
    bool m_unzoned = false;
};

} // namespace pilothouse::data

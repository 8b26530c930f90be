// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/table.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace pilothouse::learn {

/// Joins the rows of tables as they come and cuts them into blocks of another size, so that what is done with a block does not depend on how a
/// file was read. Holds what waits, and no more.
class RowCutter {
public:
    /// @param columns  names, in the order in which blocks have them
    explicit RowCutter(const QStringList &columns);
    /// The columns are numbers or categories, of one type in all tables, and each table has them.
    void add(const data::Table &rows);
    std::size_t waiting() const { return m_rows; }
    /// The first rows that wait, as columns; texts that none of them has are in no dictionary.
    /// @param count  at most waiting()
    std::vector<data::Column> cut(std::size_t count);

private:
    struct Waiting {
        data::Column column;
        std::unordered_map<std::string, std::int32_t> codes; ///< of its dictionary
    };
    static data::Column part(const data::Column &column, std::size_t first, std::size_t count);
    void dropCut();
    std::vector<Waiting> m_columns;
    std::size_t m_rows = 0; ///< that wait
    std::size_t m_cut = 0;  ///< before them, that were given out
};

} // namespace pilothouse::learn

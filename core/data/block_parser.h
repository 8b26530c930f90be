// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/csv_dialect.h"
#include "core/data/field_index.h"
#include "core/data/number_kernel.h"
#include "core/data/text_index.h"

#include <array>
#include <deque>
#include <memory>

namespace pilothouse::data {

/// Room for values that are written by index; unlike std::vector it is not filled with zeros first.
template<class T>
class Room {
public:
    T *data() { return m_data.get(); }
    const T *data() const { return m_data.get(); }
    void grow(std::size_t size) { m_data = std::make_unique_for_overwrite<T[]>(size); } ///< what was in it is lost

private:
    std::unique_ptr<T[]> m_data;
};

/// The categories of one column in one block. Texts point into the block, or into `kept` where quotes had to be resolved.
struct BlockDictionary {
    enum class State : std::uint8_t { Fine, Missing, Repaired };
    TextIndex index; ///< by the text as written
    std::vector<std::string_view> keys;
    std::vector<std::string_view> texts; ///< repaired where needed
    std::vector<State> states;
    std::deque<std::string> kept;
    void clear();
};

/// One column of one block; which room is used follows from the type.
struct BlockColumn {
    Room<double> numbers;
    Room<std::int32_t> codes; ///< into dictionary.texts, −1 = missing
    Room<std::int64_t> times;
    BlockDictionary dictionary;
    qint64 bad = 0;              ///< BadNumber or BadTime
    bool zoned = false, unzoned = false; ///< times with and without an offset were seen
};

/// What was read of one block of whole records. Kept for the next block, so that its memory is used again.
struct Block {
    std::string_view text;
    FieldIndex index;
    std::vector<BlockColumn> columns;
    std::size_t rows = 0, capacity = 0;
    std::vector<RecordPlace> records;
    std::vector<std::uint32_t> unread; ///< rows of a number column that are not plain numbers
    qint64 lines = 0, blank = 0, comments = 0, ragged = 0;
    std::vector<Problem> problems; ///< the first ReadReport::kept; lines count from 0 at the block's first
    std::array<qint64, 6> counts{}; ///< by ProblemKind
};

/// How one column is read, or that it is not: then only its place in the rows counts.
struct ReadColumn {
    ColumnType type = ColumnType::Category;
    bool wanted = true;
};

/// Reads block.text. At least blockPadding readable bytes must stand before the text and behind it, and it must end with a line
/// feed. Any thread; blocks share nothing.
void parseBlock(Block &block, const CsvDialect &dialect, const std::vector<ReadColumn> &columns);
inline constexpr std::size_t blockPadding = 64;

} // namespace pilothouse::data

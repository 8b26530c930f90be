// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/table.h"

#include <string_view>

namespace pilothouse::data {

/// What a column held when it was read as one type. Sums of pieces are those of the whole.
struct TypeCounts {
    qint64 present = 0;            ///< values; read as a category, texts that do not mean missing
    qint64 bad = 0;                ///< read as numbers or times: texts that are none
    qint64 numbers = 0, times = 0; ///< read as a category: texts that are one
    qint64 blank = 0;              ///< read as a category: texts of blanks alone, which are no value to a number
    void addText(std::string_view text, qint64 count, char decimal);
    TypeCounts &operator+=(const TypeCounts &other);
};

/// The type that a column shows: Number or Time if at least nine in ten of the present values are one.
struct ShownType {
    ColumnType type = ColumnType::Category;
    bool exact = true; ///< read as a category: every value fits, so that nothing is lost when it is converted
};
ShownType shownType(ColumnType readAs, const TypeCounts &counts);

} // namespace pilothouse::data

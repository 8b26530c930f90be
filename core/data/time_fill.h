// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/transform.h"

#include <compare>

namespace pilothouse::data {

/// An input whose missing values the recipe has read off other rows (impute: time).
struct TimeFilled {
    std::size_t input = 0;  ///< its position
    std::int64_t limit = 0; ///< so many steps in a row at most; 0: any number
};

/// Those of a recipe, rising. The first step that fills an input is the one that counts.
Result<std::vector<TimeFilled>> timeFilledInputs(const workspace::Recipe &recipe, const std::vector<Input> &inputs);

/// A missing value and what the rows before and behind say it is.
struct FilledInput {
    std::size_t row = 0, input = 0;
    double value = 0;
    auto operator<=>(const FilledInput &) const = default; ///< by row, then input
};

/// How many values of such inputs were missing, and how many of them the rows beside them told.
struct FillCounts {
    std::size_t missing = 0, filled = 0;
    bool timeless = false;          ///< the rows have no time, so that nothing could be told
    QStringList notes() const;      ///< a sentence; none where nothing was missing
};

struct TimeFill {
    std::vector<FilledInput> values; ///< by row, then input
    FillCounts counts;
};

/// Fills the rows of one file by each other; nothing where its time columns are not there (a package's sample.csv). Invalid: what
/// TimeLine::of() says.
Result<TimeFill> fillOverTime(const Table &table, const workspace::Recipe &recipe, const std::vector<Input> &inputs);

/// The same of coded rows, by their own line.
/// @param wanted  columns of the rows
std::vector<FilledInput> fillOverTime(const Rows &rows, const TimeLine &line, const std::vector<TimeFilled> &wanted);

/// Writes them into their columns of the table.
void writeFilled(Table &table, const std::vector<Input> &inputs, const std::vector<FilledInput> &values);

} // namespace pilothouse::data

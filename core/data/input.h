// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"

#include <span>
#include <string>
#include <vector>

namespace pilothouse::data {

/// One input of a model, as the serving routes name it.
struct Input {
    QString name;
    ColumnType type = ColumnType::Number; ///< Number or Category
    std::vector<std::string> categories;  ///< Category: those seen in training, sorted by bytes
    bool optional = false;                ///< a missing value is imputed
};

/// Rows as numbers, row-major [count × width] in the order of the inputs: numbers as they are (NaN = missing), categories
/// as the index into Input::categories, −1 = unknown category, NaN = missing.
struct Rows {
    std::size_t count = 0, width = 0;
    std::vector<double> values;
    std::size_t first = 0; ///< what the first row is numbered in what these rows were cut out of, 0-based; errors count on from it
    std::span<const double> row(std::size_t i) const { return {values.data() + i * width, width}; }
    std::span<double> row(std::size_t i) { return {values.data() + i * width, width}; }
};

/// Picks and codes the inputs out of a table by name. A missing column or one of the wrong type is Invalid and named.
Result<Rows> rowsFromTable(const Table &table, const std::vector<Input> &inputs);

} // namespace pilothouse::data

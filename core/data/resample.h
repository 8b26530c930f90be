// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"

#include <vector>

namespace pilothouse::data {

/// Series brought to one row a step, as pandas' resample(step).mean(), sum(min_count=1) or last(): a step begins at a multiple of its length since
/// 1970 UTC, holds the rows from there to the next, and carries the time of its beginning. A step without a row has none.
struct Resampled {
    std::vector<Column> columns;      ///< numbers; NaN where all rows of a step miss the value
    std::vector<std::int64_t> times;  ///< rising, ms UTC
    std::size_t rows = 0;             ///< that went in
    std::size_t emptySteps = 0, gaps = 0, longestGap = 0; ///< steps without a row between the first and the last; runs of them
    QString note(const QString &step, const QString &how) const;
};

/// @param columns  numbers; as long as `times`
/// @param how      mean, sum or last (the newest that is not missing)
/// Rows without a time are left out. Invalid: no row has a time.
Result<Resampled> resample(const std::vector<const Column *> &columns, const std::vector<std::int64_t> &times, std::int64_t stepMs, const QString &how);

/// Fills steps without a value between two that have one by the straight line between them, if at most `most` miss in a row; what lies
/// before the first or behind the last stays as it is, so that nothing looks ahead. Gives how many were filled.
std::size_t interpolate(double *values, std::size_t count, std::size_t most);

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"
#include "core/workspace/recipe.h"

#include <span>
#include <vector>

namespace pilothouse::data {

/// Rows in the order of time, each series by itself: which row lies before and behind another. Immutable: any thread.
class TimeLine {
public:
    /// @param times   [rows] ms UTC; a row that misses it (Column::missingTime) has no neighbours
    /// @param series  [rows] rows of one number are one series; empty: all are one
    /// @param stepMs  in which limits are counted; 0: the recipe names none
    TimeLine(std::vector<std::int64_t> times, std::vector<std::int32_t> series, std::int64_t stepMs);

    /// Of a table's rows by a recipe's `time:`. Invalid: what rowTimes() says, `by` is no column, or more than one row in a hundred repeats a
    /// time of its series.
    static Result<TimeLine> of(const Table &table, const workspace::TimeSpec &time);

    /// The line of these rows alone.
    TimeLine take(const std::vector<std::size_t> &rows) const;

    std::size_t rows() const { return m_times.size(); }

    /// Fills a missing value by the straight line, in time, between the nearest rows before and behind it that have one; pandas'
    /// interpolate(method="time", limit_area="inside"). What lies before the first value of its series or behind the last stays missing.
    /// @param values  [rows()] NaN: missing
    /// @param limit   so many steps in a row may miss the value, else none of them is filled; 0: any number
    void fill(std::span<double> values, std::int64_t limit) const;

private:
    std::vector<std::int64_t> m_times;
    std::vector<std::int32_t> m_series;
    std::int64_t m_stepMs;
    std::vector<std::size_t> m_order; ///< rows that have a time, by series, then time, then their own order
};

/// How far apart two rows may lie that `limit` missing steps stand between, in ms.
inline std::int64_t reachOf(std::int64_t limit, std::int64_t stepMs) { return (limit + 1) * stepMs; }

} // namespace pilothouse::data

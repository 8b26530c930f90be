// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/table.h"

namespace pilothouse::data {

/// Rows and when they were. Streams (step_stream.h, past_stream.h, fill_stream.h, window_stream.h) take them some at a time and give out
/// those that no later row can change, so that memory holds what lies within their reach and no more.
struct TimedRows {
    Table table;
    std::vector<std::int64_t> times; ///< [rows] ms UTC, Column::missingTime without one
    std::size_t rows() const { return times.size(); }
    TimedRows take(const std::vector<std::size_t> &rows) const;
    TimedRows take(std::size_t first, std::size_t behindLast) const;
    void append(const TimedRows &more); ///< of the same columns
    std::int64_t newest() const;        ///< Column::missingTime: no row has a time
};

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/time_fill.h"
#include "core/data/timed_rows.h"

namespace pilothouse::data {

/// Missing values read off the rows before and behind (impute: time, fillOverTime()), for rows whose times never fall, however many there are:
/// what all of them at once would give, to the last bit. Each limit is above 0. Memory holds the rows of twice the longest reach.
class FillStream {
public:
    static Result<FillStream> of(const workspace::Recipe &recipe, const std::vector<Input> &inputs);
    Result<TimedRows> add(const TimedRows &rows); ///< rows that none to come can change
    Result<TimedRows> finish();
    const FillCounts &counts() const { return m_counts; }

private:
    Result<TimedRows> filled(bool last);

    std::vector<std::pair<QString, std::int64_t>> m_columns; ///< name, limit
    QString m_by;
    std::int64_t m_stepMs = 0, m_reach = 0;
    TimedRows m_rows;
    std::size_t m_given = 0; ///< of m_rows, the first ones: given out, kept for those behind
    std::size_t m_fresh = 0; ///< come since the last look
    FillCounts m_counts;
};

} // namespace pilothouse::data

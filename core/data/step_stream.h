// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/resample.h"
#include "core/data/timed_rows.h"

namespace pilothouse::data {

/// Resampling (resample.h) of rows whose times never fall, however many there are: what comes out is what all of them at once would give, to
/// the last bit. Memory holds the rows of a step.
class StepStream {
public:
    /// @param table  true: whole rows, as resampleTable() makes them; false: the series of a forecast, without a column of times
    StepStream(const workspace::TimeSpec &time, bool table) : m_time(time), m_table(table), m_counter(time) {}
    Result<TimedRows> add(const TimedRows &rows); ///< the steps that are over
    Result<TimedRows> finish();                   ///< the last ones. Invalid: no row had a time
    const StepCounts &counts() const { return m_counter.counts(); }

private:
    Result<TimedRows> resampled(const TimedRows &rows);

    workspace::TimeSpec m_time;
    bool m_table;
    StepCounter m_counter;
    TimedRows m_open; ///< of the newest step
};

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/step_stream.h"

#include "core/data/prepare_table.h"
#include "core/data/split.h"

#include <algorithm>

namespace pilothouse::data {

Result<TimedRows> StepStream::resampled(const TimedRows &rows) {
    if (m_table) {
        PH_ASSIGN(Table steps, resampleTable(rows.table, rows.times, m_time, m_counter));
        std::vector<std::int64_t> times = steps.find(stepTimeColumn(m_time))->times;
        return TimedRows{std::move(steps), std::move(times)};
    }
    std::vector<const Column *> columns;
    for (const Column &column : rows.table.columns)
        columns.push_back(&column);
    PH_ASSIGN(Steps steps, resample(columns, rows.times, m_time, nullptr, m_counter));
    return TimedRows{Table{std::move(steps.columns)}, std::move(steps.times)};
}

Result<TimedRows> StepStream::add(const TimedRows &rows) {
    if (rows.newest() == Column::missingTime) {
        m_counter.addRows(0, rows.rows());
        return TimedRows();
    }
    m_open.append(rows);
    const std::int64_t border = stepBegin(m_open.newest(), m_time.stepSeconds() * 1000);
    const auto open = std::find_if(m_open.times.begin(), m_open.times.end(), [&](std::int64_t time) { return time >= border; }); // a row without a time has the least
    const auto over = std::size_t(open - m_open.times.begin());
    const TimedRows done = m_open.take(0, over);
    TimedRows rest;
    rest.append(m_open.take(over, m_open.rows()));
    m_open = std::move(rest);
    if (done.newest() != Column::missingTime)
        return resampled(done);
    m_counter.addRows(0, done.rows());
    return TimedRows();
}

Result<TimedRows> StepStream::finish() {
    const TimedRows last = std::move(m_open);
    m_open = TimedRows();
    if (last.rows() > 0)
        return resampled(last);
    if (counts().rows > 0)
        return TimedRows();
    return resample({}, {}, m_time, nullptr, m_counter).error(); // that no row has a time
}

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/time_line.h"

#include "core/data/history.h"
#include "core/data/split.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::data {

TimeLine::TimeLine(std::vector<std::int64_t> times, std::vector<std::int32_t> series, std::int64_t stepMs)
    : m_times(std::move(times)), m_series(std::move(series)), m_stepMs(stepMs) {
    m_series.resize(m_times.size(), 0);
    for (std::size_t row = 0; row < m_times.size(); ++row)
        if (m_times[row] != Column::missingTime)
            m_order.push_back(row);
    const auto before = [&](std::size_t a, std::size_t b) { return m_series[a] != m_series[b] ? m_series[a] < m_series[b] : m_times[a] < m_times[b]; };
    if (!std::is_sorted(m_order.begin(), m_order.end(), before))
        std::stable_sort(m_order.begin(), m_order.end(), before);
}

Result<TimeLine> TimeLine::of(const Table &table, const workspace::TimeSpec &time) {
    PH_ASSIGN(std::vector<std::int64_t> times, rowTimes(table, time));
    PH_ASSIGN(std::vector<std::int32_t> series, seriesOf(table, time.by));
    TimeLine line(std::move(times), std::move(series), time.stepSeconds() * 1000);
    std::size_t repeated = 0;
    for (std::size_t i = 1; i < line.m_order.size(); ++i) {
        const std::size_t a = line.m_order[i - 1], b = line.m_order[i];
        repeated += line.m_series[a] == line.m_series[b] && line.m_times[a] == line.m_times[b];
    }
    if (repeated * 100 > line.m_order.size())
        return severalSeries(repeated, line.m_order.size());
    return line;
}

TimeLine TimeLine::take(const std::vector<std::size_t> &rows) const {
    std::vector<std::int64_t> times;
    std::vector<std::int32_t> series;
    for (const std::size_t row : rows) {
        times.push_back(m_times[row]);
        series.push_back(m_series[row]);
    }
    return TimeLine(std::move(times), std::move(series), m_stepMs);
}

void TimeLine::fill(std::span<double> values, std::int64_t limit) const {
    const std::int64_t reach = limit > 0 ? reachOf(limit, m_stepMs) : std::numeric_limits<std::int64_t>::max();
    std::size_t known = m_order.size(); // the newest of its series that has a value; m_order.size(): none yet
    for (std::size_t i = 0; i < m_order.size(); ++i) {
        if (i > 0 && m_series[m_order[i]] != m_series[m_order[i - 1]])
            known = m_order.size();
        const std::size_t row = m_order[i];
        if (std::isnan(values[row]))
            continue;
        if (known + 1 < i) {
            const std::size_t first = m_order[known];
            const std::int64_t apart = m_times[row] - m_times[first];
            for (std::size_t k = known + 1; k < i && apart <= reach; ++k) {
                const std::int64_t since = m_times[m_order[k]] - m_times[first];
                values[m_order[k]] = apart == 0 ? values[first] : values[first] + (values[row] - values[first]) * double(since) / double(apart);
            }
        }
        known = i;
    }
}

} // namespace pilothouse::data

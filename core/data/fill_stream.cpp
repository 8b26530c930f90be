// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/fill_stream.h"

#include "core/data/history.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::data {

Result<FillStream> FillStream::of(const workspace::Recipe &recipe, const std::vector<Input> &inputs) {
    FillStream stream;
    PH_ASSIGN(const std::vector<TimeFilled> wanted, timeFilledInputs(recipe, inputs));
    if (wanted.empty() || !recipe.time)
        return stream;
    stream.m_by = recipe.time->by;
    stream.m_stepMs = recipe.time->stepSeconds() * 1000;
    for (const TimeFilled &one : wanted) {
        stream.m_columns.emplace_back(inputs[one.input].name, one.limit);
        stream.m_reach = std::max(stream.m_reach, reachOf(one.limit, stream.m_stepMs));
    }
    return stream;
}

Result<TimedRows> FillStream::filled(bool last) {
    PH_ASSIGN(std::vector<std::int32_t> series, seriesOf(m_rows.table, m_by));
    const TimeLine line(m_rows.times, std::move(series), m_stepMs);
    const std::int64_t newest = m_rows.newest();
    const auto before = [&](std::size_t row, std::int64_t reach) { return m_rows.times[row] == Column::missingTime || m_rows.times[row] < newest - reach; };
    std::size_t ready = m_given; // rows so old that the next value, whenever it comes, is too far away
    while (ready < m_rows.rows() && (last || before(ready, m_reach)))
        ++ready;
    TimedRows out = m_rows.take(m_given, ready);
    for (const auto &[name, limit] : m_columns) {
        const int at = m_rows.table.indexOf(name);
        if (at < 0 || m_rows.table.columns[std::size_t(at)].type != ColumnType::Number)
            continue;
        const std::vector<double> &raw = m_rows.table.columns[std::size_t(at)].numbers;
        std::vector<double> values = raw;
        line.fill(values, limit);
        for (std::size_t row = m_given; row < ready; ++row) {
            if (!std::isnan(raw[row]))
                continue;
            ++m_counts.missing;
            m_counts.filled += !std::isnan(values[row]);
            out.table.columns[std::size_t(at)].numbers[row - m_given] = values[row];
        }
    }
    std::size_t old = 0; // from here on a value may stand before one that is still to be filled
    while (old < ready && before(old, 2 * m_reach))
        ++old;
    TimedRows kept;
    kept.append(m_rows.take(old, m_rows.rows()));
    m_rows = std::move(kept);
    m_given = ready - old;
    m_fresh = 0;
    return out;
}

Result<TimedRows> FillStream::add(const TimedRows &rows) {
    if (m_columns.empty())
        return rows;
    m_rows.append(rows);
    m_fresh += rows.rows();
    return m_fresh == 0 || 2 * m_fresh < m_rows.rows() ? Result<TimedRows>(TimedRows()) : filled(false);
}

Result<TimedRows> FillStream::finish() { return m_given < m_rows.rows() ? filled(true) : Result<TimedRows>(TimedRows()); }

} // namespace pilothouse::data

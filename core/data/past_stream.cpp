// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/past_stream.h"

#include "core/data/history.h"
#include "core/data/made_columns.h"

#include <unordered_map>

namespace pilothouse::data {

Result<PastStream> PastStream::of(const workspace::Recipe &recipe, const QStringList &columns, const QMap<QString, RepeatedTimes> &repeats) {
    PastStream stream;
    stream.m_recipe = recipe;
    stream.m_repeats = repeats;
    PH_ASSIGN(const std::vector<TransformStep> steps, makeTransforms(recipe));
    for (const TransformStep &step : stepsToMake(steps, recipe.targets(), columns)) {
        stream.m_makes = true;
        if (const auto look = step.transform->lookBack(); look && recipe.time)
            stream.m_looks.push_back({look->by.isEmpty() ? recipe.time->by : look->by, look->steps * recipe.time->stepSeconds() * 1000});
    }
    return stream;
}

/// The rows that later ones of their series look back on.
Result<TimedRows> PastStream::reached(const TimedRows &rows) const {
    std::vector<bool> keep(rows.rows(), false);
    for (const Look &look : m_looks) {
        PH_ASSIGN(const std::vector<std::int32_t> series, seriesOf(rows.table, look.by));
        std::unordered_map<std::int32_t, std::int64_t> newest;
        for (std::size_t row = 0; row < rows.rows(); ++row)
            if (std::int64_t &time = newest.try_emplace(series[row], rows.times[row]).first->second; rows.times[row] > time)
                time = rows.times[row];
        for (std::size_t row = 0; row < rows.rows(); ++row)
            keep[row] = keep[row] || (rows.times[row] != Column::missingTime && rows.times[row] >= newest.at(series[row]) - look.reach);
    }
    std::vector<std::size_t> kept;
    for (std::size_t row = 0; row < keep.size(); ++row)
        if (keep[row])
            kept.push_back(row);
    TimedRows out;
    out.append(rows.take(kept)); // with what occurs of their dictionaries
    return out;
}

Result<TimedRows> PastStream::made() {
    TimedRows all = std::move(m_kept);
    const std::size_t before = all.rows();
    all.append(m_waiting);
    m_kept = m_waiting = TimedRows();
    const auto columns = std::ptrdiff_t(all.table.columns.size());
    PH_TRY(makeColumns(all.table, all.times, m_recipe, &m_repeats));
    TimedRows out = all.take(before, all.rows());
    all.table.columns.erase(all.table.columns.begin() + columns, all.table.columns.end());
    PH_ASSIGN(m_kept, reached(all));
    return out;
}

Result<TimedRows> PastStream::add(const TimedRows &rows) {
    if (!m_makes)
        return rows;
    m_waiting.append(rows);
    return m_waiting.rows() == 0 || m_waiting.rows() < m_kept.rows() ? Result<TimedRows>(TimedRows()) : made();
}

Result<TimedRows> PastStream::finish() { return m_waiting.rows() > 0 ? made() : Result<TimedRows>(TimedRows()); }

} // namespace pilothouse::data

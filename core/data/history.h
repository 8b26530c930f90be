// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/transform.h"

namespace pilothouse::data {

/// Which rows lie before a row, by time and never by their order in the file: a gap is a gap, and a row of another series is none of them.
class History {
public:
    static constexpr std::size_t noRow = std::size_t(-1);

    /// @param own  column whose values tell series apart, where it is another than past.by
    /// Invalid: the recipe names no step, the column is not there, or more than one row in a hundred repeats a time of its series. Of
    /// rows that do, the first counts.
    static Result<History> of(const PastRows &past, const QString &own);

    /// The row exactly so many steps earlier; noRow if there is none. 0 steps: the row itself, or the first of its time.
    std::size_t back(std::size_t row, std::size_t steps) const;

    /// Calls f(row) for those of the last `count` steps before and with the one `skip` steps earlier that have a row, oldest first.
    template <typename F> void last(std::size_t row, std::size_t count, std::size_t skip, F f) const {
        if (m_at[row] == noRow)
            return;
        const std::int64_t newest = m_order[m_at[row]].time - std::int64_t(skip) * m_step, oldest = newest - std::int64_t(count - 1) * m_step;
        std::size_t first = m_at[row];
        while (first > 0 && m_order[first - 1].series == m_order[m_at[row]].series && m_order[first - 1].time >= oldest)
            --first;
        for (; first <= m_at[row] && m_order[first].time <= newest; ++first)
            if (m_order[first].time >= oldest && (newest - m_order[first].time) % m_step == 0)
                f(m_order[first].row);
    }

private:
    struct Moment {
        std::int32_t series;
        std::int64_t time;
        std::size_t row;
        auto operator<=>(const Moment &) const = default;
    };
    std::int64_t m_step = 0;
    std::vector<Moment> m_order;   ///< by series, then time
    std::vector<std::size_t> m_at; ///< [rows] where a row's moment stands there; noRow without a time
};

/// [rows] the number of each row's series, by a column whose values tell them apart; rows without a value are a series of their own. An empty
/// name: all rows are one. Invalid: there is no such column.
Result<std::vector<std::int32_t>> seriesOf(const Table &table, const QString &by);

/// What is said of rows that repeat times of their series too often.
Error severalSeries(std::size_t repeated, std::size_t rows);

/// The columns that a step names, or the targets where it names none. Invalid: one is not there, or holds times.
Result<std::vector<const Column *>> namedColumns(const PastRows &past, const QStringList &names);

} // namespace pilothouse::data

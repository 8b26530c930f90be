// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/grid.h"
#include "core/data/transform.h"

#include <map>
#include <unordered_map>

namespace pilothouse::data {

/// How the times of rows run, from one look at all of them, some at a time. Memory holds a number for each series.
class TimeOrder {
public:
    /// @param by      columns that tell series apart, within whose series the order is asked; an empty name: all rows are one series
    /// @param stepMs  of the grid that is asked for
    /// @param phases  grid() will be asked for
    TimeOrder(const QStringList &by, std::int64_t stepMs, bool phases);
    Result<void> add(const Table &rows, const std::vector<std::int64_t> &times); ///< Invalid: a column is not there
    bool rises() const;                      ///< within no series asked for do times fall
    const QMap<QString, RepeatedTimes> &repeats() const { return m_repeats; } ///< where they rise
    /// Where most rows of all lie, as Grid::of() finds it; nullopt: they lie at so many phases of the step that nobody has counted them.
    std::optional<GridFacts> grid() const;
    /// The grid of the steps that resampling makes of the rows.
    GridFacts stepGrid() const;

private:
    struct Series {
        std::unordered_map<std::string, std::size_t> numbers; ///< by text; "" without one
        std::vector<std::int64_t> newest;                     ///< time of each, Column::missingTime: none yet
        bool rises = true;
    };
    Result<void> look(const Table &rows, const std::vector<std::int64_t> &times, const QString &by, Series &series);

    QStringList m_by;
    std::vector<Series> m_series; ///< of each
    QMap<QString, RepeatedTimes> m_repeats;
    std::int64_t m_stepMs;
    std::map<std::int64_t, GridFacts> m_phases; ///< rows, repeated, first and last of each
    bool m_everyPhase; ///< is counted
    std::size_t m_rows = 0, m_withoutTime = 0;
    std::int64_t m_first = Column::missingTime, m_last = Column::missingTime;
};

} // namespace pilothouse::data

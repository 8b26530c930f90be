// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"
#include "core/workspace/recipe.h"

#include <QJsonObject>

#include <string>
#include <unordered_map>
#include <vector>

namespace pilothouse::data {

/// What resampling came to. Steps are counted in each series by itself, from its first to its last.
struct StepCounts {
    QString step, how;                                    ///< as the recipe says it
    std::size_t rows = 0, withoutTime = 0;                ///< that went in; that were left out
    std::size_t steps = 0, series = 0;                    ///< with a row
    std::size_t emptySteps = 0, gaps = 0, longestGap = 0; ///< steps without a row; runs of them; steps of the longest
    QString note() const;                                 ///< a sentence or two
    /// {"step","how","rows","without_time","series","steps","missing_steps","gaps","longest_gap"}
    QJsonObject toJson() const;
};

/// Counts steps as they come; those of one series rise.
class StepCounter {
public:
    explicit StepCounter(const workspace::TimeSpec &time);
    void addRows(std::size_t withTime, std::size_t without);
    void addStep(const std::string &series, std::int64_t begin); ///< that has a row
    const StepCounts &counts() const { return m_counts; }

private:
    StepCounts m_counts;
    std::int64_t m_stepMs;
    std::unordered_map<std::string, std::int64_t> m_last; ///< of each series
};

/// Rows brought to one a step: a step begins at a multiple of its length since 1970 UTC, holds the rows from there to the next, and carries the
/// time of its beginning. A step without a row has none.
struct Steps {
    std::vector<Column> columns;
    std::vector<std::int64_t> times; ///< ms UTC, rising; steps of one time in the order of their first rows
};

/// The beginning of the step in which a time lies.
std::int64_t stepBegin(std::int64_t time, std::int64_t stepMs);

/// As pandas' resample(step).mean(), sum(min_count=1) or last(): numbers become what time.resample says, all else the newest value that is not
/// missing; missing where all rows of a step miss it. Rows of one time count in their order.
/// @param columns  as long as `times`
/// @param by       column that tells several series apart, one of `columns` or not; null: one series
/// Rows without a time are left out. Invalid: no row has a time.
Result<Steps> resample(const std::vector<const Column *> &columns, const std::vector<std::int64_t> &times, const workspace::TimeSpec &time, const Column *by, StepCounter &counter);

/// Fills steps without a value between two that have one by the straight line between them, if at most `most` miss in a row; what lies
/// before the first or behind the last stays as it is, so that nothing looks ahead. Gives how many were filled.
std::size_t interpolate(double *values, std::size_t count, std::size_t most);

} // namespace pilothouse::data

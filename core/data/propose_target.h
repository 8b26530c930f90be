// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/profile.h"
#include "core/workspace/recipe.h"

#include <optional>

namespace pilothouse::data {

/// The time axis a table shows: one time column, or number columns named year, month, day, hour.
struct TimeAxis {
    workspace::TimeSpec spec;  ///< step set; column or parts set
    QString where, whereValue; ///< several series in one file: the column that tells them apart, and its most frequent value
    std::vector<std::int64_t> times; ///< of the rows that `where` keeps, rising
};

/// nullopt: no time column, or its times are not on a regular step.
std::optional<TimeAxis> findTimeAxis(const Table &table, const Profile &profile);

/// A duration a recipe may name for so many milliseconds: "1h", "15min", "1d"; empty if there is none.
QString stepText(std::int64_t milliseconds);

/// How much a column's name reads like something to predict: 0 = not at all.
int targetScore(const QString &name);
/// A whole-number column with few values, or a text column with few: classes rather than amounts.
bool looksLikeClasses(const ColumnStatistics &column);

} // namespace pilothouse::data

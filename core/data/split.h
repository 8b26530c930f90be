// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"
#include "core/workspace/recipe.h"

#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::data {

/// Row numbers (0-based, after `where`), each list rising.
struct Split {
    std::vector<std::size_t> train, test;
    std::size_t leftOut = 0; ///< rows in neither, e.g. without a time
    QStringList notes;       ///< why rows are left out, and what to know about this split
};

/// Splits the rows of a table. `target` is needed for Stratified, `time` for After, the column `by` for Grouped (Invalid otherwise). A split that leaves
/// one side empty is Invalid. The same seed gives the same split on every machine.
Result<Split> splitRows(const Table &table, const workspace::SplitSpec &spec, const QString &target = {},
                        const std::optional<workspace::TimeSpec> &time = {});

/// The same for anything that is counted 0 … n − 1: Every and Random only; others are Invalid.
Result<Split> splitCount(std::size_t count, const workspace::SplitSpec &spec);

/// Time of each row, ms since 1970 UTC (Column::missingTime where there is none), from a time column or from parts
/// (year, month, day[, hour[, minute[, second]]]) in `zone`; of a table that was resampled from parts, from the column stepTimeColumn(). Invalid
/// if a column is missing or of the wrong type.
Result<std::vector<std::int64_t>> rowTimes(const Table &table, const workspace::TimeSpec &time);

/// true if a table of these columns says when its rows were.
bool hasTimes(const QStringList &columns, const workspace::TimeSpec &time);

/// Where the times of a resampled table stand (prepare_table.h): in the recipe's own column, or beside its parts in "time@step".
QString stepTimeColumn(const workspace::TimeSpec &time);

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/resample.h"

#include <optional>

namespace pilothouse::data {

/// What a recipe makes of a table of rows before any is split off, learned from or scored: rows brought to the step (`time: {resample}`), then
/// columns of the past (made_columns.h). A forecast's windows do it themselves.
/// Gives what resampling came to, if there was any. Invalid: what resampleTable() and makeColumns() say.
Result<std::optional<StepCounts>> prepareTable(Table &table, const workspace::Recipe &recipe);

/// true if the recipe resamples rows of these columns. Those without the time columns are steps already, as a package's sample.csv has them.
bool resamples(const workspace::Recipe &recipe, const QStringList &columns);

/// The columns of a table brought to the recipe's steps, in their order (resample.h has the rules); stepTimeColumn() holds their times.
/// @param times  [rows] ms UTC
/// Invalid: what resample() says, `by` is no column.
Result<Table> resampleTable(const Table &table, const std::vector<std::int64_t> &times, const workspace::TimeSpec &time, StepCounter &counter);

/// What names a recipe's steps, so that rows of two models can be told to be the same: "steps of 1h (mean) of t, by station"; behind the
/// columns the zone, where it is another than UTC. Empty: rows.
QString stepsText(const workspace::Recipe &recipe);

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/transform.h"

namespace pilothouse::data {

/// Names of the columns that these steps make (lag, rolling, calendar), in order. The model takes them as inputs, whatever `features: {include}` says.
QStringList madeColumns(const std::vector<TransformStep> &steps, const QStringList &targets);

/// Those of the steps that make a column which is not among these.
std::vector<TransformStep> stepsToMake(const std::vector<TransformStep> &steps, const QStringList &targets, const QStringList &columns);

/// Makes them, behind the columns of the table; nothing without such steps. A column of that name that the table has is
/// taken as it is: rows may come with it, as a service gets them. Invalid, with the place in the recipe: no `time:`, or what the step says.
/// For tables of rows; the windows of a forecast do it themselves (windows.h).
Result<void> makeColumns(Table &table, const workspace::Recipe &recipe);

/// @param times  [rows] ms UTC
/// @param ofAll  of rows that are a part of more: how often times repeat in all, by the column that tells series apart
Result<void> makeColumns(Table &table, const std::vector<std::int64_t> &times, const workspace::Recipe &recipe, const QMap<QString, RepeatedTimes> *ofAll = nullptr);

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workspace/recipe.h"

#include <QDateTime>

namespace pilothouse::retrain {

/// The time of the newest row of a recipe's data file, by the recipe's `time:`; read again only if the file changed. Invalid: the recipe says no time, or no row has one;
/// else as data::loadData. Blocking; any thread.
Result<QDateTime> newestRow(const workspace::Recipe &recipe);

} // namespace pilothouse::retrain

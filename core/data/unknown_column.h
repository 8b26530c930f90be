// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"
#include "core/workspace/recipe.h"

namespace pilothouse::data {

/// Invalid at the place in the recipe that names a column which the data does not have; with the nearest one it has.
Error unknownColumn(const workspace::Recipe &recipe, const QString &name, const Table &table);

} // namespace pilothouse::data

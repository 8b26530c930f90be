// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"
#include "core/workspace/recipe.h"

#include <QStringList>

namespace pilothouse::data {

/// Invalid at the place in the recipe that names a column which the data does not have; with the nearest one it has.
Error unknownColumn(const workspace::Recipe &recipe, const QString &name, const Table &table);

/// What to do about a column that is not there: "Did you mean “b”? It has: a, b, c."
QString columnsHint(const QString &name, const QStringList &columns);

} // namespace pilothouse::data

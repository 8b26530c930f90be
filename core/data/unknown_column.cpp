// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/unknown_column.h"

#include "core/workspace/recipe_place.h"
#include "core/workspace/yaml_tree.h"

namespace pilothouse::data {

Error unknownColumn(const workspace::Recipe &recipe, const QString &name, const Table &table) {
    const QString key = recipe.targets().contains(name) ? QStringLiteral("target") : QStringLiteral("features");
    return invalid(QStringLiteral("The recipe names the column “%1”, which the data does not have.").arg(name), workspace::placeInFile(recipe.file, {key}, name),
                   columnsHint(name, table.names()));
}

QString columnsHint(const QString &name, const QStringList &columns) {
    const QString nearest = workspace::nearestName(name, columns);
    const QString all = QStringLiteral("It has: %1.").arg(columns.join(QStringLiteral(", ")));
    return nearest.isEmpty() ? all : QStringLiteral("Did you mean “%1”? %2").arg(nearest, all);
}

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/metric_check.h"

#include "core/workspace/recipe.h"

namespace pilothouse::workspace {

void checkMetric(Problems &problems, qsizetype position, const QString &word, const QString &name, const QStringList &known, const std::optional<QStringList> &targets) {
    const auto [metric, target] = metricAndTarget(name);
    const bool ofOne = metric != name;
    if (!known.contains(metric))
        addUnknown(problems, position, word, metric, known);
    else if (ofOne && targets && targets->size() < 2)
        problems.add(position, QStringLiteral("“%1” asks for one of several targets, and there are none.").arg(name), QStringLiteral("Write “%1”.").arg(metric));
    else if (ofOne && (targets ? !targets->contains(target) : target.isEmpty()))
        addUnknown(problems, position, QStringLiteral("target"), target, targets.value_or(QStringList()));
}

std::optional<QStringList> targetsOf(const QString &recipe, const QString &metric) {
    if (recipe.isEmpty() || !metric.contains(QLatin1Char('@')))
        return std::nullopt;
    const auto read = readRecipe(recipe);
    return read ? std::optional(read->targets()) : std::nullopt;
}

} // namespace pilothouse::workspace

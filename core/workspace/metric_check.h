// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/section.h"

namespace pilothouse::workspace {

/// Reports a name that is unknown, or that asks for one of several targets ("mae@t2m") where there is none of that name; the nearest are offered.
/// @param word     what is named: "metric", "check"
/// @param known    its names
/// @param targets  all targets where they are known, one alone included; none: they are not, and any is taken
void checkMetric(Problems &problems, qsizetype position, const QString &word, const QString &name, const QStringList &known, const std::optional<QStringList> &targets);

/// What a model's recipe forecasts, for a metric of one of several targets ("mae@t2m"). Nothing for another metric, and where the recipe
/// cannot be read: what is wrong with it is told where it is used.
std::optional<QStringList> targetsOf(const QString &recipe, const QString &metric);

} // namespace pilothouse::workspace

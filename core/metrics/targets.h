// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metrics.h"

#include <QJsonArray>

namespace pilothouse::metrics {

/// What a forecast of several targets says of one of them, [count × horizon], as if it were the only one: every metric in its own unit.
/// @param target  below scored.targets()
Scored ofTarget(const Scored &scored, std::size_t target);

/// Every metric of one target.
struct TargetValues {
    QString target;
    Values values;
};

/// Of each target, in their order; empty where there is one alone: its values are those of allMetrics().
/// @param targets  their names
Result<std::vector<TargetValues>> allMetricsByTarget(const Scored &scored, const QStringList &targets);

/// The values, and those of the targets beside them under names such as "mae@t2m": what gates may ask for.
Values withTargets(Values values, const std::vector<TargetValues> &targets);
/// The same of the JSON that a training keeps.
/// @param test     the values
/// @param targets  [{"target","test"}]; empty where there is one alone
Values withTargets(const QJsonObject &test, const QJsonArray &targets);

} // namespace pilothouse::metrics

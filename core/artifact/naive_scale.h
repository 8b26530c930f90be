// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/package.h"

#include <limits>
#include <vector>

namespace pilothouse::artifact {

/// What the metric mase of a package's forecasts is measured in, for each target: data.json's "seasonal_naive": {"season","mae"}, written by
/// the training from its training rows; with several targets mae is {target: number}. NaN where the package does not say (an older one);
/// empty for what is no forecast.
inline std::vector<double> naiveScales(const Package &package) {
    std::vector<double> scales;
    if (package.signature.horizon() == 0)
        return scales;
    const QJsonValue mae = package.data.value(QLatin1String("seasonal_naive")).toObject().value(QLatin1String("mae"));
    for (const QString &target : package.signature.targets())
        scales.push_back((mae.isObject() ? mae.toObject().value(target) : mae).toDouble(std::numeric_limits<double>::quiet_NaN()));
    return scales;
}

} // namespace pilothouse::artifact

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/package.h"

#include <limits>
#include <optional>

namespace pilothouse::artifact {

/// What the metric mase of a package's forecasts is measured in: data.json's "seasonal_naive": {"season","mae"}, written by the
/// training from its training rows. NaN where the package does not say (an older one); none for what is no forecast.
inline std::optional<double> naiveScale(const Package &package) {
    if (package.signature.horizon() == 0)
        return {};
    return package.data.value(QLatin1String("seasonal_naive")).toObject().value(QLatin1String("mae")).toDouble(std::numeric_limits<double>::quiet_NaN());
}

} // namespace pilothouse::artifact

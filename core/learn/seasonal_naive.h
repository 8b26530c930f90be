// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/samples.h"

#include <limits>

namespace pilothouse::learn {

/// The seasonal naive forecast on the training part: each value as it was a season ago. Its mean absolute error is the scale of the
/// metric mase (Hyndman, Koehler 2006).
struct SeasonalNaive {
    std::size_t season = 1;                                ///< steps; 1: the value before
    double mae = std::numeric_limits<double>::quiet_NaN(); ///< NaN: no two values of the training part are a season apart
    QJsonObject toJson() const;                            ///< {"season","mae"}
};

/// Steps of a season, by the step alone: a day for steps that divide it, a week for days, a year for weeks (52), months of 28 to 31
/// days (12) and quarters of 90 to 92 days (4); else 1.
std::size_t seasonOf(std::int64_t stepMs);

/// Over all values that the training windows of a forecast hold, matched by time: gaps leave differences out.
SeasonalNaive seasonalNaive(const Samples &samples);

} // namespace pilothouse::learn

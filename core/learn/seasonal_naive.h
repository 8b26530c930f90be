// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/samples.h"

namespace pilothouse::learn {

/// The seasonal naive forecast on the training part: each value as it was a season ago. Its mean absolute error is the scale of the
/// metric mase (Hyndman, Koehler 2006).
struct SeasonalNaive {
    std::size_t season = 1;   ///< steps; 1: the value before
    QStringList targets;
    std::vector<double> maes; ///< of each target, in its unit; NaN: no two values of the training part are a season apart
    QJsonObject toJson() const; ///< {"season","mae"}; with several targets mae is {target: number}
};

/// Over all values of the targets that the training windows of a forecast hold, matched by time: gaps leave differences out.
SeasonalNaive seasonalNaive(const Samples &samples);

} // namespace pilothouse::learn

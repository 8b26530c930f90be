// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pilothouse::data {

/// Steps of a season, by the step alone: a day for steps that divide it, a week for days, a year for weeks (52), months of 28 to 31
/// days (12) and quarters of 90 to 92 days (4); else 1.
std::size_t seasonOf(std::int64_t stepMs);

/// The seasons that naive forecasts of such a window can repeat: 1 (persistence), then that of the step, if the window holds it whole.
std::vector<std::size_t> naiveSeasons(std::size_t window, std::int64_t stepMs);

QString naiveName(std::size_t season); ///< "persistence", "seasonal"

/// Each step of each target as its newest known value that lies whole seasons before it; season 1 is persistence (Hyndman,
/// Athanasopoulos, Forecasting: principles and practice, 5.2).
/// @param inputs   a row of a forecast: the windows of the targets come first, one after the other, oldest step first
/// @param season   at most `window`
/// @param outputs  [targets × steps] written, all steps of the first target first
void naiveForecast(std::span<const double> inputs, std::size_t window, std::size_t season, std::size_t targets, std::span<double> outputs);

/// The mean of each target over the training rows, the same for all its steps: what is answered without looking at the newest values.
/// @param trainTargets  [n × outputs] row-major, n ≥ 1, all steps of the first target first
/// @return              [outputs]
std::vector<double> meanForecast(std::span<const double> trainTargets, std::size_t targets, std::size_t outputs);

} // namespace pilothouse::data

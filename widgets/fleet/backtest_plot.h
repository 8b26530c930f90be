// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/retrain/backtest.h"
#include "widgets/base/plot.h"

namespace pilothouse::ui {

/// What a policy would have done, drawn on the time axis: what one of its rules was judged by at each look with its limit, a mark where it would have
/// retrained, and the stretches in which a rule fired and something held it back.
/// @param rule  its place in the policy; a rule without a value is drawn as 1 where it fired
PlotData backtestPlot(const retrain::Backtest &backtest, std::size_t rule);

/// The looks at which the verdict or what holds it back changed, newest first, each with an id of its own: the same again and again is one line.
std::vector<retrain::Decision> turningPoints(const retrain::Backtest &backtest);

} // namespace pilothouse::ui

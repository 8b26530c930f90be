// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/labelled_rows.h"
#include "core/learn/load_scorer.h"
#include "core/learn/trainer.h"

namespace pilothouse::learn {

/// What naive models come to on labelled rows: the better one goes to `baseline` and `baselineName`, of a forecast all of them to `baselines`,
/// and of several targets each one's own figures to `targets`, which are made here.
/// @param naiveScales  what mase of each target is measured in; empty: not known
Result<void> judgeNaive(const std::vector<NaiveModel> &models, const artifact::LabelledRows &rows, const std::vector<double> &naiveScales, TrainResult &result);

} // namespace pilothouse::learn

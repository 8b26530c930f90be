// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"

#include <vector>

namespace pilothouse::learn {

/// Standard scale of a network's inputs and targets, fitted on the training rows and kept inside the model: a recipe
/// without standard_scale, or a target of 200,000, must not decide whether Adam converges. Steps of one series share
/// their scale; a constant column has scale 1; classification leaves the targets alone.
struct Scaling {
    std::vector<double> xMean, xScale; ///< [width]: (x − mean) · scale
    std::vector<double> yMean, yScale; ///< [outputs]: y · scale + mean; empty for classification
};

/// Rows as a network sees them.
struct Samples {
    std::size_t rows = 0;
    std::vector<float> x; ///< [rows × width], scaled
    std::vector<float> y; ///< [rows × outputs], scaled; classification: [rows] class index
};

Scaling fitScaling(const TrainData &data);
Samples scaled(const TrainData &data, const Scaling &scaling);
/// Invalid with the column named if a value is missing or infinite (with its row), or above 3.4e38, the most of single precision.
Result<void> requireFinite(const TrainData &data, const QString &estimator);

} // namespace pilothouse::learn

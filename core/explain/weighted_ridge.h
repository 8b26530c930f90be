// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <vector>

namespace pilothouse::explain {

/// Minimises Σ wᵢ (yᵢ − intercept − xᵢ·c)² + alpha·‖c‖², as scikit-learn's Ridge(alpha, fit_intercept).fit(X, y, sample_weight) does;
/// alpha 0: weighted least squares. Normal equations by Cholesky's decomposition.
/// @param x  [rows × width], row-major  @param y,w  [rows]; w ≥ 0
struct WeightedRidge {
    std::vector<double> coefficients; ///< [width]
    double intercept = 0;
    double r2 = 0; ///< weighted, of the fit; NaN if y is constant
};
/// Invalid: lengths that do not fit, or columns that depend on each other (alpha 0).
Result<WeightedRidge> weightedRidge(const std::vector<double> &x, std::size_t width, const std::vector<double> &y, const std::vector<double> &w, double alpha, bool fitIntercept);

} // namespace pilothouse::explain

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"

namespace pilothouse::learn {

/// linear_regression (ordinary least squares; where columns depend on each other, the solution of least norm) and
/// ridge {alpha: 1}: min ‖y − Xw − b‖² + alpha·‖w‖². Several outputs at once.
Result<std::unique_ptr<Estimator>> makeLinearRegression(const workspace::EstimatorSpec &spec);
/// logistic_regression {C: 1, max_iter: 100}: min C·Σ log loss + ½·‖w‖², intercept free; softmax for more than two classes.
Result<std::unique_ptr<Estimator>> makeLogisticRegression(const workspace::EstimatorSpec &spec);

} // namespace pilothouse::learn

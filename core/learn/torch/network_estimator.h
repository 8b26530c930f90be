// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"

namespace pilothouse::learn {

/// mlp:  hidden [64, 64], learning_rate 0.001, batch_size 256, epochs 200, patience 20, weight_decay 0. Regression, forecast and
///       classification, which also has class_weight (none): cross-entropy as torch.nn.CrossEntropyLoss(weight), the validation loss that
///       stops it early included.
///       A forecast also has residual (true): what is learnt is the change from each target's own last known value, so an
///       untrained network is the persistence baseline and training starts from there.
/// lstm, gru: units 64, layers 1, and the same training parameters with epochs 50, patience 8, and residual. Forecast only.
Result<std::unique_ptr<Estimator>> makeNetworkEstimator(const workspace::EstimatorSpec &spec, workspace::TaskKind task);

} // namespace pilothouse::learn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/attribution.h"
#include "core/learn/load_scorer.h"

namespace pilothouse::learn {

/// Integrated gradients (Sundararajan, Taly, Yan 2017) along the straight line from the mean of the background to the row, on the scale of the
/// prediction or of the class's probability; nullptr for a model that has no gradients (all but networks), without a background, and where a
/// column of the model matrix cannot be led back to one input. The integral is a sum of 64 midpoints, of 256 where what is left over is more than
/// 1 % of the difference; the rest is shared out by size, so that base and values sum to the prediction.
/// Refused, with why: the network has no gradient there, or on the background one that is zero although its answers differ (steps, rounded
/// numbers); only one that was made elsewhere can be so.
Result<std::unique_ptr<explain::OwnShap>> integratedGradients(const LoadedModel &loaded, const artifact::Signature &signature, const artifact::Rows &background);

} // namespace pilothouse::learn

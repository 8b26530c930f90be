// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/input.h"

#include <vector>

namespace pilothouse::learn {

/// A model that can be differentiated by its inputs (networks, and TorchScripts that were made elsewhere; by LibTorch's autograd).
class GradientModel {
public:
    virtual ~GradientModel() = default;
    /// d prediction[output] / d x, [rows × width] of the model matrix. Classification: of the probability of class `output`. Any thread.
    /// Refused, with why: it has none there (a script that takes the argmax).
    virtual Result<std::vector<double>> inputGradients(const data::Rows &x, std::size_t output) const = 0;
};

} // namespace pilothouse::learn

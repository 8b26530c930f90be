// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/target.h"

#include <vector>

namespace pilothouse::explain {

/// A prediction taken apart: base + Σ values = explained, to 1e-9 of their size.
struct Attribution {
    double base = 0;            ///< mean over the background
    double explained = 0;       ///< of this row, on the scale of the explanation
    std::vector<double> values; ///< [features]: SHAP values
};

/// A model that can take its own predictions apart, faster or more exactly than by asking it (core/learn has SHAP values of trees and
/// linear models, integrated gradients of networks). On its own scale: of a classification mostly the margin before the link.
class OwnShap {
public:
    virtual ~OwnShap() = default;
    virtual QString method() const = 0; ///< "tree-shap", "linear-shap", "integrated-gradients"
    virtual QString scale(const Target &target) const = 0; ///< "prediction", "log-odds of yes"
    virtual Result<std::vector<Attribution>> attribute(const artifact::Rows &rows, const Target &target, const std::vector<Feature> &features, const Run &run) const = 0;
};

/// Mean of |value| of each feature over rows, as shap's bar plot; std with ddof 1 (0 for one row), low … high: 95 % interval of the mean
/// by the normal distribution.
struct Importance {
    double mean = 0, std = 0, low = 0, high = 0;
};
std::vector<Importance> meanAbsolute(const std::vector<Attribution> &attributions);

} // namespace pilothouse::explain

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/attribution.h"

namespace pilothouse::explain {

struct KernelShapOptions {
    /// Coalitions asked for each row; 0: 2·features + 2048, as shap. No fewer than 2·features are used. Where all 2^features − 2 are no
    /// more (up to 11 features by default) the values are exact; above, whole sizes of coalitions are listed from the outside in as long as
    /// they fit and the rest is drawn, each with its complement.
    std::size_t coalitions = 0;
    quint64 seed = 7;
};

/// SHAP values of any model (Lundberg & Lee, A Unified Approach to Interpreting Model Predictions, 2017): weighted least squares over
/// coalitions with the sum as constraint. The value of a coalition is the mean prediction over the background rows with the coalition's
/// features as in the explained row. As shap's KernelExplainer with l1_reg=False; features that differ from no background row have
/// the value 0 and are not asked.
/// @param background,rows  coded by the scorer's signature; background.count ≥ 1
/// @return one for each row. Invalid: no background, or what the scorer says.
Result<std::vector<Attribution>> kernelShap(const artifact::Scorer &scorer, const Target &target, const std::vector<Feature> &features,
                                            const artifact::Rows &background, const artifact::Rows &rows, const KernelShapOptions &options, const Run &run);

} // namespace pilothouse::explain

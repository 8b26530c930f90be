// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/tree_ensemble.h"

#include <vector>

namespace pilothouse::learn {

/// SHAP values of trees by the cover of their nodes (Lundberg, Erion, Lee, Consistent Individualized Feature Attribution for Tree
/// Ensembles, 2018, algorithm 2): those of XGBoost's pred_contribs and of shap's TreeExplainer with feature_perturbation
/// "tree_path_dependent", in double. Of boosted trees and forests alike. Immutable: any thread.
class TreeShap {
public:
    static constexpr int deepest = 512; ///< levels; a deeper tree is not explained this way
    /// @param ensemble must outlive this
    explicit TreeShap(const TreeEnsemble &ensemble);
    bool canExplain() const; ///< every tree has covers and no more than `deepest` levels
    double base(int group) const { return m_base[std::size_t(group)]; } ///< mean of the group's sum over the training rows, by cover
    /// Adds the values of one row for one group. row, out: [width]; NaN = missing.
    /// @param first,last  trees of the ensemble, so that a row can be shared out; base + the values of all trees = margin
    void add(const float *row, int group, std::size_t first, std::size_t last, double *out) const;
    /// The group's sum of leaves, in double.
    double margin(const float *row, int group) const;

private:
    const TreeEnsemble &m_ensemble;
    std::vector<double> m_base; ///< [groups]
};

} // namespace pilothouse::learn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/target.h"

namespace pilothouse::explain {

struct LimeOptions {
    std::size_t samples = 5000;
    double kernelWidth = 0; ///< 0: 0.75·√inputs
    double alpha = 1;       ///< of the ridge fit
    quint64 seed = 7;
};

/// A linear model near one row: of each input whether it is in the row's quartile (or category) or not.
struct Lime {
    double intercept = 0;
    double local = 0;                    ///< intercept + Σ weights: what the local model says of the row
    double explained = 0;                ///< what the model says
    double r2 = 0;                       ///< weighted, of the local fit
    std::vector<double> weights;         ///< [features]
    std::vector<QString> conditions;     ///< "2.1 < x ≤ 3.4", "ocean = NEAR BAY"
};

/// LIME for tables (Ribeiro, Singh, Guestrin, “Why Should I Trust You?”, 2016) as the lime package with discretize_continuous: numbers
/// cut at the quartiles of the background; samples draw each input's bin by the background's shares and a value of the background in
/// that bin; kernel √exp(−d²/width²) of the distance between 0/1 vectors; ridge fit on all of them. Differs from the package in the
/// values within a bin: theirs come from a truncated normal, ours are those that occurred. Every input is drawn by itself.
/// Invalid: fewer than two background rows, what the scorer says.
Result<Lime> lime(const artifact::Scorer &scorer, const Target &target, const std::vector<Feature> &features, const artifact::Rows &background,
                  std::span<const double> row, const LimeOptions &options, const Run &run);

} // namespace pilothouse::explain

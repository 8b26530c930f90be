// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/explain/target.h"

namespace pilothouse::explain {

struct PartialDependenceOptions {
    std::size_t resolution = 100;   ///< grid points of a number, at least 2
    double low = 0.05, high = 0.95; ///< quantiles that the grid spans
};

/// The prediction as one input goes over its grid, all else as in the rows: of each row (individual conditional expectation, ICE;
/// Goldstein et al. 2015) and on average (partial dependence; Friedman 2001).
struct PartialDependence {
    std::vector<double> grid;                    ///< [points]; of a category: its number
    std::vector<QString> names;                  ///< of a category: [points]; else empty
    std::vector<double> average;                 ///< [points]
    std::vector<std::vector<double>> individual; ///< [rows][points]
    std::vector<double> values;                  ///< [rows]: what each row has, in the terms of `grid`; NaN: missing, or a category not seen in training
};

/// The nine deciles of the values that are there, as scikit-learn's plots mark them (scipy's mquantiles); empty if none is.
std::vector<double> deciles(std::vector<double> values);

/// As scikit-learn's partial_dependence(kind="both", method="brute"): a number's grid is its distinct values if there are fewer than
/// `resolution`, else evenly spaced between the two quantiles (scipy's mquantiles); a category's grid is the categories that occur.
/// @param input  of the signature
/// @param rows  coded by the signature; rows where the input is missing count for the average but not for the grid
/// Invalid: no rows, an input without a value, no such input.
Result<PartialDependence> partialDependence(const artifact::Scorer &scorer, const Target &target, std::size_t input, const artifact::Rows &rows,
                                            const PartialDependenceOptions &options, const Run &run);

} // namespace pilothouse::explain

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metrics.h"
#include "core/metrics/resampling.h"

namespace pilothouse::metrics {

/// One class against all others. 0/0 counts as 0, as in scikit-learn's precision_recall_fscore_support(zero_division=0); the two
/// counts say where that happened.
struct ClassFigures {
    std::size_t support = 0, predicted = 0; ///< rows that are of the class, rows that were said to be
    double precision = 0, recall = 0, f1 = 0;
    Interval ofPrecision = {}, ofRecall = {}, ofF1 = {}; ///< 95 % bootstrap; NaN where under 90 % of the rounds have a denominator
};

/// [classes], in the order of the class indices. Their macro and weighted means are metrics (precision_macro … f1_weighted).
/// Invalid for a regression, or `how` for another number of rows.
Result<std::vector<ClassFigures>> classReport(const Scored &scored, const Resampling &how);

} // namespace pilothouse::metrics

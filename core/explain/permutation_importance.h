// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/labelled_rows.h"
#include "core/explain/target.h"

namespace pilothouse::explain {

struct PermutationOptions {
    QString metric; ///< one of metrics::metricNames(); empty: workspace::defaultMetric()
    int repeats = 10;
    quint64 seed = 7;
};

/// How much worse the metric gets when a feature is shuffled; positive: the model needs it.
struct PermutationImportance {
    QString metric;
    double baseline = 0;                          ///< of the rows as they are
    std::vector<std::vector<double>> differences; ///< [features][repeats], in the unit of the metric
    std::vector<double> mean, std;                ///< [features]; std with ddof 0, as scikit-learn
};

/// Permutation importance (Breiman, Random Forests, 2001) as scikit-learn's permutation_importance: the baseline minus the metric with
/// the feature's values dealt to other rows; for errors, where smaller is better, the other way round. The inputs of one feature
/// (a series of a forecast) are dealt together. Invalid: fewer than two rows, an unknown or undefined metric.
Result<PermutationImportance> permutationImportance(const artifact::Scorer &scorer, const artifact::LabelledRows &rows, const std::vector<Feature> &features,
                                                    const PermutationOptions &options, const Run &run);

} // namespace pilothouse::explain

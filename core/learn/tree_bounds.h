// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"
#include "core/learn/parameters.h"
#include "core/learn/xgboost_grower.h"

namespace pilothouse::learn {

/// How far trees grow: max_depth (0: no limit, as scikit-learn's None), min_child_weight (XGBoost's: the least sum of hessians in a leaf) and
/// min_samples_leaf (scikit-learn's: the least number of rows in a leaf). For squared error a row's hessian is 1, so both least values then
/// mean the same thing.
class TreeBounds {
public:
    static TreeBounds read(Parameters &parameters, int usualDepth);
    /// Invalid, with the parameter's name: what the grower cannot do.
    /// @param method  exact | hist | auto (exact where it must)
    /// @param weighs  "a row by its class_weight": what XGBoost adds up in a leaf instead of 1 a row; empty: it counts rows
    Result<void> apply(GrowOptions &options, const QString &method, const QString &weighs) const;

private:
    int m_depth = 0;
    double m_weight = 0;
    qint64 m_rows = 1;
};

/// Trees hold columns, targets and gains in single precision. Invalid, with the column: a value above 3.4e38, or targets whose squares about their mean
/// add up to more. NaN is missing.
Result<void> requireSinglePrecision(const TrainData &train, const QString &estimator);

} // namespace pilothouse::learn

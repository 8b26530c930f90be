// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/folds.h"
#include "core/learn/estimator.h"
#include "core/learn/samples.h"
#include "core/metrics/metrics.h"

#include <QJsonObject>

namespace pilothouse::learn {

/// The folds of a recipe's `validation:` over its training rows, as numbers in samples.rows. Empty without `validation:`. Invalid: too
/// few rows, classes or groups; rows without a time or a group. An expanding window takes the rows in the order of their times; of a
/// forecast, windows whose targets reach into those that validate do not train.
Result<std::vector<data::Fold>> validationFolds(const Samples &samples, const workspace::Recipe &recipe);

/// One estimator of the recipe, fitted on the fold's training rows (transforms too) and judged on those that validate.
Result<metrics::Values> scoreFold(const Samples &samples, const workspace::Recipe &recipe, const workspace::EstimatorSpec &estimator, const data::Fold &fold, int threads, FitContext &context);

/// Mean and standard deviation (ddof 0, as numpy) of each metric over the folds; NaN where a fold has none.
struct FoldFigures {
    metrics::Values mean, deviation;
};
FoldFigures figuresOf(const std::vector<metrics::Values> &folds);

/// {"folds":[{metric: value}…],"mean":{…},"std":{…}}, and back.
QJsonObject foldsJson(const std::vector<metrics::Values> &folds);
std::vector<metrics::Values> foldsFromJson(const QJsonObject &object);

/// "5 folds of the training rows, shuffled with seed 3", …
QString validationText(const workspace::ValidationSpec &validation);

} // namespace pilothouse::learn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/learn/samples.h"
#include "core/workspace/recipe.h"

#include <vector>

namespace pilothouse::learn {

/// The points of a search, in the order in which they are tried. Estimators of the recipe without a range come first, once each; then
/// as many as `trials` leaves, each an estimator with ranges (each as likely) with every range drawn. No point twice: a space of fewer
/// points gives fewer. The same recipe gives the same points, and more trials begin with the same ones.
/// Invalid, at its place in the file: a parameter that the estimator does not know, or an end or choice that it does not take.
Result<std::vector<workspace::EstimatorSpec>> searchPoints(const workspace::Recipe &recipe);

/// What a round of a search asks of its trials: a share of the training rows, and how many of them go on.
struct SearchRound {
    double share = 1; ///< of each fold's training rows
    std::size_t kept = 1; ///< trials that go on to the next round; of the last one the best
    bool operator==(const SearchRound &) const = default;
};
/// Random: one round with all rows. Halving: as scikit-learn's HalvingRandomSearchCV with min_resources="exhaust": the last round has all
/// rows, each one before `factor` times fewer, and ceil(n / factor) of n trials go on; no round below `leastRows` rows.
std::vector<SearchRound> searchRounds(const workspace::SearchSpec &search, std::size_t trials, std::size_t trainRows, std::size_t leastRows = 60);

/// The folds that judge the trials of a recipe without `validation:`: three, of the kind that the task and the split ask for.
workspace::ValidationSpec searchValidation(const workspace::Recipe &recipe);

/// A share of a fold's training rows: of each class the same share (one at least), drawn with the seed; of a forecast, or where time
/// decides over the folds, the newest. Rising.
std::vector<std::size_t> shareOf(const Samples &samples, const workspace::Recipe &recipe, const std::vector<std::size_t> &rows, double share);

} // namespace pilothouse::learn

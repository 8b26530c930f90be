// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/data/table.h"

#include <optional>
#include <vector>

namespace pilothouse::data {

/// One part of a cross-validation: positions 0 … n − 1, each list rising.
struct Fold {
    std::vector<std::size_t> train, validation;
    bool operator==(const Fold &) const = default;
};

/// k parts of nearly equal size, each validated once: scikit-learn's KFold. With a seed the rows are shuffled first. Invalid: fewer
/// rows than folds.
Result<std::vector<Fold>> kFold(std::size_t rows, int folds, std::optional<std::uint64_t> seed = {});

/// The same with nearly the same share of each class in every part: scikit-learn's StratifiedKFold. Invalid: every class has fewer rows than
/// there are folds.
/// @param classes  [n] class index of each row
Result<std::vector<Fold>> stratifiedKFold(const std::vector<std::size_t> &classes, int folds, std::optional<std::uint64_t> seed = {});

/// No group is on both sides: scikit-learn's GroupKFold (the largest group first, each to the part with the fewest rows so far).
/// Groups of equal size: the one with the higher number first. Invalid: fewer groups than folds.
/// @param groups  [n] group of each row, 0 … g − 1
Result<std::vector<Fold>> groupedKFold(const std::vector<std::size_t> &groups, int folds);

/// Rows in the order of time; each part validates the next `horizon` rows and trains on all before: scikit-learn's
/// TimeSeriesSplit(n_splits, test_size = horizon, gap). horizon 0: n / (folds + 1). Invalid: too few rows.
Result<std::vector<Fold>> expandingWindow(std::size_t rows, int folds, std::size_t horizon = 0, std::size_t gap = 0);

/// A group's number for each row, one for each text of the column in order of first appearance; −1 where it is missing. Invalid: no such column.
Result<std::vector<std::int64_t>> groupNumbers(const Table &table, const QString &by);

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/learn/tree_ensemble.h"

#include <memory>
#include <span>
#include <vector>

namespace pilothouse::learn {

/// XGBoost's parameters of one round.
struct GrowOptions {
    TreeObjective objective = TreeObjective::Numbers; ///< squared error, logistic loss, softmax loss
    int groups = 1; ///< outputs, or classes of a softmax: a tree each
    int trees = 1;  ///< of a group, grown side by side; leaves are the plain means of their rows
    int maxDepth = 10; ///< 0: no limit, exact only: histograms keep one for every node until the tree is done
    double learningRate = 1, subsample = 1, columnsByNode = 1, columnsByTree = 1, minChildWeight = 1, lambda = 0, alpha = 0, gamma = 0;
    bool exact = false; ///< else histograms
    int maxBin = 256;
    quint32 seed = 0;
    int threads = 1;
};

/// Grows trees by XGBoost on one matrix, each time from nothing but the arguments: a round of boosting that is taken up again draws
/// and rounds as it would have. One object a thread: XGBoost fills caches inside a matrix while it trains.
class XgboostGrower {
public:
    /// @param x [rows × width], NaN = missing; copied
    /// @param weights [rows] how often each row counts; empty: once
    static Result<XgboostGrower> create(const std::vector<float> &x, std::size_t rows, std::size_t width, int threads, std::span<const float> weights = {});
    /// @param y [rows × groups] numbers, or [rows] class numbers of the other objectives
    /// @param margins [rows × groups], what the trees are to be added to; empty: 0
    /// Gives the trees group by group. Leaf values are not divided by the number of trees.
    Result<std::vector<Tree>> grow(std::span<const float> y, std::span<const float> margins, const GrowOptions &options);
    /// As grow() for a round that follows the one before: the same `y` and options but for the seed, and `margins` those that margins() gave
    /// then. The same trees, at half the cost: XGBoost keeps its buffers and its own margins, unless it draws rows or columns.
    Result<void> growNext(std::span<const float> y, std::span<const float> margins, const GrowOptions &options);
    /// After growNext(): the margins of its training rows with its trees added, float32 in the order of the rounds.
    /// @param margins [rows × groups], overwritten
    Result<void> margins(std::span<float> margins) const;
    /// The trees of growNext() since the last call, round by round.
    Result<std::vector<Tree>> newTrees();
    static QString version(); ///< "1.7.4"
    /// Bytes that one of them takes, at least: an index and a value of each number (xgboost::Entry, 8 bytes), and the bin of each, or the
    /// values again column by column for exact splits.
    static double memory(double rows, double width, bool exact) { return rows * width * (8 + (exact ? 8 : 1)); }
    XgboostGrower(XgboostGrower &&) noexcept;
    ~XgboostGrower();

private:
    struct Impl;
    explicit XgboostGrower(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::learn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/learn/tree_ensemble.h"

#include <memory>
#include <vector>

namespace pilothouse::learn {

struct GrowOptions {
    int trees = 1; ///< grown side by side in one booster; leaves are the plain means of their rows
    int maxDepth = 10;
    double subsample = 1, columnsByNode = 1, minChildWeight = 1, lambda = 0;
    bool exact = false; ///< else histograms
    int maxBin = 256;
    quint32 seed = 0;
    int threads = 1;
};

/// Grows trees by XGBoost on one matrix. One object a thread: XGBoost fills caches inside a matrix while it trains.
class XgboostGrower {
public:
    /// @param x [rows × width], NaN = missing; copied
    static Result<XgboostGrower> create(const std::vector<float> &x, std::size_t rows, std::size_t width, int threads);
    /// Squared error on y [rows]. Leaf values are not scaled by the number of trees.
    Result<std::vector<Tree>> grow(const std::vector<float> &y, const GrowOptions &options);
    static QString version(); ///< "1.7.4"
    XgboostGrower(XgboostGrower &&) noexcept;
    ~XgboostGrower();

private:
    struct Impl;
    explicit XgboostGrower(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::learn

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/tree_bounds.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::learn {

TreeBounds TreeBounds::read(Parameters &parameters, int usualDepth) {
    TreeBounds bounds;
    bounds.m_depth = int(parameters.integer("max_depth", usualDepth, 0, 30));
    bounds.m_weight = parameters.number("min_child_weight", 1, 0, 1e9);
    bounds.m_rows = parameters.integer("min_samples_leaf", 1, 1, 1'000'000'000);
    return bounds;
}

Result<void> TreeBounds::apply(GrowOptions &options, const QString &method, const QString &weighs) const {
    if (m_depth == 0 && method == QLatin1String("hist")) // measured with 1.7.4: 2.2 GB for 64,000 nodes of 10 columns; exact takes 80 MB for 197,000
        return invalid(QStringLiteral("max_depth: 0 (no limit) cannot be had with tree_method: hist: XGBoost keeps a histogram of every node until the tree is done, and a tree without a limit has as many nodes as rows."),
                       QStringLiteral("max_depth"), QStringLiteral("Set tree_method: exact, or a max_depth up to 30."));
    if (m_rows > 1 && !weighs.isEmpty())
        return invalid(QStringLiteral("min_samples_leaf is a number of rows, but here XGBoost counts %1.").arg(weighs), QStringLiteral("min_samples_leaf"),
                       QStringLiteral("Use min_child_weight: the least sum of that in a leaf."));
    options.maxDepth = m_depth;
    options.minChildWeight = m_rows > 1 ? std::max(m_weight, double(m_rows)) : m_weight;
    return {};
}

Result<void> requireSinglePrecision(const TrainData &train, const QString &estimator) {
    constexpr double most = double(std::numeric_limits<float>::max());
    for (std::size_t i = 0; i < train.x.size(); ++i)
        if (std::abs(train.x[i]) > most)
            return invalid(QStringLiteral("%1 calculates in single precision, 3.4e+38 at most; the column “%2” reaches %3.").arg(estimator, i % train.width < train.names.size() ? train.names[i % train.width] : QString::number(i % train.width)).arg(train.x[i]), {},
                           QStringLiteral("Scale the columns (transforms: [standard_scale]), or correct the value."));
    for (std::size_t o = 0; !train.isClassification() && o < train.outputs; ++o) {
        double mean = 0, squares = 0, largest = 0;
        for (std::size_t i = o; i < train.y.size(); i += train.outputs)
            mean += train.y[i] / double(train.rows);
        for (std::size_t i = o; i < train.y.size(); i += train.outputs) {
            squares += (train.y[i] - mean) * (train.y[i] - mean);
            largest = std::max(largest, std::abs(train.y[i]));
        }
        if (!(squares <= most))
            return invalid(QStringLiteral("%1 calculates in single precision; the target reaches %2, so that its squares add up to more than 3.4e+38.").arg(estimator).arg(largest), {},
                           QStringLiteral("Give the target in a larger unit, or correct the value."));
    }
    return {};
}

} // namespace pilothouse::learn

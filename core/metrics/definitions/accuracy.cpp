// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_entry.h"

#include <limits>

namespace pilothouse::metrics {

namespace {

double accuracy(const Draw &draw) {
    const Confusion &c = draw.confusion();
    double right = 0;
    for (std::size_t i = 0; i < c.classes; ++i)
        right += c.cells[i * c.classes + i];
    return right / c.total;
}

/// Mean recall of the classes that occur.
double balancedAccuracy(const Draw &draw) {
    const Confusion &c = draw.confusion();
    double sum = 0, occurring = 0;
    for (std::size_t i = 0; i < c.classes; ++i) {
        sum += c.recall(i);
        occurring += c.truth[i] > 0 ? 1 : 0;
    }
    return sum / occurring;
}

double topTwo(const Draw &draw) {
    if (!draw.rows.hasScores())
        return std::numeric_limits<double>::quiet_NaN();
    const std::size_t k = draw.scored.classes;
    return draw.meanOverRows([&](std::size_t i) {
        const double *p = draw.scored.probabilities.data() + i * k;
        const auto truth = std::size_t(draw.scored.truth[i]);
        std::size_t above = 0;
        for (std::size_t c = 0; c < k; ++c)
            above += p[c] > p[truth] || (p[c] == p[truth] && c > truth) ? 1 : 0; // ties as scikit-learn orders them
        return above < 2 ? 1.0 : 0.0;
    });
}

} // namespace

PILOTHOUSE_SCORE(accuracy, classes, 10, ZeroOne, accuracy)
PILOTHOUSE_SCORE(balanced_accuracy, classes, 50, ZeroOne, balancedAccuracy)
PILOTHOUSE_SCORE(top_2_accuracy, manyClasses, 150, LogLoss, topTwo)

} // namespace pilothouse::metrics

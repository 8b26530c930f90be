// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/paired_test.h"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace pilothouse::metrics {

Result<PairedTest> dieboldMarianoTest(std::span<const double> lossA, std::span<const double> lossB, std::size_t horizon) {
    if (lossA.empty() || lossA.size() != lossB.size())
        return invalid(QStringLiteral("A paired test needs two losses of each row: %1 and %2 were given.").arg(lossA.size()).arg(lossB.size()));
    const std::size_t rows = lossA.size();
    horizon = std::max<std::size_t>(horizon, 1);
    const double n = double(rows), h = double(horizon);
    const double correction = (n + 1 - 2 * h + h * (h - 1) / n) / n;
    if (rows < 2 || horizon >= rows || !(correction > 0))
        return invalid(QStringLiteral("%1 rows are too few for the Diebold-Mariano test of a forecast over %2 steps.").arg(rows).arg(horizon));
    std::vector<double> differences(rows);
    double mean = 0;
    for (std::size_t t = 0; t < rows; ++t)
        mean += (differences[t] = lossB[t] - lossA[t]) / n;
    if (!std::isfinite(mean))
        return invalid(QStringLiteral("A loss is not finite, so the paired test has no answer."));
    const auto covariance = [&](std::size_t lag) {
        double sum = 0;
        for (std::size_t t = lag; t < rows; ++t)
            sum += (differences[t] - mean) * (differences[t - lag] - mean);
        return sum / n;
    };
    PairedTest test;
    test.rows = rows;
    test.meanDifference = mean;
    const double own = covariance(0);
    if (own == 0 && mean == 0) {
        test.name = QStringLiteral("Diebold-Mariano test: every row has the same loss in both");
        return test;
    }
    double variance = own;
    for (std::size_t lag = 1; lag < horizon; ++lag)
        variance += 2 * covariance(lag);
    test.name = QStringLiteral("Diebold-Mariano test, horizon %1, Harvey-Leybourne-Newbold correction, two-sided").arg(horizon);
    double factor = correction;
    if (!(variance > own * 1e-12)) {
        variance = own;
        factor = (n - 1) / n;
        test.name = QStringLiteral("Diebold-Mariano test at horizon 1 (at %1 its variance is not positive), Harvey-Leybourne-Newbold correction, two-sided").arg(horizon);
    }
    if (!(variance > mean * mean * 1e-24))
        return invalid(QStringLiteral("The Diebold-Mariano test has no answer: the difference does not vary."));
    test.statistic = mean / std::sqrt(variance / n) * std::sqrt(factor);
    test.p = 2 * cdf(complement(boost::math::students_t(n - 1), std::abs(test.statistic)));
    return test;
}

} // namespace pilothouse::metrics

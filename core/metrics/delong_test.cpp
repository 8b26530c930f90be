// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/evaluator.h"
#include "core/metrics/paired_test.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pilothouse::metrics {

namespace {

/// Ranks from 1; tied values share the mean of theirs.
std::vector<double> midRanks(const std::vector<double> &values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
    std::vector<double> ranks(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t last = first;
        while (last < order.size() && values[order[last]] == values[order[first]])
            ++last;
        for (std::size_t i = first; i < last; ++i)
            ranks[order[i]] = double(first + last + 1) / 2;
        first = last;
    }
    return ranks;
}

/// One model's area, and how much each positive and each negative row holds of it.
struct Area {
    double auc = 0;
    std::vector<double> ofPositives, ofNegatives;
};

Area areaOf(const Scored &s) {
    std::vector<double> positives, negatives;
    for (std::size_t i = 0; i < s.count; ++i)
        (s.truth[i] == 1 ? positives : negatives).push_back(s.probabilities[i * 2 + 1]);
    std::vector<double> all = positives;
    all.insert(all.end(), negatives.begin(), negatives.end());
    const std::vector<double> among = midRanks(all), amongPositives = midRanks(positives), amongNegatives = midRanks(negatives);
    const double m = double(positives.size()), n = double(negatives.size());
    Area area;
    for (std::size_t i = 0; i < positives.size(); ++i) {
        area.ofPositives.push_back((among[i] - amongPositives[i]) / n);
        area.auc += area.ofPositives.back() / m;
    }
    for (std::size_t j = 0; j < negatives.size(); ++j)
        area.ofNegatives.push_back(1 - (among[positives.size() + j] - amongNegatives[j]) / m);
    return area;
}

/// Variance of the mean of a − b.
double varianceOfMean(const std::vector<double> &a, const std::vector<double> &b) {
    const double n = double(a.size());
    double mean = 0, squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        mean += (a[i] - b[i]) / n;
    for (std::size_t i = 0; i < a.size(); ++i)
        squares += (a[i] - b[i] - mean) * (a[i] - b[i] - mean);
    return squares / (n - 1) / n;
}

} // namespace

Result<PairedTest> deLongTest(const Scored &a, const Scored &b) {
    PH_TRY(checkScored(a));
    PH_TRY(checkScored(b));
    if (a.classes != 2 || b.classes != 2 || a.probabilities.empty() || b.probabilities.empty() || a.truth != b.truth)
        return invalid(QStringLiteral("DeLong's test needs the probabilities of two classes from both models on the same rows."));
    const auto positives = std::size_t(std::count(a.truth.begin(), a.truth.end(), 1.0));
    if (positives < 2 || a.count - positives < 2)
        return invalid(QStringLiteral("DeLong's test needs two rows of each class."));
    const Area first = areaOf(a), second = areaOf(b);
    PairedTest test;
    test.rows = a.count;
    test.loss = QStringLiteral("1 − AUC");
    test.name = QStringLiteral("DeLong's test, two-sided");
    test.meanDifference = first.auc - second.auc;
    const double variance = varianceOfMean(first.ofPositives, second.ofPositives) + varianceOfMean(first.ofNegatives, second.ofNegatives);
    if (!(variance > 1e-30)) {
        if (std::abs(test.meanDifference) < 1e-15)
            return test; // the two rank every row alike
        return invalid(QStringLiteral("DeLong's test has no answer: the two areas do not vary."));
    }
    test.statistic = test.meanDifference / std::sqrt(variance);
    test.p = std::erfc(std::abs(test.statistic) / std::sqrt(2.0));
    return test;
}

} // namespace pilothouse::metrics

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/evaluator.h"
#include "core/metrics/paired_test.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>

#include <algorithm>
#include <cmath>

namespace pilothouse::metrics {

namespace {

constexpr std::size_t exactBelow = 25; ///< discordant rows

} // namespace

Result<PairedTest> mcNemarTest(const Scored &a, const Scored &b) {
    PH_TRY(checkScored(a));
    PH_TRY(checkScored(b));
    if (!a.isClassification() || a.classes != b.classes || a.truth != b.truth)
        return invalid(QStringLiteral("McNemar's test needs two classifiers on the same rows."));
    std::size_t onlyA = 0, onlyB = 0;
    for (std::size_t i = 0; i < a.count; ++i) {
        const bool rightA = a.predicted[i] == a.truth[i], rightB = b.predicted[i] == b.truth[i];
        onlyA += rightA && !rightB ? 1 : 0;
        onlyB += rightB && !rightA ? 1 : 0;
    }
    PairedTest test;
    test.rows = a.count;
    test.loss = QStringLiteral("0/1 loss");
    test.meanDifference = (double(onlyA) - double(onlyB)) / double(a.count);
    const std::size_t discordant = onlyA + onlyB;
    if (discordant < exactBelow) {
        test.name = QStringLiteral("McNemar's exact test, %1 discordant rows, two-sided").arg(discordant);
        if (discordant > 0)
            test.p = std::min(1.0, 2 * cdf(boost::math::binomial(double(discordant), 0.5), double(std::min(onlyA, onlyB))));
        return test;
    }
    const double beyond = std::max(0.0, std::abs(double(onlyA) - double(onlyB)) - 1), chi = beyond * beyond / double(discordant);
    test.name = QStringLiteral("McNemar's χ² test with continuity correction, %1 discordant rows").arg(discordant);
    test.statistic = onlyA >= onlyB ? chi : -chi;
    test.p = cdf(complement(boost::math::chi_squared(1), chi));
    return test;
}

} // namespace pilothouse::metrics

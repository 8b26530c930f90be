// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metrics.h"

#include <span>

namespace pilothouse::metrics {

/// Is the difference between two models on the same rows more than chance? All tests are two-sided.
struct PairedTest {
    QString name;         ///< "McNemar's exact test, 17 discordant rows"
    QString loss;         ///< what is compared: "absolute error", "0/1 loss", "1 − AUC", …
    double p = 1;         ///< 1 where the two do not differ at all
    double statistic = 0; ///< of the test, with the sign of meanDifference; 0 for counting tests (exact, sign flips)
    double meanDifference = 0; ///< loss of b − loss of a; below 0: b is better
    std::size_t rows = 0;
};

/// The test that fits the metric a model was selected by:
///   counts of right answers (accuracy, f1, mcc, …)   McNemar
///   roc_auc of two classes                           DeLong
///   a forecast (horizon > 0)                         Diebold-Mariano on the metric's own loss, rows in the order of time
///   anything else                                    sign flips of the metric's own loss of each row
/// Where the first choice has no answer (no variance, too few rows) the sign flips stand in, and the name says why.
/// @param horizon steps of a forecast; 0: the rows do not depend on each other
/// Invalid if the two have not the same truth.
Result<PairedTest> pairedTestFor(const QString &metric, const Scored &a, const Scored &b, std::size_t horizon, quint64 seed = 7);

/// Random signs of each row's difference: (1 + extreme) / (1 + rounds); exact over all 2^n flips up to 12 rows; above 20,000
/// rows the normal limit. Invalid for empty or unequal lengths.
Result<PairedTest> signFlipTest(std::span<const double> lossA, std::span<const double> lossB, int rounds = 9999, quint64 seed = 7);

/// McNemar (1947): rows that only one of the two gets right. Below 25 of them exact (binomial), else χ² with Edwards' continuity
/// correction, as statsmodels' mcnemar(exact, correction) computes them.
Result<PairedTest> mcNemarTest(const Scored &a, const Scored &b);

/// DeLong, DeLong, Clarke-Pearson (1988): difference of two correlated areas under the ROC curve, ties by mid-ranks (Sun, Xu 2014).
/// Invalid without probabilities, for other than two classes, one class only, or no variance.
Result<PairedTest> deLongTest(const Scored &a, const Scored &b);

/// Diebold, Mariano (1995) on losses in the order of time: variance from horizon − 1 autocovariances, corrected for small samples
/// by Harvey, Leybourne, Newbold (1997), Student's t with n − 1 degrees of freedom. If that variance is not positive, the one of
/// one step is used, as R's forecast::dm.test does, and the name says so. Invalid if no variance is positive, or for too few rows.
Result<PairedTest> dieboldMarianoTest(std::span<const double> lossA, std::span<const double> lossB, std::size_t horizon);

} // namespace pilothouse::metrics

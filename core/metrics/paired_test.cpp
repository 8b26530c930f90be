// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/paired_test.h"

#include "core/metrics/metric_entry.h"

namespace pilothouse::metrics {

namespace {

/// Metrics that count right and wrong answers, whatever their probability.
bool countsAnswers(const QString &metric) {
    const MetricEntry *entry = metricEntry(metric);
    return entry && entry->rowLoss == RowLoss::ZeroOne;
}

} // namespace

Result<PairedTest> pairedTestFor(const QString &metric, const Scored &a, const Scored &b, std::size_t horizon, quint64 seed) {
    if (a.truth != b.truth || a.classes != b.classes)
        return invalid(QStringLiteral("The two models were not scored on the same rows, so they cannot be compared in pairs."));
    const std::vector<double> lossA = rowLosses(a, metric), lossB = rowLosses(b, metric);
    Result<PairedTest> first = a.isClassification() && countsAnswers(metric)    ? mcNemarTest(a, b)
                               : a.classes == 2 && metric == QLatin1String("roc_auc")       ? deLongTest(a, b)
                               : !a.isClassification() && horizon > 0           ? dieboldMarianoTest(lossA, lossB, horizon)
                                                                                : signFlipTest(lossA, lossB, 9999, seed);
    const bool chosen = bool(first);
    if (!chosen) {
        const QString why = first.error().what;
        first = signFlipTest(lossA, lossB, 9999, seed);
        if (!first)
            return first;
        first->name += QStringLiteral(" (%1)").arg(why);
    }
    if (first->loss.isEmpty())
        first->loss = rowLossName(a, metric);
    return first;
}

} // namespace pilothouse::metrics

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metrics.h"
#include "core/metrics/paired_test.h"
#include "core/metrics/resampling.h"

namespace pilothouse::metrics {

/// A metric of one model, with its 95 % percentile bootstrap interval (NaN as below).
struct MetricInterval {
    QString metric;
    double value = 0, low = 0, high = 0;
};
/// Invalid if a metric is not one of these rows, or `how` is for another number of rows. Deterministic in the seed, whatever the threads.
Result<std::vector<MetricInterval>> bootstrapIntervals(const QStringList &metrics, const Scored &scored, const Resampling &how);

/// A metric of two models on the same rows. change = b − a; low … high is the 95 % percentile interval of the change over bootstrap
/// resamples of the rows, the same resample for both (NaN where fewer than 90 % of the resamples define the metric, or where
/// the rows are too few for any).
struct PairedInterval {
    QString metric;
    double a = 0, b = 0, change = 0, low = 0, high = 0;
    int rounds = 0;
    Interval ofA = {}, ofB = {}; ///< of each model's own value, from the same resamples
};

/// @param how resamplingFor() these rows: a forecast's rows, which must stand in the order of time, are drawn in blocks
/// Invalid if the two have not the same truth, a metric is not theirs, or `how` is for another number of rows. Deterministic in
/// the seed, whatever the threads.
Result<std::vector<PairedInterval>> pairedBootstrap(const QStringList &metrics, const Scored &a, const Scored &b, const Resampling &how);

/// Of b against a, by the interval alone: "better", "worse" or "not distinguishable" (0 lies within, or there is no interval).
QString verdictOf(const PairedInterval &interval, bool largerIsBetter);

/// Where the interval's verdict and the paired test at 5 % contradict each other, that in a sentence; else empty. They measure
/// different things (the metric itself; a loss whose mean it is or comes near to), so either may be right.
QString disagreement(const PairedInterval &interval, bool largerIsBetter, const PairedTest &test);

} // namespace pilothouse::metrics

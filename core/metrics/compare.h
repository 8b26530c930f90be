// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metrics.h"

namespace pilothouse::metrics {

/// A metric of two models on the same rows. change = b − a; low … high is the 95 % percentile interval of the change over bootstrap
/// resamples of the rows, the same resample for both (NaN where fewer than 90 % of the resamples define the metric).
struct PairedInterval {
    QString metric;
    double a = 0, b = 0, change = 0, low = 0, high = 0;
    int rounds = 0;
};

/// Invalid if the two have not the same truth, or a metric is not theirs. Deterministic in the seed, whatever the threads.
Result<std::vector<PairedInterval>> pairedBootstrap(const QStringList &metrics, const Scored &a, const Scored &b, int rounds = 1000,
                                                    quint64 seed = 7);

} // namespace pilothouse::metrics

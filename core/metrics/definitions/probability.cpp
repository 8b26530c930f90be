// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_entry.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::metrics {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

double meanOf(const Draw &draw, const std::vector<double> &losses) {
    return losses.empty() ? undefined : draw.meanOverRows([&](std::size_t i) { return losses[i]; });
}

double logLoss(const Draw &draw) { return meanOf(draw, draw.rows.logLosses()); }
double brier(const Draw &draw) { return meanOf(draw, draw.rows.brierLosses()); }

/// Expected calibration error of the most probable class, 15 equal bins (lower, upper] (Guo, Pleiss, Sun, Weinberger 2017).
double calibrationError(const Draw &draw) {
    if (!draw.rows.hasScores())
        return undefined;
    constexpr std::size_t bins = 15;
    double sure[bins] = {}, right[bins] = {}, total = 0, error = 0;
    const std::size_t k = draw.scored.classes;
    for (std::size_t i = 0; i < draw.scored.count; ++i) {
        const double *p = draw.scored.probabilities.data() + i * k, *most = std::max_element(p, p + k);
        const auto bin = std::size_t(std::clamp(std::ceil(*most * bins) - 1, 0.0, double(bins - 1)));
        const double w = draw.weight(i);
        sure[bin] += w * *most;
        right[bin] += most - p == std::ptrdiff_t(draw.scored.truth[i]) ? w : 0;
        total += w;
    }
    for (std::size_t b = 0; b < bins; ++b)
        error += std::abs(sure[b] - right[b]) / total;
    return error;
}

} // namespace

PILOTHOUSE_LOSS(log_loss, classes, 80, LogLoss, logLoss)
PILOTHOUSE_LOSS(brier, classes, 90, Brier, brier)
PILOTHOUSE_LOSS(ece, classes, 100, LogLoss, calibrationError)

} // namespace pilothouse::metrics

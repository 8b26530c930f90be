// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_entry.h"

#include <cmath>
#include <limits>

namespace pilothouse::metrics {

namespace {

/// Undefined where a true value that was drawn is 0.
double mape(const Draw &draw) {
    const double mean = draw.meanOverValues([&](std::size_t v) { return draw.rows.absoluteErrors()[v] / std::abs(draw.scored.truth[v]); });
    return std::isfinite(mean) ? mean : std::numeric_limits<double>::quiet_NaN();
}

/// 2·|error| / (|truth| + |predicted|), 0 to 2, 0/0 = 0 (M4 competition).
double smape(const Draw &draw) {
    return draw.meanOverValues([&](std::size_t v) {
        const double size = std::abs(draw.scored.truth[v]) + std::abs(draw.scored.predicted[v]);
        return size == 0 ? 0 : 2 * draw.rows.absoluteErrors()[v] / size;
    });
}

} // namespace

PILOTHOUSE_LOSS(mape, numbers | severalTargets, 70, Relative, mape)
PILOTHOUSE_LOSS(smape, numbers | severalTargets, 90, Symmetric, smape)

} // namespace pilothouse::metrics

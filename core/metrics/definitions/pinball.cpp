// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_entry.h"

namespace pilothouse::metrics {

namespace {

/// Quantile loss (Koenker, Bassett 1978) of a forecast of the quantile.
double pinball(const Draw &draw, double quantile) {
    return draw.meanOverValues([&](std::size_t v) {
        return draw.rows.absoluteErrors()[v] * (draw.scored.truth[v] > draw.scored.predicted[v] ? quantile : 1 - quantile);
    });
}

} // namespace

PILOTHOUSE_LOSS(pinball_10, numbers, 100, Pinball10, [](const Draw &draw) { return pinball(draw, 0.1); })
PILOTHOUSE_LOSS(pinball_50, numbers, 110, Absolute, [](const Draw &draw) { return pinball(draw, 0.5); })
PILOTHOUSE_LOSS(pinball_90, numbers, 120, Pinball90, [](const Draw &draw) { return pinball(draw, 0.9); })

} // namespace pilothouse::metrics

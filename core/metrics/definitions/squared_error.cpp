// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_entry.h"

#include <cmath>

namespace pilothouse::metrics {

namespace {

double mse(const Draw &draw) {
    return draw.meanOverValues([&](std::size_t v) { return draw.rows.absoluteErrors()[v] * draw.rows.absoluteErrors()[v]; });
}

double rmse(const Draw &draw) { return std::sqrt(mse(draw)); }

} // namespace

PILOTHOUSE_LOSS(rmse, numbers, 30, Squared, rmse)
PILOTHOUSE_LOSS(mse, numbers, 40, Squared, mse)

} // namespace pilothouse::metrics

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_entry.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::metrics {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

double mae(const Draw &draw) {
    return draw.meanOverValues([&](std::size_t v) { return draw.rows.absoluteErrors()[v]; });
}

double medianError(const Draw &draw) {
    const std::vector<double> &errors = draw.rows.absoluteErrors();
    const std::size_t outputs = draw.scored.outputs;
    double total = 0;
    for (std::size_t i = 0; i < draw.scored.count; ++i)
        total += draw.weight(i) * double(outputs);
    const double lower = std::floor((total - 1) / 2), upper = std::floor(total / 2);
    double seen = 0, low = undefined;
    for (const std::uint32_t v : draw.rows.byError()) {
        seen += draw.weight(v / outputs);
        if (std::isnan(low) && seen > lower)
            low = errors[v];
        if (seen > upper)
            return (low + errors[v]) / 2;
    }
    return undefined;
}

double maxError(const Draw &draw) {
    const std::vector<std::uint32_t> &order = draw.rows.byError();
    for (auto v = order.rbegin(); v != order.rend(); ++v)
        if (draw.weight(*v / draw.scored.outputs) > 0)
            return draw.rows.absoluteErrors()[*v];
    return undefined;
}

/// Hyndman, Koehler (2006), equation 3 with a seasonal naive forecast: the mean absolute error in units of that of the training
/// rows' seasonal naive forecast. Below 1: better than that one was. Undefined where its error is 0 or not known. Of several targets the
/// mean, each in units of its own.
double mase(const Draw &draw) {
    const std::vector<double> &scales = draw.scored.naiveScales;
    if (scales.empty() || !std::all_of(scales.begin(), scales.end(), [](double scale) { return scale > 0; }))
        return undefined;
    if (scales.size() == 1)
        return mae(draw) / scales.front();
    const std::size_t outputs = draw.scored.outputs, horizon = outputs / scales.size();
    return draw.meanOverValues([&](std::size_t v) { return draw.rows.absoluteErrors()[v] / scales[v % outputs / horizon]; });
}

} // namespace

PILOTHOUSE_LOSS(mae, numbers, 20, Absolute, mae)
PILOTHOUSE_LOSS(median_ae, numbers, 50, Absolute, medianError)
PILOTHOUSE_LOSS(max_error, numbers, 60, Absolute, maxError)
PILOTHOUSE_LOSS(mase, forecasts | severalTargets, 75, Scaled, mase)

} // namespace pilothouse::metrics

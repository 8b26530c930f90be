// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/resampling.h"

#include "core/metrics/random.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::metrics {

namespace {

/// Linear interpolation between order statistics, as numpy's default.
double quantile(const std::vector<double> &sorted, double q) {
    const double h = double(sorted.size() - 1) * q;
    const auto below = std::size_t(h);
    return below + 1 < sorted.size() ? sorted[below] + (h - double(below)) * (sorted[below + 1] - sorted[below]) : sorted[below];
}

} // namespace

void Resampling::draw(std::size_t round, std::vector<std::uint32_t> &counts) const {
    counts.assign(rows, 0u);
    Random random(seed, round);
    if (block <= 1) {
        for (std::size_t i = 0; i < rows; ++i)
            ++counts[random.below(rows)];
        return;
    }
    for (std::size_t drawn = 0; drawn < rows;) { // the last block is cut, so that a round has as many rows as there are
        std::size_t row = random.below(rows);
        for (const std::size_t end = std::min(rows, drawn + block); drawn < end; ++drawn) {
            ++counts[row];
            row = row + 1 == rows ? 0 : row + 1;
        }
    }
}

QString Resampling::text() const {
    if (block == 0)
        return rows < leastRows ? QStringLiteral("none: fewer than %1 rows").arg(leastRows) : QStringLiteral("none: fewer rows than four horizons");
    const QString what = block == 1 ? QStringLiteral("single rows") : QStringLiteral("circular blocks of %1 rows").arg(block);
    return QStringLiteral("%1, %2 rounds, seed %3").arg(what).arg(rounds).arg(seed);
}

QJsonObject Resampling::toJson() const {
    const QString method = block == 0 ? QStringLiteral("none") : block == 1 ? QStringLiteral("rows") : QStringLiteral("circular_blocks");
    return {{QStringLiteral("method"), method}, {QStringLiteral("block"), qint64(block)}, {QStringLiteral("rounds"), rounds}, {QStringLiteral("seed"), qint64(seed)},
            {QStringLiteral("text"), text()}};
}

Resampling resamplingFor(std::size_t rows, std::size_t horizon, int rounds, quint64 seed) {
    Resampling how{rows, rows < leastRows ? std::size_t(0) : std::size_t(1), rounds, seed};
    if (horizon == 0 || how.block == 0)
        return how;
    const auto cubeRoot = std::size_t(std::ceil(std::cbrt(double(rows)) - 1e-9));
    how.block = rows < 4 * horizon ? 0 : std::max(horizon, std::min(std::max(2 * horizon, cubeRoot), rows / 4));
    return how;
}

Interval percentileInterval(std::vector<double> values) {
    const std::size_t rounds = values.size();
    std::erase_if(values, [](double v) { return std::isnan(v); });
    std::sort(values.begin(), values.end());
    if (values.empty() || double(values.size()) < 0.9 * double(rounds))
        return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
    return {quantile(values, 0.025), quantile(values, 0.975)};
}

} // namespace pilothouse::metrics

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/compare.h"

#include "core/base/task.h"
#include "core/metrics/evaluator.h"
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

Result<std::vector<PairedInterval>> pairedBootstrap(const QStringList &metrics, const Scored &a, const Scored &b, int rounds, quint64 seed) {
    PH_TRY(checkScored(a));
    PH_TRY(checkScored(b));
    if (a.truth != b.truth || a.classes != b.classes)
        return invalid(QStringLiteral("The two models were not scored on the same rows, so they cannot be compared in pairs."));
    const QStringList known = metricNames(a.classes);
    for (const QString &metric : metrics)
        if (!known.contains(metric))
            return invalid(QStringLiteral("%1 is no metric of these rows.").arg(metric), {}, QStringLiteral("Known: %1.").arg(known.join(QLatin1String(", "))));
    const Evaluator first(a), second(b);
    std::vector<std::vector<double>> changes(std::size_t(metrics.size()), std::vector<double>(std::size_t(rounds)));
    parallelFor(std::size_t(rounds), 8, [&](std::size_t from, std::size_t to) {
        std::vector<std::uint32_t> counts(a.count);
        for (std::size_t round = from; round < to; ++round) {
            std::fill(counts.begin(), counts.end(), 0u);
            Random random(seed, round);
            for (std::size_t i = 0; i < a.count; ++i)
                ++counts[random.below(a.count)];
            for (std::size_t m = 0; m < changes.size(); ++m)
                changes[m][round] = second.value(metrics[qsizetype(m)], counts) - first.value(metrics[qsizetype(m)], counts);
        }
    });
    std::vector<PairedInterval> intervals;
    for (std::size_t m = 0; m < changes.size(); ++m) {
        PairedInterval interval;
        interval.metric = metrics[qsizetype(m)];
        interval.a = first.value(interval.metric);
        interval.b = second.value(interval.metric);
        interval.change = interval.b - interval.a;
        interval.rounds = rounds;
        std::vector<double> &all = changes[m];
        std::erase_if(all, [](double v) { return std::isnan(v); });
        std::sort(all.begin(), all.end());
        const bool enough = !all.empty() && double(all.size()) >= 0.9 * rounds;
        interval.low = enough ? quantile(all, 0.025) : std::numeric_limits<double>::quiet_NaN();
        interval.high = enough ? quantile(all, 0.975) : std::numeric_limits<double>::quiet_NaN();
        intervals.push_back(interval);
    }
    return intervals;
}

} // namespace pilothouse::metrics

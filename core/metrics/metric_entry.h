// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/evaluator.h"

namespace pilothouse::metrics {

/// What a metric can be asked of.
inline constexpr unsigned numbers = 1, twoClasses = 2, manyClasses = 4, forecasts = 8; ///< numbers: regression and forecast
inline constexpr unsigned severalTargets = 16; ///< also of a forecast of several targets: it has no unit, so that its mean over them says something
inline constexpr unsigned classes = twoClasses | manyClasses;

/// The loss of one row that a metric is a mean of, or comes nearest to: what a paired test compares.
enum class RowLoss { Absolute, Scaled, Squared, Relative, Symmetric, Pinball10, Pinball90, ZeroOne, LogLoss, Brier };

/// A metric that recipes, gates and sheets may name. Each file of core/metrics/definitions defines one or a family of them by
/// PILOTHOUSE_SCORE(name, tasks, rank, rowLoss, value), larger is better, or PILOTHOUSE_LOSS(…), smaller is better, at the
/// beginning of a line; CMake collects the names (for the recipe's check) and the entries (for metricNames and Evaluator).
struct MetricEntry {
    const char *name;
    bool largerIsBetter;
    unsigned tasks;
    int rank; ///< place in lists, the most important first
    RowLoss rowLoss;
    double (*value)(const Draw &draw); ///< NaN: undefined on these rows. Any thread.
    bool isFor(const Scored &scored) const { return isFor(scored.classes, scored.isForecast(), scored.targets() > 1); }
    bool isFor(std::size_t classCount, bool forecast, bool several) const {
        return tasks & (classCount > 2 ? manyClasses : classCount == 2 ? twoClasses : several ? severalTargets : forecast ? numbers | forecasts : numbers);
    }
};

/// All of them, by rank.
const std::vector<const MetricEntry *> &metricTable();
/// Null for a name that is no metric.
const MetricEntry *metricEntry(const QString &name);

} // namespace pilothouse::metrics

#define PILOTHOUSE_METRIC_ENTRY(name, larger, tasks, rank, rowLoss, ...)                                                                            \
    const MetricEntry &metricEntry_##name() {                                                                                                       \
        static const MetricEntry entry{#name, larger, tasks, rank, RowLoss::rowLoss, __VA_ARGS__};                                                  \
        return entry;                                                                                                                               \
    }
#define PILOTHOUSE_SCORE(name, tasks, rank, rowLoss, ...) PILOTHOUSE_METRIC_ENTRY(name, true, tasks, rank, rowLoss, __VA_ARGS__)
#define PILOTHOUSE_LOSS(name, tasks, rank, rowLoss, ...) PILOTHOUSE_METRIC_ENTRY(name, false, tasks, rank, rowLoss, __VA_ARGS__)

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/compare.h"

#include "core/base/task.h"
#include "core/metrics/metric_entry.h"

#include <cmath>

namespace pilothouse::metrics {

namespace {

/// The definitions of these names; Invalid and named: one that is no metric of the rows, rows that `how` was not set up for.
Result<std::vector<const MetricEntry *>> entriesFor(const QStringList &metrics, const Scored &scored, const Resampling &how) {
    PH_TRY(checkScored(scored));
    if (how.rows != scored.count)
        return invalid(QStringLiteral("The bootstrap was set up for %1 rows, and there are %2.").arg(how.rows).arg(scored.count));
    std::vector<const MetricEntry *> entries;
    for (const QString &metric : metrics) {
        entries.push_back(metricEntry(metric));
        if (!entries.back() || !entries.back()->isFor(scored))
            return invalid(QStringLiteral("%1 is no metric of these rows.").arg(metric), {}, QStringLiteral("Known: %1.").arg(metricNames(scored).join(QLatin1String(", "))));
    }
    return entries;
}

/// Values of each metric over the rounds, [metric][round], for each evaluator.
using Rounds = std::vector<std::vector<double>>;
std::vector<Rounds> drawRounds(const std::vector<const MetricEntry *> &entries, const std::vector<const Evaluator *> &models, const Resampling &how) {
    const std::size_t rounds = how.block == 0 ? 0 : std::size_t(how.rounds);
    std::vector<Rounds> out(models.size(), Rounds(entries.size(), std::vector<double>(rounds)));
    parallelFor(rounds, 8, [&](std::size_t from, std::size_t to) {
        Counts counts;
        for (std::size_t round = from; round < to; ++round) {
            how.draw(round, counts);
            for (std::size_t model = 0; model < models.size(); ++model) {
                const std::vector<double> values = models[model]->values(entries, counts);
                for (std::size_t m = 0; m < values.size(); ++m)
                    out[model][m][round] = values[m];
            }
        }
    });
    return out;
}

} // namespace

Result<std::vector<MetricInterval>> bootstrapIntervals(const QStringList &metrics, const Scored &scored, const Resampling &how) {
    PH_ASSIGN(const auto entries, entriesFor(metrics, scored, how));
    const Evaluator evaluator(scored);
    const std::vector<double> values = evaluator.values(entries);
    std::vector<Rounds> rounds = drawRounds(entries, {&evaluator}, how);
    std::vector<MetricInterval> intervals;
    for (std::size_t m = 0; m < entries.size(); ++m) {
        const Interval range = percentileInterval(std::move(rounds[0][m]));
        intervals.push_back({metrics[qsizetype(m)], values[m], range.low, range.high});
    }
    return intervals;
}

Result<std::vector<PairedInterval>> pairedBootstrap(const QStringList &metrics, const Scored &a, const Scored &b, const Resampling &how) {
    PH_TRY(checkScored(b));
    if (a.truth != b.truth || a.classes != b.classes)
        return invalid(QStringLiteral("The two models were not scored on the same rows, so they cannot be compared in pairs."));
    PH_ASSIGN(const auto entries, entriesFor(metrics, a, how));
    const Evaluator first(a), second(b);
    const std::vector<double> ofA = first.values(entries), ofB = second.values(entries);
    std::vector<Rounds> rounds = drawRounds(entries, {&first, &second}, how);
    std::vector<PairedInterval> intervals;
    for (std::size_t m = 0; m < entries.size(); ++m) {
        std::vector<double> changes(rounds[0][m].size());
        for (std::size_t round = 0; round < changes.size(); ++round)
            changes[round] = rounds[1][m][round] - rounds[0][m][round];
        const int drawn = int(changes.size());
        const Interval range = percentileInterval(std::move(changes));
        intervals.push_back({metrics[qsizetype(m)], ofA[m], ofB[m], ofB[m] - ofA[m], range.low, range.high, drawn,
                             percentileInterval(std::move(rounds[0][m])), percentileInterval(std::move(rounds[1][m]))});
    }
    return intervals;
}

QString verdictOf(const PairedInterval &interval, bool largerIsBetter) {
    if (std::isnan(interval.low) || std::isnan(interval.high) || (interval.low <= 0 && interval.high >= 0))
        return QStringLiteral("not distinguishable");
    return (interval.low > 0) == largerIsBetter ? QStringLiteral("better") : QStringLiteral("worse");
}

QString disagreement(const PairedInterval &interval, bool largerIsBetter, const PairedTest &test) {
    const bool found = test.p < 0.05;
    const QString p = QStringLiteral("p = %1 (%2, on %3)").arg(test.p, 0, 'g', 3).arg(test.name, test.loss);
    if (std::isnan(interval.low) || std::isnan(interval.high))
        return found ? QStringLiteral("There is no interval on these rows; the paired test alone sees a difference: %1.").arg(p) : QString();
    const QString verdict = verdictOf(interval, largerIsBetter);
    const bool told = verdict != QLatin1String("not distinguishable");
    if (told && !found)
        return QStringLiteral("Interval and paired test contradict each other: the interval of %1 excludes 0, but the test sees no difference, %2.").arg(interval.metric, p);
    if (!told && found)
        return QStringLiteral("Interval and paired test contradict each other: the interval of %1 includes 0, but the test sees a difference, %2.").arg(interval.metric, p);
    if (told && (verdict == QLatin1String("better")) != (test.meanDifference < 0))
        return QStringLiteral("Interval and paired test contradict each other: by %1 it is %2, by the test's loss the other way round, %3.").arg(interval.metric, verdict, p);
    return {};
}

} // namespace pilothouse::metrics

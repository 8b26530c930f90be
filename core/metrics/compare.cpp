// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/compare.h"

#include "core/base/task.h"
#include "core/metrics/evaluator.h"

#include <cmath>

namespace pilothouse::metrics {

Result<std::vector<PairedInterval>> pairedBootstrap(const QStringList &metrics, const Scored &a, const Scored &b, const Resampling &how) {
    PH_TRY(checkScored(a));
    PH_TRY(checkScored(b));
    if (a.truth != b.truth || a.classes != b.classes)
        return invalid(QStringLiteral("The two models were not scored on the same rows, so they cannot be compared in pairs."));
    if (how.rows != a.count)
        return invalid(QStringLiteral("The bootstrap was set up for %1 rows, and there are %2.").arg(how.rows).arg(a.count));
    const QStringList known = metricNames(a.classes);
    for (const QString &metric : metrics)
        if (!known.contains(metric))
            return invalid(QStringLiteral("%1 is no metric of these rows.").arg(metric), {}, QStringLiteral("Known: %1.").arg(known.join(QLatin1String(", "))));
    const Evaluator first(a), second(b);
    const std::size_t rounds = how.block == 0 ? 0 : std::size_t(how.rounds);
    std::vector<std::vector<double>> changes(std::size_t(metrics.size()), std::vector<double>(rounds));
    parallelFor(rounds, 8, [&](std::size_t from, std::size_t to) {
        std::vector<std::uint32_t> counts;
        for (std::size_t round = from; round < to; ++round) {
            how.draw(round, counts);
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
        interval.rounds = int(rounds);
        const Interval range = percentileInterval(std::move(changes[m]));
        interval.low = range.low;
        interval.high = range.high;
        intervals.push_back(interval);
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

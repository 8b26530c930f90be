// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/class_report.h"

#include "core/base/task.h"
#include "core/metrics/evaluator.h"

#include <limits>

namespace pilothouse::metrics {

Result<std::vector<ClassFigures>> classReport(const Scored &scored, const Resampling &how) {
    PH_TRY(checkScored(scored));
    if (!scored.isClassification())
        return invalid(QStringLiteral("Precision and recall are figures of classes; these rows have none."));
    if (how.rows != scored.count)
        return invalid(QStringLiteral("The bootstrap was set up for %1 rows, and there are %2.").arg(how.rows).arg(scored.count));
    const Evaluator evaluator(scored);
    const std::size_t k = scored.classes, rounds = how.block == 0 ? 0 : std::size_t(how.rounds);
    std::vector<std::vector<double>> precisions(k, std::vector<double>(rounds)), recalls = precisions, f1s = precisions;
    parallelFor(rounds, 8, [&](std::size_t from, std::size_t to) {
        constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
        Counts counts;
        for (std::size_t round = from; round < to; ++round) {
            how.draw(round, counts);
            const Draw draw(evaluator, counts);
            const Confusion &c = draw.confusion();
            for (std::size_t i = 0; i < k; ++i) {
                precisions[i][round] = c.predicted[i] > 0 ? c.precision(i) : undefined;
                recalls[i][round] = c.truth[i] > 0 ? c.recall(i) : undefined;
                f1s[i][round] = c.truth[i] + c.predicted[i] > 0 ? c.f1(i) : undefined;
            }
        }
    });
    const Counts once;
    const Draw all(evaluator, once);
    const Confusion &c = all.confusion();
    std::vector<ClassFigures> report;
    for (std::size_t i = 0; i < k; ++i)
        report.push_back({std::size_t(c.truth[i]), std::size_t(c.predicted[i]), c.precision(i), c.recall(i), c.f1(i), percentileInterval(std::move(precisions[i])),
                          percentileInterval(std::move(recalls[i])), percentileInterval(std::move(f1s[i]))});
    return report;
}

} // namespace pilothouse::metrics

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/naive_figures.h"

#include "core/metrics/targets.h"

namespace pilothouse::learn {

Result<void> judgeNaive(const std::vector<NaiveModel> &models, const artifact::LabelledRows &rows, const std::vector<double> &naiveScales, TrainResult &result) {
    for (const NaiveModel &naive : models) {
        const artifact::Signature &signature = naive.scorer->signature();
        const QStringList targets = signature.targets();
        const QString by = workspace::defaultMetric(workspace::TaskKind::Forecast, std::size_t(targets.size())); // only forecasts have more than one
        const bool larger = workspace::largerIsBetter(by);
        PH_ASSIGN(metrics::Scored scored, artifact::scoreRows(*naive.scorer, rows));
        if (!naiveScales.empty())
            scored.naiveScales = naiveScales;
        PH_ASSIGN(const MetricValues values, metrics::allMetrics(scored));
        PH_ASSIGN(const std::vector<metrics::TargetValues> byTarget, metrics::allMetricsByTarget(scored, targets));
        result.targets.resize(byTarget.size());
        if (signature.horizon() > 0)
            result.baselines.insert(naive.name, values);
        const bool better = result.baselineName.isEmpty() || (larger ? values.value(by) > result.baseline.value(by) : values.value(by) < result.baseline.value(by));
        for (std::size_t t = 0; t < byTarget.size(); ++t) {
            result.targets[t].target = byTarget[t].target;
            result.targets[t].baselines.insert(naive.name, byTarget[t].values);
            if (better)
                result.targets[t].baseline = byTarget[t].values;
        }
        if (better) {
            result.baselineName = naive.name;
            result.baseline = values;
        }
    }
    return {};
}

} // namespace pilothouse::learn

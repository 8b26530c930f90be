// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/targets.h"

#include "core/workspace/recipe.h"

namespace pilothouse::metrics {

Scored ofTarget(const Scored &scored, std::size_t target) {
    const std::size_t horizon = scored.outputs / scored.targets();
    Scored one{scored.count, horizon, 0, {}, {}, {}, {scored.naiveScales[target]}};
    one.truth.reserve(scored.count * horizon);
    one.predicted.reserve(scored.count * horizon);
    for (std::size_t row = 0; row < scored.count; ++row) {
        const auto from = std::ptrdiff_t(row * scored.outputs + target * horizon), to = from + std::ptrdiff_t(horizon);
        one.truth.insert(one.truth.end(), scored.truth.begin() + from, scored.truth.begin() + to);
        one.predicted.insert(one.predicted.end(), scored.predicted.begin() + from, scored.predicted.begin() + to);
    }
    return one;
}

Result<std::vector<TargetValues>> allMetricsByTarget(const Scored &scored, const QStringList &targets) {
    std::vector<TargetValues> all;
    for (std::size_t t = 0; scored.targets() > 1 && t < scored.targets(); ++t) {
        PH_ASSIGN(Values values, allMetrics(ofTarget(scored, t)));
        all.push_back({targets.value(qsizetype(t)), std::move(values)});
    }
    return all;
}

Values withTargets(Values values, const std::vector<TargetValues> &targets) {
    for (const TargetValues &one : targets)
        for (auto it = one.values.begin(); it != one.values.end(); ++it)
            values.insert(workspace::metricOfTarget(it.key(), one.target), it.value());
    return values;
}

Values withTargets(const QJsonObject &test, const QJsonArray &targets) {
    std::vector<TargetValues> each;
    for (const QJsonValue &one : targets)
        each.push_back({one[QLatin1String("target")].toString(), valuesFromJson(one[QLatin1String("test")].toObject())});
    return withTargets(valuesFromJson(test), each);
}

} // namespace pilothouse::metrics

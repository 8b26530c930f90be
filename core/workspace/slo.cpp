// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/slo.h"

namespace pilothouse::workspace {

namespace {
const QString availability = QStringLiteral("availability"), latency = QStringLiteral("latency_p95");
} // namespace

QStringList sloMetrics() { return {availability, latency}; }

bool isSloMetric(const QString &metric) { return metric == availability || metric == latency; }

Slo sloOf(const Model &model) {
    Slo out;
    for (const Model::Watch &watch : model.watch) {
        if (watch.metric == availability && watch.min)
            out.availability = watch.min;
        if (watch.metric == latency && watch.max)
            out.latencyP95 = watch.max;
    }
    return out;
}

QString sloProblem(const Model::Watch &watch) {
    if (watch.metric == availability && (!watch.min || watch.max || *watch.min <= 0 || *watch.min >= 100))
        return QStringLiteral("availability needs min, a percentage below 100, and no max.");
    if (watch.metric == latency && (!watch.max || watch.min || *watch.max <= 0))
        return QStringLiteral("latency_p95 needs max, milliseconds above 0, and no min.");
    return {};
}

} // namespace pilothouse::workspace

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/workspace.h"

namespace pilothouse::workspace {

/// What a service promises (service level objective), as a model's `watch:` states it: {metric: availability, min: 99.9}, {metric: latency_p95, max: 100}.
struct Slo {
    std::optional<double> availability; ///< percent of the requests that are not answered with 5xx
    std::optional<double> latencyP95;   ///< ms that 95 % of the answers keep
    bool stated() const { return availability || latencyP95; }
    bool operator==(const Slo &) const = default;
};
/// Of a service, not of a model's predictions: no labels tell it.
bool isSloMetric(const QString &metric);
QStringList sloMetrics();
Slo sloOf(const Model &model);
/// Why a watch on such a metric says nothing; empty: it does.
QString sloProblem(const Model::Watch &watch);

} // namespace pilothouse::workspace

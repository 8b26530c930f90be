// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/telemetry/access_log.h"
#include "core/workspace/slo.h"

#include <QJsonObject>

namespace pilothouse::telemetry {

/// Of one stretch of time: requests (or their rate) and those that failed.
struct SloPoint {
    double requests = 0;
    std::optional<double> failed, p95; ///< p95: ms; nullopt: not known
};

/// A promise against what was seen.
struct SloReading {
    workspace::Slo slo;
    double requests = 0;                ///< of which it is known whether they failed
    std::optional<double> availability; ///< percent; nothing was asked: none
    std::optional<double> budgetUsed;   ///< of the failures that the availability allows: 1 is all of it
    int stretches = 0, slow = 0;        ///< with a p95, and those where it is above the promise
    std::optional<bool> available, quick; ///< kept; nullopt: not promised, or not known
    bool kept() const { return available.value_or(true) && quick.value_or(true); }
    /// {"availability":{"promised","seen","budget_used","kept"},"latency_p95":{"promised_ms","stretches","slow","kept"}}; what is not promised is absent.
    QJsonObject toJson() const;
};

/// The latency is kept where at most one stretch of twenty has a p95 above it (percentiles of stretches cannot be added up). Pure.
SloReading readSlo(const workspace::Slo &slo, const std::vector<SloPoint> &points);
SloReading readSlo(const workspace::Slo &slo, const ServiceTraffic &traffic);

} // namespace pilothouse::telemetry

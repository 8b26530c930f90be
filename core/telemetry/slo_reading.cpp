// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/slo_reading.h"

namespace pilothouse::telemetry {

namespace {
using Q = QLatin1String;
constexpr int slowOf = 20; ///< one stretch of so many may be slow
QJsonValue maybe(const std::optional<double> &value) { return value ? QJsonValue(*value) : QJsonValue(); }
QJsonValue maybe(const std::optional<bool> &value) { return value ? QJsonValue(*value) : QJsonValue(); }
} // namespace

SloReading readSlo(const workspace::Slo &slo, const std::vector<SloPoint> &points) {
    SloReading out;
    out.slo = slo;
    double failed = 0;
    for (const SloPoint &point : points) {
        if (point.failed) {
            out.requests += point.requests;
            failed += *point.failed;
        }
        if (point.requests <= 0 || !point.p95)
            continue;
        ++out.stretches;
        out.slow += slo.latencyP95 && *point.p95 > *slo.latencyP95;
    }
    if (out.requests > 0)
        out.availability = 100 * (1 - failed / out.requests);
    if (slo.availability && out.requests > 0) {
        out.budgetUsed = failed / (out.requests * (1 - *slo.availability / 100));
        out.available = failed <= out.requests * (1 - *slo.availability / 100) * (1 + 1e-9); // 1 of 1000 keeps 99.9 %
    }
    if (slo.latencyP95 && out.stretches > 0)
        out.quick = out.slow * slowOf <= out.stretches;
    return out;
}

SloReading readSlo(const workspace::Slo &slo, const ServiceTraffic &traffic) {
    std::vector<SloPoint> points;
    for (const TrafficBucket &bucket : traffic.buckets)
        points.push_back({double(bucket.requests), double(bucket.failed), bucket.p95});
    return readSlo(slo, points);
}

QJsonObject SloReading::toJson() const {
    QJsonObject out;
    if (slo.availability)
        out.insert(Q("availability"), QJsonObject{{Q("promised"), *slo.availability}, {Q("seen"), maybe(availability)}, {Q("budget_used"), maybe(budgetUsed)}, {Q("kept"), maybe(available)}});
    if (slo.latencyP95)
        out.insert(Q("latency_p95"), QJsonObject{{Q("promised_ms"), *slo.latencyP95}, {Q("stretches"), stretches}, {Q("slow"), slow}, {Q("kept"), maybe(quick)}});
    return out;
}

} // namespace pilothouse::telemetry

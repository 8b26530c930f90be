// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/workload_metrics_internal.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(WorkloadMetrics)
};

constexpr int bucketSeconds = 60;
using Curve = WorkloadMetrics::Curve;
using telemetry::TrafficBucket;

/// A value for each stretch; where it has none the line breaks.
template<class ValueOf>
Curve curve(const QString &name, bool newest, const std::vector<TrafficBucket> &buckets, const ValueOf &valueOf) {
    Curve out;
    out.name = name;
    out.newest = newest;
    for (const TrafficBucket &bucket : buckets) {
        const std::optional<double> value = valueOf(bucket);
        out.points.emplace_back(bucket.start, value.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    return out;
}

std::optional<double> percentOf(qint64 part, qint64 whole) {
    return whole > 0 ? std::optional(100.0 * double(part) / double(whole)) : std::nullopt;
}

} // namespace

void curvesOfTraffic(const telemetry::ServiceTraffic &traffic, WorkloadMetrics &out) {
    const auto &buckets = traffic.buckets;
    out.requests = {curve(Text::tr("all pods"), false, buckets, [&](const TrafficBucket &b) { return std::optional(double(b.requests) / traffic.bucketSeconds); })};
    out.errors = {curve(QStringLiteral("5xx"), true, buckets, [](const TrafficBucket &b) { return percentOf(b.failed, b.requests); }),
                  curve(QStringLiteral("401"), false, buckets, [](const TrafficBucket &b) { return percentOf(b.unauthorized, b.requests); })};
    out.latency.clear();
    for (const auto &[name, at] : {std::pair{"p50", &TrafficBucket::p50}, std::pair{"p95", &TrafficBucket::p95}, std::pair{"p99", &TrafficBucket::p99}}) {
        bool any = false;
        for (const TrafficBucket &bucket : buckets)
            any = any || (bucket.*at).has_value();
        if (any)
            out.latency.push_back(curve(QLatin1String(name), at == &TrafficBucket::p95, buckets, [at = at](const TrafficBucket &b) { return b.*at; }));
    }
    out.source = traffic.source;
    out.partial = traffic.partial;
}

telemetry::SloReading sloOfCurves(const workspace::Slo &slo, const WorkloadMetrics &metrics) {
    const auto valueAt = [](const Curve *curve, const QDateTime &when) -> std::optional<double> {
        if (!curve)
            return std::nullopt;
        const auto found = std::lower_bound(curve->points.begin(), curve->points.end(), when, [](const auto &point, const QDateTime &at) { return point.first < at; });
        return found == curve->points.end() || found->first != when || !std::isfinite(found->second) ? std::nullopt : std::optional(found->second);
    };
    const auto named = [](const std::vector<Curve> &curves, const QString &name, const QString &together) -> const Curve * { // of the same revision, or of all together
        for (const Curve &curve : curves)
            if (curve.name == name || curve.name == together)
                return &curve;
        return nullptr;
    };
    std::vector<telemetry::SloPoint> points;
    for (const Curve &requests : metrics.requests) {
        const Curve *errors = named(metrics.errors, requests.name, QStringLiteral("5xx")), *latency = named(metrics.latency, requests.name, QStringLiteral("p95"));
        for (const auto &[when, rate] : requests.points) {
            if (!std::isfinite(rate) || rate <= 0)
                continue;
            const auto percent = valueAt(errors, when);
            points.push_back({rate, percent ? std::optional(rate * *percent / 100) : std::nullopt, valueAt(latency, when)});
        }
    }
    return telemetry::readSlo(slo, points);
}

void addServiceTraffic(const Services &services, const QString &connection, const cluster::KubeRef &ref, TrafficQuestion::Source source, WorkloadMetrics &out, std::stop_token token) {
    if (!out.source.isEmpty() || token.stop_requested())
        return;
    const bool pods = source == TrafficQuestion::Source::Pods;
    if (const auto elastic = elasticsearchOf(services); !pods && !elastic && elastic.error().kind == ErrorKind::NotFound)
        return; // it is no remedy where the workspace has none
    TrafficQuestion question;
    question.target = ref.text().section(QLatin1Char(' '), 0, 0);
    question.connection = connection;
    question.space = ref.space;
    question.bucketSeconds = bucketSeconds;
    question.to = out.to;
    question.from = out.from;
    question.source = source;
    const auto seen = serviceTraffic(services, question, token);
    if (seen && seen->requests() > 0) {
        curvesOfTraffic(*seen, out);
        out.dear = pods;
        return;
    }
    if (!seen && !pods)
        out.problem = seen.error();
    const QString why = seen ? Text::tr("%1 knows no request of the last hour.").arg(seen->source) : seen.error().text();
    out.missing += (out.missing.isEmpty() ? QString() : QStringLiteral(" ")) + why;
}

} // namespace pilothouse::fleet

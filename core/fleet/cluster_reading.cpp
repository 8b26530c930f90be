// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/cluster_reading.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <map>

namespace pilothouse::fleet {

namespace {

using Kind = workspace::AlertRule::Kind;
using telemetry::AlertReading;
using Curves = std::vector<WorkloadMetrics::Curve>;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ClusterReading)
};

constexpr qint64 stretchSeconds = 900;
constexpr double fewestRequests = 20;

/// Of the revision, or of all of them together; NaN: not known then.
double valueAt(const Curves &curves, const QString &name, const QString &together, const QDateTime &when) {
    const auto curve = std::find_if(curves.begin(), curves.end(), [&](const auto &one) { return one.name == name || one.name == together; });
    if (curve == curves.end())
        return std::nan("");
    const auto at = std::find_if(curve->points.begin(), curve->points.end(), [&](const auto &point) { return point.first == when; });
    return at == curve->points.end() ? std::nan("") : at->second;
}

/// Seconds from a point to the next one; the curves stand on one grid.
double stepOf(const Curves &curves) {
    for (const auto &curve : curves)
        if (curve.points.size() > 1)
            return double(curve.points[0].first.secsTo(curve.points[1].first));
    return 60;
}

AlertReading nothing(const WorkloadMetrics &seen, const QString &why) { return {{}, {}, seen.source, why, {}}; }

} // namespace

AlertReading clusterReading(const workspace::AlertRule &rule, const WorkloadMetrics &seen, const QDateTime &now) {
    if (seen.source.isEmpty())
        return {{}, {}, {}, {}, seen.problem ? *seen.problem : notFound(seen.missing)};
    const QDateTime since = now.addSecs(-stretchSeconds);
    const double step = stepOf(seen.requests);
    double requests = 0, judged = 0, failed = 0;
    QDateTime newest;
    std::map<QDateTime, double> slowest; // p95 by minute
    for (const auto &curve : seen.requests)
        for (const auto &[when, rate] : curve.points) {
            if (!std::isfinite(rate) || rate <= 0)
                continue;
            if (!newest.isValid() || when > newest)
                newest = when;
            if (when < since)
                continue;
            requests += rate * step;
            if (const double percent = valueAt(seen.errors, curve.name, QStringLiteral("5xx"), when); std::isfinite(percent)) {
                judged += rate * step;
                failed += rate * step * percent / 100;
            }
            if (const double p95 = valueAt(seen.latency, curve.name, QStringLiteral("p95"), when); std::isfinite(p95)) {
                double &worst = slowest[when];
                worst = std::max(worst, p95);
            }
        }
    if (rule.kind == Kind::NoData) {
        if (rule.above.value_or(0) > double(seen.from.secsTo(seen.to)))
            return {{}, {}, seen.source, {}, invalid(Text::tr("Of a model in a cluster the last hour is known."), {}, Text::tr("Say older_than: 1h, or less; or use kind: query."))};
        return newest.isValid() ? AlertReading{double(newest.msecsTo(now)) / 1000, newest, seen.source, {}, {}} : nothing(seen, Text::tr("Nobody asked it in the last hour."));
    }
    if (requests < fewestRequests)
        return nothing(seen, Text::tr("too few requests in 15 minutes: %1").arg(std::llround(requests)));
    if (rule.kind == Kind::ErrorRate) {
        if (judged < fewestRequests)
            return nothing(seen, Text::tr("%1 does not tell which requests failed.").arg(seen.source));
        return {failed / judged, newest, seen.source, Text::tr("%1 of %2 requests in 15 minutes").arg(std::llround(failed)).arg(std::llround(judged)), {}};
    }
    if (slowest.empty())
        return nothing(seen, Text::tr("%1 does not tell how long requests took.").arg(seen.source));
    std::vector<double> minutes;
    for (const auto &[when, p95] : slowest)
        minutes.push_back(p95);
    const auto middle = minutes.begin() + std::ptrdiff_t(minutes.size() / 2);
    std::nth_element(minutes.begin(), middle, minutes.end());
    return {*middle, newest, seen.source, Text::tr("p95 of the middle one of %1 stretches").arg(minutes.size()), {}};
}

} // namespace pilothouse::fleet

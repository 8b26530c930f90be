// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/day_accuracy.h"

#include "core/serving/log_reader.h"
#include "core/serving/outcome_reader.h"
#include "core/serving/server_folder.h"
#include "core/workspace/slo.h"

#include <cmath>
#include <limits>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

QTimeZone zoneOf(const workspace::Workspace &workspace) { return QTimeZone(workspace.zone.toUtf8()); }
QString shortly(double value) { return QString::number(value, 'g', 4); }
QJsonValue orNull(double value) { return std::isfinite(value) ? QJsonValue(value) : QJsonValue(); }

QString watchedMetric(const workspace::Model &model) {
    for (const workspace::Model::Watch &watch : model.watch)
        if (!watch.metric.isEmpty() && !workspace::isSloMetric(watch.metric))
            return watch.metric;
    return {};
}

/// The target that is asked about: of a forecast of several one must be, of one none may.
QString targetIn(const QStringList &served, const QString &asked) { return served.size() < 2 ? QString() : asked.isEmpty() ? served.front() : asked; }

} // namespace

bool DayAccuracy::known() const { return std::isfinite(reading.value); }

QString DayAccuracy::sentence() const {
    const QString of = QStringLiteral("%1 (%2): ").arg(day.toString(Qt::ISODate), zone);
    const QString rows = QStringLiteral("%1 labelled of %2 predictions").arg(labelled).arg(predictions);
    const QString value = known() ? QStringLiteral("%1 %2 (%3 … %4) on %5").arg(metric, shortly(reading.value), shortly(reading.low), shortly(reading.high), rows)
                          : predictions == 0 ? QStringLiteral("nothing was asked")
                                             : QStringLiteral("too few labels for %1: %2").arg(metric, rows);
    return of + value + (incomplete ? QStringLiteral(", the day is not over") : QString());
}

QJsonObject DayAccuracy::toJson() const {
    const CalendarSpan span = calendarSpan(day.startOfDay(QTimeZone(zone.toUtf8())).toMSecsSinceEpoch(), CalendarStep::Day, QTimeZone(zone.toUtf8()));
    const auto time = [](qint64 ms) { return isoUtc(QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC)); };
    return {{Q("day"), day.toString(Qt::ISODate)}, {Q("zone"), zone}, {Q("from"), time(span.from)}, {Q("to"), time(span.to)}, {Q("source"), source}, {Q("metric"), metric},
            {Q("value"), orNull(reading.value)}, {Q("low"), orNull(reading.low)}, {Q("high"), orNull(reading.high)}, {Q("predictions"), predictions}, {Q("labelled"), labelled}, {Q("incomplete"), incomplete}};
}

QDate yesterdayIn(const workspace::Workspace &workspace, const QDateTime &now) { return now.toTimeZone(zoneOf(workspace)).date().addDays(-1); }

QString logTargetOf(const workspace::Model &model) {
    return model.deployment.target.startsWith(Q("serving/")) ? model.deployment.target : QStringLiteral("serving/") + model.name;
}

Result<DayAccuracy> accuracyOfDay(const Services &services, const workspace::Model &model, const QDate &day, const QString &wanted, std::size_t minimumRows) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const QTimeZone zone = zoneOf(services.workspace);
    DayAccuracy out{day, QString::fromUtf8(zone.id()), logTargetOf(model), wanted.isEmpty() ? watchedMetric(model) : wanted, 0, 0, {nan, nan, nan}, false};
    PH_ASSIGN(const QString folder, serving::servingFolder(services.root, out.source));
    PH_ASSIGN(const auto database, serving::openServingDatabase(folder));
    PH_ASSIGN(const QStringList served, serving::servedTargets(*database));
    const CalendarSpan span = calendarSpan(day.startOfDay(zone).toMSecsSinceEpoch(), CalendarStep::Day, zone);
    const auto [metric, asked] = workspace::metricAndTarget(out.metric);
    const QString target = targetIn(served, asked);
    PH_ASSIGN(const serving::Outcomes outcomes, serving::readOutcomes(*database, target, span.from, span.to));
    serving::AccuracyOptions how;
    how.metric = metric;
    how.zone = zone;
    how.nowMs = services.clock->nowUtc().toMSecsSinceEpoch();
    how.minimumRows = minimumRows;
    how.rolling = 1;
    auto series = serving::accuracySeries(outcomes, how);
    if (!series && wanted.isEmpty() && !how.metric.isEmpty()) { // watched in the registry, but labels do not tell it
        how.metric.clear();
        series = serving::accuracySeries(outcomes, how);
    }
    if (!series)
        return series.error();
    out.metric = target.isEmpty() ? series->metric : workspace::metricOfTarget(series->metric, target);
    out.incomplete = how.nowMs < span.to;
    for (const serving::AccuracyBucket &bucket : series->buckets) {
        out.predictions += bucket.predictions;
        out.labelled += bucket.labelled;
        out.reading = bucket.own;
    }
    return out;
}

} // namespace pilothouse::fleet

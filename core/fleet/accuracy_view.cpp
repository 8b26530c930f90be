// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/accuracy_view.h"

#include "core/fleet/day_accuracy.h"
#include "core/fleet/training_profile.h"
#include "core/metrics/slicing.h"
#include "core/serving/labels_look.h"
#include "core/serving/log_reader.h"
#include "core/serving/server_folder.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace pilothouse::fleet {
namespace {

constexpr std::size_t slicedRows = 200000; ///< newest requests whose inputs are read
constexpr qint64 dayMs = 86'400'000;

/// The log and what is asked of it.
struct Log {
    std::shared_ptr<Database> database;
    serving::AccuracyOptions how;
    QString target;
    qint64 fromMs = 0;
    serving::Outcomes outcomes;
};

Result<Log> openLog(const Services &services, const workspace::Model &model, const AccuracyAsk &ask, const QDateTime &now) {
    Log log;
    PH_ASSIGN(const QString folder, serving::servingFolder(services.root, logTargetOf(model)));
    PH_ASSIGN(log.database, serving::openServingDatabase(folder));
    log.how.step = ask.step;
    log.how.zone = QTimeZone(services.workspace.zone.toUtf8());
    log.how.rolling = usualRolling(ask.step);
    log.how.nowMs = now.toMSecsSinceEpoch();
    const int days = ask.step == CalendarStep::Hour ? 14 : ask.step == CalendarStep::Day ? 90 : 400;
    log.fromMs = calendarSpan(log.how.nowMs - days * dayMs, ask.step, log.how.zone).from;
    PH_ASSIGN(const auto metric, wantedMetric(*log.database, ask.metric));
    log.how.metric = metric.first;
    log.target = metric.second;
    PH_ASSIGN(log.outcomes, serving::readOutcomes(*log.database, log.target, log.fromMs, std::numeric_limits<qint64>::max()));
    return log;
}

} // namespace

int usualRolling(CalendarStep step) {
    return step == CalendarStep::Hour ? 24 : step == CalendarStep::Day ? 7 : 4;
}

Result<std::pair<QString, QString>> wantedMetric(Database &database, const QString &typed) {
    auto [metric, target] = workspace::metricAndTarget(typed);
    PH_ASSIGN(const QStringList targets, serving::servedTargets(database));
    if (targets.size() == 1 && !target.isEmpty())
        return invalid(QStringLiteral("The served version forecasts %1 alone.").arg(targets.front()), typed, QStringLiteral("Leave out “@%1”.").arg(target));
    if (targets.size() > 1 && target.isEmpty())
        target = targets.front();
    if (targets.size() > 1 && !targets.contains(target))
        return invalid(QStringLiteral("The served version does not forecast %1.").arg(target), typed, QStringLiteral("It forecasts: %1.").arg(targets.join(QStringLiteral(", "))));
    return std::pair(metric, target);
}

Result<std::map<std::pair<qint64, int>, QString>> accuracyGroups(Database &database, const QString &column, qint64 fromMs, QStringList &notes) {
    PH_ASSIGN(const serving::LoggedRows logged, serving::newestRows(database, slicedRows, fromMs > 0 ? std::optional(QDateTime::fromMSecsSinceEpoch(fromMs, Qt::UTC)) : std::nullopt));
    if (logged.ids.size() >= slicedRows)
        notes << QStringLiteral("Slices are of the newest %1 rows.").arg(slicedRows);
    std::vector<std::size_t> all(logged.table.rows());
    std::iota(all.begin(), all.end(), std::size_t(0));
    PH_ASSIGN(const metrics::Slicing slicing, metrics::sliceByColumn(column, logged.table, all));
    if (slicing.missing() > 0)
        notes << QStringLiteral("%1 rows have no %2: they are in no slice.").arg(slicing.missing()).arg(column);
    std::map<std::pair<qint64, int>, QString> groups;
    for (std::size_t i = 0; i < slicing.of.size(); ++i)
        if (slicing.of[i] >= 0)
            groups.emplace(std::pair(logged.ids[i].request, logged.ids[i].row), slicing.names[slicing.of[i]]);
    return groups;
}

Result<AccuracyView> accuracyView(const Services &services, const workspace::Model &model, const AccuracyAsk &ask, const QDateTime &now, std::stop_token stop) {
    PH_ASSIGN(Log log, openLog(services, model, ask, now));
    if (log.outcomes.rows.empty())
        return notFound(QStringLiteral("%1 was asked nothing in this time.").arg(model.name), log.database->path());
    AccuracyView view;
    PH_ASSIGN(view.series, serving::accuracySeries(log.outcomes, log.how));
    view.title = log.target.isEmpty() ? view.series.metric : workspace::metricOfTarget(view.series.metric, log.target);
    view.predictions = qint64(log.outcomes.rows.size());
    for (const auto &bucket : view.series.buckets)
        view.labelled += bucket.labelled;
    PH_ASSIGN(const auto look, serving::lastLabelsLook(*log.database));
    if (look && (!look->problem.isEmpty() || look->refused > 0))
        view.notes << look->sentence();
    PH_ASSIGN(view.deploys, serving::deployMarkers(*log.database));
    std::erase_if(view.deploys, [&](const serving::DeployMarker &d) { return d.timeMs < log.fromMs; });
    PH_ASSIGN(const serving::LoggedRows newest, serving::newestRows(*log.database, 1));
    const int inputs = newest.table.indexOf(newest.predictionColumn); // what was predicted stands behind the inputs
    for (int k = 0; k < inputs; ++k)
        view.inputs << newest.table.columns[std::size_t(k)].name;
    if (stop.stop_requested())
        return cancelled();
    if (!ask.slice.isEmpty() && view.labelled > 0) {
        PH_ASSIGN(const auto groups, accuracyGroups(*log.database, ask.slice, log.fromMs, view.notes));
        PH_ASSIGN(view.slices, serving::accuracySlices(log.outcomes, groups, log.how));
    }
    log.how.metric = view.series.metric;
    view.how = log.how;
    if (stop.stop_requested())
        return cancelled();
    if (ask.estimated && ask.slice.isEmpty()) {
        auto estimated = estimateAccuracy(*log.database, log.outcomes, log.how, [&](int version) { return packageHere(services, model, version); }, stop);
        if (estimated)
            view.estimated = std::move(*estimated);
        else if (estimated.error().kind == ErrorKind::Cancelled)
            return estimated.error();
        else
            view.notEstimated = estimated.error().text();
    }
    return view;
}

Result<AccuracyWhy> accuracyWhy(const Services &services, const workspace::Model &model, const AccuracyAsk &ask, std::optional<qint64> sinceMs, const QDateTime &now, std::stop_token stop) {
    PH_ASSIGN(Log log, openLog(services, model, ask, now));
    return whyAccuracy(*log.database, log.outcomes, log.how, sinceMs, [&](int version) { return packageHere(services, model, version); }, stop);
}

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/accuracy_estimated.h"
#include "core/fleet/accuracy_why.h"
#include "core/fleet/services.h"
#include "core/serving/outcome_reader.h"

#include <QDateTime>

namespace pilothouse::fleet {

/// The metric that is asked for and, of a forecast of several targets, which of them. Invalid: the served version has no such target.
Result<std::pair<QString, QString>> wantedMetric(Database &database, const QString &typed);
/// Which group each row of the log is in: of a category by its value, of a number by its value or quarter. Of the newest 200,000 requests.
/// @param notes  what was left out, in sentences
Result<std::map<std::pair<qint64, int>, QString>> accuracyGroups(Database &database, const QString &column, qint64 fromMs, QStringList &notes);
int usualRolling(CalendarStep step); ///< 24 hours, 7 days, 4 weeks

struct AccuracyAsk {
    CalendarStep step = CalendarStep::Day;
    QString metric; ///< as wantedMetric() takes it; empty: the served version's own
    QString slice;  ///< an input; empty: all rows together
    bool estimated = true;
};

/// What a chart of the accuracy over time shows.
struct AccuracyView {
    serving::AccuracyOptions how;
    QString title; ///< the metric, with its target
    serving::AccuracySeries series;
    std::map<QString, serving::AccuracySeries> slices;
    std::vector<serving::DeployMarker> deploys;
    std::optional<EstimatedSeries> estimated;
    QString notEstimated; ///< why there is no estimate where one was asked for
    QStringList inputs;   ///< that rows can be sliced by
    QStringList notes;
    qint64 predictions = 0, labelled = 0;
};

/// From the prediction log of the model's endpoint on this machine: the newest 400 days by week, 90 by day, 14 by hour. An estimate that cannot be made does not
/// spoil the rest. NotFound: nothing was asked here. Blocking: seconds for a large log.
Result<AccuracyView> accuracyView(const Services &services, const workspace::Model &model, const AccuracyAsk &ask, const QDateTime &now, std::stop_token stop = {});

/// Why it is worse on the newer half of the same rows, or from `sinceMs` on. Blocking: scores some thousand rows several times.
Result<AccuracyWhy> accuracyWhy(const Services &services, const workspace::Model &model, const AccuracyAsk &ask, std::optional<qint64> sinceMs, const QDateTime &now, std::stop_token stop = {});

} // namespace pilothouse::fleet

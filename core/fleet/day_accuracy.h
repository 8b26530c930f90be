// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/serving/accuracy_series.h"

#include <QDate>
#include <QJsonObject>

namespace pilothouse::fleet {

/// What the labels say of the predictions of one calendar day, with the rows that it stands on.
struct DayAccuracy {
    QDate day;                   ///< of the workspace's time zone
    QString zone, source;        ///< source: the target whose log was read, "serving/t2m"
    QString metric;              ///< of one of several targets "mae@t2m"
    qint64 predictions = 0, labelled = 0;
    serving::MetricReading reading; ///< NaN: too few labelled rows, or none
    bool incomplete = false;     ///< the day is not over
    bool known() const;
    QString sentence() const;    ///< "2026-11-22 (Asia/Colombo): mae 0.51 (0.47 … 0.55) on 1440 labelled of 1440 predictions"
    /// {"day","zone","from","to","source","metric","value"|null,"low"|null,"high"|null,"predictions","labelled","incomplete"}
    QJsonObject toJson() const;
};

inline constexpr std::size_t fewestOfADay = 6; ///< an hourly forecast has 24 a day: what 30 rows need would never be told of it

/// The calendar day before that of `now`, in the workspace's time zone.
QDate yesterdayIn(const workspace::Workspace &workspace, const QDateTime &now);

/// The target on this machine whose prediction log tells of a model: its deployment's if that is served here, else that of a server which runs here beside it (`pilot serve MODEL --target serving/MODEL`).
QString logTargetOf(const workspace::Model &model);

/// @param metric  empty: the first that the workspace watches, if labels tell it, else accuracy or mae   @param minimumRows  fewer labelled rows give no value
/// Predictions count on the day on which they were made, whenever their label came. NotFound: nothing was ever served there. Blocking.
Result<DayAccuracy> accuracyOfDay(const Services &services, const workspace::Model &model, const QDate &day, const QString &metric = {}, std::size_t minimumRows = fewestOfADay);

} // namespace pilothouse::fleet

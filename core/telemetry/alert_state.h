// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/alert_rule.h"

#include <QDateTime>
#include <QJsonObject>

#include <optional>
#include <vector>

namespace pilothouse::telemetry {

/// What the world says about a rule: a value, no rows (neither value nor problem), or why it could not be asked.
struct AlertReading {
    std::optional<double> value; ///< in the rule's unit; of a skew 1 or 0
    QDateTime observed;          ///< when the value was measured
    QString source;              ///< "serving/t2m", "mlflow.example", "prom"
    QString detail;              ///< "newest version 7", "alias v4, endpoint serves v3"
    std::optional<Error> problem;
};

enum class AlertState {
    Ok,
    Pending, ///< beyond its limit, and `for:` is not over
    Firing,
    CannotTell, ///< the query failed
    NoData,     ///< there are no rows (of staleness and no_data that is Firing)
};
QString alertStateName(AlertState state); ///< ok, pending, firing, cannot tell, no data

/// How a rule stands, kept between two looks.
struct AlertStatus {
    QString rule, model;
    AlertState state = AlertState::Ok;
    QDateTime since;    ///< of the state
    QDateTime beyond;   ///< since when the value is beyond its limit; invalid: it is not
    QDateTime episode;  ///< since when it is not ok; invalid: it is ok. What is told goes by it
    QDateTime looked;
    std::optional<double> value;
    QDateTime observed;
    QString source, limit, sentence; ///< limit: "above 1.5"; sentence: the value against it, for people
    bool warning = false;
    QJsonObject toJson() const;
    static AlertStatus fromJson(const QJsonObject &object);
};

/// The next status. Pure. @param before  none: first look
/// Staleness: a value above its limit and no rows fire at once; its value may not lie in the future by more than five minutes (cannot tell: a clock is wrong).
/// Others: beyond the limit is pending until `for:` is over; NaN is no data. What cannot be told keeps the episode and the time that is running.
AlertStatus evaluateAlert(const workspace::AlertRule &rule, const AlertReading &reading, const std::optional<AlertStatus> &before, const QDateTime &now);

/// "above 1.5 or below 0.1", "older than 36 h"
QString alertLimitText(const workspace::AlertRule &rule);
/// "36 h", "12 min", "3 d 4 h"
QString durationText(double seconds);

/// A way to end an alert: a word and the command that does it.
struct AlertFix {
    QString word, command, action; ///< action: id of the console's catalogue; empty: only the command
};
/// Retrain, roll back or whatever fits the kind, then silence.
std::vector<AlertFix> fixesOf(const workspace::AlertRule &rule);

} // namespace pilothouse::telemetry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <optional>

namespace pilothouse::workspace {

/// One rule of `retrain.when`, as a person writes it. After METRIC a "yesterday" asks for the rows of the last whole day of the workspace's zone.
/// Two endings, in this order: "until NUMBER", the value at which a rule that holds is over (hysteresis: "mae > 1.5 until 1.3"), and "for DURATION" or
/// "for N checks", how long it has to hold before it fires.
struct RetrainRule {
    enum class Kind {
        Limit,         ///< METRIC OP NUMBER          mae > 1.5, mae@t2m > 1.5 (of one of several targets), r2 < 0.5, mae yesterday > 1.5
        Drops,         ///< METRIC drops NUMBER       r2 drops 0.1: below its best by more than 0.1
        DataChanged,   ///< data_changed              the source's MD5 is not the one the champion was trained on
        Age,           ///< age > DURATION            the newest model is older
        Drift,         ///< drift OP NUMBER           worst PSI of the columns
        NewestRowAge,  ///< newest_row_age > DURATION the newest row of the recipe's data is older
        SourceAge,     ///< source_age > DURATION     the file or object that the data is in was changed longer ago
        RowsYesterday, ///< rows_yesterday < NUMBER   rows that the endpoint answered on the last whole day
        Schedule,      ///< schedule CRON             its time came since the last look: schedule 0 2 * * 1
    } kind = Kind::Limit;
    QString text;   ///< as written, spaces tidied
    QString metric; ///< Limit, Drops
    QString op;     ///< > >= < <=
    double number = 0;
    qint64 seconds = 0; ///< of the ages
    bool yesterday = false;            ///< Limit, Drops
    std::optional<double> until = {};  ///< Limit, Drops, Drift, RowsYesterday
    qint64 forSeconds = 0;
    int forChecks = 0;
    QString cron = {};                 ///< Schedule
    /// Whether it is judged by a metric.
    bool ofMetric() const { return kind == Kind::Limit || kind == Kind::Drops; }
    /// "until 1.3 for 3d": what stands behind the condition, with a space before it; else empty.
    QString endings() const;
};

/// Invalid, naming the rule and what was expected; also where it could never mean well ("mae drops 0.1" is good news).
Result<RetrainRule> parseRetrainRule(const QString &text);

} // namespace pilothouse::workspace

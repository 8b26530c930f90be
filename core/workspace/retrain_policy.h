// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace pilothouse::workspace {

/// models: NAME: retrain: {…}. When a model is trained anew by itself, where, and what holds that back.
struct RetrainPolicy {
    QStringList when; ///< rules, see retrain_rule.h; one that fires is enough
    QString atMostEvery = QStringLiteral("6h");
    QString executor = QStringLiteral("local");
    bool enabled = true;
    QString check = {};        ///< when the rules are looked at: a duration ("1h") or a cron of five fields in the workspace's zone; empty: as often as it may retrain
    qint64 minimumRows = 100;  ///< labelled rows below which a metric is not judged, 10 to 500 (a look is at the newest 500)
    QStringList onlyIn = {};   ///< stretches of the week in which alone a retraining begins (weekly_window.h); empty: at any time
    QStringList notIn = {};    ///< and those in which none begins: maintenance
    /// What retrainings may use up in `per`; 0: no limit.
    struct Budget {
        int runs = 0;
        double hours = 0;        ///< of training
        double cost = 0;         ///< in the person's own currency, needs pricePerHour
        double pricePerHour = 0;
        QString per = QStringLiteral("7d");
        bool limits() const { return runs > 0 || hours > 0 || cost > 0; }
        bool operator==(const Budget &) const = default;
    } budget = {};
    int retries = 0;           ///< of a retraining that could not be started; at_most_every does not count for these
    QString retryAfter = QStringLiteral("10min"); ///< before the first; each further one waits twice as long
    QString tag = {};          ///< tag of the champion's version that each decision is written to: SKIPPED | RETRAIN_ATTEMPTED; empty: none
    bool operator==(const RetrainPolicy &) const = default;
};

} // namespace pilothouse::workspace

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/retrain/past.h"

#include <stop_token>

namespace pilothouse::retrain {

/// What a replay may cost, and when it looks.
struct BacktestOptions {
    std::optional<QDateTime> from, to; ///< none: from the first fact on, up to the last
    qint64 everySeconds = 0;           ///< between two looks; 0: as the policy says (look_times.h)
    QTimeZone zone = QTimeZone::utc(); ///< of the workspace
    std::optional<double> hoursPerRun; ///< of training
    std::optional<double> pricePerHour; ///< in the person's own currency
    std::stop_token stop = {};          ///< ends it with Cancelled
    static constexpr qint64 mostPoints = 100'000;
};

struct Backtest {
    QString model;
    QDateTime from, to;
    qint64 everySeconds = 0;      ///< 0: as the policy says
    QString looks;                ///< "every 10 min", "at 15 0 * * *"
    std::vector<Decision> points; ///< one a look, oldest first
    int runs = 0;                 ///< looks that would have retrained
    int tooSoon = 0;              ///< looks at which a rule fired and at_most_every forbade it
    int outsideWindows = 0;       ///< … and only_in or not_in
    int overBudget = 0;           ///< … and the budget
    int busiestWeek = 0;          ///< most runs in seven days
    std::optional<double> hours, cost; ///< of all runs
    QStringList notes;
    QJsonObject toJson() const; ///< every point as Decision::toJson()
};

/// Would the policy have fired? decide() at each look, by what was known then (KnownAt), with a clock that is moved. Retrainings before `from`
/// are those that happened, after it the replay's own. What such a run would have made better is not known: metrics stay as they were measured.
/// A policy that is switched off is replayed as if it were on, and that is said. Facts may come in any order.
/// Invalid: no fact, `from` after `to`, an interval below a second, more than mostPoints looks, what decide() says.
Result<Backtest> backtest(const workspace::Model &model, std::vector<Fact> facts, const BacktestOptions &options);

} // namespace pilothouse::retrain

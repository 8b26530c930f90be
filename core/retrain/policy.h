// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workspace/retrain_rule.h"
#include "core/workspace/workspace.h"

#include <QDateTime>
#include <QJsonObject>
#include <QTimeZone>

#include <map>
#include <optional>
#include <vector>

namespace pilothouse::retrain {

using Rule = workspace::RetrainRule;
/// All rules of a model, in file order.
Result<std::vector<Rule>> rulesOf(const workspace::Model &model);

struct RuleOutcome {
    QString rule, numbers; ///< "mae > 1.5", "mae 1.31 on 412 labelled rows"
    bool fired = false, known = true;
    std::optional<double> value = {};    ///< what was compared: the metric, the PSI, the age in seconds
    std::optional<QDateTime> since = {}; ///< the look since which its condition holds; absent: it does not hold
    int checks = 0;                      ///< looks in a row at which it held, this one included
};

/// What was answered on the last whole day, "2026-11-22", of the workspace's zone.
struct Yesterday {
    QString day;
    std::optional<qint64> rows;        ///< rows answered
    std::map<QString, double> metrics; ///< of those of them that are labelled, of one of several targets "mae@t2m"
    std::map<QString, qint64> labelled; ///< how many these are, by target; "" where there is one target
};

/// A retraining that was started, for the budget.
struct Spent {
    QDateTime time;
    std::optional<double> hours = {}; ///< that it trained; absent: not known, or it still runs
};

/// What a policy looks at. Absent = not known, which never fires a rule and is said.
struct Observations {
    std::map<QString, double> metrics;        ///< live or newest: mae, r2, accuracy …, of one of several targets mae@t2m; NaN counts as absent
    std::map<QString, QString> metricSources; ///< where a metric is from if not from labels: "test rows of version 3"
    std::map<QString, double> bestMetrics;    ///< best so far, for "r2 drops 0.1"
    std::optional<double> worstPsi;
    QString worstColumn;
    std::optional<QString> dataHash, trainedDataHash; ///< MD5 of the source now and of what the champion was trained on
    std::optional<QDateTime> newestModel;
    std::optional<QDateTime> lastRetrain;
    qint64 labelledRows = 0;
    std::map<QString, qint64> labelledTargets; ///< of a forecast of several targets, by their names; labelledRows are labelled in all of them
    QDateTime now;
    QTimeZone zone = QTimeZone::utc();     ///< of the workspace: schedules, days and windows are by its clocks
    Yesterday yesterday;
    std::optional<QDateTime> newestRow;     ///< time of the newest row of the recipe's data
    std::optional<QDateTime> sourceChanged; ///< when the file or object that the data is in was last changed
    std::optional<QDateTime> lastLook;      ///< when the policy was last decided
    std::vector<RuleOutcome> lastRules;     ///< and what it said of each rule then
    std::vector<Spent> spent;               ///< retrainings, newest last; at least those of the budget's time
    std::optional<double> usualHours;       ///< that one trains
    int failedStarts = 0;                   ///< last retrainings in a row that could not be started
    QStringList notes; ///< why something is not known: "serving.db: no prediction yet"; printed with the decision
    /// Labelled rows that a live metric is judged on: "mae@t2m" has those of its target.
    qint64 labelled(const QString &metric) const;
};

enum class DecisionKind { Skipped, RetrainAttempted };
struct Decision {
    QString id, model; ///< id: given by the decision store
    DecisionKind kind = DecisionKind::Skipped;
    QString reason; ///< a sentence with the numbers
    std::vector<RuleOutcome> rules;
    QDateTime time;
    QString run;    ///< of the retrain, if one was started
    QString trigger = QStringLiteral("policy"); ///< policy | by hand
    QString metric; ///< the one that a before/after is told of; empty: none known
    std::optional<double> before, after; ///< its value when decided, and of the model that the retrain gave
    std::optional<QString> dataHash;     ///< MD5 of the data then
    std::optional<QDateTime> nextAllowed; ///< earliest next retrain by at_most_every, the windows and the budget; absent: now
    QStringList heldBy = {};              ///< what it is not allowed by now: at_most_every | only_in | not_in | budget
    QStringList notes;
    QJsonObject toJson() const;
    static Result<Decision> fromJson(const QJsonObject &object, const QString &where);
};
QString decisionName(DecisionKind kind); ///< SKIPPED, RETRAIN_ATTEMPTED

/// Pure: what the policy of a model says about these observations. Disabled or held back is Skipped and says which rule
/// would have fired. Invalid if a rule or another part of the policy cannot be read.
Result<Decision> decide(const workspace::Model &model, const Observations &seen);

} // namespace pilothouse::retrain

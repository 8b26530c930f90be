// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workspace/workspace.h"

#include <QDateTime>
#include <QJsonObject>

#include <map>
#include <optional>
#include <vector>

namespace pilothouse::retrain {

/// Below this many labelled rows a live metric is not judged: "too few labelled rows".
inline constexpr qint64 minimumLabelledRows = 100;

/// One rule of `retrain.when`, as a person writes it.
struct Rule {
    enum class Kind {
        Limit,       ///< METRIC OP NUMBER       mae > 1.5, mae@t2m > 1.5 (of one of several targets), r2 < 0.5
        Drops,       ///< METRIC drops NUMBER    r2 drops 0.1: below its best by more than 0.1
        DataChanged, ///< data_changed           the source's MD5 is not the one the champion was trained on
        Age,         ///< age > DURATION         the newest model is older
        Drift,       ///< drift OP NUMBER        worst PSI of the columns
    } kind = Kind::Limit;
    QString text;   ///< as written, spaces tidied
    QString metric; ///< Limit, Drops
    QString op;     ///< Limit, Drift, Age: > >= < <=
    double number = 0;
    qint64 seconds = 0; ///< Age
};

/// Invalid, naming the rule and what was expected; also where it could never mean well ("mae drops 0.1" is good news).
Result<Rule> parseRule(const QString &text);
/// All rules of a model, in file order.
Result<std::vector<Rule>> rulesOf(const workspace::Model &model);

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
    QStringList notes; ///< why something is not known: "serving.db: no prediction yet"; printed with the decision
    /// Labelled rows that a live metric is judged on: "mae@t2m" has those of its target.
    qint64 labelled(const QString &metric) const;
};

struct RuleOutcome {
    QString rule, numbers; ///< "mae > 1.5", "mae 1.31 on 412 labelled rows"
    bool fired = false, known = true;
    std::optional<double> value; ///< what was compared: the metric, the PSI, the age in seconds
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
    std::optional<QDateTime> nextAllowed; ///< earliest next retrain by at_most_every; absent: now
    QStringList notes;
    QJsonObject toJson() const;
    static Result<Decision> fromJson(const QJsonObject &object, const QString &where);
};
QString decisionName(DecisionKind kind); ///< SKIPPED, RETRAIN_ATTEMPTED

/// Pure: what the policy of a model says about these observations. Disabled or too soon is Skipped and says which rule
/// would have fired. Invalid if a rule or at_most_every cannot be read.
Result<Decision> decide(const workspace::Model &model, const Observations &seen);

/// When a retrain is allowed again, by at_most_every; nullopt = now. A last retrain that lies further ahead than the
/// interval (the clock was moved back) does not block.
std::optional<QDateTime> nextAllowed(qint64 intervalSeconds, const std::optional<QDateTime> &lastRetrain, const QDateTime &now);

} // namespace pilothouse::retrain

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

/// What a policy looks at. Absent = not known, which never fires a rule and is said.
struct Observations {
    std::map<QString, double> metrics;     ///< live or newest: mae, r2, accuracy …
    std::map<QString, double> bestMetrics; ///< best so far, for "r2 drops 0.1"
    std::optional<double> worstPsi;
    QString worstColumn;
    std::optional<QString> dataHash, trainedDataHash; ///< MD5 of the source now and of what the champion was trained on
    std::optional<QDateTime> newestModel;
    std::optional<QDateTime> lastRetrain;
    qint64 labelledRows = 0;
    QDateTime now;
};

struct RuleOutcome {
    QString rule, numbers; ///< "mae > 1.5", "mae 1.31, 412 labelled rows"
    bool fired = false, known = true;
};

enum class DecisionKind { Skipped, RetrainAttempted };
struct Decision {
    QString id, model;
    DecisionKind kind = DecisionKind::Skipped;
    QString reason; ///< a sentence with the numbers
    std::vector<RuleOutcome> rules;
    QDateTime time;
    QString run;    ///< of the retrain, if one was started
    QString trigger; ///< policy | by hand
    QJsonObject toJson() const;
};
QString decisionName(DecisionKind kind); ///< SKIPPED, RETRAIN_ATTEMPTED

/// Pure: what the policy of a model says about these observations. Disabled or too soon is Skipped and says which rule
/// would have fired.
Result<Decision> decide(const workspace::Model &model, const Observations &seen);

} // namespace pilothouse::retrain

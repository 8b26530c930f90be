// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"
#include "core/learn/accuracy_causes.h"
#include "core/serving/accuracy_series.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace pilothouse::fleet {

/// Why a version is worse on newer rows than on older ones of the log.
struct AccuracyWhy {
    QString metric;
    int version = 0;
    qint64 sinceMs = 0; ///< newer: predictions from then on
    serving::MetricReading before, after;
    qint64 labelledBefore = 0, labelledAfter = 0;
    std::vector<learn::AccuracyCause> causes;
    struct Look {
        QString predictionId, predicted, truth;
        qint64 timeMs = 0;
        double loss = 0;
        std::vector<std::pair<QString, QString>> inputs;
    };
    std::vector<Look> rows; ///< newer rows with the largest loss, at most 10
    /// {"metric","version","since","before":{"value","low","high","labelled"},"after":{…},"causes":[{"feature","drift","importance","share","too_few"}],
    /// "rows":[{"prediction_id","time","predicted","truth","loss","inputs":{…}}]}
    QJsonObject toJson() const;
    QString text() const;
};

/// @param since  absent: the newer half of the rows
/// @param packageOf  folder of a version's package, which says what the model looks at
Result<AccuracyWhy> whyAccuracy(Database &database, const serving::Outcomes &outcomes, const serving::AccuracyOptions &how, std::optional<qint64> sinceMs,
                                const std::function<Result<QString>(int version)> &packageOf, std::stop_token stop = {});

} // namespace pilothouse::fleet

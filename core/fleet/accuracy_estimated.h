// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"
#include "core/learn/accuracy_estimate.h"
#include "core/serving/accuracy_series.h"

#include <functional>
#include <stop_token>

namespace pilothouse::fleet {

/// What the metric of the newest served version may be on stretches whose labels have not all come; behind the stretches that it is learned from.
struct EstimatedSeries {
    QString method;   ///< "confidence (CBPE)", "direct loss (DLE)"
    QString learned;  ///< in words: from how many labelled rows until when, or that the probabilities are not calibrated
    int version = 0;  ///< whose answers are estimated
    std::vector<std::pair<CalendarSpan, learn::AccuracyEstimate>> stretches;
    /// {"method","learned_from","version","estimated":true,"buckets":[{"name","from","to","rows","value","low","high"}]}
    QJsonObject toJson(const serving::AccuracyOptions &options) const;
    QString text(const serving::AccuracyOptions &options) const;
};

/// @param how  with its metric
/// @param packageOf  folder of a version's package; asked for classes alone, whose probabilities are not in the log
Result<EstimatedSeries> estimateAccuracy(Database &database, const serving::Outcomes &outcomes, const serving::AccuracyOptions &how, const std::function<Result<QString>(int version)> &packageOf, std::stop_token stop = {});

} // namespace pilothouse::fleet

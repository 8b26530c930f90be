// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/retrain/policy.h"
#include "core/workspace/workspace.h"

#include <QJsonObject>

#include <optional>

namespace pilothouse::retrain {

/// What was changed at run time (`pilot retrain disable`, POST /retrain/config) beside the workspace file, which stays as
/// its owner wrote it. An absent field leaves the file's word.
struct Config {
    std::optional<double> minPerformanceThreshold; ///< limit of the model's METRIC OP NUMBER rule; "r2 < x" if it has none
    std::optional<double> degradationThreshold;    ///< number of "METRIC drops NUMBER"; added for that metric if absent
    std::optional<double> minHoursBetween;         ///< at_most_every, in hours
    std::optional<bool> enabled;

    QJsonObject toJson() const; ///< only what is set
    bool operator==(const Config &) const = default;
};

/// Reads any of the four fields. Unknown keys, wrong types and nonsense (a negative number of hours, a threshold that is not
/// finite, a degradation of 0 or less) are Invalid and name the field. `base`: what the fields are laid over.
Result<Config> parseConfig(const QJsonObject &object, const QString &where, const Config &base = {});

/// The model with the config laid over its retrain rules. Invalid if the rules cannot be read, or if a degradation is asked
/// of an error metric such as mae.
Result<workspace::Model> withConfig(workspace::Model model, const Config &config);

/// What is in force, whole, as /retrain/config answers: the four fields (null where no rule gives one), "metric", and "rules".
Result<QJsonObject> configInForce(const workspace::Model &model, const Config &config);

} // namespace pilothouse::retrain

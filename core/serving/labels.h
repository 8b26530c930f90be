// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/serving/prediction_log.h"
#include "core/serving/rollout_control.h"

#include <string>
#include <vector>

namespace pilothouse::serving {

/// What really happened, for one prediction.
struct Label {
    std::string predictionId;
    bool isClass = false;       ///< given as text or truth value
    std::string text;           ///< the class; of a whole number too
    std::vector<double> values; ///< a number, or one for each step of a forecast
    std::vector<std::pair<std::string, std::vector<double>>> targets; ///< of a forecast of several targets, those that are known; the others are then empty
    std::optional<qint64> cameMs{}; ///< when it became known, where its source tells; none: now
};

/// Reads {"labels":[{"prediction_id","value"}]}; value: number, text or list of numbers; of a forecast of several targets {"t2m":…,"rh2m":…},
/// each a number, a list of them, or null where it is not known.
std::optional<InputProblem> readLabels(const std::string &body, std::vector<Label> &labels);

struct LabelOutcome {
    qint64 accepted = 0;
    std::vector<std::string> unknown; ///< ids this server never gave, or whose prediction the log dropped or deleted
    std::vector<std::pair<std::string, std::string>> rejected; ///< id, why: a class the model does not know, a failed request
};

/// Of labels that a source tells again at each look, those that are news.
struct NewLabels {
    std::vector<Label> labels;
    qint64 standing = 0; ///< the row has this label already, or one that came later; or the source has a later one
    qint64 unknown = 0;  ///< of no prediction that the log holds
};

/// Of several labels of a row the one that came last counts, of the same time that which stands last. Errors of the database.
Result<NewLabels> newLabels(const std::vector<Label> &labels, Database &database);

/// Stores labels with the loss of what was predicted, durable when it returns. While two versions are compared, the row
/// is scored by both, so that they are judged on the same rows; rows of a forecast of several targets are not, for no single loss can be told of
/// them: they are kept by target. A label sent again replaces the earlier one, of several targets that of those it names.
Result<LabelOutcome> takeLabels(const std::vector<Label> &labels, ServingStore &store, PredictionLog &log, RolloutControl &control);

} // namespace pilothouse::serving

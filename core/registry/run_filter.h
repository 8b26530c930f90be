// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/registry.h"

#include <memory>

namespace pilothouse::registry {

/// A part of a text, in characters from 0.
struct TextSpan {
    qsizetype at = 0, length = 0;
    bool operator==(const TextSpan &) const = default;
};

/// A search over runs: MLflow's filter language (mlflow.org, "Search Runs"), judged here on runs that are in hand.
///   metrics.rmse < 1 AND params.model = 'xgb' AND tags."x y" LIKE '%z%' AND attributes.status IN ('FINISHED', 'FAILED')
/// Entities: metric(s), param(s), parameter(s), tag(s), attribute(s), attr, run; without one an attribute is meant. A key of other letters
/// stands in " or `. Metrics, start_time and end_time are compared as numbers (=, !=, <, <=, >, >=), all else as text (=, !=, LIKE, ILIKE,
/// IN, NOT IN); LIKE knows % and _. A run without the key is in neither = nor !=; params and tags also have IS NULL, IS NOT NULL.
/// NaN is in no comparison but !=, the infinities are larger and smaller than all, as on a server.
/// More than a server takes: OR, NOT, parentheses; experiment and duration (seconds) as attributes; times as 'YYYY-MM-DD[THH:MM[:SS]]' (UTC
/// without a zone); a param or tag compared with a bare number is read as one; `= NaN` and Infinity; and bare words, which must occur in name,
/// id, user, experiment or a tag's value, in any case.
class RunFilter {
public:
    RunFilter(); ///< lets everything through
    /// Invalid at "column N" (from 1); the part that is wrong goes to `wrong`.
    static Result<RunFilter> parse(const QString &text, TextSpan *wrong = nullptr);
    bool matches(const Run &run) const; ///< any thread
    bool operator()(const Run &run) const { return matches(run); }
    bool isEmpty() const;
    struct Node;

private:
    std::shared_ptr<const Node> m_root;
};

/// Keys and values that runs have, for completion.
struct RunVocabulary {
    QStringList metrics, params, tags;  ///< sorted
    QMap<QString, QStringList> values;  ///< "params.model", "tags.team", "attributes.user_id": up to 50 different ones each
};
RunVocabulary vocabularyOf(const std::vector<Run> &runs);

/// What may stand at a place of a filter text.
struct FilterCompletions {
    TextSpan replaces; ///< the begun word
    struct Item {
        QString text;   ///< as it stands in the filter, with quotes where needed
        QString detail; ///< "metric", "attribute", "operator", "value"
    };
    std::vector<Item> items; ///< what begins with the word first; at most 50
};
/// @param cursor place between characters, 0 … length
FilterCompletions completions(const QString &text, qsizetype cursor, const RunVocabulary &known);

} // namespace pilothouse::registry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/events.h"
#include "core/base/result.h"
#include "core/learn/checkpoint.h"
#include "core/metrics/metrics.h"
#include "core/workspace/recipe.h"

#include <QJsonObject>

#include <stop_token>
#include <vector>

namespace pilothouse::learn {

/// One point of a search with what its last round made of it.
struct SearchTrial {
    int number = 0; ///< from 0, in the order of the draw
    workspace::EstimatorSpec spec;
    int round = 0;     ///< the last one it took part in
    double share = 1;  ///< of the training rows in that round
    std::vector<metrics::Values> folds; ///< empty: it failed
    double seconds = 0;
    QString error;     ///< why it failed
};

/// How much of the spread of the figures a parameter explains: permutation importance (Breiman 2001) in a forest grown on the trials of the first
/// round of one estimator, as shares that sum to 1.
struct SearchImportance {
    QString estimator, parameter;
    double share = 0;
};

struct SearchResult {
    QString metric, how;      ///< how: the folds, in words
    bool largerIsBetter = true;
    std::vector<SearchTrial> trials; ///< those that were tried
    std::vector<double> first;       ///< mean of the metric in the first round, of each of `trials`; NaN: failed
    std::vector<SearchImportance> importance;
    int best = -1;            ///< index in `trials`
    int drawn = 0;            ///< points of the plan; more than `trials` where the minutes were over
    QStringList notes;
    /// {"method","metric","larger_is_better","how","drawn","best","trials":[{"trial","estimator","parameters","searched":[names],"round","share","mean","std","first","seconds",
    /// "error"}],"importance":[{"estimator","parameter","share"}]}
    QJsonObject toJson(const workspace::SearchSpec &search) const;
};

/// What a search needs of the training it is part of.
struct SearchContext {
    std::size_t trainRows = 0;
    int threads = 1;              ///< of all processes together
    QString folder;               ///< for the trials' recipe files
    EventSink *events = nullptr;
    std::stop_token stop;
    Checkpoint *checkpoint = nullptr; ///< knows the trials of an interrupted run, and is told of each one that ends
    QString dataSha256;               ///< of the file that was read: a trial that finds another one ends the search
    qint64 memoryBytes = 0;           ///< of all processes together (Limits): each trial is given its share of what is left; 0: no limit
};

/// Draws, tries (each trial a `pilot trial` of its own, `parallel` at once), and names the best by the mean of `metric` over the folds of the
/// recipe's `validation:`. A trial that fails is noted with its error and loses; one whose process is killed (SIGKILL) is
/// tried once more before it does. Cancelled by a stop, Conflict if the data changed meanwhile, Refused if a trial gets no memory (as it
/// would on another machine); the finished trials are in the checkpoint. Invalid: the first trial's error if all failed.
Result<SearchResult> search(const workspace::Recipe &recipe, const QString &metric, const SearchContext &context);

/// The child's part: the folds of a recipe with one estimator, with a share of each fold's training rows.
/// @param dataSha256  SearchContext::dataSha256; empty: any data. Conflict if the file is another one.
Result<std::vector<metrics::Values>> scoreTrial(const workspace::Recipe &recipe, double share, int threads, const QString &dataSha256, std::stop_token stop);

/// What a search says of data that is no longer what it began with; `now` empty: it cannot be read.
Error changedData(const QString &then, const QString &now, const QString &where);

/// See SearchImportance. Fewer than eight trials of an estimator say nothing.
std::vector<SearchImportance> searchImportance(const workspace::SearchSpec &search, const std::vector<SearchTrial> &trials, const std::vector<double> &figures);

} // namespace pilothouse::learn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/events.h"
#include "core/base/result.h"
#include "core/learn/limits.h"
#include "core/learn/workers.h"
#include "core/workspace/recipe.h"

#include <QJsonObject>
#include <QMap>
#include <QString>

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::learn {

/// One training job. `out` is the package folder to be made (must not exist); checkpoints lie in "<out>.checkpoint".
struct TrainOptions {
    workspace::Recipe recipe;
    QString out;
    QString runId; ///< 32 hex digits; made if empty
    QString user;
    bool resume = false;         ///< go on from "<out>.checkpoint"; Refused, and why, if data or recipe changed
    double checkpointSeconds = 60; ///< 0: after every unit of work
    int threads = 0;             ///< 0: one per core
    EventSink *events = nullptr; ///< null: nobody listens
    std::stop_token stop;        ///< stop: checkpoint, then Cancelled
    std::optional<WorkerPlace> worker = {}; ///< one of several processes that train together; only rank 0 writes checkpoint and package, the others end with an empty `package`
    Limits limits;               ///< passed: checkpoint, then Refused with the limit's name
    /// Every point of a live curve, for the run's metric history: "train_loss"; of several estimators each one's own, "mlp/train_loss", and
    /// "mlp-2/train_loss" where one is named twice. May be empty.
    std::function<void(const QString &name, qint64 step, double value)> onMetric;
};

using MetricValues = QMap<QString, double>; ///< NaN = undefined, null in JSON

struct CandidateResult {
    QString estimator;
    QJsonObject parameters;
    MetricValues train, test;
    double seconds = 0;
    std::vector<MetricValues> folds = {}; ///< of `validation:`, on the rows that each fold validates
};
/// One target of a forecast of several, by itself: every metric in its unit.
struct TargetFigures {
    QString target;
    MetricValues train, test, baseline;    ///< baseline: of the one that TrainResult::baselineName says
    QMap<QString, MetricValues> baselines; ///< of all naive models by name
};
struct GateOutcome {
    QString rule;
    double value = 0;
    bool passed = false;
};

struct TrainResult {
    QString runId, package, digest, estimator, selectMetric;
    MetricValues train, test, baseline; ///< baseline: the best naive model on the test rows. Of several targets: means over them
    QString baselineName;               ///< "mean", "majority", "persistence", "seasonal"
    QMap<QString, MetricValues> baselines; ///< of a forecast: all naive models by name
    std::vector<TargetFigures> targets; ///< of a forecast of several; else empty
    QJsonObject parameters;
    QString validation;               ///< how the folds were made; empty: the recipe has no `validation:`
    std::vector<MetricValues> folds;  ///< of the winner
    QJsonObject search;               ///< of a recipe with `search:`: SearchResult::toJson(); else empty
    std::vector<CandidateResult> candidates;
    std::vector<GateOutcome> gates;
    qint64 rows = 0, trainRows = 0, testRows = 0;
    QJsonObject resampled;            ///< of a recipe that resamples: StepCounts::toJson(); `rows` of a table are then its steps
    QString md5, sha256, weightsSha256;
    QStringList notes; ///< what a person should know: rows left out and why, worse than the baseline …
    double seconds = 0;
    bool gatesPassed() const;
    /// `test`, and beside it the values of each of several targets: "mae@t2m". What gates and the metrics file may ask for.
    MetricValues everyTest() const;
    /// With `search:` also "search" (see SearchResult::toJson()).
    /// With `validation:` also "validation":{"how","folds":[{metric: value}…],"mean","std"}, and in each candidate the same without "how".
    /// Of rows that were resampled also "data":{"resampled":{"step","how","rows","without_time","series","steps","missing_steps","gaps","longest_gap"}}.
    /// Of a forecast also "baselines":{name: metrics}; of several targets "targets":[{"target","train","test","baseline","baseline_name","baselines"}].
    /// {"run","package","digest","estimator","parameters","select","metrics":{"train","test","baseline"},"baseline","candidates":[{"estimator",
    /// "parameters","metrics":{"train","test"},"seconds"}],"gates":[{"rule","value","passed"}],"data":{"rows","train_rows","test_rows",
    /// "md5","sha256"},"weights_sha256","notes":[…],"seconds"}
    QJsonObject toJson() const;
};

/// Recipe → package. Events: started, stage, progress, metric, log, checkpoint (not result: the caller answers). The package
/// appears whole or not at all. The same recipe, data and seed give the same weightsSha256 on one machine. A failed gate is no error.
Result<TrainResult> train(const TrainOptions &options);

/// true if "<out>.checkpoint" holds something to resume.
bool hasCheckpoint(const QString &out);
/// The run that `resume` would go on with: of the checkpoint, or of the package if the run was killed after its last write (then
/// train() answers from the package). nullopt: nothing is there. An error: what is there is damaged.
Result<std::optional<QString>> resumableRun(const QString &out);

} // namespace pilothouse::learn

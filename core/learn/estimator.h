// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/base/events.h"
#include "core/base/result.h"
#include "core/workspace/recipe.h"

#include <QByteArray>
#include <QJsonObject>
#include <QStringList>

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace pilothouse::learn {

/// Samples ready for a learner: transforms are done, nothing is missing.
struct TrainData {
    workspace::TaskKind task = workspace::TaskKind::Regression;
    std::size_t rows = 0, width = 0, outputs = 1;
    std::vector<double> x; ///< [rows × width], row-major
    std::vector<double> y; ///< [rows × outputs], row-major; Classification: [rows], class index as a number
    std::vector<std::string> classes; ///< Classification only
    std::vector<QString> names;       ///< of the columns of x
    /// Forecast: x holds `series` series of `window` steps each, series by series, oldest step first
    /// (x[r][s·window + t]); width = series · window. 0 otherwise. The first `targets` of them are what is forecast; y holds
    /// outputs / targets steps of each, one target after the other.
    std::size_t window = 0, series = 0, targets = 1;
    bool isClassification() const { return task == workspace::TaskKind::Classification; }
};

class Workers;

/// How much a fit will be given.
struct TrainShape {
    double rows = 0, width = 0, outputs = 1; ///< numbers to multiply with
    int threads = 1;
    double cells() const { return rows * width; }
};

/// What a fit may use of its surroundings. The functions are never empty: as made, nobody listens and nothing is kept.
struct FitContext {
    quint64 seed = 7;
    int threads = 1;
    std::stop_token stop;
    /// The other processes that fit the same model on the same rows, or null. A learner that can, takes its share of the work and sums (workers.h);
    /// one that cannot does all of it in each process: they end with the same model either way.
    Workers *workers = nullptr;
    /// Units done of all ("tree", "epoch", …); the trainer adds ETA and stage.
    std::function<void(qint64 done, qint64 total, const QString &unit)> progress = [](qint64, qint64, const QString &) {};
    /// One point of a live curve, e.g. ("loss", epoch, 0.31, "validation"). Also kept in the run's metric history.
    std::function<void(const QString &name, qint64 step, double value, const QString &series)> metric = [](const QString &, qint64, double, const QString &) {};
    std::function<void(const QString &level, const QString &text)> log = [](const QString &, const QString &) {};
    /// true once every --checkpoint-seconds; ask between units of work and call checkpoint() when it says so.
    std::function<bool()> checkpointDue = [] { return false; };
    /// Stores all that fit() needs to go on as if never stopped. Durable when it returns.
    std::function<Result<void>(const QByteArray &state, qint64 step)> checkpoint = [](const QByteArray &, qint64) -> Result<void> { return {}; };
    /// What the last checkpoint() of an interrupted run stored; empty at a fresh start. fit() goes on from there and ends
    /// with the same weights as an uninterrupted run, or gives Invalid if it cannot read it.
    QByteArray previousState;
};

/// A trained model without its pre-processing. predict() may be called from several threads at once.
class FittedModel {
public:
    virtual ~FittedModel() = default;
    /// x: transformed rows of the training width. Regression, forecast: values [n × outputs]; classification: class index
    /// and probabilities [n × classes].
    virtual Result<artifact::Predictions> predict(const data::Rows &x) const = 0;
    /// Writes the weights into an existing folder; gives the file names. The same model gives the same bytes.
    virtual Result<QStringList> save(const QString &folder) const = 0;
    /// Who can load it again: "linear", "trees", "svm", "neighbours", "torch"; stands in MLmodel as our flavour's `model_type`.
    virtual QString flavour() const = 0;
    /// Facts for the model card: {"parameters", "trees", "tree_method", "epochs", …}.
    virtual QJsonObject describe() const = 0;
};

/// A learner with its parameters set. fit() is called once.
/// A stop request: checkpoint() the state reached, if there is one, then return cancelled().
class Estimator {
public:
    virtual ~Estimator() = default;
    virtual QString name() const = 0;
    /// Every parameter with the value used, defaults included; stands in recipe.json and the run's params.
    virtual QJsonObject parameters() const = 0;
    /// true: the trainer holds a part of the training rows out as `validation` (early stopping). Otherwise it is empty.
    virtual bool wantsValidation() const { return false; }
    /// Bytes that fit() takes beside the rows it is given, at least. As made: a copy of them.
    virtual double memory(const TrainShape &shape) const { return 8 * shape.cells(); }
    virtual Result<std::unique_ptr<FittedModel>> fit(const TrainData &train, const TrainData &validation, FitContext &context) = 0;
};

/// A learner by name. Unknown estimator, unknown parameter (with the nearest known name), a value of the wrong type or out
/// of range, or a learner that cannot do the task is Invalid. mlp, lstm and gru load the LibTorch module (torch_loader.h). To add one:
/// estimator_entry.h.
Result<std::unique_ptr<Estimator>> makeEstimator(const workspace::EstimatorSpec &spec, workspace::TaskKind task);

} // namespace pilothouse::learn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <vector>

namespace pilothouse::metrics {

/// What came out beside what was true. Regression, forecast: truth and predicted [count × outputs]; of a forecast of several targets all
/// steps of the first target, then those of the second. Classification (classes > 0): truth and predicted [count] hold class indices,
/// probabilities [count × classes] (may be empty: no scores). With two classes the second one is the positive class.
struct Scored {
    std::size_t count = 0, outputs = 1, classes = 0;
    std::vector<double> truth, predicted, probabilities;
    /// Forecast: for each target what mase is measured in (its training rows' seasonal naive error); NaN: not known. Empty: no forecast.
    std::vector<double> naiveScales = {};
    bool isClassification() const { return classes > 0; }
    bool isForecast() const { return !naiveScales.empty(); }
    std::size_t targets() const { return naiveScales.empty() ? 1 : naiveScales.size(); }
    /// The rows listed, repeated where listed twice.
    Scored take(const std::vector<std::size_t> &rows) const;
};

/// Name → value; NaN = undefined (null in JSON).
using Values = QMap<QString, double>;

/// Every metric of the kind, by the definitions of scikit-learn 1.x:
///   regression      r2 mae rmse mse median_ae max_error mape explained_variance (several outputs: r2 and explained_variance are
///                   means over outputs, the others over all values); smape: mean of 2·|error| / (|truth| + |predicted|), 0 to 2,
///                   0/0 = 0 (M4 competition); pinball_10, _50, _90: quantile loss at 0.1, 0.5, 0.9; forecasts: mase (Hyndman, Koehler 2006)
///   classification  accuracy balanced_accuracy mcc cohen_kappa precision_macro … f1_weighted (macro, micro, weighted) log_loss roc_auc average_precision brier ece;
///                   two classes: also precision recall f1 of the positive class. 0/0 counts as 0; log_loss clips at 2.2e-16;
///                   more than two classes: roc_auc one-vs-rest macro, no average_precision; brier is the mean squared distance
///                   of the probability vector (two classes: of the positive class's probability); ece: expected calibration
///                   error of the most probable class, 15 equal bins (lower, upper] (Guo, Pleiss, Sun, Weinberger 2017).
/// A forecast of several targets has those that have no unit, because errors in °C and in % do not add: r2 explained_variance mape smape mase,
/// each the mean over the targets (scikit-learn's uniform_average); targets.h has all of them of one target.
/// Undefined (NaN): r2 with fewer than two rows, mape when a true value is 0, mase without a scale above 0, roc_auc with one class only.
/// Each is defined in a file of core/metrics/definitions (core/metrics/metric_entry.h).
/// Invalid: no rows, lengths that do not fit, a value that is not finite (with its row).
Result<Values> allMetrics(const Scored &scored);
/// One of them. Invalid for a name that the kind does not have.
Result<double> metricOf(const QString &name, const Scored &scored);
/// Names of allMetrics for regression or forecast (classes 0), two or more classes, in the order of importance.
QStringList metricNames(std::size_t classes, bool forecast = false, bool severalTargets = false);
QStringList metricNames(const Scored &scored);

/// Counts, true classes in rows [classes × classes].
std::vector<std::vector<double>> confusion(const Scored &scored);
/// Loss of each row, of which the metric is a mean or comes nearest to, as its definition says: regression the mean over outputs of
/// |error|, of error² (mse, rmse, r2, explained_variance), of |error / truth| (mape; |error| if a truth is 0), of what smape, pinball_10 and
/// pinball_90 are the mean of, or of |error| / naive scale (mase; |error| without one); classification 0/1 (counts of right answers, or
/// without probabilities), brier's, else the log loss of the true class. Where there are several targets |error| is else in units of the
/// output's standard deviation on these rows: the mean of its square is then 1 − r2.
std::vector<double> rowLosses(const Scored &scored, const QString &metric);
/// "absolute error", "scaled error", "squared error", "relative error", "symmetric relative error", "pinball loss at 0.1", "log loss",
/// "squared distance", "0/1 loss"
QString rowLossName(const Scored &scored, const QString &metric);

QJsonObject toJson(const Values &values);
Values valuesFromJson(const QJsonObject &object);

} // namespace pilothouse::metrics

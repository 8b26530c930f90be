// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/package.h"
#include "core/base/result.h"
#include "core/learn/data_file.h"
#include "core/learn/unknown_categories.h"
#include "core/metrics/calibration.h"
#include "core/metrics/class_report.h"
#include "core/metrics/compare.h"
#include "core/metrics/paired_test.h"
#include "core/metrics/slices.h"

#include <QJsonObject>

#include <optional>
#include <stop_token>

namespace pilothouse::learn {

/// Calibration of one class: mean probability against what came, in bins of one width and in bins of about as many rows.
struct ClassCalibration {
    QString name;
    std::vector<metrics::CalibrationBin> equalWidth, quantile;
};

/// The metric on groups of the rows.
struct SliceReport {
    QString by, metric;
    std::size_t withoutValue = 0; ///< rows in no group
    metrics::Resampling bootstrap;
    std::vector<metrics::Slice> slices;
    std::vector<metrics::PairedSlice> changes; ///< model − against; empty without a second model
};

/// One target of a forecast of several, by itself.
struct TargetEvaluation {
    QString target;
    std::vector<metrics::MetricInterval> intervals; ///< of every metric, in its unit
    std::vector<metrics::PairedInterval> changes;   ///< model − against; empty without a second model
};

/// A model judged on a data file now, on rows that it was not trained on; with a second model, both on the rows that neither
/// was trained on.
struct Evaluation {
    std::size_t rows = 0, excluded = 0; ///< excluded: training rows of one of them
    metrics::Values values;             ///< of the model
    std::vector<metrics::MetricInterval> intervals; ///< of each of `values`, in the order of importance
    QString metric;                     ///< the one the model was selected by: test and slices go by it
    QStringList classes;
    std::vector<metrics::ClassFigures> classFigures;   ///< [classes]
    std::vector<std::vector<double>> confusion;        ///< true classes in rows
    std::vector<ClassCalibration> calibration; ///< two classes: of the positive one; up to 20: of each, against the rest; more: empty
    std::vector<TargetEvaluation> targets; ///< of a forecast of several; `values` are then means over them
    std::optional<SliceReport> slices;
    std::optional<metrics::Values> against;
    std::vector<metrics::PairedInterval> changes; ///< model − against
    metrics::Resampling bootstrap; ///< how the rows were drawn again for the intervals
    std::optional<metrics::PairedTest> test; ///< by the metric the model was selected by
    QString sentence; ///< the comparison in words
    QStringList notes;
    std::vector<UnknownCategories> unknown, unknownToOther; ///< in the rows judged, by input; unknownToOther: of the second model
    /// `values`, and beside them those of each of several targets: "mae@t2m".
    metrics::Values everyValue() const;
    /// Of a forecast of several targets also "targets":[{"target","metrics","intervals","changes":[as in "against"]}].
    /// {"rows","excluded","metrics","intervals":{METRIC:{"low","high"}},"metric","classes":[{"class","support","predicted","precision":{"value","low",
    /// "high"},"recall":{…},"f1":{…}}],"confusion":{"classes":[…],"counts":[[…]]},"calibration":[{"class","equal_width":[{"from","to","count",
    /// "predicted","observed","low","high"}],"quantile":[…]}],"slices":{"by","metric","minimum_rows","without_value","correction","bootstrap",
    /// "slices":[…],"changes":[…]}|null (metrics::toJson),"against":{"metrics","intervals","changes":[{"metric","against","model","change",
    /// "low","high"}],"test":{"name","loss","p","mean_difference"},"disagreement","sentence"}|null,"bootstrap":{"method","block","rounds","seed",
    /// "text"},"notes","unknown_categories":[unknownJson()], also in "against"}; the lists are empty where they do not apply
    QJsonObject toJson() const;
};

/// @param by slices by this column of the file; for a forecast "time:hour", "time:weekday" or "time:month" of the step it was made at, in
/// the recipe's zone (also under the name of the recipe's time column). Empty: no slices
Result<Evaluation> evaluatePackage(const artifact::Package &package, const DataFile &dataFile, const artifact::Package *against, std::stop_token stop = {}, const QString &by = {});

} // namespace pilothouse::learn

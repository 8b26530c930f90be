// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workspace/search_spec.h"

#include <QMap>
#include <QString>
#include <QStringList>
#include <QVariant>

#include <optional>
#include <utility>
#include <vector>

namespace pilothouse::workspace {

enum class TaskKind { Regression, Classification, Forecast };
QString taskName(TaskKind task); ///< "regression", "classification", "forecast"

/// data: — where the rows come from and how the file is read.
struct DataSpec {
    QString source;                ///< path, http(s)://…, s3://bucket/key, FILE.dvc or dvc:PATH (core/sources); relative paths are resolved against the recipe's folder when parsed
    QString connection;            ///< workspace connection of kind s3; empty: the only one, else the environment's credentials
    QString version;               ///< S3 version id, or the Git revision of a DVC-tracked file; empty: the newest
    QStringList missing;           ///< texts that mean missing beside the empty field; numbers compare as numbers ("-999" matches -999.0)
    QMap<QString, QString> where;  ///< column → text that a row must have; others are dropped before the split
    QString delimiter;             ///< "" = found out
    QString decimal;               ///< "" = "."; or ","
    QString skipUntil;             ///< lines up to and including the one that contains this text are skipped
    QString comment;               ///< lines that begin with this are skipped
    bool sample = true;            ///< keep up to 10,000 test rows inside the package
    QString fetched;               ///< not in the file: verified local copy of a source that is elsewhere (core/sources); empty: the source is the file
    QString fetchedSha256;         ///< not in the file: digest that `fetched` had when it was verified
    QVariantMap origin;            ///< not in the file: where `fetched` came from, for data.json
    const QString &path() const { return fetched.isEmpty() ? source : fetched; } ///< the file to read
    bool operator==(const DataSpec &) const = default;
};

/// split: — exactly one way. Rows are counted after `where`, 0-based.
struct SplitSpec {
    enum class Kind { Every, Random, Stratified, After, Grouped } kind = Kind::Every;
    int every = 5;         ///< row i tests when i % every == every − 1
    double fraction = 0.2; ///< Random, Stratified: share of test rows, Grouped: of the groups; 0 < f < 1
    quint64 seed = 7;
    QString after;         ///< After: rows whose time is ≥ this (UTC, ISO date or date-time) test
    QString by = {};       ///< Grouped: rows with one value of this column stand on one side
    bool operator==(const SplitSpec &) const = default;
};

/// validation: — cross-validation on the training rows; its folds are those of scikit-learn's KFold, StratifiedKFold, GroupKFold
/// and TimeSeriesSplit.
struct ValidationSpec {
    enum class Kind { KFold, StratifiedKFold, GroupedKFold, Expanding } kind = Kind::KFold;
    int folds = 5;
    QString by;                  ///< GroupedKFold: the column of the groups
    std::optional<quint64> seed; ///< KFold, StratifiedKFold: shuffled with it; none: in the order of the rows
    int horizon = 0;             ///< Expanding: rows that each fold validates; 0: training rows / (folds + 1)
    bool operator==(const ValidationSpec &) const = default;
};

/// transforms: — a step by name, with one word ("impute: median") or a map of settings ("impute: {strategy: constant, value: 0, columns: [x]}").
struct TransformSpec {
    QString name;     ///< one of knownTransforms()
    QString argument; ///< one of transformWords(name), where it has some
    QVariantMap settings = {}; ///< the map without that word and `columns`: numbers, bools, texts, lists of texts and numbers
    QStringList columns = {};  ///< empty: every column that the transform fits
    QString text() const;      ///< as it stands in a recipe
    bool operator==(const TransformSpec &) const = default;
};

/// estimators: — a learner by name with its parameters (numbers, texts, lists of numbers, maps of numbers).
struct EstimatorSpec {
    QString name; ///< one of knownEstimators()
    QVariantMap parameters; ///< qlonglong, double, bool, QString, QVariantList of numbers or QVariantMap of numbers
    bool operator==(const EstimatorSpec &) const = default;
};

/// gates: — "metric OP number", judged on the test rows.
struct GateSpec {
    QString metric, op; ///< metric: of one of several targets "mae@t2m" (metricAndTarget); op: >= > <= < ==
    double limit = 0;
    QString text() const;
    bool passes(double value) const; ///< NaN never passes
    bool operator==(const GateSpec &) const = default;
};

/// quality: — what the data must hold before anything is trained: "check OP number", judged on the columns used.
struct QualitySpec {
    QString reference;           ///< a data file or model package that was right; relative paths as data.source. Empty: none
    std::vector<GateSpec> gates; ///< GateSpec::metric: one of knownQualityChecks()
    bool operator==(const QualitySpec &) const = default;
};

/// time: and forecast: — when each row was, and a forecast's window and horizon in steps.
/// resample brings the rows to one a step before anything is split off. Numbers become their mean, sum or last value of the step as it says, all
/// else (categories, classes, times) its newest value that is not missing; a step without a row has none, and is counted. A class has no mean and no
/// sum: a classification takes `last` only. A service's rows and rows without the time column are steps already.
struct TimeSpec {
    QString column;    ///< or parts
    QStringList parts; ///< year, month, day, hour columns
    QString step;      ///< "1h", "15min", "1d"
    QString zone = QStringLiteral("UTC");
    QString resample = {}; ///< mean | sum | last brings the rows to one a step; empty: they are taken as they are
    int interpolate = 0;   ///< Forecast: so many missing steps in a row, inside a window, are filled by the line between their neighbours
    QString by = {};       ///< column that tells several series apart, each with times of its own; empty: one series. Forecasts have one
    qint64 stepSeconds() const; ///< 0 if the text is wrong
    bool operator==(const TimeSpec &) const = default;
};
struct ForecastSpec {
    int window = 24;  ///< steps looked back
    int horizon = 24; ///< steps predicted
    bool operator==(const ForecastSpec &) const = default;
};

/// export: — a file as a service expects it; `pilot registry export` writes exactly those.
struct ExportSpec {
    QString file;   ///< its plain name
    QString format; ///< one of knownExportFormats(); not said in the recipe: by the ending
    bool operator==(const ExportSpec &) const = default;
};

/// One training job, as its file says it.
struct Recipe {
    QString name;
    QString file; ///< absolute path it was read from; empty if made in memory
    DataSpec data;
    TaskKind task = TaskKind::Regression;
    QString target;          ///< the first, where a forecast names a list
    QStringList moreTargets; ///< Forecast: what the same model forecasts beside it
    QStringList targets() const { return QStringList{target} + moreTargets; }
    QStringList categorical, include, exclude; ///< features:
    SplitSpec split;
    std::optional<ValidationSpec> validation;
    std::vector<TransformSpec> transforms;
    std::vector<EstimatorSpec> estimators;
    std::optional<SearchSpec> search;
    QString selectMetric; ///< empty: defaultMetric()
    std::vector<GateSpec> gates;
    std::optional<QualitySpec> quality;
    std::optional<TimeSpec> time;
    std::optional<ForecastSpec> forecast;
    std::vector<ExportSpec> exports;
    quint64 seed = 7;
    bool operator==(const Recipe &) const = default;
};

/// Parses recipe text. Every error is Invalid at file:line:column with what was expected and the nearest known key;
/// unknown and duplicate keys are errors.
Result<Recipe> parseRecipe(const QByteArray &yaml, const QString &file);
Result<Recipe> readRecipe(const QString &file);
/// The recipe as YAML text in the documented key order (for a proposed recipe; an existing file is edited in place).
QByteArray writeRecipe(const Recipe &recipe);
/// true if a larger value of this metric is better (r2, accuracy, f1 …), false for errors (mae, rmse, log_loss …). "mae@t2m" is as mae.
bool largerIsBetter(const QString &metric);
/// The metric that selects when the recipe names none: r2, accuracy or mae by task; r2 of a forecast of several targets, whose errors
/// have different units and do not add.
QString defaultMetric(TaskKind task, std::size_t targets = 1);
/// A metric of one target where a forecast has several, "mae@t2m": the metric and the target. Any other name: itself and nothing.
std::pair<QString, QString> metricAndTarget(const QString &name);
QString metricOfTarget(const QString &metric, const QString &target); ///< "mae@t2m"
/// Every name a recipe may use; sorted. An unknown one is an error that names the nearest.
const QStringList &knownEstimators();
const QStringList &knownTransforms();
const QStringList &knownMetrics();
const QStringList &knownQualityChecks();
const QStringList &knownExportFormats(); ///< torchscript, xgboost_json, xgboost_ubj
QString exportFormatOf(const QString &file); ///< by its ending: .pt, .json, .ubj; empty: another
/// true for the checks that compare with QualitySpec::reference.
bool qualityCheckNeedsReference(const QString &check);
/// What a transform takes as its one word: the name of that setting, then the words, the default first ("strategy", "median", …).
/// Empty: it takes none.
QStringList transformWords(const QString &transform);

} // namespace pilothouse::workspace

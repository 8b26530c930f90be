// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/learn/import_xgboost.h"
#include "core/metrics/metrics.h"

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <stop_token>

namespace pilothouse::learn {

/// What a TorchScript that forecasts does not say: it takes windows [n × window × series] and gives [n × horizon], or of several targets
/// [n × horizon × targets]. What is left away comes from the card of our own exports (import_forecast.h).
struct ForecastImport {
    int window = 0, horizon = 0;           ///< steps
    QString step;                          ///< between two of them: "1h"
    QStringList series;                    ///< columns of the rows in the order in which it takes them; empty: the targets
    QStringList targets;                   ///< columns that it predicts, in its order
    QStringList time;                      ///< the rows' column of times, or its parts (year, month, day, hour …); empty: the only one
    QString zone = QStringLiteral("UTC"); ///< of `time`
    bool operator==(const ForecastImport &) const = default;
};

/// A model file that was made elsewhere, and example rows by which it is checked.
struct ImportOptions {
    QString file;         ///< XGBoost's .json or .ubj, or a TorchScript .pt
    QString name;         ///< of the model
    QString out;          ///< package folder to be made (must not exist)
    QString rows;         ///< CSV file with the inputs by name; where the model names none, its columns in their order. Of a forecast its series by time
    QStringList missing;  ///< texts in it that mean missing, beside the empty field and NA
    /// Columns of `rows` with the predictions made there: one number or class, or one probability for each class. Of a forecast, in the row of
    /// the window's newest step, all steps of the first target, then those of the second; or a name for each target, of columns NAME@+1 ….
    QStringList expected;
    QString target;       ///< column of `rows` with the true value; empty: not known. Of a forecast it is not looked at: forecast.targets is
    QString task;         ///< "regression", "classification", "forecast"; empty: as the model says, of a TorchScript by its card, or by whether `classes` are given
    ForecastImport forecast;
    QStringList classes;  ///< in the order of the outputs; empty: 0, 1, 2 … (a TorchScript needs them)
    QString answers;      ///< of a TorchScript with classes: "probabilities", "logits"; empty: probabilities if the rows' outputs are some
    ImportRounds rounds = ImportRounds::Unsaid;
    QString user, runId;  ///< runId: 32 hex digits
    std::stop_token stop;
};

struct ImportResult {
    QString package, digest, runId, kind, madeBy; ///< kind: "xgboost", "torchscript"
    bool verified = false;          ///< re-scored rows agreed with `expected`
    qint64 rows = 0, compared = 0;  ///< of the file; that were compared
    double worst = 0;               ///< largest difference found, in parts of what is compared with (importTolerance)
    metrics::Values test;           ///< against the true values; empty without
    QMap<QString, metrics::Values> baselines; ///< of a forecast: the naive models on the same rows, by name
    QStringList notes;
    /// {"package","digest","run","kind","made_by","verified","rows","compared","worst"|null,"tolerance","metrics"|null,"notes":[…]}; of a
    /// forecast also "baselines":{NAME:{…}}
    QJsonObject toJson() const;
};

/// Predictions agree within this share of the expected number (near 0: of the column's root mean square, because sums are float32), and
/// probabilities within this absolutely.
inline constexpr double importTolerance = 1e-5;

/// File → sealed package of ours, which says that it was imported and not trained here. The rows are scored before it is written and
/// again from the written package. Invalid: a file that cannot be served (importXgboost, importTorchScript), rows that do not fit it.
/// Refused: the predictions are not the expected ones, with the worst row. The package appears whole or not at all.
Result<ImportResult> importModel(const ImportOptions &options);

} // namespace pilothouse::learn

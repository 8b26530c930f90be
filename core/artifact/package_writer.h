// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/labelled_rows.h"
#include "core/artifact/mlmodel.h"
#include "core/base/result.h"

#include <QJsonObject>
#include <QString>

#include <functional>
#include <optional>

namespace pilothouse::artifact {

/// All of a package but the weights.
struct PackageContents {
    MlModel ml;
    Signature signature;
    QJsonObject preprocessing, metrics, data, recipe, profile;
    QJsonObject predictions;              ///< drift profile of what it predicts of rows that it was not trained on; empty: not known
    QByteArray recipeYaml;
    std::vector<std::uint64_t> trainRows; ///< rowHash of each training row
    std::optional<LabelledRows> sample;   ///< test rows; the first 10,000 are kept. Absent: switched off
    Rows example;                         ///< for input_example.json where there is no sample; may be empty
    QStringList notes;                    ///< for the card
    QJsonObject model;                    ///< FittedModel::describe()
};
inline constexpr std::size_t sampleLimit = 10000;

/// Makes the package folder: the weights are written first by `writeWeights(folder)` (it gives their names), then everything
/// else, sealed, under a temporary name, and renamed to `folder`. Conflict if the folder exists. Gives the digest.
Result<QString> writePackage(const QString &folder, PackageContents contents,
                             const std::function<Result<QStringList>(const QString &)> &writeWeights);

/// The page for people: what it predicts, from what, how well, from which data, its limits.
QByteArray modelCard(const PackageContents &contents);

/// sample.csv: inputs and outputs as texts, numbers in shortest exact form.
QByteArray sampleCsv(const LabelledRows &rows, const Signature &signature);

} // namespace pilothouse::artifact

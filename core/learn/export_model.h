// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/package.h"
#include "core/workspace/recipe.h"

namespace pilothouse::learn {

/// A file that was written for a service, and read back.
struct ExportedFile {
    QString path, format, sha256;
    qint64 bytes = 0;
    qint64 rows = 0;  ///< that were scored through the file
    double worst = 0; ///< largest difference from the package's answers, in parts of what is compared with (exportTolerance)
    QJsonObject toJson() const; ///< {"file","format","sha256","bytes","rows","worst","tolerance"}
};

/// The file's answers agree with the package's within this share of the number (near 0: of the output's root mean square, because sums are
/// float32), probabilities absolutely.
inline constexpr double exportTolerance = 1e-5;

/// Writes exactly the files that the recipe of a package names (`export:`) into a folder, which is made. What they take and give are plain
/// units: a TorchScript holds the pre-processing (torch/export_script.h), XGBoost's trees need none (export_xgboost.h). Each is written under
/// a hidden name first, read back, and asked for the package's sample rows (without them: rows drawn from its profile); only when all agree do
/// they take their names, so that a reader sees the old file or the new one, never half of one or one that answers otherwise.
/// Invalid: the recipe names none, or the model cannot be written in a format, with the place in the recipe. Conflict: a file is there and
/// `overwrite` is not said. Refused: it would answer otherwise than the package, with the worst row.
Result<std::vector<ExportedFile>> exportModel(const artifact::Package &package, const QString &folder, bool overwrite);

/// Invalid, at the place in the recipe: no estimator that it names gives a model which can be written so.
Result<void> checkExports(const workspace::Recipe &recipe);

/// FittedModel::flavour() of the models that a format of knownExportFormats() can hold.
QString exportFlavour(const QString &format);

} // namespace pilothouse::learn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"

#include <QMap>
#include <QString>
#include <QStringList>

namespace pilothouse::artifact {

/// The file MLmodel: what MLflow and we must know to load a package.
struct MlModel {
    QString runId, uuid, created; ///< 32 hex digits; created: ISO 8601, UTC
    QString estimator, modelType;
    QStringList weightFiles;
    QMap<QString, QString> versions; ///< what made it: pilothouse, xgboost, libtorch, qt, compiler
};

/// MLflow's YAML with the flavours python_function (loader code in code/) and pilothouse. `rows` are some of the model's inputs, or none: where only
/// whole numbers stand, MLflow is told to take any type.
QByteArray writeMlModel(const MlModel &model, const Signature &signature, const Rows &rows);
/// Invalid with the path if it cannot be read or names no flavour of ours.
Result<MlModel> readMlModel(const QString &path);

/// The other files by which MLflow serves a package: requirements.txt, conda.yaml, python_env.yaml, code/pilothouse_model.py.
QMap<QString, QByteArray> pythonFiles(const MlModel &model);

} // namespace pilothouse::artifact

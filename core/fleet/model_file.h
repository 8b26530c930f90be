// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/pickle_facts.h"
#include "core/base/result.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <stop_token>

namespace pilothouse::fleet {

/// What a model file says of itself.
struct ModelFile {
    enum class Kind { Pickle, Xgboost, TorchScript };
    Kind kind = Kind::Pickle;
    QString file, sha256;
    qint64 bytes = 0;
    artifact::PickleFacts pickle;         ///< of a pickle; what follows is of the others
    QString madeBy, task, objective;      ///< task: empty: the file does not say
    QStringList inputs, classes, notes;   ///< classes: of a TorchScript that names them
    qint64 width = 0, classCount = 0, rounds = 0, trees = 0; ///< XGBoost
    qint64 parameters = 0;                ///< TorchScript
    QString dtype, step;
    int window = 0, horizon = 0;          ///< of a forecast
    QStringList series, targets;
    bool imports() const { return kind != Kind::Pickle; } ///< `pilot registry import` takes it
    /// Of what `pilot registry inspect --json` answers. Invalid: a kind that this program does not know, or a part is missing.
    static Result<ModelFile> fromJson(const QJsonObject &object);
};

/// Asks a `pilot registry inspect` child, so that no bytes of a stranger are looked at in this program; nothing is unpickled there either. Blocking.
Result<ModelFile> inspectModelFile(const QString &file, std::stop_token token);

/// The command by which a terminal scores a pickle in a confined Python; ROWS.csv, PREDICTIONS.csv and ENV stand for what a person has.
QString scoreCommand(const QString &file);

/// What `pilot registry import` is asked for, as it was typed; lists with commas.
struct ModelImport {
    QString file, model, rows, expected, target, task, classes, rounds, answers;
    int window = 0, horizon = 0;
    QString step, series, time, zone, missing;
    /// The arguments of `pilot`; what is empty is left away.
    QStringList arguments() const;
};

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QJsonArray>
#include <QJsonObject>
#include <QString>

#include <vector>

namespace pilothouse::learn {

/// What an interrupted training leaves: a folder with checkpoint.json, the state of the estimator that was at work, and
/// a folder of weights for each one that had finished. Written so that a kill at any moment leaves the last whole one.
class Checkpoint {
public:
    struct Finished {
        QString modelType, folder; ///< folder: absolute
        QJsonObject facts;         ///< {"describe":…, "seconds":…}
    };

    explicit Checkpoint(QString folder) : m_folder(std::move(folder)) {}
    /// Reads and verifies. NotFound if there is none, Invalid with the file if it is damaged.
    static Result<Checkpoint> open(const QString &folder);
    static bool exists(const QString &folder);

    QString folder() const { return m_folder; }
    QString runId, recipeDigest, dataSha256, program;
    std::vector<Finished> finished; ///< estimators 0 … finished − 1
    QJsonArray trials; ///< of a search, in the order in which they ended (learn/search.h)
    QJsonArray folds; ///< figures of the folds that the estimator after the finished ones has behind it
    qint64 step = 0;
    bool written = true; ///< false: of a process that trains with others and does not lead them; nothing of it reaches the disk

    /// State of the estimator after the finished ones, in the fold after `folds`; empty: it had not begun.
    const QByteArray &state() const { return m_state; }
    QString stateFile() const { return m_stateFile.isEmpty() ? QString() : m_folder + QLatin1Char('/') + m_stateFile; } ///< where it lies
    /// Enters what is known so far without a state, so that a run stopped early can be resumed all the same.
    Result<void> keep();
    Result<void> writeState(const QByteArray &state, qint64 step);
    /// Where the weights of the next finished estimator go; then addFinished().
    Result<QString> nextFolder() const;
    /// A trial of the search is done.
    Result<void> addTrial(const QJsonObject &record);
    /// A fold is done; what comes next begins without a state.
    Result<void> addFold(const QJsonObject &figures);
    Result<void> addFinished(const Finished &estimator);
    void remove();

private:
    Result<void> writeIndex();
    Result<void> dropState();
    QString m_folder, m_stateFile;
    QByteArray m_state;
};

} // namespace pilothouse::learn

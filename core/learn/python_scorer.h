// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/pickle_facts.h"
#include "core/data/table.h"
#include "core/learn/confined_child.h"
#include "core/learn/python_interpreter.h"
#include "core/learn/python_requirements.h"

#include <memory>
#include <stop_token>
#include <vector>

namespace pilothouse::learn {

/// Pickled models and the Python that is to score them.
struct PickleSetup {
    std::vector<artifact::PickleFacts> pickles; ///< applied one after the other: all but the last transform, the last predicts
    PythonInterpreter python;
    std::vector<Requirement> requirements; ///< beside what the pickles say themselves
    bool anyVersion = false;               ///< other versions than those asked for are taken, and marked in checks()
    ConfinedLimits limits;
};

/// What was loaded, as it says of itself.
struct LoadedPickles {
    QStringList types;       ///< "sklearn.svm._classes.SVC", by file
    QStringList features;    ///< names of the columns it was fitted on; empty: it was fitted on an array
    int count = -1;          ///< of columns; −1: not said
    QStringList classes;     ///< in the order of the probabilities; empty: no classifier
    bool probabilities = false;
    QStringList warnings;    ///< of Python, while it was loaded
};

/// Predictions of some rows: `values` [rows × outputs], or where there are labels `codes` [rows] into them; probabilities [rows × classes].
struct PickleAnswers {
    std::size_t rows = 0, outputs = 1, classes = 0;
    QStringList labels;
    std::vector<double> values;
    std::vector<std::int32_t> codes;
    std::vector<double> probabilities;
    QStringList warnings;
};

/// A column that is sent to Python.
struct PickleColumn {
    /// So many texts of a file tell whether all of them are truth values: pandas knows fewer words for them (resources/python/score_pickles.py).
    static constexpr qsizetype tellingTexts = 7;
    QString name;
    QStringList texts; ///< of the whole file, the first of them (tellingTexts); empty: it holds numbers, or nothing at all
};

/// Columns of a table by which pickles are scored, in the order they take them: `asked` where it names any, else the features they were
/// fitted on by name, else all. Invalid: a column that is not there (with the nearest one), or another number than they take.
Result<QStringList> pickleColumns(const LoadedPickles &model, const QStringList &columns, const QStringList &asked);

/// Scores by pickled models in a confined Python (confined_child.h, resources/python/score_pickles.py); nothing is unpickled in this process.
/// The rows go there in blocks, so that its memory does not grow with the file. One thread, blocking.
class PythonScorer {
public:
    /// Starts Python, compares versions and modules, and only then has the pickles loaded. Refused: a pickle names what no model needs, or
    /// the versions are others. Invalid: a module is not there, it cannot be loaded or is no model. And ConfinedChild's errors.
    static Result<std::unique_ptr<PythonScorer>> start(const PickleSetup &setup, std::stop_token stop);
    const LoadedPickles &model() const { return m_model; }
    const std::vector<VersionCheck> &checks() const { return m_checks; }

    /// What the rows are of. Once.
    void setColumns(const std::vector<PickleColumn> &columns);
    /// Some rows of these columns: numbers, or categories where there are texts. Invalid: the model's Python raised an exception, which is told.
    /// @param first  number of the first row in the file, for errors
    Result<PickleAnswers> score(const std::vector<data::Column> &rows, std::size_t first);
    /// As many rows as go well in one block.
    std::size_t blockRows() const;

private:
    PythonScorer(const PickleSetup &setup, std::unique_ptr<ConfinedChild> child);
    Result<void> checkVersions();
    Result<void> judgeVersions() const;
    Result<void> load();
    void sendTexts(const std::vector<data::Column> &rows);
    void send(char letter, const QByteArray &body);
    /// The body of the next frame; an exception of Python as Error. @param where  goes into errors
    Result<QByteArray> receive(char letter, qint64 most, const QString &where);
    Result<QJsonObject> receiveObject(char letter, const QString &where);
    Error raised(const QJsonObject &failure, const QString &where) const;
    QString names() const;

    const PickleSetup m_setup;
    std::unique_ptr<ConfinedChild> m_child;
    LoadedPickles m_model;
    std::vector<VersionCheck> m_checks;
    QString m_sklearn; ///< its version there
    std::vector<bool> m_texts; ///< of each column: whether it holds texts
    std::size_t m_outputs = 0; ///< as the first rows had them
};

} // namespace pilothouse::learn

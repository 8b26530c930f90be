// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/tree_ensemble.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>

namespace pilothouse::learn {

/// Which rounds of an early-stopped model count: xgboost's Booster predicts with all of them, its scikit-learn classes with the best.
enum class ImportRounds { Unsaid, All, Best };

/// A model that XGBoost in Python (or R, Java …) saved, as trees of ours.
struct ImportedTrees {
    TreeEnsemble ensemble;      ///< what base_score adds is in the leaves of each output's first tree, so that it adds nothing itself
    std::vector<QString> names; ///< feature names of the file; empty: it has none
    QString version;            ///< that wrote the file: "3.2.0"
    QString objective;          ///< as the file names it
    QString baseScore;          ///< as the file writes it: "[2.1E0]"
    std::size_t classes = 0;    ///< 0: the model predicts a number
    QStringList notes;          ///< what a person should know
};

/// Reads XGBoost's .json or .ubj (told apart by their bytes), of XGBoost 1 to 3, by our own check: each field is one that is known, so that
/// none can change the predictions unseen. Served are the booster gbtree and the objectives whose sums need no other link than none,
/// logistic or softmax. Leaves are summed as float32 in XGBoost's order, base_score first: the same sums to the bit.
/// Invalid, named: a newer major, an unknown field, another booster or objective, more than one target, splits by category, a cut file,
/// and an early-stopped model with `rounds` Unsaid.
Result<ImportedTrees> importXgboost(const QByteArray &bytes, const QString &where, ImportRounds rounds = ImportRounds::Unsaid);

/// XGBoost's UBJSON as JSON text. Invalid with the offset if it is cut or no UBJSON.
Result<QByteArray> ubjsonToJson(const QByteArray &bytes, const QString &where);
/// true if the bytes begin as UBJSON does and JSON does not.
bool looksLikeUbjson(const QByteArray &bytes);

} // namespace pilothouse::learn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"
#include "core/learn/parameters.h"

#include <QMap>

namespace pilothouse::learn {

/// The parameter class_weight: none | balanced | {class: weight, …} of a learner of classes, as scikit-learn's: the loss of a row
/// counts as often as the weight of its class says. The model's probabilities are then those of the weighted rows.
class ClassWeights {
public:
    /// Reads class_weight; where the task has no classes the parameter is not known.
    static ClassWeights read(Parameters &parameters, workspace::TaskKind task);
    bool isNone() const { return m_word == QLatin1String("none"); }
    /// [classes], 1 without weights. balanced: rows / (classes · rows of the class). A class that is not named weighs 1; a name that is no
    /// class of the data (numbers compare as numbers: 1 is "1.0") is Invalid with the nearest class.
    Result<std::vector<double>> ofClasses(const TrainData &train) const;

private:
    QString m_word = QStringLiteral("none"); ///< none | balanced; empty = m_given
    QMap<QString, double> m_given;
};

/// XGBoost's weight of each row of `of` (nullptr: of train), [rows] by the classes of `train`; empty without weights.
Result<std::vector<float>> rowWeights(const ClassWeights &weights, const TrainData &train, const TrainData *of = nullptr);

} // namespace pilothouse::learn

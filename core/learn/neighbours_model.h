// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"

namespace pilothouse::learn {

/// k nearest neighbours among the training rows (Euclidean distance), found by comparing with every one of them: exact, at a cost of
/// training rows × columns for each row. Of equally near rows the earlier one counts. As scikit-learn's KNeighborsClassifier and
/// KNeighborsRegressor: probabilities are the neighbours' shares, the class is the first of the most probable, numbers are means;
/// weighed by 1 / distance where asked (then a neighbour at distance 0 leaves only those at distance 0).
/// model.json: {"estimator","neighbours","weights","rows","width","outputs","classes"}; rows.npy [rows × width] and targets.npy [rows × outputs]
/// (class numbers) hold the training rows.
class NeighboursModel final : public FittedModel {
public:
    struct Settings {
        std::size_t neighbours = 5;
        bool byDistance = false; ///< weights: distance, else uniform
        std::size_t rows = 0, width = 0, outputs = 1, classes = 0;
    };
    NeighboursModel(Settings settings, std::vector<double> rows, std::vector<double> targets, QJsonObject facts);

    Result<artifact::Predictions> predict(const data::Rows &x) const override;
    Result<QStringList> save(const QString &folder) const override;
    QString flavour() const override { return QStringLiteral("neighbours"); }
    QJsonObject describe() const override { return m_facts; }
    /// Invalid, with the file's name, if one was cut or changed or they do not fit together.
    static Result<std::unique_ptr<FittedModel>> load(const QString &folder);

private:
    struct Neighbour {
        double distance; ///< squared
        std::size_t row;
        bool operator<(const Neighbour &other) const { return distance != other.distance ? distance < other.distance : row < other.row; }
    };
    void search(const double *x, std::size_t count, std::vector<std::vector<Neighbour>> &found) const;
    void answer(const std::vector<Neighbour> &found, double *values, double *probabilities) const;
    Settings m_settings;
    std::vector<double> m_rows, m_targets;
    std::vector<double> m_columns; ///< the rows again, column by column in blocks: the loops over rows are vectorised
    QJsonObject m_facts;
};

} // namespace pilothouse::learn

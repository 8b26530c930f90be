// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVariant>

#include <vector>

namespace pilothouse::workspace {

/// One dimension of a search: a parameter of an estimator, drawn from a list or between two numbers.
struct SearchRange {
    QString estimator, parameter;
    QVariantList choices;          ///< not empty: one of these, each as likely; numbers, bools or texts
    double from = 0, to = 0;       ///< else from ≤ value ≤ to
    bool log = false;              ///< uniform in its logarithm; from > 0
    bool whole = false;            ///< both ends were written as whole numbers: so is what is drawn, if the parameter takes no others
    bool operator==(const SearchRange &) const = default;
};

/// search: — which parameters are tried before the best are trained. Every trial is judged on the folds of `validation:`, never
/// on the test rows.
struct SearchSpec {
    enum class Method { Random, Halving } method = Method::Random;
    int trials = 20;       ///< drawn at the start
    double minutes = 0;    ///< no trial begins after so many; 0: no such budget
    int parallel = 0;      ///< processes, each with its own copy of the data; 0: one per core
    quint64 seed = 7;
    int factor = 3;        ///< Halving: 1/factor of the trials goes on with factor times the rows, as scikit-learn's HalvingRandomSearchCV
    std::vector<SearchRange> space; ///< in file order
    bool operator==(const SearchSpec &) const = default;
};

} // namespace pilothouse::workspace

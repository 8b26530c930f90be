// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"

#include <functional>
#include <stop_token>
#include <vector>

namespace pilothouse::explain {

/// The one number of a prediction that is explained: an output, or the probability of a class.
struct Target {
    std::size_t index = 0;    ///< of Signature::outputs, or of Signature::classes
    bool probability = false; ///< a class
    QString name;             ///< "t2m@+1", "setosa"
    QString scale() const;    ///< "prediction", "probability of setosa"
};

/// What is explained as one: an input of the model as the operator gives it (a category is one, however many columns the model
/// makes of it), or of a forecast a whole series or one lag of all series.
struct Feature {
    QString name;
    std::vector<std::size_t> inputs; ///< of Signature::inputs
};
enum class Grouping { Inputs, Series, Lags };
/// The features of a signature. Series and Lags are for forecasts ("t2m@-23": series t2m, lag -23); Invalid for others.
Result<std::vector<Feature>> featuresOf(const artifact::Signature &signature, Grouping grouping);

/// How a piece of work may run. `progress` is called from any thread, done and total in steps of the method: rows,
/// coalitions, repeats, points.
struct Run {
    std::stop_token stop;
    int threads = 0; ///< 0: one a core. Results do not depend on it.
    std::function<void(qint64 done, qint64 total)> progress;
    void report(qint64 done, qint64 total) const {
        if (progress)
            progress(done, total);
    }
};

/// The target by name: a class or an output. Empty: of classes the one that `rows` are mostly predicted as, except that with two
/// classes and many rows it is the second (positive) one; else the first output. Invalid for an unknown name, with the nearest.
Result<Target> targetOf(const artifact::Scorer &scorer, const QString &name, const artifact::Rows &rows);

/// The target's value for each row [count], scored in portions side by side. Cancelled between portions. Invalid where the model
/// answers with something that is not finite.
Result<std::vector<double>> predict(const artifact::Scorer &scorer, const artifact::Rows &rows, const Target &target, const Run &run);
/// The same of what score() gave.
Result<std::vector<double>> valuesOf(const artifact::Predictions &predictions, const Target &target);

/// `count` of the rows, drawn with the seed, in their order; all if there are no more.
artifact::Rows drawRows(const artifact::Rows &rows, std::size_t count, quint64 seed);
std::vector<std::size_t> drawNumbers(std::size_t of, std::size_t count, quint64 seed);
artifact::Rows takeRows(const artifact::Rows &rows, const std::vector<std::size_t> &numbers);

} // namespace pilothouse::explain

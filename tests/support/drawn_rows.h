// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/random.h"
#include "tests/support/quiet_fit.h"

#include <cmath>

namespace pilothouse::support {

/// 90 rows of two (one in three is "c1") or three classes that overlap, three columns; drawn by SplitMix64, which Python does in five
/// lines, so that other libraries can be given the same numbers.
inline learn::TrainData overlappingClasses(int classes, std::size_t rows = 90) {
    metrics::Random random(21);
    std::vector<double> x, y;
    for (std::size_t i = 0; i < rows; ++i) {
        const auto c = classes == 3 ? double(i % 3) : i % 3 == 0 ? 1.0 : 0.0;
        const double a = random.uniform(), b = random.uniform(), d = random.uniform();
        x.insert(x.end(), {a + 0.4 * c, b - (c == 1 ? 0.3 : 0.0), 2 * d});
        y.push_back(c);
    }
    learn::TrainData data = numbersToLearn(rows, 3, x, y);
    data.task = workspace::TaskKind::Classification;
    for (int c = 0; c < classes; ++c)
        data.classes.push_back({'c', char('0' + c)});
    return data;
}

/// 80 rows of three columns, two outputs.
inline learn::TrainData twoCurves() {
    metrics::Random random(22);
    std::vector<double> x, y;
    for (int i = 0; i < 80; ++i) {
        const double a = random.uniform(), b = random.uniform(), d = random.uniform(), e = random.uniform();
        x.insert(x.end(), {a, 2 * b, d - 0.5});
        y.insert(y.end(), {3 * std::sin(4 * a) + b + 0.2 * e, a * b - d});
    }
    return numbersToLearn(80, 3, x, y, 2);
}

inline Result<std::unique_ptr<learn::FittedModel>> fitted(const QString &name, const learn::TrainData &data, QVariantMap parameters = {}, learn::FitContext context = quietContext()) {
    PH_ASSIGN(const auto estimator, learn::makeEstimator({name, std::move(parameters)}, data.task));
    return estimator->fit(data, {}, context);
}

} // namespace pilothouse::support

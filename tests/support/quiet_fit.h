// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"

namespace pilothouse::support {

/// The surroundings of a fit that nobody watches and that keeps no checkpoint.
inline learn::FitContext quietContext(int threads = 2) {
    learn::FitContext context;
    context.threads = threads;
    return context;
}

/// Numbers to learn: x [rows × width], y [rows × outputs].
inline learn::TrainData numbersToLearn(std::size_t rows, std::size_t width, std::vector<double> x, std::vector<double> y, std::size_t outputs = 1) {
    learn::TrainData data;
    data.rows = rows;
    data.width = width;
    data.outputs = outputs;
    data.x = std::move(x);
    data.y = std::move(y);
    for (std::size_t j = 0; j < width; ++j)
        data.names.push_back(QStringLiteral("x%1").arg(j));
    return data;
}

} // namespace pilothouse::support

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/drift/multivariate.h"

#include <stop_token>

namespace pilothouse::learn {

struct MultivariateOptions {
    quint64 seed = 7;
    QStringList leaveOut = {}; ///< columns
    int threads = 1;
};

/// All columns of two tables together: boosted trees that tell their rows apart, each row judged by trees that did not see it; reconstruction by the reference's
/// principal components; energy distance with a permutation test. The same seed gives the same figures. Invalid: no column in common, a side without rows. Seconds; any thread.
Result<drift::MultivariateDrift> multivariateDrift(const data::Table &reference, const data::Table &current, const MultivariateOptions &options, std::stop_token stop = {});

} // namespace pilothouse::learn

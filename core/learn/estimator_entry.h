// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learn/estimator.h"

namespace pilothouse::learn {

/// A learner that recipes may name. Each file of core/learn/estimators defines its own by PILOTHOUSE_ESTIMATOR(name, tasks, flavour,
/// make), at the beginning of a line; CMake collects the names (for the recipe's check) and the entries (for makeEstimator).
struct EstimatorEntry {
    using Make = Result<std::unique_ptr<Estimator>> (*)(const workspace::EstimatorSpec &spec, workspace::TaskKind task);
    const char *name;
    unsigned tasks; ///< numbers, classes, windows: what it can do
    const char *flavour; ///< of the models that it fits: FittedModel::flavour()
    Make make;
    bool can(workspace::TaskKind task) const;
};

inline constexpr unsigned numbers = 1, classes = 2, windows = 4; ///< regression, classification, forecast

/// All of them, sorted by name.
const std::vector<const EstimatorEntry *> &estimatorTable();

} // namespace pilothouse::learn

#define PILOTHOUSE_ESTIMATOR(name, tasks, flavour, make)                                                                                            \
    const EstimatorEntry &estimatorEntry_##name() {                                                                                                 \
        static const EstimatorEntry entry{#name, tasks, #flavour, make};                                                                            \
        return entry;                                                                                                                               \
    }

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

namespace pilothouse::drift {

/// What an effect size says of two samples, and how surely.
struct Verdict {
    double effect = 0;  ///< PSI less what chance adds to it (second order of the delta method), not below 0; NaN: a side is empty
    double error = 0;   ///< its standard error (delta method, and what is left of it where there is no drift)
    bool tooFewRows = true, warning = false, drifted = false;
    std::size_t rowsNeeded = 0; ///< on each side, for an answer at this effect
};

/// Shares of the same bins or categories, and the rows they were counted from (n reference, m current). An answer is given where both sides have minimumRows, chance adds no more
/// than psiWarning ((bins − 1)·(1/n + 1/m)), and either the effect ± 2.8 to 4.5 errors (more where rows are few) lies between the same limits, or the rows are those at which an effect that is 25 % away from a limit is told right in 99 of 100 samples: 1/n + 1/m ≤ 0.00016 (12,500 rows on each side)
/// and ≤ 0.02 / (bins − 1). So the answer does not depend on the number of rows, but whether there is one does.
Verdict verdictOf(std::span<const double> reference, std::span<const double> current, std::size_t n, std::size_t m);

} // namespace pilothouse::drift

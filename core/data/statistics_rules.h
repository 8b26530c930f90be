// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/profile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace pilothouse::data {

/// What statistics of a whole column and those of its pieces have in common.

inline constexpr std::size_t topCount = 6; ///< categories in ColumnStatistics::top

/// The ends of a number column: NaN where there is no second value.
struct Extremes {
    double low = NAN, secondLow = NAN;   ///< the smallest value and the next that is larger
    double high = NAN, secondHigh = NAN; ///< the largest and the next that is smaller
};

/// Numbers that people write for "missing": one of them at the edge of the values, far from all others; NaN: none.
double sentinelOf(const Extremes &extremes);

/// Sets `missingSteps` and `longestGap` by what is known of the distances of neighbours: pairs of a distance in ms and how often it occurs.
template<class Distances>
void countMissingSteps(const Distances &distances, ColumnStatistics &s) {
    for (const auto &[distance, count] : distances) {
        const qint64 between = s.step > 0 ? distance / s.step - 1 : 0;
        if (between <= 0)
            continue;
        s.missingSteps += between * count;
        s.longestGap = std::max(s.longestGap, between);
    }
}

/// 1, 2, 3 … over long stretches, perhaps starting anew (a row number within each part of the file). Not the days of a year or the
/// hours of a day: those come back after few values.
/// @param steps  values that are one more than the value before them
bool countsRows(qint64 steps, qint64 present, qint64 distinct);

} // namespace pilothouse::data

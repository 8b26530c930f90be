// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/order_statistics.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::data {

double quantileOf(std::vector<double> values, double q) {
    const double place = q * double(values.size() - 1);
    const auto below = std::size_t(std::floor(place));
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(below), values.end());
    const double lower = values[below], part = place - double(below);
    if (part == 0)
        return lower;
    const double upper = *std::min_element(values.begin() + std::ptrdiff_t(below) + 1, values.end());
    return part < 0.5 ? lower + (upper - lower) * part : upper - (upper - lower) * (1 - part); // as numpy
}

} // namespace pilothouse::data

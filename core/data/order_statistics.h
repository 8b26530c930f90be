// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace pilothouse::data {

/// The quantile 0 ≤ q ≤ 1 of n ≥ 1 finite values, linear between neighbours (R's type 7), as numpy.quantile.
double quantileOf(std::vector<double> values, double q);

} // namespace pilothouse::data

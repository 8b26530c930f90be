// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/transforms.h"
#include "core/explain/target.h"

#include <vector>

namespace pilothouse::learn {

/// The input that each column of the model matrix comes from, by its name ("rooms", "ocean_proximity=INLAND"); empty if one has none.
std::vector<std::size_t> columnOwners(const data::FittedTransforms &transforms, const artifact::Signature &signature);
/// [columns]: the feature that the column belongs to. @param owners  of columnOwners()
std::vector<std::size_t> featureOfColumn(const std::vector<std::size_t> &owners, const std::vector<explain::Feature> &features);
std::vector<double> columnMeans(const data::Rows &matrix);

} // namespace pilothouse::learn

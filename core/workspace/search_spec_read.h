// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/recipe.h"
#include "core/workspace/section.h"

namespace pilothouse::workspace {

/// The map of `search:`. @param estimators those of the recipe: a space belongs to one of them.
SearchSpec readSearch(Section section, const std::vector<EstimatorSpec> &estimators);
/// A parameter's value as it stands in a recipe: a quoted text stays text; an unquoted one is a number or bool if it reads as one; lists
/// and maps hold numbers. nullopt: it is none of these.
std::optional<QVariant> parameterValue(const YamlNode &node);

} // namespace pilothouse::workspace

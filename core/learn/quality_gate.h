// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/quality.h"

#include <optional>
#include <stop_token>

namespace pilothouse::learn {

/// What was right, by its path: a model package (its training profile; rare categories and time columns are not in it), or a data file,
/// which is read as `like` reads its own. NotFound or Invalid with the path.
Result<data::ExpectedSchema> qualityReference(const QString &path, const workspace::Recipe &like, std::stop_token stop = {});

/// The data of a recipe before it is learnt from: the columns that the recipe uses, by its `quality:`. Refused, with every gate that
/// failed and its worst column. nullopt: the recipe asks for nothing.
Result<std::optional<data::QualityReport>> checkQuality(const workspace::Recipe &recipe, const data::LoadedTable &loaded, std::stop_token stop = {});

} // namespace pilothouse::learn

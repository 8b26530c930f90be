// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/profile.h"
#include "core/workspace/recipe.h"

#include <QStringList>

namespace pilothouse::data {

/// A recipe that a person can start from, and why each choice was made (one sentence each, in the recipe's key order).
struct Proposal {
    workspace::Recipe recipe;
    QStringList reasons;
};

/// @param target  the column to predict; empty: found out (a column named like one, else the last that can be one).
/// Invalid: no rows, an unknown target, or no column that could be an input.
Result<Proposal> proposeRecipe(const Table &table, const Profile &profile, const QString &source, const QString &target = {});

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/recipe.h"
#include "core/workspace/section.h"

namespace pilothouse::workspace {

/// The entries of a list; one scalar is a list of one. Anything else is reported.
std::vector<YamlPointer> listItems(Section &section, const QString &key);

/// gates: ["metric OP number", …]; what is wrong is reported.
/// @param word     what is compared: "metric", "check"; @param known its names
/// @param targets  of which one may be named behind "@", where they are known: empty where there are not several; none: any is taken
std::vector<GateSpec> readGates(Section &section, const QString &word, const QStringList &known, const QString &example, const std::optional<QStringList> &targets = QStringList());

} // namespace pilothouse::workspace

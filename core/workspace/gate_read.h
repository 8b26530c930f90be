// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/recipe.h"
#include "core/workspace/section.h"

#include <optional>

namespace pilothouse::workspace {

/// The entries of a list; one scalar is a list of one. Anything else is reported.
std::vector<YamlPointer> listItems(Section &section, const QString &key);

/// "mae <= 1.5"; nullopt: it has not that form.
std::optional<GateSpec> parseGate(const QString &text);
/// What a run of a pipeline may tell of itself: coverage (percent of lines), tests, tests_passed, tests_failed, tests_skipped, seconds.
QStringList runGateNames();
/// gates: of a pipeline, on those figures or on a metric that its system keeps of a run ("accuracy >= 0.9"): any name, but for a slip of the finger.
std::vector<GateSpec> readRunGates(Section &section);

/// gates: ["metric OP number", …]; what is wrong is reported.
/// @param word     what is compared: "metric", "check"; @param known its names
/// @param targets  of which one may be named behind "@", where they are known: empty where there are not several; none: any is taken
std::vector<GateSpec> readGates(Section &section, const QString &word, const QStringList &known, const QString &example, const std::optional<QStringList> &targets = QStringList());

} // namespace pilothouse::workspace

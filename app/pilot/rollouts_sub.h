// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

#include <vector>

namespace pilothouse {

/// A sub-verb of `pilot rollouts` in a file of its own (verb_rollouts_NAME.cpp): `static const RolloutsSub sub("apply", "Help", [](CLI::App &sub, VerbBody &body) {…});`
/// The builder gets the CLI11 sub-command, declares its options there and sets its callback.
class RolloutsSub {
public:
    RolloutsSub(const char *name, const char *help, Verb::Builder builder);
};

/// Adds all of them; verb_rollouts.cpp calls it.
void addRolloutsSubs(CLI::App &app, VerbBody &body);

} // namespace pilothouse

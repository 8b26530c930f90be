// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

namespace pilothouse {

/// The sub-verb of `pilot registry` that lists and searches runs: runs [--filter TEXT].
void addRegistryRuns(CLI::App &registry, VerbBody &body);

} // namespace pilothouse

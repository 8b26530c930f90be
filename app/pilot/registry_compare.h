// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

namespace pilothouse {

/// The sub-verb of `pilot registry` that sets runs beside each other: compare RUN….
void addRegistryCompare(CLI::App &registry, VerbBody &body);

} // namespace pilothouse

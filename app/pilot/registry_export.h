// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

namespace pilothouse {

/// The sub-verb of `pilot registry` that writes the files a service expects: export MODEL DIR.
void addRegistryExport(CLI::App &registry, VerbBody &body);

} // namespace pilothouse

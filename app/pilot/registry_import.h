// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

namespace pilothouse {

/// The sub-verbs of `pilot registry` for models that were made elsewhere: import FILE, inspect FILE.
void addRegistryImport(CLI::App &registry, VerbBody &body);

} // namespace pilothouse

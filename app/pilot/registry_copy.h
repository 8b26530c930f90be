// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

namespace pilothouse {

/// pilot registry copy MODEL VERSION --to MODEL2 [--connection NAME] [--to-connection NAME] [--alias ALIAS] [--plan]
///   {"operation","summary","done","steps":[…]}: the version becomes the next one of another registered model, there or in another registry.
void addRegistryCopy(CLI::App &app, VerbBody &body);

} // namespace pilothouse

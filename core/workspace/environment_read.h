// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/section.h"
#include "core/workspace/workspace.h"

namespace pilothouse::workspace {

/// Reads `environments:` into a workspace whose connections and models are read already; what is wrong is reported at its place.
void readEnvironments(Section &top, Workspace &workspace);

} // namespace pilothouse::workspace

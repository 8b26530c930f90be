// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/learn/scoring_blocks.h"

namespace pilothouse {

/// Progress events of a file that is scored in blocks: rows, of about so many; "read" in bytes until the first is.
learn::ScoringProgress scoringProgress(Context &context);

} // namespace pilothouse

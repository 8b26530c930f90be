// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"

namespace pilothouse::fleet {

/// The marks of the one time axis, oldest first, out of the rest of the snapshot: trainings and pipeline runs, promotions,
/// rollout writes of the journal, drift and limits as the recorded decisions saw them.
std::vector<TimelineEvent> timelineOf(const Snapshot &snapshot);

} // namespace pilothouse::fleet

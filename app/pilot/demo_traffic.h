// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/demo/replay.h"
#include "core/fleet/services.h"

namespace pilothouse {

/// The station's traffic to whatever serves the workspace's models now; an endpoint may come later.
demo::ReplayOptions demoReplay(const std::shared_ptr<fleet::Services> &services, const QString &folder, int millisecondsPerHour, std::size_t driftAfter);

/// `pilot demo --traffic`: sends it until asked to stop, telling twice a second how far it is: progress with
/// the stage waiting (nothing is served), sending or drifting. Stopping is its normal end. The folder is the demo's.
Result<void> demoTraffic(Context &context, const std::shared_ptr<fleet::Services> &services, const QString &folder, int hours);

} // namespace pilothouse

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"

namespace pilothouse::fleet {

/// What of pipelines needs a person, beside runs that failed: gates (those that the person may not answer stand under "soon"), notices with their fix, runs that take longer than
/// they may (`sla` of the model's pipeline, or the schedule's limit), schedules that did not fire. Ids: "gate/RUN/GATE", "notice/ID", "sla/RUN", "missed/SCHEDULE".
void addPipelineItems(const Snapshot &snapshot, const workspace::Workspace &workspace, const QDateTime &now, std::vector<InboxItem> &out);

constexpr int missedAfterSeconds = 900; ///< a schedule may begin that much later than it says

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"

namespace pilothouse::fleet {

/// What of pipelines needs a person: runs that failed (until a later one of the pipeline has passed), gates (those that the person may not answer stand under "soon"), notices with their fix, runs that take longer than
/// they may (`sla` of the model's pipeline, or the schedule's limit), schedules that did not fire. Ids: "run/RUN", "gate/RUN/GATE", "notice/ID", "sla/RUN", "missed/SCHEDULE".
void addPipelineItems(const Snapshot &snapshot, const workspace::Workspace &workspace, const QDateTime &now, std::vector<InboxItem> &out);

/// What a snapshot takes of all known runs (newest first; the panel of pipelines has all): those of this machine, the newest of all connections, and what needs a person however many have
/// begun since: what is under way, and of a pipeline the newest verdict, if it is that it failed.
std::vector<pipelines::PipelineRun> runsThatCount(std::vector<pipelines::PipelineRun> all, const QDateTime &now);

constexpr std::size_t newestRuns = 200;
constexpr int failedForSeconds = 7 * 24 * 3600; ///< a run that failed longer ago needs nobody any more
constexpr int missedAfterSeconds = 900; ///< a schedule may begin that much later than it says

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/workload_verbs.h"

#include "core/rollouts/rollout_watch.h"

namespace pilothouse {

/// {"revision","object","images":[…],"commit","change_cause","cause","by","origin","operation","version","when","current","replicas","ready"}
QJsonObject revisionJson(const cluster::WorkloadRevision &revision);
QString historyText(const std::vector<cluster::WorkloadRevision> &history);

/// {"target","namespace","done","failed","text","revision","replicas","paused","pods":[{"name","status","ready","containers","restarts","node","image","trouble"}],"troubles":[…]}
QJsonObject sightJson(const rollouts::RolloutSight &sight);
QString sightText(const rollouts::RolloutSight &sight); ///< kubectl's sentence, then the pods and what keeps them

/// Watches to the end: news as lines on standard error (or `log` events), then the answer: `more` with "rollout". Exit code 1 where it failed.
Result<void> watchAndAnswer(Context &context, const WorkloadBench &bench, const rollouts::RolloutWatchOptions &options, QJsonObject more);

} // namespace pilothouse

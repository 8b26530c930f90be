// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/joined_store.h"
#include "core/pipelines/own_gates.h"

#include <QMap>

#include <optional>

namespace pilothouse::fleet {

/// The gates of joined runs, and those of runs of this machine whose deploy stage waits for a promotion. One with a promotion is answered by approving or rejecting that (its own roles, signatures and
/// rules count), another by the voices that it needs.
std::shared_ptr<pipelines::OwnGates> joinedGates(const Services &services, std::weak_ptr<pipelines::PipelineService> local);

/// What is known of runs beside what their systems say.
struct RunNote {
    QString text; ///< "Waits for an approval before IrisDeploy.", "attempt 2 of 3"
    int gates = 0;
};
/// By run: of joined runs (the training and the deploy run) and of retries (run_retries.h).
QMap<QString, RunNote> runNotes(const Services &services);
/// Puts them to the runs.
void addRunNotes(const QMap<QString, RunNote> &notes, std::vector<pipelines::PipelineRun> &runs);

} // namespace pilothouse::fleet

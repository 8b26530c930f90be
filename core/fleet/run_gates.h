// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/gate.h"
#include "core/pipelines/pipeline_service.h"
#include "core/workspace/recipe.h"
#include "core/workspace/workspace.h"

#include <vector>

namespace pilothouse::fleet {

/// A gate of a model's pipeline on what a run tells of itself: pipeline: {gates: ["coverage >= 95", "tests_failed == 0"]}.
struct RunGate {
    workspace::GateSpec gate;
    bool known = false, passed = false; ///< what a run does not tell passes nothing
    double value = 0;
    QString text() const; ///< "coverage is 91, gate coverage >= 95", "coverage is not told by the run, gate coverage >= 95"
};

/// In file order; empty: the pipeline has none. The workspace was read: each has its form (workspace::runGateNames()).
std::vector<RunGate> runGatesOf(const workspace::Model &model, const pipelines::PipelineRun &run);
/// Those that do not pass, as a sentence; empty: all pass.
QString failedRunGates(const std::vector<RunGate> &gates);
/// The same of the model that a gate of a system is about; empty where that model's pipeline has none. @param run  that waits there; null: not known, so it tells nothing
QString failedRunGates(const workspace::Workspace &workspace, const pipelines::Gate &gate, const pipelines::PipelineRun *run);

} // namespace pilothouse::fleet

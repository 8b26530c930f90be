// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/metrics/metrics.h"
#include "core/promotion/evidence.h"
#include "core/workspace/recipe.h"

namespace pilothouse::promotion {

/// A number as the sheet writes it: four significant digits, a real minus.
QString figure(double value);
QString signedFigure(double value);
/// "−0.37 °C (−0.41 … −0.33)"
QString changeText(const MetricComparison &m);
/// "v3", or "the naive baseline (mean)"
QString opponentName(const Evidence &evidence);

/// The gate that waits for people; made anew as approvals come in.
GateResult approvalsGate(int have, int needed, bool preventSelfApproval);
bool isApprovalsGate(const GateResult &gate);

/// Every gate of a sheet whose rows, metrics and drift are filled in. `candidate`: all metrics of the candidate on these rows.
std::vector<GateResult> judge(const Evidence &evidence, const std::vector<workspace::GateSpec> &recipeGates, const metrics::Values &candidate,
                              const EvidenceInput &input);

} // namespace pilothouse::promotion

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/artifact/scorer.h"
#include "core/fleet/services.h"
#include "core/operations/operation.h"
#include "core/pipelines/gate.h"
#include "core/promotion/evidence.h"

#include <stop_token>

namespace pilothouse::fleet {

/// The evidence of a promotion for the candidate that a gate is about (fillGates()): that of a request which is pending for it, else it is computed now. NotFound: the gate names
/// no model or candidate; else the errors of computeEvidence(). Blocking, may take minutes.
Result<promotion::Evidence> gateEvidence(const Services &services, const pipelines::Gate &gate, const artifact::ScorerLoader &loadScorer, std::stop_token stop = {});

/// The same made by `pilot pipelines evidence` beside this program, which links nothing that scores. NotFound: there is no `pilot`.
Result<promotion::Evidence> gateEvidenceByChild(const Services &services, const pipelines::Gate &gate, std::stop_token stop = {});

/// The operation that answers a gate, with what the evidence says in its details: {"evidence_digest","evidence"} stand in the journal. A candidate that a rule of ours blocks, or
/// whose evidence could not be made, is a warning of the plan, and so are gates of the model's pipeline that the run does not pass: the system's own rules decide there.
/// @param failedGates  failedRunGates() of the run that waits
operations::Operation answerGate(const Services &services, const pipelines::Gate &gate, const pipelines::GateAnswer &answer, const Result<promotion::Evidence> &evidence, const QString &failedGates);

} // namespace pilothouse::fleet

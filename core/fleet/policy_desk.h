// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/retrain/decision_store.h"

namespace pilothouse::fleet {

/// What a look at a model's policy works with: the same for `pilot retrain`, for the /retrain/* routes, for the server that looks by itself and for the
/// window.
struct PolicyDesk {
    std::shared_ptr<Services> services;
    std::shared_ptr<retrain::DecisionStore> store;

    static Result<PolicyDesk> open(std::shared_ptr<Services> services);
    /// Everything that the policy of a model may ask; of its own place, its data and its runs. Blocking.
    retrain::Observations look(const workspace::Model &model) const;
    /// Writes a decision to retrain down and starts the model's pipeline, as one operation.
    Result<retrain::Decision> start(const retrain::Decision &decision, const std::optional<QDateTime> &lastRetrain) const;
    QTimeZone zone() const; ///< of the workspace
};

/// False: neither the workspace nor the run-time config gives this model a rule, so there is nothing to look at.
Result<bool> hasPolicy(const PolicyDesk &desk, const workspace::Model &model);

/// Whether a program that looked last at `last` (nullopt: not yet) has to look now. Of a policy that says when it is looked at (`check`) the last
/// decision counts as a look, so that a time that came while nothing ran is made up for once.
bool policyDue(const PolicyDesk &desk, const workspace::Model &model, const std::optional<QDateTime> &last);

struct PolicyChecked {
    retrain::Decision decision;
    bool wouldRetrain = false;
};
/// Judges one model, writes the decision down and, where `retrain: {tag}` says so, as a tag of the champion's version. Without `start` a fired policy is only told, and
/// recorded as skipped. Conflict where a run of the model is under way, or another program decided in between: then nothing is written.
Result<PolicyChecked> checkPolicy(const PolicyDesk &desk, const workspace::Model &model, bool start);

} // namespace pilothouse::fleet

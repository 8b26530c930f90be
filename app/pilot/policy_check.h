// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/retrain/decision_store.h"

namespace pilothouse {

/// What a look at a model's policy works with: the same for `pilot retrain`, for the /retrain/* routes and for the server that looks
/// by itself.
struct PolicyDesk {
    std::shared_ptr<fleet::Services> services;
    std::shared_ptr<retrain::DecisionStore> store;

    static Result<PolicyDesk> open(std::shared_ptr<fleet::Services> services);
    retrain::Observations look(const workspace::Model &model) const;
    /// Writes a decision to retrain down and starts the model's pipeline, as one operation.
    Result<retrain::Decision> start(const retrain::Decision &decision, const std::optional<QDateTime> &lastRetrain) const;
};

/// False: neither the workspace nor the run-time config gives this model a rule, so there is nothing to look at.
Result<bool> hasPolicy(const PolicyDesk &desk, const workspace::Model &model);

struct PolicyChecked {
    retrain::Decision decision;
    bool wouldRetrain = false;
};
/// Judges one model and writes the decision down. Without `start` a fired policy is only told, and recorded as skipped.
/// Conflict where a run of the model is under way, or another program decided in between: then nothing is written.
Result<PolicyChecked> checkPolicy(const PolicyDesk &desk, const workspace::Model &model, bool start);

/// Seconds between two looks of a server at its own policy: as often as it may retrain, but at least hourly and at most every ten
/// minutes.
qint64 policyInterval(const workspace::Model &model);

} // namespace pilothouse

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/retrain/backtest.h"
#include "core/retrain/past_read.h"

#include <stop_token>

namespace pilothouse::fleet {

/// What a trial of a policy is made on; read once, tried often.
struct PolicyPast {
    retrain::PastFacts past;
    std::optional<double> hoursPerRun; ///< that a retraining of the model usually takes
    retrain::Config changed;           ///< what was changed at run time and lies over the file's words
    QDateTime now;
};
/// Of a model of the workspace. Errors: the decisions cannot be read. Blocking.
Result<PolicyPast> readPolicyPast(std::shared_ptr<Services> services, const QString &model);

/// What a draft of a policy would mean.
struct PolicyTrial {
    std::optional<Error> wrong;    ///< why the workspace file would not take it
    bool differs = false;          ///< from what the file says
    std::optional<retrain::Backtest> replay; ///< what it would have done; absent: `noReplay` says why
    std::optional<Error> noReplay;
};
/// @param days  of the past that it is replayed over; 0: all that is known
PolicyTrial tryPolicy(const Services &services, const QString &model, const workspace::RetrainPolicy &draft, const PolicyPast &past, int days, std::stop_token stop = {});

} // namespace pilothouse::fleet

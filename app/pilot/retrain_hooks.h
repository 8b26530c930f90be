// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/serving/inference_server.h"

namespace pilothouse {

/// The /retrain/* routes of `pilot serve` for one model of the workspace:
///   status   {"enabled","last_retrain","last_data_hash","metric","current","best","current_r2","best_r2","next_allowed","config":{…},"rules":[…]}
///   trigger  {"force":false} → 202 {"accepted":true,"run_id","decision_id"}; 429 while at_most_every forbids it (Retry-After),
///            409 while a run of the model is under way: {"accepted":false,"rule","error":{…}}
///   config   any of min_performance_threshold, degradation_threshold, min_hours_between, enabled → the whole config; Invalid on nonsense
///   logs     [{"timestamp","trigger","reason","metric","old","new","old_r2","new_r2","decision","run_id"}], newest first
/// Writes go through core/operations as everywhere.
Result<serving::RetrainHooks> retrainHooks(std::shared_ptr<fleet::Services> services, const workspace::Model &model);

} // namespace pilothouse

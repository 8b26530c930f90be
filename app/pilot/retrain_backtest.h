// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/policy_desk.h"
#include "app/pilot/verb.h"

#include <optional>
#include <string>

namespace pilothouse {

/// What `pilot retrain backtest` is asked.
struct BacktestAsked {
    std::string from, to, every, csv, timeColumn = "time";
    std::optional<double> hoursPerRun, pricePerHour;
    void addTo(CLI::App &app);
};

/// Replays the policy that is in force over what is known of the model's past; answers with every look. Nothing is recorded.
Result<void> backtestPolicy(Context &context, const fleet::PolicyDesk &desk, const workspace::Model &model, const BacktestAsked &asked);

} // namespace pilothouse

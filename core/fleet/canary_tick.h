// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/rollouts/canary_judge.h"

#include <stop_token>

namespace pilothouse::fleet {

/// One look at a model's canary, and what was done by it.
struct CanaryTick {
    rollouts::CanaryLook look;
    QString operation; ///< id of what was done: op-…, or p-… of the promotion that was undone whole; empty: nothing
    bool turnedBack = false, wentOn = false;
};

/// Judges the canary of a model from everything that knows of it: its endpoint's routes and the Prometheus of its workspace. `act`: turns back (alias and
/// traffic together where a promotion stands behind it), and takes a target that goes no step by itself to the next one. For `pilot rollouts judge` and the
/// console's tick; blocking. When a step began is kept in <root>/canaries/MODEL.json, so that all programs on this machine agree.
/// Errors: Refused (no canary runs; local serving, whose server judges by itself), Conflict (another program is just acting on it: isTaken()), those of the target.
Result<CanaryTick> canaryTick(const Services &services, const workspace::Model &model, bool act, std::stop_token token = {});

/// The error of a look that another program makes at this moment.
bool isTaken(const Error &error);

/// What the judge said last of a model's canary, whichever program on this machine asked it: CanaryLook::toJson() with "at", "minimum_requests", "minimum_labelled" and,
/// where something was done by it, "operation", "turned_back", "went_on"; "problem" where that was refused or failed. Kept in <root>/canaries/MODEL.look.json. NotFound: nothing yet.
Result<QJsonObject> lastLook(const QString &folder, const QString &model);

/// When the step that a rollout is on was seen first; `now` if it is new, which is then written down.
Result<QDateTime> stepBegan(const QString &folder, const QString &model, const cluster::RolloutStatus &status, const QDateTime &now);

} // namespace pilothouse::fleet

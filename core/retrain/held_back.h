// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/retrain/policy.h"

namespace pilothouse::retrain {

/// What a retraining is held back by now, each with its sentence, and when none of it holds it back any more.
struct HeldBack {
    QStringList by;      ///< at_most_every | only_in | not_in | budget
    QStringList reasons; ///< whole sentences
    std::optional<QDateTime> until; ///< absent: nothing holds it back; invalid: for longer than can be told
};

/// By `at_most_every` (after a start that failed by `retry_after`, doubled each time, while there are `retries` left), the windows and the budget of a policy. A
/// last retrain that lies further ahead than the interval (the clock was moved back) does not block. Pure. Invalid: a part of the policy cannot be read.
Result<HeldBack> heldBack(const workspace::Model &model, const Observations &seen);

} // namespace pilothouse::retrain

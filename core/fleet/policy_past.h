// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/policy_desk.h"
#include "core/retrain/past_read.h"

namespace pilothouse::fleet {

/// All that is known of a model's past, from its registry, the decisions and its endpoint's log; what cannot be read is a note. Blocking.
retrain::PastFacts policyPast(const PolicyDesk &desk, const workspace::Model &model);

/// The model's retrainings from `since` on, oldest first, each with the hours that its run took if it has ended.
std::vector<retrain::Spent> retrainingsSince(const PolicyDesk &desk, const QString &model, const QDateTime &since);

/// Middle of the hours that the model's last retrainings took; nothing if none has ended.
std::optional<double> usualHours(const PolicyDesk &desk, const QString &model);

} // namespace pilothouse::fleet

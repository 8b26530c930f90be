// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/retrain/policy.h"

namespace pilothouse::retrain {

/// What one rule says about these observations: first its condition as it is now, with "until" for one that held at the last look, then "for how
/// long". A look that cannot tell neither begins nor ends that time; a retraining begins it anew, and so does a gap between two looks that is longer than
/// the time itself. Pure.
RuleOutcome judgeRule(const Rule &rule, const Observations &seen, qint64 minimumRows);

/// The metric that a rule is judged by, if it is known.
std::optional<double> judgedMetric(const Rule &rule, const Observations &seen, qint64 minimumRows);

} // namespace pilothouse::retrain

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/drift/drift.h"

namespace pilothouse::learn {

/// A feature that may be why a model got worse: it moved, and the model looks at it.
struct AccuracyCause {
    QString feature;
    double drift = 0;      ///< drift::ColumnDrift::effect between the two spans, at least 0
    double importance = 0; ///< permutation importance, at least 0
    double share = 0;      ///< of drift × importance over all features; all 0: none both moved and matters
    bool tooFew = false;   ///< rows: its drift cannot be told
};

/// By drift × importance, the largest first; where that is equal, by drift and then by name. A feature of one side only has no part.
/// @param importance  feature → how much the metric loses without it
std::vector<AccuracyCause> rankCauses(const drift::DriftReport &report, const std::vector<std::pair<QString, double>> &importance);

} // namespace pilothouse::learn

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/serving/live_model.h"

#include <cstdint>
#include <memory>

namespace pilothouse::serving {

/// Who answers now. Immutable: a change publishes a new one, requests under way finish with the one they took.
struct Split {
    LiveModelPtr stable, canary, shadow;
    std::shared_ptr<SideCounters> stableSide, canarySide;
    double share = 0; ///< of the canary, 0 … 1

    /// Whether request number `n` goes to the canary. A golden-ratio (Weyl) sequence: after n requests the seen share is
    /// within about 1/n of the wanted one, where random numbers would be off by 1/√n, and it is the same in every run.
    bool toCanary(std::int64_t n) const {
        if (!canary)
            return false;
        const std::uint64_t at = std::uint64_t(n) * 0x9E3779B97F4A7C15ull;
        return double(at >> 11) * 0x1.0p-53 < share; // share 1: always, as the left side stays below 1
    }
};
using SplitPtr = std::shared_ptr<const Split>;

} // namespace pilothouse::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/serving/live_model.h"

#include <cstdint>
#include <memory>
#include <mutex>

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

/// Where requests find the split and changes publish one. A mutex held for a copy of a pointer, not std::atomic<shared_ptr>:
/// libstdc++ 12's load() lets its lock go without ordering the read before it (google/sanitizers #1558),
/// and it is a lock inside all the same.
class SplitSlot {
public:
    SplitPtr load() const {
        const std::lock_guard guard(m_lock);
        return m_split;
    }
    void store(SplitPtr split) {
        const std::lock_guard guard(m_lock);
        m_split.swap(split); // the old one ends after the lock, with its models
    }

private:
    mutable std::mutex m_lock;
    SplitPtr m_split;
};

} // namespace pilothouse::serving

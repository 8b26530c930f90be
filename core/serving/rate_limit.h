// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

namespace pilothouse::serving {

/// Token bucket: `perSecond` requests a second on average, one second's worth at once. Any thread.
class RateLimit {
public:
    using Clock = std::chrono::steady_clock;
    explicit RateLimit(double perSecond) : m_perSecond(perSecond), m_size(std::max(1.0, perSecond)), m_tokens(m_size) {}
    /// 0: go on. Else the seconds after which one more is allowed.
    double take(Clock::time_point now) {
        const std::lock_guard guard(m_lock);
        if (m_last != Clock::time_point())
            m_tokens = std::min(m_size, m_tokens + std::max(0.0, std::chrono::duration<double>(now - m_last).count()) * m_perSecond);
        m_last = now;
        if (m_tokens < 1.0)
            return (1.0 - m_tokens) / m_perSecond;
        m_tokens -= 1.0;
        return 0;
    }

private:
    double m_perSecond, m_size, m_tokens;
    Clock::time_point m_last;
    std::mutex m_lock;
};

} // namespace pilothouse::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>

namespace pilothouse {

/// Tells progress at most ten times a second, and how long the rest will take at the pace so far. One job each.
class Pace {
public:
    /// true if this much should be told now; the end always is. What was done at the first call took no time of this job.
    bool due(qint64 done, qint64 total) {
        if (m_first < 0)
            m_first = done;
        const auto now = Clock::now();
        if (done < total && now - m_told < std::chrono::milliseconds(100))
            return false;
        m_told = now;
        return true;
    }
    /// −1: not known yet.
    double secondsLeft(qint64 done, qint64 total) const {
        const qint64 mine = done - m_first;
        return m_first >= 0 && mine > 0 ? std::chrono::duration<double>(Clock::now() - m_begun).count() / double(mine) * double(total - done) : -1;
    }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point m_begun = Clock::now(), m_told{};
    qint64 m_first = -1;
};

} // namespace pilothouse

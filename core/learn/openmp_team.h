// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace pilothouse::learn {

/// While it lives, the threads with which OpenMP helps the calling thread (XGBoost's loops) stay on one core each. They wait for each other
/// by spinning, many thousand times a training: a helper that the scheduler carries to and fro under load makes all others wait. Nothing
/// happens unless the team has a thread for every core that the process may use: smaller teams of several processes would meet on the same.
/// Made and destroyed by the thread that trains.
class PinnedTeam {
public:
    explicit PinnedTeam(int threads);
    ~PinnedTeam();
    PinnedTeam(const PinnedTeam &) = delete;
    PinnedTeam &operator=(const PinnedTeam &) = delete;
    bool pinned() const { return !m_cores.empty(); }
    /// While it lives, the calling thread stays on its core, too. Not for longer than one call of XGBoost: threads that are started meanwhile would
    /// stay there for good.
    class Turn {
    public:
        explicit Turn(const PinnedTeam &team);
        ~Turn();
        Turn(const Turn &) = delete;
        Turn &operator=(const Turn &) = delete;

    private:
        const PinnedTeam &m_team;
    };

private:
    std::vector<int> m_cores; ///< all that the process may use, the calling thread's first; empty: nothing is pinned
};

} // namespace pilothouse::learn

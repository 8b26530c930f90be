// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/mirrors.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace pilothouse::fleet {

/// Sends a run while it is trained: every few seconds what is new, from a thread of its own. A server that goes away is waited for with growing pauses
/// while the training goes on; what was not sent by the end waits in the spool.
class LiveMirror {
public:
    /// @param tell  a sentence for people when the server goes away and when it is back; called on the thread
    LiveMirror(std::shared_ptr<Mirrors> mirrors, registry::Mirror mirror, std::function<void(const QString &)> tell);
    ~LiveMirror(); ///< stops without waiting for more than the call under way
    /// The run has ended in the local registry, and its package is ordered: the rest is sent, in one more attempt if the server was away. Blocks.
    /// Gives the row as it is then. Errors: as Mirrors::lock().
    Result<registry::Mirror> finish(std::stop_token stop = {});

private:
    void work();
    Result<void> follow(registry::RunMirror &mirror);
    bool pause(std::chrono::milliseconds time); ///< false: the run has ended meanwhile

    std::shared_ptr<Mirrors> m_mirrors;
    registry::Mirror m_mirror;
    std::function<void(const QString &)> m_tell;
    std::mutex m_mutex;
    std::condition_variable m_woken;
    bool m_ended = false;
    std::optional<Error> m_error;
    std::stop_source m_stop;
    std::thread m_thread;
};

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace pilothouse {

/// Calls `look` at once and then every so often in a thread of its own, until it is destroyed: then the look that runs is asked to stop and waited for. A slow look holds up no other.
class LookingThread {
public:
    LookingThread(std::chrono::seconds every, std::function<void(std::stop_token)> look)
        : m_thread([this, every, look = std::move(look)](std::stop_token token) {
              while (!token.stop_requested()) {
                  look(token);
                  std::unique_lock guard(m_mutex);
                  m_wake.wait_for(guard, token, every, [] { return false; });
              }
          }) {}

private:
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::jthread m_thread; ///< last: it uses the others
};

} // namespace pilothouse

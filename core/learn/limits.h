// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace pilothouse::learn {

/// What one training may use of the machine; 0: no limit.
struct Limits {
    double seconds = 0;     ///< by the clock, from the start of train()
    double cpuSeconds = 0;  ///< CPU time of the process, all threads, from the start of train(), and of the trials it runs
    qint64 memoryBytes = 0; ///< resident memory of the process and of the trials that run; pages that they share count in each
    bool any() const { return seconds > 0 || cpuSeconds > 0 || memoryBytes > 0; }
};

/// Looks at this process and its running jobs (child_process.h) ten times a second, and asks for a stop when a limit is passed: the training then
/// ends as by SIGTERM, with a checkpoint. One allocation that passes the limit is seen after it was made. Threads: passed() and token() from any.
class LimitWatch {
public:
    /// @param outer  a stop asked for by others is passed on
    LimitWatch(const Limits &limits, std::stop_token outer);
    ~LimitWatch();
    std::stop_token token() const { return m_stop.get_token(); }
    /// Which limit was passed: "the run-time limit of 30 s"; empty: none.
    QString passed() const;

private:
    void watch();
    QString firstPassed() const;
    const Limits m_limits;
    const double m_cpuAtStart;
    const std::chrono::steady_clock::time_point m_begun = std::chrono::steady_clock::now();
    std::stop_source m_stop;
    std::stop_callback<std::function<void()>> m_outer;
    mutable std::mutex m_lock;
    std::condition_variable m_wake;
    bool m_ending = false;
    QString m_passed;
    std::thread m_thread;
};

} // namespace pilothouse::learn

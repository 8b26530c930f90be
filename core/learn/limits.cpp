// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/limits.h"

#include "core/base/memory.h"

#include <sys/resource.h>

namespace pilothouse::learn {

namespace {

double cpuSeconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval &t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

} // namespace

LimitWatch::LimitWatch(const Limits &limits, std::stop_token outer)
    : m_limits(limits), m_cpuAtStart(cpuSeconds()), m_outer(std::move(outer), [this] { m_stop.request_stop(); }) {
    if (m_limits.any())
        m_thread = std::thread([this] { watch(); });
}

LimitWatch::~LimitWatch() {
    {
        const std::lock_guard guard(m_lock);
        m_ending = true;
    }
    m_wake.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

QString LimitWatch::passed() const {
    const std::lock_guard guard(m_lock);
    return m_passed;
}

QString LimitWatch::firstPassed() const {
    if (m_limits.memoryBytes > 0)
        if (const qint64 used = residentMemory(); used > m_limits.memoryBytes)
            return QStringLiteral("the memory limit of %1 (%2 in use)").arg(memoryText(m_limits.memoryBytes), memoryText(used));
    if (m_limits.seconds > 0 && std::chrono::duration<double>(std::chrono::steady_clock::now() - m_begun).count() > m_limits.seconds)
        return QStringLiteral("the run-time limit of %1 s").arg(m_limits.seconds);
    if (m_limits.cpuSeconds > 0 && cpuSeconds() - m_cpuAtStart > m_limits.cpuSeconds)
        return QStringLiteral("the CPU limit of %1 s").arg(m_limits.cpuSeconds);
    return {};
}

void LimitWatch::watch() {
    std::unique_lock guard(m_lock);
    while (!m_ending) {
        m_passed = firstPassed();
        if (!m_passed.isEmpty()) {
            guard.unlock();
            m_stop.request_stop(); // runs others' callbacks: not under our lock
            return;
        }
        m_wake.wait_for(guard, std::chrono::milliseconds(100), [this] { return m_ending; });
    }
}

} // namespace pilothouse::learn

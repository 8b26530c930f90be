// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/pod_logs.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>

namespace pilothouse::ui {

/// Between the thread that reads a log and the window: bounded, so that a window that is busy makes the reader wait, which then counts what it has to leave out.
class LogMailbox {
public:
    /// In the reader's thread; waits for room. False: it was stopped.
    bool put(cluster::LogBatch &&batch, std::stop_token token) {
        std::unique_lock lock(m_mutex);
        if (!m_room.wait(lock, token, [&] { return m_lines < mostLines; }))
            return false;
        m_lines += batch.lines.size();
        m_batches.push_back(std::move(batch));
        return true;
    }
    void putContainers(const QStringList &names, int pods) {
        const std::lock_guard lock(m_mutex);
        m_containers = names;
        m_pods = pods;
        m_newContainers = true;
    }
    /// In the window's: batches with so many lines, and a few more.
    std::vector<cluster::LogBatch> take(std::size_t lines) {
        std::vector<cluster::LogBatch> out;
        std::size_t taken = 0;
        {
            const std::lock_guard lock(m_mutex);
            while (!m_batches.empty() && taken < lines) {
                taken += m_batches.front().lines.size();
                out.push_back(std::move(m_batches.front()));
                m_batches.pop_front();
            }
            m_lines -= taken;
        }
        m_room.notify_all();
        return out;
    }
    bool empty() const {
        const std::lock_guard lock(m_mutex);
        return m_batches.empty();
    }
    /// True, once, when the containers were looked at.
    bool takeContainers(QStringList &names, int &pods) {
        const std::lock_guard lock(m_mutex);
        if (!std::exchange(m_newContainers, false))
            return false;
        names = m_containers;
        pods = m_pods;
        return true;
    }

private:
    static constexpr std::size_t mostLines = 100'000;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_room;
    std::deque<cluster::LogBatch> m_batches;
    std::size_t m_lines = 0;
    QStringList m_containers;
    int m_pods = 0;
    bool m_newContainers = false;
};

} // namespace pilothouse::ui

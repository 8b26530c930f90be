// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/task.h"

#include "core/base/vector_state.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace pilothouse {

Pools::Pools(int computeThreads) {
    waiting.setMaxThreadCount(32);
    compute.setMaxThreadCount(std::max(1, computeThreads));
}

void parallelFor(std::size_t count, std::size_t grain, const std::function<void(std::size_t, std::size_t)> &body, int threads) {
    if (count == 0)
        return;
    clearVectorState();
    grain = std::max<std::size_t>(1, grain);
    const std::size_t chunks = (count + grain - 1) / grain;
    static const std::size_t cores = std::max(1u, std::thread::hardware_concurrency()); // opens a file in /sys: not for every row served
    std::size_t workers = threads > 0 ? std::size_t(threads) : cores;
    workers = std::min(workers, chunks);
    if (workers <= 1) {
        body(0, count);
        return;
    }
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failureLock;
    const auto work = [&] {
        clearVectorState();
        for (std::size_t chunk = next++; chunk < chunks; chunk = next++) {
            try {
                body(chunk * grain, std::min(count, (chunk + 1) * grain));
            } catch (...) {
                const std::lock_guard lock(failureLock);
                failure = std::current_exception();
                next = chunks;
            }
        }
    };
    {
        std::vector<std::jthread> helpers;
        helpers.reserve(workers - 1);
        for (std::size_t i = 1; i < workers; ++i)
            helpers.emplace_back(work);
        work();
    }
    if (failure)
        std::rethrow_exception(failure);
}

} // namespace pilothouse

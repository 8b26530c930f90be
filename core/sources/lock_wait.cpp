// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/lock_wait.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace pilothouse::sources {

Result<FileLock> waitForLock(const QString &path, std::stop_token stop, std::optional<int> seconds) {
    const auto begun = std::chrono::steady_clock::now();
    std::mutex mutex;
    std::condition_variable_any changed;
    for (;;) {
        Result<FileLock> taken = FileLock::tryAcquire(path);
        if (taken || taken.error().kind != ErrorKind::Conflict)
            return taken;
        if (stop.stop_requested())
            return cancelled();
        if (seconds && std::chrono::steady_clock::now() - begun > std::chrono::seconds(*seconds))
            return taken;
        std::unique_lock held(mutex);
        changed.wait_for(held, stop, std::chrono::milliseconds(100), [] { return false; });
    }
}

} // namespace pilothouse::sources

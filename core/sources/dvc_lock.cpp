// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/dvc_lock.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace pilothouse::sources {

Result<FileLock> lockDvcRepository(const QString &root, std::stop_token stop, int seconds) {
    const QString path = root + QStringLiteral("/.dvc/tmp/lock");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    std::mutex mutex;
    std::condition_variable_any changed;
    for (;;) {
        Result<FileLock> taken = FileLock::tryAcquire(path);
        if (taken || taken.error().kind != ErrorKind::Conflict)
            return taken;
        if (stop.stop_requested())
            return cancelled();
        if (std::chrono::steady_clock::now() > end)
            return Error{ErrorKind::Conflict, QStringLiteral("DVC is at work in this repository."), path, QStringLiteral("Let it finish, then try again."), {}};
        std::unique_lock held(mutex);
        changed.wait_for(held, stop, std::chrono::milliseconds(100), [] { return false; });
    }
}

} // namespace pilothouse::sources

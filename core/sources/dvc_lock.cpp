// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/dvc_lock.h"

#include "core/sources/lock_wait.h"

namespace pilothouse::sources {

Result<FileLock> lockDvcRepository(const QString &root, std::stop_token stop, int seconds) {
    const QString path = root + QStringLiteral("/.dvc/tmp/lock");
    Result<FileLock> taken = waitForLock(path, std::move(stop), seconds);
    if (!taken && taken.error().kind == ErrorKind::Conflict)
        return Error{ErrorKind::Conflict, QStringLiteral("DVC is at work in this repository."), path, QStringLiteral("Let it finish, then try again."), {}};
    return taken;
}

} // namespace pilothouse::sources

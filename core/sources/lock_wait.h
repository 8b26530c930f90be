// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <QString>

#include <optional>
#include <stop_token>

namespace pilothouse::sources {

/// Takes the lock as soon as it is free: looks ten times a second. Cancelled on stop; Conflict after `seconds`, if there is such a limit.
Result<FileLock> waitForLock(const QString &path, std::stop_token stop, std::optional<int> seconds = {});

} // namespace pilothouse::sources

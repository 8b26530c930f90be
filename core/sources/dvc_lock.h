// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/file.h"

#include <QString>

#include <stop_token>

namespace pilothouse::sources {

/// The lock that every `dvc` command holds while it writes (.dvc/tmp/lock, flock). Waits until it is free; Cancelled on stop, Conflict after `seconds`.
Result<FileLock> lockDvcRepository(const QString &root, std::stop_token stop, int seconds = 60);

} // namespace pilothouse::sources

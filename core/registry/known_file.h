// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"

namespace pilothouse::registry {

/// known.db, where the last known lists of servers lie: all in it can be asked again, so a broken file, or one of a newer program, is thrown away. Not synced at each write.
/// Tables of the registries' runs and models, and of the systems that run pipelines. Errors: the file cannot be written.
Result<std::shared_ptr<Database>> openKnownFile(const QString &file);

} // namespace pilothouse::registry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/database.h"
#include "core/registry/registry.h"

#include <memory>

namespace pilothouse::registry {

/// The registry's part of registry.db. The file holds the tables of other areas too: the one ordered list that programs open
/// it with is promotion::registryDatabaseMigrations(); a step that was released is never changed.
QString registryTables1();

/// The registry that lives in a SQLite file and a folder of packages, `artifactRoot`/<model>/<version>/.
/// A program killed while it registered leaves a folder without a row: it is removed here, said in `found` (one sentence
/// each), as is a version whose folder is gone. Nothing is removed while another program registers.
Result<std::shared_ptr<Registry>> openLocalRegistry(std::shared_ptr<Database> database, const QString &artifactRoot,
                                                    QStringList *found = nullptr,
                                                    std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>());

} // namespace pilothouse::registry

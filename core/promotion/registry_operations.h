// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/registry/registry.h"

namespace pilothouse::promotion {

/// The registry's plain writes as Operations, for `pilot registry …` and the Models panel. Each is guarded by what it read when
/// it was built, and carries the record that undoes it (undoRegistryOperation). All need the role operator, if not said otherwise.

/// Moves or (`to` none) deletes an alias. A model's champion is not moved this way: Refused, promote it (deleting it needs an
/// approver). `workspace` says which alias that is.
Result<operations::Operation> aliasOperation(std::shared_ptr<registry::Registry> registry, const workspace::Workspace &workspace, const registry::ModelKey &model, const QString &alias,
                                             std::optional<int> to, const operations::Actor &actor);

Result<operations::Operation> stageOperation(std::shared_ptr<registry::Registry> registry, const QString &model, int version, const QString &stage, bool archiveExisting);
Result<operations::Operation> tagOperation(std::shared_ptr<registry::Registry> registry, const QString &model, int version, const QString &key, std::optional<QString> value);
Result<operations::Operation> descriptionOperation(std::shared_ptr<registry::Registry> registry, const QString &model, int version, const QString &text);

/// The reverse of a done operation of this file, by what the journal recorded of it. Refused if it was not done, is undone already, or
/// cannot be undone; its guard is Conflict if what it set is not there any more.
Result<operations::Operation> undoRegistryOperation(std::shared_ptr<registry::Registry> registry, const operations::Journal &journal, const QString &operationId,
                                                    const operations::Actor &actor);

} // namespace pilothouse::promotion

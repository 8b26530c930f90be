// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/secrets/secret_store.h"

#include <memory>

namespace pilothouse::fleet {

/// Names a public key ("ed25519:BASE64") as that of an approver in the workspace file, or, with an empty key, takes the name out; comments and
/// order of the file stay. Needs an approver. Invalid for what is no key; NotFound if there is nobody to take out.
Result<operations::Operation> approverOperation(const QString &workspaceFile, const QString &name, const QString &key);

/// Is it one that undoApproverOperation() can take back?
bool isApproverOperation(const operations::RecordedOperation &recorded);
/// Puts back what the workspace file said of the approver before. Conflict if it says something else now than was written then.
Result<operations::Operation> undoApproverOperation(const QString &workspaceFile, const operations::RecordedOperation &recorded);

/// Makes a new private key of an actor and keeps it in the store. `publicKey`: what others check with. Its value is in no plan and no journal line;
/// the undo puts back what was there.
Result<operations::Operation> newApprovalKeyOperation(std::shared_ptr<secrets::SecretStore> store, const QString &actor, QString &publicKey);

} // namespace pilothouse::fleet

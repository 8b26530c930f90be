// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/workspace/workspace.h"

#include <QVariantMap>

namespace pilothouse::fleet {

/// What `retrain:` of the workspace file says for a policy: its keys that are not as they are without a word, each with its value.
QVariantMap policyEntries(const workspace::RetrainPolicy &policy);

/// Writes a model's retrain policy into the workspace file: only the keys that differ, so that comments and order stay; one that is as it is without a word is taken out.
/// Guarded by the policy that was there when it was built; Undo puts that back. Invalid: the policy cannot be read, or nothing differs. NotFound: no such model.
Result<operations::Operation> setRetrainPolicy(const QString &workspaceFile, const QString &model, const workspace::RetrainPolicy &policy);

bool isPolicyOperation(const operations::RecordedOperation &recorded);
/// The reverse of one that was done. Refused: it was not done.
Result<operations::Operation> undoPolicyOperation(const QString &workspaceFile, const operations::RecordedOperation &recorded);

} // namespace pilothouse::fleet

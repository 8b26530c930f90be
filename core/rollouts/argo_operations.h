// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/argo_actions.h"
#include "core/operations/operation.h"

#include <QDateTime>

#include <memory>

namespace pilothouse::rollouts {

/// An action on an Argo Rollout as an Operation: the patches that the plugin sends, bound to what was read (phase, step, pauses, hashes, analysis), tried
/// by a server-side dry run, read back. The way back of a promote is an abort, of an abort a retry. Errors: as argoPatches() and the API tell them.
Result<operations::Operation> argoOperation(std::shared_ptr<const cluster::KubeApi> api, const cluster::KubeRef &ref, cluster::ArgoAction action, const QDateTime &now);

/// Back to the template of an earlier revision (0: the one before the newest), also while a rollout runs; on the Deployment where the rollout refers to one.
Result<operations::Operation> argoUndoOperation(std::shared_ptr<const cluster::KubeApi> api, const cluster::KubeRef &ref, int revision);

/// The undo, later, of a done operation of this file. Refused: it was not done, or has no way back; Conflict: the rollout has gone on since.
Result<operations::Operation> reverseArgoOperation(std::shared_ptr<const cluster::KubeApi> api, const operations::RecordedOperation &recorded, const QDateTime &now);

/// What an operation on a rollout relies on.
QJsonObject argoRelies(const QJsonObject &rollout);

} // namespace pilothouse::rollouts

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/cluster/kube_api.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>

#include <optional>
#include <vector>

namespace pilothouse::cluster {

enum class ArgoAction {
    Promote,  ///< the next step, or out of a pause
    Full,     ///< everything now: no more steps, pauses, analyses
    Skip,     ///< the present step only, whatever it is
    SkipAll,  ///< all steps that are left
    Abort,
    Retry,    ///< an aborted rollout tries its template again
    Pause,
    Resume,   ///< out of a pause that spec.paused made; those of steps are left by Promote
    Restart,  ///< the pods, one after the other
};
QString argoActionName(ArgoAction action); ///< promote, full, skip, skip-all, abort, retry, pause, resume, restart

/// The merge patches of an action, exactly those that `kubectl argo rollouts` sends, and what they do in words.
struct ArgoPatches {
    std::optional<QJsonObject> status;  ///< sent first, to the status subresource
    std::optional<QJsonObject> unified; ///< sent to the object instead, where the status is no subresource (404: controllers before 1.0)
    std::optional<QJsonObject> spec;    ///< sent to the object
    QString effect; ///< "step 2 of 5 → 3 (setWeight: 50); the analysis that runs is skipped"
    QString note;   ///< what a person should know besides; may be empty
};
/// Pure. Refused where the action would do nothing or not what its name says: a promote of an aborted or a fully promoted rollout, a skip of a
/// blue-green one, a retry of one that was not aborted.
Result<ArgoPatches> argoPatches(const QJsonObject &rollout, ArgoAction action, const QDateTime &now);

/// Sends them: status subresource first, on 404 the object. `resourceVersion`: only if it is still that one (Conflict), empty: not looked at.
/// Gives the object as the server has it now. A raw write: only steps of an Operation call it.
Result<QJsonObject> sendArgoPatches(const KubeApi &api, const KubeRef &ref, const ArgoPatches &patches, const QString &resourceVersion, bool dryRun = false);

/// What an undo changes: the template of the rollout, or of the Deployment that it refers to.
struct ArgoUndo {
    KubeRef object;      ///< the Rollout, or the Deployment of its workloadRef
    int revision = 0;    ///< it goes back to
    QJsonObject before, after; ///< templates
    QJsonArray patch;    ///< JSON patch, without a test of the version
};
/// Pure. `revision` 0: the one before the newest. `workload`: the referenced Deployment; empty for a template of its own.
/// NotFound: no such revision; Refused: it is the present template already, a workloadRef of another kind.
Result<ArgoUndo> argoUndo(const KubeRef &ref, const QJsonObject &rollout, const QJsonObject &workload, const std::vector<QJsonObject> &replicaSets, int revision);

/// True if everything that `wanted` says stands in `has` (apimachinery's DeepDerivative): empty and missing parts of `wanted` do not count, because a
/// server fills in defaults.
bool derives(const QJsonValue &wanted, const QJsonValue &has);

} // namespace pilothouse::cluster

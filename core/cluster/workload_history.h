// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/cluster/kube_object.h"

#include <QDateTime>
#include <QJsonObject>
#include <QStringList>

#include <vector>

namespace pilothouse::cluster {

/// One revision of a Deployment (an owned ReplicaSet), StatefulSet or DaemonSet (a ControllerRevision), whoever made it.
struct WorkloadRevision {
    qint64 revision = 0;
    QString object, uid;       ///< name of the ReplicaSet or ControllerRevision
    QJsonObject podTemplate, annotations;
    QStringList images;        ///< of its containers, in their order
    QString commit;            ///< of Git, from annotation, label or the image's tag; else empty
    QString changeCause;       ///< annotation kubernetes.io/change-cause, as `kubectl rollout history` prints it
    QString cause;             ///< a sentence: by what it came about
    QString by;                ///< person or field manager; empty: nobody noted it
    QString origin;            ///< pilothouse | github | jenkins | kubectl | helm | argo-cd | flux | other; empty: unknown
    QString operation;         ///< of the note of a Pilothouse (see ChangeNote); so are model and version
    QString model;
    int version = 0;
    QDateTime when;            ///< since when it is what runs; invalid: not known (an older one was put back by another program)
    bool current = false;      ///< its template is the workload's
    qint64 replicas = 0, ready = 0, available = 0; ///< of a ReplicaSet
    QString digest;            ///< templateDigest()
};

/// Whether `object` is controlled by `owner` (ownerReferences with controller: true, by uid).
bool controlledBy(const QJsonObject &object, const QJsonObject &owner);
/// The kind of object that keeps a workload's revisions: ReplicaSet or ControllerRevision. Invalid: the kind has none.
Result<KubeKind> revisionKind(const KubeKind &workload);

/// The revisions of a workload, newest first; objects of others are left out, and ReplicaSets whose revision is no number. A pure function; any thread.
std::vector<WorkloadRevision> workloadHistory(const QJsonObject &workload, const std::vector<QJsonObject> &revisions);

/// Where an undo goes, by the rules of kubectl's rollback.go, and with its words.
struct UndoTarget {
    WorkloadRevision revision;
    bool same = false; ///< its template is the workload's: nothing would change
};
/// @param to 0: the second highest
/// @param evenPaused for the way back of a change that was made while it was paused; kubectl refuses a paused one
/// Errors: NotFound (no such revision, no history), Refused (paused).
Result<UndoTarget> undoTarget(const QJsonObject &workload, const std::vector<WorkloadRevision> &history, qint64 to, bool evenPaused = false);

} // namespace pilothouse::cluster

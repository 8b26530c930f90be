// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/cluster/manifest_images.h"
#include "core/operations/operation.h"

#include <QStringList>

#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::rollouts {

/// The label by which objects know which folder they came from, for pruning.
inline const QString applySetLabel = QStringLiteral("pilothouse/apply-set");

/// What is applied. See readApplySource().
struct ApplySource {
    std::vector<cluster::Manifest> manifests;
    std::vector<cluster::FilledImage> images;
    QString folder;   ///< as asked for
    QString revision; ///< "main~1", empty: the files as they lie there
    QString commit;   ///< 40 digits; empty: not from Git
    QStringList notes; ///< "k8s/ has changes that are not committed."
};
/// @param images each NAME=TAG, see cluster::parseImageFill(); `revision` empty: the files as they lie there
/// Errors as those of readManifests(), gitFilesAt() and fillImages().
Result<ApplySource> readApplySource(const QString &folder, const QString &revision, const QStringList &images, bool deep = false);

struct ApplyOptions {
    QString space;      ///< of objects that name none; empty: the connection's
    QString set;        ///< value of the label; empty: made of the folder's name
    bool force = false; ///< take over fields that others own
    bool prune = false; ///< delete what an earlier apply of this set made and the folder has no more
};

/// A field that is somebody else's: the server refuses to take it without force.
struct FieldConflict {
    QString field, manager;
};

struct AppliedObject {
    enum class Change { Create, Change, Unchanged, Delete };
    cluster::KubeRef ref;
    QString place;              ///< in the files; empty of one that is pruned
    QJsonObject manifest;       ///< as it is sent
    QJsonObject before, after;  ///< as the server has it now, and as its dry run would; empty: not there
    Change change = Change::Unchanged;
    QStringList diff;           ///< cluster::lineDiff(), a Secret's values masked
    std::vector<FieldConflict> conflicts; ///< with others than Pilothouse
    bool force = false;         ///< how it is sent
    bool untried = false;       ///< its namespace or definition comes with the same folder: the server could not try it
    std::optional<Error> problem; ///< the server does not take it
};

struct ApplyPlan {
    std::vector<AppliedObject> objects; ///< in the order in which they are sent; pruned ones last
    std::vector<cluster::FilledImage> images;
    QStringList warnings, notes;
    QString set, folder, revision, commit;
    int count(AppliedObject::Change change) const;
    std::vector<cluster::KubeRef> workloads() const; ///< created or changed, and rolling: Deployments, StatefulSets, DaemonSets
};

/// Asks the server what an apply of the folder would do: a dry run of each object, in the order of installation. Changes nothing.
/// Invalid: an object of a kind that the server has not, another namespace than the one asked for. What the server says of one object is its `problem`.
Result<ApplyPlan> planApply(const cluster::KubeApi &api, ApplySource source, const ApplyOptions &options, std::stop_token token = {});

/// The operation "rollout-apply" of a plan: a step for each object that changes, guarded by what the object was when the plan was made, read back, undone by
/// what was there (created ones deleted, pruned ones made again).
/// Refused: the server does not take an object, fields are somebody else's and force was not asked for, nothing changes.
Result<operations::Operation> applyOperation(std::shared_ptr<const cluster::KubeApi> api, const ApplyPlan &plan);

/// The operation that puts back what a recorded "rollout-apply" changed. Refused: it did not end, or the journal could not keep what was there (values of Secrets,
/// very large objects): which is named. Conflict by its guards: an object was changed since.
Result<operations::Operation> undoApplyOperation(std::shared_ptr<const cluster::KubeApi> api, const operations::RecordedOperation &recorded);

/// {"set","folder","revision","commit","warnings":[…],"images":[{"place","object","container","before","after"}],
///  "objects":[{"object","place","change","diff":[…],"conflicts":[{"field","manager"}],"problem"}]}
QJsonObject toJson(const ApplyPlan &plan);
/// For a terminal: images, warnings, each object with its diff.
QString planText(const ApplyPlan &plan);

/// The object as it was, over what is there now: replaced, or made again. For undo.
Result<void> restoreObject(const cluster::KubeApi &api, const cluster::KubeRef &ref, const QJsonObject &before);

} // namespace pilothouse::rollouts

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/cluster/rollout_target.h"

#include <functional>
#include <memory>

namespace pilothouse::cluster {

struct ArgoTargetOptions {
    std::shared_ptr<const KubeApi> api;
    KubeRef ref;
    QString model; ///< as registered
    /// The image that holds a version; null: a rollout cannot be started with a version from here.
    std::function<Result<QString>(const Revision &revision)> imageOf;
    /// The version that an image holds, 0: not known. Null: never known.
    std::function<int(const QString &image)> versionOf;
    QString container; ///< whose image it is; empty: the first
};

/// An Argo Rollout as a rollout target: its own steps, weights and analyses, its ReplicaSets as revisions. start() sets the image (on the Deployment where
/// the rollout refers to one). What requests it answered is not known here (SideStats stay empty). Raw writes: called by Operations.
std::shared_ptr<RolloutTarget> argoTarget(ArgoTargetOptions options);

} // namespace pilothouse::cluster

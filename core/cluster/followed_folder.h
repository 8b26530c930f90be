// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/cluster/managed_by.h"

namespace pilothouse::cluster {

/// Where a GitOps controller has an object from.
struct FollowedFolder {
    QString repository; ///< address, as the controller has it
    QString revision;   ///< branch, tag or commit; "HEAD" or empty: the repository's own branch
    QString folder;     ///< of manifests, from the top; empty: all, or a chart
    bool chart = false; ///< it is a Helm chart: manifests are made of its values
    QString text() const; ///< "https://github.com/o/r at main, folder k8s"
};
/// Of an Application of Argo CD (source, or the first of its sources that has manifests).
std::optional<FollowedFolder> followedByArgo(const QJsonObject &application);
/// Of a Kustomization of Flux and the GitRepository that it names.
std::optional<FollowedFolder> followedByFlux(const QJsonObject &kustomization, const QJsonObject &repository);

/// Asks the cluster for the Application or Kustomization that a manager names. Nothing where it has none, keeps it elsewhere (Argo CD often is in another cluster) or
/// follows no Git. Blocking; Denied and others of KubeApi.
Result<std::optional<FollowedFolder>> followedFolder(const KubeApi &api, const Manager &manager, std::stop_token token = {});

} // namespace pilothouse::cluster

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/deployment_target.h"
#include "core/rollouts/volume_file.h"

namespace pilothouse::rollouts {

/// A version of a Deployment whose image stays the same: a file of its package on a volume that the pods mount (weights). It is written beside, checked and
/// renamed before the pods are made anew; the pod template's annotations say which file they read, so that each revision of the Deployment knows its own:
///   pilothouse.weights         path on the claim
///   pilothouse.weights.sha256  of the file that the revision reads
///   pilothouse.weights.before  SHA-256 of the file that was there before it, "-" if there was none
///   pilothouse.weights.kept    name under which that one is kept
/// Going back to a revision puts its file back. `exportTo` writes the files that the package's recipe names into a folder, for a package that does not hold
/// the file itself. `sleep` for tests. Errors: NotFound (neither has such a file), as VolumeFile and exportTo.
using ExportTo = std::function<Result<void>(const QString &packageFolder, const QString &folder)>;
std::shared_ptr<const cluster::DeploymentPayload> volumePayload(std::shared_ptr<const cluster::KubeApi> api, const VolumeUpdate &update, ExportTo exportTo = {}, std::function<void(int ms)> sleep = {});

} // namespace pilothouse::rollouts

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kserve.h"
#include "core/cluster/kube_api.h"
#include "core/operations/operation.h"
#include "core/registry/registry.h"

#include <memory>
#include <optional>
#include <vector>

namespace pilothouse::rollouts {

/// Writes of an InferenceService as Operations: JSON patches of spec.predictor and spec.canary, bound to what was read, dry run, read back, undone by the
/// reverse patch. `canary` names one of several (Standard mode). Errors: as cluster/kserve.h and the API tell them.
Result<operations::Operation> kservePromoteOperation(std::shared_ptr<const cluster::KubeApi> api, const cluster::KubeRef &ref, const QString &canary = {});
Result<operations::Operation> kserveRollBackOperation(std::shared_ptr<const cluster::KubeApi> api, const cluster::KubeRef &ref, const QString &canary = {});
Result<operations::Operation> kserveShareOperation(std::shared_ptr<const cluster::KubeApi> api, const cluster::KubeRef &ref, int percent, const QString &canary = {});
/// A model beside the present one. Leaves on the service what the stable version serves, so that a promote can be undone later.
Result<operations::Operation> kserveStartOperation(std::shared_ptr<const cluster::KubeApi> api, const cluster::KubeRef &ref, const QString &storageUri, int percent, const QString &canary = {});

/// The registered version that a storage address holds: the same address (also with or without "/model" and slashes at its end), else the run that is in
/// it. nullopt: none of these versions.
std::optional<registry::Version> versionOfStorageUri(const QString &uri, const std::vector<registry::Version> &versions);

} // namespace pilothouse::rollouts

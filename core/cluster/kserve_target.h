// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kserve.h"
#include "core/cluster/kube_api.h"
#include "core/cluster/rollout_target.h"
#include "core/serving/endpoint.h"

#include <functional>
#include <memory>

namespace pilothouse::cluster {

struct KserveTargetOptions {
    std::shared_ptr<const KubeApi> api;
    KubeRef ref;
    QString model;                         ///< as registered
    std::vector<int> steps{10, 50, 100};   ///< of the workspace: KServe itself has none
    /// The version that a storage address holds, 0: not known. Null: never known.
    std::function<int(const QString &storageUri)> versionOf;
};

/// An InferenceService as a rollout target. start() puts the version's storage address beside the stable one with the first step's share (the package must be
/// at an address that the cluster can reach); promote() takes it to the next share and at the last makes it the stable one; a paused one is marked by an
/// annotation that our judge heeds, for KServe goes no step by itself. What requests it answered is not known here. Raw writes: called by Operations.
std::shared_ptr<RolloutTarget> kserveTarget(KserveTargetOptions options);

/// Annotation of a canary that waits for a person.
inline const QString kservePausedAnnotation = QStringLiteral("pilothouse.io/rollout-paused");

/// Annotation of a canary in KServe or Argo: the operation or promotion that started it, so that a turn-back undoes that whole.
inline const QString startedByAnnotation = QStringLiteral("pilothouse.io/started-by");

/// How the service is asked through an ingress: profile of the protocol (kserve-v1, kserve-v2) with the Host header of the service's own address, by
/// which the ingress finds it. Invalid: the service has no address yet. @param model  the name that its server knows; empty: that of the service.
Result<serving::RequestProfile> kserveProfile(const KserveStatus &status, const QString &protocol, const QString &model = {});
/// The same after a look at GET /v2/models/MODEL: where the model takes one tensor of rows, its name and type are put into the profile.
serving::RequestProfile kserveProfileFor(serving::RequestProfile profile, const QJsonObject &metadata, int columns);

} // namespace pilothouse::cluster

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/rollout_target.h"
#include "core/cluster/workload.h"

#include <QMap>

#include <functional>
#include <memory>

namespace pilothouse::cluster {

/// What of a version is not in the image, and is put where the pods read it before they are made anew. Raw calls: only an operation makes them.
class DeploymentPayload {
public:
    virtual ~DeploymentPayload() = default;
    using Annotations = QMap<QString, QString>; ///< of a pod template
    /// Puts a version's there. @param now those of the template that runs @return those by which the new template names it
    virtual Result<Annotations> put(const QString &packageFolder, const Annotations &now) const = 0;
    /// Puts back what the template of an earlier revision names.
    virtual Result<void> putBack(const Annotations &to, const Annotations &now) const = 0;
};

struct DeploymentTargetOptions {
    std::shared_ptr<const KubeApi> api;
    KubeRef ref;       ///< the Deployment
    QString name;      ///< as the workspace writes the target: "deployment/web"
    QString container; ///< empty: the only one, else the one with this repository's image
    QString model;     ///< as registered
    QString by, program; ///< who acts, for the note of a revision
    std::function<Result<QString>(const Revision &)> imageOf;  ///< the image of a model version
    std::function<int(const QString &image)> versionOf;        ///< the model version of an image, 0 if none has it: for revisions that others made
    std::shared_ptr<const DeploymentPayload> payload = {};     ///< set: a version is this, and the image stays as it is
};

/// A Deployment as the rollout target of a model: start() sets the image of a version (or puts its payload in place and names it in the pod template), and the cluster replaces the pods by its own strategy; so there are no steps.
/// While old pods are there the new revision is the canary; seenCanaryShare is its part of the pods that serve. Paused: by spec.paused, or past its progress
/// deadline, which waits for a person. Aborted: it is on its way back. Writes are bound to what was read.
std::shared_ptr<RolloutTarget> deploymentTarget(DeploymentTargetOptions options);

} // namespace pilothouse::cluster

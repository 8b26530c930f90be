// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/container_engine.h"
#include "core/cluster/rollout_target.h"

#include <functional>
#include <memory>

namespace pilothouse::cluster {

struct ContainerTargetOptions {
    ContainerEngine engine;
    QString container;  ///< its name
    QString name;       ///< as the workspace writes the target: "container/web"
    QString model;      ///< as registered
    QString by;         ///< who acts
    std::function<Result<QString>(const Revision &)> imageOf; ///< the image of a model version
    std::function<int(const QString &image)> versionOf;       ///< and back, 0 if none has it
    /// Whether the service answers well now; an error says what is wrong. None: that the container runs, and what its own HEALTHCHECK says, is all that is asked.
    std::function<Result<void>()> healthy;
    int healthSeconds = 60; ///< a new container that is not healthy by then is taken back
    int settleMs = 1000;    ///< that it must then still run
};

/// A container of this machine's engine (Podman, Docker) as the rollout target of a model, for a service without a cluster. start() pulls the image of a version,
/// makes a container like the one that runs (ports, volumes, environment, restart policy: all but what came from the old image), stops the old, starts the new
/// and waits for its health; one that does not become healthy is taken back at once, and the old one runs again. The old ones are kept, stopped, as NAME-rN;
/// undo() starts one of them. A port belongs to one container, so the service is away between stop and start.
/// There are no steps. The first container is made by hand. A swap that was cut off is put right by the next write.
std::shared_ptr<RolloutTarget> containerTarget(ContainerTargetOptions options);

/// What a new container is made of: the settings of the old one (GET /containers/NAME/json) without what came from its image (GET /images/NAME/json).
QJsonObject containerLike(const QJsonObject &old, const QJsonObject &oldImage, const QString &image, const QMap<QString, QString> &labels);

} // namespace pilothouse::cluster

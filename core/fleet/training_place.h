// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/workspace/workspace.h"

#include <optional>

namespace pilothouse::fleet {

/// Where a model's pipeline trains, if that is not this machine, and how its pods are made: `pipeline:` of the model with
///   connection          of kind kubernetes (or retrain: {executor: CONNECTION | kubernetes | pytorchjob})
///   image               with pilot in it (packaging/image), or with the program of `command`
///   namespace, workers, kind (job, pytorchjob, trainjob), cpu, memory, service_account
///   volumes             [CLAIM:/path[:ro], …]      secrets: [NAME=SECRET/KEY, …] of the cluster      annotations: [KEY=VALUE, …] of the pods
///   data, out           instead of the recipe's data; where the package is kept (on a volume)
///   command             [program, word, …] of the team's own instead of pilot: see cluster::TrainingJob::command
///   pilot_image         with `command`: the image of pilot that registers the package which the program left in `out`
struct TrainingPlace {
    QString connection, space, image, kind, cpu, memory, serviceAccount, data, out, pilotImage;
    QStringList command, volumes, secrets, annotations;
    int workers = 1;
};

/// Nullopt: it trains here. Invalid: a cluster is asked for, and the workspace does not say which.
Result<std::optional<TrainingPlace>> trainingPlaceOf(const workspace::Workspace &workspace, const workspace::Model &model);

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/cluster/training_job.h"

#include <string>
#include <vector>

namespace pilothouse {

/// `pilot train RECIPE --on CONNECTION …`: the same training in a cluster's pods.
struct ClusterTraining {
    std::string connection, space, image, name, kind, schedule, zone, cpu, memory, serviceAccount, out;
    std::vector<std::string> volumes, secrets, command, annotations;
    int workers = 1, group = 10001; ///< group: of packaging/image
    bool plan = false, detach = false;

    void addTo(CLI::App &app);
};

/// What of `pilot train`'s own options goes to the pods.
struct ClusterTrainingInput {
    QString recipeFile, data, registerAs, registry;
    std::vector<std::string> tags;
};

/// CLAIM:/path[:ro] and NAME=SECRET/KEY, each. Invalid for another form.
Result<void> addJobVolumes(const std::vector<std::string> &volumes, cluster::TrainingJob &job);
Result<void> addJobSecrets(const std::vector<std::string> &secrets, cluster::TrainingJob &job);

/// The job that these options describe, not yet started. `run`: its number, 32 hex digits, from which it has its name too; empty: a new one.
/// Invalid for options that do not fit each other; Refused if what it trains would be gone with its pods, or the registry is not to be reached from them.
Result<cluster::TrainingJob> clusterTrainingJob(const fleet::Services &services, const ClusterTraining &options, const ClusterTrainingInput &input, const QString &space, const QString &run = {});

/// Starts the job (an Operation), follows it to its end with its events and answers as `pilot train` does; asked to stop it cancels the job.
Result<void> trainOnCluster(Context &context, const ClusterTraining &options, const ClusterTrainingInput &input);

} // namespace pilothouse

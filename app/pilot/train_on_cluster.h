// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"

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

/// Starts the job (an Operation), follows it to its end with its events and answers as `pilot train` does; asked to stop it cancels the job.
Result<void> trainOnCluster(Context &context, const ClusterTraining &options, const ClusterTrainingInput &input);

} // namespace pilothouse

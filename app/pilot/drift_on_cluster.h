// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pilot/verb.h"
#include "core/drift/drift.h"

#include <string>
#include <vector>

namespace pilothouse {

/// `pilot drift … --on CONNECTION`: the rows are profiled where a cluster's pods see them, a shard of the files a pod, and only the profiles come here.
struct ClusterShards {
    std::string connection, space, image, cpu, memory, serviceAccount, keep;
    std::vector<std::string> volumes, secrets, annotations;
    int shards = 0, atOnce = 0, retries = 2, group = 10001;
    bool plan = false;

    void addTo(CLI::App &app);
};

struct ShardedProfile {
    drift::Profile profile; ///< of all shards
    QJsonObject answer;     ///< {"job"|null,"of","again":[…]}: how many shards, and which of them were profiled now
    bool planned = false;   ///< only what would be done was asked and is answered
};

/// Starts the indexed Job (an Operation), follows it, takes each shard's profile as soon as there is one and adds them up. In `keep` each is a file; what is there is not
/// profiled again. @param bins  the reference. Errors: a shard that failed, by its number and files; Conflict if `keep` has the shards of something else.
Result<ShardedProfile> profileOnCluster(Context &context, const ClusterShards &options, const std::vector<std::string> &files, const drift::Profile &bins);

} // namespace pilothouse

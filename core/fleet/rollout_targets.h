// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/rollout_target.h"
#include "core/fleet/clusters.h"
#include "core/fleet/registries.h"
#include "core/net/http.h"
#include "core/workspace/workspace.h"

namespace pilothouse::fleet {

/// What the rollout targets of a workspace's models are made from.
struct RolloutTargetParts {
    workspace::Workspace workspace;
    QString root;    ///< of the local connection
    std::shared_ptr<net::HttpClient> http;
    std::shared_ptr<Registries> registries;
    std::shared_ptr<Clusters> clusters;
    QString program; ///< who acts: pilot, pilothouse
};

/// The rollout target of a model, by the kind of its deployment's connection and, in a cluster, by the word before the slash of its target. No call is made.
/// NotFound: no deployment is configured; Invalid: a kind that nothing rolls out; as Clusters.
Result<std::shared_ptr<cluster::RolloutTarget>> rolloutTargetOf(const RolloutTargetParts &parts, const workspace::Model &model);

} // namespace pilothouse::fleet

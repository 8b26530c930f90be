// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/database.h"
#include "core/base/result.h"
#include "core/cluster/rollout_target.h"
#include "core/fleet/clusters.h"
#include "core/fleet/registries.h"
#include "core/fleet/remote_models.h"
#include "core/fleet/remote_rollouts.h"
#include "core/net/http.h"
#include "core/operations/operation.h"
#include "core/pipelines/pipeline_service.h"
#include "core/promotion/promotion.h"
#include "core/registry/registry.h"
#include "core/secrets/secret_store.h"
#include "core/workspace/workspace.h"

#include <functional>
#include <memory>

namespace pilothouse::secrets {
class Vaults;
}

namespace pilothouse::fleet {

class ImageRegistries;
class ManagedAlerts;
class RemoteRuns;
class SkewWatch;

/// Everything a program needs for one workspace, wired once: both `pilot` and the console build this and nothing else.
/// All members may be used from any thread. Folder layout under the local connection's root:
///   registry.db  journal.jsonl  artifacts/<model>/<version>/  runs/<run>/  serving/<target>/{serving.db,server.json,serve.log}
///   pipelines/<run>/  decisions.db  locks/  fetched/<connection>/<model>/<version>-…/  known.db (last known lists of servers)  logs/<connection>/ (of pipelines, as they were followed)
struct Services {
    workspace::Workspace workspace;
    QString root; ///< of the local connection
    std::shared_ptr<const Clock> clock;
    std::shared_ptr<secrets::SecretStore> secrets; ///< keychain and environment; names that begin with "vault:" from the Vaults
    std::shared_ptr<secrets::Vaults> vaults;       ///< of the connections of kind vault
    std::shared_ptr<net::HttpClient> http;
    std::shared_ptr<ImageRegistries> images;       ///< of the connections of kind images, and those that need no login
    std::shared_ptr<Database> database; ///< registry.db
    std::shared_ptr<registry::Registry> registry;   ///< of the local connection
    std::shared_ptr<Registries> registries;         ///< of all connections
    std::shared_ptr<RemoteModels> remote;           ///< what is known of models on servers
    std::shared_ptr<Clusters> clusters; ///< of all connections of kind kubernetes
    std::shared_ptr<operations::Journal> journal;
    std::shared_ptr<operations::Operations> operations;
    std::shared_ptr<promotion::Promotions> promotions;
    std::shared_ptr<pipelines::PipelineService> pipelines; ///< an AllPipelines: this machine's and those of the connections
    std::shared_ptr<RemoteRuns> runs; ///< what is known of those of the connections
    /// The rollout target of a model; NotFound if none is configured.
    std::function<Result<std::shared_ptr<cluster::RolloutTarget>>(const workspace::Model &)> rolloutTarget;
    std::shared_ptr<RemoteRollouts> rollouts;       ///< what is known of those in clusters
    std::shared_ptr<SkewWatch> skew; ///< what the endpoints said last that they serve
    std::shared_ptr<ManagedAlerts> managed; ///< what the Alertmanagers of the connections said last
    QStringList notes; ///< what the start found and a person should know: "No keychain: the journal head is not authenticated."
};

struct ServiceOptions {
    QString workspaceFile;
    std::shared_ptr<secrets::SecretStore> secrets; ///< null: keychain, then environment
    std::shared_ptr<const Clock> clock;            ///< null: system
    QString program = QStringLiteral("pilot");
};
Result<std::shared_ptr<Services>> openServices(const ServiceOptions &options);

} // namespace pilothouse::fleet

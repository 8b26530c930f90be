// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/clusters.h"
#include "core/fleet/connections.h"
#include "core/pipelines/all_pipelines.h"
#include "core/pipelines/pipeline_connection.h"

namespace pilothouse::fleet {

/// What a connection of a pipeline kind is opened with. Its jobs are those of its own `jobs` and those of the models that name it (job or workflow, and their `deploy`).
/// @param clusters null: no container's log can be read   @param folder what it may keep lies there
Result<pipelines::PipelineConnection> pipelineConnection(const workspace::Workspace &workspace, const workspace::Connection &connection, std::shared_ptr<net::HttpClient> http,
                                                         std::shared_ptr<secrets::SecretStore> secrets, std::shared_ptr<const Clusters> clusters, std::shared_ptr<const Clock> clock, const QString &folder);

/// `local` and every connection of a pipeline kind as one (pipelines::AllPipelines). Nothing is asked. A connection that cannot be opened is there, too: what it cannot do says why.
std::shared_ptr<pipelines::AllPipelines> allPipelines(std::shared_ptr<pipelines::PipelineService> local, const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http,
                                                         std::shared_ptr<secrets::SecretStore> secrets, std::shared_ptr<const Clusters> clusters, std::shared_ptr<const Clock> clock, const QString &root);

/// A look at a connection of a pipeline kind, with its credential: version, who we are there, our rights, its pipelines. Denied for a login page.
Result<ConnectionCheck> testPipelines(ConnectionCheck check, const workspace::Workspace &workspace, net::HttpClient &http, secrets::SecretStore &secrets, std::stop_token token);

/// The log of a container as pieces; `next` is the time of the last line, so a line is given once. End: the container has ended and all is read.
Result<pipelines::LogPiece> podLogPiece(const cluster::KubeApi &api, const QString &space, const QString &pod, const QString &container, const pipelines::LogFrom &from, std::stop_token token);

} // namespace pilothouse::fleet

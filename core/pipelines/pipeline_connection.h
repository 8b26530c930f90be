// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/net/http.h"
#include "core/pipelines/pipeline_service.h"
#include "core/workspace/workspace.h"

#include <functional>
#include <memory>

namespace pilothouse::pipelines {

/// What an adapter is opened with. Nothing is asked before the first call.
struct PipelineConnection {
    workspace::Connection connection;
    std::shared_ptr<net::HttpClient> http;
    /// Value of the Authorization header, read for each call and kept nowhere; empty: none is sent. Where a login makes it (a directory), forget() drops a refused one.
    std::function<Result<QByteArray>()> authorization;
    std::function<void()> forget;
    /// A secret of the store by its name, for parameters of kind Secret.
    std::function<Result<QString>(const QString &name)> secret;
    std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
    QString folder;              ///< of its own, for what it keeps (ETags, crumbs never); need not be there yet
    QStringList jobs;            ///< those that the workspace names: models' pipelines and the connection's `jobs`
    QMap<QString, QString> modelOf; ///< job → the workspace's model
    /// A container's log, where the system keeps none of its own (Kubeflow): LogPiece of namespace, pod, container. Null: no cluster is connected.
    std::function<Result<LogPiece>(const QString &space, const QString &pod, const QString &container, const LogFrom &from, std::stop_token)> podLog;
};

/// By the connection's kind. Refused: a kind that runs no pipelines; Invalid: something is missing, or a secret would travel in the open.
Result<std::shared_ptr<PipelineService>> openPipelines(PipelineConnection connection);
bool isPipelineKind(const QString &kind); ///< jenkins, github, kubeflow, azureml

} // namespace pilothouse::pipelines

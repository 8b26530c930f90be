// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"
#include "core/registry/mlflow_api.h"
#include "core/registry/registry.h"
#include "core/secrets/secret_store.h"
#include "core/workspace/workspace.h"

#include <QMap>

#include <memory>
#include <mutex>

namespace pilothouse::fleet {

/// The registries that a workspace's connections name, each opened when it is first asked for. Any thread; must outlive nothing but its calls.
class Registries {
public:
    /// @param local the one of the local connection   @param packages folder for packages that are fetched from servers
    Registries(const workspace::Workspace &workspace, std::shared_ptr<registry::Registry> local, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets, const QString &packages);
    /// "": the local one. No call is made yet. NotFound for a connection that the workspace has not; Refused for one that is no registry; Invalid
    /// for one without an address.
    Result<std::shared_ptr<registry::Registry>> of(const QString &connection);
    /// The server of a connection of kind mlflow, for what only MLflow has (webhooks). Errors as of(); Refused for another kind.
    Result<registry::MlflowApi> mlflow(const QString &connection) const;

private:
    QMap<QString, workspace::Connection> m_connections;
    std::shared_ptr<registry::Registry> m_local;
    std::shared_ptr<net::HttpClient> m_http;
    std::shared_ptr<secrets::SecretStore> m_secrets;
    QString m_packages;
    std::mutex m_mutex;
    QMap<QString, std::shared_ptr<registry::Registry>> m_open;
};

} // namespace pilothouse::fleet

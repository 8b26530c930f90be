// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/cluster/kube_rights.h"
#include "core/fleet/connections.h"

#include <QHash>

#include <memory>
#include <mutex>

namespace pilothouse::fleet {

/// The clusters of a workspace: one API and one memory of rights a connection, made at first use and made anew when its kubeconfig changed. Any thread;
/// of() may read files and the keychain: not in the GUI thread.
class Clusters {
public:
    /// @param root of the local connection: where confirmed programs are remembered. `terminal`: a person sits at this process's terminal.
    Clusters(workspace::Workspace workspace, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets, QString root, bool terminal = false);
    /// Connections of kind kubernetes, by name.
    QStringList names() const;
    /// The API of a connection; without a name that of the only one. NotFound, Invalid and what the kubeconfig and the keychain say.
    Result<std::shared_ptr<cluster::KubeApi>> of(const QString &connection) const;
    Result<std::shared_ptr<cluster::KubeRights>> rights(const QString &connection) const;

private:
    struct Open {
        std::shared_ptr<cluster::KubeApi> api;
        std::shared_ptr<cluster::KubeRights> rights;
        QString stamp; ///< of the files it was made from
    };
    Result<Open> open(const QString &connection) const;
    workspace::Workspace m_workspace;
    std::shared_ptr<net::HttpClient> m_http;
    std::shared_ptr<secrets::SecretStore> m_secrets;
    QString m_root;
    bool m_terminal = false;
    mutable std::mutex m_mutex;
    mutable QHash<QString, Open> m_open;
};

/// The API of one connection, not kept. `root`: as above; empty: no program of a foreign kubeconfig is run.
Result<std::shared_ptr<cluster::KubeApi>> openCluster(const workspace::Connection &connection, std::shared_ptr<net::HttpClient> http, std::shared_ptr<secrets::SecretStore> secrets, const QString &root,
                                                      bool terminal = false);

/// What a look at a cluster found: version, who we are there, and which of the groups are installed that this program can use.
Result<ConnectionCheck> testCluster(ConnectionCheck check, const workspace::Workspace &workspace, net::HttpClient &http, secrets::SecretStore &secrets, std::stop_token token);

/// "https://10.0.0.1:6443", or which kubeconfig and context: the address of a connection of this kind as it is shown.
QString clusterAddress(const workspace::Connection &connection);

/// The operation that lets the program of a connection's kubeconfig run. Invalid if its context runs none; Conflict if it is not the one that was `seen`
/// (ClusterProgram::digest; empty: any).
Result<operations::Operation> trustProgram(const workspace::Workspace &workspace, const QString &connection, const QString &root, const QString &who, const QString &seen = {});

} // namespace pilothouse::fleet

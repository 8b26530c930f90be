// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"
#include "core/net/http.h"
#include "core/workspace/workspace.h"

#include <QMap>

#include <memory>
#include <mutex>

namespace pilothouse::fleet {

/// The clusters of a workspace's connections of kind kubernetes, one API each, opened when it is asked for. Any thread.
class Clusters {
public:
    Clusters(const workspace::Workspace &workspace, std::shared_ptr<net::HttpClient> http);
    /// No call is made yet; the kubeconfig is read. Empty: the only one. NotFound: no such connection, no kubeconfig, no such context; Refused for another kind;
    /// Invalid where several could be meant, or as Kubeconfig says.
    Result<std::shared_ptr<cluster::KubeApi>> of(const QString &connection);

private:
    QMap<QString, workspace::Connection> m_connections;
    std::shared_ptr<net::HttpClient> m_http;
    std::mutex m_mutex;
    QMap<QString, std::shared_ptr<cluster::KubeApi>> m_open;
};

} // namespace pilothouse::fleet

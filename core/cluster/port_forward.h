// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/pod_selector.h"

#include <memory>
#include <optional>

namespace pilothouse::cluster {

/// A port on this machine's loopback interface behind which a pod's port answers. Each connection is a WebSocket of its own to the API server
/// (v4.channel.k8s.io, which kubelets of all versions speak; newer API servers pass it on). A pod that is gone or does not answer is exchanged for another ready
/// one of the service or workload: connections that come later go there. Runs until it is destroyed.
class PortForward {
public:
    /// @param what a service, workload or pod   @param port number or name: of a service its own port, else the container's
    /// @param localPort 0: any that is free
    /// Errors: NotFound (no such object or port, no ready pod), Conflict (the local port is taken), as KubeApi's.
    static Result<std::unique_ptr<PortForward>> start(std::shared_ptr<const KubeApi> api, const KubeRef &what, const QString &port, int localPort = 0, std::stop_token token = {});
    ~PortForward();

    int localPort() const;
    QString url() const; ///< "http://127.0.0.1:41873"
    struct State {
        QString pod;       ///< where the next connection goes
        int podPort = 0;
        int open = 0;      ///< connections now
        qint64 connections = 0, received = 0, sent = 0; ///< so far; bytes from and to the pod
        std::optional<Error> lastError;
    };
    State state() const;

    struct Impl;

private:
    explicit PortForward(std::shared_ptr<Impl> impl) : m_impl(std::move(impl)) {}
    std::shared_ptr<Impl> m_impl;
};

/// The pod's port behind a port of a service (targetPort, also by name), or the container's port itself. NotFound with the ports there are.
Result<int> podPortOf(const QJsonObject &object, const QJsonObject &pod, const QString &port);

struct NamedPort {
    int number = 0;
    QString name; ///< may be empty
};
/// The ports that a service has, or that the containers of a pod (of the first pod of a workload) name. Empty: none is named; it may listen all the same.
Result<std::vector<NamedPort>> portsOf(const KubeApi &api, const KubeRef &what, std::stop_token token = {});

} // namespace pilothouse::cluster

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/port_forward.h"

#include <memory>
#include <mutex>
#include <vector>

namespace pilothouse::cluster {

/// The port-forwards that this program has open, so that two users of one (the window, and an endpoint written service/NAME:port) share a tunnel. It owns none: a forward lives as
/// long as one of those who opened it holds it. Any thread.
class PortForwards {
public:
    /// The one of this program.
    static const std::shared_ptr<PortForwards> &ofProgram();
    /// The open one of this API (so of this connection and credential), object and port, else a new one. With a local port: only one that has just this port is shared.
    /// Errors: as PortForward::start().
    Result<std::shared_ptr<PortForward>> open(const std::shared_ptr<const KubeApi> &api, const KubeRef &what, const QString &port, int localPort = 0, std::stop_token token = {});

    struct Entry {
        QString connection, port;
        KubeRef what;
        std::shared_ptr<PortForward> forward;
        int users = 0; ///< who hold it, without this entry
    };
    std::vector<Entry> list() const; ///< open ones, oldest first

private:
    struct Kept {
        std::weak_ptr<const KubeApi> api;
        QString connection, port;
        KubeRef what;
        std::weak_ptr<PortForward> forward;
    };
    std::shared_ptr<PortForward> find(const std::shared_ptr<const KubeApi> &api, const KubeRef &what, const QString &port, int localPort) const; ///< under the mutex
    mutable std::mutex m_mutex;
    std::vector<Kept> m_kept;
};

} // namespace pilothouse::cluster

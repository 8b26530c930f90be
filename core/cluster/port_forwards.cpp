// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/port_forwards.h"

namespace pilothouse::cluster {

const std::shared_ptr<PortForwards> &PortForwards::ofProgram() {
    static const auto all = std::make_shared<PortForwards>();
    return all;
}

std::shared_ptr<PortForward> PortForwards::find(const std::shared_ptr<const KubeApi> &api, const KubeRef &what, const QString &port, int localPort) const {
    for (const Kept &kept : m_kept)
        if (kept.what == what && kept.port == port && kept.api.lock() == api)
            if (auto forward = kept.forward.lock(); forward && (localPort == 0 || forward->localPort() == localPort))
                return forward;
    return nullptr;
}

Result<std::shared_ptr<PortForward>> PortForwards::open(const std::shared_ptr<const KubeApi> &api, const KubeRef &what, const QString &port, int localPort, std::stop_token token) {
    {
        const std::lock_guard lock(m_mutex);
        if (auto open = find(api, what, port, localPort))
            return open;
    }
    PH_ASSIGN(auto made, PortForward::start(api, what, port, localPort, token)); // asks the server: nobody else waits meanwhile
    std::shared_ptr<PortForward> forward = std::move(made);
    const std::lock_guard lock(m_mutex); // given back before a forward that is too many ends
    if (auto open = find(api, what, port, localPort)) // somebody was quicker: one is enough
        return open;
    std::erase_if(m_kept, [](const Kept &kept) { return kept.forward.expired(); });
    m_kept.push_back({api, api->connection(), port, what, forward});
    return forward;
}

std::vector<PortForwards::Entry> PortForwards::list() const {
    std::vector<Entry> out;
    const std::lock_guard lock(m_mutex);
    for (const Kept &kept : m_kept)
        if (auto forward = kept.forward.lock()) {
            const int users = int(forward.use_count()) - 1;
            out.push_back({kept.connection, kept.port, kept.what, std::move(forward), users});
        }
    return out;
}

} // namespace pilothouse::cluster

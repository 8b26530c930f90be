// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/port_forward.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace pilothouse::cluster {

/// "service/NAME:PORT[/path]" or "service://NAME:PORT[/path]"; NAME may be NAME.NAMESPACE; PORT a number or a name, left out where the service has one only.
struct ServiceAddress {
    QString name, space, port, path; ///< space: empty: that of the connection; path: "/predict" or empty
    bool secure = false;             ///< "services://…": the pod speaks TLS
    /// A URL that stands for it: "http://NAME.NAMESPACE.svc:PORT/path". It is what the way takes in place of the address it found.
    QString placeholder() const;
};
/// Nothing if the text is no address of a service. Invalid: it begins like one and is none.
Result<std::optional<ServiceAddress>> parseServiceAddress(const QString &text);

enum class ReachWay { Auto, LoadBalancer, Ingress, PortForward, Proxy };
QString reachWayName(ReachWay way); ///< "port-forward" …
Result<ReachWay> reachWayNamed(const QString &name);

/// One way to a service that was found.
struct Reached {
    ReachWay way = ReachWay::Auto;
    QString url;                 ///< base: "http://127.0.0.1:41873", "https://10.0.0.1:6443/api/v1/namespaces/ml/services/api:80/proxy"
    QString host;                ///< Host header of an ingress; else empty
    QString said;                ///< a sentence for people: what was chosen and why
    std::shared_ptr<PortForward> forward;
};
/// Finds a way. Auto: a LoadBalancer's address that answers, an ingress that leads to the service and answers (with its Host header), a port-forward, and where
/// that is not allowed or not possible the API server's proxy (which takes the Authorization header for itself).
/// Errors: NotFound (no such service or port, no ready pod, the way that was asked for is not there); what each way said is in `raw`.
Result<Reached> reachService(const std::shared_ptr<const KubeApi> &api, const ServiceAddress &address, ReachWay way = ReachWay::Auto, std::stop_token token = {});

/// A service as requests need it: prepare() changes a request whose URL begins with the placeholder (ServiceAddress) into one that arrives. The way is found at
/// the first request, kept, and looked for again after two minutes (an address may move) or after failed(). Any thread, blocking.
class ServiceReach {
public:
    using Find = std::function<Result<Reached>(const std::shared_ptr<const KubeApi> &api, std::stop_token token)>;
    ServiceReach(std::function<Result<std::shared_ptr<const KubeApi>>()> api, ServiceAddress address, ReachWay way = ReachWay::Auto);
    /// Another way: `path` is the end of the placeholder that is not part of the place found.
    ServiceReach(std::function<Result<std::shared_ptr<const KubeApi>>()> api, QString placeholder, QString path, Find find);
    Result<void> prepare(net::Request &request, std::stop_token token = {});
    void failed(); ///< a request did not come through: the next one looks again
    QString said() const; ///< empty before the first request

private:
    const std::function<Result<std::shared_ptr<const KubeApi>>()> m_makeApi;
    const QString m_placeholder, m_path;
    const Find m_find;
    mutable std::mutex m_mutex;
    std::shared_ptr<const KubeApi> m_api;
    std::optional<Reached> m_reached;
    std::chrono::steady_clock::time_point m_found;
};

} // namespace pilothouse::cluster

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/reach.h"

#include "core/cluster/kube_socket.h"
#include "core/cluster/port_forwards.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QUrl>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
constexpr int knockMs = 1500;
constexpr auto keptFor = std::chrono::minutes(2);

/// Whether a TCP connection comes about within a moment: an address in an object may belong to a network that is not ours.
bool answers(const QString &host, int port) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    if (::getaddrinfo(host.toUtf8().constData(), QByteArray::number(port).constData(), &hints, &found) != 0)
        return false;
    bool open = false;
    for (const addrinfo *a = found; a && !open; a = a->ai_next) {
        const int fd = ::socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
        if (fd < 0)
            continue;
        open = ::connect(fd, a->ai_addr, a->ai_addrlen) == 0;
        if (!open && errno == EINPROGRESS) {
            pollfd wait{fd, POLLOUT, 0};
            int wrong = 0;
            socklen_t size = sizeof wrong;
            open = ::poll(&wait, 1, knockMs) == 1 && ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &wrong, &size) == 0 && wrong == 0;
        }
        ::close(fd);
    }
    ::freeaddrinfo(found);
    return open;
}

QString bracketed(const QString &host) { return host.contains(QLatin1Char(':')) ? QLatin1Char('[') + host + QLatin1Char(']') : host; }

/// status.loadBalancer.ingress of a service or an ingress.
QStringList addressesOf(const QJsonObject &object) {
    QStringList out;
    for (const QJsonValue &value : object.value(Q("status")).toObject().value(Q("loadBalancer")).toObject().value(Q("ingress")).toArray()) {
        const QJsonObject i = value.toObject();
        const QString address = i.value(Q("ip")).toString(i.value(Q("hostname")).toString());
        if (!address.isEmpty())
            out << address;
    }
    return out;
}

/// The service's own port, as a number and a name.
struct ServicePort {
    int number = 0;
    QString name;
};
Result<ServicePort> servicePort(const QJsonObject &service, const QString &wanted) {
    const QJsonArray ports = service.value(Q("spec")).toObject().value(Q("ports")).toArray();
    QStringList all;
    for (const QJsonValue &value : ports) {
        const QJsonObject p = value.toObject();
        const ServicePort port{p.value(Q("port")).toInt(), p.value(Q("name")).toString()};
        if (QString::number(port.number) == wanted || (!wanted.isEmpty() && port.name == wanted) || (wanted.isEmpty() && ports.size() == 1))
            return port;
        all << QString::number(port.number) + (port.name.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(port.name));
    }
    return notFound(wanted.isEmpty() ? QStringLiteral("The service has several ports.") : QStringLiteral("The service has no port “%1”.").arg(wanted), QStringLiteral("service/") + metadataText(service, "name"), QStringLiteral("It has: %1.").arg(all.join(QStringLiteral(", "))));
}

class Finder {
public:
    Finder(const std::shared_ptr<const KubeApi> &api, const ServiceAddress &address, std::stop_token token) : m_api(api), m_address(address), m_token(std::move(token)) {
        if (m_address.space.isEmpty())
            m_address.space = api->space();
    }

    Result<void> look() {
        PH_ASSIGN(m_service, m_api->read({kinds::Service, m_address.space, m_address.name}, m_token));
        PH_ASSIGN(m_port, servicePort(m_service, m_address.port));
        return {};
    }

    Result<Reached> loadBalancer() const {
        for (const QString &address : addressesOf(m_service))
            if (answers(address, m_port.number))
                return Reached{ReachWay::LoadBalancer, QStringLiteral("%1://%2:%3").arg(scheme(), bracketed(address)).arg(m_port.number), {}, QStringLiteral("%1 is reached at its load balancer's address %2.").arg(name(), address), nullptr};
        return notFound(addressesOf(m_service).isEmpty() ? QStringLiteral("%1 has no load balancer's address.").arg(name()) : QStringLiteral("The load balancer's address of %1 does not answer from here.").arg(name()));
    }

    Result<Reached> ingress() const {
        PH_ASSIGN(const auto all, m_api->list(kinds::Ingress, m_address.space, {}, m_token));
        bool led = false;
        for (const QJsonObject &object : all) {
            for (const QJsonValue &value : object.value(Q("spec")).toObject().value(Q("rules")).toArray()) {
                const QJsonObject rule = value.toObject();
                const auto path = pathIn(rule);
                if (!path)
                    continue;
                led = true;
                const QString host = rule.value(Q("host")).toString();
                const bool secure = hasTls(object, host);
                for (const QString &address : addressesOf(object))
                    if (answers(address, secure ? 443 : 80))
                        return Reached{ReachWay::Ingress, QStringLiteral("%1://%2%3").arg(secure ? Q("https") : Q("http"), bracketed(address), *path), host.contains(QLatin1Char('*')) ? QString() : host,
                                       QStringLiteral("%1 is reached by the ingress %2 at %3%4.").arg(name(), metadataText(object, "name"), address, host.isEmpty() ? QString() : QStringLiteral(" with the Host header ") + host), nullptr};
            }
        }
        return notFound(led ? QStringLiteral("The ingress of %1 has no address that answers from here.").arg(name()) : QStringLiteral("No ingress leads to %1.").arg(name()));
    }

    Result<Reached> portForward() const {
        PH_ASSIGN(auto forward, PortForwards::ofProgram()->open(m_api, {kinds::Service, m_address.space, m_address.name}, QString::number(m_port.number), 0, m_token));
        const QString pod = forward->state().pod;
        // A tunnel is a promise only when the first connection came about: rights are asked for then.
        PH_ASSIGN(const auto tried, connectsOnce(*forward));
        (void)tried;
        QString url = forward->url();
        if (m_address.secure)
            url.replace(0, 4, Q("https"));
        return Reached{ReachWay::PortForward, url, {}, QStringLiteral("%1 is reached by a port-forward to pod %2.").arg(name(), pod), std::move(forward)};
    }

    Reached proxy() const {
        const QString port = m_port.name.isEmpty() ? QString::number(m_port.number) : m_port.name;
        const QString target = m_address.secure ? QStringLiteral("https:%1:%2").arg(m_address.name, port) : QStringLiteral("%1:%2").arg(m_address.name, port);
        return {ReachWay::Proxy, m_api->access().server + QStringLiteral("/api/v1/namespaces/%1/services/%2/proxy").arg(m_address.space, target), {}, QStringLiteral("%1 is reached through the API server's proxy.").arg(name()), nullptr};
    }

    QString name() const { return QStringLiteral("service/%1 in %2").arg(m_address.name, m_address.space); }

private:
    QString scheme() const { return m_address.secure || m_port.number == 443 || m_port.name == Q("https") ? QStringLiteral("https") : QStringLiteral("http"); }

    /// Connects once, so that a missing right is found now.
    Result<bool> connectsOnce(const PortForward &forward) const {
        const auto state = forward.state();
        const QUrlQuery query{{QStringLiteral("ports"), QString::number(state.podPort)}};
        PH_ASSIGN(const auto socket, KubeSocket::open(*m_api, objectPath({kinds::Pod, m_address.space, state.pod}, QStringLiteral("portforward")), query, {"v4.channel.k8s.io"}, m_token));
        socket->abort();
        return true;
    }

    /// The path by which a rule leads to the service; nothing if it does not. Regular expressions and rewrites are beyond us: their fixed begin counts.
    std::optional<QString> pathIn(const QJsonObject &rule) const {
        for (const QJsonValue &value : rule.value(Q("http")).toObject().value(Q("paths")).toArray()) {
            const QJsonObject p = value.toObject(), backend = p.value(Q("backend")).toObject().value(Q("service")).toObject(), port = backend.value(Q("port")).toObject();
            if (backend.value(Q("name")).toString() != m_address.name)
                continue;
            if (port.value(Q("number")).toInt() != m_port.number && (m_port.name.isEmpty() || port.value(Q("name")).toString() != m_port.name))
                continue;
            QString path = p.value(Q("path")).toString();
            path = path.left(path.indexOf(QRegularExpression(QStringLiteral("[(\\[*.?]"))) < 0 ? path.size() : path.indexOf(QRegularExpression(QStringLiteral("[(\\[*.?]"))));
            while (path.endsWith(QLatin1Char('/')))
                path.chop(1);
            return path;
        }
        return std::nullopt;
    }

    static bool hasTls(const QJsonObject &ingress, const QString &host) {
        for (const QJsonValue &value : ingress.value(Q("spec")).toObject().value(Q("tls")).toArray()) {
            const QJsonArray hosts = value.toObject().value(Q("hosts")).toArray();
            if (hosts.isEmpty() || hosts.contains(QJsonValue(host)))
                return true;
        }
        return false;
    }

    std::shared_ptr<const KubeApi> m_api;
    ServiceAddress m_address;
    std::stop_token m_token;
    QJsonObject m_service;
    ServicePort m_port;
};

} // namespace

QString ServiceAddress::placeholder() const {
    return QStringLiteral("%1://%2%3.svc%4%5").arg(secure ? Q("https") : Q("http"), name, space.isEmpty() ? QString() : QLatin1Char('.') + space, port.toInt() > 0 ? QLatin1Char(':') + port : QString(), path);
}

Result<std::optional<ServiceAddress>> parseServiceAddress(const QString &text) {
    static const QRegularExpression form(QStringLiteral("^(?:service/|service(s)?://)([a-z0-9][a-z0-9-]*)(?:\\.([a-z0-9][a-z0-9-]*))?(?::([a-z0-9][a-z0-9-]*))?(/[^?#]*)?$"));
    if (!text.startsWith(Q("service/")) && !text.startsWith(Q("service://")) && !text.startsWith(Q("services://")))
        return std::optional<ServiceAddress>();
    const auto m = form.match(text);
    if (!m.hasMatch())
        return invalid(QStringLiteral("“%1” is no address of a service in a cluster.").arg(text), {}, QStringLiteral("Write service/NAME:PORT, as service/mlops-api-service:8000 or service/api.mlops-ns:http/predict."));
    QString path = m.captured(5);
    while (path.endsWith(QLatin1Char('/')))
        path.chop(1);
    return std::optional<ServiceAddress>(ServiceAddress{m.captured(2), m.captured(3), m.captured(4), path, !m.captured(1).isEmpty()});
}

QString reachWayName(ReachWay way) {
    switch (way) {
    case ReachWay::Auto: return QStringLiteral("auto");
    case ReachWay::LoadBalancer: return QStringLiteral("load-balancer");
    case ReachWay::Ingress: return QStringLiteral("ingress");
    case ReachWay::PortForward: return QStringLiteral("port-forward");
    case ReachWay::Proxy: return QStringLiteral("proxy");
    }
    return {};
}

Result<ReachWay> reachWayNamed(const QString &name) {
    for (const ReachWay way : {ReachWay::Auto, ReachWay::LoadBalancer, ReachWay::Ingress, ReachWay::PortForward, ReachWay::Proxy})
        if (reachWayName(way) == name)
            return way;
    return invalid(QStringLiteral("There is no way “%1” to a service.").arg(name), {}, QStringLiteral("Known: auto, load-balancer, ingress, port-forward, proxy."));
}

Result<Reached> reachService(const std::shared_ptr<const KubeApi> &api, const ServiceAddress &address, ReachWay way, std::stop_token token) {
    Finder finder(api, address, token);
    PH_TRY(finder.look());
    switch (way) {
    case ReachWay::LoadBalancer: return finder.loadBalancer();
    case ReachWay::Ingress: return finder.ingress();
    case ReachWay::PortForward: return finder.portForward();
    case ReachWay::Proxy: return finder.proxy();
    case ReachWay::Auto: break;
    }
    QStringList why;
    for (const auto &attempt : {&Finder::loadBalancer, &Finder::ingress, &Finder::portForward}) {
        auto found = (finder.*attempt)();
        if (found) {
            if (!why.isEmpty())
                found->said += QLatin1Char(' ') + QStringLiteral("(%1)").arg(why.join(QLatin1Char(' ')));
            return found;
        }
        if (token.stop_requested())
            return cancelled();
        why << found.error().what;
        // Behind the API server's proxy there is no pod either.
        if (attempt == &Finder::portForward && found.error().kind == ErrorKind::NotFound)
            return Error{ErrorKind::NotFound, found.error().what, finder.name(), found.error().hint, why.join(QLatin1Char('\n'))};
    }
    Reached proxied = finder.proxy();
    proxied.said += QStringLiteral(" (%1)").arg(why.join(QLatin1Char(' ')));
    return proxied;
}

ServiceReach::ServiceReach(std::function<Result<std::shared_ptr<const KubeApi>>()> api, ServiceAddress address, ReachWay way)
    : ServiceReach(std::move(api), address.placeholder(), address.path, [address, way](const std::shared_ptr<const KubeApi> &at, std::stop_token token) { return reachService(at, address, way, token); }) {}

ServiceReach::ServiceReach(std::function<Result<std::shared_ptr<const KubeApi>>()> api, QString placeholder, QString path, Find find)
    : m_makeApi(std::move(api)), m_placeholder(std::move(placeholder)), m_path(std::move(path)), m_find(std::move(find)) {}

Result<void> ServiceReach::prepare(net::Request &request, std::stop_token token) {
    const std::lock_guard lock(m_mutex);
    if (!m_api) {
        PH_ASSIGN(m_api, m_makeApi());
    }
    const auto now = std::chrono::steady_clock::now();
    if (!m_reached || (m_reached->way != ReachWay::PortForward && now - m_found > keptFor)) {
        PH_ASSIGN(m_reached, m_find(m_api, token));
        m_found = now;
    }
    if (!request.url.startsWith(m_placeholder))
        return {}; // goes elsewhere
    const QString rest = request.url.mid(m_placeholder.size() - m_path.size());
    request.url = m_reached->url + rest;
    if (!m_reached->host.isEmpty()) {
        request.headers.removeIf([](const net::Header &h) { return h.name.compare("host", Qt::CaseInsensitive) == 0; });
        request.headers << net::Header{"Host", m_reached->host.toUtf8()};
        if (request.url.startsWith(Q("https"))) {
            net::Tls tls = request.tls ? *request.tls : net::Tls();
            tls.serverName = m_reached->host;
            request.tls = std::make_shared<const net::Tls>(std::move(tls));
        }
    }
    if (m_reached->way == ReachWay::Proxy) {
        PH_ASSIGN(const net::Request own, m_api->request(request.method, m_reached->url.mid(m_api->access().server.size()), {}, token));
        request.headers.removeIf([](const net::Header &h) { return h.name.compare("authorization", Qt::CaseInsensitive) == 0; });
        for (const net::Header &h : own.headers)
            if (h.name != "Accept")
                request.headers << h;
        request.tls = own.tls;
        request.proxy = own.proxy;
    }
    return {};
}

void ServiceReach::failed() {
    const std::lock_guard lock(m_mutex);
    if (m_reached && m_reached->way != ReachWay::PortForward) // that one finds another pod by itself
        m_reached.reset();
}

QString ServiceReach::said() const {
    const std::lock_guard lock(m_mutex);
    return m_reached ? m_reached->said : QString();
}

} // namespace pilothouse::cluster

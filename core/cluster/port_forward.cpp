// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/port_forward.h"

#include "core/cluster/kube_socket.h"

#include <QJsonArray>
#include <QThreadPool>

#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
constexpr int mostConnections = 96, afterEndMs = 30000; // more than the 64 that net::HttpClient keeps open

/// A descriptor that is closed with its owner.
class Fd {
public:
    explicit Fd(int fd = -1) : m_fd(fd) {}
    Fd(Fd &&other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    Fd &operator=(Fd &&other) noexcept {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~Fd() {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    int get() const { return m_fd; }

private:
    int m_fd;
};

/// One connection of a program here: its two directions look at the same state.
struct Connection {
    Fd local;
    std::unique_ptr<KubeSocket> socket;
    std::stop_source stop;
};

bool writeWhole(int fd, const QByteArray &bytes) {
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::send(fd, bytes.constData() + done, std::size_t(bytes.size() - done), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += n;
    }
    return true;
}

QString portsText(const QJsonArray &ports, const char *number) {
    QStringList all;
    for (const QJsonValue &value : ports) {
        const QJsonObject p = value.toObject();
        const QString name = p.value(Q("name")).toString();
        all << QString::number(p.value(Q(number)).toInt()) + (name.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(name));
    }
    return all.isEmpty() ? QStringLiteral("none") : all.join(QStringLiteral(", "));
}

/// All ports that the pod's containers name.
QJsonArray containerPorts(const QJsonObject &pod) {
    QJsonArray out;
    for (const QJsonValue &container : pod.value(Q("spec")).toObject().value(Q("containers")).toArray())
        for (const QJsonValue &port : container.toObject().value(Q("ports")).toArray())
            out.append(port);
    return out;
}

Result<int> containerPort(const QJsonObject &pod, const QString &port) {
    bool number = false;
    const int value = port.toInt(&number);
    if (number && value > 0 && value < 65536)
        return value;
    const QJsonArray ports = containerPorts(pod);
    for (const QJsonValue &p : ports)
        if (p.toObject().value(Q("name")).toString() == port)
            return p.toObject().value(Q("containerPort")).toInt();
    return notFound(QStringLiteral("The pod names no port “%1”.").arg(port), QStringLiteral("pod/") + metadataText(pod, "name"), QStringLiteral("It has: %1.").arg(portsText(ports, "containerPort")));
}

} // namespace

Result<int> podPortOf(const QJsonObject &object, const QJsonObject &pod, const QString &port) {
    if (object.value(Q("kind")).toString() != Q("Service"))
        return containerPort(pod, port);
    const QJsonArray ports = object.value(Q("spec")).toObject().value(Q("ports")).toArray();
    for (const QJsonValue &value : ports) {
        const QJsonObject p = value.toObject();
        const bool meant = port.isEmpty() ? ports.size() == 1 : QString::number(p.value(Q("port")).toInt()) == port || p.value(Q("name")).toString() == port;
        if (!meant)
            continue;
        const QJsonValue target = p.value(Q("targetPort"));
        if (target.isString())
            return containerPort(pod, target.toString());
        return target.toInt() > 0 ? target.toInt() : p.value(Q("port")).toInt();
    }
    return notFound(port.isEmpty() ? QStringLiteral("The service has several ports.") : QStringLiteral("The service has no port “%1”.").arg(port), QStringLiteral("service/") + metadataText(object, "name"),
                    QStringLiteral("It has: %1.").arg(portsText(ports, "port")));
}

Result<std::vector<NamedPort>> portsOf(const KubeApi &api, const KubeRef &what, std::stop_token token) {
    PH_ASSIGN(const auto selector, PodSelector::of(api, what, token));
    std::vector<NamedPort> out;
    const bool service = selector.object().value(Q("kind")).toString() == Q("Service");
    QJsonArray ports = selector.object().value(Q("spec")).toObject().value(Q("ports")).toArray();
    if (!service) {
        PH_ASSIGN(const auto pods, selector.pods(api, token));
        ports = pods.empty() ? QJsonArray() : containerPorts(pods.front());
    }
    for (const QJsonValue &value : std::as_const(ports)) {
        const QJsonObject port = value.toObject();
        if (port.value(Q("protocol")).toString(QStringLiteral("TCP")) == Q("TCP")) // no other goes through a port-forward
            out.push_back({port.value(service ? Q("port") : Q("containerPort")).toInt(), port.value(Q("name")).toString()});
    }
    return out;
}

struct PortForward::Impl : std::enable_shared_from_this<PortForward::Impl> {
    std::shared_ptr<const KubeApi> api;
    KubeRef what;
    QString port;
    Fd listener, wake;
    int localPort = 0;
    std::stop_source stop;
    QThreadPool pool;
    mutable std::mutex mutex;
    State state;
    QString avoid; ///< the pod that failed last
    std::deque<std::weak_ptr<Connection>> spoken; ///< whose program here has nothing more to send, the longest first

    /// With the mutex held. Nobody can tell the pod that a program here is through, so such connections wait a while for what may still come: they make room for a new one.
    bool makesRoom() {
        while (!spoken.empty()) {
            const auto over = spoken.front().lock();
            spoken.pop_front();
            if (over && over->stop.request_stop())
                return true;
        }
        return false;
    }

    /// A ready pod, another than the one that failed if there is one.
    Result<void> choose(std::stop_token token) {
        PH_ASSIGN(const auto selector, PodSelector::of(*api, what, token));
        PH_ASSIGN(const auto pods, selector.pods(*api, token));
        QString failed, now;
        {
            const std::lock_guard lock(mutex);
            failed = avoid;
            now = state.pod;
        }
        const QJsonObject *best = nullptr;
        for (const QJsonObject &pod : pods) {
            if (!podIsReady(pod))
                continue;
            const QString name = metadataText(pod, "name");
            if (!best || (metadataText(*best, "name") == failed && name != failed) || (name == now && name != failed))
                best = &pod;
        }
        if (!best)
            return notFound(pods.empty() ? QStringLiteral("%1 has no pods.").arg(what.text()) : QStringLiteral("None of the %1 pods of %2 is ready.").arg(pods.size()).arg(what.text()), {}, QStringLiteral("Look at its pods and events."));
        PH_ASSIGN(const int podPort, podPortOf(selector.object(), *best, port));
        const std::lock_guard lock(mutex);
        state.pod = metadataText(*best, "name");
        state.podPort = podPort;
        return {};
    }

    Result<std::unique_ptr<KubeSocket>> openOnce(std::stop_token token) {
        QString pod;
        int podPort = 0;
        {
            const std::lock_guard lock(mutex);
            pod = state.pod;
            podPort = state.podPort;
        }
        return KubeSocket::open(*api, objectPath({kinds::Pod, what.space, pod}, QStringLiteral("portforward")), QUrlQuery{{QStringLiteral("ports"), QString::number(podPort)}}, {"v4.channel.k8s.io"}, token);
    }

    /// To the pod that was chosen; if that is gone, to another.
    Result<std::unique_ptr<KubeSocket>> open(std::stop_token token) {
        auto socket = openOnce(token);
        if (socket || token.stop_requested() || what.kind.plural == Q("pods") || socket.error().kind == ErrorKind::Denied || socket.error().kind == ErrorKind::Refused)
            return socket;
        failed(socket.error());
        PH_TRY(choose(token));
        return openOnce(token);
    }

    void failed(const Error &error) {
        const std::lock_guard lock(mutex);
        state.lastError = error;
        avoid = state.pod;
    }

    void accept() {
        while (!stop.stop_requested()) {
            pollfd wait[2] = {{listener.get(), POLLIN, 0}, {wake.get(), POLLIN, 0}};
            if (::poll(wait, 2, -1) < 0 && errno != EINTR)
                return;
            if (stop.stop_requested())
                return;
            if (!(wait[0].revents & POLLIN))
                continue;
            Fd local(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (local.get() < 0)
                continue;
            const int on = 1;
            ::setsockopt(local.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            auto connection = std::make_shared<Connection>();
            connection->local = std::move(local);
            {
                const std::lock_guard lock(mutex);
                if (state.open >= mostConnections && !makesRoom())
                    continue; // closed again: a program that opens more than that waits for its own
                ++state.open;
                ++state.connections;
            }
            pool.start([self = shared_from_this(), connection] {
                self->serve(connection);
                const std::lock_guard lock(self->mutex);
                --self->state.open;
            });
        }
    }

    void serve(const std::shared_ptr<Connection> &c) {
        const std::stop_callback onStop(stop.get_token(), [c] {
            c->stop.request_stop();
            ::shutdown(c->local.get(), SHUT_RDWR);
        });
        auto socket = open(c->stop.get_token());
        if (!socket) {
            failed(socket.error());
            const linger hard{1, 0}; // a program that waits for an answer sees a reset, not an empty one
            ::setsockopt(c->local.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            return;
        }
        c->socket = *std::move(socket);
        std::atomic<bool> ended = false;
        QThreadPool up; // the direction to the pod
        up.setMaxThreadCount(1);
        up.start([this, c, &ended] {
            QByteArray block(64 << 10, Qt::Uninitialized);
            for (;;) {
                const ssize_t n = ::recv(c->local.get(), block.data(), std::size_t(block.size()), 0);
                if (n < 0 && errno == EINTR)
                    continue;
                if (n <= 0 || !c->socket->send(0, block.left(n)))
                    break;
                const std::lock_guard lock(mutex);
                state.sent += n;
            }
            ended = true;
            const std::lock_guard lock(mutex);
            while (!spoken.empty() && spoken.front().expired())
                spoken.pop_front();
            spoken.push_back(c);
        });
        down(*c, ended);
        c->socket->abort();
        ::shutdown(c->local.get(), SHUT_RDWR);
        up.waitForDone();
    }

    /// From the pod, until one side has enough.
    void down(Connection &c, const std::atomic<bool> &ended) {
        bool begun[2] = {false, false}; // the first two bytes of each channel are the port
        int quietMs = 0;
        for (;;) {
            auto piece = c.socket->receive(c.stop.get_token(), 1000);
            if (!piece && piece.error().kind == ErrorKind::TimedOut) {
                // This side said that it has nothing more to send. By this protocol the pod cannot be told; what it still answers is awaited for a while.
                quietMs = ended ? quietMs + 1000 : 0;
                pollfd look{c.local.get(), POLLOUT, 0};
                ::poll(&look, 1, 0);
                if (quietMs >= afterEndMs || (look.revents & (POLLERR | POLLHUP)))
                    return;
                continue;
            }
            if (!piece) {
                if (piece.error().kind != ErrorKind::Cancelled)
                    failed(piece.error());
                return;
            }
            if (!*piece)
                return;
            quietMs = 0;
            const int channel = (*piece)->channel;
            QByteArray bytes = std::move((*piece)->bytes);
            if (channel > 1)
                continue;
            if (!begun[channel]) {
                begun[channel] = true;
                bytes.remove(0, 2);
            }
            if (channel == 1 && !bytes.isEmpty())
                return failed({ErrorKind::Unreachable, QString::fromUtf8(bytes).trimmed(), what.text(), {}, {}});
            if (channel != 0 || bytes.isEmpty())
                continue;
            if (!writeWhole(c.local.get(), bytes))
                return;
            const std::lock_guard lock(mutex);
            state.received += bytes.size();
        }
    }
};

Result<std::unique_ptr<PortForward>> PortForward::start(std::shared_ptr<const KubeApi> api, const KubeRef &what, const QString &port, int localPort, std::stop_token token) {
    auto impl = std::make_shared<Impl>();
    impl->api = std::move(api);
    impl->what = what;
    impl->port = port;
    impl->pool.setMaxThreadCount(mostConnections + 1);
    PH_TRY(impl->choose(token));
    impl->listener = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    impl->wake = Fd(::eventfd(0, EFD_CLOEXEC));
    const int on = 1;
    ::setsockopt(impl->listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(in_port_t(localPort));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(impl->listener.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 || ::listen(impl->listener.get(), 64) != 0)
        return Error{ErrorKind::Conflict, QStringLiteral("Port %1 of this machine cannot be used: %2.").arg(localPort).arg(QString::fromLocal8Bit(std::strerror(errno))), {}, QStringLiteral("Choose another, or leave it out: any free one is taken."), {}};
    socklen_t size = sizeof address;
    ::getsockname(impl->listener.get(), reinterpret_cast<sockaddr *>(&address), &size);
    impl->localPort = ntohs(address.sin_port);
    impl->pool.start([raw = impl.get()] { raw->accept(); });
    return std::unique_ptr<PortForward>(new PortForward(std::move(impl)));
}

PortForward::~PortForward() {
    m_impl->stop.request_stop();
    const quint64 one = 1;
    (void)!::write(m_impl->wake.get(), &one, sizeof one);
    m_impl->pool.waitForDone();
}

int PortForward::localPort() const { return m_impl->localPort; }
QString PortForward::url() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_impl->localPort); }

PortForward::State PortForward::state() const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->state;
}

} // namespace pilothouse::cluster

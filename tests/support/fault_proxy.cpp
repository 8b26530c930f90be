// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fault_proxy.h"

#include "tests/support/loopback_server.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace pilothouse::support {

namespace {

/// One request to the server, whole: it is asked to close, so its reply ends with the connection.
QByteArray forwarded(int port, QByteArray request) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(quint16(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    QByteArray reply;
    if (::connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0) {
        request.insert(request.indexOf("\r\n") + 2, "Connection: close\r\n");
        qsizetype done = 0;
        while (done < request.size()) {
            const ssize_t n = ::send(fd, request.constData() + done, std::size_t(request.size() - done), MSG_NOSIGNAL);
            if (n <= 0)
                break;
            done += n;
        }
        char block[65536];
        for (ssize_t n; (n = ::recv(fd, block, sizeof block, 0)) > 0;)
            reply.append(block, n);
    }
    ::close(fd);
    return reply;
}

} // namespace

struct FaultProxy::Impl {
    int serverPort;
    mutable std::mutex mutex;
    std::condition_variable ended;
    bool ending = false;
    Script script;
    QList<QByteArray> lines;
    std::unique_ptr<LoopbackServer> server; // last: its threads use the others

    void wait(int milliseconds) {
        std::unique_lock lock(mutex);
        ended.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return ending; });
    }
    Fault faultFor(const QByteArray &request) {
        const std::lock_guard lock(mutex);
        const int number = int(lines.size());
        lines += request.left(request.indexOf("\r\n"));
        return script ? script(number, request.left(request.indexOf("\r\n\r\n"))) : Fault{};
    }
    void serve(LoopbackServer::Connection &connection) {
        for (QByteArray request; !(request = connection.readRequest()).isEmpty();)
            if (!answer(connection, request, faultFor(request)))
                return;
    }
    /// False: the connection ends.
    bool answer(LoopbackServer::Connection &connection, const QByteArray &request, const Fault &fault) {
        using Kind = Fault::Kind;
        if (fault.kind == Kind::Reset) {
            connection.breakOff();
            return false;
        }
        if (fault.kind == Kind::Answer)
            return connection.reply(fault.status, fault.body, fault.headers);
        if (fault.kind == Kind::Delay)
            wait(fault.milliseconds);
        QByteArray reply = forwarded(serverPort, request);
        const qint64 upTo = fault.bytes >= 0 ? fault.bytes : std::max<qint64>(0, reply.size() + fault.bytes);
        switch (fault.kind) {
        case Kind::LostReply:
            connection.breakOff();
            return false;
        case Kind::AnswerAfter:
            return connection.reply(fault.status, fault.body, fault.headers);
        case Kind::SlowReply:
            wait(fault.milliseconds);
            break;
        case Kind::Cut:
            connection.write(reply.left(upTo));
            return false;
        case Kind::HalfClose:
            connection.write(reply.left(upTo));
            connection.halfClose();
            connection.waitForClose();
            return false;
        case Kind::Silent:
            connection.write(reply.left(upTo));
            connection.waitForClose();
            return false;
        case Kind::CorruptBody:
            if (const qsizetype at = reply.indexOf("\r\n\r\n") + 4 + fault.bytes; at < reply.size())
                reply[at] = char(reply[at] ^ 0x55);
            break;
        default:
            break;
        }
        connection.write(reply); // it says Connection: close
        return false;
    }
};

FaultProxy::FaultProxy(int serverPort) : m_impl(std::make_unique<Impl>()) {
    m_impl->serverPort = serverPort;
    m_impl->server = std::make_unique<LoopbackServer>([impl = m_impl.get()](LoopbackServer::Connection &connection, int) { impl->serve(connection); });
}

FaultProxy::~FaultProxy() {
    {
        const std::lock_guard lock(m_impl->mutex);
        m_impl->ending = true;
    }
    m_impl->ended.notify_all();
    m_impl->server.reset();
}

int FaultProxy::port() const { return m_impl->server->port(); }
QString FaultProxy::url() const { return QStringLiteral("http://127.0.0.1:%1").arg(port()); }

void FaultProxy::reset(Script script) {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->script = std::move(script);
    m_impl->lines.clear();
}

QList<QByteArray> FaultProxy::lines() const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->lines;
}

} // namespace pilothouse::support

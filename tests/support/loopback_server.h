// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <arpa/inet.h>
#include <atomic>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace pilothouse::support {

/// A server of raw sockets on 127.0.0.1 that does exactly what a test tells: answer in pieces, break, stay silent.
/// Each connection is handled in its own thread; destruction shuts all sockets and joins.
class LoopbackServer {
public:
    class Connection {
    public:
        explicit Connection(int fd) : m_fd(fd) {}
        /// One request with its body by Content-Length; empty when the peer closed.
        QByteArray readRequest() {
            for (;;) {
                const qsizetype end = m_pending.indexOf("\r\n\r\n");
                if (end >= 0) {
                    const qsizetype at = m_pending.left(end).toLower().indexOf("content-length:");
                    const qsizetype stop = at < 0 ? -1 : m_pending.indexOf('\r', at);
                    const qsizetype length = at < 0 ? 0 : m_pending.mid(at + 15, stop - at - 15).trimmed().toLongLong();
                    if (m_pending.size() >= end + 4 + length) {
                        const QByteArray request = m_pending.left(end + 4 + length);
                        m_pending.remove(0, end + 4 + length);
                        return request;
                    }
                }
                char block[65536];
                const ssize_t n = ::recv(m_fd, block, sizeof block, 0);
                if (n <= 0)
                    return {};
                m_pending.append(block, n);
            }
        }
        /// Exactly so many bytes, of a protocol that is not HTTP; fewer when the peer closed.
        QByteArray readSome(qsizetype count) {
            while (m_pending.size() < count) {
                char block[4096];
                const ssize_t n = ::recv(m_fd, block, sizeof block, 0);
                if (n <= 0)
                    break;
                m_pending.append(block, n);
            }
            const QByteArray some = m_pending.left(count);
            m_pending.remove(0, some.size());
            return some;
        }
        bool write(const QByteArray &bytes) {
            qsizetype done = 0;
            while (done < bytes.size()) {
                const ssize_t n = ::send(m_fd, bytes.constData() + done, std::size_t(bytes.size() - done), MSG_NOSIGNAL);
                if (n <= 0)
                    return false;
                done += n;
            }
            return true;
        }
        bool reply(int status, const QByteArray &body, const QByteArray &moreHeaders = {}) {
            return write("HTTP/1.1 " + QByteArray::number(status) + " X\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n" + moreHeaders + "\r\n" + body);
        }
        /// Blocks until the peer has closed or the server is destroyed.
        void waitForClose() {
            char byte = 0;
            while (::recv(m_fd, &byte, 1, 0) > 0) {
            }
        }
        /// Ends the connection with a reset instead of an orderly close.
        void breakOff() {
            const linger hard{1, 0};
            ::setsockopt(m_fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        }
        void halfClose() { ::shutdown(m_fd, SHUT_WR); }

    private:
        int m_fd;
        QByteArray m_pending;
    };
    /// Called once a connection, with its number from 0; the connection closes when it returns.
    using Handler = std::function<void(Connection &, int number)>;

    explicit LoopbackServer(Handler handler) : m_handler(std::move(handler)) {
        m_listen = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(m_listen, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 || ::listen(m_listen, 64) != 0)
            qFatal("no loopback port");
        socklen_t size = sizeof address;
        ::getsockname(m_listen, reinterpret_cast<sockaddr *>(&address), &size);
        m_port = ntohs(address.sin_port);
        m_accepter = std::thread([this] { acceptAll(); });
    }
    ~LoopbackServer() {
        ::shutdown(m_listen, SHUT_RDWR);
        m_accepter.join();
        ::close(m_listen);
        {
            const std::lock_guard lock(m_mutex);
            for (const int fd : m_open)
                ::shutdown(fd, SHUT_RDWR);
        }
        for (auto &thread : m_threads)
            thread.join();
    }
    int port() const { return m_port; }
    QString url(const char *path = "/") const { return QStringLiteral("http://127.0.0.1:%1%2").arg(m_port).arg(QLatin1String(path)); }
    int connections() const { return m_count; }

private:
    void acceptAll() {
        for (;;) {
            const int fd = ::accept4(m_listen, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0)
                return;
            const int number = m_count++;
            const std::lock_guard lock(m_mutex);
            m_open.push_back(fd);
            m_threads.emplace_back([this, fd, number] {
                Connection connection(fd);
                m_handler(connection, number);
                const std::lock_guard again(m_mutex);
                std::erase(m_open, fd);
                ::close(fd);
            });
        }
    }
    Handler m_handler;
    int m_listen = -1, m_port = 0;
    std::atomic<int> m_count = 0;
    std::mutex m_mutex;
    std::vector<int> m_open;
    std::vector<std::thread> m_threads;
    std::thread m_accepter;
};

} // namespace pilothouse::support

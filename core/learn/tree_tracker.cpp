// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/tree_tracker.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <netdb.h>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace pilothouse::learn {

namespace {

constexpr std::int32_t magic = 0xff99;
constexpr std::int32_t longestString = 4096;
constexpr int patienceSeconds = 300; // of a worker that has connected and says nothing

/// One worker's connection, blocking. Throws runtime_error when it breaks: caught in the tracker's thread, which then ends; the workers see theirs closed.
class Worker {
public:
    Worker(int fd, std::string host) : m_fd(fd), host(std::move(host)) {
        const timeval patience{patienceSeconds, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
    Worker(Worker &&other) noexcept : m_fd(std::exchange(other.m_fd, -1)), host(std::move(other.host)), task(std::move(other.task)), command(std::move(other.command)), port(other.port), waits(other.waits) {}
    Worker &operator=(Worker &&) = delete;
    ~Worker() {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    std::int32_t number() {
        std::int32_t value = 0;
        receive(&value, sizeof value);
        return value;
    }
    std::string text() {
        const std::int32_t length = number();
        if (length < 0 || length > longestString)
            throw std::runtime_error("no worker of XGBoost");
        std::string value(std::size_t(length), '\0');
        receive(value.data(), value.size());
        return value;
    }
    void send(std::int32_t value) { send(&value, sizeof value); }
    void send(const std::string &value) {
        send(std::int32_t(value.size()));
        send(value.data(), value.size());
    }
    void greet() {
        if (number() != magic)
            throw std::runtime_error("no worker of XGBoost");
        send(magic);
        number(); // its rank: -1 before it has one
        number(); // its idea of the count
        task = text();
        command = text();
    }

private:
    void receive(void *to, std::size_t size) {
        for (char *at = static_cast<char *>(to); size > 0;) {
            const ssize_t got = ::recv(m_fd, at, size, 0);
            if (got <= 0 && !(got < 0 && errno == EINTR))
                throw std::runtime_error("a worker went away");
            at += std::max<ssize_t>(0, got);
            size -= std::size_t(std::max<ssize_t>(0, got));
        }
    }
    void send(const void *from, std::size_t size) {
        for (const char *at = static_cast<const char *>(from); size > 0;) {
            const ssize_t sent = ::send(m_fd, at, size, MSG_NOSIGNAL);
            if (sent < 0 && errno != EINTR)
                throw std::runtime_error("a worker went away");
            at += std::max<ssize_t>(0, sent);
            size -= std::size_t(std::max<ssize_t>(0, sent));
        }
    }
    int m_fd;

public:
    std::string host, task, command;
    std::int32_t port = 0; ///< where it listens for its neighbours
    int waits = 0;         ///< neighbours that are still to connect to it
};

} // namespace

struct TreeTracker::Impl {
    int listening = -1, port = 0, count = 0;
    std::atomic<bool> stop = false;
    std::thread thread;
    std::map<int, Worker> placed; ///< by rank, those that wait for a neighbour

    Worker accept() const {
        sockaddr_storage from{};
        socklen_t length = sizeof from;
        const int fd = ::accept4(listening, reinterpret_cast<sockaddr *>(&from), &length, SOCK_CLOEXEC);
        char name[NI_MAXHOST] = "";
        if (fd < 0 || ::getnameinfo(reinterpret_cast<sockaddr *>(&from), length, name, sizeof name, nullptr, 0, NI_NUMERICHOST) != 0)
            throw std::runtime_error("closed");
        return Worker(fd, name);
    }

    /// Its neighbours in a binary tree (sums) and a ring (gathering); those that have a place and listen are named with their address, the others come to it.
    void place(Worker worker, int rank) {
        std::set<int> neighbours;
        const int parent = rank == 0 ? -1 : (rank + 1) / 2 - 1;
        for (const int other : {parent, 2 * rank + 1, 2 * rank + 2})
            if (other >= 0 && other < count)
                neighbours.insert(other);
        worker.send(rank);
        worker.send(parent);
        worker.send(count);
        worker.send(std::int32_t(neighbours.size()));
        for (const int other : neighbours)
            worker.send(other);
        for (const int other : {(rank + count - 1) % count, (rank + 1) % count}) {
            worker.send(other == rank ? -1 : other);
            if (other != rank)
                neighbours.insert(other);
        }
        connect(worker, neighbours);
        if (worker.waits > 0)
            placed.emplace(rank, std::move(worker));
    }

    void connect(Worker &worker, const std::set<int> &neighbours) {
        std::vector<int> listening;
        std::int32_t errors = 1;
        while (errors != 0) {
            std::set<int> missing = neighbours;
            for (std::int32_t good = worker.number(); good > 0; --good)
                missing.erase(worker.number());
            listening.clear();
            std::copy_if(missing.begin(), missing.end(), std::back_inserter(listening), [this](int other) { return placed.contains(other); });
            worker.waits = int(missing.size() - listening.size());
            worker.send(std::int32_t(listening.size()));
            worker.send(std::int32_t(worker.waits));
            for (const int other : listening) {
                worker.send(placed.at(other).host);
                worker.send(placed.at(other).port);
                worker.send(other);
            }
            errors = worker.number();
        }
        worker.port = worker.number();
        for (const int other : listening)
            if (--placed.at(other).waits == 0)
                placed.erase(other);
    }

    void run() {
        std::vector<Worker> arrived;
        for (int ended = 0; ended < count && !stop;) {
            Worker worker = accept();
            worker.greet();
            if (worker.command == "shutdown") {
                ++ended;
            } else if (worker.command == "start" && int(arrived.size()) < count) {
                arrived.push_back(std::move(worker));
                if (int(arrived.size()) == count) {
                    for (int rank = 0; rank < count; ++rank) { // the task's name is the rank it has among the processes
                        const auto found = std::find_if(arrived.begin(), arrived.end(), [&](const Worker &w) { return w.task == std::to_string(rank); });
                        if (found == arrived.end())
                            throw std::runtime_error("two workers of one rank");
                        place(std::move(*found), rank);
                    }
                }
            } // "print" is dropped; "recover" is not answered: a worker that is gone ends the training
        }
    }
};

TreeTracker::TreeTracker(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

TreeTracker::~TreeTracker() {
    m_impl->stop = true;
    ::shutdown(m_impl->listening, SHUT_RDWR); // wakes accept()
    if (m_impl->thread.joinable())
        m_impl->thread.join();
    ::close(m_impl->listening);
}

int TreeTracker::port() const { return m_impl->port; }

Result<std::unique_ptr<TreeTracker>> TreeTracker::start(const QString &address, int count) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    const auto failed = [&](const QString &reason) {
        return Error{ErrorKind::Unreachable, QStringLiteral("The tracker of XGBoost's workers could not listen: %1.").arg(reason), address, {}, {}};
    };
    if (const int error = ::getaddrinfo(address.toUtf8().constData(), "0", &hints, &found); error != 0)
        return failed(QString::fromUtf8(::gai_strerror(error)));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
    auto impl = std::make_unique<Impl>();
    impl->count = count;
    impl->listening = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_storage own{};
    socklen_t length = sizeof own;
    if (impl->listening < 0 || ::bind(impl->listening, found->ai_addr, found->ai_addrlen) != 0 || ::listen(impl->listening, count * 2) != 0 ||
        ::getsockname(impl->listening, reinterpret_cast<sockaddr *>(&own), &length) != 0) {
        const QString reason = QString::fromUtf8(std::strerror(errno));
        if (impl->listening >= 0)
            ::close(impl->listening);
        return failed(reason);
    }
    char port[NI_MAXSERV] = "";
    ::getnameinfo(reinterpret_cast<sockaddr *>(&own), length, nullptr, 0, port, sizeof port, NI_NUMERICSERV);
    impl->port = std::atoi(port);
    Impl *const shared = impl.get();
    impl->thread = std::thread([shared] {
        try {
            shared->run();
        } catch (const std::exception &) {
            shared->placed.clear(); // closed connections tell the workers
        }
    });
    return std::unique_ptr<TreeTracker>(new TreeTracker(std::move(impl)));
}

} // namespace pilothouse::learn

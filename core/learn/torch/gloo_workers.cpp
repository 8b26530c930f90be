// SPDX-License-Identifier: GPL-3.0-or-later
// One of the translation units that see LibTorch (about 20 s to compile). Its headers hide Gloo behind these, which its own build sets.
#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO
#endif
#include <ATen/ATen.h>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "core/learn/torch/gloo_workers.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <thread>

namespace pilothouse::learn {

namespace {

constexpr std::chrono::milliseconds answersWithin{10 * 60 * 1000}; // between two sums: a worker's slowest batch, or its reading of the data

/// The address this machine has towards rank 0; empty if that has none.
std::string ownAddress(const WorkerPlace &place) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_DGRAM; // connecting sends nothing: the kernel only chooses the way
    const QByteArray host = place.address.toUtf8(), port = QByteArray::number(place.port);
    if (::getaddrinfo(host.constData(), port.constData(), &hints, &found) != 0)
        return {};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
    for (const addrinfo *a = found; a; a = a->ai_next) {
        const int fd = ::socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd < 0)
            continue;
        sockaddr_storage own{};
        socklen_t length = sizeof own;
        char name[NI_MAXHOST] = "";
        const bool known = ::connect(fd, a->ai_addr, a->ai_addrlen) == 0 && ::getsockname(fd, reinterpret_cast<sockaddr *>(&own), &length) == 0 &&
                           ::getnameinfo(reinterpret_cast<sockaddr *>(&own), length, name, sizeof name, nullptr, 0, NI_NUMERICHOST) == 0;
        ::close(fd);
        if (known)
            return name;
    }
    return {};
}

class GlooWorkers final : public Workers {
public:
    GlooWorkers(const WorkerPlace &place, QString address, c10::intrusive_ptr<c10d::TCPStore> store, c10::intrusive_ptr<c10d::ProcessGroupGloo> group)
        : m_place(place), m_address(std::move(address)), m_store(std::move(store)), m_group(std::move(group)) {}
    int rank() const override { return m_place.rank; }
    int count() const override { return m_place.count; }
    QString address() const override { return m_address; }
    Result<void> sum(std::span<float> values) override { return reduce(values.data(), values.size(), at::kFloat); }
    Result<void> sum(std::span<double> values) override { return reduce(values.data(), values.size(), at::kDouble); }
    Result<QByteArray> broadcast(const QByteArray &mine) override {
        double size = rank() == 0 ? double(mine.size()) : 0;
        PH_TRY(sum(std::span(&size, 1)));
        QByteArray bytes(qsizetype(size), Qt::Uninitialized);
        if (rank() == 0)
            bytes = mine;
        if (bytes.isEmpty())
            return bytes;
        PH_TRY(whole([&] {
            std::vector<at::Tensor> list{at::from_blob(bytes.data(), {bytes.size()}, at::kByte)};
            m_group->broadcast(list)->wait();
        }));
        return bytes;
    }

private:
    Result<void> reduce(void *values, std::size_t count, at::ScalarType type) {
        return whole([&] {
            std::vector<at::Tensor> list{at::from_blob(values, {std::int64_t(count)}, type)};
            m_group->allreduce(list)->wait();
        });
    }
    template<class Body>
    Result<void> whole(Body body) {
        try {
            body();
            return {};
        } catch (const std::exception &e) {
            const QString text = QString::fromUtf8(e.what()).section(QLatin1Char('\n'), 0, 0);
            return workerGone(rank(), count(), QStringLiteral("%1:%2").arg(m_place.address).arg(m_place.port), text);
        }
    }

    WorkerPlace m_place;
    QString m_address;
    c10::intrusive_ptr<c10d::TCPStore> m_store;
    c10::intrusive_ptr<c10d::ProcessGroupGloo> m_group;
};

} // namespace

Result<std::shared_ptr<Workers>> joinGlooWorkers(const WorkerPlace &place, int seconds) {
    const QString where = QStringLiteral("%1:%2").arg(place.address).arg(place.port);
    try {
        const std::string own = ownAddress(place);
        if (own.empty())
            return Error{ErrorKind::Unreachable, QStringLiteral("The address of rank 0 of the training, “%1”, is not known here.").arg(place.address), where,
                         QStringLiteral("MASTER_ADDR names the pod or host of rank 0; in a PyTorchJob it is the master's service."), {}};
        c10d::TCPStoreOptions options;
        options.port = std::uint16_t(place.port);
        options.isServer = place.leads();
        options.numWorkers = std::size_t(place.count);
        options.timeout = std::chrono::seconds(seconds);
        auto store = c10::make_intrusive<c10d::TCPStore>(place.address.toStdString(), options);
        auto group = c10d::ProcessGroupGloo::Options::create(answersWithin);
        group->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(own));
        return std::shared_ptr<Workers>(std::make_shared<GlooWorkers>(place, QString::fromStdString(own), store, c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.count, group)));
    } catch (const std::exception &e) {
        return Error{ErrorKind::TimedOut, QStringLiteral("The %1 processes that are to train together did not all come within %2 s; this one is rank %3.").arg(place.count).arg(seconds).arg(place.rank), where,
                     QStringLiteral("Look whether all pods of the job run (quota, image, node), and whether the port is open between them."), QString::fromUtf8(e.what()).section(QLatin1Char('\n'), 0, 0)};
    }
}

} // namespace pilothouse::learn

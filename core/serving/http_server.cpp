// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/http_connection.h"

#include "core/serving/time_slice.h"

namespace pilothouse::serving {

namespace {

/// Runs a worker's events. For a moment after each it looks for the next one instead of sleeping: where waking a thread is dear (a virtual machine:
/// 40 µs), that is most of what a caller waits who asks one request after the other. It gives its core away to whoever wants it, not at every look: asking the
/// system who does is dearer than the look (one connection, linear: requests +4 %, CPU of a request −4 %).
/// What is held is answered together as soon as nothing else is ready, or when it is due.
void serveEvents(Worker &worker, const HttpLimits &limits) {
    asio::io_context &io = worker.io;
    setTimeSlice(shortSlice);
    constexpr auto patience = std::chrono::microseconds(60);
    constexpr int looks = 4; // of which each takes about half a microsecond
    while (io.run_one() > 0) {
        auto end = SteadyClock::now() + patience;
        for (int nothing = 0; !io.stopped();) {
            const bool some = io.poll_one() > 0;
            if (!worker.held.empty() && (!some || worker.heldIsDue(limits))) {
                worker.answerHeld();
            } else if (some) {
                nothing = 0;
                end = SteadyClock::now() + patience;
            } else if (++nothing % looks == 0) {
                if (SteadyClock::now() >= end)
                    break;
                std::this_thread::yield();
            }
        }
    }
}

} // namespace

bool Worker::heldIsDue(const HttpLimits &limits) const {
    return held.size() >= limits.heldRequests || SteadyClock::now() - heldSince >= std::chrono::microseconds(limits.heldMicros);
}

void Worker::answerHeld() {
    std::vector<std::shared_ptr<Session>> now;
    now.swap(held);
    Session::answerTogether(now);
}

void HttpServer::Impl::add(Worker &worker, Session *session, std::list<Session *>::iterator &place) {
    place = worker.sessions.insert(worker.sessions.end(), session);
}

void HttpServer::Impl::remove(Worker &worker, std::list<Session *>::iterator place) {
    worker.sessions.erase(place);
    const std::lock_guard guard(lock);
    --open;
    ended.notify_all();
}

void HttpServer::Impl::accept() {
    Worker &worker = *workers[next++ % workers.size()];
    acceptor->async_accept(worker.io, [this, &worker](const error_code &ec, tcp::socket socket) {
        if (stopping.load() || ec == asio::error::operation_aborted)
            return;
        if (ec) { // out of descriptors: try again when some are free
            auto pause = std::make_shared<asio::steady_timer>(workers.front()->io, std::chrono::milliseconds(50));
            pause->async_wait([this, pause](const error_code &) { accept(); });
            return;
        }
        bool full = false;
        {
            const std::lock_guard guard(lock);
            full = open >= limits.connections;
            open += full ? 0 : 1;
        }
        if (full) {
            static constexpr char text[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n";
            error_code ignored;
            socket.write_some(asio::buffer(text, sizeof text - 1), ignored);
        } else {
            asio::post(worker.io, [this, &worker, socket = std::move(socket)]() mutable { std::make_shared<Session>(std::move(socket), *this, worker)->begin(); });
        }
        accept();
    });
}

void HttpServer::Impl::sweep(Worker &worker) {
    worker.sweep.expires_after(std::chrono::milliseconds(500));
    worker.sweep.async_wait([this, &worker](const error_code &ec) {
        if (ec)
            return;
        const auto now = SteadyClock::now();
        for (auto it = worker.sessions.begin(); it != worker.sessions.end();)
            (*it++)->checkDeadline(now);
        sweep(worker);
    });
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
HttpServer::~HttpServer() { stop(0); }
unsigned short HttpServer::port() const { return m_impl->port; }

int HttpServer::connections() const {
    const std::lock_guard guard(m_impl->lock);
    return m_impl->open;
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const std::string &address, unsigned short port, const HttpLimits &limits, HttpHandler &handler) {
    auto impl = std::make_unique<Impl>(handler);
    impl->limits = limits;
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    const int threads = std::clamp(limits.ioThreads, 1, int(cores));
    const QString where = QString::fromStdString(address) + QLatin1Char(':') + QString::number(port);
    try {
        for (int i = 0; i < threads; ++i)
            impl->workers.push_back(std::make_unique<Worker>());
        const tcp::endpoint endpoint(asio::ip::make_address(address), port);
        impl->acceptor = std::make_unique<tcp::acceptor>(impl->workers.front()->io);
        impl->acceptor->open(endpoint.protocol());
        impl->acceptor->set_option(tcp::acceptor::reuse_address(true));
        impl->acceptor->bind(endpoint);
        impl->acceptor->listen(asio::socket_base::max_listen_connections);
        impl->port = impl->acceptor->local_endpoint().port();
        impl->slow = std::make_unique<asio::thread_pool>(std::size_t(std::max(1, limits.slowThreads)));
    } catch (const boost::system::system_error &e) {
        Error error = invalid(QStringLiteral("Could not listen on %1: %2.").arg(where, QString::fromStdString(e.code().message())), where,
                              QStringLiteral("Choose another port with --port, or 0 for any free one."));
        if (e.code() == asio::error::address_in_use)
            error.kind = ErrorKind::Conflict;
        return error;
    }
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

void HttpServer::begin() {
    Impl *raw = m_impl.get();
    for (auto &worker : raw->workers) {
        raw->sweep(*worker);
        worker->thread = std::thread([w = worker.get(), raw] { serveEvents(*w, raw->limits); });
    }
    asio::post(raw->workers.front()->io, [raw] { raw->accept(); });
}

void HttpServer::stop(int drainSeconds) {
    Impl &s = *m_impl;
    if (s.stopped)
        return;
    s.stopped = true;
    s.stopping = true;
    asio::post(s.workers.front()->io, [&s] {
        error_code ignored;
        s.acceptor->close(ignored);
    });
    for (auto &worker : s.workers)
        asio::post(worker->io, [w = worker.get()] {
            for (auto it = w->sessions.begin(); it != w->sessions.end();)
                (*it++)->closeIfIdle();
        });
    {
        std::unique_lock guard(s.lock);
        s.ended.wait_for(guard, std::chrono::seconds(drainSeconds), [&s] { return s.open == 0; });
    }
    s.slow->join(); // what it still answers goes nowhere once the workers stop
    for (auto &worker : s.workers)
        worker->io.stop();
    for (auto &worker : s.workers)
        if (worker->thread.joinable())
            worker->thread.join();
    for (auto &worker : s.workers)
        worker->held.clear();
    // Handlers left in one context may hold sockets of another: destroy them while all contexts still live.
    for (auto &worker : s.workers)
        worker->work.reset();
    s.acceptor.reset();
}

} // namespace pilothouse::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/serving/request_parser.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace pilothouse::serving {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using error_code = boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

class Session;

/// One I/O thread with its connections.
struct Worker {
    std::list<Session *> sessions; ///< touched on this worker's thread only; outlives io, whose end destroys the last sessions
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    asio::steady_timer sweep{io};
    std::vector<std::shared_ptr<Session>> held; ///< whose requests are answered together; below io: they end before it
    SteadyClock::time_point heldSince;          ///< the first of them
    std::thread thread;

    bool heldIsDue(const HttpLimits &limits) const;
    void answerHeld();
};

struct HttpServer::Impl {
    HttpLimits limits;
    HttpHandler &handler;
    std::atomic<int> slowWaiting{0};
    std::atomic<bool> stopping{false};
    std::size_t next = 0;
    unsigned short port = 0;
    std::mutex lock;
    std::condition_variable ended;
    int open = 0;
    bool stopped = false;
    std::vector<std::unique_ptr<Worker>> workers; ///< below what the sessions' destructors use
    std::unique_ptr<tcp::acceptor> acceptor;
    std::unique_ptr<asio::thread_pool> slow;

    explicit Impl(HttpHandler &h) : handler(h) {}
    void accept();
    void sweep(Worker &worker);
    void add(Worker &worker, Session *session, std::list<Session *>::iterator &place);
    void remove(Worker &worker, std::list<Session *>::iterator place);
};

/// One connection. Everything here runs on its worker's thread, but handleSlow().
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, HttpServer::Impl &server, Worker &worker) : m_socket(std::move(socket)), m_server(server), m_worker(worker), m_in(16 << 10) {}
    ~Session() {
        if (m_added)
            m_server.remove(m_worker, m_place);
    }

    void begin() {
        m_server.add(m_worker, this, m_place);
        m_added = true;
        error_code ignored;
        m_socket.set_option(tcp::no_delay(true), ignored);
        m_socket.non_blocking(true, ignored);
        deadline(m_server.limits.idleSeconds);
        read();
    }

    /// Called twice a second: ends what took too long.
    void checkDeadline(SteadyClock::time_point now) {
        if (m_state == State::Working || now < m_deadline)
            return;
        if (m_state != State::Reading) {
            close();
            return;
        }
        m_keep = false;
        m_reply.clear();
        m_server.handler.fail(408, "The request did not arrive in time.", m_reply);
        appendReply();
        error_code ignored;
        m_socket.write_some(asio::buffer(m_out), ignored);
        m_socket.shutdown(tcp::socket::shutdown_send, ignored);
        m_state = State::Closing; // the next look closes it, so that the answer is not lost in a reset
        deadline(1);
    }
    /// Answers requests that were held on one worker.
    static void answerTogether(const std::vector<std::shared_ptr<Session>> &held) {
        std::vector<HeldRequest> requests;
        requests.reserve(held.size());
        for (const auto &session : held)
            requests.push_back({&session->m_request, &session->m_reply, session->m_heldAt});
        held.front()->m_server.handler.handleTogether(requests);
        for (const auto &session : held)
            if (session->writeReply())
                session->process();
    }
    void closeIfIdle() {
        if (m_state == State::Idle)
            close();
    }

private:
    enum class State { Idle, Reading, Working, Writing, Closing };

    void deadline(int seconds) { m_deadline = SteadyClock::now() + std::chrono::seconds(seconds); }

    void close() {
        m_state = State::Closing;
        error_code ignored;
        m_socket.shutdown(tcp::socket::shutdown_both, ignored);
        m_socket.close(ignored);
    }

    void read() {
        if (m_begin == m_end)
            m_begin = m_end = 0;
        if (m_end == m_in.size()) {
            if (m_begin > 0) {
                std::copy(m_in.begin() + std::ptrdiff_t(m_begin), m_in.begin() + std::ptrdiff_t(m_end), m_in.begin());
                m_end -= m_begin;
                m_begin = 0;
            } else {
                m_in.resize(m_in.size() * 2); // a header near its limit; the parser stops longer ones
            }
        }
        m_socket.async_read_some(asio::buffer(m_in.data() + m_end, m_in.size() - m_end),
                                 [self = shared_from_this()](const error_code &ec, std::size_t count) { self->onRead(ec, count); });
    }

    void onRead(const error_code &ec, std::size_t count) {
        if (ec || m_state == State::Closing) {
            close();
            return;
        }
        m_end += count;
        process();
    }

    /// Parses and answers what is in the buffer, in order, until more bytes or the slow pool are needed.
    void process() {
        for (int count = 0; m_state != State::Closing; ++count) {
            if (count == 64) { // a flood of pipelined requests must not starve the other connections
                asio::post(m_worker.io, [self = shared_from_this()] { self->process(); });
                return;
            }
            if (!parse())
                return;
            m_keep = m_parser->keep_alive() && !m_server.stopping.load(std::memory_order_relaxed);
            m_reply.clear();
            m_state = State::Working;
            const bool answered = m_server.handler.handle(m_request, m_reply) || !goSlow();
            if (answered && m_reply.later) {
                hold();
                return;
            }
            if (!answered || !writeReply())
                return;
        }
    }

    /// true when a whole request stands in m_request.
    bool parse() {
        while (true) {
            if (m_begin == m_end) {
                if (m_state == State::Idle && m_server.stopping.load(std::memory_order_relaxed))
                    close();
                else
                    read();
                return false;
            }
            if (m_state == State::Idle) {
                m_state = State::Reading;
                deadline(m_server.limits.requestSeconds);
                m_parser.emplace(m_request, m_server.limits);
            }
            error_code ec;
            m_begin += m_parser->put(asio::const_buffer(m_in.data() + m_begin, m_end - m_begin), ec);
            if (ec == http::error::need_more) {
                read();
                return false;
            }
            if (ec) {
                refuse(ec);
                return false;
            }
            if (m_parser->is_done())
                return true;
            if (m_parser->is_header_done() && m_parser->wantsContinue()) {
                m_parser->continued();
                static constexpr char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
                m_socket.write_some(asio::buffer(line, sizeof line - 1), ec);
            }
            if (m_request.body.capacity() > m_in.size() && m_in.size() < (64u << 10))
                m_in.resize(64u << 10);
        }
    }

    void hold() {
        m_heldAt = SteadyClock::now();
        if (m_worker.held.empty())
            m_worker.heldSince = m_heldAt;
        m_worker.held.push_back(shared_from_this());
    }

    void refuse(const error_code &ec) {
        m_keep = false;
        m_reply.clear();
        if (ec == http::error::body_limit)
            m_server.handler.fail(413, "The body is larger than this server takes.", m_reply);
        else if (ec == http::error::header_limit)
            m_server.handler.fail(431, "The header is larger than this server takes.", m_reply);
        else
            m_server.handler.fail(400, "This is not an HTTP request: " + ec.message() + ".", m_reply);
        m_state = State::Working;
        (void)writeReply();
    }

    /// false when there is no room: m_reply then says so.
    bool goSlow() {
        if (m_server.slowWaiting.fetch_add(1) >= m_server.limits.slowWaiting) {
            m_server.slowWaiting.fetch_sub(1);
            m_reply.clear();
            m_server.handler.fail(503, "Too many requests wait for an answer.", m_reply);
            m_reply.headers += "Retry-After: 1\r\n";
            return false;
        }
        const auto until = SteadyClock::now() + std::chrono::seconds(m_server.limits.requestSeconds);
        asio::post(*m_server.slow, [self = shared_from_this(), until]() mutable {
            self->m_server.slowWaiting.fetch_sub(1);
            if (SteadyClock::now() > until) {
                self->m_reply.clear();
                self->m_server.handler.fail(503, "The request waited too long for its turn.", self->m_reply);
            } else {
                self->m_server.handler.handleSlow(self->m_request, self->m_reply);
            }
            auto &io = self->m_worker.io;
            asio::post(io, [self = std::move(self)] { // moved: the session must end on its own thread
                if (self->writeReply())
                    self->process();
            });
        });
        return true;
    }

    void appendReply() {
        char number[24];
        m_out.assign("HTTP/1.1 ");
        m_out.append(number, std::to_chars(number, number + sizeof number, m_reply.status).ptr);
        m_out += ' ';
        m_out += httpReason(m_reply.status);
        m_out += "\r\nContent-Type: ";
        m_out += m_reply.contentType;
        m_out += "\r\nContent-Length: ";
        m_out.append(number, std::to_chars(number, number + sizeof number, m_reply.body.size()).ptr);
        m_out += "\r\n";
        if (!m_keep)
            m_out += "Connection: close\r\n";
        m_out += m_reply.headers;
        m_out += "\r\n";
        if (m_request.method != "HEAD") // RFC 9110 9.3.2: the length of what GET would answer, and nothing of it
            m_out += m_reply.body;
    }

    /// true when the reply is out and the next request may be looked at. Most replies fit into the socket's buffer: they
    /// go out at once, without a round through the reactor.
    bool writeReply() {
        appendReply();
        m_state = State::Writing;
        deadline(m_server.limits.requestSeconds);
        error_code ec;
        const std::size_t sent = m_socket.write_some(asio::buffer(m_out), ec);
        if (ec && ec != asio::error::would_block && ec != asio::error::try_again) {
            close();
            return false;
        }
        if (!ec && sent == m_out.size())
            return written();
        asio::async_write(m_socket, asio::buffer(m_out.data() + (ec ? 0 : sent), m_out.size() - (ec ? 0 : sent)),
                          [self = shared_from_this()](const error_code &failed, std::size_t) {
                              if (failed)
                                  self->close();
                              else if (self->written())
                                  self->process();
                          });
        return false;
    }

    bool written() {
        if (!m_keep) {
            linger();
            return false;
        }
        m_state = State::Idle;
        deadline(m_server.limits.idleSeconds);
        if (m_out.capacity() > (1u << 20)) { // one large answer must not be kept for the life of the connection
            m_out = {};
            m_reply.body = {};
        }
        return true;
    }

    /// Closes the sending side and takes what still comes for a moment: closing at once with unread bytes makes the
    /// kernel send a reset, and the peer may lose the answer it was about to read.
    void linger() {
        error_code ignored;
        m_socket.shutdown(tcp::socket::shutdown_send, ignored);
        m_state = State::Writing;
        deadline(2);
        m_begin = m_end = 0;
        drain();
    }
    void drain() {
        m_socket.async_read_some(asio::buffer(m_in), [self = shared_from_this()](const error_code &ec, std::size_t) {
            if (ec || self->m_state == State::Closing)
                self->close();
            else
                self->drain();
        });
    }

    tcp::socket m_socket;
    HttpServer::Impl &m_server;
    Worker &m_worker;
    std::vector<char> m_in;
    std::size_t m_begin = 0, m_end = 0;
    std::optional<RequestParser> m_parser;
    HttpRequest m_request;
    HttpReply m_reply;
    std::string m_out;
    State m_state = State::Idle;
    bool m_keep = true, m_added = false;
    SteadyClock::time_point m_deadline, m_heldAt;
    std::list<Session *>::iterator m_place;
};

} // namespace pilothouse::serving

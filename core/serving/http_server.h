// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pilothouse::serving {

struct HttpLimits {
    std::size_t bodyBytes = 8u << 20;
    std::size_t headerBytes = 16u << 10;
    int requestSeconds = 10; ///< from the first byte of a request to its last; for an answer to be taken; for a wait on the slow pool
    int idleSeconds = 75;    ///< a kept connection without a request
    int connections = 1024;
    int ioThreads = 2;       ///< at most the number of cores
    int slowThreads = 2;
    int slowWaiting = 256;   ///< requests that may wait for the slow pool; more get 503
    std::size_t heldRequests = 64; ///< that are answered together (HttpReply::later), on each I/O thread
    int heldMicros = 1000;         ///< how long the first of them is held while others come; alone it is not held at all
    bool keepHeaders = false; ///< HttpRequest::headers holds every header line; else they are dropped unread
};

/// One request. The strings are reused by the connection: a handler copies what it keeps.
struct HttpRequest {
    std::string method, path, query;
    std::string key;  ///< of X-API-Key or "Authorization: Bearer"
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers; ///< as sent; only with HttpLimits::keepHeaders
    std::string queryValue(std::string_view name) const; ///< "" if absent; not percent-decoded
    void clear();
};

struct HttpReply {
    int status = 200;
    const char *contentType = "application/json";
    std::string body;
    std::string headers; ///< further header lines, each ending in \r\n
    int later = 0;       ///< not 0 when handle() gave true: handleTogether() answers, and finds it here
    void clear();
};

/// A request whose answer was put off.
struct HeldRequest {
    const HttpRequest *request;
    HttpReply *reply;
    std::chrono::steady_clock::time_point since;
};

/// Answers requests. handle() runs on an I/O thread and must not wait; it gives false to have handleSlow() called on the slow
/// pool with the same request. Both may be called from several threads at once.
class HttpHandler {
public:
    virtual ~HttpHandler() = default;
    virtual bool handle(const HttpRequest &request, HttpReply &reply) = 0;
    virtual void handleSlow(const HttpRequest &request, HttpReply &reply) = 0;
    /// Requests of one I/O thread that handle() put off, in the order they came: all that were there when it had nothing else to do.
    virtual void handleTogether(std::span<const HeldRequest>) {}
    /// Makes the reply of an error the server itself found (400, 408, 413, 431, 503).
    virtual void fail(int status, std::string_view what, HttpReply &reply) = 0;
};

/// HTTP/1.1 on Boost.Beast's parser and Asio: one io_context a thread, connections dealt out in turn, keep-alive, pipelined
/// requests answered in order, chunked bodies, `Expect: 100-continue`, limits as above.
class HttpServer {
public:
    /// Conflict if the port is taken. `port` 0: any free one.
    static Result<std::unique_ptr<HttpServer>> listen(const std::string &address, unsigned short port, const HttpLimits &limits, HttpHandler &handler);
    ~HttpServer();
    /// Begins to take connections; until then they wait in the kernel.
    void begin();
    unsigned short port() const;
    int connections() const;
    /// Takes no more connections, lets requests in work be answered (up to `drainSeconds`), then closes everything.
    void stop(int drainSeconds);

    struct Impl; ///< seen by the connections

private:
    explicit HttpServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

const char *httpReason(int status);

} // namespace pilothouse::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace pilothouse::net {

struct Header {
    QByteArray name, value;
};

struct Request {
    QByteArray method = "GET";
    QString url;
    QList<Header> headers;
    QByteArray body;              ///< sent as application/json unless the headers say otherwise
    int timeoutMs = 30000;        ///< the whole call with its retries; 0 = none (streams)
    int connectTimeoutMs = 5000;
    std::optional<bool> idempotent; ///< may be sent again after a broken connection, and on 429/503 with Retry-After; default by method (POST and PATCH: no)
    qint64 maxBytes = 64 << 20;   ///< a longer reply is Invalid; counted after decompression
    QString caFile;               ///< private CA; empty = system
    /// Streaming: called on the I/O thread with each piece of a reply below 400; false ends the transfer, which counts as
    /// success. Must not block.
    std::function<bool(const char *, std::size_t)> onData;
};

struct Response {
    int status = 0;
    QList<Header> headers;
    QByteArray body;
    double seconds = 0;
    QByteArray header(const QByteArray &name) const; ///< case-insensitive, first
};

/// HTTP client on libcurl's multi interface with one I/O thread that shares connections. send() looks blocking: it hands
/// the transfer over and waits on the calling pool thread; a stop request drops the transfer within milliseconds.
/// Proxies come from the environment (never for loopback), redirects are given back and not followed, an Origin header is
/// never sent. Any thread may call; the client must outlive its calls.
/// Errors: Unreachable, TimedOut, Cancelled; Invalid for a bad URL or header, a bad CA file, a reply that is too long.
/// A status of 400 and more is NOT an error here: see statusError().
class HttpClient {
public:
    HttpClient();
    ~HttpClient();
    Result<Response> send(const Request &request, std::stop_token token = {});

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// A reply ≥ 400 as an Error: 401/403 Denied, 404 NotFound, 409 Conflict, 400/422 Invalid, 5xx Unreachable; understands
/// {"error":{"kind","what","hint"}} and {"error_code","message"} bodies.
Error statusError(const Request &request, const Response &response);

} // namespace pilothouse::net

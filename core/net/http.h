// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace pilothouse::net {

struct Header {
    QByteArray name, value;
};

/// Signs a request for AWS and what speaks like it (Signature Version 4, by libcurl). What libcurl 7.88 does not do is the
/// caller's: the path and query come percent-encoded as RFC 3986 has it, the query's keys sorted and each with "=".
/// The digest of the body is sent as x-amz-content-sha256.
struct AwsSigning {
    QString accessKey, secretKey;
    QString sessionToken;  ///< of temporary credentials; else empty
    QString region, service = QStringLiteral("s3");
};

/// What a connection shows and demands beyond the system's rules. Values, not files, so that keys may come from a keychain.
struct Tls {
    QByteArray caPem;            ///< instead of the system's authorities
    QByteArray certPem, keyPem;  ///< the client's certificate and key
    QString serverName;          ///< the name the server's certificate must have, where it is not the URL's host
    bool insecure = false;       ///< the certificate is not looked at: a connection's own setting, never a default
};

struct Response;

struct Request {
    QByteArray method = "GET";
    QString url;
    QList<Header> headers;
    QByteArray body;              ///< sent as application/json unless the headers say otherwise
    QString bodyFile;             ///< or the content of this file, streamed: PUT and POST, not signed
    int timeoutMs = 30000;        ///< the whole call with its retries; 0 = none (streams)
    int connectTimeoutMs = 5000;
    std::optional<bool> idempotent; ///< may be sent again after a broken connection, and on 429/503 with Retry-After; default by method (POST and PATCH: no)
    qint64 maxBytes = 64 << 20;   ///< a longer reply is Invalid; counted after decompression
    QString caFile;               ///< private CA; empty = system
    std::shared_ptr<const Tls> tls; ///< null: the system's authorities, no client certificate
    QString proxy;                ///< URL of the proxy of this request; empty: as the environment says
    int stallSeconds = 0;         ///< a transfer that brings nothing for this long is TimedOut; 0 = no such limit
    bool rawBytes = false;        ///< no content encoding is asked for and none undone: bytes as ranges, lengths and digests count them
    std::optional<AwsSigning> aws;
    /// Streaming: called on the I/O thread when the headers of a 2xx reply are complete, also if nothing of its body comes for long.
    std::function<void()> onOpen;
    /// Streaming: called on the I/O thread with status and headers before the first onData; false ends the transfer as there.
    std::function<bool(const Response &)> onHeaders;
    /// Streaming: called on the I/O thread with each piece of a 2xx reply; false ends the transfer, which counts as
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
/// Proxies come from the request, else from the environment (then never for loopback); at most 50 streams share a connection; redirects are given back and not followed, an Origin header is
/// never sent. Any thread may call; the client must outlive its calls.
/// Errors: Unreachable, TimedOut, Cancelled; Invalid for a bad URL or header, a bad CA file, a reply that is too long.
/// A status of 400 and more is NOT an error here: see statusError().
class HttpClient {
public:
    HttpClient();
    ~HttpClient();
    Result<Response> send(const Request &request, std::stop_token token = {});
    /// A transfer that holds no thread, for streams: gives back at once. One attempt, nothing is repeated. `onEnd` gets the reply or the error, once, on the
    /// I/O thread (a request that cannot be sent: on the calling one, before start() returns). It must not block and must not destroy the client.
    void start(Request request, std::stop_token token, std::function<void(Result<Response>)> onEnd);
    /// Calls `fn` on the I/O thread after a while; not any more once the token has stopped or the client ends. It must not block.
    void after(std::chrono::milliseconds delay, std::stop_token token, std::function<void()> fn);
    void close(); ///< what is running and what comes later ends with Cancelled

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// True for an error of send() that says that no connection came about: the server cannot have done what was asked.
bool neverSent(const Error &error);

/// "GET https://host:8080/path": where a request went, without query and user.
QString requestPlace(const Request &request);

/// A reply ≥ 400 as an Error: 401/403 Denied, 404 NotFound, 409 Conflict, 400/422 Invalid, 5xx Unreachable; understands
/// {"error":{"kind","what","hint"}} and {"error_code","message"} bodies.
Error statusError(const Request &request, const Response &response);

} // namespace pilothouse::net

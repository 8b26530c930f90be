// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"

#include <QByteArrayList>

#include <memory>
#include <optional>
#include <stop_token>

namespace pilothouse::net {

/// A WebSocket (RFC 6455) as a client: TLS with private authorities and client certificates, subprotocols, headers, HTTP and SOCKS5 proxies as HttpClient takes
/// them. Calls look blocking and wait on the calling pool thread; all sockets share one I/O thread. Any thread; one may send while another receives.
///
/// Messages wait in a queue until they are received: when 1 MiB waits, the socket is not read until there is room, so that the peer waits too.
class WebSocket {
public:
    /// @param request URL http(s) or ws(s), headers, tls, proxy, connectTimeoutMs (of the connection, its proxy, TLS and the upgrade, each)
    /// @param protocols subprotocols in order of preference
    /// @param refusal takes the reply of a server that does not upgrade
    /// Errors: as HttpClient::send(); a refusal as statusError(); Invalid for a subprotocol that was not asked for.
    static Result<std::unique_ptr<WebSocket>> connect(const Request &request, const QByteArrayList &protocols, std::stop_token token = {}, Response *refusal = nullptr);
    ~WebSocket(); ///< breaks the connection, if close() did not end it

    QByteArray protocol() const; ///< the one the server chose; empty: none
    /// A whole message; returns when it is on its way. Unreachable if the connection broke, Cancelled after abort().
    Result<void> send(const QByteArray &message, bool text = false);
    /// The next message; nothing when the peer closed in order. `limitMs` 0: none; TimedOut leaves the connection as it is.
    Result<std::optional<QByteArray>> receive(std::stop_token token = {}, int limitMs = 0);
    /// Says goodbye and waits for the answer, two seconds at most.
    void close();
    void abort(); ///< breaks it at once; whoever waits gets Cancelled

    struct Impl;

private:
    explicit WebSocket(std::shared_ptr<Impl> impl) : m_impl(std::move(impl)) {}
    std::shared_ptr<Impl> m_impl;
};

} // namespace pilothouse::net

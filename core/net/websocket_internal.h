// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/websocket.h"

#include <utility> // Beast 1.74 with g++ 12 in C++20 needs std::exchange before it is included

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <functional>
#include <memory>

namespace pilothouse::net {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using error_code = boost::system::error_code;
using Tcp = asio::ip::tcp;

/// What a connection shows and demands, by request.tls and caFile. Invalid: PEM that cannot be read.
Result<std::shared_ptr<ssl::context>> tlsContext(const Request &request);
/// The name that the server's certificate must have, told to it (SNI) and checked.
Result<void> expectServer(SSL *ssl, const Request &request, const QString &host);

/// A proxy of a request: its own, else that of the environment (never for loopback; NO_PROXY as libcurl reads it).
struct WebProxy {
    QString host;
    int port = 0;
    bool socks = false;
    QByteArray user, password;
};
/// Nothing: straight. Invalid: a proxy that is spoken to by TLS.
Result<std::optional<WebProxy>> proxyOf(const Request &request, const QString &host, bool secure);
/// Has the proxy connect the socket to host:port; `done` on the I/O thread, once.
void connectThrough(Tcp::socket &socket, const WebProxy &proxy, const QString &host, int port, std::function<void(std::optional<Error>)> done);

} // namespace pilothouse::net

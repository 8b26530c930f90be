// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/websocket_internal.h"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <QUrl>

namespace pilothouse::net {

namespace {

QString environment(std::initializer_list<const char *> names) {
    for (const char *name : names)
        if (const QString value = qEnvironmentVariable(name); !value.isEmpty())
            return value;
    return {};
}

/// "10.0.0.0/8" holds the address.
bool inNetwork(const asio::ip::address &address, const QString &text) {
    error_code wrong;
    if (address.is_v4()) {
        const auto network = asio::ip::make_network_v4(text.toStdString(), wrong);
        return !wrong && (address.to_v4().to_uint() & network.netmask().to_uint()) == network.network().to_uint();
    }
    const auto network = asio::ip::make_network_v6(text.toStdString(), wrong);
    if (wrong)
        return false;
    const auto a = address.to_v6().to_bytes(), b = network.address().to_bytes();
    for (int bit = 0; bit < network.prefix_length(); ++bit)
        if (((a[std::size_t(bit / 8)] ^ b[std::size_t(bit / 8)]) >> (7 - bit % 8)) & 1)
            return false;
    return true;
}

bool excepted(const QString &host) {
    error_code noAddress;
    const auto address = asio::ip::make_address(host.toStdString(), noAddress);
    if (host == QLatin1String("localhost") || (!noAddress && address.is_loopback()))
        return true;
    for (QString entry : environment({"no_proxy", "NO_PROXY"}).split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        entry = entry.trimmed();
        if (entry == QLatin1String("*"))
            return true;
        if (entry.contains(QLatin1Char('/')) && !noAddress && inNetwork(address, entry))
            return true;
        if (entry.startsWith(QLatin1Char('.')))
            entry.remove(0, 1);
        if (!entry.isEmpty() && (host.compare(entry, Qt::CaseInsensitive) == 0 || host.endsWith(QLatin1Char('.') + entry, Qt::CaseInsensitive)))
            return true;
    }
    return false;
}

Error proxyError(const QString &what, const WebProxy &proxy) {
    return {ErrorKind::Unreachable, what, QStringLiteral("%1:%2").arg(proxy.host).arg(proxy.port), QStringLiteral("Look at the proxy of the connection, or at HTTPS_PROXY and NO_PROXY of the environment."), {}};
}

/// One exchange with the proxy after the other, kept alive by its own callbacks.
struct Tunnel : std::enable_shared_from_this<Tunnel> {
    Tunnel(Tcp::socket &s, WebProxy p, QString h, int n, std::function<void(std::optional<Error>)> d) : socket(s), proxy(std::move(p)), host(std::move(h)), port(n), done(std::move(d)) {}
    Tcp::socket &socket;
    WebProxy proxy;
    QString host;
    int port;
    std::function<void(std::optional<Error>)> done;
    std::string buffer;

    void fail(const QString &what) { done(proxyError(what, proxy)); }

    void write(const QByteArray &bytes, std::function<void()> then) {
        buffer.assign(bytes.constData(), std::size_t(bytes.size()));
        asio::async_write(socket, asio::buffer(buffer), [self = shared_from_this(), then = std::move(then)](error_code wrong, std::size_t) {
            if (wrong)
                return self->fail(QStringLiteral("The proxy broke the connection: %1.").arg(QString::fromStdString(wrong.message())));
            then();
        });
    }
    void read(std::size_t count, std::function<void()> then) {
        buffer.assign(count, '\0');
        asio::async_read(socket, asio::buffer(buffer), [self = shared_from_this(), then = std::move(then)](error_code wrong, std::size_t) {
            if (wrong)
                return self->fail(QStringLiteral("The proxy broke the connection: %1.").arg(QString::fromStdString(wrong.message())));
            then();
        });
    }

    void http() {
        const QByteArray target = (host.contains(QLatin1Char(':')) ? QLatin1Char('[') + host + QLatin1Char(']') : host).toUtf8() + ':' + QByteArray::number(port);
        QByteArray head = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
        if (!proxy.user.isEmpty())
            head += "Proxy-Authorization: Basic " + (proxy.user + ':' + proxy.password).toBase64() + "\r\n";
        write(head + "\r\n", [self = shared_from_this()] {
            self->buffer.clear();
            self->readHead();
        });
    }
    /// Byte by byte to the empty line: what follows belongs to the server behind the proxy.
    void readHead() {
        auto byte = std::make_shared<char>();
        asio::async_read(socket, asio::buffer(byte.get(), 1), [self = shared_from_this(), byte](error_code wrong, std::size_t) {
            if (wrong || self->buffer.size() > 16384)
                return self->fail(QStringLiteral("The proxy gave no answer to CONNECT."));
            self->buffer += *byte;
            if (self->buffer.size() < 4 || self->buffer.compare(self->buffer.size() - 4, 4, "\r\n\r\n") != 0)
                return self->readHead();
            const QString first = QString::fromLatin1(self->buffer.c_str()).section(QLatin1Char('\r'), 0, 0);
            if (first.section(QLatin1Char(' '), 1, 1).startsWith(QLatin1Char('2')))
                return self->done({});
            self->fail(QStringLiteral("The proxy refused the connection: %1.").arg(first.section(QLatin1Char(' '), 1)));
        });
    }

    void socks() {
        write(proxy.user.isEmpty() ? QByteArray("\x05\x01\x00", 3) : QByteArray("\x05\x02\x00\x02", 4), [self = shared_from_this()] {
            self->read(2, [self] {
                const char method = self->buffer[1];
                if (method == 2 && !self->proxy.user.isEmpty()) {
                    const QByteArray u = self->proxy.user.left(255), p = self->proxy.password.left(255);
                    self->write(QByteArray("\x01") + char(u.size()) + u + char(p.size()) + p, [self] {
                        self->read(2, [self] { self->buffer[1] == 0 ? self->socksConnect() : self->fail(QStringLiteral("The proxy does not accept the user.")); });
                    });
                } else if (method == 0) {
                    self->socksConnect();
                } else {
                    self->fail(QStringLiteral("The proxy wants a login that is not known here."));
                }
            });
        });
    }
    void socksConnect() {
        const QByteArray name = host.toUtf8().left(255);
        write(QByteArray("\x05\x01\x00\x03", 4) + char(name.size()) + name + char(port >> 8) + char(port & 255), [self = shared_from_this()] {
            self->read(5, [self] {
                if (self->buffer[1] != 0)
                    return self->fail(QStringLiteral("The proxy could not connect (SOCKS reply %1).").arg(int(self->buffer[1])));
                const std::size_t rest = (self->buffer[3] == 1 ? 3 : self->buffer[3] == 4 ? 15 : std::size_t(static_cast<unsigned char>(self->buffer[4]))) + 2;
                self->read(rest, [self] { self->done({}); });
            });
        });
    }
};

} // namespace

Result<std::optional<WebProxy>> proxyOf(const Request &request, const QString &host, bool secure) {
    QString text = request.proxy;
    if (text.isEmpty()) {
        if (excepted(host))
            return std::optional<WebProxy>();
        text = secure ? environment({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) : environment({"http_proxy", "all_proxy", "ALL_PROXY"});
    }
    if (text.isEmpty())
        return std::optional<WebProxy>();
    const QUrl url(text.contains(QLatin1String("://")) ? text : QStringLiteral("http://") + text);
    WebProxy proxy{url.host(), url.port(url.scheme().startsWith(QLatin1String("socks")) ? 1080 : 80), url.scheme().startsWith(QLatin1String("socks")), url.userName(QUrl::FullyDecoded).toUtf8(), url.password(QUrl::FullyDecoded).toUtf8()};
    if (url.scheme() == QLatin1String("https"))
        return invalid(QStringLiteral("Streams into the cluster cannot go through a proxy that is itself spoken to by TLS."), url.host(), QStringLiteral("Name its http:// or socks5:// port."));
    if (proxy.host.isEmpty())
        return invalid(QStringLiteral("This is not the address of a proxy."), url.toString(QUrl::RemoveUserInfo), QStringLiteral("Write it as http://host:port or socks5://host:port."));
    return std::optional<WebProxy>(std::move(proxy));
}

void connectThrough(Tcp::socket &socket, const WebProxy &proxy, const QString &host, int port, std::function<void(std::optional<Error>)> done) {
    auto tunnel = std::make_shared<Tunnel>(socket, proxy, host, port, std::move(done));
    proxy.socks ? tunnel->socks() : tunnel->http();
}

} // namespace pilothouse::net

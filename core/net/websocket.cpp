// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/websocket_internal.h"

#include <boost/asio/connect.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <QUrl>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace pilothouse::net {

namespace beast = boost::beast;
namespace ws = boost::beast::websocket;

namespace {

constexpr qint64 mostWaiting = 1 << 20;
constexpr std::size_t longestMessage = 64 << 20;
constexpr auto goodbye = std::chrono::seconds(2);

/// The one thread that all sockets share. It is never ended: a join among the destructors of statics waits on whatever the program's end has
/// taken from it already, and a thread that is just going is what a leak checker's stop of all threads can wait on for ever.
struct Io {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::thread thread{[this] { context.run(); }};
};
Io &io() {
    static Io &one = *new Io;
    return one;
}

/// Where it goes, from the URL.
struct Target {
    QString host, hostHeader, path;
    int port = 0;
    bool secure = false;
};

Result<Target> targetOf(const Request &request) {
    const QUrl url(request.url, QUrl::StrictMode);
    Target t;
    t.secure = url.scheme() == QLatin1String("https") || url.scheme() == QLatin1String("wss");
    if (!url.isValid() || url.host().isEmpty() || (!t.secure && url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("ws")))
        return invalid(QStringLiteral("This is no address of a WebSocket."), requestPlace(request));
    t.host = url.host();
    t.port = url.port(t.secure ? 443 : 80);
    t.hostHeader = t.host.contains(QLatin1Char(':')) ? QLatin1Char('[') + t.host + QLatin1Char(']') : t.host;
    if (url.port() > 0)
        t.hostHeader += QLatin1Char(':') + QString::number(t.port);
    t.path = QString::fromLatin1(url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveFragment));
    if (!t.path.startsWith(QLatin1Char('/')))
        t.path.prepend(QLatin1Char('/'));
    return t;
}

} // namespace

struct WebSocket::Impl : std::enable_shared_from_this<WebSocket::Impl> {
    Impl(Request r, Target t, std::optional<WebProxy> p, QByteArrayList names) : request(std::move(r)), target(std::move(t)), proxy(std::move(p)), protocols(std::move(names)) {}
    virtual ~Impl() = default;
    // On the I/O thread:
    virtual void start() = 0;
    virtual void read() = 0;
    virtual void writeNext() = 0;
    virtual void sayGoodbye() = 0;
    virtual void breakOff() = 0;

    struct Out {
        QByteArray bytes;
        bool text = false, sent = false;
    };
    const Request request;
    const Target target;
    const std::optional<WebProxy> proxy;
    const QByteArrayList protocols;

    std::mutex mutex; ///< of what follows
    std::condition_variable_any changed;
    bool open = false, closed = false; ///< closed: the peer said goodbye
    std::optional<Error> error;
    std::deque<QByteArray> incoming;
    qint64 waiting = 0;
    bool paused = false, writing = false;
    std::deque<std::shared_ptr<Out>> outgoing;
    QByteArray protocol;
    Response refusal;

    void fail(Error what) {
        {
            const std::lock_guard lock(mutex);
            if (!error && !closed)
                error = std::move(what);
        }
        changed.notify_all();
        breakOff();
    }
    Error broken(const QString &what, error_code wrong) const {
        return {ErrorKind::Unreachable, QStringLiteral("%1: %2.").arg(what, QString::fromStdString(wrong.message())), requestPlace(request), {}, {}};
    }
};

namespace {

template<class Stream>
class Session final : public WebSocket::Impl {
public:
    Session(Request r, Target t, std::optional<WebProxy> p, QByteArrayList names, std::shared_ptr<ssl::context> tls)
        : Impl(std::move(r), std::move(t), std::move(p), std::move(names)), m_tls(std::move(tls)), m_stream(make()), m_resolver(io().context), m_timer(io().context) {}

    void start() override {
        limit();
        const QString host = proxy ? proxy->host : target.host;
        m_resolver.async_resolve(host.toStdString(), std::to_string(proxy ? proxy->port : target.port), [self = mine()](error_code wrong, Tcp::resolver::results_type found) {
            if (wrong)
                return self->fail(self->broken(QStringLiteral("Could not find the server"), wrong));
            asio::async_connect(self->socket(), found, [self](error_code refused, const Tcp::endpoint &) {
                if (refused)
                    return self->fail(self->broken(QStringLiteral("Could not connect"), refused));
                error_code ignored;
                self->socket().set_option(Tcp::no_delay(true), ignored);
                self->limit();
                if (!self->proxy)
                    return self->secure();
                connectThrough(self->socket(), *self->proxy, self->target.host, self->target.port, [self](std::optional<Error> no) { no ? self->fail(*no) : self->secure(); });
            });
        });
    }

    void read() override {
        m_stream.async_read(m_buffer, [self = mine()](error_code wrong, std::size_t) {
            if (wrong == ws::error::closed) {
                {
                    const std::lock_guard lock(self->mutex);
                    self->closed = true;
                }
                self->changed.notify_all();
                return self->breakOff();
            }
            if (wrong)
                return self->fail(self->broken(QStringLiteral("The connection broke"), wrong));
            const auto data = self->m_buffer.cdata();
            QByteArray message(static_cast<const char *>(data.data()), qsizetype(data.size()));
            self->m_buffer.consume(data.size());
            bool more = true;
            {
                const std::lock_guard lock(self->mutex);
                self->waiting += message.size() + 64;
                self->incoming.push_back(std::move(message));
                more = self->waiting < mostWaiting;
                self->paused = !more;
            }
            self->changed.notify_all();
            if (more)
                self->read();
        });
    }

    void writeNext() override {
        std::shared_ptr<Out> next;
        {
            const std::lock_guard lock(mutex);
            if (outgoing.empty() || !open || error) {
                writing = false;
                return;
            }
            writing = true;
            next = outgoing.front();
            outgoing.pop_front();
        }
        m_stream.text(next->text);
        m_stream.async_write(asio::buffer(next->bytes.constData(), std::size_t(next->bytes.size())), [self = mine(), next](error_code wrong, std::size_t) {
            if (wrong)
                return self->fail(self->broken(QStringLiteral("The connection broke"), wrong));
            {
                const std::lock_guard lock(self->mutex);
                next->sent = true;
            }
            self->changed.notify_all();
            self->writeNext();
        });
    }

    void sayGoodbye() override {
        m_stream.async_close(ws::close_code::normal, [self = mine()](error_code) {
            {
                const std::lock_guard lock(self->mutex);
                self->closed = true;
            }
            self->changed.notify_all();
            self->breakOff();
        });
    }

    void breakOff() override {
        m_timer.cancel();
        m_resolver.cancel();
        error_code ignored;
        socket().shutdown(Tcp::socket::shutdown_both, ignored);
        socket().close(ignored);
    }

private:
    static constexpr bool isSecure = !std::is_same_v<Stream, Tcp::socket>;
    using Socket = ws::stream<Stream>;

    Socket make() {
        if constexpr (isSecure)
            return Socket(io().context, *m_tls);
        else
            return Socket(io().context);
    }
    std::shared_ptr<Session> mine() { return std::static_pointer_cast<Session>(shared_from_this()); }
    Tcp::socket &socket() {
        if constexpr (isSecure)
            return m_stream.next_layer().next_layer();
        else
            return m_stream.next_layer();
    }

    /// Each part of the way has this long.
    void limit() {
        m_timer.expires_after(std::chrono::milliseconds(request.connectTimeoutMs > 0 ? request.connectTimeoutMs : 15000));
        m_timer.async_wait([weak = std::weak_ptr<Session>(mine())](error_code ended) {
            const auto self = weak.lock();
            if (!self || ended)
                return;
            bool late = false;
            {
                const std::lock_guard lock(self->mutex);
                late = !self->open;
            }
            if (late)
                self->fail({ErrorKind::TimedOut, QStringLiteral("The server did not answer in time."), requestPlace(self->request), {}, {}});
        });
    }

    void secure() {
        if constexpr (!isSecure) {
            upgrade();
        } else {
            if (auto expected = expectServer(m_stream.next_layer().native_handle(), request, target.host); !expected)
                return fail(expected.error());
            limit();
            m_stream.next_layer().async_handshake(ssl::stream_base::client, [self = mine()](error_code wrong) {
                if (!wrong)
                    return self->upgrade();
                const long why = SSL_get_verify_result(self->m_stream.next_layer().native_handle());
                Error error = self->broken(QStringLiteral("No secure connection"), wrong);
                if (why != X509_V_OK) {
                    error.what = QStringLiteral("The certificate of %1 is not accepted: %2.").arg(self->target.host, QString::fromLatin1(X509_verify_cert_error_string(why)));
                    error.hint = QStringLiteral("Name the authority of the server (certificate-authority of the kubeconfig), or its certificate's name (tls-server-name).");
                }
                self->fail(std::move(error));
            });
        }
    }

    void upgrade() {
        limit();
        m_stream.read_message_max(longestMessage);
        m_stream.binary(true);
        m_stream.auto_fragment(false); // one frame a message: Kubernetes takes each frame for one (its first byte is the channel)
        m_stream.set_option(ws::stream_base::decorator([headers = request.headers, names = protocols](ws::request_type &upgrade) {
            for (const Header &h : headers)
                upgrade.insert(beast::string_view(h.name.constData(), std::size_t(h.name.size())), beast::string_view(h.value.constData(), std::size_t(h.value.size())));
            if (!names.isEmpty())
                upgrade.set(beast::http::field::sec_websocket_protocol, names.join(", ").toStdString());
        }));
        m_stream.async_handshake(m_reply, target.hostHeader.toStdString(), target.path.toStdString(), [self = mine()](error_code wrong) { self->upgraded(wrong); });
    }

    void upgraded(error_code wrong) {
        m_timer.cancel();
        if (wrong == ws::error::upgrade_declined) {
            Response reply;
            reply.status = int(m_reply.result_int());
            for (const auto &field : m_reply)
                reply.headers << Header{QByteArray(field.name_string().data(), qsizetype(field.name_string().size())), QByteArray(field.value().data(), qsizetype(field.value().size()))};
            reply.body = QByteArray(m_reply.body().data(), qsizetype(m_reply.body().size()));
            {
                const std::lock_guard lock(mutex);
                refusal = reply;
            }
            if (reply.status < 400)
                return fail({ErrorKind::Invalid, QStringLiteral("The server does not speak WebSocket here (HTTP %1).").arg(reply.status), requestPlace(request), {}, QString::fromUtf8(reply.body.left(4096))});
            return fail(statusError(request, reply));
        }
        if (wrong)
            return fail(broken(QStringLiteral("The server broke off the upgrade to WebSocket"), wrong));
        const auto chosen = m_reply[beast::http::field::sec_websocket_protocol];
        const QByteArray name(chosen.data(), qsizetype(chosen.size()));
        if (!name.isEmpty() && !protocols.contains(name))
            return fail({ErrorKind::Invalid, QStringLiteral("The server chose the subprotocol “%1”, which was not offered.").arg(QString::fromUtf8(name)), requestPlace(request), {}, {}});
        {
            const std::lock_guard lock(mutex);
            protocol = name;
            open = true;
        }
        changed.notify_all();
        read();
        writeNext();
    }

    std::shared_ptr<ssl::context> m_tls;
    Socket m_stream;
    Tcp::resolver m_resolver;
    asio::steady_timer m_timer;
    beast::flat_buffer m_buffer;
    ws::response_type m_reply;
};

} // namespace

Result<std::unique_ptr<WebSocket>> WebSocket::connect(const Request &request, const QByteArrayList &protocols, std::stop_token token, Response *refusal) {
    if (token.stop_requested()) // a server that is quick would have answered before the wait sees it
        return cancelled();
    PH_ASSIGN(const Target target, targetOf(request));
    PH_ASSIGN(auto proxy, proxyOf(request, target.host, target.secure));
    std::shared_ptr<Impl> impl;
    if (target.secure) {
        PH_ASSIGN(auto tls, tlsContext(request));
        impl = std::make_shared<Session<beast::ssl_stream<Tcp::socket>>>(request, target, std::move(proxy), protocols, std::move(tls));
    } else {
        impl = std::make_shared<Session<Tcp::socket>>(request, target, std::move(proxy), protocols, nullptr);
    }
    asio::post(io().context, [impl] { impl->start(); });
    std::unique_lock lock(impl->mutex);
    const bool ready = impl->changed.wait(lock, token, [&] { return impl->open || impl->error; });
    if (refusal)
        *refusal = impl->refusal;
    if (!ready || !impl->open) { // one that broke right after it opened says so to who receives, behind what came before
        const Error error = impl->error ? *impl->error : cancelled();
        lock.unlock();
        asio::post(io().context, [impl] { impl->breakOff(); });
        return error;
    }
    lock.unlock();
    return std::unique_ptr<WebSocket>(new WebSocket(std::move(impl)));
}

WebSocket::~WebSocket() { abort(); }

QByteArray WebSocket::protocol() const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->protocol;
}

Result<void> WebSocket::send(const QByteArray &message, bool text) {
    auto out = std::make_shared<Impl::Out>();
    out->bytes = message;
    out->text = text;
    std::unique_lock lock(m_impl->mutex);
    if (m_impl->error)
        return *m_impl->error;
    if (m_impl->closed)
        return Error{ErrorKind::Unreachable, QStringLiteral("The server closed the connection."), requestPlace(m_impl->request), {}, {}};
    m_impl->outgoing.push_back(out);
    if (!m_impl->writing) {
        m_impl->writing = true;
        asio::post(io().context, [impl = m_impl] { impl->writeNext(); });
    }
    m_impl->changed.wait(lock, [&] { return out->sent || m_impl->error || m_impl->closed; });
    if (out->sent)
        return {};
    return m_impl->error ? *m_impl->error : Error{ErrorKind::Unreachable, QStringLiteral("The server closed the connection."), requestPlace(m_impl->request), {}, {}};
}

Result<std::optional<QByteArray>> WebSocket::receive(std::stop_token token, int limitMs) {
    std::unique_lock lock(m_impl->mutex);
    const auto ready = [&] { return !m_impl->incoming.empty() || m_impl->closed || m_impl->error; };
    const bool there = limitMs > 0 ? m_impl->changed.wait_for(lock, token, std::chrono::milliseconds(limitMs), ready) : m_impl->changed.wait(lock, token, ready);
    if (!there)
        return token.stop_requested() ? cancelled() : Error{ErrorKind::TimedOut, QStringLiteral("Nothing came in time."), requestPlace(m_impl->request), {}, {}};
    if (!m_impl->incoming.empty()) {
        QByteArray message = std::move(m_impl->incoming.front());
        m_impl->incoming.pop_front();
        m_impl->waiting -= message.size() + 64;
        if (m_impl->paused && m_impl->waiting < mostWaiting / 2) {
            m_impl->paused = false;
            asio::post(io().context, [impl = m_impl] { impl->read(); });
        }
        return std::optional<QByteArray>(std::move(message));
    }
    if (m_impl->closed)
        return std::optional<QByteArray>();
    return *m_impl->error;
}

void WebSocket::close() {
    {
        std::unique_lock lock(m_impl->mutex);
        if (m_impl->closed || m_impl->error)
            return;
        asio::post(io().context, [impl = m_impl] {
            impl->sayGoodbye();
            if (impl->paused) // the answer stands behind what nobody takes any more
                impl->breakOff();
        });
        m_impl->changed.wait_for(lock, goodbye, [&] { return m_impl->closed || m_impl->error; });
    }
    abort();
}

void WebSocket::abort() {
    {
        const std::lock_guard lock(m_impl->mutex);
        if (!m_impl->error && !m_impl->closed)
            m_impl->error = cancelled();
    }
    m_impl->changed.notify_all();
    asio::post(io().context, [impl = m_impl] { impl->breakOff(); });
}

} // namespace pilothouse::net

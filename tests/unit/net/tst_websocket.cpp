// SPDX-License-Identifier: GPL-3.0-or-later
// The WebSocket client against a server of raw sockets that does what each test tells.
#include "core/net/websocket.h"
#include "tests/support/loopback_server.h"

#include <QCryptographicHash>
#include <QTest>

#include <thread>

using namespace pilothouse;
using namespace pilothouse::net;
using support::LoopbackServer;
using Connection = LoopbackServer::Connection;

namespace {

QByteArray headerOf(const QByteArray &request, const QByteArray &name) {
    for (const QByteArray &line : request.split('\n'))
        if (line.toLower().startsWith(name.toLower() + ':'))
            return line.mid(name.size() + 1).trimmed();
    return {};
}

QByteArray accepted(const QByteArray &request, const QByteArray &protocol = {}) {
    const QByteArray key = QCryptographicHash::hash(headerOf(request, "Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64();
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + key + "\r\n" + (protocol.isEmpty() ? QByteArray() : "Sec-WebSocket-Protocol: " + protocol + "\r\n") + "\r\n";
}

/// A frame of a server: not masked.
QByteArray frame(const QByteArray &payload, char opcode = 2) {
    QByteArray head(1, char(0x80 | opcode));
    if (payload.size() < 126)
        head += char(payload.size());
    else if (payload.size() < 65536)
        head += QByteArray("\x7e") + char(payload.size() >> 8) + char(payload.size() & 255);
    else {
        head += char(127);
        for (int shift = 56; shift >= 0; shift -= 8)
            head += char((quint64(payload.size()) >> shift) & 255);
    }
    return head + payload;
}

Request to(const LoopbackServer &server) {
    Request request;
    request.url = server.url("/stream?x=a%20b");
    request.connectTimeoutMs = 5000;
    return request;
}

} // namespace

class TestWebSocket : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void opensAndReceives() {
        QByteArray seen;
        LoopbackServer server([&](Connection &c, int) {
            seen = c.readRequest();
            // What comes in one piece, in two, and as a text; then an orderly goodbye.
            c.write(accepted(seen, "v4.channel.k8s.io") + frame("one"));
            const QByteArray two = frame("second");
            c.write(two.left(4));
            c.write(two.mid(4) + frame("text", 1) + frame(QByteArray("\x03\xe8", 2), 8));
            c.waitForClose();
        });
        Request request = to(server);
        request.headers << Header{"Authorization", "Bearer t"};
        auto socket = WebSocket::connect(request, {"v5.channel.k8s.io", "v4.channel.k8s.io"});
        QVERIFY2(socket, qPrintable(socket ? QString() : socket.error().text()));
        QCOMPARE((*socket)->protocol(), QByteArray("v4.channel.k8s.io"));
        QVERIFY2(seen.startsWith("GET /stream?x=a%20b HTTP/1.1\r\n"), seen.constData());
        QCOMPARE(headerOf(seen, "Authorization"), QByteArray("Bearer t"));
        QCOMPARE(headerOf(seen, "Sec-WebSocket-Protocol"), QByteArray("v5.channel.k8s.io, v4.channel.k8s.io"));
        QCOMPARE(headerOf(seen, "Host"), "127.0.0.1:" + QByteArray::number(server.port()));
        for (const char *wanted : {"one", "second", "text"}) {
            const auto message = (*socket)->receive({}, 5000);
            QVERIFY(message && *message);
            QCOMPARE(**message, QByteArray(wanted));
        }
        const auto end = (*socket)->receive({}, 5000);
        QVERIFY(end && !*end);
    }

    void aRefusalIsTold() {
        LoopbackServer server([](Connection &c, int) {
            c.readRequest();
            c.reply(403, R"({"kind":"Status","message":"pods \"x\" is forbidden","code":403})", "Content-Type: application/json\r\n");
        });
        Response reply;
        const auto socket = WebSocket::connect(to(server), {}, {}, &reply);
        QVERIFY(!socket);
        QCOMPARE(socket.error().kind, ErrorKind::Denied);
        QCOMPARE(reply.status, 403);
        QVERIFY(reply.body.contains("is forbidden"));
    }

    void anUnaskedProtocolIsNoGood() {
        LoopbackServer server([](Connection &c, int) {
            c.write(accepted(c.readRequest(), "soap"));
            c.waitForClose();
        });
        const auto socket = WebSocket::connect(to(server), {"v5.channel.k8s.io"});
        QVERIFY(!socket);
        QCOMPARE(socket.error().kind, ErrorKind::Invalid);
    }

    void nobodyListens() {
        Request request;
        {
            LoopbackServer server([](Connection &, int) {});
            request = to(server);
        }
        const auto socket = WebSocket::connect(request, {});
        QVERIFY(!socket);
        QCOMPARE(socket.error().kind, ErrorKind::Unreachable);
    }

    void aSilentServerIsTimedOut() {
        LoopbackServer server([](Connection &c, int) { c.waitForClose(); });
        Request request = to(server);
        request.connectTimeoutMs = 200;
        const auto socket = WebSocket::connect(request, {});
        QVERIFY(!socket);
        QCOMPARE(socket.error().kind, ErrorKind::TimedOut);
    }

    void waitingCanBeStopped() {
        LoopbackServer server([](Connection &c, int) {
            c.write(accepted(c.readRequest()));
            c.waitForClose();
        });
        auto socket = WebSocket::connect(to(server), {});
        QVERIFY(socket);
        std::stop_source stop;
        Result<std::optional<QByteArray>> got = std::optional<QByteArray>();
        std::thread waiter([&] { got = (*socket)->receive(stop.get_token()); });
        stop.request_stop();
        waiter.join();
        QVERIFY(!got);
        QCOMPARE(got.error().kind, ErrorKind::Cancelled);
        QCOMPARE((*socket)->receive({}, 50).error().kind, ErrorKind::TimedOut); // it is open still
        std::thread other([&] { got = (*socket)->receive(); });
        (*socket)->abort();
        other.join();
        QVERIFY(!got);
        QVERIFY(!(*socket)->send("late"));
        std::stop_source atOnce;
        atOnce.request_stop();
        QCOMPARE(WebSocket::connect(to(server), {}, atOnce.get_token()).error().kind, ErrorKind::Cancelled);
    }

    void aCutIsAnError() {
        LoopbackServer server([](Connection &c, int) { c.write(accepted(c.readRequest()) + frame("half of it").left(5)); });
        auto socket = WebSocket::connect(to(server), {});
        QVERIFY(socket);
        const auto got = (*socket)->receive({}, 5000);
        QVERIFY(!got);
        QCOMPARE(got.error().kind, ErrorKind::Unreachable);
    }

    void whoDoesNotTakeMakesThePeerWait() {
        std::atomic<qint64> written = 0;
        LoopbackServer server([&](Connection &c, int) {
            c.write(accepted(c.readRequest()));
            const QByteArray piece = frame(QByteArray(65536, 'x'));
            for (int i = 0; i < 512; ++i) { // 32 MiB
                if (!c.write(piece))
                    return;
                written += 65536;
            }
            c.waitForClose();
        });
        auto socket = WebSocket::connect(to(server), {});
        QVERIFY(socket);
        // The queue of 1 MiB and the kernel's buffers are full long before the end.
        qint64 before = -1;
        QTRY_VERIFY_WITH_TIMEOUT(std::exchange(before, written.load()) == written.load() && (QTest::qWait(300), before == written.load()), 20000);
        QVERIFY2(written < (32 << 20), QByteArray::number(written.load()).constData());
        for (int i = 0; i < 512; ++i) {
            const auto got = (*socket)->receive({}, 5000);
            QVERIFY(got && *got);
            QCOMPARE((*got)->size(), 65536);
        }
        QCOMPARE(written.load(), qint64(32 << 20));
    }

    void goesThroughAProxy() {
        QByteArray asked, login;
        LoopbackServer proxy([&](Connection &c, int) {
            const QByteArray connect = c.readRequest();
            asked = connect.left(connect.indexOf("\r\n"));
            login = headerOf(connect, "Proxy-Authorization");
            c.write("HTTP/1.1 200 Connection established\r\n\r\n");
            c.write(accepted(c.readRequest()) + frame("through"));
            c.waitForClose();
        });
        Request request;
        request.url = QStringLiteral("http://cluster.example:6443/x");
        request.proxy = QStringLiteral("http://ann:p%40ss@127.0.0.1:%1").arg(proxy.port());
        request.connectTimeoutMs = 5000;
        auto socket = WebSocket::connect(request, {});
        QVERIFY2(socket, qPrintable(socket ? QString() : socket.error().text()));
        const auto got = (*socket)->receive({}, 5000);
        QVERIFY(got && *got);
        QCOMPARE(**got, QByteArray("through"));
        QCOMPARE(asked, QByteArray("CONNECT cluster.example:6443 HTTP/1.1"));
        QCOMPARE(login, "Basic " + QByteArray("ann:p@ss").toBase64());
    }

    void aProxyThatRefusesIsNamed() {
        LoopbackServer proxy([](Connection &c, int) {
            c.readRequest();
            c.reply(407, "no");
        });
        Request request;
        request.url = QStringLiteral("https://cluster.example:6443/x");
        request.proxy = QStringLiteral("http://127.0.0.1:%1").arg(proxy.port());
        const auto socket = WebSocket::connect(request, {});
        QVERIFY(!socket);
        QVERIFY2(socket.error().text().contains(QStringLiteral("407")), qPrintable(socket.error().text()));
    }
};

QTEST_GUILESS_MAIN(TestWebSocket)
#include "tst_websocket.moc"

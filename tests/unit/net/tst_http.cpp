// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/http.h"
#include "tests/support/gzip.h"
#include "tests/support/loopback_server.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::net;
using support::LoopbackServer;
using test::gzipped;

namespace {

Request get(const QString &url) {
    Request request;
    request.url = url;
    return request;
}

/// Lets one thread wait for another by a condition.
class Gate {
public:
    void open() {
        const std::lock_guard lock(m_mutex);
        m_open = true;
        m_changed.notify_all();
    }
    void wait() {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_open; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_open = false;
};

} // namespace

class tst_Http : public QObject {
    Q_OBJECT
    HttpClient client;

private Q_SLOTS:
    /// Also after a connection that broke in the middle: the second attempt begins at the first byte.
    void aFileIsStreamedAsTheBody() {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("weights")));
        QByteArray bytes(3 << 20, Qt::Uninitialized);
        for (qsizetype i = 0; i < bytes.size(); ++i)
            bytes[i] = char(i * 7 + i / 1000);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
        file.close();
        QByteArray got;
        LoopbackServer server([&](auto &c, int number) {
            const QByteArray request = c.readRequest();
            if (number == 0)
                return c.breakOff();
            got = request;
            c.reply(200, "kept");
        });
        Request request = get(server.url("/w"));
        request.method = "PUT";
        request.bodyFile = file.fileName();
        request.headers << Header{"Content-Type", "application/octet-stream"};
        const auto reply = client.send(request);
        QVERIFY2(reply, reply ? "" : qPrintable(reply.error().text()));
        QVERIFY(got.startsWith("PUT /w "));
        QCOMPARE(got.mid(got.indexOf("\r\n\r\n") + 4), bytes);
        request.bodyFile += QStringLiteral(".gone");
        QCOMPARE(client.send(request).error().kind, ErrorKind::Invalid);
        request.bodyFile = file.fileName();
        request.body = "and more";
        QCOMPARE(client.send(request).error().kind, ErrorKind::Invalid);
    }

    void headersComeBeforeTheBodyAndMayEndIt() {
        LoopbackServer server([](auto &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(206, "0123456789", "Content-Range: bytes 5-14/20\r\n");
        });
        QByteArray range;
        int pieces = 0;
        Request request = get(server.url());
        request.onHeaders = [&](const Response &r) {
            range = r.header("content-range");
            return pieces == 0 && r.status == 206;
        };
        request.onData = [&](const char *, std::size_t) { return ++pieces > 0; };
        const auto taken = client.send(request);
        QVERIFY2(taken, taken ? "" : qPrintable(taken.error().text()));
        QCOMPARE(range, QByteArray("bytes 5-14/20"));
        QVERIFY(pieces > 0);
        const int before = pieces;
        const auto ended = client.send(request); // now onHeaders says no
        QVERIFY2(ended, ended ? "" : qPrintable(ended.error().text()));
        QCOMPARE(pieces, before);
    }
    void rawBytesAreNotUnpacked() {
        const QByteArray packed = gzipped("text");
        QByteArray seen;
        LoopbackServer server([&](auto &c, int) {
            seen = c.readRequest();
            c.reply(200, packed, "Content-Encoding: gzip\r\n");
        });
        Request request = get(server.url());
        request.rawBytes = true;
        const auto reply = client.send(request);
        QVERIFY2(reply, reply ? "" : qPrintable(reply.error().text()));
        QCOMPARE(reply->body, packed);
        QVERIFY(!seen.contains("Accept-Encoding"));
    }
    void aTransferThatBringsNothingMoreIsGivenUp() {
        LoopbackServer server([](auto &c, int) {
            c.readRequest();
            c.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01");
            c.waitForClose();
        });
        Request request = get(server.url());
        request.timeoutMs = 0;
        request.stallSeconds = 1;
        const auto reply = client.send(request);
        QVERIFY(!reply);
        QCOMPARE(reply.error().kind, ErrorKind::TimedOut);
    }
    void aRequestIsNotSignedWithHalfACredential() {
        Request request = get(QStringLiteral("http://127.0.0.1:9/"));
        request.aws = AwsSigning{QStringLiteral("key"), {}, {}, QStringLiteral("us-east-1")};
        QCOMPARE(client.send(request).error().kind, ErrorKind::Invalid);
    }
    void aReplyComesWithStatusHeadersAndBody() {
        QByteArray seen;
        LoopbackServer server([&](auto &c, int) {
            seen = c.readRequest();
            c.reply(200, "hello", "X-Kind: a b\r\nx-kind: second\r\n");
        });
        Request request = get(server.url("/a?b=c%20d"));
        request.headers = {{"X-Api-Key", "k"}, {"Origin", "http://evil.example"}, {"X-Empty", ""}};
        const auto reply = client.send(request);
        QVERIFY2(reply, reply ? "" : qPrintable(reply.error().text()));
        QCOMPARE(reply->status, 200);
        QCOMPARE(reply->body, QByteArray("hello"));
        QCOMPARE(reply->header("X-KIND"), QByteArray("a b"));
        QCOMPARE(reply->header("none"), QByteArray());
        QVERIFY(seen.startsWith("GET /a?b=c%20d HTTP/1.1\r\n"));
        QVERIFY(seen.contains("X-Api-Key: k\r\n"));
        QVERIFY(seen.contains("X-Empty:\r\n"));
        QVERIFY(!seen.toLower().contains("origin"));
        QVERIFY(!seen.toLower().contains("content-type"));
    }

    void methodsCarryTheirBodies_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("length");
        QTest::newRow("POST with a body") << QByteArray("POST") << QByteArray("{\"a\":1}") << QByteArray("Content-Length: 7");
        QTest::newRow("POST with nothing") << QByteArray("POST") << QByteArray() << QByteArray("Content-Length: 0");
        QTest::newRow("PUT with a NUL inside") << QByteArray("PUT") << QByteArray("a\0b", 3) << QByteArray("Content-Length: 3");
        QTest::newRow("PATCH") << QByteArray("PATCH") << QByteArray("x") << QByteArray("Content-Length: 1");
        QTest::newRow("DELETE without a body") << QByteArray("DELETE") << QByteArray() << QByteArray();
        QTest::newRow("DELETE with a body") << QByteArray("DELETE") << QByteArray("x") << QByteArray("Content-Length: 1");
    }
    void methodsCarryTheirBodies() {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, length);
        QByteArray seen;
        LoopbackServer server([&](auto &c, int) {
            seen = c.readRequest();
            c.reply(200, "ok");
        });
        Request request = get(server.url());
        request.method = method;
        request.body = body;
        QVERIFY(client.send(request));
        QVERIFY(seen.startsWith(method + " / HTTP/1.1\r\n"));
        QVERIFY(seen.endsWith("\r\n\r\n" + body));
        QVERIFY2(seen.contains(length), seen.constData());
        QVERIFY(!seen.contains("Expect:"));
        QCOMPARE(seen.contains("Content-Type: application/json\r\n"), !body.isEmpty());
    }

    void aHeadHasNoBody() {
        LoopbackServer server([](auto &c, int) {
            c.readRequest();
            c.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            c.waitForClose();
        });
        Request request = get(server.url());
        request.method = "HEAD";
        const auto reply = client.send(request);
        QVERIFY(reply);
        QCOMPARE(reply->header("content-length"), QByteArray("1000"));
        QVERIFY(reply->body.isEmpty());
    }

    void connectionsAreKeptAndShared() {
        LoopbackServer server([](auto &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(200, "ok");
        });
        HttpClient own; // the first's kept connections do not matter here
        for (int i = 0; i < 5; ++i)
            QVERIFY(own.send(get(server.url())));
        QCOMPARE(server.connections(), 1);
    }

    void manyThreadsShareOneClient() {
        LoopbackServer server([](auto &c, int) {
            for (QByteArray r = c.readRequest(); !r.isEmpty(); r = c.readRequest())
                c.reply(200, r.mid(5, r.indexOf(' ', 5) - 5));
        });
        std::atomic<int> good = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 8; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < 20; ++i) {
                    const QByteArray path = QByteArray::number(t) + '-' + QByteArray::number(i);
                    const auto reply = client.send(get(server.url(("/" + path).constData())));
                    good += reply && reply->body == path;
                }
            });
        for (auto &thread : threads)
            thread.join();
        QCOMPARE(good.load(), 160);
    }

    void chunksAndCompressionAreUnderstood() {
        const QByteArray text = QByteArray("abc").repeated(10000);
        LoopbackServer server([&](auto &c, int number) {
            c.readRequest();
            if (number == 0)
                c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
            else
                c.reply(200, gzipped(text), "Content-Encoding: gzip\r\n");
        });
        HttpClient own;
        QCOMPARE(own.send(get(server.url()))->body, QByteArray("hello world"));
        QCOMPARE(own.send(get(server.url()))->body, text);
    }

    void aStreamIsGivenPieceByPiece() {
        Gate firstRead;
        LoopbackServer server([&](auto &c, int) {
            c.readRequest();
            c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n");
            firstRead.wait(); // the second piece is not sent before the first was taken
            c.write("4\r\ntwo\n\r\n0\r\n\r\n");
        });
        QByteArray all;
        Request request = get(server.url());
        request.onData = [&](const char *bytes, std::size_t n) {
            all.append(bytes, qsizetype(n));
            if (all == "one\n")
                firstRead.open();
            return true;
        };
        const auto reply = client.send(request);
        QVERIFY(reply);
        QCOMPARE(all, QByteArray("one\ntwo\n"));
        QVERIFY(reply->body.isEmpty());
    }

    void aReaderMayEndAStream() {
        LoopbackServer server([](auto &c, int) {
            c.readRequest();
            c.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n");
            c.waitForClose();
        });
        Request request = get(server.url());
        request.timeoutMs = 0;
        request.onData = [](const char *, std::size_t) { return false; };
        const auto reply = client.send(request);
        QVERIFY(reply);
        QCOMPARE(reply->status, 200);
    }

    void anErrorReplyOfAStreamIsKeptAsBody() {
        LoopbackServer server([](auto &c, int) {
            c.readRequest();
            c.reply(403, "no");
        });
        Request request = get(server.url());
        bool called = false;
        request.onData = [&](const char *, std::size_t) { return called = true; };
        const auto reply = client.send(request);
        QVERIFY(reply && !called);
        QCOMPARE(reply->body, QByteArray("no"));
    }

    void aSilentServerIsLeftAtOnce() {
        Gate asked, closed;
        LoopbackServer server([&](auto &c, int) {
            c.readRequest();
            asked.open();
            c.waitForClose();
            closed.open();
        });
        std::stop_source stop;
        Request request = get(server.url());
        request.timeoutMs = 0; // only the stop can end it
        Result<Response> reply = Error{};
        std::thread caller([&] { reply = client.send(request, stop.get_token()); });
        asked.wait();
        stop.request_stop();
        caller.join();
        closed.wait(); // the server sees the end of the connection
        QVERIFY(!reply);
        QCOMPARE(reply.error().kind, ErrorKind::Cancelled);
    }

    void aStopBeforehandSendsNothing() {
        LoopbackServer server([](auto &c, int) { c.readRequest(); });
        std::stop_source stop;
        stop.request_stop();
        const auto reply = client.send(get(server.url()), stop.get_token());
        QCOMPARE(reply.error().kind, ErrorKind::Cancelled);
        QCOMPARE(server.connections(), 0);
    }

    void theEndOfTheClientEndsItsCalls() {
        Gate asked;
        LoopbackServer server([&](auto &c, int) {
            c.readRequest();
            asked.open();
            c.waitForClose();
        });
        auto own = std::make_unique<HttpClient>();
        Request request = get(server.url());
        request.timeoutMs = 0;
        Result<Response> reply = Error{};
        std::thread caller([&, raw = own.get()] { reply = raw->send(request); });
        asked.wait();
        own.reset();
        caller.join();
        QCOMPARE(reply.error().kind, ErrorKind::Cancelled);
    }

    void aServerThatNeverAnswersRunsOutOfTime() {
        LoopbackServer server([](auto &c, int) {
            c.readRequest();
            c.waitForClose();
        });
        Request request = get(server.url());
        request.timeoutMs = 100;
        const auto reply = client.send(request);
        QVERIFY(!reply);
        QCOMPARE(reply.error().kind, ErrorKind::TimedOut);
        QVERIFY(reply.error().what.contains(QString::number(server.port())));
    }

    void failuresAreNamed_data() {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<bool>("reset");
        QTest::addColumn<QString>("message");
        QTest::newRow("closed without an answer") << QByteArray() << false << "broke before the reply was complete";
        QTest::newRow("reset without an answer") << QByteArray() << true << "broke before the reply was complete";
        QTest::newRow("half of the body") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") << false << "broke before the reply was complete";
        QTest::newRow("half of a chunk") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nx") << false << "broke before the reply was complete";
        QTest::newRow("no HTTP at all") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n") << false << "was not understood";
        QTest::newRow("a broken chunk") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx") << false << "";
        QTest::newRow("broken compression") << QByteArray("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd") << false << "was not understood";
    }
    void failuresAreNamed() {
        QFETCH(QByteArray, answer);
        QFETCH(bool, reset);
        QFETCH(QString, message);
        LoopbackServer server([&](auto &c, int) {
            c.readRequest();
            c.write(answer);
            if (reset)
                c.breakOff();
        });
        const auto reply = client.send(get(server.url("/x?token=abc")));
        QVERIFY(!reply);
        QCOMPARE(reply.error().kind, ErrorKind::Unreachable);
        QVERIFY2(reply.error().what.contains(message), qPrintable(reply.error().text()));
        QCOMPARE(reply.error().where, QStringLiteral("GET ") + server.url("/x"));
        QVERIFY(!reply.error().hint.isEmpty());
    }

    void aHalfClosedServerStillGivesItsReply() {
        LoopbackServer server([](auto &c, int) {
            c.readRequest();
            c.write("HTTP/1.1 200 OK\r\n\r\nuntil the end");
            c.halfClose();
            c.waitForClose();
        });
        QCOMPARE(client.send(get(server.url()))->body, QByteArray("until the end"));
    }

    /// Closed in the middle of the headers: no reply, although libcurl is content.
    void aCutHeadIsABrokenConnection() {
        std::atomic<int> asked = 0;
        LoopbackServer server([&](auto &c, int) {
            c.readRequest();
            ++asked;
            c.write("HTTP/1.1 200 OK\r\nServer: uvi");
        });
        Request request;
        request.url = server.url();
        const auto reply = HttpClient().send(request);
        QVERIFY(!reply);
        QCOMPARE(reply.error().kind, ErrorKind::Unreachable);
        QCOMPARE(asked.load(), 2); // a GET may be sent again
    }
    void nobodyListeningIsSaid() {
        int port = 0;
        {
            LoopbackServer server([](auto &, int) {});
            port = server.port();
        }
        const auto reply = client.send(get(QStringLiteral("http://127.0.0.1:%1/").arg(port)));
        QVERIFY(!reply);
        QCOMPARE(reply.error().kind, ErrorKind::Unreachable);
        QVERIFY2(reply.error().what.contains(QStringLiteral("connection refused")), qPrintable(reply.error().text()));
    }

    void aBrokenConnectionIsTriedOnceMoreIfThatIsSafe_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<int>("idempotent");
        QTest::addColumn<int>("broken");
        QTest::addColumn<int>("connections");
        QTest::addColumn<bool>("answered");
        QTest::newRow("a GET comes through at the second time") << QByteArray("GET") << -1 << 1 << 2 << true;
        QTest::newRow("a GET is not tried a third time") << QByteArray("GET") << -1 << 2 << 2 << false;
        QTest::newRow("a POST is sent once") << QByteArray("POST") << -1 << 1 << 1 << false;
        QTest::newRow("a POST that says it may is sent again") << QByteArray("POST") << 1 << 1 << 2 << true;
        QTest::newRow("a GET that says it must not is sent once") << QByteArray("GET") << 0 << 1 << 1 << false;
    }
    void aBrokenConnectionIsTriedOnceMoreIfThatIsSafe() {
        QFETCH(QByteArray, method);
        QFETCH(int, idempotent);
        QFETCH(int, broken);
        QFETCH(int, connections);
        QFETCH(bool, answered);
        LoopbackServer server([&](auto &c, int number) {
            c.readRequest();
            if (number >= broken)
                c.reply(200, "ok");
        });
        Request request = get(server.url());
        request.method = method;
        if (idempotent >= 0)
            request.idempotent = idempotent == 1;
        const auto reply = client.send(request);
        QCOMPARE(bool(reply), answered);
        QCOMPARE(server.connections(), connections);
    }

    /// curl itself repeats a request on a kept connection that turns out dead; a POST must not be.
    void aPostIsNotRepeatedOnAKeptConnectionThatDied() {
        std::atomic<int> posts = 0;
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray r = c.readRequest(); !r.isEmpty(); r = c.readRequest()) {
                if (r.startsWith("POST")) {
                    ++posts;
                    return;
                }
                c.reply(200, "ok");
            }
        });
        HttpClient own;
        QVERIFY(own.send(get(server.url())));
        Request request = get(server.url());
        request.method = "POST";
        QVERIFY(!own.send(request));
        QCOMPARE(posts.load(), 1);
    }

    void aRequestToWaitIsObeyed_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("retryAfter");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<int>("result");
        QTest::newRow("503 with a time comes through") << 503 << QByteArray("0") << QByteArray("GET") << 200;
        QTest::newRow("429 with a time comes through") << 429 << QByteArray("0") << QByteArray("GET") << 200;
        QTest::newRow("503 without a time is the answer") << 503 << QByteArray() << QByteArray("GET") << 503;
        QTest::newRow("a wait that is too long is the answer") << 429 << QByteArray("3600") << QByteArray("GET") << 429;
        QTest::newRow("a POST is not repeated") << 503 << QByteArray("0") << QByteArray("POST") << 503;
        QTest::newRow("500 is the answer") << 500 << QByteArray("0") << QByteArray("GET") << 500;
    }
    void aRequestToWaitIsObeyed() {
        QFETCH(int, status);
        QFETCH(QByteArray, retryAfter);
        QFETCH(QByteArray, method);
        QFETCH(int, result);
        std::atomic<int> asked = 0;
        LoopbackServer server([&](auto &c, int) {
            while (!c.readRequest().isEmpty())
                asked++ == 0 ? c.reply(status, "wait", retryAfter.isEmpty() ? QByteArray() : "Retry-After: " + retryAfter + "\r\n") : c.reply(200, "ok");
        });
        Request request = get(server.url());
        request.method = method;
        const auto reply = client.send(request);
        QVERIFY(reply);
        QCOMPARE(reply->status, result);
        QCOMPARE(asked.load(), result == 200 ? 2 : 1);
    }

    void aWaitThatTheServerAskedForCanBeStopped() {
        Gate asked;
        LoopbackServer server([&](auto &c, int) {
            while (!c.readRequest().isEmpty()) {
                c.reply(503, "wait", "Retry-After: 25\r\n");
                asked.open();
            }
        });
        std::stop_source stop;
        Result<Response> reply = Error{};
        std::thread caller([&] { reply = client.send(get(server.url()), stop.get_token()); });
        asked.wait();
        stop.request_stop();
        caller.join();
        QCOMPARE(reply.error().kind, ErrorKind::Cancelled);
    }

    void aReplyThatIsTooLongIsRefused() {
        LoopbackServer server([](auto &c, int) {
            c.readRequest();
            c.reply(200, gzipped(QByteArray(1 << 20, 'x')), "Content-Encoding: gzip\r\n");
        });
        Request request = get(server.url());
        request.maxBytes = 1000;
        const auto reply = client.send(request);
        QVERIFY(!reply);
        QCOMPARE(reply.error().kind, ErrorKind::Invalid);
        QVERIFY(reply.error().what.contains(QStringLiteral("longer than 1000 bytes")));
    }

    void wrongRequestsAreNotSent_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("header");
        QTest::newRow("a file URL") << "file:///etc/passwd" << QByteArray("GET") << QByteArray("x");
        QTest::newRow("no host") << "http:///x" << QByteArray("GET") << QByteArray("x");
        QTest::newRow("not a URL") << "hello" << QByteArray("GET") << QByteArray("x");
        QTest::newRow("a line feed in a header") << "http://127.0.0.1:9/" << QByteArray("GET") << QByteArray("x\r\nX-More: y");
        QTest::newRow("a line feed in the method") << "http://127.0.0.1:9/" << QByteArray("GET / HTTP/1.1\r\n") << QByteArray("x");
    }
    void wrongRequestsAreNotSent() {
        QFETCH(QString, url);
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, header);
        Request request = get(url);
        request.method = method;
        request.headers = {{"X-Test", header}};
        const auto reply = client.send(request);
        QVERIFY(!reply);
        QCOMPARE(reply.error().kind, ErrorKind::Invalid);
    }

    void redirectsAreGivenBack() {
        LoopbackServer server([](auto &c, int) {
            c.readRequest();
            c.reply(302, "", "Location: http://127.0.0.1:1/elsewhere\r\n");
        });
        const auto reply = client.send(get(server.url()));
        QVERIFY(reply);
        QCOMPARE(reply->status, 302);
    }

    void theProxyOfTheEnvironmentIsUsedButNotForLoopback() {
        QByteArray seen;
        LoopbackServer proxy([&](auto &c, int) {
            seen = c.readRequest();
            c.reply(200, "by proxy");
        });
        LoopbackServer direct([](auto &c, int) {
            c.readRequest();
            c.reply(200, "direct");
        });
        const QByteArray before = qgetenv("http_proxy"), no = qgetenv("no_proxy"), upper = qgetenv("NO_PROXY");
        qputenv("http_proxy", proxy.url().toUtf8());
        qunsetenv("no_proxy");
        qunsetenv("NO_PROXY");
        const auto far = client.send(get(QStringLiteral("http://host.invalid/x")));
        const auto near = client.send(get(direct.url()));
        before.isEmpty() ? qunsetenv("http_proxy") : qputenv("http_proxy", before);
        no.isEmpty() ? qunsetenv("no_proxy") : qputenv("no_proxy", no);
        upper.isEmpty() ? qunsetenv("NO_PROXY") : qputenv("NO_PROXY", upper);
        QVERIFY2(far, far ? "" : qPrintable(far.error().text()));
        QCOMPARE(far->body, QByteArray("by proxy"));
        QVERIFY(seen.startsWith("GET http://host.invalid/x HTTP/1.1"));
        QCOMPARE(near->body, QByteArray("direct"));
    }

    void aPrivateCaIsTrustedWhenNamed() {
        const QString openssl = QStandardPaths::findExecutable(QStringLiteral("openssl"));
        if (openssl.isEmpty())
            QSKIP("skipped: openssl is not installed");
        QTemporaryDir dir;
        const QString key = dir.filePath(QStringLiteral("key.pem")), certificate = dir.filePath(QStringLiteral("cert.pem"));
        QProcess make;
        make.start(openssl, {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("ec"), QStringLiteral("-pkeyopt"),
                             QStringLiteral("ec_paramgen_curve:prime256v1"), QStringLiteral("-nodes"), QStringLiteral("-keyout"), key, QStringLiteral("-out"), certificate,
                             QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-subj"), QStringLiteral("/CN=localhost"), QStringLiteral("-addext"),
                             QStringLiteral("subjectAltName=IP:127.0.0.1")});
        QVERIFY(make.waitForFinished(30000) && make.exitCode() == 0);
        QProcess server;
        server.setProcessChannelMode(QProcess::MergedChannels);
        server.start(openssl, {QStringLiteral("s_server"), QStringLiteral("-accept"), QStringLiteral("127.0.0.1:0"), QStringLiteral("-key"), key, QStringLiteral("-cert"),
                               certificate, QStringLiteral("-www")});
        QByteArray said;
        while (!said.contains("ACCEPT") && server.waitForReadyRead(10000))
            said += server.readAll();
        const qsizetype at = said.indexOf("ACCEPT 127.0.0.1:");
        QVERIFY2(at >= 0, said.constData());
        const QByteArray port = said.mid(at + 17, said.indexOf('\n', at) - at - 17).trimmed();
        Request request = get(QStringLiteral("https://127.0.0.1:%1/").arg(QString::fromLatin1(port)));
        const auto distrusted = client.send(request);
        request.caFile = certificate;
        const auto trusted = client.send(request);
        request.caFile = key;
        const auto wrongFile = client.send(request);
        request.caFile = dir.filePath(QStringLiteral("none.pem"));
        const auto noFile = client.send(request);
        server.kill();
        server.waitForFinished();
        QVERIFY(!distrusted);
        QCOMPARE(distrusted.error().kind, ErrorKind::Unreachable);
        QVERIFY(distrusted.error().hint.contains(QStringLiteral("ca_file")));
        QVERIFY2(trusted, trusted ? "" : qPrintable(trusted.error().text() + trusted.error().raw));
        QCOMPARE(trusted->status, 200);
        QCOMPARE(wrongFile.error().kind, ErrorKind::Invalid);
        QCOMPARE(noFile.error().kind, ErrorKind::Invalid);
    }

    void aStatusBecomesAnError_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, int status, const char *body, ErrorKind kind, const char *message) {
            QTest::newRow(name) << status << QByteArray(body) << int(kind) << QString::fromUtf8(message);
        };
        row("no right", 401, "", ErrorKind::Denied, "(HTTP 401).");
        row("forbidden", 403, "", ErrorKind::Denied, "lacks the right");
        row("not there, in the words of our own server", 404, R"({"error":{"kind":"not_found","what":"No model “x”.","hint":"Ask /model-info."}})", ErrorKind::NotFound, "No model “x”. Ask /model-info.");
        row("not there, in the words of MLflow", 404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Registered Model with name=x not found"})", ErrorKind::NotFound, "Registered Model with name=x not found");
        row("a conflict", 409, "<html>", ErrorKind::Conflict, "(HTTP 409).");
        row("a bad request, in the words of KServe", 400, R"({"error":"Unrecognized request format"})", ErrorKind::Invalid, ": Unrecognized request format");
        row("a broken schema, in the words of FastAPI", 422, R"({"detail":"field required"})", ErrorKind::Invalid, ": field required");
        row("a broken server", 500, "oops", ErrorKind::Unreachable, "The server failed (HTTP 500).");
        row("a gateway that gave up", 504, "", ErrorKind::TimedOut, "did not answer in time");
        row("a secret in the body is hidden", 400, R"({"message":"bad token=abc123"})", ErrorKind::Invalid, "bad token=•••");
    }
    void aStatusBecomesAnError() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, kind);
        QFETCH(QString, message);
        Response response;
        response.status = status;
        response.body = body;
        const Error error = statusError(get(QStringLiteral("http://u:p@h/x?api_key=1")), response);
        QCOMPARE(int(error.kind), kind);
        QVERIFY2(error.text().contains(message), qPrintable(error.text()));
        QCOMPARE(error.where, QStringLiteral("GET http://h/x"));
        QVERIFY(!error.raw.contains(QStringLiteral("abc123")));
    }
};

QTEST_GUILESS_MAIN(tst_Http)
#include "tst_http.moc"

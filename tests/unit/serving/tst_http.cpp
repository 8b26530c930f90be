// SPDX-License-Identifier: GPL-3.0-or-later
// What comes over the wire when clients are slow, greedy, broken or hostile.
#include "tests/unit/serving/serving_fixture.h"

#include <QtTest>

#include <thread>

using namespace pilothouse;
using namespace pilothouse::serving;
using namespace pilothouse::serving::testing;

class TestHttp : public QObject {
    Q_OBJECT
    std::unique_ptr<Served> m_served;

    void serve(const HttpLimits &limits) {
        m_served = std::make_unique<Served>();
        m_served->options.limits = limits;
        QVERIFY(m_served->start());
    }

private Q_SLOTS:
    void cleanup() { m_served.reset(); }

    void garbageIsRefusedAndTheConnectionClosed_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        QTest::newRow("no HTTP at all") << QByteArray("\x16\x03\x01 hello\r\n\r\n") << 400;
        QTest::newRow("a request line without a version") << QByteArray("GET /health\r\n\r\n") << 400;
        QTest::newRow("a field without a colon") << QByteArray("GET /health HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n") << 400;
        QTest::newRow("a length that is no number") << QByteArray("POST /predict HTTP/1.1\r\nContent-Length: ten\r\n\r\n") << 400;
        QTest::newRow("two different lengths") << QByteArray("POST /predict HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd") << 400;
        QTest::newRow("a broken chunk") << QByteArray("POST /predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") << 400;
        QTest::newRow("a body above the limit") << QByteArray("POST /predict HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n") << 413;
        QTest::newRow("chunks above the limit") << QByteArray("POST /predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n") + QByteArray(4096, 'x') << 413;
        QTest::newRow("a header above the limit") << QByteArray("GET /health HTTP/1.1\r\nX-Long: ") + QByteArray(9000, 'x') + "\r\n\r\n" << 431;
    }
    void garbageIsRefusedAndTheConnectionClosed() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        HttpLimits limits;
        limits.bodyBytes = 2000;
        limits.headerBytes = 8000;
        serve(limits);
        Wire wire(m_served->port());
        QVERIFY(wire.sendRaw(bytes.toStdString()));
        const Answer answer = wire.receive();
        QCOMPARE(answer.status, status);
        QCOMPARE(answer.header("Connection"), std::string("close"));
        QVERIFY(wire.closedByServer());
        Wire next(m_served->port());
        QCOMPARE(next.ask("GET", "/health").status, 200);
    }

    void pipelinedRequestsAreAnsweredInOrder() {
        serve({});
        Wire wire(m_served->port());
        std::string all;
        for (int i = 0; i < 300; ++i) {
            const std::string body = "{\"a\":" + std::to_string(i) + ",\"b\":0}";
            all += "POST /predict HTTP/1.1\r\nHost: x\r\nX-API-Key: the-api-key-of-this-test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
            if (i % 50 == 49) // one that goes another way inside the server must not be overtaken
                all += "GET /logs/1 HTTP/1.1\r\nHost: x\r\nX-API-Key: the-api-key-of-this-test\r\n\r\n";
        }
        std::thread sender([&] { QVERIFY(wire.sendRaw(all)); });
        for (int i = 0; i < 300; ++i) {
            QCOMPARE(wire.receive().json().value(QStringLiteral("prediction")).toDouble(), 1000.0 + i);
            if (i % 50 == 49)
                QCOMPARE(wire.receive().list().size(), 1);
        }
        sender.join();
    }

    void aRequestMayComeByteByByte() {
        serve({});
        Wire wire(m_served->port());
        for (const char c : std::string("POST /predict HTTP/1.1\r\nX-API-Key: the-api-key-of-this-test\r\nContent-Length: 15\r\n\r\n{\"a\":1, \"b\":2 }"))
            QVERIFY(wire.sendRaw(std::string(1, c)));
        QCOMPARE(wire.receive().status, 200);
    }

    void chunksAndContinueAreUnderstood() {
        serve({});
        Wire wire(m_served->port());
        QVERIFY(wire.sendRaw("POST /predict HTTP/1.1\r\nX-API-Key: the-api-key-of-this-test\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"));
        QCOMPARE(wire.receive().status, 100);
        QVERIFY(wire.sendRaw("7\r\n{\"a\":1,\r\n6\r\n\"b\":2}\r\n0\r\n\r\n"));
        const Answer answer = wire.receive();
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.json().value(QStringLiteral("prediction")).toDouble(), 1021.0);
    }

    void anOldClientIsAnsweredAndClosed() {
        serve({});
        Wire wire(m_served->port());
        QVERIFY(wire.sendRaw("GET /health HTTP/1.0\r\n\r\n"));
        QCOMPARE(wire.receive().status, 200);
        QVERIFY(wire.closedByServer());
    }

    void aSlowRequestGets408WhileOthersAreServed() {
        HttpLimits limits;
        limits.requestSeconds = 1;
        serve(limits);
        Wire slow(m_served->port());
        QVERIFY(slow.sendRaw("POST /predict HTTP/1.1\r\nContent-Len"));
        Wire other(m_served->port());
        QCOMPARE(other.ask("GET", "/health").status, 200);
        QCOMPARE(slow.receive().status, 408);
        QVERIFY(slow.closedByServer());
    }

    void anIdleConnectionIsClosed() {
        HttpLimits limits;
        limits.idleSeconds = 1;
        serve(limits);
        Wire wire(m_served->port());
        QCOMPARE(wire.ask("GET", "/health").status, 200);
        QVERIFY(wire.closedByServer());
    }

    void aConnectionAboveTheLimitIsTurnedAway() {
        HttpLimits limits;
        limits.connections = 2;
        serve(limits);
        Wire first(m_served->port()), second(m_served->port());
        QCOMPARE(first.ask("GET", "/health").status, 200);
        QCOMPARE(second.ask("GET", "/health").status, 200);
        Wire third(m_served->port());
        const Answer answer = third.receive();
        QCOMPARE(answer.status, 503);
        QVERIFY(!answer.header("Retry-After").empty());
        QCOMPARE(first.ask("GET", "/health").status, 200);
    }

    void aLargeBatchGoesThroughWhole() {
        HttpLimits limits;
        limits.bodyBytes = 8 << 20;
        serve(limits);
        std::string body = "{\"rows\":[";
        for (int i = 0; i < 50000; ++i)
            body += (i ? ",[" : "[") + std::to_string(i) + ",0,\"west\"]";
        Wire wire(m_served->port());
        const QJsonArray predictions = wire.ask("POST", "/predict", body + "]}").json().value(QStringLiteral("predictions")).toArray();
        QCOMPARE(predictions.size(), 50000);
        for (const int i : {0, 1, 49999})
            QCOMPARE(predictions.at(i).toDouble(), 1000.0 + i);
    }

    void aTakenPortIsAConflict() {
        serve({});
        Served other;
        other.options.port = m_served->port();
        const auto started = other.start();
        QVERIFY(!started);
        QCOMPARE(started.error().kind, ErrorKind::Conflict);
        QVERIFY(started.error().hint.contains(QStringLiteral("--port")));
    }

    void aStopAnswersWhatIsUnderWay() {
        serve({});
        std::vector<std::thread> clients;
        std::atomic<int> broken{0}, answered{0};
        for (int i = 0; i < 8; ++i)
            clients.emplace_back([&] {
                Wire wire(m_served->port());
                while (true) {
                    const Answer answer = wire.ask("POST", "/predict", R"({"a":1,"b":2})");
                    if (answer.status == 0) {
                        broken += answer.head.empty() ? 0 : 1; // an answer cut in the middle
                        return;
                    }
                    ++answered;
                    if (answer.header("Connection") == "close")
                        return;
                }
            });
        while (answered < 500)
            std::this_thread::yield();
        m_served->server->stop();
        for (std::thread &client : clients)
            client.join();
        QCOMPARE(broken.load(), 0);
        QVERIFY(answered >= 500);
    }
};

QTEST_GUILESS_MAIN(TestHttp)
#include "tst_http.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// What the server does not take: more than its memory, models that do not fit, more than its queue; and that it ends what it took.
#include "core/base/memory.h"
#include "tests/unit/serving/serving_fixture.h"

#include <QFile>
#include <QtTest>

#include <semaphore>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::serving;
using namespace pilothouse::serving::testing;
using Q = QLatin1String;

namespace {

/// Waits in its second call until it is let go.
class WaitingScorer final : public artifact::Scorer {
public:
    WaitingScorer() : m_plain(0) {}
    const artifact::Signature &signature() const override { return m_plain.signature(); }
    Result<artifact::Predictions> score(const data::Rows &rows) const override {
        if (m_calls++ > 0) {
            m_inside.release();
            m_goOn.acquire();
        }
        return m_plain.score(rows);
    }
    mutable std::binary_semaphore m_inside{0}, m_goOn{0};

private:
    PlainScorer m_plain;
    mutable std::atomic<int> m_calls{0};
};

} // namespace

class TestGuard : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { limitMemory(0); }

    void aboveTheMemoryLimitPredictionsAreRefused() {
        Served served;
        std::atomic<qint64> resident{qint64(50) << 20};
        QStringList lines;
        served.options.memoryBytes = qint64(100) << 20;
        served.options.residentBytes = [&] { return resident.load(); };
        served.options.report = [&](const QString &line) { lines << line; };
        served.options.tickMs = 0;
        QVERIFY(served.start());
        Wire wire(served.port());
        const auto ask = [&] { return wire.ask("POST", "/predict", R"({"a":1})"); };
        served.server->tick();
        QCOMPARE(ask().status, 200);

        resident = qint64(120) << 20;
        served.server->tick();
        const Answer refused = ask();
        QCOMPARE(refused.status, 503);
        QCOMPARE(refused.header("Retry-After"), std::string("1"));
        QVERIFY(refused.body.find("memory limit") != std::string::npos);
        QCOMPARE(wire.ask("GET", "/health").status, 200); // it lives
        QCOMPARE(lines.filter(QStringLiteral("120.0 MiB of memory are in use, the limit is 100.0 MiB")).size(), 1);
        const QJsonObject memory = wire.ask("GET", "/metrics").json().value(Q("memory")).toObject();
        QCOMPARE(memory.value(Q("refused")).toInt(), 1);
        QCOMPARE(memory.value(Q("full")).toBool(), true);
        QVERIFY(wire.ask("GET", "/metrics/prometheus").body.find("pilothouse_memory_refused_total{model=\"t2m\"} 1\n") != std::string::npos);

        resident = qint64(97) << 20; // not yet: it must not flutter
        served.server->tick();
        QCOMPARE(ask().status, 503);
        resident = qint64(90) << 20;
        served.server->tick();
        QCOMPARE(ask().status, 200);
        QCOMPARE(lines.filter(QStringLiteral("answered again; 2 were refused")).size(), 1);
    }

    void aModelThatDoesNotFitIsNotLoaded() {
        Served served;
        QTemporaryDir package;
        QFile weights(package.filePath(QStringLiteral("model.bin")));
        QVERIFY(weights.open(QIODevice::WriteOnly) && weights.resize(qint64(256) << 20)); // a hole: it takes no disk
        served.shelf.put(package.path(), std::make_shared<PlainScorer>(2000));
        QVERIFY(served.start());
        limitMemory(residentMemory() + (qint64(128) << 20));
        const auto started = served.server->control().start(revisionOf(2, package.path()), {10, 100});
        QVERIFY(!started);
        QCOMPARE(started.error().kind, ErrorKind::Refused);
        QVERIFY2(started.error().what.startsWith(QStringLiteral("Loading version 2 needs about 512.0 MiB of memory")), qPrintable(started.error().text()));
        QVERIFY(started.error().hint.contains(QStringLiteral("--max-memory")));
        Wire wire(served.port());
        QCOMPARE(wire.ask("POST", "/predict", R"({"a":1})").status, 200); // what was served goes on
        QCOMPARE(wire.admin("POST", "/admin/rollout/start", [&] {
                         QJsonObject body = revisionOf(2, package.path()).toJson();
                         body.insert(Q("steps"), QJsonArray{100});
                         return body;
                     }()).status, 409);
        limitMemory(0);
        QVERIFY(served.server->control().start(revisionOf(2, package.path()), {10, 100}));
    }

    void aFullQueueSaysWhenToComeAgain() {
        Served served;
        served.options.limits.slowWaiting = 0;
        QVERIFY(served.start());
        Wire wire(served.port());
        const Answer refused = wire.ask("GET", "/metrics");
        QCOMPARE(refused.status, 503);
        QCOMPARE(refused.header("Retry-After"), std::string("1"));
        QCOMPARE(wire.ask("POST", "/predict", R"({"a":1})").status, 200);
    }

    void whatIsUnderWayIsAnsweredBeforeTheEnd() {
        Served served;
        const auto model = std::make_shared<WaitingScorer>();
        served.shelf.put(QStringLiteral("v1"), model);
        QVERIFY(served.start());
        std::string body = R"({"rows":[[1,2,"east"])";
        while (body.size() < (300u << 10)) // the slow pool's, so that the I/O threads are free
            body += R"(,[1,2,"east"])";
        body += "]}";
        Wire wire(served.port());
        QVERIFY(wire.sendRaw("POST /predict HTTP/1.1\r\nHost: a\r\nX-API-Key: the-api-key-of-this-test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
        model->m_inside.acquire();
        const unsigned short port = served.port();
        std::thread end([&] { served.server->stop(20); });
        QTRY_VERIFY(!Wire(port).open()); // nothing new is taken
        model->m_goOn.release();
        const Answer answer = wire.receive();
        end.join();
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.body.find("\"predictions\":[121,121,") != std::string::npos);
        QVERIFY(wire.closedByServer());
    }
};

QTEST_GUILESS_MAIN(TestGuard)
#include "tst_guard.moc"

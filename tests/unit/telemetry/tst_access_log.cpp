// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/access_log.h"

#include <QTest>

#include <cmath>

using namespace pilothouse::telemetry;

class TestAccessLog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesOfTheUsualServers_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("status"); // 0: no line of an answer
        QTest::addColumn<double>("milliseconds"); // -1: not told
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("uvicorn") << QByteArray("INFO:     10.1.0.7:51234 - \"POST /predict HTTP/1.1\" 200 OK") << 200 << -1.0 << QByteArray("/predict");
        QTest::newRow("uvicorn, refused") << QByteArray("INFO:     10.1.0.7:51234 - \"GET /predict?key=a%20b HTTP/1.1\" 401 Unauthorized") << 401 << -1.0 << QByteArray("/predict?key=a%20b");
        QTest::newRow("gunicorn, combined") << QByteArray("10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] \"POST /predict HTTP/1.1\" 500 34 \"-\" \"python-requests/2.31\"") << 500 << -1.0 << QByteArray("/predict");
        QTest::newRow("nginx with its time") << QByteArray("10.0.0.1 - bob [21/Nov/2026:10:00:00 +0000] \"GET / HTTP/2.0\" 304 0 \"-\" \"curl/8\" 0.012") << 304 << 12.0 << QByteArray("/");
        QTest::newRow("nginx ingress, named time") << QByteArray("1.2.3.4 \"GET /a HTTP/1.1\" 502 1 rt=1.250 uct=0.001") << 502 << 1250.0 << QByteArray("/a");
        QTest::newRow("werkzeug") << QByteArray("127.0.0.1 - - [21/Nov/2026 10:00:00] \"GET /health HTTP/1.1\" 200 -") << 200 << -1.0 << QByteArray("/health");
        QTest::newRow("with a unit") << QByteArray("\"POST /predict HTTP/1.1\" 200 18ms") << 200 << 18.0 << QByteArray("/predict");
        QTest::newRow("logfmt") << QByteArray("time=2026-11-21T10:00:00Z level=info method=POST path=/predict status=201 duration=1.5ms") << 201 << 1.5 << QByteArray("/predict");
        QTest::newRow("logfmt in seconds") << QByteArray("status=503 latency=0.25 uri=/x") << 503 << 250.0 << QByteArray("/x");
        QTest::newRow("gin") << QByteArray("[GIN] 2026/11/21 - 10:00:00 | 404 |     850µs |   10.0.0.2 | GET      \"/nope\"") << 404 << 0.85 << QByteArray("/nope");
        QTest::newRow("JSON") << QByteArray("{\"method\":\"POST\",\"path\":\"/predict\",\"status\":200,\"duration_ms\":7.5}") << 200 << 7.5 << QByteArray("/predict");
        QTest::newRow("JSON, status as text, time with its unit") << QByteArray("{\"status_code\":\"500\",\"latency\":\"12ms\"}") << 500 << 12.0 << QByteArray();
        QTest::newRow("JSON, Elastic's names") << QByteArray("{\"http\":{\"response\":{\"status_code\":401}}}") << 401 << -1.0 << QByteArray();
        QTest::newRow("JSON around a line") << QByteArray("{\"level\":\"info\",\"message\":\"10.0.0.1 - \\\"GET /a HTTP/1.1\\\" 200 OK\"}") << 200 << -1.0 << QByteArray("/a");
        QTest::newRow("a word like one") << QByteArray("Loaded 200 rows of status 5") << 0 << -1.0 << QByteArray();
        QTest::newRow("another number") << QByteArray("\"GET /a HTTP/1.1\" 999 x") << 0 << -1.0 << QByteArray();
        QTest::newRow("JSON without an answer") << QByteArray("{\"level\":\"info\",\"message\":\"model loaded\"}") << 0 << -1.0 << QByteArray();
        QTest::newRow("cut JSON") << QByteArray("{\"status\":200,\"pa") << 0 << -1.0 << QByteArray();
        QTest::newRow("nothing") << QByteArray("  ") << 0 << -1.0 << QByteArray();
        QTest::newRow("not UTF-8") << QByteArray("\xff\xfe \"GET /a HTTP/1.1\" 200 OK") << 200 << -1.0 << QByteArray("/a");
    }
    void linesOfTheUsualServers() {
        QFETCH(QByteArray, text);
        QFETCH(int, status);
        QFETCH(double, milliseconds);
        QFETCH(QByteArray, path);
        const auto line = accessLine(text);
        QCOMPARE(line ? line->status : 0, status);
        if (!line)
            return;
        QCOMPARE(line->milliseconds.value_or(-1), milliseconds);
        QCOMPARE(line->path, path);
    }

    void linesAddUpByMinute() {
        const QDateTime from(QDate(2026, 11, 21), QTime(10, 0, 30), Qt::UTC), to = from.addSecs(150);
        TrafficCounter counter(from, to, 60);
        const auto add = [&](int second, int status, double ms) { counter.add(QDateTime(QDate(2026, 11, 21), QTime(10, 0, 0), Qt::UTC).addSecs(second), AccessLine{status, ms, {}, {}}); };
        add(40, 200, 10);
        add(50, 401, 20);
        add(59, 500, 30);
        add(130, 200, 5);
        add(-1, 200, 1); // before
        add(3600, 200, 1); // after
        const std::vector<TrafficBucket> buckets = counter.take();
        QCOMPARE(buckets.size(), std::size_t(3)); // 10:00, 10:01, 10:02, the first with what is asked of it
        QCOMPARE(buckets[0].start, QDateTime(QDate(2026, 11, 21), QTime(10, 0), Qt::UTC));
        QCOMPARE(buckets[0].requests, qint64(3));
        QCOMPARE(buckets[0].unauthorized, qint64(1));
        QCOMPARE(buckets[0].failed, qint64(1));
        QCOMPARE(*buckets[0].p50, 20.0);
        QVERIFY(std::abs(*buckets[0].p95 - 29) < 1e-9); // numpy.percentile([10, 20, 30], 95)
        QCOMPARE(buckets[1].requests, qint64(0));
        QVERIFY(!buckets[1].p50);
        QCOMPARE(*buckets[2].p99, 5.0);
    }
};

QTEST_GUILESS_MAIN(TestAccessLog)
#include "tst_access_log.moc"

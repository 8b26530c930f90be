// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/prometheus.h"
#include "tests/support/loopback_server.h"

#include <QtTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::telemetry;
using Q = QLatin1String;

namespace {

/// A Prometheus that says one thing to everything, and remembers what it was asked.
struct Said {
    int status = 200;
    QByteArray body;
    QByteArray asked;
    support::LoopbackServer server{[this](support::LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
            asked = request;
            c.reply(status, body, "Content-Type: application/json\r\n");
        }
    }};
    explicit Said(QByteArray text, int code = 200) : status(code), body(std::move(text)) {}
    Prometheus client(std::function<Result<QString>()> secret = {}, const QString &user = {}) { return Prometheus(std::make_shared<net::HttpClient>(), {server.url("/prom/"), user, std::move(secret), {}, 5000}); }
};

QByteArray vector(const QByteArray &samples, const QByteArray &more = {}) { return "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + samples + "]}" + more + "}"; }

} // namespace

class TestPrometheus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aVectorWithItsLabelsAndWarnings() {
        Said said(vector("{\"metric\":{\"job\":\"api\",\"pod\":\"a\"},\"value\":[1763800000.5,\"0.25\"]},{\"metric\":{},\"value\":[1763800000.5,\"NaN\"]}", ",\"warnings\":[\"w\"],\"infos\":[\"i\"]"));
        const auto answer = said.client().query(QStringLiteral("rate(x{a=\"b\"}[5m])+1"));
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().text()));
        QVERIFY2(said.asked.startsWith("GET /prom/api/v1/query?query=rate%28x%7Ba%3D%22b%22%7D%5B5m%5D%29%2B1 "), said.asked.left(120).constData()); // the plus, too
        QCOMPARE(answer->samples.size(), std::size_t(2));
        QCOMPARE(answer->samples[0].value, 0.25);
        QCOMPARE(answer->samples[0].labels.value(QStringLiteral("pod")), QStringLiteral("a"));
        QCOMPARE(answer->samples[0].time.toMSecsSinceEpoch(), qint64(1763800000500));
        QVERIFY(std::isnan(answer->samples[1].value));
        QCOMPARE(answer->warnings, (QStringList{QStringLiteral("w"), QStringLiteral("i")}));
    }

    void numbers_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("value");
        QTest::newRow("whole") << "42" << 42.0;
        QTest::newRow("small") << "1e-05" << 1e-5;
        QTest::newRow("infinite") << "+Inf" << double(INFINITY);
        QTest::newRow("minus infinite") << "-Inf" << -double(INFINITY);
    }
    void numbers() {
        QFETCH(QString, text);
        QTEST(prometheusNumber(text).value_or(-1), "value");
        QVERIFY(!prometheusNumber(text + QLatin1Char('x')));
    }

    void aRangeHasItsSeriesAndWhatIsNoNumber() {
        Said said("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"pod\":\"a\"},\"values\":[[1763800000,\"1.5\"],[1763800030.25,\"NaN\"],[1763800060,\"+Inf\"],[1763800090,\"-Inf\"]]},{\"metric\":{},\"values\":[]}]}}");
        const QDateTime from = QDateTime::fromMSecsSinceEpoch(1763800000500, Qt::UTC);
        const auto series = said.client().range(QStringLiteral("x"), from, from.addSecs(90), 30);
        QVERIFY2(series, series ? "" : qPrintable(series.error().text()));
        QVERIFY2(said.asked.startsWith("GET /prom/api/v1/query_range?query=x&start=1763800000.500&end=1763800090.500&step=30 "), said.asked.left(150).constData());
        QCOMPARE(series->size(), std::size_t(2));
        const auto &points = series->front().points;
        QCOMPARE(series->front().labels.value(QStringLiteral("pod")), QStringLiteral("a"));
        QCOMPARE(points.size(), std::size_t(4));
        QCOMPARE(points[0].second, 1.5);
        QVERIFY(std::isnan(points[1].second));
        QCOMPARE(points[1].first.toMSecsSinceEpoch(), qint64(1763800030250));
        QVERIFY(std::isinf(points[2].second) && points[2].second > 0);
        QVERIFY(std::isinf(points[3].second) && points[3].second < 0);
        QVERIFY((*series)[1].points.empty());
        QVERIFY(said.client().range(QStringLiteral("x"), from, from, 0)); // a step of nothing is one second
        QVERIFY(said.asked.contains("&step=1 "));
    }

    void aRangeThatIsTooLongIsRefusedInTheServersWords() {
        Said said(R"x({"status":"error","errorType":"bad_data","error":"exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"})x", 400);
        const QDateTime from = QDateTime::fromSecsSinceEpoch(1763800000, Qt::UTC);
        const auto refused = said.client().range(QStringLiteral("x"), from, from.addDays(30), 1);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Invalid);
        QVERIFY2(refused.error().text().contains(Q("11,000 points")), qPrintable(refused.error().text()));
        QVERIFY(said.client().range(QString(5000, QLatin1Char('x')), from, from.addDays(1), 60).error().kind == ErrorKind::Invalid);
        QVERIFY(said.asked.startsWith("POST /prom/api/v1/query_range ")); // too long for an address
        const auto other = Said(vector("")).client().range(QStringLiteral("x"), from, from.addDays(1), 60);
        QVERIFY(!other && other.error().kind == ErrorKind::Invalid);
        const auto broken = Said("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[1,\"many\"]]}]}}").client().range(QStringLiteral("x"), from, from.addDays(1), 60);
        QVERIFY(!broken);
    }

    void oneNumberIsWanted() {
        QCOMPARE(*Said("{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"7\"]}}").client().number(QStringLiteral("7")), 7.0);
        QCOMPARE(Said(vector("")).client().number(QStringLiteral("x")).error().kind, ErrorKind::NotFound);
        const auto several = Said(vector("{\"metric\":{\"pod\":\"a\"},\"value\":[1,\"1\"]},{\"metric\":{\"pod\":\"b\"},\"value\":[1,\"2\"]}")).client().number(QStringLiteral("x"));
        QCOMPARE(several.error().kind, ErrorKind::Invalid);
        QVERIFY2(several.error().what.contains(Q("2 series")) && several.error().what.contains(Q("{pod=b}")), qPrintable(several.error().what));
    }

    void whatIsNoNumberIsSaid() {
        const auto range = Said("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}").client().query(QStringLiteral("x[5m]"));
        QVERIFY2(!range && range.error().what.contains(Q("range of values")), "a range vector");
        const auto page = Said("<html>Grafana</html>").client().query(QStringLiteral("x"));
        QCOMPARE(page.error().kind, ErrorKind::Invalid);
        const auto other = Said("{\"status\":\"ok\"}").client().query(QStringLiteral("x"));
        QVERIFY2(other.error().what.contains(Q("does not answer like Prometheus")), qPrintable(other.error().what));
        const auto histogram = Said(vector("{\"metric\":{},\"histogram\":[1,{}]}")).client().query(QStringLiteral("x"));
        QVERIFY(histogram && histogram->samples.empty() && histogram->warnings.size() == 1);
        QCOMPARE(Said(vector("")).client().query(QStringLiteral("  ")).error().kind, ErrorKind::Invalid);
    }

    void errorsOfTheServer_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, int status, const char *body, ErrorKind kind, const char *says) { QTest::newRow(name) << status << QByteArray(body) << int(kind) << QString::fromLatin1(says); };
        row("a query that cannot be read", 400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error: unexpected end of input\"}", ErrorKind::Invalid, "parse error");
        row("one that cannot be carried out", 422, "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"too many samples\"}", ErrorKind::Invalid, "too many samples");
        row("one that takes too long", 503, "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"query timed out\"}", ErrorKind::TimedOut, "query timed out");
        row("a login", 401, "no", ErrorKind::Denied, "");
    }
    void errorsOfTheServer() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, kind);
        QFETCH(QString, says);
        Said said(body, status);
        Prometheus client(std::make_shared<net::HttpClient>(), {said.server.url("/"), {}, {}, {}, 1500});
        const auto answer = client.query(QStringLiteral("x"));
        QVERIFY(!answer);
        QCOMPARE(int(answer.error().kind), kind);
        QVERIFY2(answer.error().what.contains(says), qPrintable(answer.error().what));
    }

    void aLongQueryIsPostedAndCredentialsGoWithIt() {
        Said said(vector(""));
        const auto secret = []() -> Result<QString> { return QStringLiteral("pässword"); };
        const auto token = []() -> Result<QString> { return QStringLiteral("t0ken"); };
        QVERIFY(said.client(token).query(QString(3000, QLatin1Char('x')), QDateTime::fromMSecsSinceEpoch(1763800000250, Qt::UTC)));
        QVERIFY(said.asked.startsWith("POST /prom/api/v1/query "));
        QVERIFY(said.asked.contains("Authorization: Bearer t0ken"));
        QVERIFY(said.asked.contains("application/x-www-form-urlencoded"));
        QVERIFY(said.asked.endsWith("&time=1763800000.250"));
        QVERIFY(said.client(secret, QStringLiteral("ops")).query(QStringLiteral("x")));
        QVERIFY(said.asked.contains("Authorization: Basic " + QByteArray("ops:p\xc3\xa4ssword").toBase64()));
    }
};

QTEST_GUILESS_MAIN(TestPrometheus)
#include "tst_prometheus.moc"

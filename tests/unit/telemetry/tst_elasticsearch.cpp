// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of an Elasticsearch, and what is made of its answers: status in a field, only in the line, half an answer, refusals. A real OpenSearch: contract/telemetry.
#include "core/telemetry/elasticsearch.h"

#include "tests/support/loopback_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <mutex>

using namespace pilothouse;
using namespace pilothouse::telemetry;
using support::LoopbackServer;

namespace {

QByteArray quoted(QByteArray text) { return text.replace('\'', '"'); }
const QDateTime from(QDate(2026, 11, 21), QTime(10, 0), Qt::UTC);

/// Answers in the given order, the last again and again.
struct Played {
    std::mutex mutex;
    QByteArrayList asked;
    std::vector<std::pair<int, QByteArray>> answers;
    LoopbackServer server{[this](LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
            const std::lock_guard lock(mutex);
            const auto &[status, body] = answers[std::min(std::size_t(asked.size()), answers.size() - 1)];
            asked << request;
            c.reply(status, body, "Content-Type: application/json\r\n");
        }
    }};
    explicit Played(std::vector<std::pair<int, QByteArray>> all) : answers(std::move(all)) {}
    Elasticsearch client() const {
        ElasticOptions options;
        options.url = server.url("");
        options.secret = [] { return Result<QString>(QStringLiteral("a2V5")); };
        return Elasticsearch(std::make_shared<net::HttpClient>(), options);
    }
    QJsonObject body(int at) const { return QJsonDocument::fromJson(asked[at].mid(asked[at].indexOf("\r\n\r\n") + 4)).object(); }
};

const QByteArray whole = "'timed_out':false,'_shards':{'total':3,'successful':3,'failed':0}";

} // namespace

class TestElasticsearch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aStatusFieldIsAddedUpThere() {
        Played played({{200, quoted("{" + whole + ",'hits':{'total':{'value':30}},'aggregations':{'t':{'buckets':["
                                    "{'key':1763719200000,'doc_count':22,'requests':{'doc_count':20},'unauthorized':{'doc_count':4},'failed':{'doc_count':1},'latency':{'values':{'50.0':5000000.0,'95.0':20000000.0,'99.0':25000000.0}}},"
                                    "{'key':1763719320000,'doc_count':8,'requests':{'doc_count':8},'unauthorized':{'doc_count':0},'failed':{'doc_count':0},'latency':{'values':{'50.0':null,'95.0':null,'99.0':null}}}]}}}")}});
        const QDateTime begin(QDate(2025, 11, 21), QTime(10, 0), Qt::UTC);
        const auto seen = played.client().traffic(QStringLiteral("t2m-"), QStringLiteral("ml"), begin, begin.addSecs(180), 60);
        QVERIFY2(seen, seen ? "" : qPrintable(seen.error().text()));
        QCOMPARE(seen->requests(), qint64(28));
        QCOMPARE(seen->unauthorized(), qint64(4));
        QCOMPARE(seen->failed(), qint64(1));
        QCOMPARE(seen->buckets.size(), std::size_t(3)); // the minute between them is there, empty
        QCOMPARE(*seen->buckets[0].p95, 20.0); // nanoseconds
        QVERIFY(!seen->buckets[2].p50);
        QCOMPARE(seen->statusFrom, QStringLiteral("http.response.status_code"));
        QVERIFY(seen->partial.isEmpty());
        QCOMPARE(played.asked.size(), 1);
        QVERIFY(played.asked[0].startsWith("POST /filebeat-*/_search?") && played.asked[0].contains("Authorization: ApiKey a2V5"));
        const QByteArray body = QJsonDocument(played.body(0)).toJson(QJsonDocument::Compact);
        QVERIFY(body.contains("\"fixed_interval\":\"60s\"") && !body.contains("\"interval\"")); // the removed one
        QVERIFY(body.contains("\"prefix\":{\"kubernetes.pod.name\":\"t2m-\"}") && body.contains("\"term\":{\"kubernetes.namespace\":\"ml\"}") && body.contains("\"lt\":\"2025-11-21T10:03:00.000Z\""));
    }

    void whereOnlyTheLineHasItTheLinesAreRead() {
        const auto hits = [](int count, int first) {
            QByteArray out;
            for (int i = 0; i < count; ++i)
                out += (i ? ",{" : "{") + quoted("'_source':{'@timestamp':'2026-11-21T10:00:" + QByteArray::number((first + i) % 60).rightJustified(2, '0') + ".000Z','message':'10.0.0.1 - \\\"GET /p HTTP/1.1\\\" ") + (i % 5 == 0 ? "401" : i % 7 == 0 ? "500" : "200") +
                       quoted(" 3ms'},'sort':[1,") + QByteArray::number(first + i) + "]}";
            return quoted("{" + whole + ",'hits':{'hits':[") + out + "]}}";
        };
        Played played({{200, quoted("{" + whole + ",'aggregations':{'t':{'buckets':[{'key':1795255200000,'doc_count':5007,'requests':{'doc_count':0},'unauthorized':{'doc_count':0},'failed':{'doc_count':0},'latency':{'values':{}}}]}}}")},
                       {200, hits(Elasticsearch::page, 0)},
                       {200, hits(7, Elasticsearch::page)}});
        const auto seen = played.client().traffic({}, {}, from, from.addSecs(60), 60);
        QVERIFY2(seen, seen ? "" : qPrintable(seen.error().text()));
        QCOMPARE(seen->requests(), qint64(Elasticsearch::page + 7));
        QCOMPARE(seen->unauthorized(), qint64(1000 + 2));
        QCOMPARE(seen->statusFrom, QStringLiteral("the access log's lines"));
        QCOMPARE(*seen->buckets[0].p50, 3.0);
        QCOMPARE(played.asked.size(), 3);
        QCOMPARE(played.body(2).value(QLatin1String("search_after")).toArray().at(1).toInt(), Elasticsearch::page - 1); // behind the last
    }

    void halfAnAnswerIsSaidToBeOne() {
        Played played({{200, quoted("{'timed_out':true,'_shards':{'total':4,'successful':3,'failed':1,'failures':[{'reason':{'reason':'node left'}}]},'aggregations':{'t':{'buckets':[{'key':1763719200000,'requests':{'doc_count':2},'unauthorized':{'doc_count':0},'failed':{'doc_count':0},'latency':{'values':{}}}]}}}")}});
        const QDateTime begin(QDate(2025, 11, 21), QTime(10, 0), Qt::UTC);
        const auto seen = played.client().traffic({}, {}, begin, begin.addSecs(60), 60);
        QVERIFY(seen);
        QCOMPARE(seen->requests(), qint64(2));
        QCOMPARE(seen->partial, QStringLiteral("the search ran out of time; 1 of 4 shards did not answer (node left)"));
    }

    void refusalsAreTyped_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("said");
        QTest::newRow("no such index") << 404 << quoted("{'error':{'root_cause':[{'reason':'no such index [filebeat-*]'}]},'status':404}") << int(ErrorKind::NotFound) << QStringLiteral("no such index [filebeat-*]");
        QTest::newRow("too many buckets") << 400 << quoted("{'error':{'root_cause':[{'reason':'Trying to create too many buckets. Must be less than or equal to: [65535]'}]}}") << int(ErrorKind::Invalid) << QStringLiteral("too many buckets");
        QTest::newRow("no right") << 403 << quoted("{'error':{'reason':'action is unauthorized'}}") << int(ErrorKind::Denied) << QString();
        QTest::newRow("key refused") << 401 << QByteArray("{}") << int(ErrorKind::Denied) << QString();
        QTest::newRow("Kibana's page") << 200 << QByteArray("<html></html>") << int(ErrorKind::Invalid) << QStringLiteral("not Kibana's");
        QTest::newRow("away") << 503 << QByteArray("{}") << int(ErrorKind::Unreachable) << QString();
    }
    void refusalsAreTyped() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, kind);
        QFETCH(QString, said);
        Played played({{status, body}});
        const auto seen = played.client().traffic({}, {}, from, from.addSecs(60), 60);
        QVERIFY(!seen);
        QCOMPARE(int(seen.error().kind), kind);
        QVERIFY2(seen.error().text().contains(said), qPrintable(seen.error().text()));
    }

    void fieldsAreTheConnections() {
        const LogFields fields = LogFields::of({{QStringLiteral("status_field"), QStringLiteral("res.code")}, {QStringLiteral("latency_unit"), QStringLiteral("s")}});
        QCOMPARE(fields.status, QStringLiteral("res.code"));
        QCOMPARE(fields.latencyUnit, QStringLiteral("s"));
        QCOMPARE(fields.time, QStringLiteral("@timestamp"));
    }
};

QTEST_GUILESS_MAIN(TestElasticsearch)
#include "tst_elasticsearch.moc"

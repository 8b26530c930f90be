// SPDX-License-Identifier: GPL-3.0-or-later
// A real OpenSearch or Elasticsearch, whose address PILOTHOUSE_SEARCH names (http://127.0.0.1:9200): what Filebeat writes, with the status in a number, in a keyword, and only in the line.
#include "core/telemetry/elasticsearch.h"

#include "core/base/json.h"

#include <QJsonArray>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::telemetry;
using Q = QLatin1String;

class TestElasticsearchServer : public QObject {
    Q_OBJECT
    QString m_url = qEnvironmentVariable("PILOTHOUSE_SEARCH");
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    const QDateTime m_from{QDate(2026, 11, 21), QTime(10, 0), Qt::UTC};

    Result<net::Response> send(const QByteArray &method, const QString &path, const QByteArray &body, const QByteArray &type = "application/json") const {
        net::Request request;
        request.method = method;
        request.url = m_url + path;
        request.body = body;
        request.timeoutMs = 60000;
        request.headers.append(net::Header{"Content-Type", type});
        return m_http->send(request);
    }
    void write(const QString &index, const QByteArray &statusType, const std::vector<QJsonObject> &documents) const {
        (void)send("DELETE", QLatin1Char('/') + index, {});
        const QByteArray status = statusType.isEmpty() ? QByteArray() : ",\"http\":{\"properties\":{\"response\":{\"properties\":{\"status_code\":{\"type\":\"" + statusType + "\"}}}}},\"event\":{\"properties\":{\"duration\":{\"type\":\"long\"}}}";
        const auto made = send("PUT", QLatin1Char('/') + index, "{\"settings\":{\"number_of_replicas\":0},\"mappings\":{\"properties\":{\"@timestamp\":{\"type\":\"date\"},\"message\":{\"type\":\"text\"}" + status + "}}}");
        QVERIFY2(made && made->status == 200, made ? made->body.constData() : qPrintable(made.error().text()));
        QByteArray bulk;
        for (const QJsonObject &document : documents)
            bulk += "{\"index\":{}}\n" + compactJson(document) + '\n';
        const auto done = send("POST", QLatin1Char('/') + index + QStringLiteral("/_bulk?refresh=true"), bulk, "application/x-ndjson");
        QVERIFY2(done && done->status == 200 && done->body.contains("\"errors\":false"), done ? done->body.left(2000).constData() : qPrintable(done.error().text()));
    }
    Elasticsearch client(const QString &index) const {
        ElasticOptions options;
        options.url = m_url;
        options.index = index;
        return Elasticsearch(m_http, options);
    }
    /// Three minutes of 40 answers each second; every 10th a 401, in the second minute every 20th a 500; of another pod one a second.
    std::vector<QJsonObject> answers(bool field, bool text) const {
        std::vector<QJsonObject> out;
        for (int second = 0; second < 180; ++second)
            for (int i = 0; i <= 40; ++i) {
                const int status = i == 40 ? 200 : i % 10 == 0 ? 401 : i % 20 == 1 && second / 60 == 1 ? 500 : 200;
                const QString pod = i == 40 ? QStringLiteral("other-7d4-x2k") : QStringLiteral("t2m-5b9-%1").arg(i % 2);
                QJsonObject one{{Q("@timestamp"), m_from.addSecs(second).toString(Qt::ISODateWithMs)}, {Q("kubernetes"), QJsonObject{{Q("pod"), QJsonObject{{Q("name"), pod}}}, {Q("namespace"), Q("ml")}}}};
                if (field) {
                    one.insert(Q("http"), QJsonObject{{Q("response"), QJsonObject{{Q("status_code"), text ? QJsonValue(QString::number(status)) : QJsonValue(status)}}}});
                    one.insert(Q("event"), QJsonObject{{Q("duration"), (i + 1) * 1'000'000}});
                } else {
                    one.insert(Q("message"), QStringLiteral("INFO:     10.1.0.7:5 - \"POST /predict HTTP/1.1\" %1 OK %2ms").arg(status).arg(i + 1));
                }
                out.push_back(one);
            }
        return out;
    }

private Q_SLOTS:
    void initTestCase() {
        if (m_url.isEmpty())
            QSKIP("skipped: PILOTHOUSE_SEARCH names no OpenSearch or Elasticsearch");
        const auto version = client(QStringLiteral("x")).version();
        QVERIFY2(version, version ? "" : qPrintable(version.error().text()));
        qInfo("%s", qPrintable(*version));
    }

    void figuresAreThoseThatWereWritten_data() {
        QTest::addColumn<QByteArray>("type");
        QTest::newRow("status is a number") << QByteArray("long");
        QTest::newRow("status is a keyword") << QByteArray("keyword");
        QTest::newRow("status stands in the line") << QByteArray();
    }
    void figuresAreThoseThatWereWritten() {
        QFETCH(QByteArray, type);
        const QString index = QStringLiteral("filebeat-%1").arg(type.isEmpty() ? QStringLiteral("lines") : QString::fromLatin1(type));
        write(index, type, answers(!type.isEmpty(), type == "keyword"));
        const auto seen = client(index).traffic(QStringLiteral("t2m-"), QStringLiteral("ml"), m_from, m_from.addSecs(180), 60);
        QVERIFY2(seen, seen ? "" : qPrintable(seen.error().text()));
        QVERIFY2(seen->partial.isEmpty(), qPrintable(seen->partial));
        QCOMPARE(seen->statusFrom, type.isEmpty() ? QStringLiteral("the access log's lines") : QStringLiteral("http.response.status_code"));
        QCOMPARE(seen->buckets.size(), std::size_t(3));
        for (std::size_t minute = 0; minute < 3; ++minute) {
            QCOMPARE(seen->buckets[minute].requests, qint64(2400));
            QCOMPARE(seen->buckets[minute].unauthorized, qint64(240));
            QCOMPARE(seen->buckets[minute].failed, qint64(minute == 1 ? 120 : 0));
            QVERIFY2(seen->buckets[minute].p50 && std::abs(*seen->buckets[minute].p50 - 20.5) < 0.6, qPrintable(QString::number(seen->buckets[minute].p50.value_or(-1))));
            QVERIFY2(seen->buckets[minute].p95 && std::abs(*seen->buckets[minute].p95 - 38.5) < 1, qPrintable(QString::number(seen->buckets[minute].p95.value_or(-1))));
        }
    }

    void whatIsNotThereIsSaid() {
        const auto none = client(QStringLiteral("nothing-here")).traffic({}, {}, m_from, m_from.addSecs(60), 60);
        QVERIFY(!none);
        QCOMPARE(int(none.error().kind), int(ErrorKind::NotFound));
        write(QStringLiteral("filebeat-quiet"), "long", {QJsonObject{{Q("@timestamp"), Q("2020-01-01T00:00:00Z")}}});
        const auto quiet = client(QStringLiteral("filebeat-quiet")).traffic(QStringLiteral("t2m-"), {}, m_from, m_from.addSecs(60), 60);
        QVERIFY2(quiet && quiet->requests() == 0, quiet ? "" : qPrintable(quiet.error().text()));
    }
};

QTEST_GUILESS_MAIN(TestElasticsearchServer)
#include "tst_elasticsearch_server.moc"

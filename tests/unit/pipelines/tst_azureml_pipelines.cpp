// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/azureml_pipelines.h"
#include "tests/support/loopback_server.h"

#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using support::LoopbackServer;

namespace {

const char *scope = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";

QByteArray line(const QByteArray &request) { return request.left(request.indexOf(" HTTP/")); }
QByteArray job(const QByteArray &name, const QByteArray &status) {
    return "{\"name\":\"" + name + "\",\"systemData\":{\"createdAt\":\"2026-01-01T00:00:00Z\",\"createdBy\":\"anna\"},\"properties\":{\"jobType\":\"Command\",\"status\":\"" + status +
           "\",\"experimentName\":\"damage\",\"displayName\":\"svc\",\"command\":\"python train.py\",\"codeId\":\"/code/1\",\"computeId\":\"/x/computes/cpu-cluster\",\"inputs\":{\"data\":{\"jobInputType\":\"uri_file\",\"uri\":\"azureml:d:1\"},\"c\":{\"jobInputType\":\"literal\",\"value\":\"1\"}},"
           "\"outputs\":{\"default\":{\"jobOutputType\":\"uri_folder\"},\"model_output\":{\"jobOutputType\":\"uri_folder\",\"uri\":\"azureml://datastores/x/paths/old\"}},\"services\":{\"Studio\":{\"endpoint\":\"https://ml.azure.com/runs/a\"}}}}";
}

/// Plays ARM, the run history and the blob store of one workspace at one address.
struct Played {
    std::vector<QByteArray> seen;
    std::mutex mutex;
    std::function<bool(LoopbackServer::Connection &, const QByteArray &)> other;
    LoopbackServer server{[this](LoopbackServer::Connection &c, int) {
        for (QByteArray request; !(request = c.readRequest()).isEmpty();) {
            {
                const std::lock_guard lock(mutex);
                seen.push_back(request);
            }
            if (other && other(c, request))
                continue;
            QByteArray at = line(request);
            at.replace(scope, "");
            const QByteArray base = server.url("").toUtf8();
            if (at.startsWith("GET /jobs?") && !at.contains("skip")) c.reply(200, "{\"value\":[" + job("bad", "Failed") + "],\"nextLink\":\"" + base + scope + "/jobs?skip=1\"}");
            else if (at.startsWith("GET /jobs?")) c.reply(200, "{\"value\":[" + job("good", "Completed") + "]}");
            else if (at.startsWith("GET /jobs/good?")) c.reply(200, job("good", "Completed"));
            else if (at.startsWith("GET /jobs/waits?")) c.reply(200, job("waits", "Queued"));
            else if (at.startsWith("GET /computes/cpu-cluster?")) c.reply(200, "{\"properties\":{\"properties\":{\"currentNodeCount\":0}}}");
            else if (at == "GET /history/v1.0/experiments/damage/runs/good/details") c.reply(200, "{\"status\":\"Completed\",\"startTimeUtc\":\"2026-01-01T00:05:00.1234567+00:00\",\"logFiles\":{\"system_logs/a.txt\":\"" + base + "/blob/a\",\"user_logs/std_log.txt\":\"" + base + "/blob/log?sig=x\"}}");
            else if (at == "GET /blob/log?sig=x") c.write("HTTP/1.1 206 X\r\nContent-Length: 5\r\nContent-Range: bytes 0-4/5\r\n\r\nhe\xffo\n");
            else if (at == "GET /mlflow/v1.0/api/2.0/mlflow/runs/get?run_id=good") c.reply(200, "{\"run\":{\"data\":{\"metrics\":[{\"key\":\"f1\",\"value\":0.8}]}}}");
            else if (at.startsWith("PUT /jobs/pilothouse_")) c.reply(201, "{\"name\":\"brush_1\"}");
            else if (at.startsWith("GET /artifact/v2.0/artifacts/contentinfo/ExperimentRun/dcid.good/")) c.reply(200, "{\"contentUri\":\"" + base + "/blob/file\"}");
            else if (at == "GET /blob/file") c.reply(200, "model", "Content-MD5: IPNeYw2vRNv6TD9o9TmdjA==\r\n");
            else c.reply(404, "{\"error\":{\"code\":\"ResourceNotFound\",\"message\":\"no such thing\"}}");
        }
    }};
    QByteArray last(const QByteArray &word) {
        const std::lock_guard lock(mutex);
        for (auto it = seen.rbegin(); it != seen.rend(); ++it)
            if (line(*it).contains(word))
                return *it;
        return {};
    }
    int count(const QByteArray &word) {
        const std::lock_guard lock(mutex);
        return int(std::count_if(seen.begin(), seen.end(), [&](const QByteArray &r) { return line(r).contains(word); }));
    }
};

} // namespace

class TestAzureMl : public QObject {
    Q_OBJECT
    static PipelineConnection connection(const Played &played) {
        PipelineConnection at;
        at.connection.name = QStringLiteral("azure");
        at.connection.kind = QStringLiteral("azureml");
        at.connection.url = played.server.url("/mlflow/v1.0") + QString::fromLatin1(scope);
        at.http = std::make_shared<net::HttpClient>();
        at.authorization = []() -> Result<QByteArray> { return QByteArray("Bearer token"); };
        return at;
    }

private Q_SLOTS:
    void eachWordHasItsState_data() {
        QTest::addColumn<QString>("state");
        for (const auto &[word, state] : std::initializer_list<std::pair<const char *, const char *>>{
                 {"NotStarted", "waiting"}, {"Scheduled", "waiting"}, {"Starting", "running"}, {"Provisioning", "running"}, {"Preparing", "running"}, {"Queued", "waiting"}, {"Running", "running"}, {"Finalizing", "running"},
                 {"CancelRequested", "running"}, {"Completed", "passed"}, {"Failed", "failed"}, {"Canceled", "cancelled"}, {"NotResponding", "running"}, {"Paused", "paused"}, {"", "unknown"}, {"Unheard", "unknown"}})
            QTest::newRow(word) << QString::fromLatin1(state);
    }
    void eachWordHasItsState() {
        QFETCH(QString, state);
        QCOMPARE(stateName(azureState(QString::fromLatin1(QTest::currentDataTag()))), state);
    }
    void cloudsHaveTheirHosts_data() {
        QTest::addColumn<QString>("arm");
        QTest::addColumn<QString>("data");
        QTest::newRow("public") << "https://management.azure.com" << "https://westeurope.api.azureml.ms";
        QTest::newRow("china") << "https://management.chinacloudapi.cn" << "https://westeurope.api.ml.azure.cn";
        QTest::newRow("usgovernment") << "https://management.usgovcloudapi.net" << "https://westeurope.api.ml.azure.us";
    }
    void cloudsHaveTheirHosts() {
        QFETCH(QString, arm);
        QFETCH(QString, data);
        workspace::Connection named;
        named.other = {{QStringLiteral("cloud"), QString::fromLatin1(QTest::currentDataTag())}, {QStringLiteral("region"), QStringLiteral("westeurope")}, {QStringLiteral("subscription"), QStringLiteral("s")},
                       {QStringLiteral("resource_group"), QStringLiteral("g")}, {QStringLiteral("workspace"), QStringLiteral("w")}};
        const auto place = azurePlace(named);
        QCOMPARE(place->arm, arm);
        QCOMPARE(place->data, data);
        QCOMPARE(place->scope, QString::fromLatin1(scope));
    }
    void runsFollowThePages() {
        Played played;
        const auto service = *openPipelines(connection(played));
        const auto runs = service->runs({}, 50);
        QVERIFY2(runs, runs ? "" : qPrintable(runs.error().text()));
        QCOMPARE(runs->size(), std::size_t(2));
        QCOMPARE(runs->at(1).parameters.value(QStringLiteral("c")).toString(), QStringLiteral("1"));
        QVERIFY(played.last("/jobs?").contains("Authorization: Bearer token"));
    }
    void anotherHostGetsNoToken() {
        Played played;
        played.other = [](LoopbackServer::Connection &c, const QByteArray &request) { return line(request).contains("/jobs?") && c.reply(200, "{\"value\":[],\"nextLink\":\"http://evil.example/jobs\"}"); };
        QCOMPARE((*openPipelines(connection(played)))->runs({}, 5).error().kind, ErrorKind::Invalid);
    }
    void aRunHasTimesAndMetrics() {
        Played played;
        const auto run = (*openPipelines(connection(played)))->run(QStringLiteral("good"));
        QVERIFY2(run, run ? "" : qPrintable(run.error().text()));
        QCOMPARE(run->metrics.value(QStringLiteral("f1")), 0.8);
        QCOMPARE(run->stages.size(), std::size_t(1));
        QCOMPARE(run->started.toSecsSinceEpoch(), QDateTime(QDate(2026, 1, 1), QTime(0, 5), Qt::UTC).toSecsSinceEpoch());
    }
    void aClusterAtZeroIsNoFault() {
        Played played;
        const auto run = (*openPipelines(connection(played)))->run(QStringLiteral("waits"));
        QCOMPARE(run->state, State::Waiting);
        QCOMPARE(run->note, QStringLiteral("Queued: cluster starts"));
    }
    void aLogGoesWithoutTheToken() {
        Played played;
        const auto piece = (*openPipelines(connection(played)))->readLog({QStringLiteral("good"), {}, {}, 0});
        QVERIFY2(piece, piece ? "" : qPrintable(piece.error().text()));
        QCOMPARE(piece->bytes, QByteArray("he\xffo\n"));
        QVERIFY(piece->end);
        QCOMPARE(piece->next, QStringLiteral("5"));
        QVERIFY(!played.last("/blob/log").contains("Authorization"));
    }
    void aStartIsACopyOfTheLastGoodJob() {
        Played played;
        const auto service = *openPipelines(connection(played));
        StartRequest request;
        request.pipeline = QStringLiteral("damage");
        request.parameters = {{QStringLiteral("c"), 2}, {QStringLiteral("data"), QStringLiteral("azureml:d:2")}};
        QCOMPARE(*service->startRun(request), QStringLiteral("brush_1"));
        const QByteArray sent = played.last("PUT");
        const QJsonObject of = QJsonDocument::fromJson(sent.mid(sent.indexOf("\r\n\r\n") + 4)).object().value(QStringLiteral("properties")).toObject();
        QCOMPARE(of.value(QStringLiteral("inputs")).toObject().value(QStringLiteral("c")).toObject().value(QStringLiteral("value")).toString(), QStringLiteral("2"));
        QCOMPARE(of.value(QStringLiteral("inputs")).toObject().value(QStringLiteral("data")).toObject().value(QStringLiteral("uri")).toString(), QStringLiteral("azureml:d:2"));
        QVERIFY(!sent.contains("paths/old") && !of.contains(QStringLiteral("status")));
        request.parameters = {{QStringLiteral("x"), 1}};
        QCOMPARE(service->startRun(request).error().kind, ErrorKind::Invalid);
        QCOMPARE(played.count("PUT"), 1);
    }
    void aWriteThatBreaksOffIsNotRepeated() {
        Played played;
        played.other = [](LoopbackServer::Connection &c, const QByteArray &request) {
            if (!request.startsWith("POST") && !request.startsWith("PUT"))
                return false;
            c.breakOff();
            c.halfClose();
            return true;
        };
        const auto service = *openPipelines(connection(played));
        QVERIFY(!service->cancel(QStringLiteral("good")));
        QVERIFY(!service->rerun(QStringLiteral("good"), false));
        QCOMPARE(played.count("/cancel"), 1);
        QCOMPARE(played.count("PUT"), 1);
    }
    void faults_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("kind");
        const QByteArray said("{\"error\":{\"code\":\"X\",\"message\":\"the plain words\"}}");
        QTest::newRow("403") << 403 << said << int(ErrorKind::Denied);
        QTest::newRow("404") << 404 << said << int(ErrorKind::NotFound);
        QTest::newRow("409") << 409 << said << int(ErrorKind::Conflict);
        QTest::newRow("500") << 500 << said << int(ErrorKind::Unreachable);
        QTest::newRow("a page") << 200 << QByteArray("<html>") << int(ErrorKind::Invalid);
    }
    void faults() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, kind);
        Played played;
        played.other = [=](LoopbackServer::Connection &c, const QByteArray &request) { return request.startsWith("POST") && c.reply(status, body); };
        const auto done = (*openPipelines(connection(played)))->cancel(QStringLiteral("good"));
        QVERIFY(!done);
        QCOMPARE(int(done.error().kind), kind);
        QCOMPARE(played.count("/cancel"), 1);
    }
    void aDownloadIsChecked() {
        Played played;
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("m"));
        Output output;
        output.name = QStringLiteral("outputs/svc model.joblib");
        output.address = QStringLiteral("azureml://artifacts/ExperimentRun/dcid.good/outputs/svc model.joblib");
        const auto service = *openPipelines(connection(played));
        QVERIFY(service->download(QStringLiteral("good"), output, file)); // MD5 of "model"
        QVERIFY(played.last("contentinfo").contains("/outputs/svc%20model.joblib "));
        QVERIFY(QFile::remove(file));
        played.other = [](LoopbackServer::Connection &c, const QByteArray &request) { return line(request) == "GET /blob/file" && c.reply(200, "mode!", "Content-MD5: IPNeYw2vRNv6TD9o9TmdjA==\r\n"); };
        QVERIFY(!service->download(QStringLiteral("good"), output, file));
        QVERIFY(!QFile::exists(file));
    }
};

QTEST_GUILESS_MAIN(TestAzureMl)
#include "tst_azureml_pipelines.moc"

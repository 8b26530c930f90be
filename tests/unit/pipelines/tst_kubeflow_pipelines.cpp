// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/kubeflow_pipelines.h"
#include "core/pipelines/kubeflow_words.h"
#include "core/pipelines/upload_operation.h"
#include "tests/support/loopback_server.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using support::LoopbackServer;

namespace {

QByteArray line(const QByteArray &request) { return request.left(request.indexOf(" HTTP/")); }
QJsonObject bodyOf(const QByteArray &request) { return QJsonDocument::fromJson(request.mid(request.indexOf("\r\n\r\n") + 4)).object(); }

const char *spec = "{\"pipelineInfo\":{\"name\":\"irisexp\"},\"root\":{\"inputDefinitions\":{\"parameters\":{\"data_path\":{\"parameterType\":\"STRING\",\"defaultValue\":\"/data\"},\"epochs\":{\"parameterType\":\"NUMBER_INTEGER\"},"
                   "\"fast\":{\"parameterType\":\"BOOLEAN\",\"isOptional\":true}}},\"dag\":{\"tasks\":{\"deploy\":{\"taskInfo\":{\"name\":\"deploy\"},\"inputs\":{\"artifacts\":{\"model\":{\"taskOutputArtifact\":{\"producerTask\":\"train\"}}}}},"
                   "\"read\":{\"taskInfo\":{\"name\":\"read\"}},\"train\":{\"taskInfo\":{\"name\":\"train\"},\"dependentTasks\":[\"read\"]}}}}}";
const char *runText = "{\"run_id\":\"r-1\",\"display_name\":\"iris 1\",\"experiment_id\":\"e-1\",\"created_at\":\"2026-01-01T00:00:00Z\",\"finished_at\":\"1970-01-01T00:00:00Z\",\"state\":\"RUNNING\",\"pipeline_version_reference\":{\"pipeline_id\":\"p-1\",\"pipeline_version_id\":\"v-1\"},"
                      "\"runtime_config\":{\"parameters\":{\"epochs\":3}},\"run_details\":{\"task_details\":["
                      "{\"task_id\":\"t1\",\"display_name\":\"read\",\"state\":\"SKIPPED\",\"state_history\":[{\"state\":\"CACHED\"}]},"
                      "{\"task_id\":\"t2\",\"display_name\":\"train\",\"state\":\"RUNNING\",\"start_time\":\"2026-01-01T00:00:10Z\",\"child_tasks\":[{\"pod_name\":\"irisexp-abcde-99\"}]},"
                      "{\"task_id\":\"t3\",\"display_name\":\"train(0)\",\"parent_task_id\":\"t2\",\"state\":\"FAILED\",\"error\":{\"code\":1,\"message\":\"exit code 1\"}},"
                      "{\"task_id\":\"t4\",\"display_name\":\"train(1)\",\"parent_task_id\":\"t2\",\"state\":\"RUNNING\"}]}}";

QByteArray versionText() { return QByteArray("{\"pipeline_id\":\"p-1\",\"pipeline_version_id\":\"v-1\",\"display_name\":\"one\",\"pipeline_spec\":{\"pipeline_spec\":") + spec + "}}"; }

/// Plays a server: what a test gives no answer to is what an installation with one pipeline says.
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
            const QByteArray at = line(request);
            if (at == "GET /apis/v2beta1/healthz") c.reply(200, "{}");
            else if (at.startsWith("GET /apis/v2beta1/pipelines?")) c.reply(200, "{\"pipelines\":[{\"pipeline_id\":\"p-1\",\"display_name\":\"IrisExp\"}],\"total_size\":\"1\"}");
            else if (at.startsWith("GET /apis/v2beta1/pipelines/p-1/versions?")) c.reply(200, "{\"pipeline_versions\":[" + versionText() + "]}");
            else if (at == "GET /apis/v2beta1/pipelines/p-1") c.reply(200, "{\"pipeline_id\":\"p-1\",\"display_name\":\"IrisExp\"}");
            else if (at == "GET /apis/v2beta1/pipelines/p-1/versions/v-1") c.reply(200, versionText());
            else if (at == "GET /apis/v2beta1/runs/r-1") c.reply(200, runText);
            else if (at.startsWith("GET /apis/v2beta1/experiments?")) c.reply(200, "{\"experiments\":[{\"experiment_id\":\"e-1\",\"display_name\":\"iris\"}]}");
            else if (at == "POST /apis/v2beta1/runs") c.reply(200, "{\"run_id\":\"r-2\"}");
            else c.reply(404, "{\"code\":5,\"message\":\"no such thing\"}");
        }
    }};
    int count(const QByteArray &begin) {
        const std::lock_guard lock(mutex);
        return int(std::count_if(seen.begin(), seen.end(), [&](const QByteArray &r) { return line(r).startsWith(begin); }));
    }
    QByteArray last(const QByteArray &begin) {
        const std::lock_guard lock(mutex);
        for (auto it = seen.rbegin(); it != seen.rend(); ++it)
            if (line(*it).startsWith(begin))
                return *it;
        return {};
    }
};

} // namespace

class TestKubeflow : public QObject {
    Q_OBJECT
    std::shared_ptr<FixedClock> m_clock = std::make_shared<FixedClock>(QDateTime(QDate(2026, 1, 1), QTime(1, 0), Qt::UTC));

    PipelineConnection connection(const Played &played) const {
        PipelineConnection at;
        at.connection.name = QStringLiteral("kfp");
        at.connection.kind = QStringLiteral("kubeflow");
        at.connection.url = played.server.url("");
        at.connection.other = {{QStringLiteral("namespace"), QStringLiteral("team a")}, {QStringLiteral("experiment"), QStringLiteral("iris")}, {QStringLiteral("identity"), QStringLiteral("anna@example.org")}};
        at.http = std::make_shared<net::HttpClient>();
        at.clock = m_clock;
        return at;
    }
    static std::shared_ptr<PipelineService> open(PipelineConnection at) { return *openPipelines(std::move(at)); }

private Q_SLOTS:
    void eachWordHasItsState_data() {
        QTest::addColumn<QString>("state");
        for (const auto &[word, state] : std::initializer_list<std::pair<const char *, const char *>>{
                 {"PENDING", "waiting"}, {"RUNNING", "running"}, {"SUCCEEDED", "passed"}, {"SKIPPED", "skipped"}, {"FAILED", "failed"}, {"CANCELING", "running"}, {"CANCELED", "cancelled"}, {"PAUSED", "paused"},
                 {"CACHED", "passed"}, {"Succeeded", "passed"}, {"Failed", "failed"}, {"Error", "failed"}, {"Skipped", "skipped"}, {"Omitted", "skipped"}, {"Terminating", "running"}, {"Terminated", "cancelled"},
                 {"RUNTIME_STATE_UNSPECIFIED", "unknown"}, {"", "unknown"}, {"FINE", "unknown"}})
            QTest::newRow(word) << QString::fromLatin1(state);
    }
    void eachWordHasItsState() {
        QFETCH(QString, state);
        QCOMPARE(stateName(kubeflowState(QString::fromLatin1(QTest::currentDataTag()))), state);
    }
    void cronFires_data() {
        QTest::addColumn<QString>("cron");
        QTest::addColumn<QString>("next");
        QTest::newRow("six fields, the second first") << "0 0 2 * * *" << "2026-01-02T02:00:00Z";
        QTest::newRow("five fields lack the weekday: second minute hour day month") << "0 30 2 * *" << "2026-01-02T02:30:00Z";
        QTest::newRow("a weekday by name") << "0 0 6 ? * MON" << "2026-01-05T06:00:00Z";
        QTest::newRow("both days: one is enough") << "0 0 0 20 * FRI" << "2026-01-02T00:00:00Z";
        QTest::newRow("steps and lists") << "0 */20 3,4 * * *" << "2026-01-02T03:00:00Z";
        QTest::newRow("29 February") << "0 0 0 29 2 *" << "2028-02-29T00:00:00Z";
        QTest::newRow("a descriptor") << "@daily" << "2026-01-03T00:00:00Z";
        QTest::newRow("every") << "@every 1h30m" << "2026-01-02T01:30:00Z";
        QTest::newRow("never") << "0 0 0 30 2 *" << "";
        QTest::newRow("none") << "soon" << "";
    }
    void cronFires() {
        QFETCH(QString, cron);
        QFETCH(QString, next);
        const QDateTime time = nextKubeflowCron(cron, QDateTime(QDate(2026, 1, 2), QTime(0, 0), Qt::UTC).addSecs(cron.contains(QLatin1Char('F')) ? -1 : 0));
        QCOMPARE(time.isValid() ? time.toString(Qt::ISODate) : QString(), next);
    }
    void aPersonsCronGetsItsSecond() {
        QCOMPARE(*kubeflowCron(QStringLiteral("0 2 * * 1")), QStringLiteral("0 0 2 * * 1"));
        QCOMPARE(*kubeflowCron(QStringLiteral("5 0 2 * * 1")), QStringLiteral("5 0 2 * * 1"));
        QCOMPARE(kubeflowCron(QStringLiteral("0 2")).error().kind, ErrorKind::Invalid);
    }
    void namesThatBreakPodsAreRefused() {
        QVERIFY(checkKubeflowName(QString(57, QLatin1Char('a'))));
        const auto tooLong = checkKubeflowName(QString(58, QLatin1Char('a')));
        QCOMPARE(tooLong.error().kind, ErrorKind::Refused);
        QVERIFY(tooLong.error().hint.contains(QStringLiteral("57")));
        QVERIFY(!checkKubeflowName(QStringLiteral("Iris_Exp")));
    }
    void aRunHasItsTasksAsStages() {
        Played played;
        const auto service = open(connection(played));
        const auto run = service->run(QStringLiteral("r-1"));
        QVERIFY2(run, run ? "" : qPrintable(run.error().text()));
        QCOMPARE(run->pipeline, QStringLiteral("IrisExp"));
        QCOMPARE(run->systemState, QStringLiteral("RUNNING"));
        QVERIFY(!run->ended.isValid());
        QStringList told;
        for (const Stage &stage : run->stages)
            told << stage.name + QLatin1Char(' ') + stateName(stage.state) + QLatin1Char('<') + stage.after.join(QLatin1Char(','));
        QCOMPARE(told.join(QLatin1Char('|')), QStringLiteral("read skipped<|train running<read|deploy waiting<train"));
        QCOMPARE(run->stages[0].systemState, QStringLiteral("CACHED"));
        QCOMPARE(run->stages[1].attempts.size(), std::size_t(2));
        QCOMPARE(run->stages[1].attempts[0].note, QStringLiteral("exit code 1"));
        const QByteArray asked = played.last("GET /apis/v2beta1/runs/r-1");
        QVERIFY2(asked.contains("kubeflow-userid: anna@example.org"), asked.constData());
    }
    void tasksThatAreToldOnDemandAreAskedFor() {
        Played played;
        played.other = [](LoopbackServer::Connection &c, const QByteArray &request) {
            if (line(request) == "GET /apis/v2beta1/runs/r-3") return c.reply(200, "{\"run_id\":\"r-3\",\"state\":\"RUNNING\"}");
            return line(request) == "GET /apis/v2beta1/runs/r-3?view=FULL" && c.reply(200, "{\"run_id\":\"r-3\",\"state\":\"RUNNING\",\"tasks\":[{\"task_id\":\"1\",\"name\":\"read\",\"type\":\"RUNTIME\",\"state\":\"SUCCEEDED\"}]}");
        };
        const auto run = open(connection(played))->run(QStringLiteral("r-3"));
        QVERIFY2(run, run ? "" : qPrintable(run.error().text()));
        QCOMPARE(run->stages.size(), std::size_t(1));
        QCOMPARE(run->stages[0].state, State::Passed);
        QVERIFY(open(connection(played))->run(QStringLiteral("r-1")));
        QCOMPARE(played.count("GET /apis/v2beta1/runs/r-1"), 1);
    }
    void outputsOfIterationsAreKeptApart() {
        Played played;
        played.other = [](LoopbackServer::Connection &c, const QByteArray &request) {
            const auto task = [](int i) { return QByteArray("{'task_id':'p%','parent_task_id':'l','display_name':'profile','type':'RUNTIME','state':'SUCCEEDED','type_attributes':{'iteration_index':'%'},'outputs':{'profile':{'artifact_ids':['1%']}}}").replace('%', QByteArray::number(i)); };
            if (line(request) == "GET /apis/v2beta1/runs/r-4")
                return c.reply(200, QByteArray("{'run_id':'r-4','state':'SUCCEEDED','run_details':{'task_details':[{'task_id':'l','display_name':'for-loop-1','type':'LOOP','state':'SUCCEEDED'}," + task(1) + ',' + task(0) + "]}}").replace('\'', '"'));
            return line(request).startsWith("GET /apis/v2beta1/artifacts/1") && c.reply(200, "{\"uri\":\"s3://b/" + line(request).right(2) + "\"}");
        };
        const auto outputs = open(connection(played))->outputs(QStringLiteral("r-4"));
        QVERIFY2(outputs, outputs ? "" : qPrintable(outputs.error().text()));
        QStringList told;
        for (const Output &output : *outputs)
            told << output.stage + QLatin1Char(' ') + output.address;
        QCOMPARE(told.join(QLatin1Char('|')), QStringLiteral("profile · 2 of 2 s3://b/11|profile · 1 of 2 s3://b/10"));
    }
    void aStartSendsTypedParameters() {
        Played played;
        const auto service = open(connection(played));
        const auto form = service->form(QStringLiteral("IrisExp"));
        QCOMPARE(form->parameters.size(), std::size_t(3));
        QCOMPARE(form->refs, QStringList{QStringLiteral("one")});
        StartRequest request;
        request.pipeline = QStringLiteral("IrisExp");
        QCOMPARE(service->startRun(request).error().kind, ErrorKind::Invalid); // epochs has no default
        request.parameters = {{QStringLiteral("epochs"), QStringLiteral("5")}, {QStringLiteral("fast"), QStringLiteral("yes")}};
        QCOMPARE(*service->startRun(request), QStringLiteral("r-2"));
        const QJsonObject sent = bodyOf(played.last("POST /apis/v2beta1/runs"));
        const QJsonObject parameters = sent.value(QStringLiteral("runtime_config")).toObject().value(QStringLiteral("parameters")).toObject();
        QCOMPARE(parameters.value(QStringLiteral("epochs")), QJsonValue(5));
        QCOMPARE(parameters.value(QStringLiteral("fast")), QJsonValue(true));
        QCOMPARE(sent.value(QStringLiteral("experiment_id")).toString(), QStringLiteral("e-1"));
        QCOMPARE(played.count("POST"), 1);
    }
    void aWriteThatBreaksOffIsNotRepeated() {
        Played played;
        played.other = [](LoopbackServer::Connection &c, const QByteArray &request) {
            if (!request.startsWith("POST"))
                return false;
            c.breakOff();
            c.halfClose();
            return true;
        };
        const auto service = open(connection(played));
        QVERIFY(!service->cancel(QStringLiteral("r-1")));
        QCOMPARE(played.count("POST /apis/v2beta1/runs/r-1:terminate"), 1);
    }
    void faults_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("kind");
        const QByteArray said("{\"error\":\"x\",\"code\":7,\"message\":\"y\",\"details\":[{\"error_message\":\"the plain words\"}]}");
        QTest::newRow("401") << 401 << said << int(ErrorKind::Denied);
        QTest::newRow("403") << 403 << said << int(ErrorKind::Denied);
        QTest::newRow("404") << 404 << said << int(ErrorKind::NotFound);
        QTest::newRow("409") << 409 << said << int(ErrorKind::Conflict);
        QTest::newRow("500") << 500 << said << int(ErrorKind::Unreachable);
        QTest::newRow("a login page with 200") << 200 << QByteArray("<!doctype html><title>Dex</title>") << int(ErrorKind::Invalid);
        QTest::newRow("a redirect to a login") << 302 << QByteArray() << int(ErrorKind::Denied);
        QTest::newRow("half a reply") << 200 << QByteArray("{\"run_id\":") << int(ErrorKind::Invalid);
    }
    void faults() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, kind);
        Played played;
        played.other = [=](LoopbackServer::Connection &c, const QByteArray &request) { return line(request).startsWith("POST") && c.reply(status, body); };
        const auto done = open(connection(played))->cancel(QStringLiteral("r-1"));
        QVERIFY(!done);
        QCOMPARE(int(done.error().kind), kind);
        QVERIFY(status < 400 || done.error().what.contains(QStringLiteral("the plain words")));
        QCOMPARE(played.count("POST"), 1);
    }
    void aRefusedTokenIsRenewedOnce() {
        Played played;
        played.other = [](LoopbackServer::Connection &c, const QByteArray &request) { return request.contains("Bearer old") && c.reply(401, "{}"); };
        PipelineConnection at = connection(played);
        auto fresh = std::make_shared<bool>(false);
        at.authorization = [fresh]() -> Result<QByteArray> { return QByteArray(*fresh ? "Bearer new" : "Bearer old"); };
        at.forget = [fresh] { *fresh = true; };
        QVERIFY(open(at)->run(QStringLiteral("r-1")));
        QCOMPARE(played.count("GET /apis/v2beta1/healthz"), 2);
    }
    void anOlderServerIsAskedAsItWants() {
        Played played;
        played.other = [](LoopbackServer::Connection &c, const QByteArray &request) {
            const QByteArray at = line(request);
            if (at == "GET /apis/v2beta1/healthz") return c.reply(404, "404 page not found");
            if (at == "GET /apis/v1beta1/healthz") return c.reply(200, "{}");
            if (at.startsWith("GET /apis/v1beta1/jobs?")) return c.reply(200, "{\"jobs\":[{\"id\":\"j-1\",\"name\":\"daily\",\"enabled\":true,\"max_concurrency\":\"1\",\"no_catchup\":true,\"created_at\":\"2025-12-31T18:00:00Z\",\"trigger\":{\"periodic_schedule\":{\"interval_second\":\"86400\"}}}]}");
            if (at == "POST /apis/v1beta1/jobs/j-1/disable") return c.reply(200, "{}");
            if (at == "GET /apis/v1beta1/runs/o-1") return c.reply(200, "{\"run\":{\"id\":\"o-1\",\"name\":\"old\",\"status\":\"Succeeded\",\"metrics\":[{\"name\":\"accuracy\",\"number_value\":0.97}]},\"pipeline_runtime\":{\"workflow_manifest\":\"{\\\"status\\\":{\\\"nodes\\\":{\\\"w-1\\\":{\\\"id\\\":\\\"w-1\\\",\\\"type\\\":\\\"Pod\\\",\\\"displayName\\\":\\\"train\\\",\\\"phase\\\":\\\"Succeeded\\\",\\\"outputs\\\":{\\\"artifacts\\\":[{\\\"name\\\":\\\"train-model\\\",\\\"s3\\\":{\\\"bucket\\\":\\\"b\\\",\\\"key\\\":\\\"a/b.tgz\\\"}},{\\\"name\\\":\\\"main-logs\\\"}]}}}}}\"}}");
            if (at == "GET /apis/v1beta1/runs/o-1/nodes/w-1/artifacts/train-model:read") return c.reply(200, "{\"data\":\"bW9kZWw=\"}");
            return false;
        };
        const auto service = open(connection(played));
        const auto schedules = service->schedules();
        QVERIFY(schedules);
        QCOMPARE(schedules->size(), std::size_t(1));
        QCOMPARE(schedules->front().when, QStringLiteral("every 1 d"));
        QCOMPARE(schedules->front().next.toString(Qt::ISODate), QStringLiteral("2026-01-01T18:00:00Z"));
        QCOMPARE(schedules->front().catchUp, std::optional<bool>(false));
        QVERIFY(service->switchSchedule(QStringLiteral("j-1"), false));
        const auto run = service->run(QStringLiteral("o-1"));
        QCOMPARE(run->metrics.value(QStringLiteral("accuracy")), 0.97);
        QCOMPARE(run->stages.size(), std::size_t(1));
        QCOMPARE(run->stages[0].name, QStringLiteral("train"));
        const auto outputs = service->outputs(QStringLiteral("o-1"));
        QCOMPARE(outputs->size(), std::size_t(1));
        QCOMPARE(outputs->front().address, QStringLiteral("s3://b/a/b.tgz"));
        QTemporaryDir folder;
        QVERIFY(service->download(QStringLiteral("o-1"), outputs->front(), folder.filePath(QStringLiteral("m"))));
        QFile file(folder.filePath(QStringLiteral("m")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("model"));
        QVERIFY(!service->download(QStringLiteral("o-1"), Output{}, folder.filePath(QStringLiteral("n"))));
    }
    void logsComeFromThePodOfTheTask() {
        Played played;
        PipelineConnection at = connection(played);
        QCOMPARE(open(at)->readLog({QStringLiteral("r-1"), QStringLiteral("train"), {}, 0}).error().kind, ErrorKind::Refused);
        QStringList asked;
        at.podLog = [&](const QString &space, const QString &pod, const QString &container, const LogFrom &from, std::stop_token) -> Result<LogPiece> {
            asked << space + QLatin1Char('/') + pod + QLatin1Char('/') + container + QLatin1Char('@') + from.next;
            if (!pod.contains(QStringLiteral("system-container-impl")))
                return notFound(QStringLiteral("no pod"));
            return LogPiece{"a\xff", QStringLiteral("7"), false, false, 0, {}};
        };
        const auto service = open(at);
        const auto piece = service->readLog({QStringLiteral("r-1"), QStringLiteral("train"), {}, 0});
        QVERIFY(piece);
        QCOMPARE(piece->bytes, QByteArray("a\xff"));
        QVERIFY(service->readLog({QStringLiteral("r-1"), QStringLiteral("train"), piece->next, 0}));
        QCOMPARE(asked.join(QLatin1Char(' ')), QStringLiteral("team a/irisexp-abcde-99/main@ team a/irisexp-abcde-system-container-impl-99/main@ team a/irisexp-abcde-system-container-impl-99/main@7"));
    }
    void anUploadIsAVersionOfWhatIsThere() {
        Played played;
        played.other = [](LoopbackServer::Connection &c, const QByteArray &request) { return line(request).startsWith("POST /apis/v2beta1/pipelines/upload_version?") && c.reply(200, "{\"pipeline_version_id\":\"v-2\"}"); };
        const auto service = open(connection(played));
        const QByteArray file("pipelineInfo:\n  name: irisexp\nroot: {}\n---\nplatforms: {}\n");
        QCOMPARE(*service->uploadPipeline(QStringLiteral("IrisExp"), QStringLiteral("two"), QStringLiteral("iris.yaml"), file), QStringLiteral("v-2"));
        const QByteArray sent = played.last("POST");
        QVERIFY2(line(sent).contains("pipelineid=p-1"), sent.constData());
        QVERIFY(sent.contains("name=\"uploadfile\"; filename=\"iris.yaml\"") && sent.contains(file));
        const QByteArray bad = "pipelineInfo:\n  name: " + QByteArray(70, 'a') + "\n";
        QCOMPARE(service->uploadPipeline({}, {}, QStringLiteral("x.yaml"), bad).error().kind, ErrorKind::Refused);
        QCOMPARE(played.count("POST"), 1);
        QCOMPARE(uploadPipelineOperation(service, {}, {}, QStringLiteral("/x/iris.yaml"), file, nullptr)->connection, QStringLiteral("kfp"));
    }
    void aStuckRetryIsTold() {
        const QJsonObject json = QJsonDocument::fromJson("{\"run_id\":\"a\",\"state\":\"PENDING\",\"stateHistory\":[{\"state\":\"FAILED\",\"updateTime\":\"2026-01-01T00:00:00Z\"},{\"state\":\"PENDING\",\"updateTime\":\"2026-01-01T00:10:00Z\"}]}").object();
        QVERIFY(kubeflowRun(json, m_clock->nowUtc()).note.contains(QStringLiteral("50 min")));
        QVERIFY(kubeflowRun(json, m_clock->nowUtc().addSecs(-48 * 60)).note.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestKubeflow)
#include "tst_kubeflow_pipelines.moc"

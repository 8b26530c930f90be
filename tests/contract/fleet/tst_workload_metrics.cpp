// SPDX-License-Identifier: GPL-3.0-or-later
// Requests, errors, latency and predictions of a workload's revisions out of a real Prometheus (tests/backends/prometheus.sh), by the names of its pods; and what is said where nothing knows.
#include "core/base/file.h"
#include "core/fleet/alert_readings.h"
#include "core/fleet/services.h"
#include "core/fleet/workload_metrics_internal.h"
#include "tests/support/backend.h"
#include "tests/support/loopback_server.h"
#include "tests/support/single_quoted_json.h"

#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::fleet;
using Q = QLatin1String;

namespace {

const cluster::KubeRef web{cluster::kinds::Deployment, QStringLiteral("ml"), QStringLiteral("web")};

std::shared_ptr<Services> servicesOf(const QTemporaryDir &folder, const QByteArray &more, const QByteArray &models = "models: {}\n") {
    const bool written = writeFileAtomically(folder.filePath(Q("config")), "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u, namespace: ml}}]\nclusters: [{name: c, cluster: {server: \"http://127.0.0.1:1\"}}]\n"
                                                                           "users: [{name: u, user: {token: t}}]\n") &&
                         writeFileAtomically(folder.filePath(Q("pilothouse.yaml")), "workspace: w\nconnections:\n  local: {kind: local, root: " + folder.filePath(Q("root")).toUtf8() + "}\n  lab: {kind: kubernetes, kubeconfig: config}\n" + more + models);
    ServiceOptions options;
    options.workspaceFile = folder.filePath(Q("pilothouse.yaml"));
    options.secrets = secrets::environmentStore();
    const auto services = openServices(options);
    if (!written || !services)
        qFatal("%s", services ? "files" : qPrintable(services.error().text()));
    return *services;
}

} // namespace

class TestWorkloadMetrics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void podsTellTheirRevision_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("pod");
        QTest::addColumn<QString>("revision"); // "!": not ours
        QTest::newRow("deployment") << QStringLiteral("deployment/web") << QStringLiteral("web-7d9f4b6c5d-x2x9q") << QStringLiteral("7d9f4b6c5d");
        QTest::newRow("of another") << QStringLiteral("deployment/web") << QStringLiteral("web-api-7d9f4b6c5d-x2x9q") << QStringLiteral("!");
        QTest::newRow("rollout") << QStringLiteral("rollout/web") << QStringLiteral("web-5c9d7d8c4-abcde") << QStringLiteral("5c9d7d8c4");
        QTest::newRow("stateful set") << QStringLiteral("statefulset/db") << QStringLiteral("db-12") << QString();
        QTest::newRow("knative") << QStringLiteral("inferenceservice/iris") << QStringLiteral("iris-predictor-00002-deployment-6b455479cb-75p6w") << QStringLiteral("predictor-00002");
        QTest::newRow("standard") << QStringLiteral("inferenceservice/iris") << QStringLiteral("iris-predictor-6b455479cb-75p6w") << QStringLiteral("predictor-6b455479cb");
        QTest::newRow("another service") << QStringLiteral("inferenceservice/iris") << QStringLiteral("iris-v2-predictor-6b455479cb-75p6w") << QStringLiteral("!");
    }
    void podsTellTheirRevision() {
        QFETCH(QString, kind);
        QFETCH(QString, pod);
        QFETCH(QString, revision);
        const QRegularExpression form(QRegularExpression::anchoredPattern(podPattern(*cluster::parseKubeRef(kind, QStringLiteral("ml")))));
        QVERIFY(form.isValid());
        const auto match = form.match(pod);
        QCOMPARE(match.hasMatch() ? match.captured(1) : QStringLiteral("!"), revision);
    }

    void withoutPrometheusTheRemedyIsSaid() {
        QTemporaryDir folder;
        const auto none = readWorkloadMetrics(*servicesOf(folder, {}), QStringLiteral("lab"), web);
        QVERIFY(none);
        QVERIFY(none->requests.empty() && none->source.isEmpty());
        QVERIFY2(none->missing.contains(Q("kind: prometheus")), qPrintable(none->missing));
        QTemporaryDir other;
        const auto two = readWorkloadMetrics(*servicesOf(other, "  a: {kind: prometheus, url: \"http://127.0.0.1:1\"}\n  b: {kind: prometheus, url: \"http://127.0.0.1:1\"}\n"), QStringLiteral("lab"), web);
        QVERIFY2(two && two->missing.contains(Q("judge: {prometheus: a}")), two ? qPrintable(two->missing) : "");
        QTemporaryDir down;
        const auto dead = readWorkloadMetrics(*servicesOf(down, "  a: {kind: prometheus, url: \"http://127.0.0.1:1\"}\n"), QStringLiteral("lab"), web);
        QVERIFY2(dead && dead->missing.startsWith(Q("a: ")), dead ? qPrintable(dead->missing) : "");
    }

    /// Where no Prometheus is, the workspace's Elasticsearch is asked for the same hour; half an answer says so.
    void withoutPrometheusElasticsearchIsAsked() {
        const qint64 minute = QDateTime::currentMSecsSinceEpoch() / 60000 * 60000 - 5 * 60000;
        support::LoopbackServer server([minute](support::LoopbackServer::Connection &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
                const bool ours = request.contains("web-");
                c.reply(ours ? 200 : 400,
                        QByteArray("{'timed_out':false,'_shards':{'total':3,'successful':2,'failed':1,'failures':[{'reason':{'reason':'node left'}}]},'hits':{'total':{'value':30}},'aggregations':{'t':{'buckets':[{'key':").replace('\'', '"') + QByteArray::number(minute) +
                            QByteArray(",'doc_count':120,'requests':{'doc_count':120},'unauthorized':{'doc_count':30},'failed':{'doc_count':12},'latency':{'values':{'50.0':5000000.0,'95.0':20000000.0,'99.0':25000000.0}}}]}}}").replace('\'', '"'),
                        "Content-Type: application/json\r\n");
            }
        });
        QTemporaryDir folder;
        const auto seen = readWorkloadMetrics(*servicesOf(folder, "  es: {kind: elasticsearch, url: \"" + server.url("").toUtf8() + "\"}\n"), QStringLiteral("lab"), web);
        QVERIFY(seen);
        QVERIFY2(seen->source.startsWith(Q("Elasticsearch http://")), qPrintable(seen->source + seen->missing));
        QVERIFY2(!seen->partial.isEmpty(), qPrintable(seen->partial));
        QVERIFY(!seen->dear);
        const auto at = [minute](const WorkloadMetrics::Curve &curve) {
            for (const auto &[when, value] : curve.points)
                if (when.toMSecsSinceEpoch() == minute)
                    return value;
            return std::nan("");
        };
        QCOMPARE(seen->requests.size(), std::size_t(1));
        QCOMPARE(at(seen->requests[0]), 2.0);
        QCOMPARE(seen->errors.size(), std::size_t(2));
        QCOMPARE(seen->errors[0].name, QStringLiteral("5xx"));
        QCOMPARE(at(seen->errors[0]), 10.0);
        QCOMPARE(seen->errors[1].name, QStringLiteral("401"));
        QCOMPARE(at(seen->errors[1]), 25.0);
        QVERIFY(std::isnan(seen->errors[0].points.front().second)); // a minute without a request has no share
        QCOMPARE(seen->latency.size(), std::size_t(3));
        QCOMPARE(at(seen->latency[1]), 20.0);
        QVERIFY(seen->shares.isEmpty()); // pods of all revisions together
        QVERIFY(!seen->slo.slo.stated()); // it is no model's deployment
        const telemetry::SloReading slo = sloOfCurves({99.9, 100}, *seen);
        QCOMPARE(*slo.availability, 90.0);
        QVERIFY(!*slo.available && *slo.quick);
        QCOMPARE(slo.stretches, 1);
    }

    /// A rule over the errors of a model in a cluster has its figure from there, two rules from one look.
    void alertRulesAskIt() {
        const qint64 minute = QDateTime::currentMSecsSinceEpoch() / 60000 * 60000 - 5 * 60000;
        std::atomic<int> asked = 0;
        support::LoopbackServer server([&](support::LoopbackServer::Connection &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
                ++asked;
                c.reply(200,
                        QByteArray("{'timed_out':false,'_shards':{'total':1,'successful':1,'failed':0},'hits':{'total':{'value':120}},'aggregations':{'t':{'buckets':[{'key':").replace('\'', '"') + QByteArray::number(minute) +
                            QByteArray(",'doc_count':120,'requests':{'doc_count':120},'unauthorized':{'doc_count':30},'failed':{'doc_count':12},'latency':{'values':{'50.0':5000000.0,'95.0':20000000.0,'99.0':25000000.0}}}]}}}").replace('\'', '"'),
                        "Content-Type: application/json\r\n");
            }
        });
        QTemporaryDir folder;
        const auto services = servicesOf(folder, "  es: {kind: elasticsearch, url: \"" + server.url("").toUtf8() + "\"}\n", "models:\n  web: {registry: {connection: local}, deployment: {connection: lab, target: deployment/web}}\n");
        AlertReadings readings(*services);
        workspace::AlertRule rule;
        rule.model = QStringLiteral("web");
        rule.kind = workspace::AlertRule::Kind::ErrorRate;
        auto reading = readings.read(rule);
        QVERIFY2(reading.value, reading.problem ? qPrintable(reading.problem->text()) : qPrintable(reading.detail));
        QCOMPARE(*reading.value, 0.1);
        QVERIFY(reading.source.startsWith(Q("Elasticsearch http://")));
        const int once = asked;
        rule.kind = workspace::AlertRule::Kind::Latency;
        reading = readings.read(rule);
        QVERIFY(reading.value);
        QCOMPARE(*reading.value, 20.0);
        QCOMPARE(asked.load(), once);
    }

    void whereNothingKnowsEachOneSaysWhy() {
        support::LoopbackServer server([](support::LoopbackServer::Connection &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(404, R"({"error":{"type":"index_not_found_exception","reason":"no such index [filebeat-*]"},"status":404})", "Content-Type: application/json\r\n");
        });
        QTemporaryDir folder;
        const auto seen = readWorkloadMetrics(*servicesOf(folder, "  es: {kind: elasticsearch, url: \"" + server.url("").toUtf8() + "\"}\n"), QStringLiteral("lab"), web);
        QVERIFY(seen && seen->source.isEmpty() && seen->requests.empty());
        QVERIFY2(seen->missing.contains(Q("kind: prometheus")) && seen->missing.contains(Q("filebeat-*")), qPrintable(seen->missing));
        QVERIFY2(seen->missing.contains(Q("127.0.0.1:1")), qPrintable(seen->missing)); // nor does the cluster answer for its pods' logs
    }

    void aLogGivesCurvesByVersion() {
        const auto answers = answersOf(support::array("[{'timestamp':'2026-11-22T10:00:05.000Z','model_version':3,'status':200,'response_time_ms':10,'prediction':['yes']},{'timestamp':'2026-11-22T10:00:10.000Z','model_version':'3','status':'success','response_time_ms':20,'prediction':'no'},"
                                                      "{'timestamp':'2026-11-22T10:01:05.000Z','model_version':4,'status':500,'response_time_ms':5},{'timestamp':'2026-11-22T10:01:06.000Z','model_version':4,'status':404},{'model_version':4}]"));
        QCOMPARE(answers.size(), std::size_t(3)); // what a client sent wrong, and what has no time, are left out
        WorkloadMetrics out;
        curvesOfAnswers(answers, 60, out);
        QCOMPARE(out.requests.size(), std::size_t(2));
        QCOMPARE(out.requests[0].name, QStringLiteral("v3"));
        QCOMPARE(out.requests[0].points.front().second, 2.0 / 60);
        QVERIFY(out.requests[1].newest && !out.requests[0].newest);
        QCOMPARE(out.errors[1].points.front().second, 100.0);
        QCOMPARE(out.latency[0].points.front().second, 20.0);
        QVERIFY(out.mixIs == WorkloadMetrics::Mix::Share);
        QCOMPARE(out.mix.front().name, QStringLiteral("v3: no"));
        QCOMPARE(out.mix.front().points.front().second, 50.0);
        QCOMPARE(out.marks.size(), std::size_t(2));
    }

    void aRealPrometheusKnowsBothRevisions() {
        if (QStandardPaths::findExecutable(QStringLiteral("prometheus")).isEmpty() || QStandardPaths::findExecutable(QStringLiteral("prometheus-pushgateway")).isEmpty())
            QSKIP("no Prometheus is installed (packages prometheus, prometheus-alertmanager, prometheus-pushgateway)");
        support::Backend server("prometheus.sh");
        if (!server.running())
            QSKIP(qPrintable(server.problem));
        QTemporaryDir folder;
        const auto services = servicesOf(folder, "  prom: {kind: prometheus, url: \"http://" + server.host().toUtf8() + "\", predictions_metric: predicted_total, prediction_label: answer}\n");
        int round = 0;
        std::optional<WorkloadMetrics> seen;
        const auto look = [&] { // each look is a scrape later
            ++round;
            QByteArray text = "# TYPE http_requests_total counter\n";
            const auto line = [&](const QByteArray &name, const QByteArray &pod, const QByteArray &labels, int value) { text += name + "{namespace=\"ml\",pod=\"" + pod + "\"" + labels + "} " + QByteArray::number(value * round) + '\n'; };
            line("http_requests_total", "web-aaaa5-abcde", ",status=\"2xx\"", 90);
            line("http_requests_total", "web-bbbb5-fghij", ",status=\"2xx\"", 8);
            line("http_requests_total", "web-bbbb5-fghij", ",status=\"5xx\"", 2);
            line("http_requests_total", "web-other-cccc5-fghij", ",status=\"2xx\"", 1000);
            text += "# TYPE http_request_duration_seconds histogram\n";
            for (const auto &[le, count] : {std::pair("0.1", 5), std::pair("0.2", 10), std::pair("+Inf", 10)})
                line("http_request_duration_seconds_bucket", "web-bbbb5-fghij", QByteArray(",le=\"") + le + '"', count);
            line("http_request_duration_seconds_sum", "web-bbbb5-fghij", {}, 1);
            line("http_request_duration_seconds_count", "web-bbbb5-fghij", {}, 10);
            text += "# TYPE predicted_total counter\n";
            line("predicted_total", "web-bbbb5-fghij", ",answer=\"yes\"", 3);
            line("predicted_total", "web-bbbb5-fghij", ",answer=\"no\"", 1);
            net::Request push;
            push.method = "PUT";
            push.url = QStringLiteral("http://127.0.0.1:%1/metrics/job/web").arg(server.port + 2);
            push.headers.append(net::Header{"Content-Type", "text/plain"});
            push.body = text;
            const auto pushed = services->http->send(push);
            if (!pushed || pushed->status >= 300)
                return false;
            QTest::qWait(1100);
            auto read = readWorkloadMetrics(*services, QStringLiteral("lab"), web);
            if (read)
                seen = *std::move(read);
            return seen && seen->requests.size() == 2 && seen->mix.size() == 2 && !seen->latency.empty() && seen->shares.size() == 2;
        };
        bool known = false;
        for (int i = 0; i < 20 && !known; ++i)
            known = look();
        QVERIFY2(known, seen ? qPrintable(QStringLiteral("%1 requests, %2 errors, %3 latency, %4 mix, %5 shares; %6").arg(seen->requests.size()).arg(seen->errors.size()).arg(seen->latency.size()).arg(seen->mix.size()).arg(seen->shares.size()).arg(seen->missing)) : "nothing");
        QVERIFY(seen->source.startsWith(Q("Prometheus http://")));
        QCOMPARE(seen->requests[0].name, QStringLiteral("aaaa5")); // the cluster cannot be asked for numbers: the hash is a name
        QVERIFY(std::abs(seen->shares.value(QStringLiteral("aaaa5")) - 0.9) < 0.02);
        const auto newest = [](const WorkloadMetrics::Curve &curve) { return curve.points.empty() ? std::nan("") : curve.points.back().second; };
        QCOMPARE(seen->errors.size(), std::size_t(2));
        QCOMPARE(newest(seen->errors[0]), 0.0); // a revision without a failure has a line, too
        QVERIFY2(std::abs(newest(seen->errors[1]) - 20) < 0.5, qPrintable(QString::number(newest(seen->errors[1]))));
        QVERIFY2(newest(seen->latency[0]) > 150 && newest(seen->latency[0]) <= 200, qPrintable(QString::number(newest(seen->latency[0]))));
        QVERIFY(seen->mixIs == WorkloadMetrics::Mix::Share);
        QCOMPARE(seen->mix[1].name, QStringLiteral("bbbb5: yes"));
        QVERIFY(std::abs(newest(seen->mix[1]) - 75) < 0.5);
    }
};

QTEST_GUILESS_MAIN(TestWorkloadMetrics)
#include "tst_workload_metrics.moc"

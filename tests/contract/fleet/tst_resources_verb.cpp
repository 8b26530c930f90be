// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts resources against a real Prometheus (tests/backends/prometheus.sh), which has the metrics of kubelets and kube-state-metrics from its push gateway: the queries are ones that it carries out. What the verb says of the answers, by one that answers as told.
#include "core/base/file.h"
#include "core/net/http.h"
#include "tests/support/backend.h"
#include "tests/support/fake_prometheus.h"
#include "tests/support/run_pilot.h"

#include <QDateTime>
#include <QJsonArray>
#include <QStandardPaths>
#include <QTemporaryDir>

using namespace pilothouse;
using support::Answer;
using Q = QLatin1String;

class TestResourcesVerb : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::unique_ptr<support::Backend> m_server;

    Answer resources(const QStringList &more) { return support::runPilot(m_folder.path(), QStringList{QStringLiteral("rollouts"), QStringLiteral("resources")} + more); }
    void workspace(const QByteArray &url) {
        QVERIFY(writeFileAtomically(m_folder.filePath(Q("pilothouse.yaml")), "workspace: resources\nconnections:\n  local: {kind: local, root: data}\n  lab: {kind: kubernetes, kubeconfig: config}\n  prom: {kind: prometheus, url: \"" + url +
                                                                               "\"}\nmodels:\n  web: {registry: {connection: local}, deployment: {connection: lab, target: deployment/web}}\n"));
    }
    static QJsonObject series(const Answer &answer, const char *name) {
        for (const QJsonValue &one : answer.object.value(Q("series")).toArray())
            if (one[Q("name")] == Q(name))
                return one.toObject();
        return {};
    }
    static double newest(const QJsonObject &one) { return one.value(Q("points")).toArray().last()[1].toDouble(-1); }

private Q_SLOTS:
    void initTestCase() {
        if (support::pilotUnderTest().isEmpty())
            QSKIP("PILOTHOUSE_PILOT is not set");
        QVERIFY(writeFileAtomically(m_folder.filePath(Q("config")), "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u, namespace: ml}}]\nclusters: [{name: c, cluster: {server: \"http://127.0.0.1:1\"}}]\nusers: [{name: u, user: {token: t}}]\n"));
    }

    void whatIsKnownAndWhatIsNot() {
        support::FakePrometheus fake;
        const QByteArray newest = QByteArray::number(QDateTime::currentSecsSinceEpoch());
        fake.values = {{QStringLiteral("container_cpu_usage"), "[[" + newest + ",\"0.25\"]]"}, {QStringLiteral("container_memory"), "[[" + newest + ",\"NaN\"]]"}, {QStringLiteral("used_bytes"), "!"}};
        fake.metrics = {QStringLiteral("container_memory_working_set_bytes")};
        workspace(fake.server.url("").toUtf8());
        const Answer seen = resources({QStringLiteral("web"), QStringLiteral("--since"), QStringLiteral("6h"), QStringLiteral("--every"), QStringLiteral("5min")});
        QVERIFY2(seen.code == 0, qPrintable(seen.errors));
        QVERIFY(seen.object.value(Q("source")).toString().startsWith(Q("Prometheus http://127.0.0.1:")));
        QCOMPARE(seen.object.value(Q("zone")).toString(), QStringLiteral("UTC"));
        QCOMPARE(series(seen, "cpu").value(Q("state")).toString(), QStringLiteral("known"));
        QCOMPARE(series(seen, "cpu").value(Q("step_seconds")).toInt(), 300);
        QCOMPARE(TestResourcesVerb::newest(series(seen, "cpu")), 0.25);
        QCOMPARE(series(seen, "memory").value(Q("state")).toString(), QStringLiteral("no_data")); // no number is no value
        QCOMPARE(series(seen, "disk_used").value(Q("state")).toString(), QStringLiteral("failed"));
        QCOMPARE(series(seen, "disk_size").value(Q("state")).toString(), QStringLiteral("no_metric"));
        QCOMPARE(series(seen, "predictions").value(Q("state")).toString(), QStringLiteral("no_metric"));
        QVERIFY(fake.askedWith(QStringLiteral("container_cpu")).endsWith(Q(" 300")));
    }

    void withoutPrometheusTheRemedyIsSaid() {
        workspace("http://127.0.0.1:1");
        QVERIFY(resources({QStringLiteral("web")}).code != 0);
        QVERIFY(resources({QStringLiteral("nobody")}).code != 0);
    }

    void allOfAModel() {
        if (QStandardPaths::findExecutable(QStringLiteral("prometheus")).isEmpty() || QStandardPaths::findExecutable(QStringLiteral("prometheus-pushgateway")).isEmpty())
            QSKIP("no Prometheus is installed (packages prometheus, prometheus-alertmanager, prometheus-pushgateway)");
        m_server = std::make_unique<support::Backend>("prometheus.sh");
        if (!m_server->running())
            QSKIP(qPrintable(m_server->problem));
        workspace("http://" + m_server->host().toUtf8());
        net::Request push;
        push.method = "PUT";
        push.url = QStringLiteral("http://127.0.0.1:%1/metrics/job/web").arg(m_server->port + 2);
        push.headers.append(net::Header{"Content-Type", "text/plain"});
        push.body = "# TYPE container_cpu_usage_seconds_total counter\ncontainer_cpu_usage_seconds_total{namespace=\"ml\",pod=\"web-aaaa5-abcde\",container=\"server\"} 5\n"
                    "# TYPE container_memory_working_set_bytes gauge\ncontainer_memory_working_set_bytes{namespace=\"ml\",pod=\"web-aaaa5-abcde\",container=\"server\"} 1000\n"
                    "container_memory_working_set_bytes{namespace=\"ml\",pod=\"web-aaaa5-fghij\",container=\"server\"} 500\n"
                    "container_memory_working_set_bytes{namespace=\"ml\",pod=\"web-aaaa5-abcde\",container=\"\"} 70000\n"
                    "container_memory_working_set_bytes{namespace=\"ml\",pod=\"web-other-aaaa5-abcde\",container=\"server\"} 90000\n"
                    "# TYPE kubelet_volume_stats_used_bytes gauge\nkubelet_volume_stats_used_bytes{namespace=\"ml\",persistentvolumeclaim=\"models\",node=\"a\"} 40\nkubelet_volume_stats_used_bytes{namespace=\"ml\",persistentvolumeclaim=\"models\",node=\"b\"} 40\n"
                    "kubelet_volume_stats_used_bytes{namespace=\"ml\",persistentvolumeclaim=\"others\",node=\"a\"} 7000\n"
                    "# TYPE kubelet_volume_stats_capacity_bytes gauge\nkubelet_volume_stats_capacity_bytes{namespace=\"ml\",persistentvolumeclaim=\"models\",node=\"a\"} 100\n"
                    "# TYPE kube_pod_spec_volumes_persistentvolumeclaims_info gauge\nkube_pod_spec_volumes_persistentvolumeclaims_info{namespace=\"ml\",pod=\"web-aaaa5-abcde\",volume=\"v\",persistentvolumeclaim=\"models\"} 1\n"
                    "kube_pod_spec_volumes_persistentvolumeclaims_info{namespace=\"ml\",pod=\"web-aaaa5-fghij\",volume=\"v\",persistentvolumeclaim=\"models\"} 1\n"
                    "# TYPE http_requests_total counter\nhttp_requests_total{namespace=\"ml\",pod=\"web-aaaa5-abcde\",status=\"2xx\"} 10\n";
        const auto pushed = net::HttpClient().send(push);
        QVERIFY2(pushed && pushed->status < 300, pushed ? pushed->body.constData() : qPrintable(pushed.error().text()));
        Answer seen;
        const auto known = [&] {
            seen = resources({QStringLiteral("web"), QStringLiteral("--since"), QStringLiteral("1h")});
            bool all = seen.code == 0;
            for (const QJsonValue &one : seen.object.value(Q("series")).toArray())
                all = all && one[Q("state")] == Q("known");
            return all;
        };
        QTRY_VERIFY2_WITH_TIMEOUT(known(), qPrintable(seen.errors + QString::fromUtf8(seen.out)), 60000); // a rate takes two scrapes
        QCOMPARE(seen.object.value(Q("target")).toString(), QStringLiteral("deployment/web in ml"));
        QCOMPARE(newest(series(seen, "cpu")), 0.0); // the counter stands still
        QCOMPARE(newest(series(seen, "memory")), 1500.0); // both pods; not the sum above, not another workload
        QCOMPARE(newest(series(seen, "disk_used")), 40.0); // one volume, though two pods and two nodes have it
        QCOMPARE(newest(series(seen, "disk_size")), 100.0);
        QCOMPARE(series(seen, "predictions").value(Q("metric")).toString(), QStringLiteral("http_requests_total"));
        QCOMPARE(newest(series(seen, "predictions")), 0.0);
    }

    void anotherWorkloadHasNoData() {
        if (!m_server || !m_server->running())
            QSKIP("no Prometheus runs");
        const Answer seen = resources({QStringLiteral("deployment/nobody"), QStringLiteral("--since"), QStringLiteral("30d"), QStringLiteral("--every"), QStringLiteral("1s")});
        QVERIFY2(seen.code == 0, qPrintable(seen.errors)); // 1 s is refused by Prometheus over 30 days: the step is as long as it must be
        QCOMPARE(series(seen, "memory").value(Q("state")).toString(), QStringLiteral("no_data"));
        QCOMPARE(series(seen, "memory").value(Q("step_seconds")).toInt(), 236);
        QCOMPARE(series(seen, "predictions").value(Q("state")).toString(), QStringLiteral("no_data"));
    }

    void moreThanAYearIsRefused() {
        const Answer seen = resources({QStringLiteral("web"), QStringLiteral("--since"), QStringLiteral("400d")});
        QVERIFY(seen.code != 0);
    }
};

QTEST_GUILESS_MAIN(TestResourcesVerb)
#include "tst_resources_verb.moc"

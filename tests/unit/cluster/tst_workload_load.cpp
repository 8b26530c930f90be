// SPDX-License-Identifier: GPL-3.0-or-later
// Load: autoscalers against what they aim at, usage beside requests and limits, probes and surge.
#include "core/cluster/workload_load.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {

QJsonObject parsed(const char *json) {
    QJsonParseError error;
    const QJsonObject object = QJsonDocument::fromJson(json, &error).object();
    if (object.isEmpty())
        qFatal("test data: %s", qPrintable(error.errorString()));
    return object;
}
KubeRowPtr row(const KubeKind &kind, const char *json) {
    auto made = kubeRow(kind, parsed(json));
    if (!made)
        qFatal("%s", qPrintable(made.error().text()));
    return *made;
}

} // namespace

class TestWorkloadLoad : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void an_autoscaler_with_every_kind_of_metric() {
        const QJsonObject object = parsed(R"({"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"},"minReplicas":2,"maxReplicas":10,"metrics":[
            {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}},
            {"type":"ContainerResource","containerResource":{"name":"memory","container":"server","target":{"type":"AverageValue","averageValue":"500Mi"}}},
            {"type":"Pods","pods":{"metric":{"name":"requests"},"target":{"type":"AverageValue","averageValue":"100"}}},
            {"type":"Object","object":{"metric":{"name":"hits"},"describedObject":{"kind":"Ingress","name":"main"},"target":{"type":"Value","value":"2k"}}},
            {"type":"External","external":{"metric":{"name":"queue","selector":{"matchLabels":{"q":"jobs"}}},"target":{"type":"AverageValue","averageValue":"30"}}}]},
            "status":{"currentReplicas":3,"desiredReplicas":4,"conditions":[{"type":"AbleToScale","status":"True"},{"type":"ScalingActive","status":"True"},{"type":"ScalingLimited","status":"False"}],"currentMetrics":[
            {"type":"Resource","resource":{"name":"cpu","current":{"averageUtilization":90,"averageValue":"450m"}}},
            {"type":"ContainerResource","containerResource":{"name":"memory","container":"server","current":{"averageValue":"250Mi"}}},
            {"type":"Pods","pods":{"metric":{"name":"requests"},"current":{"averageValue":"120500m"}}},
            {"type":"Object","object":{"metric":{"name":"hits"},"current":{"value":"1k"}}},
            {"type":"External","external":{"metric":{"name":"queue"},"current":{"averageValue":"15"}}}]}})");
        const auto load = hpaLoad(object);
        QVERIFY(load);
        QCOMPARE(load->metrics.size(), std::size_t(5));
        const auto line = [&](std::size_t i) {
            const HpaMetric &m = load->metrics[i];
            return QStringLiteral("%1 %2 [%3] %4 %5/%6 %7").arg(m.type, m.name, m.about, m.form, m.current, m.target).arg(m.ratio.value_or(-1));
        };
        QCOMPARE(line(0), QStringLiteral("Resource cpu [] Utilization 90%/80% 1.125"));
        QCOMPARE(line(1), QStringLiteral("ContainerResource memory [server] AverageValue 250Mi/500Mi 0.5"));
        QCOMPARE(line(2), QStringLiteral("Pods requests [] AverageValue 120500m/100 1.205"));
        QCOMPARE(line(3), QStringLiteral("Object hits [ingress/main] Value 1k/2k 0.5"));
        QCOMPARE(line(4), QStringLiteral("External queue [q=jobs] AverageValue 15/30 0.5"));
        QCOMPARE(load->sentence, QStringLiteral("3 of 2 to 10 pods; requests is 120500m of 100; on its way to 4."));
        QVERIFY(!load->trouble);
        const KubeRowPtr table = row(kinds::HorizontalPodAutoscaler, QJsonDocument([&] { QJsonObject o = object; o.insert(QStringLiteral("metadata"), QJsonObject{{QStringLiteral("name"), QStringLiteral("web")}}); return o; }()).toJson().constData());
        QCOMPARE(table->as<HpaRow>()->metrics, QStringLiteral("cpu: 90%/80%, memory: 250Mi/500Mi, 120500m/100, 1k/2k, 15/30 (avg)")); // as kubectl writes them
    }
    void an_autoscaler_without_figures_says_why() {
        const auto load = hpaLoad(parsed(R"({"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"},"maxReplicas":3,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}]},
            "status":{"currentReplicas":1,"desiredReplicas":1,"conditions":[{"type":"ScalingActive","status":"False","reason":"FailedGetResourceMetric","message":"the HPA was unable to compute the replica count: no metrics returned from resource metrics API"}]}})"));
        QVERIFY(load && load->trouble);
        QCOMPARE(load->minimum, 1);
        QVERIFY(load->metrics[0].current.isEmpty() && !load->metrics[0].ratio);
        QVERIFY(load->sentence.startsWith(QLatin1String("It does not scale: the HPA was unable")));
        QVERIFY(!hpaLoad(parsed(R"({"spec":{"replicas":1}})")));
    }
    void usage_beside_requests_limits_and_what_a_node_gives() {
        const KubeRowPtr pod = row(kinds::Pod, R"({"metadata":{"name":"web-1","namespace":"ml"},"spec":{"nodeName":"node-1","initContainers":[{"name":"load","resources":{"requests":{"cpu":"2","memory":"100Mi"}}}],
            "containers":[{"name":"server","resources":{"requests":{"cpu":"250m","memory":"256Mi"},"limits":{"memory":"512Mi"}}},{"name":"side","resources":{"requests":{"cpu":"100m"},"limits":{"memory":"128Mi"}}}]},"status":{"phase":"Running","containerStatuses":[{"name":"server","restartCount":1,"lastState":{"terminated":{"reason":"OOMKilled","exitCode":137}},"state":{"running":{}}}]}})");
        QCOMPARE(pod->as<PodRow>()->resources.cpuRequest, 2000); // the init container asks for more than the others together
        QCOMPARE(pod->as<PodRow>()->resources.cpuLimit, -1);     // one has none, so the pod has none
        QCOMPARE(pod->as<PodRow>()->resources.memoryLimit, qint64(640) << 20);
        const auto usage = usageOf(parsed(R"({"metadata":{"name":"web-1","namespace":"ml"},"timestamp":"2026-01-01T00:00:00Z","containers":[{"name":"server","usage":{"cpu":"199999999n","memory":"320Mi"}},{"name":"side","usage":{"cpu":"1u","memory":"0"}}]})"));
        QVERIFY(usage);
        QCOMPARE(usage->cpu, 201); // 0.200000999 cores, rounded up
        QCOMPARE(usage->memory, qint64(320) << 20);
        const auto loads = podLoads({pod}, {*usage});
        QCOMPARE(*loads[0].memoryOfLimit, 0.5);
        QVERIFY(!loads[0].cpuOfLimit && loads[0].oomKilled);
        const KubeRowPtr node = row(kinds::Node, R"({"metadata":{"name":"node-1"},"status":{"allocatable":{"cpu":"3920m","memory":"7Gi","pods":"110"},"conditions":[{"type":"Ready","status":"True"},{"type":"MemoryPressure","status":"True"}]}})");
        const auto nodes = nodeLoads({node}, {pod}, {});
        QCOMPARE(nodes[0].cpuAllocatable, 3920);
        QCOMPARE(nodes[0].cpuRequested, 2000);
        QCOMPARE(nodes[0].cpu, -1); // not measured
        QCOMPARE(node->as<NodeRow>()->pressures, QStringList{QStringLiteral("MemoryPressure")});
        QVERIFY(!usageOf(parsed(R"({"metadata":{"name":"x"},"containers":[{"name":"a","usage":{"cpu":"much","memory":"1"}}]})")));
    }
    void surge_is_what_the_deployment_controller_makes_of_it_data() {
        QTest::addColumn<QString>("surge");
        QTest::addColumn<QString>("unavailable");
        QTest::addColumn<int>("desired");
        QTest::addColumn<int>("more");
        QTest::addColumn<int>("missing");
        QTest::newRow("the default of 4") << "" << "" << 4 << 1 << 1;
        QTest::newRow("surge rounds up, unavailable down") << "25%" << "25%" << 10 << 3 << 2;
        QTest::newRow("of one pod") << "25%" << "25%" << 1 << 1 << 0;
        QTest::newRow("numbers") << "3" << "0" << 5 << 3 << 0;
        QTest::newRow("both come to 0: one may be missing") << "0" << "10%" << 5 << 0 << 1;
        QTest::newRow("all at once") << "100%" << "100%" << 7 << 7 << 7;
    }
    void surge_is_what_the_deployment_controller_makes_of_it() {
        QFETCH(QString, surge);
        QFETCH(QString, unavailable);
        QFETCH(int, desired);
        const auto resolved = resolvedSurge(surge, unavailable, desired);
        QVERIFY(resolved);
        QTEST(resolved->more, "more");
        QTEST(resolved->missing, "missing");
    }
    void probes_read_as_kubectl_describes_them() {
        const auto probes = probesOf(parsed(R"({"containers":[{"name":"server","livenessProbe":{"httpGet":{"path":"/health","port":8080,"scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"readinessProbe":{"tcpSocket":{"port":"http"},"initialDelaySeconds":5},"startupProbe":{"exec":{"command":["cat","/tmp/ok"]}}}]})"));
        QCOMPARE(probes.size(), std::size_t(3));
        QCOMPARE(probes[0].text, QStringLiteral("exec [cat /tmp/ok] delay=0s timeout=1s period=10s #success=1 #failure=3"));
        QCOMPARE(probes[1].text, QStringLiteral("tcp-socket :http delay=5s timeout=1s period=10s #success=1 #failure=3"));
        QCOMPARE(probes[2].text, QStringLiteral("http-get http://:8080/health delay=0s timeout=1s period=10s #success=1 #failure=3"));
    }
};

QTEST_GUILESS_MAIN(TestWorkloadLoad)
#include "tst_workload_load.moc"

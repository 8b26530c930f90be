// SPDX-License-Identifier: GPL-3.0-or-later
// pilot rollouts load, who and commit on a real API server: probes, surge, autoscaler, requests and limits; a metrics server that is not there, then one (its kinds as
// custom resources, filled as it fills them); a container that was killed for its memory; a manifest that Argo CD follows, changed by a commit and taken back.
#include "core/base/file.h"
#include "tests/support/kube_server.h"
#include "tests/support/run_pilot.h"

#include <QJsonArray>

using namespace pilothouse;
using support::Answer;
using Q = QLatin1String;

namespace {

const QByteArray manifests = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: ml\n  annotations: {argocd.argoproj.io/tracking-id: \"shop:apps/Deployment:ml/web\"}\nspec:\n  replicas: 2\n"
                             "  selector: {matchLabels: {app: web}}\n  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n"
                             "      - name: server\n        image: o/web:v1 # by the build\n        resources: {requests: {cpu: 250m, memory: 256Mi}, limits: {memory: 512Mi}}\n"
                             "        readinessProbe: {httpGet: {path: /health, port: 8080}}\n";
const QByteArray autoscaler = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web, namespace: ml}\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  minReplicas: 2\n  maxReplicas: 5\n"
                              "  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]\n";
/// The kinds of metrics.k8s.io, which an aggregated server has in a real cluster.
const QByteArray metricsKinds = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: pods.metrics.k8s.io\n  annotations: {api-approved.kubernetes.io: \"unapproved, for a test\"}\nspec:\n  group: metrics.k8s.io\n  scope: Namespaced\n"
                                "  names: {plural: pods, singular: podmetric, kind: PodMetrics, listKind: PodMetricsList}\n  versions:\n  - {name: v1beta1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}\n";

/// Argo CD's kind, as far as it says what it follows.
const QByteArray argoKind = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: applications.argoproj.io}\nspec:\n  group: argoproj.io\n  scope: Namespaced\n"
                            "  names: {plural: applications, singular: application, kind: Application}\n  versions:\n  - {name: v1alpha1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}\n";

QByteArray git(const QString &folder, const QStringList &words) {
    return support::KubeServer::run(QStringLiteral("git"), QStringList{QStringLiteral("-C"), folder, QStringLiteral("-c"), QStringLiteral("user.name=t"), QStringLiteral("-c"), QStringLiteral("user.email=t@t"), QStringLiteral("-c"), QStringLiteral("init.defaultBranch=main")} + words, {}, 30000).out.trimmed();
}

} // namespace

class TestRolloutLoad : public QObject {
    Q_OBJECT
    support::KubeServer m_server;
    QTemporaryDir m_folder;
    QString m_clone;

    Answer pilot(const QStringList &arguments) { return support::runPilot(m_folder.path(), arguments, QStringLiteral("loads")); }
    static QStringList rollouts(const QStringList &words) { return QStringList{QStringLiteral("rollouts")} + words; }
    QByteArray podName() { return m_server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("get"), QStringLiteral("pods"), QStringLiteral("-l"), QStringLiteral("app=web"), QStringLiteral("-o"), QStringLiteral("jsonpath={.items[0].metadata.name}")}).out; }

private Q_SLOTS:
    void initTestCase() {
        if (support::pilotUnderTest().isEmpty())
            QSKIP("PILOTHOUSE_PILOT is not set");
        QString why;
        if (!m_server.start(&why))
            QSKIP(qPrintable(why));
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("pilothouse.yaml")),
                                    "workspace: loads\nrole: operator\nconnections:\n  local: {kind: local, root: data}\n  admin: {kind: kubernetes, kubeconfig: " + m_server.adminConfig().toUtf8() +
                                        ", namespace: ml}\n  viewer: {kind: kubernetes, kubeconfig: " + m_server.viewerConfig().toUtf8() + ", namespace: ml}\n  manifests: {kind: git, url: " + m_folder.filePath(QStringLiteral("clone")).toUtf8() + ", remote: origin}\n"));
        const auto applied = m_server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")}, manifests + autoscaler);
        QVERIFY2(applied.code == 0, applied.error.constData());
        QVERIFY(m_server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("rollout"), QStringLiteral("status"), QStringLiteral("deployment/web"), QStringLiteral("--timeout=90s")}).code == 0);
    }

    void whatIsNotMeasuredIsSaid() {
        const Answer load = pilot(rollouts({QStringLiteral("load"), QStringLiteral("deployment/web"), QStringLiteral("--connection"), QStringLiteral("admin")}));
        QVERIFY2(load.code == 0, qPrintable(load.errors));
        QVERIFY2(load.object.value(Q("usage_missing")).toString().contains(Q("no metrics server")), load.out.constData());
        const QJsonArray pods = load.object.value(Q("pods")).toArray();
        QCOMPARE(pods.size(), 2);
        QCOMPARE(pods[0][Q("cpuRequestMilli")].toInt(), 250);
        QCOMPARE(pods[0][Q("memoryLimitBytes")].toInteger(), 512LL << 20);
        QVERIFY(!pods[0].toObject().contains(Q("cpuMilli")));
        const QJsonArray probes = load.object.value(Q("probes")).toArray();
        QCOMPARE(probes.size(), 1);
        QVERIFY(probes[0][Q("text")].toString().startsWith(Q("http-get http://:8080/health")));
        QCOMPARE(load.object[Q("update")][Q("text")].toString(), QStringLiteral("2 pods: at most 1 more and 0 missing at a time (maxSurge 1, maxUnavailable 0)"));
        const QJsonObject scaler = load.object.value(Q("autoscalers")).toArray().first().toObject();
        QCOMPARE(scaler.value(Q("minimum")).toInt(), 2);
        QCOMPARE(scaler.value(Q("maximum")).toInt(), 5);
        QCOMPARE(scaler.value(Q("metrics")).toArray().first()[Q("target")].toString(), QStringLiteral("80%"));
        QVERIFY(scaler.value(Q("metrics")).toArray().first()[Q("current")].isNull());
        const QJsonArray nodes = load.object.value(Q("nodes")).toArray();
        QVERIFY(!nodes.isEmpty());
        qint64 asked = 0;
        for (const QJsonValue &node : nodes)
            asked += node[Q("cpuRequestedMilli")].toInteger();
        QVERIFY(asked >= 500); // both pods are on these nodes
    }

    void whatIsMeasuredStandsBesideWhatWasAskedFor() {
        QVERIFY(m_server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")}, metricsKinds).code == 0);
        QVERIFY(m_server.kubectl({QStringLiteral("wait"), QStringLiteral("--for=condition=Established"), QStringLiteral("crd/pods.metrics.k8s.io"), QStringLiteral("--timeout=60s")}).code == 0);
        const QByteArray pod = podName();
        const QByteArray usage = "apiVersion: metrics.k8s.io/v1beta1\nkind: PodMetrics\nmetadata: {name: " + pod + ", namespace: ml}\ntimestamp: \"2026-11-22T10:00:00Z\"\nwindow: 15s\ncontainers: [{name: server, usage: {cpu: 125000000n, memory: 384Mi}}]\n";
        support::KubeServer::Answer written;
        QTRY_VERIFY_WITH_TIMEOUT((written = m_server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")}, usage)).code == 0, 60000);
        // Killed for its memory: as the kubelet writes it.
        const QByteArray status = "{\"status\":{\"containerStatuses\":[{\"name\":\"server\",\"image\":\"o/web:v1\",\"imageID\":\"o/web:v1\",\"ready\":true,\"restartCount\":1,\"state\":{\"running\":{\"startedAt\":\"2026-11-22T10:00:00Z\"}},"
                                  "\"lastState\":{\"terminated\":{\"exitCode\":137,\"reason\":\"OOMKilled\",\"finishedAt\":\"2026-11-22T09:59:00Z\"}}}]}}";
        const auto patched = m_server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("patch"), QStringLiteral("pod"), QString::fromUtf8(pod), QStringLiteral("--subresource=status"), QStringLiteral("--type=merge"), QStringLiteral("-p"), QString::fromUtf8(status)});
        QVERIFY2(patched.code == 0, patched.error.constData());
        const Answer load = pilot(rollouts({QStringLiteral("load"), QStringLiteral("deployment/web"), QStringLiteral("--connection"), QStringLiteral("admin")}));
        QVERIFY2(load.code == 0, qPrintable(load.errors));
        QJsonObject found;
        for (const QJsonValue &one : load.object.value(Q("pods")).toArray())
            if (one[Q("name")].toString() == QString::fromUtf8(pod))
                found = one.toObject();
        QCOMPARE(found.value(Q("cpuMilli")).toInt(), 125);
        QCOMPARE(found.value(Q("cpuOfRequest")).toDouble(), 0.5);
        QCOMPARE(found.value(Q("memoryOfLimit")).toDouble(), 0.75);
        QCOMPARE(found.value(Q("oomKilled")).toArray(), QJsonArray{QStringLiteral("server")});
    }

    void whatMayNotBeReadIsSaid() {
        const Answer load = pilot(rollouts({QStringLiteral("load"), QStringLiteral("deployment/web"), QStringLiteral("--connection"), QStringLiteral("viewer")}));
        QVERIFY2(load.code == 0, qPrintable(load.errors));
        QCOMPARE(load.object.value(Q("pods")).toArray().size(), 2);
        QVERIFY2(load.object.value(Q("nodes_missing")).toString().contains(Q("nodes")), load.out.constData());
        const Answer who = pilot(rollouts({QStringLiteral("who"), QStringLiteral("--connection"), QStringLiteral("viewer")}));
        QVERIFY2(who.code == 0, qPrintable(who.errors));
        QVERIFY(!who.object.value(Q("user")).toString().isEmpty());
        bool reads = false, writes = true;
        for (const QJsonValue &right : who.object.value(Q("rights")).toArray()) {
            if (right[Q("resource")].toString() == Q("deployments") && right[Q("verb")].toString() == Q("list"))
                reads = right[Q("allowed")].toBool();
            if (right[Q("resource")].toString() == Q("deployments") && right[Q("verb")].toString() == Q("patch"))
                writes = right[Q("allowed")].toBool();
        }
        QVERIFY(reads);
        QVERIFY(!writes);
    }

    void aChangeAsACommit() {
        const QString origin = m_folder.filePath(QStringLiteral("origin"));
        m_clone = m_folder.filePath(QStringLiteral("clone"));
        QDir().mkpath(origin);
        git(origin, {QStringLiteral("init"), QStringLiteral("--bare")});
        git(m_folder.path(), {QStringLiteral("clone"), origin, m_clone});
        QDir().mkpath(m_clone + QStringLiteral("/k8s"));
        QVERIFY(writeFileAtomically(m_clone + QStringLiteral("/k8s/web.yml"), manifests));
        git(m_clone, {QStringLiteral("checkout"), QStringLiteral("-b"), QStringLiteral("main")});
        git(m_clone, {QStringLiteral("add"), QStringLiteral(".")});
        git(m_clone, {QStringLiteral("commit"), QStringLiteral("-m"), QStringLiteral("first")});
        git(m_clone, {QStringLiteral("push"), QStringLiteral("-u"), QStringLiteral("origin"), QStringLiteral("main")});
        const QStringList words = rollouts({QStringLiteral("commit"), QStringLiteral("deployment/web"), QStringLiteral("--repository"), m_clone, QStringLiteral("--folder"), QStringLiteral("k8s"), QStringLiteral("--connection"), QStringLiteral("admin"), QStringLiteral("--image"), QStringLiteral("server=o/web:v2"),
                                            QStringLiteral("--set"), QStringLiteral("MODE=fast"), QStringLiteral("--limits"), QStringLiteral("memory=1Gi"), QStringLiteral("--replicas"), QStringLiteral("3")});
        const Answer plan = pilot(words + QStringList{QStringLiteral("--plan")});
        QVERIFY2(plan.code == 0, qPrintable(plan.errors));
        QCOMPARE(plan.object[Q("manager")][Q("tool")].toString(), QStringLiteral("Argo CD"));
        QCOMPARE(plan.object[Q("manager")][Q("name")].toString(), QStringLiteral("shop"));
        QCOMPARE(plan.object.value(Q("into")).toString(), QStringLiteral("main"));
        QVERIFY(plan.object.value(Q("diff")).toArray().contains(QStringLiteral("+        image: o/web:v2 # by the build")));
        QCOMPARE(git(origin, {QStringLiteral("branch")}).count('\n'), 0); // nothing was made
        const Answer done = pilot(words);
        QVERIFY2(done.code == 0, qPrintable(done.errors));
        const QString id = done.object.value(Q("operation")).toString(), shown = done.object.value(Q("branch")).toString() + QStringLiteral(":k8s/web.yml");
        const QByteArray now = git(origin, {QStringLiteral("show"), shown});
        QVERIFY2(now.contains("  replicas: 3\n") && now.contains("image: o/web:v2 # by the build\n        env:\n        - name: MODE\n          value: \"fast\"\n") && now.contains("limits: {memory: 1Gi}"), now.constData());
        QCOMPARE(git(origin, {QStringLiteral("rev-parse"), done.object.value(Q("branch")).toString()}), done.object[Q("steps")][0][Q("after")][Q("commit")].toString().toLatin1());
        // What the manifest becomes is what the server takes.
        QCOMPARE(m_server.kubectl({QStringLiteral("apply"), QStringLiteral("--dry-run=server"), QStringLiteral("-f"), QStringLiteral("-")}, now).code, 0);
        const Answer back = pilot({QStringLiteral("undo"), id});
        QVERIFY2(back.code == 0, qPrintable(back.errors));
        QCOMPARE(git(origin, {QStringLiteral("show"), shown}) + '\n', manifests);
        const Answer twice = pilot({QStringLiteral("undo"), id});
        QVERIFY(twice.code != 0);
        // Which repository it follows is what Argo CD's application says.
        QVERIFY(m_server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")}, argoKind).code == 0);
        QVERIFY(m_server.kubectl({QStringLiteral("wait"), QStringLiteral("--for=condition=Established"), QStringLiteral("crd/applications.argoproj.io"), QStringLiteral("--timeout=60s")}).code == 0);
        const QStringList asked = rollouts({QStringLiteral("commit"), QStringLiteral("deployment/web"), QStringLiteral("--connection"), QStringLiteral("admin"), QStringLiteral("--replicas"), QStringLiteral("4"), QStringLiteral("--plan")});
        const Answer unknown = pilot(asked);
        QVERIFY(unknown.code != 0);
        QVERIFY2(unknown.errors.contains(Q("--repository")) || unknown.out.contains("--repository"), qPrintable(unknown.errors));
        const QByteArray application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, namespace: ml}\nspec:\n  source: {repoURL: \"file://" + m_clone.toUtf8() + "\", path: k8s, targetRevision: main}\n";
        support::KubeServer::Answer written;
        QTRY_VERIFY_WITH_TIMEOUT((written = m_server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")}, application)).code == 0, 60000);
        const Answer found = pilot(asked);
        QVERIFY2(found.code == 0, qPrintable(found.errors));
        QCOMPARE(found.object[Q("manager")][Q("follows")][Q("folder")].toString(), QStringLiteral("k8s"));
        QCOMPARE(found.object.value(Q("file")).toString(), QStringLiteral("k8s/web.yml"));
        // A value that looks like a credential does not go into Git.
        const Answer secret = pilot(rollouts({QStringLiteral("commit"), QStringLiteral("deployment/web"), QStringLiteral("--repository"), m_clone, QStringLiteral("--set"), QStringLiteral("API_TOKEN=hunter2hunter2")}));
        QVERIFY(secret.code != 0);
        QVERIFY(!secret.errors.contains(Q("hunter2")) && !secret.out.contains("hunter2"));
    }
};

QTEST_GUILESS_MAIN(TestRolloutLoad)
#include "tst_rollout_load.moc"

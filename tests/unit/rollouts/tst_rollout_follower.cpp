// SPDX-License-Identifier: GPL-3.0-or-later
// What a watched rollout tells, each once; and pods as kubectl lists them.
#include "core/cluster/pod_state.h"
#include "core/cluster/workload_notes.h"
#include "core/rollouts/rollout_watch.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;
using cluster::podState;

namespace {

using Q = QLatin1String;

QJsonObject json(QByteArray text) {
    text.replace('\'', '"');
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(text, &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s in %s", qPrintable(error.errorString()), text.constData());
    return document.object();
}

QJsonObject pod(const QByteArray &status, const QByteArray &more = {}) {
    return json("{'metadata':{'name':'web-1','uid':'p1'" + more + "},'spec':{'nodeName':'n1','containers':[{'name':'api','image':'a:1'}]},'status':" + status + "}");
}

cluster::Workload workload(const QByteArray &status) {
    cluster::Workload w;
    w.ref = {cluster::kinds::Deployment, QStringLiteral("ml"), QStringLiteral("web")};
    w.object = json("{'kind':'Deployment','metadata':{'name':'web','uid':'d','generation':2},'spec':{'replicas':2},'status':" + status + "}");
    return w;
}

QString told(const std::vector<RolloutNews> &news) {
    QStringList out;
    for (const RolloutNews &n : news)
        out << n.toJson().value(Q("kind")).toString() + QLatin1Char(' ') + n.object + QStringLiteral(": ") + n.text;
    return out.join(QLatin1Char('\n'));
}

} // namespace

class TestRolloutFollower : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void statusOfAPod_data() {
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QString>("trouble");
        const auto row = [](const char *name, const char *status, const char *shown, const char *trouble, const char *more = "") { QTest::newRow(name) << QByteArray(status) << QByteArray(more) << QString::fromUtf8(shown) << QString::fromUtf8(trouble); };
        row("it runs", "{'phase':'Running','conditions':[{'type':'Ready','status':'True'}],'containerStatuses':[{'name':'api','ready':true,'restartCount':0,'state':{'running':{}}}]}", "Running", "");
        row("its image cannot be pulled", "{'phase':'Pending','containerStatuses':[{'name':'api','state':{'waiting':{'reason':'ImagePullBackOff','message':'Back-off pulling image a:1'}}}]}", "ImagePullBackOff",
            "container api: ImagePullBackOff: Back-off pulling image a:1");
        row("it is being made", "{'phase':'Pending','containerStatuses':[{'name':'api','state':{'waiting':{'reason':'ContainerCreating'}}}]}", "ContainerCreating", "");
        row("it was killed for its memory, again and again", "{'phase':'Running','containerStatuses':[{'name':'api','restartCount':4,'state':{'waiting':{'reason':'CrashLoopBackOff'}},'lastState':{'terminated':{'reason':'OOMKilled','exitCode':137}}}]}", "CrashLoopBackOff",
            "container api: CrashLoopBackOff (it ended with OOMKilled, exit code 137)");
        row("no node fits", "{'phase':'Pending','conditions':[{'type':'PodScheduled','status':'False','reason':'Unschedulable','message':'0/2 nodes are available: 2 Insufficient cpu.'}]}", "Pending", "not scheduled: 0/2 nodes are available: 2 Insufficient cpu.");
        row("an init container holds it", "{'phase':'Pending','initContainerStatuses':[{'name':'load','state':{'running':{}}}],'containerStatuses':[{'name':'api','state':{'waiting':{'reason':'PodInitializing'}}}]}", "Init:0/1", "");
        row("an init container failed", "{'phase':'Pending','initContainerStatuses':[{'name':'load','state':{'terminated':{'exitCode':3}}}]}", "Init:ExitCode:3", "container load ended: exit code 3");
        row("it was evicted", "{'phase':'Failed','reason':'Evicted','message':'The node was low on resource: memory.'}", "Evicted", "failed: Evicted The node was low on resource: memory.");
        row("it ends", "{'phase':'Running','containerStatuses':[{'name':'api','ready':true,'state':{'running':{}}}]}", "Terminating", "", ",'deletionTimestamp':'2026-01-01T00:00:00Z'");
    }
    void statusOfAPod() {
        QFETCH(QByteArray, status);
        QFETCH(QByteArray, more);
        QFETCH(QString, shown);
        QFETCH(QString, trouble);
        const auto state = podState(pod(status, more));
        QCOMPARE(state.status, shown);
        QCOMPARE(state.trouble, trouble);
    }

    void eachThingIsToldOnce() {
        const QDateTime now(QDate(2026, 1, 1), QTime(12, 0), Qt::UTC);
        RolloutFollower follower(now);
        const QJsonObject waits = pod("{'phase':'Pending','containerStatuses':[{'name':'api','state':{'waiting':{'reason':'ErrImagePull','message':'not found'}}}]}");
        const std::vector<QJsonObject> events{json("{'metadata':{'uid':'e1'},'count':1,'reason':'Failed','message':'no such image','lastTimestamp':'2026-01-01T12:00:01Z','involvedObject':{'kind':'Pod','name':'web-1'}}"),
                                              json("{'metadata':{'uid':'e0'},'count':1,'reason':'Old','message':'of yesterday','lastTimestamp':'2025-12-31T12:00:01Z','involvedObject':{'kind':'Pod','name':'web-1'}}")};
        QCOMPARE(told(follower.take(workload("{'observedGeneration':2,'updatedReplicas':1}"), {waits}, events, now)),
                 QStringLiteral("progress deployment/web: Waiting for deployment \"web\" rollout to finish: 1 out of 2 new replicas have been updated...\n"
                                "pod pod/web-1: web-1  0/1  ErrImagePull  n1\ntrouble pod/web-1: container api: ErrImagePull: not found\nevent pod/web-1: Failed: no such image"));
        QCOMPARE(follower.sight().troubles, QStringList{QStringLiteral("pod web-1: container api: ErrImagePull: not found")});
        QVERIFY(follower.take(workload("{'observedGeneration':2,'updatedReplicas':1}"), {waits}, events, now).empty());
        QVERIFY(!follower.sight().troubles.isEmpty()); // it is so still
        const QJsonObject runs = pod("{'phase':'Running','conditions':[{'type':'Ready','status':'True'}],'containerStatuses':[{'name':'api','ready':true,'state':{'running':{}}}]}");
        QCOMPARE(told(follower.take(workload("{'observedGeneration':2,'replicas':2,'updatedReplicas':2,'availableReplicas':2}"), {runs}, events, now)),
                 QStringLiteral("progress deployment/web: deployment \"web\" successfully rolled out\npod pod/web-1: web-1  1/1  Running  n1"));
        QVERIFY(follower.sight().verdict.done);
        QVERIFY(follower.sight().troubles.isEmpty());
        QCOMPARE(told(follower.take(workload("{'observedGeneration':2,'replicas':2,'updatedReplicas':2,'availableReplicas':2}"), {}, events, now)), QStringLiteral("pod pod/web-1: web-1  gone"));
    }
    void aQuotaIsNamed() {
        RolloutFollower follower({});
        const auto news = follower.take(workload("{'observedGeneration':2,'conditions':[{'type':'ReplicaFailure','status':'True','reason':'FailedCreate','message':'exceeded quota: pods=2'}]}"), {}, {}, QDateTime::currentDateTimeUtc());
        QVERIFY(told(news).contains(QStringLiteral("trouble deployment/web: FailedCreate: exceeded quota: pods=2")));
    }

    void whoElseKeepsAnObject() {
        const auto owner = [](const char *metadata) { return cluster::gitOpsOwner(json(QByteArray("{'metadata':") + metadata + "}")); };
        QCOMPARE(owner("{'annotations':{'argocd.argoproj.io/tracking-id':'web:apps/Deployment:ml/web'}}")->text(), QStringLiteral("Argo CD keeps this object (web) and will set this back. Change it in Git."));
        QCOMPARE(owner("{'labels':{'kustomize.toolkit.fluxcd.io/name':'apps'}}")->system, QStringLiteral("Flux"));
        QCOMPARE(owner("{'labels':{'app.kubernetes.io/managed-by':'Helm'},'annotations':{'meta.helm.sh/release-name':'api'}}")->name, QStringLiteral("api"));
        QCOMPARE(owner("{'managedFields':[{'manager':'argocd-controller'}]}")->system, QStringLiteral("Argo CD"));
        QVERIFY(!owner("{'labels':{'app':'web'},'managedFields':[{'manager':'kubectl-set'}]}"));
        const cluster::KubeRef ref{cluster::kinds::Deployment, QStringLiteral("ml"), QStringLiteral("web")};
        const auto scaler = cluster::autoscalerOf(ref, {json("{'metadata':{'name':'other'},'spec':{'scaleTargetRef':{'kind':'StatefulSet','name':'web'},'maxReplicas':3}}"), json("{'metadata':{'name':'web'},'spec':{'scaleTargetRef':{'kind':'Deployment','name':'web'},'minReplicas':2,'maxReplicas':10}}")});
        QVERIFY(scaler && scaler->text().startsWith(QStringLiteral("HorizontalPodAutoscaler web (2 to 10)")));
    }
};

QTEST_GUILESS_MAIN(TestRolloutFollower)
#include "tst_rollout_follower.moc"

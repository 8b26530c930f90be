// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of kubectl's own unit tests (v1.36.3, pkg/polymorphichelpers/rollout_status_test.go), and what they leave out. The same verdicts are held against
// the text of the real kubectl by tests/contract/cluster/tst_kubectl_status.cpp.
#include "core/cluster/rollout_status.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace pilothouse::cluster;

namespace {

QJsonObject object(const char *kind, const char *rest) {
    const QByteArray json = QByteArray("{\"kind\":\"") + kind + "\"," + rest + "}";
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("%s in %s", qPrintable(error.errorString()), json.constData());
    return document.object();
}

} // namespace

class TestRolloutStatus : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void verdict_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("rest");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("end"); // "", done, failed
        const auto row = [](const char *name, const char *kind, const char *rest, const char *text, const char *end) { QTest::newRow(name) << QString::fromLatin1(kind) << QString::fromLatin1(rest) << QString::fromLatin1(text) << QString::fromLatin1(end); };
        const char *d = "Deployment", *ds = "DaemonSet", *sts = "StatefulSet";
        row("a Deployment with no new replica", d, R"("metadata":{"name":"foo"},"spec":{"replicas":1},"status":{"observedGeneration":1,"replicas":1,"availableReplicas":1})",
            "Waiting for deployment \"foo\" rollout to finish: 0 out of 1 new replicas have been updated...", "");
        row("an old replica that is still there", d, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"replicas":2,"updatedReplicas":1,"availableReplicas":2})",
            "Waiting for deployment \"foo\" rollout to finish: 1 old replicas are pending termination...", "");
        row("a new replica that is not available", d, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":2},"status":{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"availableReplicas":1})",
            "Waiting for deployment \"foo\" rollout to finish: 1 of 2 updated replicas are available...", "");
        row("a Deployment that is through", d, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":2},"status":{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"availableReplicas":2})",
            "deployment \"foo\" successfully rolled out", "done");
        row("a spec that was not observed", d, R"("metadata":{"name":"foo","generation":2},"spec":{"replicas":2},"status":{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"availableReplicas":2})",
            "Waiting for deployment spec update to be observed...", "");
        row("past its progress deadline", d, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"conditions":[{"type":"Available","reason":"ProgressDeadlineExceeded"},{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]})",
            "deployment \"foo\" exceeded its progress deadline", "failed");
        row("the deadline of another condition is none", d, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":0},"status":{"observedGeneration":1,"conditions":[{"type":"Available","reason":"ProgressDeadlineExceeded"}]})",
            "deployment \"foo\" successfully rolled out", "done");
        row("a deadline of before a spec that was not observed is not told", d, R"("metadata":{"name":"foo","generation":3},"spec":{"replicas":1},"status":{"observedGeneration":2,"conditions":[{"type":"Progressing","reason":"ProgressDeadlineExceeded"}]})",
            "Waiting for deployment spec update to be observed...", "");
        row("no replicas in the spec", d, R"("metadata":{"name":"foo","generation":1},"spec":{},"status":{"observedGeneration":1})", "deployment \"foo\" successfully rolled out", "done");

        row("a DaemonSet with no new pod", ds, R"("metadata":{"name":"foo"},"spec":{"updateStrategy":{"type":"RollingUpdate"}},"status":{"observedGeneration":1,"desiredNumberScheduled":1})",
            "Waiting for daemon set \"foo\" rollout to finish: 0 out of 1 new pods have been updated...", "");
        row("a pod of it that is not available", ds, R"("metadata":{"name":"foo","generation":1},"spec":{"updateStrategy":{"type":"RollingUpdate"}},"status":{"observedGeneration":1,"desiredNumberScheduled":2,"updatedNumberScheduled":2,"numberAvailable":1})",
            "Waiting for daemon set \"foo\" rollout to finish: 1 of 2 updated pods are available...", "");
        row("a DaemonSet that is through", ds, R"("metadata":{"name":"foo","generation":1},"spec":{"updateStrategy":{"type":"RollingUpdate"}},"status":{"observedGeneration":1,"desiredNumberScheduled":2,"updatedNumberScheduled":2,"numberAvailable":2})",
            "daemon set \"foo\" successfully rolled out", "done");
        row("its spec was not observed", ds, R"("metadata":{"name":"foo","generation":2},"spec":{"updateStrategy":{"type":"RollingUpdate"}},"status":{"observedGeneration":1,"desiredNumberScheduled":2,"updatedNumberScheduled":2,"numberAvailable":2})",
            "Waiting for daemon set spec update to be observed...", "");
        row("OnDelete has no status", ds, R"("metadata":{"name":"foo"},"spec":{"updateStrategy":{"type":"OnDelete"}},"status":{})", "rollout status is only available for RollingUpdate strategy type", "failed");

        row("a StatefulSet with OnDelete", sts, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":3,"updateStrategy":{"type":"OnDelete"}},"status":{"observedGeneration":1,"readyReplicas":1})",
            "rollout status is only available for RollingUpdate strategy type", "failed");
        row("its update was not observed", sts, R"("metadata":{"name":"foo","generation":2},"spec":{"replicas":3,"updateStrategy":{"type":"RollingUpdate"}},"status":{"observedGeneration":1,"replicas":3,"readyReplicas":3,"currentReplicas":3})",
            "Waiting for statefulset spec update to be observed...", "");
        row("nothing was observed yet", sts, R"("metadata":{"name":"foo"},"spec":{"replicas":0,"updateStrategy":{"type":"RollingUpdate"}},"status":{})", "Waiting for statefulset spec update to be observed...", "");
        row("not all pods are ready", sts, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":3,"updateStrategy":{"type":"RollingUpdate"}},"status":{"observedGeneration":2,"replicas":3,"readyReplicas":2,"currentReplicas":3})",
            "Waiting for 1 pods to be ready...", "");
        row("all above the partition are new", sts, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":3,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":2}}},"status":{"observedGeneration":2,"replicas":3,"readyReplicas":3,"currentReplicas":2,"updatedReplicas":1})",
            "partitioned roll out complete: 1 new pods have been updated...", "done");
        row("none above the partition is new", sts, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":3,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":2}}},"status":{"observedGeneration":2,"replicas":3,"readyReplicas":3,"currentReplicas":3})",
            "Waiting for partitioned roll out to finish: 0 out of 1 new pods have been updated...", "");
        row("a rollingUpdate without partition says nothing of revisions", sts, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":3,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{}}},"status":{"observedGeneration":2,"readyReplicas":3,"updatedReplicas":2,"currentRevision":"a","updateRevision":"b"})",
            "partitioned roll out complete: 2 new pods have been updated...", "done");
        row("all are current", sts, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":3,"updateStrategy":{"type":"RollingUpdate"}},"status":{"observedGeneration":2,"replicas":3,"readyReplicas":3,"currentReplicas":3,"updatedReplicas":3,"currentRevision":"foo","updateRevision":"foo"})",
            "statefulset rolling update complete 3 pods at revision foo...", "done");
        row("on its way to another revision", sts, R"("metadata":{"name":"foo","generation":1},"spec":{"replicas":3,"updateStrategy":{"type":"RollingUpdate"}},"status":{"observedGeneration":2,"replicas":3,"readyReplicas":3,"updatedReplicas":1,"currentRevision":"foo","updateRevision":"bar"})",
            "waiting for statefulset rolling update to complete 1 pods at revision bar...", "");
        row("another kind", "Job", R"("metadata":{"name":"foo"})", "no status viewer has been implemented for Job", "failed");
    }
    void verdict() {
        QFETCH(QString, kind);
        QFETCH(QString, rest);
        QFETCH(QString, text);
        QFETCH(QString, end);
        const RolloutVerdict v = rolloutVerdict(object(kind.toUtf8().constData(), rest.toUtf8().constData()));
        QCOMPARE(v.text, text);
        QCOMPARE(v.done, end == QLatin1String("done"));
        QCOMPARE(v.failed, end == QLatin1String("failed"));
    }

    void aWantedRevisionIsComparedWithTheOneThatRuns() {
        const char *rest = R"("metadata":{"name":"foo","generation":1,"annotations":{"deployment.kubernetes.io/revision":"7"}},"spec":{"replicas":0},"status":{"observedGeneration":1})";
        QVERIFY(rolloutVerdict(object("Deployment", rest), 7).done);
        QCOMPARE(rolloutVerdict(object("Deployment", rest), 6).text, QStringLiteral("desired revision (6) is different from the running revision (7)"));
        QVERIFY(rolloutVerdict(object("Deployment", rest), 6).failed);
        const RolloutVerdict odd = rolloutVerdict(object("Deployment", R"("metadata":{"name":"foo","annotations":{"deployment.kubernetes.io/revision":"x"}},"spec":{},"status":{})"), 1);
        QCOMPARE(odd.text, QStringLiteral("cannot get the revision of deployment \"foo\": strconv.ParseInt: parsing \"x\": invalid syntax"));
        QVERIFY(rolloutVerdict(object("Deployment", R"("metadata":{"name":"foo"},"spec":{},"status":{})"), 1).failed); // none is 0
    }
};

QTEST_GUILESS_MAIN(TestRolloutStatus)
#include "tst_rollout_status.moc"

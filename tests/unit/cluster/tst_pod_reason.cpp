// SPDX-License-Identifier: GPL-3.0-or-later
// Why a pod is not running, from pods and events as kubelets and controllers write them.
#include "core/cluster/pod_reason.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::cluster;

namespace {

constexpr qint64 now = 1790000000;

QJsonObject parsed(const QByteArray &json) {
    QJsonParseError error;
    const QJsonObject object = QJsonDocument::fromJson(json, &error).object();
    if (object.isEmpty())
        qFatal("test data: %s in %s", qPrintable(error.errorString()), json.constData());
    return object;
}
KubeRowPtr row(const KubeKind &kind, const QByteArray &json) {
    auto made = kubeRow(kind, parsed(json));
    if (!made)
        qFatal("%s", qPrintable(made.error().text()));
    return *made;
}
QByteArray pod(const QByteArray &spec, const QByteArray &status, const QByteArray &metadata = {}) {
    return "{\"metadata\":{\"name\":\"web-1\",\"namespace\":\"ml\",\"uid\":\"u1\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\"" + metadata + "},\"spec\":{" + spec + "},\"status\":{" + status + "}}";
}
const QByteArray server = "\"nodeName\":\"node-1\",\"containers\":[{\"name\":\"server\",\"image\":\"r.example/web:v3\",\"resources\":{\"limits\":{\"memory\":\"512Mi\"}},\"readinessProbe\":{\"httpGet\":{\"path\":\"/ready\",\"port\":80}}}]";
QByteArray containerStatus(const QByteArray &state, const QByteArray &more = {}) {
    return "\"phase\":\"Running\",\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"True\"},{\"type\":\"Ready\",\"status\":\"False\",\"message\":\"containers with unready status: [server]\"}],\"containerStatuses\":[{\"name\":\"server\",\"ready\":false,\"restartCount\":6,\"image\":\"r.example/web:v3\",\"imageID\":\"\",\"state\":" + state + more + "}]";
}
KubeRowPtr eventOf(const QByteArray &reason, const QByteArray &message, const QByteArray &uid = "u1", const QByteArray &name = "web-1") {
    return row(kinds::Event, "{\"metadata\":{\"name\":\"e" + QByteArray::number(qHash(message)) + "\",\"namespace\":\"ml\"},\"involvedObject\":{\"kind\":\"Pod\",\"namespace\":\"ml\",\"name\":\"" + name + "\",\"uid\":\"" + uid + "\"},\"type\":\"Warning\",\"reason\":\"" + reason + "\",\"message\":\"" + message + "\",\"lastTimestamp\":\"2026-01-01T00:00:10Z\"}");
}

} // namespace

class TestPodReason : public QObject {
    Q_OBJECT

    static KubeReason of(const QByteArray &json, const std::vector<KubeRowPtr> &events = {}, const std::vector<KubeRowPtr> &claims = {}) { return podReason(*row(kinds::Pod, json), events, claims, now); }

private Q_SLOTS:
    void an_image_that_cannot_be_pulled_is_named_with_the_registrys_words() {
        const QByteArray waiting = pod(server, containerStatus("{\"waiting\":{\"reason\":\"ImagePullBackOff\",\"message\":\"Back-off pulling image \\\"r.example/web:v3\\\"\"}}"));
        KubeReason reason = of(waiting, {eventOf("Failed", "Failed to pull image \\\"r.example/web:v3\\\": manifest unknown"), eventOf("Failed", "Error: ImagePullBackOff")});
        QCOMPARE(reason.word, QStringLiteral("ImagePullBackOff"));
        QCOMPARE(reason.weight, KubeReason::Weight::Trouble);
        QCOMPARE(reason.sentence, QStringLiteral("The image r.example/web:v3 of the container server cannot be pulled: Failed to pull image \"r.example/web:v3\": manifest unknown."));
        QVERIFY(reason.remedy.contains(QLatin1String("not in the registry")));
        // Newer kubelets say it in the state itself; an event of another pod does not count.
        reason = of(pod(server, containerStatus("{\"waiting\":{\"reason\":\"ErrImagePull\",\"message\":\"failed to authorize: 401 Unauthorized\"}}")), {eventOf("Failed", "Failed to pull image: not found", "other", "web-2")});
        QVERIFY(reason.sentence.contains(QLatin1String("401 Unauthorized")));
        QVERIFY(reason.remedy.contains(QLatin1String("imagePullSecrets")));
    }

    void a_crash_loop_has_its_exit_code_and_reason() {
        const KubeReason reason = of(pod(server, containerStatus("{\"waiting\":{\"reason\":\"CrashLoopBackOff\",\"message\":\"back-off 5m0s\"}}", ",\"lastState\":{\"terminated\":{\"exitCode\":1,\"reason\":\"Error\",\"message\":\"ModuleNotFoundError: torch\",\"finishedAt\":\"2026-01-01T00:00:00Z\"}}")));
        QCOMPARE(reason.word, QStringLiteral("CrashLoopBackOff"));
        QCOMPARE(reason.sentence, QStringLiteral("The container server ended with exit code 1: ModuleNotFoundError: torch. It is started again after a while, 6 times so far."));
        QVERIFY(reason.remedy.contains(QLatin1String("previous container")));
    }

    void a_container_over_its_memory_limit_is_named_with_the_limit() {
        const QByteArray last = ",\"lastState\":{\"terminated\":{\"exitCode\":137,\"reason\":\"OOMKilled\",\"finishedAt\":\"2026-01-01T00:00:00Z\"}}";
        KubeReason reason = of(pod(server, containerStatus("{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}", last)));
        QCOMPARE(reason.word, QStringLiteral("OOMKilled"));
        QCOMPARE(reason.sentence, QStringLiteral("The container server was killed for its memory (OOMKilled): it went over its memory limit of 512Mi, restarted 6 times."));
        QVERIFY(reason.remedy.contains(QLatin1String("limits.memory")));
        // Also while it runs again.
        reason = of(pod(server, "\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],\"containerStatuses\":[{\"name\":\"server\",\"ready\":true,\"started\":true,\"restartCount\":1,\"state\":{\"running\":{}}" + last + "}]"));
        QCOMPARE(reason.word, QStringLiteral("OOMKilled"));
    }

    void a_pod_that_fits_no_node_has_the_schedulers_words() {
        const KubeReason reason = of(pod("\"containers\":[{\"name\":\"server\"}]", "\"phase\":\"Pending\",\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"False\",\"reason\":\"Unschedulable\",\"message\":\"0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available\"}]"));
        QCOMPARE(reason.word, QStringLiteral("Unschedulable"));
        QCOMPARE(reason.sentence, QStringLiteral("No node can take the pod: 0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available."));
        QVERIFY(reason.remedy.contains(QLatin1String("resources.requests")));
    }

    void a_claim_that_is_not_bound_is_named() {
        const KubeRowPtr claim = row(kinds::PersistentVolumeClaim, "{\"metadata\":{\"name\":\"models\",\"namespace\":\"ml\",\"uid\":\"c1\"},\"spec\":{\"storageClassName\":\"fast\",\"resources\":{\"requests\":{\"storage\":\"10Gi\"}}},\"status\":{\"phase\":\"Pending\"}}");
        const KubeReason reason = of(pod("\"containers\":[{\"name\":\"server\"}],\"volumes\":[{\"name\":\"m\",\"persistentVolumeClaim\":{\"claimName\":\"models\"}}]", "\"phase\":\"Pending\",\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"False\",\"reason\":\"Unschedulable\",\"message\":\"0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.\"}]"),
                                     {eventOf("ProvisioningFailed", "storageclass.storage.k8s.io \\\"fast\\\" not found", "c1", "models")}, {claim});
        QCOMPARE(reason.word, QStringLiteral("ClaimPending"));
        QCOMPARE(reason.sentence, QStringLiteral("No node can take the pod before its volume is there. The claim models (10Gi, class fast) is not bound to a volume: storageclass.storage.k8s.io \"fast\" not found."));
        QVERIFY(reason.remedy.contains(QLatin1String("storage class")));
    }

    void a_probe_that_fails_is_quoted() {
        const QByteArray running = pod(server, containerStatus("{\"running\":{\"startedAt\":\"2026-01-01T00:00:00Z\"}}"));
        KubeReason reason = of(running, {eventOf("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")});
        QCOMPARE(reason.word, QStringLiteral("Unready"));
        QCOMPARE(reason.weight, KubeReason::Weight::Trouble);
        QCOMPARE(reason.sentence, QStringLiteral("The container server runs, but its readiness probe fails: Readiness probe failed: HTTP probe failed with statuscode: 503."));
        reason = of(running);
        QCOMPARE(reason.weight, KubeReason::Weight::Passing);
        QVERIFY(reason.remedy.contains(QLatin1String("readiness probe")));
        reason = of(pod(server, containerStatus("{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}", ",\"lastState\":{\"terminated\":{\"exitCode\":137,\"reason\":\"Error\",\"finishedAt\":\"2026-01-01T00:00:00Z\"}}")), {eventOf("Unhealthy", "Liveness probe failed: timeout")});
        QCOMPARE(reason.sentence, QStringLiteral("The container server is restarted because its liveness probe fails: Liveness probe failed: timeout."));
    }

    void a_pod_that_is_set_up_says_what_it_waits_for() {
        const QByteArray creating = pod(server, containerStatus("{\"waiting\":{\"reason\":\"ContainerCreating\"}}"));
        QCOMPARE(of(creating).weight, KubeReason::Weight::Passing);
        const KubeReason reason = of(creating, {eventOf("FailedMount", "MountVolume.SetUp failed for volume \\\"config\\\" : configmap \\\"web\\\" not found")});
        QCOMPARE(reason.word, QStringLiteral("FailedMount"));
        QVERIFY(reason.remedy.contains(QLatin1String("Create what is missing")));
        QCOMPARE(of(pod(server, containerStatus("{\"waiting\":{\"reason\":\"CreateContainerConfigError\",\"message\":\"secret \\\"db\\\" not found\"}}"))).sentence, QStringLiteral("The container server cannot be set up: secret \"db\" not found."));
    }

    void finished_evicted_and_late_pods() {
        QCOMPARE(of(pod(server, "\"phase\":\"Succeeded\"")).weight, KubeReason::Weight::Fine);
        const KubeReason evicted = of(pod(server, "\"phase\":\"Failed\",\"reason\":\"Evicted\",\"message\":\"The node was low on resource: memory.\""));
        QCOMPARE(evicted.sentence, QStringLiteral("The node node-1 put the pod out: The node was low on resource: memory."));
        QCOMPARE(of(pod(server, "\"phase\":\"Running\"", ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"")).weight, KubeReason::Weight::Trouble);
        QCOMPARE(of(pod(server, "\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],\"containerStatuses\":[{\"name\":\"server\",\"ready\":true,\"started\":true,\"state\":{\"running\":{}}}]")).weight, KubeReason::Weight::Fine);
    }

    void an_owner_that_may_make_no_pods_says_why() {
        const KubeRowPtr set = row(kinds::ReplicaSet, "{\"metadata\":{\"name\":\"web-abc\",\"namespace\":\"ml\",\"uid\":\"rs\"},\"spec\":{\"replicas\":3},\"status\":{\"replicas\":1,\"conditions\":[{\"type\":\"ReplicaFailure\",\"status\":\"True\",\"reason\":\"FailedCreate\",\"message\":\"pods \\\"web-abc-x\\\" is forbidden: exceeded quota: team, requested: pods=1, used: pods=10, limited: pods=10\"}]}}");
        const auto quota = ownerReason(*set, {});
        QVERIFY(quota);
        QCOMPARE(quota->word, QStringLiteral("QuotaExceeded"));
        QVERIFY(quota->sentence.contains(QLatin1String("used: pods=10, limited: pods=10")));
        const KubeRowPtr job = row(kinds::Job, "{\"metadata\":{\"name\":\"train\",\"namespace\":\"ml\",\"uid\":\"j\"},\"spec\":{\"completions\":1},\"status\":{}}");
        const auto fromEvent = ownerReason(*job, {eventOf("FailedCreate", "Error creating: pods is forbidden: failed quota: team: must specify limits.memory", "j", "train")});
        QVERIFY(fromEvent && fromEvent->remedy.contains(QLatin1String("set requests and limits")));
        const KubeRowPtr deployment = row(kinds::Deployment, "{\"metadata\":{\"name\":\"web\",\"namespace\":\"ml\",\"uid\":\"d\"},\"spec\":{\"replicas\":3},\"status\":{\"replicas\":1}}");
        QVERIFY(ownerReason(*deployment, {eventOf("FailedCreate", "Error creating: pods \\\"web-abc-\\\" is forbidden: error looking up service account ml/web: serviceaccount \\\"web\\\" not found", "rs", "web-abc")}));
        QVERIFY(!ownerReason(*deployment, {}));
        QVERIFY(!ownerReason(*row(kinds::ReplicaSet, "{\"metadata\":{\"name\":\"web-abc\",\"namespace\":\"ml\",\"uid\":\"rs\"},\"spec\":{\"replicas\":1},\"status\":{\"replicas\":1}}"), {eventOf("FailedCreate", "long ago", "rs", "web-abc")}));
    }
};

QTEST_GUILESS_MAIN(TestPodReason)
#include "tst_pod_reason.moc"

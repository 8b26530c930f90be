// SPDX-License-Identifier: GPL-3.0-or-later
// The operations on workloads against a real API server with its controllers: sent, watched to the end, undone, refused; and held against what kubectl does.
#include "core/cluster/change_note.h"
#include "core/cluster/pod_template.h"
#include "core/rollouts/rollout_watch.h"
#include "core/rollouts/workload_operations.h"
#include "tests/support/kube_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;
using cluster::Settings;
using operations::Operation;

namespace {

using Q = QLatin1String;
using workspace::Role;

QByteArray manifest(const char *kind, const QByteArray &name, int replicas, const QByteArray &more = {}, const QByteArray &annotations = {}) {
    const QByteArray count = qstrcmp(kind, "DaemonSet") == 0 ? QByteArray() : QByteArray("  replicas: ") + QByteArray::number(replicas) + "\n";
    return "apiVersion: apps/v1\nkind: " + QByteArray(kind) + "\nmetadata: {name: " + name + ", namespace: ml" + annotations + "}\nspec:\n" + count + more + "  selector: {matchLabels: {app: " + name + "}}\n  template:\n    metadata: {labels: {app: " + name +
           "}}\n    spec: {containers: [{name: api, image: \"registry.example/team/api:1\", env: [{name: LEVEL, value: info}]}]}\n";
}

QString shown(const Result<RolloutSight> &sight) { return sight ? sight->verdict.text : sight.error().text() + sight.error().raw; }

} // namespace

class TestWorkload : public QObject {
    Q_OBJECT
    support::KubeServer m_server;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<cluster::KubeApi> m_api;
    QTemporaryDir m_folder;
    std::shared_ptr<operations::Journal> m_journal;

    void apply(const QByteArray &yaml) {
        const auto done = m_server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")}, yaml);
        QVERIFY2(done.code == 0, done.error.constData());
    }
    QByteArray kubectl(const QString &words) {
        const auto done = m_server.kubectl(QStringList{QStringLiteral("-n"), QStringLiteral("ml")} + words.split(QLatin1Char(' ')));
        return done.code == 0 ? done.out.trimmed() : "failed: " + done.error.trimmed();
    }
    WorkloadDesk desk(const char *target, std::shared_ptr<cluster::KubeApi> api = {}) const {
        return {api ? api : m_api, *cluster::parseKubeRef(QString::fromLatin1(target), QStringLiteral("ml")), {QStringLiteral("ada"), QStringLiteral("pilot"), Role::Operator}, std::make_shared<SystemClock>(), {}};
    }
    operations::OperationOutcome run(Operation operation, Role role = Role::Operator) const {
        return operations::Operations(m_journal, {QStringLiteral("ada"), QStringLiteral("pilot"), role}).run(std::move(operation));
    }
    /// Builds and runs; the id, or why not.
    QString done(Result<Operation> operation) const {
        if (!operation)
            return QStringLiteral("not built: ") + operation.error().text();
        const auto outcome = run(*operation);
        return outcome.done ? outcome.id : QStringLiteral("not done: ") + outcome.error->text();
    }
    Result<RolloutSight> watched(const char *target, int seconds = 60) const { return watchRollout(*m_api, desk(target).ref, {seconds, {}, {}}, {}, {}); }
    QByteArray imageOf(const char *target) { return kubectl(QStringLiteral("get %1 -o jsonpath={.spec.template.spec.containers[0].image}").arg(Q(target))); }
    Result<Operation> reversed(const char *target, const QString &id) const {
        PH_ASSIGN(const auto recorded, operations::recordedOperation(*m_journal, id));
        return reverseWorkloadOperation(desk(target), recorded);
    }

private Q_SLOTS:
    void initTestCase() {
        if (const QString why = support::KubeServer::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        QString why;
        QVERIFY2(m_server.start(&why), qPrintable(why));
        auto api = m_server.api(m_http);
        QVERIFY2(api, api ? "" : qPrintable(api.error().text()));
        m_api = *api;
        m_journal = *operations::Journal::open(m_folder.filePath(QStringLiteral("journal.jsonl")), *Database::open(m_folder.filePath(QStringLiteral("registry.db")), {operations::journalTables1()}), QByteArrayLiteral("k"));
    }

    void anImageIsSetWatchedAndTakenBack() {
        apply(manifest("Deployment", "web", 3));
        QVERIFY(watched("deployment/web"));
        const auto built = setImageOperation(desk("deployment/web"), {}, QStringLiteral("registry.example/team/api:2"));
        QVERIFY2(built, built ? "" : qPrintable(built.error().text()));
        QCOMPARE(built->steps.size(), 1u);
        QVERIFY2(built->steps[0].call.command.contains(QStringLiteral("application/json-patch+json")), qPrintable(built->steps[0].call.command));
        QCOMPARE(built->steps[0].call.effect, QStringLiteral("image of api: api:1 → api:2"));
        QCOMPARE(built->details.value(Q("diff")).toObject().value(Q("changes")).toInt(), 1);
        QCOMPARE(imageOf("deployment/web"), "registry.example/team/api:1"); // a plan changes nothing
        const auto outcome = run(*built);
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        QStringList progress;
        const auto sight = watchRollout(*m_api, desk("deployment/web").ref, {60, {}, built->undoRecord.value(Q("to")).toString()},
                                        [&](const std::vector<RolloutNews> &news, const RolloutSight &) {
                                            for (const RolloutNews &n : news)
                                                progress << n.text;
                                        }, {});
        QVERIFY2(sight && sight->verdict.done, qPrintable(shown(sight)));
        QCOMPARE(sight->verdict.text.toUtf8(), kubectl(QStringLiteral("rollout status deployment/web")).split('\n').last());
        QCOMPARE(std::count_if(sight->pods.begin(), sight->pods.end(), [](const cluster::PodState &pod) { return pod.serves && !pod.terminating; }), 3); // as kubectl's, its end does not wait for the last old pod
        QVERIFY2(progress.join(QLatin1Char('\n')).contains(QStringLiteral("Scaled up replica set")), qPrintable(progress.join(QLatin1Char('\n')))); // its events
        const auto workload = cluster::readWorkload(*m_api, desk("deployment/web").ref);
        QCOMPARE(workload->history[0].operation, outcome.id);
        QCOMPARE(workload->history[0].by, QStringLiteral("ada"));
        QCOMPARE(workload->history[0].cause, QStringLiteral("image of api: api:1 → api:2"));

        const QString back = done(reversed("deployment/web", outcome.id));
        QVERIFY2(back.startsWith(QStringLiteral("op-")), qPrintable(back));
        QVERIFY(watched("deployment/web"));
        QCOMPARE(imageOf("deployment/web"), "registry.example/team/api:1");
        QCOMPARE(kubectl(QStringLiteral("get deployment/web -o jsonpath={.metadata.annotations.deployment\\.kubernetes\\.io/revision}")), "3"); // a new revision
        QCOMPARE(reversed("deployment/web", outcome.id).error().kind, ErrorKind::Conflict); // it is not as it left it
    }

    void anImageThatIsNotThereIsUndoneInTheMiddle() {
        apply(manifest("Deployment", "stuck", 4));
        QVERIFY(watched("deployment/stuck"));
        const QString sent = done(setImageOperation(desk("deployment/stuck"), QStringLiteral("api"), QStringLiteral("registry.example/team/api:missing")));
        QVERIFY2(sent.startsWith(QStringLiteral("op-")), qPrintable(sent));
        std::stop_source stop;
        QString trouble;
        const auto sight = watchRollout(*m_api, desk("deployment/stuck").ref, {90, {}, {}},
                                        [&](const std::vector<RolloutNews> &news, const RolloutSight &) {
                                            for (const RolloutNews &n : news)
                                                if (n.kind == RolloutNews::Kind::Trouble && n.text.contains(QStringLiteral("ImagePull"))) {
                                                    trouble = n.text;
                                                    stop.request_stop();
                                                }
                                        }, stop.get_token());
        QCOMPARE(sight.error().kind, ErrorKind::Cancelled);
        QVERIFY2(trouble.startsWith(QStringLiteral("container api:")), qPrintable(trouble));
        const QString undone = done(undoOperation(desk("deployment/stuck"), 0));
        QVERIFY2(undone.startsWith(QStringLiteral("op-")), qPrintable(undone));
        const auto end = watched("deployment/stuck");
        QVERIFY2(end && end->verdict.done, qPrintable(shown(end)));
        QCOMPARE(imageOf("deployment/stuck"), "registry.example/team/api:1");
    }

    void aDeadlineEndsTheWatch() {
        apply(manifest("Deployment", "late", 1, "  progressDeadlineSeconds: 3\n"));
        QVERIFY(watched("deployment/late"));
        QVERIFY(done(setImageOperation(desk("deployment/late"), {}, QStringLiteral("registry.example/team/api:missing"))).startsWith(QStringLiteral("op-")));
        const auto end = watched("deployment/late");
        QVERIFY2(end && end->verdict.failed, qPrintable(shown(end)));
        QCOMPARE(end->verdict.text, QStringLiteral("deployment \"late\" exceeded its progress deadline"));
        QCOMPARE(end->troubles.size(), 1);
        QVERIFY2(kubectl(QStringLiteral("rollout status deployment/late")).contains("error: " + end->verdict.text.toUtf8()), "kubectl says the same");
    }

    void whoChangesItBetweenPlanAndClickIsSeen() {
        apply(manifest("Deployment", "race", 2));
        QVERIFY(watched("deployment/race"));
        const auto planned = setImageOperation(desk("deployment/race"), {}, QStringLiteral("registry.example/team/api:2"));
        QVERIFY(planned);
        kubectl(QStringLiteral("set image deployment/race api=registry.example/team/api:9"));
        const auto outcome = run(*planned);
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Conflict);
        QVERIFY2(outcome.error->what.contains(QStringLiteral("kubectl-set")), qPrintable(outcome.error->text()));
        QVERIFY2(outcome.error->raw.contains(QStringLiteral("+   image: registry.example/team/api:9")), qPrintable(outcome.error->raw));
        QCOMPARE(imageOf("deployment/race"), "registry.example/team/api:9");
        QCOMPARE(m_journal->entries(1)->front().phase, QStringLiteral("refused"));
        // Its status goes on changing while it rolls: that is no conflict.
        const auto now = setImageOperation(desk("deployment/race"), {}, QStringLiteral("registry.example/team/api:3"));
        QVERIFY(now);
        QVERIFY(watched("deployment/race"));
        QVERIFY(run(*now).done);
    }

    void rightsAndRolesAreAskedFor() {
        apply(manifest("Deployment", "seen", 1));
        const auto viewer = m_server.api(m_http, m_server.viewerConfig());
        QVERIFY(viewer);
        const auto refusedOne = setImageOperation(desk("deployment/seen", *viewer), {}, QStringLiteral("registry.example/team/api:2"));
        QVERIFY(!refusedOne);
        QCOMPARE(refusedOne.error().kind, ErrorKind::Denied);
        QVERIFY2(refusedOne.error().text().contains(QStringLiteral("patch")) && refusedOne.error().text().contains(QStringLiteral("deployments")), qPrintable(refusedOne.error().text()));
        QVERIFY(watchRollout(**viewer, desk("deployment/seen").ref, {60, {}, {}}, {}, {})); // looking is allowed
        const auto operatorApi = m_server.api(m_http, m_server.operatorConfig());
        QVERIFY(setImageOperation(desk("deployment/seen", *operatorApi), {}, QStringLiteral("registry.example/team/api:2")));
        const auto built = restartOperation(desk("deployment/seen"));
        const auto outcome = run(*built, Role::Viewer);
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Refused);
        QCOMPARE(kubectl(QStringLiteral("get deployment/seen -o jsonpath={.metadata.generation}")), "1");
    }

    void variablesAndResourcesAreSetAndUnset() {
        apply(manifest("Deployment", "tuned", 1));
        QVERIFY(watched("deployment/tuned"));
        const auto env = environmentOperation(desk("deployment/tuned"), {}, {{QStringLiteral("LEVEL"), std::nullopt}, {QStringLiteral("DB_PASSWORD"), QStringLiteral("hunter2")}, {QStringLiteral("THREADS"), QStringLiteral("4")}});
        QVERIFY2(env, env ? "" : qPrintable(env.error().text()));
        const QString id = done(*env);
        QVERIFY2(id.startsWith(QStringLiteral("op-")), qPrintable(id));
        QCOMPARE(kubectl(QStringLiteral("get deployment/tuned -o jsonpath={.spec.template.spec.containers[0].env[*].name}")), "DB_PASSWORD THREADS");
        QFile journal(m_journal->file());
        QVERIFY(journal.open(QIODevice::ReadOnly));
        QVERIFY(!journal.readAll().contains("hunter2"));
        QVERIFY(!env->steps[0].call.command.contains(QStringLiteral("hunter2")));
        QVERIFY(watched("deployment/tuned"));
        QVERIFY(done(resourcesOperation(desk("deployment/tuned"), {}, {{QStringLiteral("cpu"), QStringLiteral("250m")}}, {{QStringLiteral("memory"), QStringLiteral("1Gi")}})).startsWith(QStringLiteral("op-")));
        QCOMPARE(kubectl(QStringLiteral("get deployment/tuned -o jsonpath={.spec.template.spec.containers[0].resources}")), "{\"limits\":{\"memory\":\"1Gi\"},\"requests\":{\"cpu\":\"250m\"}}");
        // More than its limit: the server's own words, before anything is sent.
        const auto wrong = resourcesOperation(desk("deployment/tuned"), {}, {{QStringLiteral("memory"), QStringLiteral("2Gi")}}, {});
        QCOMPARE(wrong.error().kind, ErrorKind::Invalid);
        QVERIFY2(wrong.error().text().contains(QStringLiteral("must be less than or equal to memory limit")), qPrintable(wrong.error().text()));
        QVERIFY(reversed("deployment/tuned", id).error().kind == ErrorKind::Conflict); // resources came after it
    }

    void scaleTellsOfAnAutoscaler() {
        apply(manifest("Deployment", "scaled", 1) + "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: scaled, namespace: ml}\nspec: {minReplicas: 1, maxReplicas: 10, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: scaled}, "
              "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}\n");
        const auto scale = scaleOperation(desk("deployment/scaled"), 3);
        QVERIFY2(scale, scale ? "" : qPrintable(scale.error().text()));
        QVERIFY2(scale->details.value(Q("warnings")).toArray().first().toString().startsWith(QStringLiteral("HorizontalPodAutoscaler scaled (1 to 10)")), "the autoscaler is named");
        const QString id = done(*scale);
        QVERIFY2(id.startsWith(QStringLiteral("op-")), qPrintable(id));
        QVERIFY(watched("deployment/scaled"));
        QCOMPARE(kubectl(QStringLiteral("get deployment/scaled -o jsonpath={.spec.replicas}")), "3");
        QVERIFY(done(reversed("deployment/scaled", id)).startsWith(QStringLiteral("op-")));
        QCOMPARE(kubectl(QStringLiteral("get deployment/scaled -o jsonpath={.spec.replicas}")), "1");
        QCOMPARE(scaleOperation(desk("deployment/scaled"), 1).error().kind, ErrorKind::Refused);
    }

    void aPauseHoldsAndIsResumed() {
        apply(manifest("Deployment", "held", 2));
        QVERIFY(watched("deployment/held"));
        QVERIFY(done(setImageOperation(desk("deployment/held"), {}, QStringLiteral("registry.example/team/api:5"))).startsWith(QStringLiteral("op-")));
        QVERIFY(watched("deployment/held"));
        const QString pause = done(pauseOperation(desk("deployment/held"), true));
        QVERIFY2(pause.startsWith(QStringLiteral("op-")), qPrintable(pause));
        const auto image = setImageOperation(desk("deployment/held"), {}, QStringLiteral("registry.example/team/api:2"));
        QVERIFY(image->details.value(Q("warnings")).toArray().first().toString().startsWith(QStringLiteral("It is paused")));
        QVERIFY(run(*image).done);
        QCOMPARE(undoOperation(desk("deployment/held"), 0).error().kind, ErrorKind::Refused); // as kubectl
        QCOMPARE(restartOperation(desk("deployment/held")).error().kind, ErrorKind::Refused);
        const auto soon = watched("deployment/held", 2);
        QCOMPARE(soon.error().kind, ErrorKind::TimedOut);
        QVERIFY(done(reversed("deployment/held", pause)).startsWith(QStringLiteral("op-"))); // resumes
        QVERIFY(watched("deployment/held")->verdict.done);
    }

    void otherKindsRollToo_data() {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("StatefulSet") << QByteArray("StatefulSet") << QByteArray("statefulset/state");
        QTest::newRow("DaemonSet") << QByteArray("DaemonSet") << QByteArray("daemonset/node");
    }
    void otherKindsRollToo() {
        QFETCH(QByteArray, kind);
        QFETCH(QByteArray, target);
        const char *name = target.constData();
        apply(manifest(kind.constData(), target.split('/').last(), 2, kind == "StatefulSet" ? "  serviceName: state\n" : ""));
        const auto first = watched(name);
        QVERIFY2(first && first->verdict.done, qPrintable(shown(first)));
        const QString set = done(setImageOperation(desk(name), {}, QStringLiteral("registry.example/team/api:2")));
        QVERIFY2(set.startsWith(QStringLiteral("op-")), qPrintable(set));
        const auto second = watched(name);
        QVERIFY2(second && second->verdict.done, qPrintable(shown(second)));
        QCOMPARE(second->verdict.text.toUtf8(), kubectl(QStringLiteral("rollout status %1").arg(Q(name))).split('\n').last());
        QVERIFY(done(restartOperation(desk(name))).startsWith(QStringLiteral("op-")));
        QVERIFY(watched(name));
        const auto workload = cluster::readWorkload(*m_api, desk(name).ref);
        QCOMPARE(workload->history.size(), 3u);
        QCOMPARE(workload->history[0].cause, QStringLiteral("restart"));
        QCOMPARE(workload->history[1].operation, set);
        const QString undone = done(undoOperation(desk(name), 1));
        QVERIFY2(undone.startsWith(QStringLiteral("op-")), qPrintable(undone));
        QVERIFY(watched(name)->verdict.done);
        QCOMPARE(imageOf(name), "registry.example/team/api:1");
        QCOMPARE(undoOperation(desk(name), 99).error().kind, ErrorKind::NotFound);
    }

    void anImageThatIsGoneIsNotGoneBackTo() {
        apply(manifest("Deployment", "gone", 1));
        QVERIFY(watched("deployment/gone"));
        WorkloadDesk with = desk("deployment/gone");
        QStringList there{QStringLiteral("registry.example/team/api:2")};
        with.digest = [&there](const QString &image, std::stop_token) -> Result<QString> { return there.contains(image) ? Result<QString>(QStringLiteral("sha256:00")) : Result<QString>(notFound(QStringLiteral("There is no image %1.").arg(image))); };
        const auto set = setImageOperation(with, {}, QStringLiteral("registry.example/team/api:2"));
        QCOMPARE(set->steps[0].call.effect, QStringLiteral("image of api: api:1 → api:2 (sha256:00)"));
        QVERIFY(run(*set).done);
        QVERIFY(watched("deployment/gone"));
        const auto undo = undoOperation(with, 0);
        QVERIFY(undo->details.value(Q("warnings")).toArray().first().toString().contains(QStringLiteral("api:1 is not in its registry any more")));
        const auto outcome = run(*undo);
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Conflict);
        QCOMPARE(imageOf("deployment/gone"), "registry.example/team/api:2");
        there << QStringLiteral("registry.example/team/api:1");
        QVERIFY(run(*undoOperation(with, 0)).done);
    }

    /// Two Deployments with the same past: kubectl undoes the one, we the other.
    void anUndoIsKubectlsUndo() {
        for (const char *name : {"theirs", "ours"}) {
            const QString target = QStringLiteral("deployment/") + Q(name);
            apply(manifest("Deployment", name, 1, {}, ", annotations: {team: a, kubernetes.io/change-cause: first}"));
            QVERIFY(watched(target.toLatin1().constData()));
            kubectl(QStringLiteral("set image %1 api=registry.example/team/api:2").arg(target));
            kubectl(QStringLiteral("annotate --overwrite %1 team=b kubernetes.io/change-cause=second").arg(target));
            QVERIFY(watched(target.toLatin1().constData()));
            const auto ref = desk(target.toLatin1().constData()).ref; // its controller copies annotations to the revision a moment later
            QTRY_COMPARE_WITH_TIMEOUT(cluster::readWorkload(*m_api, ref)->history.at(0).changeCause, QStringLiteral("second"), 20000);
        }
        const auto history = cluster::readWorkload(*m_api, desk("deployment/ours").ref)->history;
        QByteArray listed = "deployment.apps/ours \nREVISION  CHANGE-CAUSE\n";
        for (auto it = history.rbegin(); it != history.rend(); ++it)
            listed += QByteArray::number(it->revision) + "         " + it->changeCause.toUtf8() + '\n';
        QCOMPARE(kubectl(QStringLiteral("rollout history deployment/ours")), listed.trimmed());
        QVERIFY(kubectl(QStringLiteral("rollout undo deployment/theirs")).contains("rolled back"));
        QVERIFY(done(undoOperation(desk("deployment/ours"), 0)).startsWith(QStringLiteral("op-")));
        QVERIFY(watched("deployment/theirs"));
        QVERIFY(watched("deployment/ours"));
        const auto read = [&](const char *name) {
            QByteArray text = kubectl(QStringLiteral("get deployment/%1 -o json").arg(Q(name)));
            QJsonObject o = QJsonDocument::fromJson(text.replace(QByteArray("\"") + name + "\"", "\"web\"")).object();
            QJsonObject annotations = o.value(Q("metadata")).toObject().value(Q("annotations")).toObject();
            annotations.remove(cluster::ChangeNote::key());
            annotations.remove(QStringLiteral("kubectl.kubernetes.io/last-applied-configuration")); // it has the name within
            return std::make_pair(annotations, o.value(Q("spec")).toObject().value(Q("template")).toObject());
        };
        QCOMPARE(read("ours").first, read("theirs").first);
        QVERIFY(cluster::sameTemplate(read("ours").second, read("theirs").second));
        QCOMPARE(read("ours").first.value(Q("kubernetes.io/change-cause")).toString(), QStringLiteral("first"));
    }
};

QTEST_GUILESS_MAIN(TestWorkload)
#include "tst_workload.moc"

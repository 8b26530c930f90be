// SPDX-License-Identifier: GPL-3.0-or-later
// The executor kubernetes: a model's pipeline, as the Retrain button and a policy start it, trains in the pods of a real API server. Pods are played: they end
// after the time that an annotation says, and their log is a file. What is watched: one job whatever dies in between, and the run tells what the cluster says.
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/pipelines/run_record.h"
#include "tests/support/kube_server.h"
#include "tests/support/run_pilot.h"

#include <csignal>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::KubeServer;
using Q = QLatin1String;

class tst_TrainByPolicy : public QObject {
    Q_OBJECT
    KubeServer m_server;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<KubeApi> m_api; ///< as administrator
    QTemporaryDir m_folder;

    QString path(const char *name) const { return m_folder.filePath(Q(name)); }
    support::Answer pilot(const QStringList &arguments) const { return support::runPilot(m_folder.path(), arguments, QStringLiteral("w")); }

    /// The workspace; `pipeline`: keys of the model's pipeline beside the image.
    void writeWorkspace(const QByteArray &pipeline) const {
        QVERIFY(writeFileAtomically(path("recipe.yaml"), "recipe: t2m\ndata: {source: \"s3://bucket/t2m.csv\"}\ntask: regression\ntarget: t2m\nestimators: [linear_regression]\nselect: {metric: mae}\ngates: [mae <= 1.5]\n"));
        QVERIFY(writeFileAtomically(path("pilothouse.yaml"),
                                    "workspace: w\nconnections:\n  local: {kind: local, root: " + path("root").toUtf8() + "}\n  cluster: {kind: kubernetes, kubeconfig: \"" + m_server.operatorConfig().toUtf8() +
                                        "\"}\n  tracking: {kind: mlflow, url: \"http://127.0.0.1:1\"}\nmodels:\n  t2m:\n    registry: {connection: tracking, name: t2m}\n    recipe: recipe.yaml\n    pipeline: {connection: cluster, namespace: ml, " +
                                        pipeline + "}\n    retrain: {executor: cluster, when: [age > 7d]}\n"));
    }
    void writeLog(const QByteArrayList &lines) const {
        QVERIFY(QDir().mkpath(QFileInfo(m_server.containerLog()).path()));
        QByteArray text;
        for (const QByteArray &line : lines)
            text += "2026-11-22T10:00:00.000000000Z stdout F " + line + '\n';
        QVERIFY(writeFileAtomically(m_server.containerLog(), text));
    }
    void writeGoodLog() const {
        writeLog({R"({"v":1,"event":"progress","done":10,"total":20,"unit":"epochs","eta_seconds":null,"stage":"fit"})",
                  R"({"v":1,"event":"result","result":{"run":"r","estimator":"lstm","select":"mae","metrics":{"test":{"mae":1.25}},"gates":[{"rule":"mae <= 1.5","value":1.25,"passed":true}],"data":{"test_rows":48},"registered":{"model":"t2m","version":7}}})"});
    }
    QString start() const {
        const auto answer = pilot({QStringLiteral("pipelines"), QStringLiteral("start"), QStringLiteral("t2m"), QStringLiteral("--param"), QStringLiteral("deploy=false")});
        return answer.code == 0 ? answer.object.value(Q("id")).toString() : answer.errors;
    }
    QJsonObject show(const QString &run) const { return pilot({QStringLiteral("pipelines"), QStringLiteral("show"), run}).object; }
    static QJsonObject stage(const QJsonObject &run, const char *name) {
        for (const QJsonValue &value : run.value(Q("stages")).toArray())
            if (value.toObject().value(Q("name")).toString() == Q(name))
                return value.toObject();
        return {};
    }
    QString log(const QString &run) const { return pilot({QStringLiteral("pipelines"), QStringLiteral("log"), run}).object.value(Q("log")).toString(); }
    pipelines::RunFolder folder(const QString &run) const { return pipelines::RunFolder(path("root") + QStringLiteral("/pipelines/") + run); }
    QJsonObject job(const QString &run) const {
        const auto record = folder(run).read();
        return record ? record->results.value(Q("cluster_job")).toObject() : QJsonObject();
    }
    qint64 processOf(const QString &run) const {
        const auto record = folder(run).read();
        return record && record->process && lives(*record->process) ? record->process->pid : 0;
    }
    int jobsOf(const QString &run) const {
        const auto found = m_api->list(kinds::Job, QStringLiteral("ml"), QStringLiteral("pilothouse.dev/run=") + job(run).value(Q("run")).toString());
        return found ? int(found->size()) : -1;
    }
    KubeRef refOf(const QString &run) const { return {kinds::Job, QStringLiteral("ml"), job(run).value(Q("name")).toString()}; }
    bool ended(const QString &run) const { return !QStringList{QStringLiteral("running"), QStringLiteral("waiting")}.contains(show(run).value(Q("state")).toString()); }
    /// A kubelet's part: the pod waits for the claim for ever, so that nothing else writes its status.
    void endPodOf(const QJsonObject &job, const char *container, QJsonObject terminated = {}) const {
        std::vector<QJsonObject> pods;
        QTRY_VERIFY_WITH_TIMEOUT((pods = m_api->list(kinds::Pod, QStringLiteral("ml"), QStringLiteral("pilothouse.dev/run=") + job.value(Q("run")).toString()).value_or(std::vector<QJsonObject>())).size() == 1, 60000);
        for (const auto &[key, value] : {std::pair<const char *, QJsonValue>{"exitCode", 0}, {"reason", Q("Completed")}, {"startedAt", Q("2026-11-22T10:00:00Z")}, {"finishedAt", Q("2026-11-22T10:01:00Z")}})
            terminated.insert(Q(key), value);
        const QJsonObject status{{Q("phase"), Q("Succeeded")}, {Q("containerStatuses"), QJsonArray{QJsonObject{{Q("name"), Q(container)}, {Q("image"), Q("registry.example/trainer:3")}, {Q("imageID"), QString()}, {Q("ready"), false},
                                                                                                               {Q("restartCount"), 0}, {Q("state"), QJsonObject{{Q("terminated"), terminated}}}}}}};
        const auto written = m_api->patch(objectPath({kinds::Pod, QStringLiteral("ml"), metadataText(pods.front(), "name")}, QStringLiteral("status")), PatchKind::Merge, QJsonObject{{Q("status"), status}});
        QVERIFY2(written, written ? "" : qPrintable(written.error().text()));
    }
    static void endProcess(qint64 pid, int signal) {
        QVERIFY(pid > 0);
        QCOMPARE(::kill(pid_t(pid), signal), 0);
        QTRY_VERIFY_WITH_TIMEOUT(!markOf(pid), 30000);
    }
    QString startedRun() const {
        const QString run = start();
        for (int i = 0; i < 600 && !job(run).value(Q("started")).toBool() && !ended(run); ++i)
            QTest::qWait(100);
        return run;
    }

private Q_SLOTS:
    void initTestCase() {
        QString why;
        if (const QString missing = KubeServer::missing(); !missing.isEmpty())
            QSKIP(qPrintable(QStringLiteral("skipped: ") + missing));
        if (!QFile::exists(support::pilotUnderTest()))
            QSKIP("skipped: PILOTHOUSE_PILOT names no program");
        QVERIFY2(m_server.start(&why), qPrintable(why));
        const auto api = m_server.api(m_http);
        QVERIFY2(api, api ? "" : qPrintable(api.error().text()));
        m_api = *api;
    }

    void aRunTrainsInTheClusterAndTellsHowItGoes() {
        writeWorkspace("image: \"registry.example/pilot:1\", annotations: [\"pilothouse.test/run-for=4s\"]");
        writeGoodLog();
        const auto answer = pilot({QStringLiteral("retrain"), QStringLiteral("run"), QStringLiteral("t2m"), QStringLiteral("--force")});
        QVERIFY2(answer.code == 0, qPrintable(answer.errors));
        const QString run = answer.object.value(Q("decision")).toObject().value(Q("run")).toString();
        QTRY_VERIFY_WITH_TIMEOUT(ended(run), 120000);
        const QJsonObject found = show(run);
        // Without the registry there is no evidence: the version is made all the same, and the deploy stage says what it lacks.
        QVERIFY2(stage(found, "train").value(Q("state")) == Q("passed"), qPrintable(log(run)));
        QCOMPARE(stage(found, "train").value(Q("note")).toString(), QStringLiteral("lstm: mae 1.25 on 48 test rows"));
        QCOMPARE(stage(found, "gate").value(Q("state")).toString(), QStringLiteral("passed"));
        QCOMPARE(found.value(Q("version")).toInt(), 7);
        QVERIFY(!found.value(Q("system_state")).toString().contains(Q("pods run")));
        QVERIFY2(log(run).contains(Q("50 %, 10 of 20 epochs")), qPrintable(log(run)));
        const auto object = m_api->read(refOf(run));
        QVERIFY2(object, qPrintable(log(run)));
        QCOMPARE(label(*object, QStringLiteral("pilothouse.dev/model")), QStringLiteral("t2m"));
        const QString arguments = QString::fromUtf8(compactJson(*object));
        QVERIFY2(arguments.contains(Q("pipeline_run=") + run) && arguments.contains(Q("retrain_decision=")), qPrintable(arguments)); // why it was trained goes with it
        QCOMPARE(jobsOf(run), 1);
    }

    void aKilledProcessIsFollowedByTheNext_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("killed") << SIGKILL;
        QTest::newRow("asked to end, as when the machine goes down") << SIGTERM;
    }
    void aKilledProcessIsFollowedByTheNext() {
        QFETCH(int, signal);
        writeWorkspace("image: \"registry.example/pilot:1\", annotations: [\"pilothouse.test/run-for=12s\"]");
        writeGoodLog();
        const QString run = startedRun();
        const QString name = job(run).value(Q("name")).toString();
        endProcess(processOf(run), signal);
        QVERIFY(m_api->read(refOf(run)));
        QCOMPARE(show(run).value(Q("state")).toString(), QStringLiteral("running")); // who looks takes it up
        QVERIFY(processOf(run) > 0);
        QTRY_VERIFY_WITH_TIMEOUT(ended(run), 120000);
        QVERIFY2(show(run).value(Q("state")) == Q("passed"), qPrintable(log(run)));
        QCOMPARE(show(run).value(Q("version")).toInt(), 7);
        QCOMPARE(job(run).value(Q("name")).toString(), name);
        QCOMPARE(jobsOf(run), 1);
        QVERIFY2(log(run).contains(Q("follows job/") + name + Q(" again")), qPrintable(log(run)));
    }

    /// Its process died between the job and the files that the job's pods wait for.
    void aStartThatWasCutOffIsCompleted() {
        writeWorkspace("image: \"registry.example/pilot:1\", annotations: [\"pilothouse.test/run-for=12s\"]");
        writeGoodLog();
        const QString run = startedRun();
        endProcess(processOf(run), SIGKILL);
        const KubeRef files{kinds::ConfigMap, QStringLiteral("ml"), refOf(run).name + QStringLiteral("-files")};
        QVERIFY(m_api->remove(files));
        QVERIFY(folder(run).update([](pipelines::RunRecord &r) -> Result<void> {
            QJsonObject kept = r.results.value(Q("cluster_job")).toObject();
            kept.insert(Q("started"), false);
            r.results.insert(QStringLiteral("cluster_job"), kept);
            return {};
        }));
        QTRY_VERIFY_WITH_TIMEOUT(ended(run), 120000);
        QVERIFY2(show(run).value(Q("state")) == Q("passed"), qPrintable(log(run)));
        const auto made = m_api->read(files);
        QVERIFY2(made, qPrintable(log(run)));
        QCOMPARE(made->value(Q("metadata")).toObject().value(Q("ownerReferences")).toArray().first().toObject().value(Q("name")).toString(), refOf(run).name);
        QCOMPARE(jobsOf(run), 1);
    }

    void cancelDeletesTheJob_data() {
        QTest::addColumn<bool>("killedBefore");
        QTest::newRow("of a run that is followed") << false;
        QTest::newRow("of a run whose process was killed") << true;
    }
    void cancelDeletesTheJob() {
        QFETCH(bool, killedBefore);
        writeWorkspace("image: \"registry.example/pilot:1\", annotations: [\"pilothouse.test/run-for=600s\"]");
        writeLog({"it trains"});
        const QString run = startedRun();
        QVERIFY2(m_api->read(refOf(run)), qPrintable(log(run)));
        if (killedBefore)
            endProcess(processOf(run), SIGKILL);
        const auto answer = pilot({QStringLiteral("pipelines"), QStringLiteral("cancel"), run});
        QVERIFY2(answer.object.value(Q("state")) == Q("cancelled"), qPrintable(answer.errors + log(run)));
        QTRY_VERIFY_WITH_TIMEOUT(!m_api->read(refOf(run)), 60000);
        QCOMPARE(show(run).value(Q("state")).toString(), QStringLiteral("cancelled"));
        QCOMPARE(processOf(run), 0);
    }

    void whyItWaitsStandsInTheRun() {
        writeWorkspace("image: \"registry.example/pilot:missing\"");
        writeLog({});
        const QString run = startedRun();
        QTRY_VERIFY2_WITH_TIMEOUT(stage(show(run), "train").value(Q("note")).toString().contains(Q("cannot pull registry.example/pilot:missing")), qPrintable(log(run)), 60000);
        QCOMPARE(show(run).value(Q("state")).toString(), QStringLiteral("running"));
        QVERIFY(show(run).value(Q("system_state")).toString().contains(Q("cannot pull"))); // what the window's view of the run has
        QCOMPARE(pilot({QStringLiteral("pipelines"), QStringLiteral("cancel"), run}).object.value(Q("state")).toString(), QStringLiteral("cancelled"));
    }

    void aJobThatSomebodyDeletesEndsTheRun() {
        writeWorkspace("image: \"registry.example/pilot:1\", annotations: [\"pilothouse.test/run-for=600s\"]");
        writeLog({"it trains"});
        const QString run = startedRun();
        QVERIFY2(m_api->remove(refOf(run)), qPrintable(log(run)));
        QTRY_VERIFY_WITH_TIMEOUT(ended(run), 60000);
        QCOMPARE(show(run).value(Q("state")).toString(), QStringLiteral("failed"));
        QVERIFY2(show(run).value(Q("error")).toObject().value(Q("what")).toString().contains(Q("deleted in the cluster")), qPrintable(log(run)));
    }

    /// A model that names pytorchjob or trainjob is trained so, with its workers; the operator, which is not here, is played: the pods with its labels, and the condition that it writes at the end.
    void severalWorkersAreAJobOfKubeflow_data() {
        QTest::addColumn<QString>("kind");
        QTest::newRow("PyTorchJob") << QStringLiteral("pytorchjob");
        QTest::newRow("TrainJob") << QStringLiteral("trainjob");
    }
    void severalWorkersAreAJobOfKubeflow() {
        QFETCH(QString, kind);
        writeWorkspace("kind: " + kind.toUtf8() + ", workers: 3, image: \"registry.example/pilot:1\"");
        writeGoodLog();
        const QString run = startedRun();
        const bool torch = kind == Q("pytorchjob");
        const KubeRef ref{torch ? kinds::PyTorchJob : kinds::TrainJob, QStringLiteral("ml"), job(run).value(Q("name")).toString()};
        const auto object = m_api->read(ref);
        QVERIFY2(object, qPrintable(log(run)));
        const QJsonObject spec = object->value(Q("spec")).toObject();
        if (torch)
            QCOMPARE(spec.value(Q("pytorchReplicaSpecs"))[Q("Worker")][Q("replicas")].toInt(), 2);
        else
            QVERIFY2(spec.value(Q("trainer"))[Q("numNodes")].toInt() == 3, compactJson(*object).constData());
        QJsonObject labels{{QStringLiteral("pilothouse.dev/run"), job(run).value(Q("run"))}};
        labels.insert(torch ? QStringLiteral("training.kubeflow.org/replica-type") : QStringLiteral("batch.kubernetes.io/job-completion-index"), torch ? QStringLiteral("master") : QStringLiteral("0"));
        const QString container = torch ? QStringLiteral("pytorch") : QStringLiteral("node");
        const QJsonObject pod{{Q("apiVersion"), Q("v1")}, {Q("kind"), Q("Pod")}, {Q("metadata"), QJsonObject{{Q("name"), ref.name + QStringLiteral("-leader")}, {Q("labels"), labels}}},
                              {Q("spec"), QJsonObject{{Q("restartPolicy"), Q("Never")}, {Q("containers"), QJsonArray{QJsonObject{{Q("name"), container}, {Q("image"), Q("registry.example/pilot:1")}}}}}}};
        const auto admin = m_server.api(m_http);
        QVERIFY(admin);
        const auto created = (*admin)->create(kinds::Pod, QStringLiteral("ml"), pod);
        QVERIFY2(created, created ? "" : qPrintable(created.error().text()));
        QTRY_VERIFY2_WITH_TIMEOUT(log(run).contains(Q("50 %, 10 of 20 epochs")), qPrintable(show(run).value(Q("system_state")).toString() + log(run)), 60000); // the leader's log is read
        const QJsonObject over{{Q("type"), torch ? Q("Succeeded") : Q("Complete")}, {Q("status"), Q("True")}, {Q("reason"), torch ? Q("PyTorchJobSucceeded") : Q("JobsCompleted")}, {Q("message"), QString()}, {Q("lastTransitionTime"), Q("2026-11-22T10:01:00Z")}};
        const auto written = (*admin)->patch(objectPath(ref, QStringLiteral("status")), PatchKind::Merge, QJsonObject{{Q("status"), QJsonObject{{Q("conditions"), QJsonArray{over}}}}});
        QVERIFY2(written, written ? "" : qPrintable(written.error().text()));
        QTRY_VERIFY_WITH_TIMEOUT(ended(run), 120000);
        QVERIFY2(stage(show(run), "train").value(Q("state")) == Q("passed"), qPrintable(log(run)));
        QCOMPARE(stage(show(run), "train").value(Q("note")).toString(), QStringLiteral("lstm: mae 1.25 on 48 test rows"));
        QCOMPARE(show(run).value(Q("version")).toInt(), 7);
    }

    /// What a team's program left on a volume is registered from there by a second job, with pilot's own image.
    void whatATeamsProgramMadeIsRegisteredByASecondJob() {
        // A claim that is bound, so that the pods run; what they print is one file here, which tells both jobs' results.
        const QJsonObject size{{Q("storage"), Q("1Gi")}};
        const auto volume = m_api->create(KubeKind{QString(), QStringLiteral("v1"), QStringLiteral("persistentvolumes"), QStringLiteral("PersistentVolume"), false}, {}, QJsonObject{{Q("apiVersion"), Q("v1")}, {Q("kind"), Q("PersistentVolume")}, {Q("metadata"), QJsonObject{{Q("name"), Q("made")}}},
                                          {Q("spec"), QJsonObject{{Q("capacity"), size}, {Q("accessModes"), QJsonArray{Q("ReadWriteMany")}}, {Q("hostPath"), QJsonObject{{Q("path"), Q("/made")}}}, {Q("claimRef"), QJsonObject{{Q("namespace"), Q("ml")}, {Q("name"), Q("made")}}}}}});
        QVERIFY2(volume, volume ? "" : qPrintable(volume.error().text()));
        const auto claim = m_api->create(kinds::PersistentVolumeClaim, QStringLiteral("ml"), QJsonObject{{Q("apiVersion"), Q("v1")}, {Q("kind"), Q("PersistentVolumeClaim")}, {Q("metadata"), QJsonObject{{Q("name"), Q("made")}}},
                                         {Q("spec"), QJsonObject{{Q("accessModes"), QJsonArray{Q("ReadWriteMany")}}, {Q("storageClassName"), QString()}, {Q("volumeName"), Q("made")}, {Q("resources"), QJsonObject{{Q("requests"), size}}}}}});
        QVERIFY2(claim, claim ? "" : qPrintable(claim.error().text()));
        writeWorkspace("image: \"registry.example/trainer:3\", pilot_image: \"registry.example/pilot:1\", command: [Rscript, train.R], volumes: [\"made:/models\"], out: /models/t2m, annotations: [\"pilothouse.test/run-for=4s\"]");
        writeLog({R"({"v":1,"event":"result","result":{"metrics":{"test":{"mae":1.25}},"model":"t2m","version":9}})"});
        const QString run = startedRun();
        QVERIFY2(m_api->read(refOf(run)), qPrintable(log(run)));
        const auto second = [&] {
            const auto record = folder(run).read();
            return record ? record->results.value(Q("register_job")).toObject() : QJsonObject();
        };
        QTRY_VERIFY2_WITH_TIMEOUT(second().value(Q("started")).toBool(), qPrintable(log(run)), 60000);
        const auto object = m_api->read({kinds::Job, QStringLiteral("ml"), second().value(Q("name")).toString()});
        QVERIFY2(object, qPrintable(log(run)));
        const QJsonObject container = object->value(Q("spec"))[Q("template")][Q("spec")][Q("containers")][0].toObject();
        QCOMPARE(container.value(Q("image")).toString(), QStringLiteral("registry.example/pilot:1"));
        const QJsonArray arguments = container.value(Q("args")).toArray();
        QCOMPARE(QJsonArray({arguments.at(0), arguments.at(1), arguments.at(2), arguments.at(3)}), (QJsonArray{Q("registry"), Q("register"), Q("t2m"), Q("/models/t2m")}));
        QVERIFY(QString::fromUtf8(compactJson(*object)).contains(Q("\"claimName\":\"made\"")));
        QTRY_VERIFY_WITH_TIMEOUT(ended(run), 60000);
        QVERIFY2(stage(show(run), "register").value(Q("state")) == Q("passed"), qPrintable(log(run)));
        QVERIFY2(stage(show(run), "register").value(Q("note")).toString().startsWith(Q("version 9 of t2m on tracking")), qPrintable(log(run)));
        QCOMPARE(show(run).value(Q("version")).toInt(), 9);
    }

    /// In any language: its figures come by $METRICS, which a kubelet puts into the pod's status, and the recipe's gates judge them.
    void aTeamsOwnProgramIsJudgedByItsFigures_data() {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("said");
        QTest::newRow("good ones pass") << QStringLiteral("{\"mae\": 1.25, \"r2\": 0.8}") << QStringLiteral("passed") << QStringLiteral("trainer:3: mae 1.25");
        QTest::newRow("a gate stops others") << QStringLiteral("{\"mae\": 2.5}") << QStringLiteral("failed") << QStringLiteral("trainer:3: mae 2.5");
        QTest::newRow("none cannot be judged") << QString() << QStringLiteral("failed") << QStringLiteral("METRICS was not written");
    }
    void aTeamsOwnProgramIsJudgedByItsFigures() {
        QFETCH(QString, message);
        QFETCH(QString, state);
        QFETCH(QString, said);
        writeWorkspace("image: \"registry.example/trainer:3\", command: [Rscript, train.R], volumes: [\"models:/models\"], out: /models/t2m, annotations: [\"pilothouse.test/run-for=600s\"]");
        writeLog({"epoch 1"});
        const QString run = startedRun();
        const auto object = m_api->read(refOf(run));
        QVERIFY2(object, qPrintable(log(run)));
        const QJsonObject container = object->value(Q("spec")).toObject().value(Q("template")).toObject().value(Q("spec")).toObject().value(Q("containers")).toArray().first().toObject();
        QCOMPARE(container.value(Q("command")).toArray(), (QJsonArray{Q("Rscript"), Q("train.R")}));
        QCOMPARE(container.value(Q("terminationMessagePath")).toString(), QStringLiteral("/dev/termination-log")); // nothing is mounted into the claim's folders
        QVERIFY(container.value(Q("env")).toArray().contains(QJsonObject{{Q("name"), Q("METRICS")}, {Q("value"), Q("/dev/termination-log")}}));
        endPodOf(job(run), "train", QJsonObject{{Q("message"), message}});
        QTRY_VERIFY_WITH_TIMEOUT(ended(run), 60000);
        QVERIFY2(show(run).value(Q("state")).toString() == state, qPrintable(log(run)));
        QVERIFY2(log(run).contains(said), qPrintable(log(run)));
        if (state == Q("passed"))
            QCOMPARE(stage(show(run), "register").value(Q("note")).toString(), QStringLiteral("what it made stays at /models/t2m in the cluster"));
    }
};

QTEST_GUILESS_MAIN(tst_TrainByPolicy)
#include "tst_train_by_policy.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Argo Rollouts and KServe on a real API server. Their controllers are not there: the test writes the status as they do.
#include "core/cluster/argo_rollout.h"
#include "core/cluster/argo_target.h"
#include "core/cluster/kserve_target.h"
#include "core/operations/operation.h"
#include "core/rollouts/argo_operations.h"
#include "core/rollouts/kserve_operations.h"
#include "core/rollouts/object_change.h"
#include "core/rollouts/volume_payload.h"
#include "core/rollouts/volume_update.h"
#include "tests/support/kube_server.h"
#include "tests/support/single_quoted_json.h"

#include <QTemporaryDir>
#include <QtTest>

#include <thread>

using namespace pilothouse;
using namespace pilothouse::cluster;
using namespace pilothouse::rollouts;
using support::object;
using support::overlaid;
using Q = QLatin1String;

namespace {

const QString space = QStringLiteral("ml");

QByteArray single(const char *text) { return QByteArray(text).replace('\'', '"'); }

} // namespace

class TestArgoServer : public QObject {
    Q_OBJECT

    support::KubeServer m_server;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<KubeApi> m_api;
    QTemporaryDir m_folder;
    std::shared_ptr<operations::Journal> m_journal;

    operations::Operations runner(workspace::Role role = workspace::Role::Operator) { return {m_journal, {QStringLiteral("me"), QStringLiteral("pilot"), role}, {}}; }
    KubeRef rollout(const char *name) { return {kinds::Rollout, space, Q(name)}; }
    KubeRef service(const char *name) { return {kinds::InferenceService, space, Q(name)}; }
    void apply(const QByteArray &json) {
        const auto done = m_server.kubectl({QStringLiteral("apply"), QStringLiteral("-n"), space, QStringLiteral("-f"), QStringLiteral("-")}, json);
        QVERIFY2(done.code == 0, done.error.constData());
    }
    /// The controller: status through the subresource.
    void controller(const KubeRef &ref, const char *status) {
        const auto done = m_api->patch(objectPath(ref, QStringLiteral("status")), PatchKind::Merge, QJsonObject{{Q("status"), object(status)}});
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
    }
    QJsonObject statusOf(const KubeRef &ref) { return m_api->read(ref)->value(Q("status")).toObject(); }
    void newRollout(const char *name, const char *more = "{}") {
        QJsonObject r = object("{'apiVersion':'argoproj.io/v1alpha1','kind':'Rollout','spec':{'replicas':5,'selector':{'matchLabels':{'app':'web'}},'strategy':{'canary':{'steps':[{'setWeight':20},{'pause':{}},{'setWeight':50},{'analysis':{}}]}},"
                               "'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'web','image':'web:2','env':[{'name':'PASSWORD','value':'hunter2'}]}]}}}}");
        r = overlaid(overlaid(r, QJsonObject{{Q("metadata"), QJsonObject{{Q("name"), Q(name)}}}}), object(more));
        apply(QJsonDocument(r).toJson());
    }
    void replicaSet(const KubeRef &owner, int revision, const char *image, const char *hash) {
        const QString uid = metadataText(*m_api->read(owner), "uid");
        const QJsonObject labels{{Q("app"), Q("web")}, {argoHashLabel, Q(hash)}};
        const QJsonObject set{{Q("apiVersion"), Q("apps/v1")}, {Q("kind"), Q("ReplicaSet")},
                              {Q("metadata"), QJsonObject{{Q("name"), owner.name + QLatin1Char('-') + Q(hash)}, {Q("labels"), labels}, {Q("annotations"), QJsonObject{{argoRevisionAnnotation, QString::number(revision)}}},
                                                         {Q("ownerReferences"), QJsonArray{QJsonObject{{Q("apiVersion"), Q("argoproj.io/v1alpha1")}, {Q("kind"), Q("Rollout")}, {Q("name"), owner.name}, {Q("uid"), uid}, {Q("controller"), true}}}}}},
                              {Q("spec"), QJsonObject{{Q("replicas"), 0}, {Q("selector"), QJsonObject{{Q("matchLabels"), labels}}},
                                                     {Q("template"), QJsonObject{{Q("metadata"), QJsonObject{{Q("labels"), labels}}}, {Q("spec"), QJsonObject{{Q("containers"), QJsonArray{QJsonObject{{Q("name"), Q("web")}, {Q("image"), Q(image)}}}}}}}}}}};
        const auto made = m_api->create(kinds::ReplicaSet, space, set);
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
    }

    /// The kubelet: the Job's pod ends with the report of the script, that nothing stood there before. The nodes here run no container.
    std::jthread writingKubelet() {
        return std::jthread([this](std::stop_token stop) {
            while (!stop.stop_requested()) {
                const auto pods = m_api->list(kinds::Pod, space, QStringLiteral("app.kubernetes.io/managed-by=pilothouse"));
                for (const QJsonObject &pod : pods ? *pods : std::vector<QJsonObject>()) {
                    const QJsonObject container = pod.value(Q("spec")).toObject().value(Q("containers")).toArray().first().toObject();
                    QString sum;
                    for (const QJsonValue &v : container.value(Q("env")).toArray())
                        if (v.toObject().value(Q("name")).toString() == Q("SHA256"))
                            sum = v.toObject().value(Q("value")).toString();
                    const QJsonObject ended{{Q("exitCode"), 0}, {Q("message"), (sum.isEmpty() ? QStringLiteral("-") : sum) + QLatin1Char('\n') + QStringLiteral("-") + QLatin1Char('\n')}, {Q("reason"), Q("Completed")}};
                    const QJsonObject state{{Q("name"), Q("write")}, {Q("image"), Q("api:1")}, {Q("imageID"), Q("")}, {Q("ready"), false}, {Q("restartCount"), 0}, {Q("state"), QJsonObject{{Q("terminated"), ended}}}};
                    const auto admin = m_server.api(m_http);
                    (void)bool((*admin)->patch(objectPath({kinds::Pod, space, metadataText(pod, "name")}, QStringLiteral("status")), PatchKind::Merge, QJsonObject{{Q("status"), QJsonObject{{Q("phase"), Q("Succeeded")}, {Q("containerStatuses"), QJsonArray{state}}}}}));
                }
                QThread::msleep(100);
            }
        });
    }

private Q_SLOTS:
    void initTestCase() {
        QString why;
        if (!m_server.start(&why))
            QSKIP(qPrintable(why));
        auto api = m_server.api(m_http, m_server.operatorConfig()); // a person with `edit` in ml
        QVERIFY2(api, api ? "" : qPrintable(api.error().text()));
        m_api = *api;
        m_journal = *operations::Journal::open(m_folder.filePath(QStringLiteral("journal.jsonl")), *Database::open(m_folder.filePath(QStringLiteral("r.db")), {operations::journalTables1()}), QByteArrayLiteral("k"));
        QTRY_VERIFY_WITH_TIMEOUT(m_api->list(kinds::Rollout, space).has_value(), 30000); // the definitions are served
        QTRY_VERIFY_WITH_TIMEOUT(m_api->list(kinds::InferenceService, space).has_value(), 30000);
    }

    void actionsGoThroughTheStatusSubresource() {
        newRollout("web");
        controller(rollout("web"), "{'observedGeneration':'1','phase':'Paused','message':'CanaryPauseStep','currentStepIndex':1,'stableRS':'old','currentPodHash':'new','controllerPause':true,'pauseConditions':[{'reason':'CanaryPauseStep','startTime':'2026-11-22T10:00:00Z'}]}");
        auto run = runner();
        const auto promote = argoOperation(m_api, rollout("web"), ArgoAction::Promote, QDateTime::currentDateTimeUtc());
        QVERIFY2(promote, promote ? "" : qPrintable(promote.error().text()));
        QCOMPARE(promote->kind, QStringLiteral("rollout-promote"));
        const auto done = run.run(*promote);
        QVERIFY2(done.done, done.error ? qPrintable(done.error->text()) : "");
        QVERIFY(!statusOf(rollout("web")).contains(Q("pauseConditions")));
        QCOMPARE(argoPhase(*m_api->read(rollout("web"))).message, QStringLiteral("waiting for rollout to unpause"));
        // The controller goes on; an abort and its way back.
        controller(rollout("web"), "{'controllerPause':false,'phase':'Progressing','message':'more replicas need to be updated','currentStepIndex':3}");
        const auto abort = argoOperation(m_api, rollout("web"), ArgoAction::Abort, {});
        QVERIFY2(abort, abort ? "" : qPrintable(abort.error().text()));
        const auto aborted = run.run(*abort);
        QVERIFY2(aborted.done, aborted.error ? qPrintable(aborted.error->text()) : "");
        QCOMPARE(statusOf(rollout("web")).value(Q("abort")).toBool(), true);
        QCOMPARE(argoOperation(m_api, rollout("web"), ArgoAction::Promote, {}).error().kind, ErrorKind::Refused);
        const auto recorded = operations::recordedOperation(*m_journal, aborted.id);
        QVERIFY(recorded);
        const auto reverse = reverseArgoOperation(m_api, *recorded, {});
        QVERIFY2(reverse, reverse ? "" : qPrintable(reverse.error().text()));
        QVERIFY(run.run(*reverse).done);
        QCOMPARE(statusOf(rollout("web")).value(Q("abort")).toBool(), false);
        const auto pause = argoOperation(m_api, rollout("web"), ArgoAction::Pause, {});
        const auto paused = run.run(*pause);
        QVERIFY2(paused.done, paused.error ? qPrintable(paused.error->text()) : "");
        QCOMPARE(m_api->read(rollout("web"))->value(Q("spec")).toObject().value(Q("paused")).toBool(), true);
        QVERIFY(run.undoDone(*pause, paused).done);
        QCOMPARE(m_api->read(rollout("web"))->value(Q("spec")).toObject().value(Q("paused")).toBool(), false);
    }

    void aPlanIsNotSentWhenTheRolloutWentOn() {
        newRollout("moved");
        controller(rollout("moved"), "{'currentStepIndex':0,'stableRS':'old','currentPodHash':'new'}");
        const auto skip = argoOperation(m_api, rollout("moved"), ArgoAction::Skip, {});
        QVERIFY(skip);
        controller(rollout("moved"), "{'replicas':4}"); // what it does all the time: no reason to stop
        QVERIFY(skip->steps.front().guard());
        controller(rollout("moved"), "{'currentStepIndex':2}");
        const auto outcome = runner().run(*skip);
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Conflict);
        QVERIFY2(outcome.error->what.contains(Q("status.currentStepIndex")), qPrintable(outcome.error->what));
        QCOMPARE(statusOf(rollout("moved")).value(Q("currentStepIndex")).toInt(), 2);
    }

    void undoKeepsNoTemplateInTheJournal() {
        newRollout("back");
        replicaSet(rollout("back"), 1, "web:1", "aaa");
        replicaSet(rollout("back"), 2, "web:2", "bbb");
        controller(rollout("back"), "{'currentStepIndex':1,'stableRS':'aaa','currentPodHash':'bbb','phase':'Paused','message':'CanaryPauseStep'}");
        auto run = runner();
        const auto undo = argoUndoOperation(m_api, rollout("back"), 0);
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().text()));
        QVERIFY2(undo->steps.front().call.effect.contains(Q("web:2 → web:1")) || undo->steps.front().call.effect.contains(QString::fromUtf8("web:2 → web:1")), qPrintable(undo->steps.front().call.effect));
        const auto done = run.run(*undo);
        QVERIFY2(done.done, done.error ? qPrintable(done.error->text()) : "");
        const auto image = [&] { return m_api->read(rollout("back"))->value(Q("spec")).toObject().value(Q("template")).toObject().value(Q("spec")).toObject().value(Q("containers")).toArray().first().toObject().value(Q("image")).toString(); };
        QCOMPARE(image(), QStringLiteral("web:1"));
        QFile journal(m_journal->file());
        QVERIFY(journal.open(QIODevice::ReadOnly));
        QVERIFY(!journal.readAll().contains("hunter2"));
        // As a target: history and undo.
        const auto target = argoTarget({m_api, rollout("back"), QStringLiteral("t2m"), {}, [](const QString &i) { return i.section(QLatin1Char(':'), 1).toInt(); }, {}});
        const auto history = target->history();
        QVERIFY2(history, history ? "" : qPrintable(history.error().text()));
        QCOMPARE(history->size(), std::size_t(2));
        QCOMPARE(history->front().version, 2);
        QCOMPARE(history->back().outcome, QStringLiteral("stable"));
        QVERIFY(target->undo(2));
        QCOMPARE(image(), QStringLiteral("web:2"));
        const auto status = target->status();
        QVERIFY2(status, status ? "" : qPrintable(status.error().text()));
        QCOMPARE(status->steps.size(), std::size_t(2));
        QCOMPARE(status->stable->version, 1);
    }

    void undoChangesTheDeploymentThatARolloutRefersTo() {
        apply(single("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'shared'},'spec':{'replicas':0,'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'web','image':'web:2'}]}}}}"));
        newRollout("refers", "{'spec':{'template':null,'workloadRef':{'apiVersion':'apps/v1','kind':'Deployment','name':'shared'}}}");
        replicaSet(rollout("refers"), 1, "web:1", "ccc");
        replicaSet(rollout("refers"), 2, "web:2", "ddd");
        const auto undo = argoUndoOperation(m_api, rollout("refers"), 1);
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().text()));
        QCOMPARE(undo->steps.front().call.object, QStringLiteral("deployment/shared in ml"));
        const auto done = runner().run(*undo);
        QVERIFY2(done.done, done.error ? qPrintable(done.error->text()) : "");
        const QJsonObject deployment = *m_api->read({kinds::Deployment, space, QStringLiteral("shared")});
        QCOMPARE(deployment.value(Q("spec")).toObject().value(Q("template")).toObject().value(Q("spec")).toObject().value(Q("containers")).toArray().first().toObject().value(Q("image")).toString(), QStringLiteral("web:1"));
    }

    void aViewerIsToldWhichVerbIsMissing() {
        newRollout("denied");
        controller(rollout("denied"), "{'currentStepIndex':0,'stableRS':'old','currentPodHash':'new'}");
        const auto viewer = m_server.api(m_http, m_server.viewerConfig());
        QVERIFY(viewer);
        const auto operation = argoOperation(*viewer, rollout("denied"), ArgoAction::Abort, {});
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text())); // it may look
        const auto outcome = runner().run(*operation);
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Denied);
        QVERIFY2(outcome.error->text().contains(Q("patch")), qPrintable(outcome.error->text()));
    }

    void anInferenceServiceIsSharedPromotedAndUndone() {
        apply(single("{'apiVersion':'serving.kserve.io/v1beta1','kind':'InferenceService','metadata':{'name':'iris'},'spec':{'predictor':{'minReplicas':1,'model':{'modelFormat':{'name':'sklearn'},'storageUri':'s3://m/1'}}}}"));
        controller(service("iris"), "{'url':'http://iris.ml.example.com','deploymentMode':'Serverless','conditions':[{'type':'Ready','status':'True'}]}");
        auto run = runner();
        const auto start = kserveStartOperation(m_api, service("iris"), QStringLiteral("s3://m/2"), 10);
        QVERIFY2(start, start ? "" : qPrintable(start.error().text()));
        const auto started = run.run(*start);
        QVERIFY2(started.done, started.error ? qPrintable(started.error->text()) : "");
        QCOMPARE(kserveStatus(*m_api->read(service("iris"))).wantedCanary(), 10);
        const auto share = kserveShareOperation(m_api, service("iris"), 50);
        const auto shared = run.run(*share);
        QVERIFY2(shared.done, shared.error ? qPrintable(shared.error->text()) : "");
        const auto promote = kservePromoteOperation(m_api, service("iris"));
        QVERIFY2(promote, promote ? "" : qPrintable(promote.error().text()));
        const auto promoted = run.run(*promote);
        QVERIFY2(promoted.done, promoted.error ? qPrintable(promoted.error->text()) : "");
        QVERIFY(!kserveStatus(*m_api->read(service("iris"))).canaryPercent);
        QCOMPARE(kserveStatus(*m_api->read(service("iris"))).storageUri, QStringLiteral("s3://m/2"));
        // Later, by the journal: what it served before, as the start left it on the service.
        const auto back = reverseObjectChange(m_api, *operations::recordedOperation(*m_journal, promoted.id));
        QVERIFY2(back, back ? "" : qPrintable(back.error().text()));
        const auto undone = run.run(*back);
        QVERIFY2(undone.done, undone.error ? qPrintable(undone.error->text()) : "");
        QCOMPARE(kserveStatus(*m_api->read(service("iris"))).storageUri, QStringLiteral("s3://m/1"));
        // What somebody else wrote since is not undone.
        const auto again = reverseObjectChange(m_api, *operations::recordedOperation(*m_journal, promoted.id));
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::Conflict);
    }

    void aServiceAsTargetGoesByTheStepsOfTheWorkspace() {
        apply(single("{'apiVersion':'serving.kserve.io/v1beta1','kind':'InferenceService','metadata':{'name':'steps'},'spec':{'predictor':{'model':{'modelFormat':{'name':'sklearn'},'storageUri':'s3://m/1'}}}}"));
        controller(service("steps"), "{'deploymentMode':'Serverless','conditions':[{'type':'Ready','status':'True'}]}");
        const auto target = kserveTarget({m_api, service("steps"), QStringLiteral("iris"), {10, 50, 100}, [](const QString &uri) { return uri.section(QLatin1Char('/'), -1).toInt(); }});
        cluster::Revision revision;
        revision.model = QStringLiteral("iris");
        revision.version = 2;
        QCOMPARE(target->start(revision, QStringLiteral("/a/folder"), {10, 50, 100}, {}).error().kind, ErrorKind::Refused);
        const auto begun = target->start(revision, QStringLiteral("s3://m/2"), {10, 50, 100}, QStringLiteral("p-1"));
        QVERIFY2(begun, begun ? "" : qPrintable(begun.error().text()));
        auto status = target->status();
        QVERIFY2(status, status ? "" : qPrintable(status.error().text()));
        QCOMPARE(status->phase, RolloutPhase::Progressing);
        QCOMPARE(status->operation, QStringLiteral("p-1"));
        QCOMPARE(status->stable->version, 1);
        QCOMPARE(status->canary->version, 2);
        QCOMPARE(status->currentStep, 0);
        QVERIFY(target->pause());
        QCOMPARE(target->status()->phase, RolloutPhase::Paused);
        QVERIFY(target->resume());
        QVERIFY(target->promote(false));
        QCOMPARE(target->status()->currentStep, 1);
        QVERIFY(target->abort(QStringLiteral("worse")));
        QCOMPARE(target->status()->phase, RolloutPhase::Aborted);
        QVERIFY(target->abort(QStringLiteral("worse"))); // again is fine
    }

    void aVersionThatIsAFileOnAVolume() {
        apply(single("{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'weights'},'spec':{'accessModes':['ReadWriteMany'],'resources':{'requests':{'storage':'1Gi'}}}}"));
        apply(single("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'forecast'},'spec':{'replicas':0,'selector':{'matchLabels':{'app':'forecast'}},'template':{'metadata':{'labels':{'app':'forecast'}},'spec':{"
                     "'containers':[{'name':'api','image':'api:1','volumeMounts':[{'name':'m','mountPath':'/app/models'}]}],'volumes':[{'name':'m','persistentVolumeClaim':{'claimName':'weights'}}]}}}}"));
        VolumeUpdate update;
        update.workload = {kinds::Deployment, space, QStringLiteral("forecast")};
        update.path = QStringLiteral("models/t2m.pt");
        update.limitSeconds = 60;
        update.pollMs = 200;
        DeploymentTargetOptions options;
        options.api = m_api;
        options.ref = update.workload;
        options.name = QStringLiteral("deployment/forecast");
        options.model = QStringLiteral("t2m");
        options.by = QStringLiteral("ann");
        int exported = 0;
        options.payload = volumePayload(m_api, update, [&](const QString &package, const QString &folder) -> Result<void> {
            ++exported;
            QFile file(folder + QStringLiteral("/t2m.pt"));
            return file.open(QIODevice::WriteOnly) && file.write(package.toUtf8()) > 0 ? Result<void>() : invalid(QStringLiteral("no file"), folder);
        });
        const auto target = deploymentTarget(std::move(options));
        const auto podTemplate = [&] { return m_api->read(update.workload)->value(Q("spec")).toObject().value(Q("template")).toObject(); };
        const auto annotation = [&](const char *key) { return podTemplate().value(Q("metadata")).toObject().value(Q("annotations")).toObject().value(Q(key)).toString(); };
        const auto serves = [&](int version) { // its controller has made the revision
            const auto status = target->status();
            return status && status->phase == RolloutPhase::Stable && status->stable && status->stable->version == version;
        };
        QTRY_VERIFY_WITH_TIMEOUT(serves(0), 20000);
        const std::jthread kubelet = writingKubelet();
        const auto version = [](int number) { return Revision{0, QStringLiteral("t2m"), number, {}, {}, {}, {}, {}}; };
        QCOMPARE(deploymentTarget({m_api, update.workload, QStringLiteral("x"), {}, QStringLiteral("t2m"), {}, {}, {}, {}, volumePayload(m_api, update)})->start(version(1), m_folder.path(), {100}, {}).error().kind, ErrorKind::NotFound); // nobody exports
        QVERIFY2(target->start(version(1), QStringLiteral("first"), {100}, QStringLiteral("p-1")), "the first");
        QTRY_VERIFY_WITH_TIMEOUT(serves(1), 20000);
        const QString first = annotation("pilothouse.weights.sha256");
        QCOMPARE(first, QString::fromLatin1(QCryptographicHash::hash("first", QCryptographicHash::Sha256).toHex()));
        QCOMPARE(annotation("pilothouse.weights.before"), QStringLiteral("-"));
        QVERIFY(target->start(version(2), QStringLiteral("second"), {100}, QStringLiteral("p-2")));
        QTRY_VERIFY_WITH_TIMEOUT(serves(2), 20000);
        QVERIFY(annotation("pilothouse.weights.sha256") != first);
        QCOMPARE(exported, 2);
        const auto history = target->history();
        const auto before = std::find_if(history->begin(), history->end(), [](const Revision &r) { return r.version == 1; });
        QVERIFY(before != history->end());
        QVERIFY2(target->undo(before->revision), "back to the first");
        QTRY_VERIFY_WITH_TIMEOUT(serves(1), 20000);
        QCOMPARE(annotation("pilothouse.weights.sha256"), first); // the Job that put it back told its checksum, else it had been a Conflict
    }

    void aFileOnASharedVolume() {
        apply(single("{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'models'},'spec':{'accessModes':['ReadWriteMany'],'resources':{'requests':{'storage':'1Gi'}}}}"));
        apply(single("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'inference'},'spec':{'replicas':0,'selector':{'matchLabels':{'app':'inference'}},'template':{'metadata':{'labels':{'app':'inference'}},'spec':{"
                     "'containers':[{'name':'api','image':'api:1','volumeMounts':[{'name':'m','mountPath':'/app/models'}]}],'volumes':[{'name':'m','persistentVolumeClaim':{'claimName':'models'}}]}}}}"));
        QFile file(m_folder.filePath(QStringLiteral("t2m.pt")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(700 * 1024, 'w')); // two parts
        file.close();
        VolumeUpdate update;
        update.workload = {kinds::Deployment, space, QStringLiteral("inference")};
        update.path = QStringLiteral("t2m.pt");
        update.file = file.fileName();
        update.limitSeconds = 60;
        update.pollMs = 200;
        const std::jthread kubelet = writingKubelet();
        const auto operation = volumeUpdateOperation(m_api, update);
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text()));
        auto run = runner();
        const auto done = run.run(*operation);
        QVERIFY2(done.done, done.error ? qPrintable(done.error->text()) : "");
        const auto restartedAt = [&] { return m_api->read(update.workload)->value(Q("spec")).toObject().value(Q("template")).toObject().value(Q("metadata")).toObject().value(Q("annotations")).toObject().value(Q("kubectl.kubernetes.io/restartedAt")).toString(); };
        QVERIFY(!restartedAt().isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(m_api->list(kinds::ConfigMap, space, QStringLiteral("app.kubernetes.io/managed-by=pilothouse"))->empty(), 20000); // nothing is left behind
        const auto undo = undoVolumeUpdate(m_api, *operations::recordedOperation(*m_journal, done.id));
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().text()));
        const auto undone = run.run(*undo);
        QVERIFY2(undone.done, undone.error ? qPrintable(undone.error->text()) : "");
        VolumeUpdate elsewhere = update;
        elsewhere.claim = QStringLiteral("other");
        QCOMPARE(volumeUpdateOperation(m_api, elsewhere).error().kind, ErrorKind::Refused);
        elsewhere = update;
        elsewhere.path = QStringLiteral("../t2m.pt");
        QCOMPARE(volumeUpdateOperation(m_api, elsewhere).error().kind, ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestArgoServer)
#include "tst_argo_server.moc"

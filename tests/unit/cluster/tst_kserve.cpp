// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kserve.h"
#include "core/cluster/kserve_target.h"
#include "tests/support/single_quoted_json.h"

#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::array;
using support::object;
using support::overlaid;
using Q = QLatin1String;

Q_DECLARE_METATYPE(QJsonObject)

namespace {

const char *const oldUri = "s3://mlflow/experiments/3/0123456789abcdef0123456789abcdef/artifacts/model";
const char *const newUri = "s3://mlflow/experiments/3/fedcba9876543210fedcba9876543210/artifacts/model";

QJsonObject knative(const char *change = "{}") {
    QJsonObject service = object("{'metadata':{'name':'iris','namespace':'kubeflow','generation':3},'spec':{'predictor':{'minReplicas':2,'model':{'modelFormat':{'name':'sklearn'}}}},"
                                 "'status':{'observedGeneration':3,'url':'http://iris.kubeflow.example.com','deploymentMode':'Serverless','conditions':[{'type':'PredictorReady','status':'True'},{'type':'Ready','status':'True'}],"
                                 "'modelStatus':{'transitionStatus':'UpToDate','states':{'activeModelState':'Loaded'}}}}");
    service = overlaid(service, QJsonObject{{Q("spec"), QJsonObject{{Q("predictor"), QJsonObject{{Q("model"), QJsonObject{{Q("storageUri"), Q(oldUri)}}}}}}}});
    return overlaid(service, object(change));
}
QJsonObject withCanary(int percent) {
    return overlaid(knative("{'status':{'components':{'predictor':{'latestReadyRevision':'iris-predictor-00002','latestCreatedRevision':'iris-predictor-00002','latestRolledoutRevision':'iris-predictor-00001',"
                            "'traffic':[{'revisionName':'iris-predictor-00002','percent':10,'latestRevision':true},{'revisionName':'iris-predictor-00001','percent':90,'tag':'prev'}]}}}}"),
                    QJsonObject{{Q("spec"), QJsonObject{{Q("predictor"), QJsonObject{{Q("canaryTrafficPercent"), percent}, {Q("model"), QJsonObject{{Q("storageUri"), Q(newUri)}}}}}}}});
}
QJsonObject standard(const char *change = "{}") {
    return overlaid(overlaid(knative(), object("{'status':{'deploymentMode':'RawDeployment','canaryStatuses':[{'name':'v2','ready':true},{'name':'try','ready':false}]},"
                                               "'spec':{'canary':[{'trafficPercent':25,'predictor':{'name':'v2','minReplicas':1,'model':{'storageUri':'s3://m/v2'}}},{'trafficPercent':0,'predictor':{'name':'try','xgboost':{'storageUri':'s3://m/x'}}}]}}")),
                    object(change));
}
QString text(const QJsonArray &patch) { return QString::fromUtf8(QJsonDocument(patch).toJson(QJsonDocument::Compact)).replace(QLatin1Char('"'), QLatin1Char('\'')); }

/// JSON Patch of RFC 6902 for objects (add, remove, replace): so that a change and its undo are tried and not only compared.
QJsonValue patched(const QJsonValue &here, const QStringList &path, const QString &op, const QJsonValue &value) {
    QJsonObject out = here.toObject();
    const QString key = QString(path.first()).replace(Q("~1"), Q("/")).replace(Q("~0"), Q("~"));
    if (path.size() > 1)
        out.insert(key, patched(out.value(key), path.mid(1), op, value));
    else if (op == Q("remove"))
        out.remove(key);
    else
        out.insert(key, value);
    return out;
}
QJsonObject applied(QJsonObject object, const QJsonArray &patch) {
    for (const QJsonValue &one : patch) {
        const QJsonObject o = one.toObject();
        object = patched(object, o.value(Q("path")).toString().mid(1).split(QLatin1Char('/')), o.value(Q("op")).toString(), o.value(Q("value"))).toObject();
    }
    return object;
}

} // namespace

class TestKserve : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whyItIsNotReady_data() {
        QTest::addColumn<QJsonObject>("service");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char *name, const QJsonObject &service, const char *sentence) { QTest::newRow(name) << service << QString::fromLatin1(sentence); };
        row("ready", knative(), "");
        row("not seen yet", knative("{'metadata':{'generation':4}}"), "The controller has not seen the last change yet.");
        row("no report", knative("{'status':null}"), "The controller has not reported yet.");
        row("the condition with words", knative("{'status':{'conditions':[{'type':'Ready','status':'False','reason':'X'},{'type':'PredictorReady','status':'False','reason':'RevisionMissing','message':'Configuration is waiting'}]}}"), "PredictorReady is false (RevisionMissing): Configuration is waiting");
        row("unknown is not false", knative("{'status':{'conditions':[{'type':'IngressReady','status':'Unknown'}]}}"), "IngressReady is not known yet.");
        row("a model that does not load", knative("{'status':{'modelStatus':{'transitionStatus':'BlockedByFailedLoad','lastFailureInfo':{'reason':'ModelLoadFailed','message':'No such file: model.joblib'}}}}"), "The model is not loaded (ModelLoadFailed): No such file: model.joblib");
        row("stopped", knative("{'status':{'conditions':[{'type':'Stopped','status':'True'},{'type':'Ready','status':'False'}]}}"), "Stopped: its pods are taken away until the annotation serving.kserve.io/stop goes.");
    }
    void whyItIsNotReady() {
        QFETCH(QJsonObject, service);
        QTEST(kserveStatus(service).sentence, "sentence");
    }

    void trafficOfBothForms() {
        const KserveStatus k = kserveStatus(withCanary(10));
        QCOMPARE(k.mode, QStringLiteral("Knative"));
        QVERIFY(k.hasCanary());
        QCOMPARE(k.wantedCanary(), 10);
        QCOMPARE(k.seenCanary(), 10);
        QCOMPARE(k.latestRolledout, QStringLiteral("iris-predictor-00001"));
        const KserveStatus s = kserveStatus(standard());
        QCOMPARE(s.mode, QStringLiteral("Standard"));
        QCOMPARE(s.canaries.size(), std::size_t(2));
        QCOMPARE(s.wantedCanary(), 25);
        QCOMPARE(s.seenCanary(), 25); // only the one that is ready gets any
        QCOMPARE(s.canaries[1].storageUri, QStringLiteral("s3://m/x"));
        QVERIFY(!kserveStatus(knative()).hasCanary());
        const KserveStatus ignored = kserveStatus(overlaid(knative("{'status':{'deploymentMode':'RawDeployment'}}"), object("{'spec':{'predictor':{'canaryTrafficPercent':10}}}")));
        QVERIFY(ignored.percentIgnored && !ignored.hasCanary());
    }

    void storageAddressesOfMlflow() {
        QCOMPARE(storageSource(Q(oldUri)), std::optional(StorageSource{QStringLiteral("3"), QStringLiteral("0123456789abcdef0123456789abcdef"), {}}));
        QCOMPARE(storageSource(QStringLiteral("s3://b/mlflow/7/models/m-0123456789abcdef0123456789abcdef/artifacts/")), std::optional(StorageSource{QStringLiteral("7"), {}, QStringLiteral("m-0123456789abcdef0123456789abcdef")}));
        QVERIFY(!storageSource(QStringLiteral("gs://kfserving-examples/models/sklearn/1.0/model")));
    }

    void aKnativeCanaryIsStartedSharedPromotedAndRolledBack() {
        const auto started = kserveStart(knative(), Q(newUri), 10, {});
        QVERIFY2(started, started ? "" : qPrintable(started.error().text()));
        QCOMPARE(text(started->patch), QStringLiteral("[{'op':'add','path':'/spec/predictor/canaryTrafficPercent','value':10},{'op':'replace','path':'/spec/predictor/model/storageUri','value':'%1'}]").arg(Q(newUri)));
        const QJsonObject running = applied(knative(), started->patch);
        QCOMPARE(applied(running, started->undo), knative());
        // Another model now would take the ten percent at once.
        QCOMPARE(kserveStart(running, QStringLiteral("s3://third"), 10, {}).error().kind, ErrorKind::Refused);
        const auto share = kserveShare(withCanary(10), {}, 50);
        QCOMPARE(text(share->patch), QStringLiteral("[{'op':'replace','path':'/spec/predictor/canaryTrafficPercent','value':50}]"));
        QCOMPARE(applied(applied(withCanary(10), share->patch), share->undo), withCanary(10));
        const auto back = kserveRollBack(withCanary(10), {});
        QCOMPARE(text(back->patch), QStringLiteral("[{'op':'replace','path':'/spec/predictor/canaryTrafficPercent','value':0}]"));
        QVERIFY2(back->effect.contains(Q("iris-predictor-00001")), qPrintable(back->effect));
        const auto promoted = kservePromote(withCanary(10), {}, Q(oldUri));
        QCOMPARE(text(promoted->patch), QStringLiteral("[{'op':'remove','path':'/spec/predictor/canaryTrafficPercent'}]"));
        // The percent put back would change nothing: the way back is the model that was there.
        QCOMPARE(text(promoted->undo), QStringLiteral("[{'op':'replace','path':'/spec/predictor/model/storageUri','value':'%1'}]").arg(Q(oldUri)));
        const auto blind = kservePromote(withCanary(10), {}, {});
        QVERIFY(blind->undo.isEmpty());
        QVERIFY2(blind->note.contains(Q("no way back")), qPrintable(blind->note));
    }

    void whatDoesNotFitIsRefused() {
        QCOMPARE(kservePromote(knative(), {}, {}).error().kind, ErrorKind::Refused);
        QCOMPARE(kserveRollBack(withCanary(0), {}).error().kind, ErrorKind::Refused);
        QCOMPARE(kserveShare(withCanary(10), {}, 101).error().kind, ErrorKind::Invalid);
        const auto unready = kservePromote(overlaid(withCanary(10), object("{'status':{'components':{'predictor':{'latestCreatedRevision':'iris-predictor-00003'}}}}")), {}, {});
        QVERIFY2(!unready && unready.error().what.contains(Q("not ready")), "a canary that is not ready");
        const auto ignored = kservePromote(overlaid(knative("{'status':{'deploymentMode':'RawDeployment'}}"), object("{'spec':{'predictor':{'canaryTrafficPercent':10}}}")), {}, {});
        QVERIFY2(ignored.error().what.contains(Q("does not look at it")), qPrintable(ignored.error().what));
        QCOMPARE(kserveStart(knative(), Q(oldUri), 10, {}).error().kind, ErrorKind::Refused); // served already
        QCOMPARE(kserveStart(overlaid(knative(), object("{'spec':{'predictor':{'model':null,'containers':[{'image':'own'}]}}}")), Q(newUri), 10, {}).error().kind, ErrorKind::Refused);
        QCOMPARE(kserveStart(standard(), QStringLiteral("s3://z"), 80, QStringLiteral("v3")).error().kind, ErrorKind::Invalid); // 105 %
        QCOMPARE(kserveStart(standard(), QStringLiteral("s3://z"), 5, QStringLiteral("v2")).error().kind, ErrorKind::Conflict);
        QCOMPARE(kserveStart(standard(), QStringLiteral("s3://z"), 5, {}).error().kind, ErrorKind::Invalid); // it needs a name
    }

    void aStandardCanaryBecomesTheStableOneByName() {
        QCOMPARE(kservePromote(standard(), {}, {}).error().kind, ErrorKind::Invalid); // which of the two
        QCOMPARE(kservePromote(standard(), QStringLiteral("try"), {}).error().kind, ErrorKind::Refused); // not ready
        QCOMPARE(kservePromote(standard(), QStringLiteral("nobody"), {}).error().kind, ErrorKind::NotFound);
        const auto promoted = kservePromote(standard(), QStringLiteral("v2"), {});
        QVERIFY2(promoted, promoted ? "" : qPrintable(promoted.error().text()));
        const QJsonObject after = applied(standard(), promoted->patch), predictor = after.value(Q("spec")).toObject().value(Q("predictor")).toObject();
        QCOMPARE(predictor.value(Q("name")).toString(), QStringLiteral("v2"));
        QCOMPARE(predictor.value(Q("model")).toObject().value(Q("storageUri")).toString(), QStringLiteral("s3://m/v2"));
        QCOMPARE(predictor.value(Q("model")).toObject().value(Q("modelFormat")).toObject().value(Q("name")).toString(), QStringLiteral("sklearn")); // laid over the stable one
        QCOMPARE(predictor.value(Q("minReplicas")).toInt(), 2); // not the canary's one pod
        QCOMPARE(after.value(Q("spec")).toObject().value(Q("canary")).toArray().size(), 1);
        QCOMPARE(applied(after, promoted->undo), standard());
    }

    void anotherKindOfServerReplacesTheStableOnes() {
        const QJsonObject ready = standard("{'status':{'canaryStatuses':[{'name':'try','ready':true}]}}");
        const auto promoted = kservePromote(ready, QStringLiteral("try"), {});
        const QJsonObject predictor = applied(ready, promoted->patch).value(Q("spec")).toObject().value(Q("predictor")).toObject();
        QVERIFY(predictor.contains(Q("xgboost")) && !predictor.contains(Q("model")));
        QCOMPARE(applied(applied(ready, promoted->patch), promoted->undo), ready);
    }

    void aStandardCanaryIsAddedAndRemoved() {
        const QJsonObject alone = overlaid(standard(), object("{'spec':{'canary':null}}"));
        const auto started = kserveStart(alone, QStringLiteral("s3://m/v3"), 5, QStringLiteral("v3"));
        QVERIFY2(started, started ? "" : qPrintable(started.error().text()));
        const QJsonObject running = applied(alone, started->patch);
        const QJsonObject entry = running.value(Q("spec")).toObject().value(Q("canary")).toArray().first().toObject();
        QCOMPARE(entry.value(Q("trafficPercent")).toInt(), 5);
        QVERIFY(!entry.value(Q("predictor")).toObject().contains(Q("minReplicas"))); // no autoscaling field
        QCOMPARE(entry.value(Q("predictor")).toObject().value(Q("model")).toObject().value(Q("storageUri")).toString(), QStringLiteral("s3://m/v3"));
        const auto back = kserveRollBack(running, {});
        QCOMPARE(applied(running, back->patch), alone);
        QCOMPARE(applied(alone, back->undo), running);
    }

    void askedThroughAnIngressByItsHost() {
        const auto profile = kserveProfile(kserveStatus(knative()), QStringLiteral("kserve-v1"));
        QVERIFY(profile);
        QCOMPARE(profile->path, QStringLiteral("/v1/models/iris:predict"));
        QCOMPARE(profile->headers.value(QStringLiteral("Host")), QStringLiteral("iris.kubeflow.example.com"));
        QCOMPARE(kserveProfile(kserveStatus(knative("{'status':{'url':null}}")), QStringLiteral("kserve-v1")).error().kind, ErrorKind::Invalid);
        const auto v2 = kserveProfile(kserveStatus(knative()), QStringLiteral("kserve-v2"), QStringLiteral("m"));
        const auto one = kserveProfileFor(*v2, object("{'name':'m','inputs':[{'name':'input-0','datatype':'FP32','shape':[-1,4]}]}"), 4);
        QCOMPARE(one.input.toObject().value(Q("inputs")).toArray().first().toObject(), object("{'name':'input-0','datatype':'FP32','shape':'{{shape}}','data':'{{rows}}'}"));
        QCOMPARE(kserveProfileFor(*v2, object("{'inputs':[]}"), 4).input, v2->input);
    }
};

QTEST_GUILESS_MAIN(TestKserve)
#include "tst_kserve.moc"

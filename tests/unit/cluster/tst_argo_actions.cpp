// SPDX-License-Identifier: GPL-3.0-or-later
// The patches of each action against those of the plugin (cmd/promote/promote_test.go and its neighbours), undo, analyses as curves.
#include "core/cluster/argo_actions.h"
#include "core/cluster/argo_analysis.h"
#include "core/cluster/argo_rollout.h"
#include "tests/support/single_quoted_json.h"

#include <QtTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::array;
using support::object;
using support::overlaid;
using Q = QLatin1String;

Q_DECLARE_METATYPE(QJsonObject)
Q_DECLARE_METATYPE(pilothouse::cluster::ArgoAction)

namespace {

const KubeRef ref{kinds::Rollout, QStringLiteral("ml"), QStringLiteral("web")};

QJsonObject canary(const char *change = "{}") {
    return overlaid(object("{'metadata':{'name':'web','namespace':'ml','uid':'u1'},'spec':{'strategy':{'canary':{'steps':[{'setWeight':10},{'analysis':{}},{'setWeight':50},{'pause':{}}]}}},"
                           "'status':{'currentStepIndex':1,'stableRS':'old','currentPodHash':'new'}}"), object(change));
}
QString text(const std::optional<QJsonObject> &patch) { return patch ? QString::fromUtf8(QJsonDocument(*patch).toJson(QJsonDocument::Compact)).replace(QLatin1Char('"'), QLatin1Char('\'')) : QString(); }

QJsonObject replicaSet(int revision, const char *image) {
    QJsonObject set = object("{'metadata':{'ownerReferences':[{'uid':'u1','controller':true}]},'spec':{'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'web'}],'dnsPolicy':'ClusterFirst'}}}}");
    set = overlaid(set, QJsonObject{{Q("metadata"), QJsonObject{{Q("name"), QStringLiteral("web-%1").arg(revision)}, {Q("annotations"), QJsonObject{{argoRevisionAnnotation, QString::number(revision)}}}}},
                                    {Q("spec"), QJsonObject{{Q("template"), QJsonObject{{Q("metadata"), QJsonObject{{Q("labels"), QJsonObject{{argoHashLabel, Q("h")}}}}},
                                                                                       {Q("spec"), QJsonObject{{Q("containers"), QJsonArray{QJsonObject{{Q("name"), Q("web")}, {Q("image"), Q(image)}}}}}}}}}}});
    return set;
}

} // namespace

class TestArgoActions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void patches_data() {
        QTest::addColumn<QJsonObject>("rollout");
        QTest::addColumn<ArgoAction>("action");
        QTest::addColumn<QString>("status");
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QString>("says"); // of effect and note
        const auto row = [](const char *name, const QJsonObject &rollout, ArgoAction action, const char *status, const char *spec, const char *says) {
            QTest::newRow(name) << rollout << action << QString::fromLatin1(status) << QString::fromLatin1(spec) << QString::fromUtf8(says);
        };
        row("a pause is left", canary("{'status':{'currentStepIndex':3,'pauseConditions':[{'reason':'CanaryPauseStep'}],'controllerPause':true}}"), ArgoAction::Promote, "{'status':{'pauseConditions':null}}", "", "out of the pause: step 4 of 4 (pause) → the end");
        row("a pause by hand is left with it", canary("{'spec':{'paused':true},'status':{'currentStepIndex':3,'pauseConditions':[{'reason':'CanaryPauseStep'}]}}"), ArgoAction::Promote, "{'status':{'pauseConditions':null}}", "{'spec':{'paused':false}}", "pause");
        row("an analysis is skipped by a plain promote", canary(), ArgoAction::Promote, "{'status':{'currentStepIndex':2,'pauseConditions':null}}", "", "The analysis that runs is skipped");
        row("an inconclusive analysis is passed", canary("{'status':{'controllerPause':true,'pauseConditions':[{'reason':'InconclusiveAnalysisRun'}],'canary':{'currentStepAnalysisRunStatus':{'status':'Inconclusive'}}}}"), ArgoAction::Promote,
            "{'status':{'controllerPause':false,'currentStepIndex':2,'pauseConditions':null}}", "", "inconclusive");
        row("an inconclusive one that the controller did not pause", canary("{'status':{'pauseConditions':[{'reason':'InconclusiveAnalysisRun'}],'canary':{'currentStepAnalysisRunStatus':{'status':'Inconclusive'}}}}"), ArgoAction::Promote,
            "{'status':{'pauseConditions':null}}", "", "out of the pause");
        row("the step behind the last is not counted on", canary("{'status':{'currentStepIndex':4}}"), ArgoAction::Promote, "{'status':{'currentStepIndex':4,'pauseConditions':null}}", "", "the end");
        row("full", canary(), ArgoAction::Full, "{'status':{'promoteFull':true}}", "", "all traffic");
        row("skip", canary(), ArgoAction::Skip, "{'status':{'currentStepIndex':2}}", "", "step 2 of 4 (analysis) → step 3 of 4 (setWeight: 50)");
        row("skip all", canary(), ArgoAction::SkipAll, "{'status':{'currentStepIndex':4}}", "", "the end");
        row("abort", canary(), ArgoAction::Abort, "{'status':{'abort':true}}", "", "The template still is the new version");
        row("retry", canary("{'status':{'abort':true}}"), ArgoAction::Retry, "{'status':{'abort':false}}", "", "begins again");
        row("pause", canary(), ArgoAction::Pause, "", "{'spec':{'paused':true}}", "holds");
        row("resume", canary("{'spec':{'paused':true}}"), ArgoAction::Resume, "", "{'spec':{'paused':false}}", "goes on");
        row("restart", canary(), ArgoAction::Restart, "", "{'spec':{'restartAt':'2026-11-22T10:00:00Z'}}", "made anew");
        row("blue-green out of its pause", object("{'spec':{'strategy':{'blueGreen':{}}},'status':{'stableRS':'a','currentPodHash':'b','pauseConditions':[{'reason':'BlueGreenPause'}]}}"), ArgoAction::Promote, "{'status':{'pauseConditions':null}}", "", "the new version takes over");
    }
    void patches() {
        QFETCH(QJsonObject, rollout);
        QFETCH(ArgoAction, action);
        QFETCH(QString, says);
        const auto patches = argoPatches(rollout, action, QDateTime::fromString(QStringLiteral("2026-11-22T10:00:00Z"), Qt::ISODate));
        QVERIFY2(patches, patches ? "" : qPrintable(patches.error().text()));
        QTEST(text(patches->status), "status");
        QTEST(text(patches->spec), "spec");
        QVERIFY2((patches->effect + patches->note).contains(says), qPrintable(patches->effect + QLatin1Char('|') + patches->note));
    }

    void withoutAStatusSubresourceBothGoAsOne() {
        const auto patches = argoPatches(canary("{'spec':{'paused':true}}"), ArgoAction::Promote, {});
        QCOMPARE(text(patches->unified), QStringLiteral("{'spec':{'paused':false},'status':{'currentStepIndex':2,'pauseConditions':null}}"));
    }

    void whatWouldDoNothingIsRefused_data() {
        QTest::addColumn<QJsonObject>("rollout");
        QTest::addColumn<ArgoAction>("action");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QJsonObject &rollout, ArgoAction action, const char *says) { QTest::newRow(name) << rollout << action << QString::fromLatin1(says); };
        const QJsonObject promoted = canary("{'status':{'currentPodHash':'old','currentStepIndex':4}}"), green = object("{'spec':{'strategy':{'blueGreen':{}}},'status':{'stableRS':'a','currentPodHash':'b'}}");
        row("a promote of an aborted one", canary("{'status':{'abort':true}}"), ArgoAction::Promote, "a promote has no effect on it");
        row("full of an aborted one", canary("{'status':{'abort':true}}"), ArgoAction::Full, "a promote has no effect on it");
        row("a promote of a promoted one", promoted, ArgoAction::Promote, "fully promoted");
        row("full of a promoted one", promoted, ArgoAction::Full, "fully promoted");
        row("an abort of a promoted one", promoted, ArgoAction::Abort, "nothing to abort");
        row("a second abort", canary("{'status':{'abort':true}}"), ArgoAction::Abort, "aborted already");
        row("a retry of a running one", canary(), ArgoAction::Retry, "not aborted");
        row("a skip of blue-green", green, ArgoAction::Skip, "no steps to skip");
        row("a promote of blue-green that does not wait", green, ArgoAction::Promote, "not paused");
        row("a skip behind the last step", canary("{'status':{'currentStepIndex':4}}"), ArgoAction::Skip, "All steps are done");
        row("a second pause", canary("{'spec':{'paused':true}}"), ArgoAction::Pause, "paused already");
        row("a resume of one that waits on a step", canary("{'status':{'pauseConditions':[{'reason':'CanaryPauseStep'}]}}"), ArgoAction::Resume, "not paused by hand");
    }
    void whatWouldDoNothingIsRefused() {
        QFETCH(QJsonObject, rollout);
        QFETCH(ArgoAction, action);
        QFETCH(QString, says);
        const auto patches = argoPatches(rollout, action, {});
        QVERIFY(!patches);
        QCOMPARE(patches.error().kind, ErrorKind::Refused);
        QVERIFY2(patches.error().what.contains(says), qPrintable(patches.error().what));
    }

    void undoGoesToTheTemplateOfAnEarlierRevision() {
        const QJsonObject rollout = canary("{'spec':{'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'web','image':'web:3'}]}}}}");
        const std::vector<QJsonObject> sets{replicaSet(2, "web:2"), replicaSet(3, "web:3"), replicaSet(1, "web:1")};
        const auto back = argoUndo(ref, rollout, {}, sets, 0);
        QVERIFY2(back, back ? "" : qPrintable(back.error().text()));
        QCOMPARE(back->revision, 2);
        QCOMPARE(back->object, ref);
        const QJsonObject to = back->patch.first().toObject().value(Q("value")).toObject();
        QCOMPARE(to.value(Q("spec")).toObject().value(Q("containers")).toArray().first().toObject().value(Q("image")).toString(), QStringLiteral("web:2"));
        QCOMPARE(to.value(Q("metadata")).toObject().value(Q("labels")).toObject(), object("{'app':'web'}")); // without the hash
        QCOMPARE(argoUndo(ref, rollout, {}, sets, 1)->revision, 1);
        // The server's defaults (dnsPolicy) do not make another template of it.
        QCOMPARE(argoUndo(ref, rollout, {}, sets, 3).error().kind, ErrorKind::Refused);
        const auto none = argoUndo(ref, rollout, {}, sets, 9);
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        QVERIFY2(none.error().hint.contains(Q("3, 2, 1")), qPrintable(none.error().hint));
        QCOMPARE(argoUndo(ref, rollout, {}, {sets[1]}, 0).error().kind, ErrorKind::NotFound);
    }

    void undoOfAReferencedWorkloadChangesThat() {
        const QJsonObject rollout = canary("{'spec':{'workloadRef':{'apiVersion':'apps/v1','kind':'Deployment','name':'web-deploy'}}}");
        const QJsonObject deployment = object("{'spec':{'template':{'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'web','image':'web:2'}]}}}}");
        const auto back = argoUndo(ref, rollout, deployment, {replicaSet(2, "web:2"), replicaSet(1, "web:1")}, 0);
        QVERIFY2(back, back ? "" : qPrintable(back.error().text()));
        QCOMPARE(back->object.text(), QStringLiteral("deployment/web-deploy in ml"));
        const auto other = argoUndo(ref, canary("{'spec':{'workloadRef':{'kind':'PodTemplate','name':'t'}}}"), {}, {replicaSet(2, "a"), replicaSet(1, "b")}, 0);
        QCOMPARE(other.error().kind, ErrorKind::Refused);
    }

    void analysesAreCurvesWithTheirBounds() {
        const ArgoAnalysis run = argoAnalysis(object(
            "{'metadata':{'name':'web-2-1','annotations':{'rollout.argoproj.io/revision':'2'},'ownerReferences':[{'uid':'u1','name':'web','controller':true}]},"
            "'spec':{'metrics':[{'name':'success','successCondition':'result[0] >= 0.95 || isNaN(result[0])','failureLimit':1,'interval':'30s','count':'5','provider':{'prometheus':{'query':'q'}}},"
            "{'name':'job','provider':{'job':{}}}]},"
            "'status':{'phase':'Failed','metricResults':[{'name':'success','phase':'Failed','successful':2,'failed':2,'measurements':["
            "{'phase':'Successful','value':'[0.97]','startedAt':'2026-11-22T10:00:00Z','finishedAt':'2026-11-22T10:00:01Z'},{'phase':'Successful','value':'NaN','startedAt':'2026-11-22T10:00:30Z'},"
            "{'phase':'Failed','value':'[0.4]','startedAt':'2026-11-22T10:01:00Z'}]},{'name':'gone','phase':'Successful','measurements':[{'phase':'Successful','value':'{\\u0022a\\u0022:1}'}]}]}}"));
        QCOMPARE(run.revision, 2);
        QCOMPARE(run.owner, QStringLiteral("web"));
        QCOMPARE(run.metrics.size(), std::size_t(3));
        const ArgoMetric &metric = run.metrics[0];
        QCOMPARE(metric.provider, QStringLiteral("prometheus"));
        QCOMPARE(metric.count, 5);
        QCOMPARE(metric.bounds.size(), std::size_t(1));
        QCOMPARE(metric.bounds[0].comparison, QStringLiteral(">="));
        QCOMPARE(metric.bounds[0].value, 0.95);
        QCOMPARE(metric.measurements.size(), std::size_t(3));
        QCOMPARE(metric.measurements[0].values, std::vector<double>{0.97});
        QVERIFY(std::isnan(metric.measurements[1].values.at(0)));
        QVERIFY(run.metrics[2].measurements[0].values.empty()); // an object is no number
        QVERIFY2(argoAnalysisSentence(run).contains(Q("success: [0.4] Failed (result[0] >= 0.95")), qPrintable(argoAnalysisSentence(run)));
        QVERIFY(argoAnalysisSentence(run).contains(Q("failed 2 times, allowed 1")));
    }

    void boundsOfConditions() {
        const auto bounds = argoBounds(QStringLiteral("len(result) == 0 || (result[1] < 1e-2 && 5 <= result)"), false);
        QCOMPARE(bounds.size(), std::size_t(2));
        QCOMPARE(bounds[0].comparison, QStringLiteral("<"));
        QCOMPARE(bounds[0].value, 0.01);
        QCOMPARE(bounds[0].index, 1);
        QVERIFY(!bounds[0].success);
        QCOMPARE(bounds[1].comparison, QStringLiteral(">=")); // turned round: the result stands on the left
        QCOMPARE(bounds[1].value, 5.0);
        QVERIFY(argoBounds(QStringLiteral("result.ok == true"), true).empty());
        QVERIFY(argoBounds(QStringLiteral("asInt(result.count) > 3"), true).empty());
    }
};

QTEST_GUILESS_MAIN(TestArgoActions)
#include "tst_argo_actions.moc"

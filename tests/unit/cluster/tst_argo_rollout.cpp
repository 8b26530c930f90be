// SPDX-License-Identifier: GPL-3.0-or-later
// Phases, steps and weights against the tables of argo-rollouts' own tests (utils/rollout/rolloututil_test.go, utils/replicaset/canary_test.go).
#include "core/cluster/argo_rollout.h"
#include "tests/support/single_quoted_json.h"

#include <QtTest>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::object;
using support::overlaid;
using Q = QLatin1String;

Q_DECLARE_METATYPE(QJsonObject)

namespace {

QJsonObject canary() {
    return object("{'metadata':{'name':'can-guestbook','namespace':'test','uid':'u1'},"
                  "'spec':{'replicas':5,'strategy':{'canary':{'steps':[{'setWeight':10},{'pause':{'duration':60}},{'setWeight':20}]}}},"
                  "'status':{'currentStepIndex':1,'replicas':4,'readyReplicas':1,'updatedReplicas':3,'availableReplicas':2}}");
}
QJsonObject blueGreen() {
    return object("{'metadata':{'name':'bg-guestbook','namespace':'test','uid':'u1'},'spec':{'replicas':5,'strategy':{'blueGreen':{}}},"
                  "'status':{'currentStepIndex':1,'replicas':4,'readyReplicas':1,'updatedReplicas':3,'availableReplicas':2}}");
}
const char *const allFive = "{'status':{'replicas':5,'updatedReplicas':5,'availableReplicas':5,'readyReplicas':5,'stableRS':'abc1234','currentPodHash':'abc1234'}}";

QJsonObject replicaSet(const char *name, const char *hash, int revision, int wanted, int available, const char *owner = "u1") {
    QJsonObject set = object("{'metadata':{'generation':1,'creationTimestamp':'2026-11-22T10:00:00Z'},'spec':{'template':{'spec':{'containers':[{'name':'web'}]}}},'status':{'observedGeneration':1}}");
    set = overlaid(set, QJsonObject{{Q("metadata"), QJsonObject{{Q("name"), Q(name)}, {Q("labels"), QJsonObject{{argoHashLabel, Q(hash)}}},
                                                               {Q("annotations"), QJsonObject{{argoRevisionAnnotation, QString::number(revision)}}},
                                                               {Q("ownerReferences"), QJsonArray{QJsonObject{{Q("uid"), Q(owner)}, {Q("controller"), true}}}}}},
                                    {Q("spec"), QJsonObject{{Q("replicas"), wanted}}}, {Q("status"), QJsonObject{{Q("replicas"), wanted}, {Q("availableReplicas"), available}}}});
    return set;
}

} // namespace

class TestArgoRollout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void phases_data() {
        QTest::addColumn<QJsonObject>("rollout");
        QTest::addColumn<QString>("phase");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, const QJsonObject &base, const char *change, const char *phase, const char *message) {
            QTest::newRow(name) << overlaid(base, object(change)) << QString::fromLatin1(phase) << QString::fromLatin1(message);
        };
        row("past the progress deadline", canary(), "{'status':{'conditions':[{'type':'Progressing','reason':'ProgressDeadlineExceeded','message':'timed out'}]}}", "Degraded", "ProgressDeadlineExceeded: timed out");
        row("aborted", canary(), "{'status':{'conditions':[{'type':'Progressing','reason':'RolloutAborted','message':'metric failed'}]}}", "Degraded", "RolloutAborted: metric failed");
        row("an invalid spec", canary(), "{'status':{'conditions':[{'type':'InvalidSpec','reason':'InvalidSpec','message':'no selector'}]}}", "Degraded", "InvalidSpec: no selector");
        row("paused by hand", canary(), "{'spec':{'paused':true}}", "Paused", "manually paused");
        row("paused on a step", canary(), "{'status':{'pauseConditions':[{'reason':'CanaryPauseStep'}],'controllerPause':true}}", "Paused", "CanaryPauseStep");
        row("too few updated", canary(), "{'status':{'updatedReplicas':4,'availableReplicas':4,'replicas':5}}", "Progressing", "more replicas need to be updated");
        row("updated and not available", canary(), "{'status':{'updatedReplicas':5,'availableReplicas':4,'replicas':5}}", "Progressing", "updated replicas are still becoming available");
        row("old ones still there", canary(), "{'status':{'updatedReplicas':5,'availableReplicas':5,'replicas':7}}", "Progressing", "old replicas are pending termination");
        row("old ones do not count with a traffic router", canary(), "{'spec':{'strategy':{'canary':{'trafficRouting':{}}}},'status':{'updatedReplicas':5,'availableReplicas':5,'replicas':7}}", "Progressing", "waiting for all steps to complete");
        row("blue-green before the switch", blueGreen(), "{'status':{'blueGreen':{'activeSelector':'abc1234'},'stableRS':'abc1234','currentPodHash':'def5678','replicas':5,'updatedReplicas':5,'availableReplicas':5}}", "Progressing", "active service cutover pending");
        row("blue-green in its analysis", blueGreen(), "{'spec':{'strategy':{'blueGreen':{'postPromotionAnalysis':{}}}},'status':{'blueGreen':{'activeSelector':'def5678'},'stableRS':'abc1234','currentPodHash':'def5678','replicas':5,'updatedReplicas':5,'availableReplicas':5}}", "Progressing", "waiting for analysis to complete");
        row("blue-green verified afterwards", blueGreen(), "{'status':{'blueGreen':{'activeSelector':'def5678'},'stableRS':'abc1234','currentPodHash':'def5678','replicas':5,'updatedReplicas':5,'availableReplicas':5}}", "Progressing", "waiting for post-promotion verification to complete");
        row("blue-green whose analysis ended", blueGreen(), "{'spec':{'strategy':{'blueGreen':{'postPromotionAnalysis':{}}}},'status':{'blueGreen':{'activeSelector':'def5678','postPromotionAnalysisRunStatus':{'status':'Successful'}},'stableRS':'abc1234','currentPodHash':'def5678','replicas':5,'updatedReplicas':5,'availableReplicas':5}}", "Progressing", "waiting for post-promotion verification to complete");
        row("new, with hashes and no counts", canary(), "{'spec':{'replicas':null},'status':{'currentStepIndex':null,'replicas':null,'updatedReplicas':null,'availableReplicas':null,'readyReplicas':null,'stableRS':'abc1234','currentPodHash':'abc1234'}}", "Progressing", "more replicas need to be updated");
        row("a spec that was not seen", canary(), "{'metadata':{'generation':2},'status':{'observedGeneration':'1'}}", "Progressing", "waiting for rollout spec update to be observed");
        row("the hash of 0.9 is always seen", canary(), "{'metadata':{'generation':2},'status':{'observedGeneration':'7d66d4485f'}}", "Progressing", "more replicas need to be updated");
        row("also one that reads as a number", canary(), "{'metadata':{'generation':2},'status':{'observedGeneration':'1366344857'}}", "Progressing", "more replicas need to be updated");
        row("restarting", overlaid(canary(), object(allFive)), "{'spec':{'restartAt':'2026-11-22T10:00:00Z'}}", "Progressing", "rollout is restarting");
        row("restarted", overlaid(canary(), object(allFive)), "{'spec':{'restartAt':'2026-11-22T10:00:00Z'},'status':{'restartedAt':'2026-11-22T10:00:00Z'}}", "Healthy", "");
        row("a workload that was not seen", canary(), "{'metadata':{'annotations':{'rollout.argoproj.io/workload-generation':'2'}},'spec':{'templateResolvedFromRef':true},'status':{'workloadObservedGeneration':'1'}}", "Progressing", "waiting for rollout spec update to be observed for the reference workload");
        row("a workload whose number is no int32", overlaid(canary(), object(allFive)), "{'metadata':{'annotations':{'rollout.argoproj.io/workload-generation':'2'}},'spec':{'templateResolvedFromRef':true},'status':{'workloadObservedGeneration':'222222222222222222'}}", "Healthy", "");
        row("a workload that was seen", overlaid(canary(), object(allFive)), "{'metadata':{'annotations':{'rollout.argoproj.io/workload-generation':'2'}},'spec':{'templateResolvedFromRef':true},'status':{'workloadObservedGeneration':'2'}}", "Healthy", "");
        row("a canary with all", canary(), allFive, "Healthy", "");
        row("blue-green with all", overlaid(blueGreen(), object(allFive)), "{'status':{'blueGreen':{'activeSelector':'abc1234'}}}", "Healthy", "");
        row("what the controller says counts", canary(), "{'status':{'phase':'Paused','message':'canary pause','pauseConditions':[{'reason':'CanaryPauseStep'}],'controllerPause':true}}", "Paused", "canary pause");
        row("but not while it unpauses", canary(), "{'status':{'phase':'Paused','message':'canary pause','controllerPause':true}}", "Progressing", "waiting for rollout to unpause");
        row("nor before it has seen the spec", canary(), "{'metadata':{'generation':11},'status':{'observedGeneration':'10','phase':'Healthy'}}", "Progressing", "waiting for rollout spec update to be observed");
        row("a later generation is seen", canary(), "{'metadata':{'generation':9},'status':{'observedGeneration':'10','phase':'Healthy'}}", "Healthy", "");
    }
    void phases() {
        QFETCH(QJsonObject, rollout);
        const ArgoPhase phase = argoPhase(rollout);
        QTEST(phase.phase, "phase");
        QTEST(phase.message, "message");
    }

    void stepsReadAsThePluginWritesThem_data() {
        QTest::addColumn<QJsonObject>("step");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *step, const char *text) { QTest::newRow(text) << object(step) << QString::fromLatin1(text); };
        row("{'setWeight':20}", "setWeight: 20");
        row("{'pause':{}}", "pause");
        row("{'pause':{'duration':10}}", "pause: 10");
        row("{'pause':{'duration':'10s'}}", "pause: 10s");
        row("{'experiment':{'duration':'1h'}}", "experiment");
        row("{'analysis':{'templates':[{'templateName':'t'}]}}", "analysis");
        row("{'setCanaryScale':{'weight':20}}", "setCanaryScale{weight: 20}");
        row("{'setCanaryScale':{'matchTrafficWeight':true}}", "setCanaryScale{matchTrafficWeight: true}");
        row("{'setCanaryScale':{'replicas':5}}", "setCanaryScale{replicas: 5}");
        row("{'setHeaderRoute':{'name':'beta','match':[{'headerName':'x'}]}}", "setHeaderRoute: beta");
        row("{'setMirrorRoute':{'name':'mirror','percentage':35}}", "setMirrorRoute: mirror (35 %)");
        row("{}", "invalid");
    }
    void stepsReadAsThePluginWritesThem() {
        QFETCH(QJsonObject, step);
        QTEST(argoStepText(step), "text");
    }

    void durations() {
        QCOMPARE(argoSeconds(60), std::optional<qint64>(60));
        QCOMPARE(argoSeconds(Q("45")), std::optional<qint64>(45));
        QCOMPARE(argoSeconds(Q("1h30m")), std::optional<qint64>(5400));
        QCOMPARE(argoSeconds(Q("1500ms")), std::optional<qint64>(1));
        QVERIFY(!argoSeconds(Q("soon")));
        QVERIFY(!argoSeconds(QJsonValue()));
    }

    void weights() {
        QCOMPARE(argoSetWeight(canary()), 10); // that of the step before the pause
        QCOMPARE(argoSetWeight(overlaid(canary(), object("{'status':{'currentStepIndex':2}}"))), 20);
        QCOMPARE(argoSetWeight(overlaid(canary(), object("{'status':{'currentStepIndex':3}}"))), 100); // all steps are done
        QCOMPARE(argoSetWeight(overlaid(canary(), object("{'status':{'abort':true}}"))), 0);
        QCOMPARE(argoSetWeight(overlaid(canary(), object("{'spec':{'strategy':{'canary':{'steps':[{'pause':{}},{'setWeight':30}]}}},'status':{'currentStepIndex':null}}"))), 0); // no weight yet
        QCOMPARE(argoSetWeight(overlaid(canary(), object("{'spec':{'strategy':{'canary':{'steps':null,'trafficRouting':{'maxTrafficWeight':1000}}}}}"))), 1000);
    }

    void aCanaryWithoutARouterHasTheRatioOfItsPods() {
        const QJsonObject rollout = overlaid(canary(), object("{'status':{'stableRS':'old','currentPodHash':'new','availableReplicas':5}}"));
        const ArgoStatus s = argoStatus(rollout, {replicaSet("a", "old", 1, 4, 4), replicaSet("b", "new", 2, 1, 1), replicaSet("c", "new", 2, 9, 9, "somebody else")});
        QCOMPARE(s.replicaSets.size(), std::size_t(2));
        QCOMPARE(s.replicaSets[0].name, QStringLiteral("b")); // newest revision first
        QVERIFY(s.replicaSets[0].canary && !s.replicaSets[0].stable);
        QVERIFY(s.replicaSets[1].stable && !s.replicaSets[1].canary);
        QCOMPARE(s.setWeight, 10);
        QCOMPARE(s.actualWeight, 20); // 1 of 5
        QVERIFY(!s.weightsReported);
        QCOMPARE(s.step, 1);
        QStringList states;
        for (const ArgoStep &step : s.steps)
            states << step.state;
        QCOMPARE(states, (QStringList{QStringLiteral("done"), QStringLiteral("current"), QStringLiteral("waiting")}));
        QCOMPARE(s.steps[1].pauseSeconds, std::optional<qint64>(60));
    }

    void aRouterReportsItsWeights() {
        const QJsonObject routed = overlaid(canary(), object("{'spec':{'strategy':{'canary':{'trafficRouting':{'nginx':{}}}}}}"));
        QCOMPARE(argoStatus(routed, {}).actualWeight, 10); // not reported: as wanted
        const ArgoStatus s = argoStatus(overlaid(routed, object("{'status':{'canary':{'weights':{'canary':{'weight':7},'stable':{'weight':93},'verified':false}}}}")), {});
        QCOMPARE(s.actualWeight, 7);
        QVERIFY(s.weightsReported);
        QCOMPARE(s.weightsVerified, std::optional(false));
    }

    void aPauseSaysWhenItEnds() {
        const ArgoStatus s = argoStatus(overlaid(canary(), object("{'status':{'controllerPause':true,'pauseConditions':[{'reason':'CanaryPauseStep','startTime':'2026-11-22T10:00:00Z'}]}}")), {});
        QCOMPARE(s.pauseReasons, QStringList{QStringLiteral("CanaryPauseStep")});
        QVERIFY(s.pauseEnds.has_value());
        QCOMPARE(s.pauseEnds->toString(Qt::ISODate), QStringLiteral("2026-11-22T10:01:00Z"));
    }

    void anAbortTellsTheAnalysisThatDidIt() {
        const ArgoStatus s = argoStatus(overlaid(canary(), object("{'status':{'abort':true,'canary':{'currentStepAnalysisRunStatus':{'name':'r','status':'Failed','message':'error-rate assessed Failed'},"
                                                                  "'currentBackgroundAnalysisRunStatus':{'name':'b','status':'Successful','message':'fine'}}}}")), {});
        QCOMPARE(s.problems, QStringList{QStringLiteral("error-rate assessed Failed")});
        QCOMPARE(s.analyses.size(), std::size_t(2));
        QCOMPARE(s.steps[0].state, QStringLiteral("aborted"));
    }

    void blueGreenSides() {
        const ArgoStatus s = argoStatus(overlaid(blueGreen(), object("{'status':{'stableRS':'old','currentPodHash':'new','blueGreen':{'activeSelector':'old','previewSelector':'new'}}}")),
                                        {replicaSet("a", "old", 1, 5, 5), replicaSet("b", "new", 2, 5, 3), replicaSet("z", "ancient", 0, 0, 0)});
        QCOMPARE(s.strategy, QStringLiteral("BlueGreen"));
        QVERIFY(s.replicaSets[0].preview && !s.replicaSets[0].active);
        QCOMPARE(s.replicaSets[0].status, QStringLiteral("Progressing"));
        QVERIFY(s.replicaSets[1].active && s.replicaSets[1].stable);
        QCOMPARE(s.replicaSets[1].status, QStringLiteral("Healthy"));
        QCOMPARE(s.replicaSets[2].status, QStringLiteral("ScaledDown"));
    }
};

QTEST_GUILESS_MAIN(TestArgoRollout)
#include "tst_argo_rollout.moc"

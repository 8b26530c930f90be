// SPDX-License-Identifier: GPL-3.0-or-later
// A model that a Deployment of a real API server serves: a promotion changes its image and the cluster rolls it, an undo brings it back, also in the middle.
#include "core/cluster/workload.h"
#include "core/fleet/operation_ways.h"
#include "core/fleet/services.h"
#include "core/fleet/workload_desk.h"
#include "core/rollouts/rollout_watch.h"
#include "tests/support/kube_server.h"
#include "tests/support/tiny_package.h"

#include <QTest>

using namespace pilothouse;

namespace {
using Q = QLatin1String;
using cluster::RolloutPhase;
} // namespace

class TestDeploymentTarget : public QObject {
    Q_OBJECT
    support::KubeServer m_server;
    QTemporaryDir m_folder;
    std::shared_ptr<fleet::Services> m_services;
    std::shared_ptr<cluster::RolloutTarget> m_target;

    QByteArray kubectl(const QString &words) {
        const auto done = m_server.kubectl(QStringList{QStringLiteral("-n"), QStringLiteral("ml")} + words.split(QLatin1Char(' ')));
        return done.code == 0 ? done.out.trimmed() : "failed: " + done.error.trimmed();
    }
    QByteArray image() { return kubectl(QStringLiteral("get deployment/t2m -o jsonpath={.spec.template.spec.containers[0].image}")); }
    QString rolled() {
        const auto desk = fleet::workloadDesk(*m_services, {}, QStringLiteral("deployment/t2m"), QStringLiteral("ml"));
        const auto sight = rollouts::watchRollout(*desk->api, desk->ref, {60, {}, {}}, {}, {});
        return sight ? sight->verdict.text : sight.error().text();
    }
    int champion() const {
        const auto v = m_services->registry->versionByAlias(QStringLiteral("t2m"), QStringLiteral("champion"));
        return v ? v->version : 0;
    }
    Result<promotion::Request> promoted(int version) const {
        promotion::Evidence e;
        e.model = QStringLiteral("t2m");
        e.alias = QStringLiteral("champion");
        e.candidateVersion = version;
        PH_ASSIGN(const registry::Version v, m_services->registry->version(e.model, version));
        e.candidateDigest = v.digest;
        if (champion() > 0)
            e.championVersion = champion();
        e.gates = {{QStringLiteral("Better"), QString(), QString(), promotion::GateState::Pass}};
        e.computed = QDateTime::currentDateTimeUtc();
        PH_ASSIGN(const promotion::Request asked, m_services->promotions->request(QStringLiteral("t2m"), version, e.alias, e));
        return m_services->promotions->approve(asked.id, QStringLiteral("better"));
    }

private Q_SLOTS:
    void initTestCase() {
        if (const QString why = support::KubeServer::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        QString why;
        QVERIFY2(m_server.start(&why), qPrintable(why));
        const QString file = m_folder.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, "workspace: rolls\nrole: approver\nconnections:\n  local: {kind: local, root: " + m_folder.filePath(QStringLiteral("root")).toUtf8() +
                                              "}\n  cluster: {kind: kubernetes, kubeconfig: " + m_server.operatorConfig().toUtf8() +
                                              "}\nmodels:\n  t2m:\n    registry: {connection: local, name: t2m, champion: champion}\n    deployment: {connection: cluster, namespace: ml, target: deployment/t2m, image: \"registry.example/team/t2m:{tag:build}\"}\n"
                                              "    promotion: {approvals: 1}\n"));
        fleet::ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::environmentStore();
        const auto services = fleet::openServices(options);
        QVERIFY2(services, services ? "" : qPrintable(services.error().text()));
        m_services = *services;
        for (int i = 1; i <= 3; ++i) {
            test::TinyModel model;
            model.a = i;
            const QString package = m_folder.filePath(QStringLiteral("out%1").arg(i));
            QVERIFY(test::writeTinyPackage(package, model));
            QVERIFY(m_services->registry->registerVersion(QStringLiteral("t2m"), package, QStringLiteral("run"), QStringLiteral("ada")));
            if (i < 3)
                QVERIFY(m_services->registry->setVersionTag(QStringLiteral("t2m"), i, QStringLiteral("build"), QStringLiteral("b%1").arg(i)));
        }
        const auto made = m_server.kubectl({QStringLiteral("apply"), QStringLiteral("-f"), QStringLiteral("-")},
                                           "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: t2m, namespace: ml}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: t2m}}\n  template:\n    metadata: {labels: {app: t2m}}\n"
                                           "    spec: {containers: [{name: side, image: \"registry.example/side:1\"}, {name: api, image: \"registry.example/team/t2m:b1\"}]}\n");
        QVERIFY2(made.code == 0, made.error.constData());
        QCOMPARE(rolled(), QStringLiteral("deployment \"t2m\" successfully rolled out"));
        const auto target = m_services->rolloutTarget(*m_services->workspace.model(QStringLiteral("t2m")));
        QVERIFY2(target, target ? "" : qPrintable(target.error().text()));
        m_target = *target;
    }

    QByteArray apiImage() { return kubectl(QStringLiteral("get deployment/t2m -o jsonpath={.spec.template.spec.containers[1].image}")); }

    void anImageThatOthersSetIsAVersionTheLess() {
        const auto status = m_target->status();
        QVERIFY2(status, status ? "" : qPrintable(status.error().text()));
        QCOMPARE(status->phase, RolloutPhase::Stable);
        QCOMPARE(status->stable->version, 1); // by its image
        QCOMPARE(status->stable->revision, 1);
    }
    void aPromotionRollsTheDeployment() {
        const auto first = promoted(1); // it runs already: it is noted
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        QCOMPARE(first->state, promotion::RequestState::Done);
        const auto second = promoted(2);
        QVERIFY2(second, second ? "" : qPrintable(second.error().text()));
        QCOMPARE(second->state, promotion::RequestState::Done);
        QCOMPARE(apiImage(), "registry.example/team/t2m:b2");
        QCOMPARE(image(), "registry.example/side:1"); // the other container is left alone
        QCOMPARE(rolled(), QStringLiteral("deployment \"t2m\" successfully rolled out"));
        const auto status = m_target->status();
        QCOMPARE(status->phase, RolloutPhase::Stable);
        QCOMPARE(status->stable->version, 2);
        QCOMPARE(status->operation, second->id);
        QCOMPARE(champion(), 2);

        const auto back = m_services->promotions->undo(second->id, QStringLiteral("a test"));
        QVERIFY2(back, back ? "" : qPrintable(back.error().text()));
        QCOMPARE(back->state, promotion::RequestState::Undone);
        QCOMPARE(apiImage(), "registry.example/team/t2m:b1");
        QCOMPARE(rolled(), QStringLiteral("deployment \"t2m\" successfully rolled out"));
        QCOMPARE(champion(), 1);
        QCOMPARE(m_target->status()->stable->version, 1);
    }
    void aRolloutThatStandsStillIsTurnedBack() {
        QVERIFY(m_services->registry->setVersionTag(QStringLiteral("t2m"), 2, QStringLiteral("build"), QStringLiteral("missing"))); // that image cannot be pulled
        const auto request = promoted(2);
        QVERIFY2(request, request ? "" : qPrintable(request.error().text()));
        QTRY_COMPARE_WITH_TIMEOUT(m_target->status()->phase, RolloutPhase::Progressing, 20000);
        QTRY_VERIFY_WITH_TIMEOUT(m_target->status()->canary.has_value(), 20000);
        const auto status = m_target->status();
        QCOMPARE(status->canary->version, 2);
        QCOMPARE(status->stable->version, 1);
        QCOMPARE(status->seenCanaryShare, 0.0);
        QVERIFY2(m_target->pause(), "it can be held");
        QTRY_COMPARE_WITH_TIMEOUT(m_target->status()->phase, RolloutPhase::Paused, 20000);
        const auto back = m_services->promotions->undo(request->id, QStringLiteral("it does not start"), true); // paused or not
        QVERIFY2(back, back ? "" : qPrintable(back.error().text()));
        QCOMPARE(back->state, promotion::RequestState::TurnedBack);
        QCOMPARE(apiImage(), "registry.example/team/t2m:b1");
        QCOMPARE(rolled(), QStringLiteral("deployment \"t2m\" successfully rolled out"));
        QVERIFY(kubectl(QStringLiteral("get deployment/t2m -o jsonpath={.spec.paused}")).isEmpty());
    }
    void aVersionWhoseImageIsNotKnownIsRefused() {
        const auto request = promoted(3); // has no tag “build”
        QVERIFY(!request);
        QVERIFY2(request.error().text().contains(QStringLiteral("{tag:build}")), qPrintable(request.error().text()));
        QCOMPARE(champion(), 1); // the alias was put back
        QCOMPARE(apiImage(), "registry.example/team/t2m:b1");
    }
    void anOperationIsUndoneByItsJournalLine() {
        const auto desk = fleet::workloadDesk(*m_services, QStringLiteral("cluster"), QStringLiteral("deploy/t2m"), QStringLiteral("ml"));
        QVERIFY(desk);
        const auto scale = rollouts::scaleOperation(*desk, 3);
        const auto outcome = m_services->operations->run(*scale);
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        const auto entries = m_services->journal->entries();
        QVERIFY(fleet::waysOn(*entries, outcome.id).undo);
        const auto reverse = fleet::reverseOperation(*m_services, outcome.id);
        QVERIFY2(reverse, reverse ? "" : qPrintable(reverse.error().text()));
        QVERIFY(m_services->operations->run(*reverse).done);
        QCOMPARE(kubectl(QStringLiteral("get deployment/t2m -o jsonpath={.spec.replicas}")), "2");
        QVERIFY(!fleet::waysOn(*m_services->journal->entries(), outcome.id).undo);
    }
};

QTEST_GUILESS_MAIN(TestDeploymentTarget)
#include "tst_deployment_target.moc"

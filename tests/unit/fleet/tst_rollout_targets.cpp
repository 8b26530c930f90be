// SPDX-License-Identifier: GPL-3.0-or-later
// Which rollout target a model of the workspace gets. No call is made.
#include "core/fleet/clusters.h"
#include "core/fleet/rollout_targets.h"
#include "core/fleet/services.h"

#include "core/base/file.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;

class TestRolloutTargets : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    Result<std::shared_ptr<cluster::RolloutTarget>> target(const QByteArray &deployment) const {
        const QString file = m_folder.filePath(QStringLiteral("pilothouse.yaml"));
        PH_TRY(writeFileAtomically(file, "workspace: w\nconnections:\n  local: {kind: local, root: " + m_folder.filePath(QStringLiteral("root")).toUtf8() + "}\n  cluster: {kind: kubernetes, kubeconfig: config}\n  gone: {kind: kubernetes, kubeconfig: none}\nmodels:\n"
                                             "  t2m: {registry: {connection: local, name: t2m}, deployment: {" + deployment + "}}\n  bare: {registry: {connection: local, name: bare}}\n"));
        fleet::ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::environmentStore();
        PH_ASSIGN(const auto services, fleet::openServices(options));
        return services->rolloutTarget(*services->workspace.model(deployment.isEmpty() ? QStringLiteral("bare") : QStringLiteral("t2m")));
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("config")), "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u, namespace: ml}}]\nclusters: [{name: c, cluster: {server: \"http://127.0.0.1:1\"}}]\nusers: [{name: u, user: {token: t}}]\n"));
    }
    void aDeploymentOfAClusterIsOne() {
        const auto found = target("connection: cluster, target: deployment/t2m");
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE((*found)->name(), QStringLiteral("deployment/t2m"));
    }
    void aServingFolderIsOne() { QCOMPARE((*target("connection: local, target: serving/t2m"))->name(), QStringLiteral("serving/t2m")); }
    void aContainerOfThisMachineIsOne() {
        const QByteArray host = qgetenv("CONTAINER_HOST");
        qputenv("CONTAINER_HOST", "unix:///nowhere/engine.sock");
        const auto found = target("connection: local, target: container/web, image: \"localhost/web:{version}\"");
        qputenv("CONTAINER_HOST", host);
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE((*found)->name(), QStringLiteral("container/web"));
    }
    void noneIsNotFound() { QCOMPARE(target("").error().kind, ErrorKind::NotFound); }
    void aClusterThatIsNotFoundIsNotNone() { // a promotion takes NotFound for “none configured”, and would move the alias alone
        QCOMPARE(target("connection: gone, target: deployment/t2m").error().kind, ErrorKind::Invalid);
        QCOMPARE(target("connection: cluster, target: none/t2m").error().kind, ErrorKind::Invalid);
        QCOMPARE(target("connection: cluster, target: job/t2m").error().kind, ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestRolloutTargets)
#include "tst_rollout_targets.moc"

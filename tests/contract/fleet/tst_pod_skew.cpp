// SPDX-License-Identifier: GPL-3.0-or-later
// What the pods of a real API server run, held against the alias: another image than the live version's, a tag that was moved, pods that started before the
// promotion. Digests of containers are what no kubelet is here to tell: the test writes them into the pods' status.
#include "core/cluster/workload.h"
#include "core/fleet/services.h"
#include "core/fleet/skew_watch.h"
#include "core/fleet/snapshot.h"
#include "core/fleet/workload_desk.h"
#include "core/rollouts/rollout_watch.h"
#include "tests/support/kube_server.h"
#include "tests/support/tiny_package.h"

#include <QJsonArray>
#include <QTest>

using namespace pilothouse;
using Q = QLatin1String;

namespace {

QString digest(char of) { return QStringLiteral("sha256:") + QString(64, QLatin1Char(of)); }

} // namespace

class TestPodSkew : public QObject {
    Q_OBJECT
    support::KubeServer m_server;
    QTemporaryDir m_folder;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<cluster::KubeApi> m_admin;
    std::shared_ptr<fleet::Services> m_services;

    void kubectl(const QString &words, const QByteArray &input = {}) {
        const auto done = m_server.kubectl(QStringList{QStringLiteral("-n"), QStringLiteral("ml")} + words.split(QLatin1Char(' ')), input);
        QVERIFY2(done.code == 0, done.error.constData());
    }
    /// To the end of its rollout: only the pods of the last template are left.
    void rolled(const QString &name, int replicas) {
        const auto desk = fleet::workloadDesk(*m_services, {}, QStringLiteral("deployment/") + name, QStringLiteral("ml"));
        QVERIFY2(desk, desk ? "" : qPrintable(desk.error().text()));
        const auto sight = rollouts::watchRollout(*desk->api, desk->ref, {60, {}, {}}, {}, {});
        QVERIFY2(sight && sight->verdict.done, sight ? qPrintable(sight->verdict.text) : qPrintable(sight.error().text()));
        QTRY_COMPARE_WITH_TIMEOUT(int(pods(name).size()), replicas, 60000);
    }
    std::vector<QJsonObject> pods(const QString &name) const { return m_admin->list(cluster::kinds::Pod, QStringLiteral("ml"), QStringLiteral("app=") + name).value_or(std::vector<QJsonObject>()); }
    void run(const QString &name, const QString &imageId) {
        for (const QJsonObject &pod : pods(name)) {
            QJsonObject status = pod.value(Q("status")).toObject(), container = status.value(Q("containerStatuses")).toArray().first().toObject();
            container.insert(Q("imageID"), QStringLiteral("127.0.0.1:1/team/t2m@") + imageId);
            const auto written = m_admin->patch(cluster::objectPath({cluster::kinds::Pod, QStringLiteral("ml"), cluster::metadataText(pod, "name")}, QStringLiteral("status")), cluster::PatchKind::Merge,
                                                QJsonObject{{Q("status"), QJsonObject{{Q("containerStatuses"), QJsonArray{container}}}}});
            QVERIFY2(written, written ? "" : qPrintable(written.error().text()));
        }
    }
    void champion(const QString &model, std::optional<int> from, int to) { QVERIFY(m_services->registry->moveAlias(model, QStringLiteral("champion"), from, to, {QStringLiteral("ada"), {}})); }
    fleet::Skew skew(const QString &model) {
        m_services->skew = std::make_shared<fleet::SkewWatch>(); // at once, and not when it is due
        m_services->rollouts->forget();
        m_services->skew->refresh(*m_services);
        const fleet::Snapshot seen = fleet::readSnapshot(*m_services, 20000);
        for (const fleet::ModelRow &row : seen.models)
            if (row.name == model)
                return row.served;
        return {};
    }

private Q_SLOTS:
    void initTestCase() {
        if (const QString why = support::KubeServer::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        QString why;
        QVERIFY2(m_server.start(&why), qPrintable(why));
        const auto admin = m_server.api(m_http);
        QVERIFY(admin);
        m_admin = *admin;
        const QString file = m_folder.filePath(QStringLiteral("pilothouse.yaml"));
        QByteArray text = "workspace: rolls\nrole: approver\nconnections:\n  local: {kind: local, root: " + m_folder.filePath(QStringLiteral("root")).toUtf8() + "}\n  cluster: {kind: kubernetes, kubeconfig: " + m_server.operatorConfig().toUtf8() + "}\nmodels:\n";
        for (const char *name : {"t2m", "live"})
            text += QByteArray("  ") + name + ": {registry: {connection: local, name: " + name + "}, deployment: {connection: cluster, namespace: ml, target: deployment/" + name + ", image: \"127.0.0.1:1/team/" +
                    (qstrcmp(name, "t2m") == 0 ? "t2m:b{version}" : "live:stable") + "\"}}\n";
        QVERIFY(writeFileAtomically(file, text));
        fleet::ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = secrets::environmentStore();
        const auto services = fleet::openServices(options);
        QVERIFY2(services, services ? "" : qPrintable(services.error().text()));
        m_services = *services;
        for (const char *name : {"t2m", "live"})
            for (int i = 1; i <= 2; ++i) {
                test::TinyModel model;
                model.a = i;
                const QString package = m_folder.filePath(QStringLiteral("%1-%2").arg(Q(name)).arg(i));
                QVERIFY(test::writeTinyPackage(package, model));
                QVERIFY(m_services->registry->registerVersion(Q(name), package, QStringLiteral("run"), QStringLiteral("ada")));
                QVERIFY(m_services->registry->setVersionTag(Q(name), i, QStringLiteral("image.digest"), digest(qstrcmp(name, "t2m") == 0 ? char('0' + i) : '9')));
            }
        champion(QStringLiteral("t2m"), {}, 1);
        champion(QStringLiteral("live"), {}, 1);
        for (const char *deployment : {"t2m:b1", "live:stable"}) {
            const QByteArray image = deployment, name = image.left(image.indexOf(':'));
            kubectl(QStringLiteral("apply -f -"), "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + ", namespace: ml}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: " + name + "}}\n  template:\n    metadata: {labels: {app: " + name +
                                                      "}}\n    spec: {containers: [{name: api, image: \"127.0.0.1:1/team/" + image + "\"}]}\n");
            rolled(QString::fromLatin1(name), 2);
        }
    }

    void podsThatRunAnotherImageAreTold() {
        const QString model = QStringLiteral("t2m");
        run(model, digest('1'));
        QCOMPARE(fleet::skewStateName(skew(model).state), QStringLiteral("agrees"));

        champion(model, 1, 2);
        kubectl(QStringLiteral("set image deployment/t2m api=127.0.0.1:1/team/t2m:b2"));
        rolled(model, 2);
        run(model, digest('1')); // the tag b2 was pushed anew after the node had pulled it
        QTRY_COMPARE_WITH_TIMEOUT(fleet::skewCauseName(skew(model).cause), QStringLiteral("other-image"), 30000); // until the cluster's status was read again
        const fleet::Skew old = skew(model);
        QVERIFY2(old.why.contains(Q("names other bytes in the registry now")) && old.why.contains(Q("So do 1 others")), qPrintable(old.why));
        QCOMPARE(old.what, QStringLiteral("alias v2, its pods run another image"));
        QVERIFY(old.since.isValid());
        QCOMPARE(old.command, QStringLiteral("pilot rollouts restart t2m"));
        QCOMPARE(skew(model).since, old.since); // its age goes on

        run(model, digest('2'));
        QTRY_COMPARE_WITH_TIMEOUT(fleet::skewStateName(skew(model).state), QStringLiteral("agrees"), 30000);
    }

    void podsThatStartedBeforeThePromotionAreTold() {
        const QString model = QStringLiteral("live");
        run(model, digest('9'));
        QTest::qWait(1100); // the API keeps times to the second
        champion(model, 1, 2);
        QTRY_COMPARE_WITH_TIMEOUT(fleet::skewCauseName(skew(model).cause), QStringLiteral("started-before"), 30000);
        const fleet::Skew old = skew(model);
        QVERIFY2(old.why.contains(Q("the alias moved at")), qPrintable(old.why));
        QCOMPARE(old.command, QStringLiteral("pilot rollouts restart live"));
        QTest::qWait(1100);
        kubectl(QStringLiteral("rollout restart deployment/live"));
        rolled(model, 2);
        run(model, digest('9'));
        QTRY_COMPARE_WITH_TIMEOUT(fleet::skewStateName(skew(model).state), QStringLiteral("agrees"), 30000);
    }
};

QTEST_GUILESS_MAIN(TestPodSkew)
#include "tst_pod_skew.moc"

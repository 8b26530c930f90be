// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_rights.h"
#include "core/cluster/managed_by.h"
#include "core/base/json.h"
#include "tests/support/loopback_server.h"

#include <QTest>

#include <atomic>

using namespace pilothouse;
using namespace pilothouse::cluster;
using support::LoopbackServer;

namespace {

/// Allows what is only looked at; counts the reviews.
class Reviewer {
public:
    explicit Reviewer(bool knowsWho = true) : m_server([this, knowsWho](LoopbackServer::Connection &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
            if (request.startsWith("POST /apis/authentication.k8s.io/")) {
                if (knowsWho && request.startsWith("POST /apis/authentication.k8s.io/v1beta1/"))
                    c.reply(201, R"({"status":{"userInfo":{"username":"viewer","groups":["ops","system:authenticated"]}}})");
                else
                    c.reply(404, "404 page not found");
                continue;
            }
            ++reviews;
            const bool look = request.contains(R"("verb":"list")");
            c.reply(201, look ? R"({"status":{"allowed":true}})" : R"({"status":{"allowed":false,"reason":"no RBAC rule"}})");
        }
    }) {
        KubeAccess access;
        access.server = QStringLiteral("http://127.0.0.1:%1").arg(m_server.port());
        api = std::make_shared<KubeApi>(access, std::make_shared<net::HttpClient>(), nullptr);
    }
    std::shared_ptr<KubeApi> api;
    std::atomic<int> reviews = 0;

private:
    LoopbackServer m_server;
};

const KubeRight look{QStringLiteral("list"), kinds::Pod, {}, QStringLiteral("ml"), {}}, scale{QStringLiteral("patch"), kinds::Deployment, QStringLiteral("scale"), QStringLiteral("ml"), {}};

QJsonObject object(const char *metadata) {
    return *parseJsonObject(QByteArray("{\"metadata\":") + metadata + '}', {});
}

} // namespace

class tst_KubeRights : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theMissingVerbIsNamed() {
        Reviewer server;
        KubeRights rights(server.api);
        const auto needed = rights.need({look, scale});
        QVERIFY(!needed);
        QCOMPARE(needed.error().kind, ErrorKind::Denied);
        QCOMPARE(needed.error().what, QStringLiteral("viewer may not patch deployments/scale in ml: needs the verb patch on deployments/scale (apps)."));
        QCOMPARE(needed.error().raw, QStringLiteral("no RBAC rule"));
        QVERIFY(rights.need({look}));
    }
    void answersAreKept() {
        Reviewer server;
        KubeRights rights(server.api);
        const auto first = rights.ask({look, scale});
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        QVERIFY(first->at(0).allowed && !first->at(1).allowed);
        QVERIFY(rights.ask({scale, look}));
        QCOMPARE(server.reviews.load(), 2);
        KubeRight elsewhere = look;
        elsewhere.space = QStringLiteral("prod");
        QVERIFY(rights.ask({elsewhere}));
        QCOMPARE(server.reviews.load(), 3);
        rights.forget();
        QVERIFY(rights.ask({look}));
        QCOMPARE(server.reviews.load(), 4);
    }
    void anOldServerDoesNotSayWhoWeAre() {
        Reviewer server(false);
        KubeRights rights(server.api);
        QCOMPARE(rights.whoAmI().error().kind, ErrorKind::NotFound);
        QVERIFY(rights.need({scale}).error().what.startsWith(QLatin1String("This user may not patch")));
        Reviewer newer;
        QCOMPARE(KubeRights(newer.api).whoAmI()->text(), QStringLiteral("viewer (ops)"));
    }

    void whoKeepsAnObjectIsKnown_data() {
        QTest::addColumn<QByteArray>("metadata");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char *name, const char *metadata, const char *sentence) { QTest::newRow(name) << QByteArray(metadata) << QString::fromUtf8(sentence); };
        row("Argo CD by its tracking", R"({"annotations":{"argocd.argoproj.io/tracking-id":"shop:apps/Deployment:ml/web"}})",
            "Argo CD keeps this object as the application shop says: a change here is put back. Change it in Git.");
        row("Argo CD by its own label", R"({"labels":{"argocd.argoproj.io/instance":"shop"}})", "Argo CD keeps this object as the application shop says: a change here is put back. Change it in Git.");
        row("Argo CD by who wrote it", R"({"labels":{"app.kubernetes.io/instance":"shop"},"managedFields":[{"manager":"argocd-controller"}]})",
            "Argo CD keeps this object as the application shop says: a change here is put back. Change it in Git.");
        row("Flux by its label", R"({"labels":{"kustomize.toolkit.fluxcd.io/name":"apps","kustomize.toolkit.fluxcd.io/namespace":"flux-system"}})",
            "Flux keeps this object as the configuration apps in flux-system says: a change here is put back. Change it in Git.");
        row("a chart that Flux releases", R"({"labels":{"helm.toolkit.fluxcd.io/name":"web","helm.toolkit.fluxcd.io/namespace":"ml","app.kubernetes.io/managed-by":"Helm"},"annotations":{"meta.helm.sh/release-name":"web"}})",
            "Flux keeps this object as the configuration web in ml says: a change here is put back. Change it in Git.");
        row("Flux that was told to leave it", R"({"labels":{"kustomize.toolkit.fluxcd.io/name":"apps"},"annotations":{"kustomize.toolkit.fluxcd.io/reconcile":"disabled"}})", "");
        row("Config Sync", R"({"annotations":{"configmanagement.gke.io/managed":"enabled"}})", "Config Sync keeps this object: a change here is put back. Change it in Git.");
        row("Helm", R"({"labels":{"app.kubernetes.io/managed-by":"Helm"},"annotations":{"meta.helm.sh/release-name":"web","meta.helm.sh/release-namespace":"ml"}})",
            "Helm keeps this object as the release web in ml says: its next upgrade puts a change here back. Change the chart's values too.");
        row("a label that everybody sets", R"({"labels":{"app.kubernetes.io/instance":"shop","app.kubernetes.io/managed-by":"kustomize"}})", "");
        row("kubectl", R"({"managedFields":[{"manager":"kubectl-client-side-apply"}]})", "");
        row("a controller that only writes the status", R"({"managedFields":[{"manager":"helm-controller","subresource":"status"}]})", "");
    }
    void whoKeepsAnObjectIsKnown() {
        QFETCH(QByteArray, metadata);
        const auto manager = managedBy(object(metadata.constData()));
        QTEST(manager ? manager->sentence() : QString(), "sentence");
        if (manager)
            QVERIFY(!manager->evidence.isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_KubeRights)
#include "tst_kube_rights.moc"

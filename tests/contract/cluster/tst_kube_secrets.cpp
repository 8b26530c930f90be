// SPDX-License-Identifier: GPL-3.0-or-later
// Secrets of a real API server (tests/backends/kube.sh): listed by name and key, values on demand alone.
#include "core/cluster/kube_secrets.h"

#include "core/base/redact.h"
#include "tests/support/kube_server.h"

#include <algorithm>

using namespace pilothouse;
using namespace pilothouse::cluster;

class tst_KubeSecrets : public QObject {
    Q_OBJECT
    support::KubeServer m_server;
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();

private Q_SLOTS:
    void initTestCase() {
        QString why;
        if (!m_server.start(&why))
            QSKIP(qPrintable(QStringLiteral("skipped: ") + why));
        QCOMPARE(m_server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("create"), QStringLiteral("secret"), QStringLiteral("generic"), QStringLiteral("db"), QStringLiteral("--from-literal=password=the-value-of-the-key"), QStringLiteral("--from-literal=user=ml")}).code, 0);
        QCOMPARE(m_server.kubectl({QStringLiteral("-n"), QStringLiteral("ml"), QStringLiteral("create"), QStringLiteral("secret"), QStringLiteral("docker-registry"), QStringLiteral("pull"), QStringLiteral("--docker-server=ghcr.io"), QStringLiteral("--docker-username=u"), QStringLiteral("--docker-password=the-pull-password")}).code, 0);
    }
    void cleanupTestCase() { m_server.stop(); }

    void theyAreListedByNameAndKey() {
        const auto api = m_server.api(http);
        QVERIFY2(api, api ? "" : qPrintable(api.error().text()));
        const auto all = kubeSecrets(**api, QStringLiteral("ml"));
        QVERIFY2(all, all ? "" : qPrintable(all.error().text()));
        const auto named = [&](const char *name) { return *std::find_if(all->begin(), all->end(), [&](const KubeSecretInfo &s) { return s.name == QLatin1String(name); }); };
        QCOMPARE(named("db").type, QStringLiteral("Opaque"));
        QCOMPARE(named("db").keys, (QMap<QString, int>{{QStringLiteral("password"), 20}, {QStringLiteral("user"), 2}}));
        QVERIFY(named("db").created.isValid());
        QCOMPARE(named("pull").type, QStringLiteral("kubernetes.io/dockerconfigjson"));
        QCOMPARE(kubeSecret(**api, QStringLiteral("ml"), QStringLiteral("db"))->keys.size(), 2);
        QCOMPARE(redact(QStringLiteral("the-value-of-the-key")), QStringLiteral("the-value-of-the-key")); // not seen by anything yet
    }

    void aValueIsReadOnDemandAndHiddenFromThenOn() {
        const auto api = m_server.api(http);
        const auto value = kubeSecretValues(**api, QStringLiteral("ml"), QStringLiteral("db"), QStringLiteral("password"));
        QCOMPARE(*value, (QMap<QString, QByteArray>{{QStringLiteral("password"), "the-value-of-the-key"}}));
        QCOMPARE(redact(QStringLiteral("x the-value-of-the-key")), QStringLiteral("x •••"));
        const auto none = kubeSecretValues(**api, QStringLiteral("ml"), QStringLiteral("db"), QStringLiteral("nothing"));
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        QVERIFY(none.error().hint.contains(QStringLiteral("password, user")));
    }

    void whoMayOnlyViewIsTold() { // the role view leaves Secrets out
        const auto api = m_server.api(http, m_server.viewerConfig());
        QVERIFY(api);
        const auto all = kubeSecrets(**api, QStringLiteral("ml"));
        QVERIFY(!all);
        QCOMPARE(all.error().kind, ErrorKind::Denied);
        QVERIFY2(all.error().text().contains(QStringLiteral("secrets")), qPrintable(all.error().text()));
    }
};

QTEST_GUILESS_MAIN(tst_KubeSecrets)
#include "tst_kube_secrets.moc"

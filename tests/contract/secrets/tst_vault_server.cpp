// SPDX-License-Identifier: GPL-3.0-or-later
// The client against a real Vault 1.14: both engines, logins, policies, versions, leases, seals.
#include "tests/support/real_vault.h"

using namespace pilothouse;
using namespace pilothouse::secrets;

namespace {

const QString value = QStringLiteral("s3cr3t-of-the-database-77");
using Q = QLatin1String;

} // namespace

class tst_VaultServer : public QObject {
    Q_OBJECT
    std::unique_ptr<support::RealVault> m_vault;
    std::shared_ptr<VaultClient> client(const char *login, const QString &user, const QString &secret) const { return m_vault->client(login, user, secret); }
    std::shared_ptr<VaultClient> asRoot(const char *mount = "secret") const { return m_vault->asRoot(mount); }

private Q_SLOTS:
    void initTestCase() {
        if (!support::RealVault::built())
            QSKIP("skipped: Vault is not compiled here: tests/backends/vault.sh build");
        m_vault = std::make_unique<support::RealVault>();
        QVERIFY2(m_vault->server.running(), qPrintable(m_vault->server.problem));
        QCOMPARE(m_vault->state(), VaultState::NotInitialised);
        const auto early = client("token", {}, QStringLiteral("none"))->read(QStringLiteral("x"));
        QCOMPARE(early.error().kind, ErrorKind::Unreachable);
        m_vault->initialise();
        QCOMPARE(m_vault->state(), VaultState::Sealed);
        m_vault->unseal();
        QTRY_COMPARE_WITH_TIMEOUT(m_vault->state(), VaultState::Active, 20000);
        m_vault->fill();
        QVERIFY(!m_vault->roleId.isEmpty() && !m_vault->secretId.isEmpty());
        // A fresh engine answers with 400 while it upgrades itself.
        QTRY_VERIFY_WITH_TIMEOUT(asRoot()->write(QStringLiteral("ml/db"), {{Q("password"), value}, {Q("user"), Q("ml")}}, {}).has_value(), 20000);
    }
    void cleanupTestCase() { m_vault.reset(); }

    void theEnginesAreToldApart() {
        QCOMPARE(*asRoot()->engine(), 2);
        QCOMPARE(*asRoot("old/kv")->engine(), 1);
        const auto old = asRoot("old/kv");
        QVERIFY(old->write(QStringLiteral("a/b"), {{Q("k"), Q("value-of-engine-1")}}, {}));
        QCOMPARE(old->read(QStringLiteral("a/b"))->values.value(QStringLiteral("k")), QStringLiteral("value-of-engine-1"));
        QVERIFY(old->read(QStringLiteral("a/b"))->leaseSeconds > 0);
        QCOMPARE(*old->list(QString()), QStringList{QStringLiteral("a/")});
        QCOMPARE(old->metadata(QStringLiteral("a/b"))->engine, 1);
        const auto none = asRoot("nothing-here")->engine();
        QVERIFY(!none); // Vault refuses to say whether a mount exists
    }

    void loginsRead_data() {
        QTest::addColumn<QByteArray>("login");
        QTest::newRow("userpass") << QByteArray("userpass");
        QTest::newRow("approle") << QByteArray("approle");
        QTest::newRow("token") << QByteArray("token");
    }
    void loginsRead() {
        QFETCH(QByteArray, login);
        const auto vault = login == "userpass" ? client("userpass", QStringLiteral("ops"), QStringLiteral("the-pass-word")) : login == "approle" ? client("approle", m_vault->roleId, m_vault->secretId) : asRoot();
        const auto read = vault->read(QStringLiteral("ml/db"));
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(read->values.value(QStringLiteral("password")), value);
        QVERIFY(read->version >= 1);
        const auto who = vault->whoAmI();
        QVERIFY(who->policies.contains(login == "token" ? QStringLiteral("root") : QStringLiteral("ml")));
        if (login != "token") {
            const auto denied = vault->read(QStringLiteral("other/thing"));
            QCOMPARE(denied.error().kind, ErrorKind::Denied);
            QVERIFY2(denied.error().what.contains(QStringLiteral("secret/data/other/thing")) && denied.error().hint.contains(QStringLiteral("ml")), qPrintable(denied.error().text()));
            QCOMPARE(*vault->list(QStringLiteral("ml")), QStringList{QStringLiteral("db")});
            vault->signOut();
            QVERIFY(vault->read(QStringLiteral("ml/db"))); // logs in anew
        }
        const auto wrong = client(login, login == "userpass" ? QStringLiteral("ops") : m_vault->roleId, QStringLiteral("not-the-secret"))->read(QStringLiteral("ml/db"));
        QCOMPARE(wrong.error().kind, ErrorKind::Denied);
        QVERIFY(!(wrong.error().text() + wrong.error().raw).contains(QStringLiteral("not-the-secret")));
    }

    void aTokenOfSixSecondsLastsByRenewal() {
        const auto vault = client("approle", m_vault->roleId, m_vault->secretId);
        QVERIFY(vault->read(QStringLiteral("ml/db")));
        const QDateTime first = vault->whoAmI()->until;
        // Longer than the token lives: it is renewed by those who use it.
        const QDateTime end = QDateTime::currentDateTimeUtc().addSecs(8);
        int reads = 0;
        QTRY_VERIFY_WITH_TIMEOUT(vault->read(QStringLiteral("ml/db")).has_value() && ++reads > 0 && QDateTime::currentDateTimeUtc() > end, 20000);
        QVERIFY(vault->whoAmI()->until > first);
        QVERIFY(reads > 3);
    }

    void versionsSoftDeletionAndCheckAndSet() {
        const auto vault = asRoot();
        QCOMPARE(*vault->write(QStringLiteral("ml/versions"), {{Q("k"), Q("value-of-version-1")}}, 0), 1);
        QCOMPARE(vault->write(QStringLiteral("ml/versions"), {{Q("k"), Q("lost")}}, 0).error().kind, ErrorKind::Conflict);
        QCOMPARE(*vault->write(QStringLiteral("ml/versions"), {{Q("k"), Q("value-of-version-2")}}, 1), 2);
        QCOMPARE(vault->read(QStringLiteral("ml/versions"), 1)->values.value(QStringLiteral("k")), QStringLiteral("value-of-version-1"));
        QVERIFY(vault->remove(QStringLiteral("ml/versions"), 2));
        const auto gone = vault->read(QStringLiteral("ml/versions"));
        QCOMPARE(gone.error().kind, ErrorKind::NotFound);
        QVERIFY2(gone.error().what.contains(QStringLiteral("Version 2")) && gone.error().what.contains(QStringLiteral("was deleted at")), qPrintable(gone.error().text()));
        const auto known = vault->metadata(QStringLiteral("ml/versions"));
        QCOMPARE(known->current, 2);
        QVERIFY(known->versions.front().deleted.isValid() && !known->versions.back().deleted.isValid());
        QVERIFY(known->versions.front().created.isValid());
    }

    void aSealedVaultIsSaidToBeSo() {
        m_vault->call("PUT", QStringLiteral("sys/seal"));
        const auto read = client("approle", m_vault->roleId, m_vault->secretId)->read(QStringLiteral("ml/db"));
        QCOMPARE(read.error().kind, ErrorKind::Unreachable);
        QVERIFY2(read.error().what.contains(QStringLiteral("sealed")), qPrintable(read.error().text()));
        QCOMPARE(m_vault->state(), VaultState::Sealed);
        m_vault->unseal();
        QTRY_VERIFY_WITH_TIMEOUT(client("approle", m_vault->roleId, m_vault->secretId)->read(QStringLiteral("ml/db")).has_value(), 20000);
    }
};

QTEST_GUILESS_MAIN(tst_VaultServer)
#include "tst_vault_server.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secrets/vault_store.h"

#include "core/base/redact.h"
#include "tests/support/vault_server.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::secrets;

namespace {

const QString value = QStringLiteral("very-secret-value-1");

/// A clock that stands where the server's does.
class ServerClock final : public Clock {
public:
    explicit ServerClock(support::VaultServer &server) : m_server(server) {}
    QDateTime nowUtc() const override {
        const std::lock_guard lock(m_server.mutex);
        return QDateTime::fromSecsSinceEpoch(m_server.now, Qt::UTC);
    }

private:
    support::VaultServer &m_server;
};

} // namespace

class tst_Vault : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();

    static VaultServer to(const support::VaultServer &server, const char *login = "token", const char *user = "", const char *secret = "hvs.given-token") {
        VaultServer out;
        out.name = QStringLiteral("v");
        out.url = server.url();
        out.login = QLatin1String(login);
        out.user = QLatin1String(user);
        if (*secret)
            out.secret = [text = QString::fromLatin1(secret)]() -> Result<QString> { return text; };
        return out;
    }
    std::shared_ptr<VaultClient> client(support::VaultServer &server, VaultServer how) const { return std::make_shared<VaultClient>(std::move(how), http, std::make_shared<ServerClock>(server)); }
    static void fill(support::VaultServer &server) {
        server.tokens.insert("hvs.given-token", {});
        server.data.insert("db/main", {QJsonObject{{QStringLiteral("password"), QStringLiteral("older-secret-value")}}, QJsonObject{{QStringLiteral("password"), value}, {QStringLiteral("port"), 5432}}});
        server.data.insert("db/one", {QJsonObject{{QStringLiteral("token"), QStringLiteral("only-one-key-here")}}});
        server.data.insert("top", {QJsonObject{{QStringLiteral("value"), QStringLiteral("called-value-xyz")}, {QStringLiteral("other"), QStringLiteral("o")}}});
    }

private Q_SLOTS:
    void namesAreReadAndWritten_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("whole") << "vault:prod/team/db#password" << "prod | team/db | password | -";
        QTest::newRow("a version") << "vault:prod/team/db?version=3#password" << "prod | team/db | password | 3";
        QTest::newRow("no key") << "vault:prod/db" << "prod | db |  | -";
        QTest::newRow("a folder") << "vault:prod/" << "prod |  |  | -";
        QTest::newRow("a key with signs") << "vault:prod/db#a#b?c" << "prod | db | a#b?c | -";
        for (const char *wrong : {"vault:", "vault:prod", "vault:pro d/x", "vault:prod/x?version=0#k", "vault:prod/x?v=1", "vault:prod/a//b", "vault:prod/../x", "vault:prod/x#"})
            QTest::newRow(wrong) << wrong << "invalid";
    }
    void namesAreReadAndWritten() {
        QFETCH(QString, text);
        const auto read = parseVaultName(text);
        QTEST((read ? QStringList{read->connection, read->path, read->key, read->version ? QString::number(*read->version) : QStringLiteral("-")}.join(QStringLiteral(" | ")) : read.error().kindName()), "expected");
        if (read)
            QCOMPARE(read->text(), text);
    }

    void bothEnginesAreReadByTheirOwnPaths_data() {
        QTest::addColumn<int>("engine");
        QTest::addColumn<QString>("mount");
        QTest::newRow("engine 2") << 2 << "secret";
        QTest::newRow("engine 1") << 1 << "secret";
        QTest::newRow("a mount of two parts") << 2 << "/team/kv/";
    }
    void bothEnginesAreReadByTheirOwnPaths() {
        QFETCH(int, engine);
        QFETCH(QString, mount);
        support::VaultServer server;
        fill(server);
        server.engine = engine;
        auto how = to(server);
        how.mount = mount;
        const auto vault = client(server, how);
        const auto read = vault->read(QStringLiteral("/db/main"));
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(read->values.value(QStringLiteral("password")), value);
        QCOMPARE(read->values.value(QStringLiteral("port")), QStringLiteral("5432"));
        QCOMPARE(read->version, engine == 2 ? 2 : 0);
        QCOMPARE(*vault->list(QString()), (QStringList{QStringLiteral("db/"), QStringLiteral("top")}));
        QCOMPARE(*vault->list(QStringLiteral("db/")), (QStringList{QStringLiteral("main"), QStringLiteral("one")}));
        QVERIFY(vault->list(QStringLiteral("nothing"))->isEmpty());
        QCOMPARE(vault->read(QStringLiteral("none")).error().kind, ErrorKind::NotFound);
        QCOMPARE(server.count("/ui/mounts/"), 1); // asked once
    }

    void versionsAndWhatWasDeletedAreTold() {
        support::VaultServer server;
        fill(server);
        server.deleted["db/main"] << 2;
        server.destroyed["db/main"] << 1;
        const auto vault = client(server, to(server));
        const auto gone = vault->read(QStringLiteral("db/main"));
        QCOMPARE(gone.error().kind, ErrorKind::NotFound);
        QVERIFY2(gone.error().what.contains(QStringLiteral("Version 2 of db/main in Vault v was deleted at 2026-03-02 10:00:00 UTC")), qPrintable(gone.error().what));
        QVERIFY(gone.error().hint.contains(QStringLiteral("undelete -versions=2")));
        QVERIFY(vault->read(QStringLiteral("db/main"), 1).error().what.contains(QStringLiteral("destroyed")));
        const auto known = vault->metadata(QStringLiteral("db/main"));
        QCOMPARE(known->current, 2);
        QCOMPARE(known->versions.front().version, 2);
        QVERIFY(known->versions.front().deleted.isValid() && known->versions.back().destroyed);
        QCOMPARE(known->custom.value(QStringLiteral("owner")), QStringLiteral("ml"));
    }

    void everyLoginGivesAToken_data() {
        QTest::addColumn<QByteArray>("login");
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<QByteArray>("secret");
        QTest::addColumn<bool>("good");
        QTest::newRow("token") << QByteArray("token") << QByteArray() << QByteArray("hvs.given-token\n") << true;
        QTest::newRow("userpass") << QByteArray("userpass") << QByteArray("ops") << QByteArray("the-password") << true;
        QTest::newRow("a wrong password") << QByteArray("userpass") << QByteArray("ops") << QByteArray("wrong-password") << false;
        QTest::newRow("approle") << QByteArray("approle") << QByteArray("role-1") << QByteArray("secret-id-1") << true;
        QTest::newRow("a token that is dead") << QByteArray("token") << QByteArray() << QByteArray("hvs.dead-token") << false;
    }
    void everyLoginGivesAToken() {
        QFETCH(QByteArray, login);
        QFETCH(QByteArray, user);
        QFETCH(QByteArray, secret);
        QFETCH(bool, good);
        support::VaultServer server;
        fill(server);
        const auto read = client(server, to(server, login, user, secret))->read(QStringLiteral("db/main"));
        QCOMPARE(read.has_value(), good);
        if (!read) {
            QCOMPARE(read.error().kind, ErrorKind::Denied);
            QVERIFY2(!(read.error().text() + read.error().raw).contains(QString::fromLatin1(secret)), qPrintable(read.error().text())); // the stand-in sends it back
        }
    }

    void kubernetesLogsInByItsMountAndAFileThatIsReadAnew() {
        support::VaultServer server;
        fill(server);
        QTemporaryDir dir;
        auto how = to(server, "kubernetes", "", "");
        how.loginMount = QStringLiteral("k8s");
        how.role = QStringLiteral("pilot");
        how.jwtFile = dir.filePath(QStringLiteral("token"));
        const auto vault = client(server, how);
        QCOMPARE(vault->read(QStringLiteral("top")).error().kind, ErrorKind::NotFound); // no file yet
        QFile file(how.jwtFile);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("a.b.c\n");
        file.close();
        QVERIFY(vault->read(QStringLiteral("top")));
    }

    void aTokenIsRenewedBeforeItsEndAndMadeAnewAfterIt() {
        support::VaultServer server;
        fill(server);
        server.loginTtl = 90;
        const auto vault = client(server, to(server, "approle", "role-1", "secret-id-1"));
        QVERIFY(vault->read(QStringLiteral("top")));
        QCOMPARE(server.logins, 1);
        server.now += 50; // more than a third is left
        QVERIFY(vault->read(QStringLiteral("top")));
        QCOMPARE(server.renewals, 0);
        server.now += 15;
        QVERIFY(vault->read(QStringLiteral("top")));
        QCOMPARE(server.renewals, 1);
        QCOMPARE(server.logins, 1);
        server.now += 65;
        QVERIFY(vault->renewDue()); // a timer's
        QCOMPARE(server.renewals, 2);
        server.now += 1000; // nobody came
        QVERIFY(vault->read(QStringLiteral("top")));
        QCOMPARE(server.logins, 2);
        {
            const std::lock_guard lock(server.mutex);
            server.tokens.clear(); // revoked, or the server was restored from a backup
        }
        QVERIFY(vault->read(QStringLiteral("top")));
        QCOMPARE(server.logins, 3);
        vault->signOut();
        QCOMPARE(server.revoked, 1);
        QVERIFY(!server.tokens.contains("hvs.made-by-login-3"));
    }

    void aGivenTokenIsRenewedAndNotRevoked() {
        support::VaultServer server;
        fill(server);
        server.tokens.insert("hvs.given-token", {server.now + 90, 90, true, true});
        const auto vault = client(server, to(server));
        QVERIFY(vault->read(QStringLiteral("top")));
        server.now += 65;
        QVERIFY(vault->read(QStringLiteral("top")));
        QCOMPARE(server.renewals, 1);
        vault->signOut();
        QCOMPARE(server.revoked, 0);
        server.tokens.insert("hvs.given-token", {0, 0, false, false}); // one that may not even look itself up
        QVERIFY(client(server, to(server))->read(QStringLiteral("top")));
    }

    void aRefusalNamesThePathAndThePolicies() {
        support::VaultServer server;
        fill(server);
        server.deniedPaths << "/v1/secret/data/db/main";
        const auto read = client(server, to(server, "approle", "role-1", "secret-id-1"))->read(QStringLiteral("db/main"));
        QCOMPARE(read.error().kind, ErrorKind::Denied);
        QVERIFY2(read.error().what.contains(QStringLiteral("secret/data/db/main")) && read.error().hint.contains(QStringLiteral("default, ml")), qPrintable(read.error().text()));
        QCOMPARE(server.logins, 1); // the token is good: it is not made anew
    }

    void statesAreTold_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("active") << 200 << "active, version 1.14.8";
        QTest::newRow("standby") << 429 << "standby, version 1.14.8";
        QTest::newRow("disaster recovery") << 472 << "a disaster recovery secondary, version 1.14.8";
        QTest::newRow("performance standby") << 473 << "a performance standby, version 1.14.8";
        QTest::newRow("not initialised") << 501 << "not initialised, version 1.14.8";
        QTest::newRow("sealed") << 503 << "sealed, version 1.14.8";
    }
    void statesAreTold() {
        QFETCH(int, status);
        support::VaultServer server;
        server.healthStatus = status;
        const auto health = client(server, to(server))->health();
        QVERIFY2(health, health ? "" : qPrintable(health.error().text()));
        QTEST(health->sentence(), "sentence");
        QCOMPARE(server.seen.front().whole.contains("X-Vault-Token"), false);
    }

    void aSealedVaultIsNamedSo() {
        support::VaultServer server;
        fill(server);
        server.sealed = true;
        const auto read = client(server, to(server))->read(QStringLiteral("top"));
        QCOMPARE(read.error().kind, ErrorKind::Unreachable);
        QVERIFY2(read.error().what.contains(QStringLiteral("sealed")), qPrintable(read.error().text()));
    }

    void aStandbySendsOnToTheActiveOne() {
        support::VaultServer active, standby;
        fill(active);
        standby.redirect = active.url().toLatin1();
        QVERIFY(client(standby, to(standby))->read(QStringLiteral("top")));
        standby.redirect = "http://vault.example";
        QCOMPARE(client(standby, to(standby))->read(QStringLiteral("top")).error().kind, ErrorKind::Refused); // not in the open
    }

    void aSecondFactorIsNamed() {
        support::VaultServer server;
        server.mfa = true;
        const auto read = client(server, to(server, "userpass", "ops", "the-password"))->read(QStringLiteral("top"));
        QVERIFY2(read.error().what.contains(QStringLiteral("second factor")), qPrintable(read.error().text()));
    }

    void aNamespaceAndOtherAddresses() {
        support::VaultServer server;
        fill(server);
        auto how = to(server);
        how.space = QStringLiteral("team/ml");
        how.url += QStringLiteral("/v1/");
        QVERIFY(client(server, how)->read(QStringLiteral("top")));
        for (const auto &a : std::as_const(server.seen))
            QVERIFY(a.whole.contains("X-Vault-Namespace: team/ml\r\n"));
        how.url = QStringLiteral("http://vault.example:8200");
        QCOMPARE(client(server, how)->read(QStringLiteral("top")).error().kind, ErrorKind::Refused);
    }

    void writesAreGuardedByCheckAndSet() {
        support::VaultServer server;
        fill(server);
        const auto vault = client(server, to(server));
        QCOMPARE(*vault->write(QStringLiteral("db/main"), {{QStringLiteral("password"), QStringLiteral("third-secret-value")}}, 2), 3);
        QCOMPARE(vault->write(QStringLiteral("db/main"), {{QStringLiteral("password"), QStringLiteral("x")}}, 2).error().kind, ErrorKind::Conflict);
        QCOMPARE(*vault->write(QStringLiteral("new"), {{QStringLiteral("k"), QStringLiteral("v")}}, 0), 1);
        QVERIFY(vault->remove(QStringLiteral("new"), 1));
        QVERIFY(vault->read(QStringLiteral("new")).error().what.contains(QStringLiteral("deleted")));
    }

    void theStoreTakesNamesOfAVaultFromThereAndOthersFromItsBase() {
        support::VaultServer server;
        fill(server);
        const auto base = memoryStore({{QStringLiteral("plain"), QStringLiteral("from-base")}});
        const auto vaults = std::make_shared<Vaults>(std::map<QString, std::shared_ptr<VaultClient>>{{QStringLiteral("v"), client(server, to(server))}});
        const auto store = withVaults(base, vaults);
        QCOMPARE(*store->read(QStringLiteral("plain")), QStringLiteral("from-base"));
        QCOMPARE(*store->read(QStringLiteral("vault:v/db/main#password")), value);
        QCOMPARE(*store->read(QStringLiteral("vault:v/db/main?version=1#password")), QStringLiteral("older-secret-value"));
        QCOMPARE(*store->read(QStringLiteral("vault:v/db/one")), QStringLiteral("only-one-key-here"));
        QCOMPARE(*store->read(QStringLiteral("vault:v/top")), QStringLiteral("called-value-xyz"));
        const auto wrong = store->read(QStringLiteral("vault:v/db/main#nothing"));
        QCOMPARE(wrong.error().kind, ErrorKind::NotFound);
        QVERIFY(wrong.error().hint.contains(QStringLiteral("password, port")) && !wrong.error().text().contains(value));
        QCOMPARE(store->read(QStringLiteral("vault:other/x#y")).error().kind, ErrorKind::NotFound);
        QCOMPARE(store->write(QStringLiteral("vault:v/x#y"), QStringLiteral("z")).error().kind, ErrorKind::Refused);
        QVERIFY(store->write(QStringLiteral("another"), QStringLiteral("z")));
        QCOMPARE(*base->read(QStringLiteral("another")), QStringLiteral("z"));
        QCOMPARE(store->name(), QStringLiteral("memory, vault"));
    }

    void whatWasReadIsHiddenInAllTexts() {
        support::VaultServer server;
        fill(server);
        server.data.insert("odd", {QJsonObject{{QStringLiteral("k"), QStringLiteral("p/s w&rd-äöü")}, {QStringLiteral("short"), QStringLiteral("abc")}}});
        QVERIFY(client(server, to(server))->read(QStringLiteral("odd")));
        QCOMPARE(redact(QStringLiteral("it is p/s w&rd-äöü here")), QStringLiteral("it is ••• here"));
        QCOMPARE(redact(QStringLiteral("https://x/?q=p%2Fs%20w%26rd-%C3%A4%C3%B6%C3%BC")), QStringLiteral("https://x/?q=•••"));
        QCOMPARE(redact(QStringLiteral("abc")), QStringLiteral("abc")); // too short to hide
        QCOMPARE(redact(QStringLiteral("hvs.given-token")), QStringLiteral("•••"));
    }
};

QTEST_GUILESS_MAIN(tst_Vault)
#include "tst_vault.moc"

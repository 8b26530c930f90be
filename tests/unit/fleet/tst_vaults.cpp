// SPDX-License-Identifier: GPL-3.0-or-later
// The operation that writes into a Vault: guarded, read back, undone; and no value in plan, journal, files or errors.
#include "core/fleet/vaults.h"

#include "core/base/database.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/vault_server.h"

#include <QDirIterator>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using Q = QLatin1String;

namespace {
const QString older = QStringLiteral("the-older-secret-value"), newer = QStringLiteral("the-newer-secret-value");
}

class tst_Vaults : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();

    std::shared_ptr<secrets::VaultClient> client(support::VaultServer &server) const {
        server.tokens.insert("hvs.given-token", {});
        server.data.insert("db", {QJsonObject{{Q("password"), older}, {Q("port"), 5432}}});
        workspace::Connection c;
        c.name = QStringLiteral("v");
        c.kind = QStringLiteral("vault");
        c.url = server.url();
        c.secret = QStringLiteral("token");
        const auto how = vaultServerOf(c, secrets::memoryStore({{QStringLiteral("token"), QStringLiteral("hvs.given-token")}}));
        return how ? std::make_shared<secrets::VaultClient>(*how, http) : nullptr;
    }
    static secrets::VaultName named(const char *text) { return *secrets::parseVaultName(QLatin1String(text)); }
    /// Runs the operation as a program does; what is in `folder` afterwards is looked through.
    static operations::OperationOutcome run(const operations::Operation &operation, const QString &folder, bool undo = false) {
        auto database = Database::open(folder + QStringLiteral("/j.db"), {operations::journalTables1()});
        auto journal = operations::Journal::open(folder + QStringLiteral("/journal.jsonl"), *database, "key", std::make_shared<SystemClock>(), true);
        if (!journal)
            return {{}, false, {}, journal.error()};
        operations::Operations all(*journal, {QStringLiteral("ann"), QStringLiteral("pilot"), workspace::Role::Operator});
        const auto outcome = all.run(operation);
        return undo && outcome.done ? all.undoDone(operation, outcome) : outcome;
    }
    static void expectNoSecretIn(const QString &folder) {
        int files = 0;
        for (QDirIterator all(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); all.hasNext(); ++files) {
            const QString path = all.next();
            const QByteArray bytes = *readFile(path);
            for (const QByteArray &secret : {older.toUtf8(), newer.toUtf8(), QByteArray("hvs.given-token")})
                QVERIFY2(!bytes.contains(secret) && !bytes.contains(secret.toBase64()), qPrintable(path));
        }
        QVERIFY(files > 0);
    }

private Q_SLOTS:
    void aKeyIsWrittenReadBackAndPutBack_data() {
        QTest::addColumn<int>("engine");
        QTest::newRow("engine 2") << 2;
        QTest::newRow("engine 1") << 1;
    }
    void aKeyIsWrittenReadBackAndPutBack() {
        QFETCH(int, engine);
        support::VaultServer server;
        server.engine = engine;
        const auto vault = client(server);
        QTemporaryDir dir;
        const auto operation = writeVaultSecret(vault, named("vault:v/db#password"), newer);
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text()));
        QCOMPARE(server.data.value("db").size(), 1); // a plan writes nothing
        const QString plan = operation->summary + operation->steps.front().call.effect + operation->steps.front().call.undo + operation->steps.front().call.command + QString::fromUtf8(compactJson(operation->before)) +
                             QString::fromUtf8(compactJson(operation->undoRecord)) + QString::fromUtf8(compactJson(operation->details));
        QVERIFY(!plan.contains(newer) && !plan.contains(older));
        const auto done = run(*operation, dir.path());
        QVERIFY2(done.done, done.error ? qPrintable(done.error->text()) : "");
        QCOMPARE(server.data.value("db").last(), (QJsonObject{{Q("password"), newer}, {Q("port"), 5432}})); // others stay, with their type
        QCOMPARE(server.data.value("db").size(), engine == 2 ? 2 : 1);
        const auto again = writeVaultSecret(vault, named("vault:v/db#password"), QStringLiteral("a-third-value"));
        QTemporaryDir other;
        const auto undone = run(*again, other.path(), true);
        QVERIFY2(undone.done, undone.error ? qPrintable(undone.error->text()) : "");
        QCOMPARE(server.data.value("db").last().value(Q("password")).toString(), newer);
        expectNoSecretIn(dir.path());
    }

    void whatSomebodyWroteMeanwhileIsNotLost() {
        support::VaultServer server;
        const auto vault = client(server);
        QTemporaryDir dir;
        const auto operation = writeVaultSecret(vault, named("vault:v/db#password"), newer);
        server.data["db"] << QJsonObject{{Q("password"), Q("theirs")}};
        const auto refused = run(*operation, dir.path());
        QVERIFY(!refused.done);
        QCOMPARE(refused.error->kind, ErrorKind::Conflict);
        QCOMPARE(server.data.value("db").last().value(Q("password")).toString(), QStringLiteral("theirs"));
        expectNoSecretIn(dir.path());
    }

    void theUndoWritesBackOrDeletes() {
        support::VaultServer server;
        const auto vault = client(server);
        QTemporaryDir dir;
        const auto operation = writeVaultSecret(vault, named("vault:v/db#password"), newer);
        QVERIFY(run(*operation, dir.path(), true).done);
        QCOMPARE(server.data.value("db").size(), 3);
        QCOMPARE(server.data.value("db").last().value(Q("password")).toString(), older);
        QTemporaryDir other;
        const auto fresh = writeVaultSecret(vault, named("vault:v/new/one#k"), newer);
        QVERIFY(fresh->summary.startsWith(QStringLiteral("Write")));
        QVERIFY(run(*fresh, other.path(), true).done);
        QVERIFY(server.deleted.value("new/one").contains(1));
        expectNoSecretIn(dir.path());
        expectNoSecretIn(other.path());
    }

    void aNameMustMeanOneKeyAndARefusalHoldsNoValue() {
        support::VaultServer server;
        const auto vault = client(server);
        for (const char *wrong : {"vault:v/db", "vault:v/db?version=1#password", "vault:v/db/#k", "vault:v/#k"})
            QCOMPARE(writeVaultSecret(vault, named(wrong), newer).error().kind, ErrorKind::Invalid);
        server.deniedPaths << "/v1/secret/data/db";
        const auto denied = writeVaultSecret(vault, named("vault:v/db#password"), newer);
        QCOMPARE(denied.error().kind, ErrorKind::Denied);
        QVERIFY(!(denied.error().text() + denied.error().raw).contains(newer));
    }

    void aConnectionThatSaysTooLittleIsNamed_data() {
        QTest::addColumn<QString>("keys");
        QTest::addColumn<QString>("what");
        QTest::newRow("no secret") << "url: 'https://v'" << "names no secret";
        QTest::newRow("no user") << "url: 'https://v', login: approle, secret: s" << "who logs in";
        QTest::newRow("no role") << "url: 'https://v', login: kubernetes" << "names no role";
        QTest::newRow("no address") << "secret: s" << "no address";
        QTest::newRow("enough") << "url: 'https://v', login: kubernetes, role: pilot, login_mount: k8s, namespace: team, mount: kv" << "";
    }
    void aConnectionThatSaysTooLittleIsNamed() {
        QFETCH(QString, keys);
        QFETCH(QString, what);
        const auto w = workspace::parseWorkspace("workspace: a\nconnections: {x: {kind: vault, " + keys.toUtf8() + "}}\n", QStringLiteral("/w.yaml"));
        QVERIFY2(w, w ? "" : qPrintable(w.error().text()));
        const auto server = vaultServerOf(w->connections.value(QStringLiteral("x")), secrets::memoryStore());
        QCOMPARE(server.has_value(), what.isEmpty());
        if (!server)
            QVERIFY2(server.error().text().contains(what), qPrintable(server.error().text()));
        QCOMPARE(vaultsOf(*w, http, secrets::memoryStore())->names().isEmpty(), !what.isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_Vaults)
#include "tst_vaults.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// A workspace whose connections read their secrets from a real Vault 1.14, the operation that writes there, and that no value is left behind.
#include "core/fleet/connections.h"
#include "core/fleet/services.h"
#include "core/fleet/vaults.h"

#include "core/base/file.h"
#include "core/base/redact.h"
#include "tests/support/real_vault.h"

using namespace pilothouse;
using namespace pilothouse::secrets;

namespace {

const QString value = QStringLiteral("s3cr3t-of-the-database-77"), newValue = QStringLiteral("n3w-s3cr3t-of-it-78");
using Q = QLatin1String;

} // namespace

class tst_VaultConnection : public QObject {
    Q_OBJECT
    std::unique_ptr<support::RealVault> m_vault;

private Q_SLOTS:
    void initTestCase() {
        if (!support::RealVault::built())
            QSKIP("skipped: Vault is not compiled here: tests/backends/vault.sh build");
        m_vault = std::make_unique<support::RealVault>();
        QVERIFY2(m_vault->server.running(), qPrintable(m_vault->server.problem));
        m_vault->initialise();
        m_vault->unseal();
        QTRY_COMPARE_WITH_TIMEOUT(m_vault->state(), VaultState::Active, 20000);
        m_vault->fill();
        QTRY_VERIFY_WITH_TIMEOUT(m_vault->asRoot()->write(QStringLiteral("ml/db"), {{Q("password"), value}, {Q("user"), Q("ml")}}, {}).has_value(), 20000);
    }
    void cleanupTestCase() { m_vault.reset(); }

    void connectionsReadFromItAndNoValueIsLeftBehind() {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("pilothouse.yaml"));
        const QByteArray yaml = "workspace: vaulted\nconnections:\n  local: {kind: local, root: state}\n  v: {kind: vault, url: 'http://" + m_vault->server.host().toLatin1() +
                                "', login: approle, user: " + m_vault->roleId.toLatin1() + ", secret: approle-id}\n  ml: {kind: mlflow, url: 'http://127.0.0.1:1', secret: 'vault:v/ml/db#password'}\n";
        QVERIFY(writeFileAtomically(file, yaml));
        fleet::ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = memoryStore({{QStringLiteral("approle-id"), m_vault->secretId}});
        auto services = fleet::openServices(options);
        QVERIFY2(services, services ? "" : qPrintable(services.error().text()));
        const auto &s = **services;
        QCOMPARE(*s.secrets->read(QStringLiteral("vault:v/ml/db#password")), value);
        QCOMPARE(*fleet::authorizationValue(s.workspace.connections.value(QStringLiteral("ml")), *s.secrets), "Bearer " + value.toLatin1());
        const auto check = fleet::testConnection(s.workspace, QStringLiteral("v"), *s.http, *s.secrets);
        QVERIFY2(check, check ? "" : qPrintable(check.error().text()));
        QVERIFY2(check->usedHere && check->finding.contains(QStringLiteral("engine 2")) && check->finding.contains(QStringLiteral("version 1.14")), qPrintable(check->finding));

        const VaultName name = *parseVaultName(QStringLiteral("vault:v/ml/db#password"));
        const auto vault = *s.vaults->of(QStringLiteral("v"));
        const auto operation = fleet::writeVaultSecret(vault, name, newValue);
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text()));
        const auto changed = m_vault->asRoot()->write(QStringLiteral("ml/db"), {{Q("password"), value}, {Q("user"), Q("somebody-else")}}, {});
        const auto refused = s.operations->run(*operation);
        QVERIFY(!refused.done && refused.error->kind == ErrorKind::Conflict); // somebody wrote meanwhile
        const auto again = fleet::writeVaultSecret(vault, name, newValue);
        const auto done = s.operations->run(*again);
        QVERIFY2(done.done, done.error ? qPrintable(done.error->text()) : "");
        const auto now = m_vault->asRoot()->read(QStringLiteral("ml/db"));
        QCOMPARE(now->values.value(QStringLiteral("password")), newValue);
        QCOMPARE(now->values.value(QStringLiteral("user")), QStringLiteral("somebody-else")); // the other keys stay
        QCOMPARE(now->version, *changed + 1);
        QVERIFY(s.operations->undoDone(*again, done).done);
        QCOMPARE(m_vault->asRoot()->read(QStringLiteral("ml/db"))->values.value(QStringLiteral("password")), value);
        const auto fresh = fleet::writeVaultSecret(vault, *parseVaultName(QStringLiteral("vault:v/ml/new/one#k")), newValue);
        const auto made = s.operations->run(*fresh);
        QVERIFY2(made.done, made.error ? qPrintable(made.error->text()) : "");

        // Nothing of it in any file that was written here, in what the journal gives, or in texts.
        services.value()->vaults->signOut();
        QList<QByteArray> secretBytes{value.toUtf8(), newValue.toUtf8(), m_vault->secretId.toUtf8(), value.toUtf8().toBase64(), newValue.toUtf8().toBase64()};
        int files = 0;
        for (QDirIterator all(dir.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); all.hasNext();) {
            const QString path = all.next();
            const QByteArray bytes = *readFile(path);
            ++files;
            for (const QByteArray &secret : secretBytes)
                QVERIFY2(!bytes.contains(secret), qPrintable(path));
        }
        QVERIFY(files >= 3); // the workspace, the journal, the database
        QVERIFY(readFile(dir.filePath(QStringLiteral("state/journal.jsonl")))->contains("secret-write"));
        QCOMPARE(redact(QStringLiteral("x ") + newValue), QStringLiteral("x •••"));
    }
};

QTEST_GUILESS_MAIN(tst_VaultConnection)
#include "tst_vault_connection.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Where secrets are, by name; a value only where it is asked for, and then with a line in the journal that does not hold it.
#include "core/fleet/secret_sources.h"

#include "core/base/file.h"
#include "core/fleet/services.h"
#include "tests/support/vault_server.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using Q = QLatin1String;

namespace {

const QString password = QStringLiteral("the-database-password"), older = QStringLiteral("the-older-password"), token = QStringLiteral("mlflow-token-value");

/// A keychain whose person says no.
class Locked final : public secrets::SecretStore {
public:
    QString name() const override { return QStringLiteral("keychain"); }
    Result<QString> read(const QString &) override {
        ++asked;
        return Error{ErrorKind::Denied, QStringLiteral("The keychain is locked."), {}, QStringLiteral("Unlock the keychain and try again."), {}};
    }
    Result<void> write(const QString &, const QString &) override { return Error{ErrorKind::Denied, QStringLiteral("The keychain is locked."), {}, {}, {}}; }
    Result<void> remove(const QString &) override { return {}; }
    int asked = 0;
};

} // namespace

class tst_SecretSources : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    support::VaultServer m_vault;
    std::shared_ptr<Services> m_services;

    Result<std::shared_ptr<Services>> open(std::shared_ptr<secrets::SecretStore> store, const char *folder) {
        const QString root = m_folder.filePath(Q(folder));
        const QString file = root + QStringLiteral("/pilothouse.yaml");
        const QByteArray text = "workspace: test\nconnections:\n  local: {kind: local, root: data}\n  team: {kind: mlflow, url: 'http://127.0.0.1:9', secret: mlflow-token}\n"
                                "  other: {kind: mlflow, url: 'http://127.0.0.1:9', secret: 'vault:v/db#password'}\n  late: {kind: mlflow, url: 'http://127.0.0.1:9', secret: never-stored}\n"
                                "  v: {kind: vault, url: '" + m_vault.url().toUtf8() + "', secret: vault-token}\n";
        PH_TRY(makeFolder(root, true));
        PH_TRY(writeFileAtomically(file, text));
        ServiceOptions options;
        options.workspaceFile = file;
        options.secrets = std::move(store);
        return openServices(options);
    }
    QByteArray journalText() const {
        const auto bytes = readFile(m_services->root + QStringLiteral("/journal.jsonl"));
        return bytes ? *bytes : QByteArray();
    }
    static const SecretLine *lineOf(const std::vector<SecretLine> &lines, const char *name) {
        for (const SecretLine &line : lines)
            if (line.name == Q(name))
                return &line;
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase() {
        m_vault.tokens.insert("hvs.given", {});
        m_vault.data.insert("db", {QJsonObject{{Q("password"), older}}, QJsonObject{{Q("password"), password}, {Q("user"), Q("ml")}}});
        m_vault.data.insert("team/deep", {QJsonObject{{Q("k"), Q("another-value")}}});
        auto opened = open(secrets::memoryStore({{QStringLiteral("mlflow-token"), token}, {QStringLiteral("vault-token"), QStringLiteral("hvs.given")}}), "open");
        QVERIFY2(opened, opened ? "" : qPrintable(opened.error().text()));
        m_services = *opened;
    }
    void cleanupTestCase() { m_services.reset(); }

    void sourcesAreTheKeychainThenTheConnections() {
        QStringList ids;
        for (const SecretSource &source : secretSources(m_services->workspace))
            ids << source.id();
        QCOMPARE(ids, (QStringList{QStringLiteral("keychain"), QStringLiteral("vault:v")}));
    }
    void theKeychainSaysWhatTheWorkspaceNamesAndWhoUsesIt() {
        const auto lines = secretsIn(*m_services, {SecretSource::Keychain, {}}, {});
        QVERIFY(lines);
        QCOMPARE(int(lines->size()), 3); // the one in the Vault is not of the keychain
        const SecretLine *stored = lineOf(*lines, "mlflow-token"), *missing = lineOf(*lines, "never-stored");
        QVERIFY(stored && !stored->problem && stored->usedBy == QStringList{QStringLiteral("connection team")});
        QVERIFY(missing && missing->problem && missing->problem->kind == ErrorKind::NotFound);
    }
    void aVaultIsListedByPathWithWhoUsesIt() {
        const auto top = secretsIn(*m_services, {SecretSource::Vault, QStringLiteral("v")}, {});
        QVERIFY2(top, top ? "" : qPrintable(top.error().text()));
        const SecretLine *db = lineOf(*top, "vault:v/db"), *folder = lineOf(*top, "vault:v/team/");
        QVERIFY(db && !db->folder && db->usedBy == QStringList{QStringLiteral("connection other")});
        QVERIFY(folder && folder->folder);
        const auto below = secretsIn(*m_services, {SecretSource::Vault, QStringLiteral("v")}, QStringLiteral("team"));
        QVERIFY(below && below->size() == 1 && below->front().name == Q("vault:v/team/deep"));
    }
    void factsHoldKeysAndVersionsAndNoValue() {
        const auto facts = secretFacts(*m_services, QStringLiteral("vault:v/db"));
        QVERIFY(facts && facts->metadata);
        QCOMPARE(facts->keys, (QStringList{QStringLiteral("password"), QStringLiteral("user")}));
        QCOMPARE(facts->metadata->current, 2);
        QCOMPARE(int(facts->metadata->versions.size()), 2);
        m_vault.deleted["db"] << 2;
        const auto gone = secretFacts(*m_services, QStringLiteral("vault:v/db"));
        m_vault.deleted.remove("db");
        QVERIFY(gone && gone->problem && gone->keys.isEmpty() && gone->metadata->current == 2);
        QVERIFY(!journalText().contains("secret-show")); // to look at names is nothing to note
    }
    void aValueIsGivenWithALineInTheJournalThatDoesNotHoldIt() {
        const auto shown = revealSecret(*m_services, QStringLiteral("vault:v/db#password"));
        QVERIFY2(shown, shown ? "" : qPrintable(shown.error().text()));
        QCOMPARE(*shown, (QMap<QString, QString>{{QStringLiteral("password"), password}}));
        QCOMPARE(revealSecret(*m_services, QStringLiteral("vault:v/db?version=1#password"))->first(), older);
        QCOMPARE(revealSecret(*m_services, QStringLiteral("mlflow-token"))->first(), token);
        const QByteArray journal = journalText();
        QVERIFY2(journal.count("secret-show") == 3 && journal.contains("vault:v/db#password"), journal.constData());
        for (const QString &value : {password, older, token})
            QVERIFY(!journal.contains(value.toUtf8()) && !journal.contains(value.toUtf8().toBase64()));
        const auto none = revealSecret(*m_services, QStringLiteral("vault:v/db#nothing"));
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        QVERIFY(none.error().hint.contains(QStringLiteral("password, user")) && !none.error().text().contains(password));
        QCOMPARE(journalText().count("secret-show"), 3); // what was not shown is not said to be
    }
    void aSealedVaultAndALockedKeychainSayHowToGoOn() {
        m_vault.sealed = true;
        const auto lines = secretsIn(*m_services, {SecretSource::Vault, QStringLiteral("v")}, {});
        m_vault.sealed = false;
        QCOMPARE(lines.error().kind, ErrorKind::Unreachable);
        QVERIFY2(lines.error().text().contains(QStringLiteral("sealed")) && !lines.error().hint.isEmpty(), qPrintable(lines.error().text()));
        const auto locked = std::make_shared<Locked>();
        const auto closed = open(locked, "locked");
        QVERIFY(closed);
        locked->asked = 0;
        const auto none = secretsIn(**closed, {SecretSource::Keychain, {}}, {});
        QCOMPARE(none.error().kind, ErrorKind::Denied);
        QVERIFY(none.error().hint.contains(QStringLiteral("Unlock")));
        QCOMPARE(locked->asked, 1); // a person is asked once, not for each name
    }
    void namesOfClustersAreReadAndWritten() {
        const auto name = parseKubeSecretName(QStringLiteral("kube:lab/ml/db.v1#pass"));
        QVERIFY(name && name->connection == Q("lab") && name->space == Q("ml") && name->name == Q("db.v1") && name->key == Q("pass"));
        QCOMPARE(name->text(), QStringLiteral("kube:lab/ml/db.v1#pass"));
        QVERIFY(!parseKubeSecretName(QStringLiteral("mlflow-token")) && !parseKubeSecretName(QStringLiteral("kube:lab/ml/../x")));
    }
};

QTEST_GUILESS_MAIN(tst_SecretSources)
#include "tst_secret_sources.moc"

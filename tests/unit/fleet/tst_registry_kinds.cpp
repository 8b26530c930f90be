// SPDX-License-Identifier: GPL-3.0-or-later
// Which registry a connection of the workspace opens, and how one that needs a directory's token is asked.
#include "core/fleet/connections.h"
#include "core/fleet/registries.h"
#include "core/fleet/registry_kinds.h"
#include "tests/support/loopback_server.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using support::LoopbackServer;

class TestRegistryKinds : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<secrets::SecretStore> m_secrets = secrets::memoryStore({{QStringLiteral("sp"), QStringLiteral("value")}});
    QTemporaryDir m_folder;

    workspace::Workspace with(const QString &entry) {
        auto parsed = workspace::parseWorkspace(QStringLiteral("workspace: a\nconnections: {x: {%1}}\n").arg(entry).toUtf8(), m_folder.filePath(QStringLiteral("w.yaml")));
        if (!parsed)
            qWarning("%s", qPrintable(parsed.error().text() + parsed.error().raw));
        return parsed ? *parsed : workspace::Workspace{};
    }
    Result<std::shared_ptr<registry::Registry>> open(const workspace::Workspace &workspace) { return Registries(workspace, nullptr, m_http, m_secrets, m_folder.filePath(QStringLiteral("fetched"))).of(QStringLiteral("x")); }

private Q_SLOTS:
    /// The directory and the workspace in one stand-in. The first token is refused once, as one that was withdrawn.
    void azureIsAskedWithADirectoryToken() {
        std::atomic<int> tokens = 0;
        QList<QByteArray> calls;
        std::mutex mutex;
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request; !(request = c.readRequest()).isEmpty();) {
                if (request.startsWith("POST /tenant-1/oauth2/v2.0/token ")) {
                    c.reply(200, "{\"expires_in\":3599,\"access_token\":\"t" + QByteArray::number(++tokens) + "\"}");
                    continue;
                }
                const std::lock_guard lock(mutex);
                calls << request;
                if (!request.contains("Authorization: Bearer t2\r\n"))
                    c.reply(401, R"({"error":{"code":"TokenExpired","message":"The token is not valid."}})");
                else
                    c.reply(200, R"({"registered_models":[{"name":"damage","latest_versions":[{"name":"damage","version":"7","current_stage":"None"}]}]})");
            }
        });
        const QString base = server.url("/mlflow/v1.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w");
        const auto workspace = with(QStringLiteral("kind: azureml, url: '%1', tenant: tenant-1, client: c, secret: sp, authority: '%2'").arg(base, server.url("")));
        const auto registry = open(workspace);
        QVERIFY2(registry, registry ? "" : qPrintable(registry.error().text()));
        const auto models = (*registry)->models();
        QVERIFY2(models, models ? "" : qPrintable(models.error().text()));
        QCOMPARE(models->front().name, QStringLiteral("damage"));
        QCOMPARE(tokens.load(), 2);
        QCOMPARE(calls.size(), 2); // once more, not for ever
        QVERIFY2(calls.back().contains("/workspaces/w/api/2.0/mlflow/registered-models/search"), calls.back().constData());
        QVERIFY((*registry)->models());
        QCOMPARE(tokens.load(), 2); // it is kept
        QVERIFY(!calls.back().contains("value"));
        tokens = 1; // the look signs in for itself
        const auto check = testConnection(workspace, QStringLiteral("x"), *m_http, *m_secrets);
        QVERIFY2(check, check ? "" : qPrintable(check.error().text()));
        QVERIFY(check->usedHere);
    }

    void aTokenThatIsRefusedTwiceIsDenied() {
        std::atomic<int> asked = 0;
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request; !(request = c.readRequest()).isEmpty();) {
                const bool token = request.startsWith("POST /t/oauth2");
                asked += token ? 0 : 1;
                token ? c.reply(200, R"({"expires_in":3599,"access_token":"t"})") : c.reply(401, "{}");
            }
        });
        const auto registry = open(with(QStringLiteral("kind: azureml, url: '%1', tenant: t, client: c, secret: sp, authority: '%1'").arg(server.url(""))));
        const auto models = (*registry)->models();
        QVERIFY(!models);
        QCOMPARE(int(models.error().kind), int(ErrorKind::Denied));
        QCOMPARE(asked.load(), 2);
    }

    void whatAzureNeedsIsSaid_data() {
        QTest::addColumn<QString>("entry");
        QTest::addColumn<QString>("says"); // empty: it opens
        QTest::newRow("its MLflow address") << "url: 'azureml://westeurope.api.azureml.ms/mlflow/v1.0/subscriptions/s', tenant: t, client: c, secret: sp" << "";
        QTest::newRow("or its parts") << "region: westeurope, subscription: s, resource_group: g, workspace: w, tenant: t, client: c, secret: sp" << "";
        QTest::newRow("no address") << "subscription: s, tenant: t, client: c, secret: sp" << "MLflow tracking address";
        QTest::newRow("nobody who signs in") << "url: 'https://x.example'" << "who signs in";
        QTest::newRow("an address in the open") << "url: 'http://x.example', tenant: t, client: c, secret: sp" << "in the open";
        QTest::newRow("a cloud that is none") << "url: 'https://x.example', tenant: t, client: c, secret: sp, cloud: moon" << "is no cloud";
    }
    void whatAzureNeedsIsSaid() {
        QFETCH(QString, entry);
        QFETCH(QString, says);
        const auto registry = open(with(QStringLiteral("kind: azureml, ") + entry));
        QCOMPARE(registry.has_value(), says.isEmpty());
        if (registry)
            QCOMPARE((*registry)->source(), QStringLiteral("westeurope.api.azureml.ms"));
        else
            QVERIFY2(registry.error().text().contains(says), qPrintable(registry.error().text()));
    }

    void aPartOfAnAddressIsEncoded() {
        const auto workspace = with(QStringLiteral("kind: azureml, region: we, subscription: s, resource_group: 'my group', workspace: w, tenant: t, client: c, secret: sp, cloud: china"));
        QCOMPARE(mlflowServerOf(workspace.connections[QStringLiteral("x")], m_http, m_secrets)->url,
                 QStringLiteral("https://we.api.ml.azure.cn/mlflow/v1.0/subscriptions/s/resourceGroups/my%20group/providers/Microsoft.MachineLearningServices/workspaces/w"));
    }

    /// A folder in the workspace file is found from that file.
    void aRepositoryIsOpenedAndLookedAt() {
        const QString git = QStandardPaths::findExecutable(QStringLiteral("git"));
        if (git.isEmpty())
            QSKIP("git is not here");
        const QString repository = m_folder.filePath(QStringLiteral("damage"));
        QDir().mkpath(repository + QStringLiteral("/models/svc"));
        QFile weights(repository + QStringLiteral("/models/svc/model.joblib"));
        QVERIFY(weights.open(QIODevice::WriteOnly) && weights.write("x") == 1);
        weights.close();
        for (const QStringList &arguments : {QStringList{QStringLiteral("init"), QStringLiteral("-q")}, {QStringLiteral("add"), QStringLiteral("-A")},
                                            {QStringLiteral("-c"), QStringLiteral("user.name=ci"), QStringLiteral("-c"), QStringLiteral("user.email=ci@localhost"), QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("Job: run-1")}})
            QCOMPARE(QProcess::execute(git, QStringList{QStringLiteral("-C"), repository} + arguments), 0);
        const auto workspace = with(QStringLiteral("kind: git, url: damage, path: models"));
        const auto registry = open(workspace);
        QVERIFY2(registry, registry ? "" : qPrintable(registry.error().text()));
        QCOMPARE((*registry)->version(QStringLiteral("svc"), 1)->runId, QStringLiteral("run-1"));
        auto check = testConnection(workspace, QStringLiteral("x"), *m_http, *m_secrets);
        QVERIFY2(check, check ? "" : qPrintable(check.error().text()));
        QVERIFY(check->usedHere && check->finding.contains(QStringLiteral("“models”: 1")));
        QCOMPARE(int(testConnection(with(QStringLiteral("kind: git, url: nowhere")), QStringLiteral("x"), *m_http, *m_secrets).error().kind), int(ErrorKind::NotFound));
        QCOMPARE(int(testConnection(with(QStringLiteral("kind: git, url: 'https://127.0.0.1:1/x.git'")), QStringLiteral("x"), *m_http, *m_secrets).error().kind), int(ErrorKind::Unreachable));
    }

    void anotherKindIsNoRegistry() {
        const auto registry = open(with(QStringLiteral("kind: jenkins, url: 'http://127.0.0.1:1'")));
        QVERIFY(!registry);
        QCOMPARE(int(registry.error().kind), int(ErrorKind::Refused));
    }
};

QTEST_GUILESS_MAIN(TestRegistryKinds)
#include "tst_registry_kinds.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/connections.h"
#include "core/base/file.h"
#include "core/fleet/endpoint.h"
#include "core/promotion/promotion.h"
#include "tests/support/loopback_server.h"
#include "tests/support/vault_server.h"

#include <QDir>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::fleet;
using support::LoopbackServer;

namespace {
const char *const text = "# mine\nworkspace: a  # name\nconnections:\n  # here\n  local: {kind: local, root: state}\nmodels:\n  m: {}\n";
}

class tst_Connections : public QObject {
    Q_OBJECT
    net::HttpClient http;

    static workspace::Workspace with(const QString &kind, const QString &address, const QString &more = {}) {
        const bool local = kind == QLatin1String("local");
        const QString yaml = QStringLiteral("workspace: a\nconnections: {x: {kind: %1, %2: '%3'%4}}\n").arg(kind, local ? QStringLiteral("root") : QStringLiteral("url"), address, more);
        auto w = workspace::parseWorkspace(yaml.toUtf8(), QStringLiteral("/w.yaml"));
        return w ? *w : workspace::Workspace{};
    }
    Result<ConnectionCheck> test(const workspace::Workspace &w, QHash<QString, QString> secrets = {}) { return testConnection(w, QStringLiteral("x"), http, *secrets::memoryStore(secrets)); }

private Q_SLOTS:
    void aConnectionIsAddedAndTakenBackWithItsComments() {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, text));
        const auto added = addConnection(file, QStringLiteral("ml"), {{QStringLiteral("kind"), QStringLiteral("mlflow")}, {QStringLiteral("url"), QStringLiteral("http://127.0.0.1:5000")}});
        QVERIFY2(added, added ? "" : qPrintable(added.error().text()));
        QCOMPARE(readFile(file).value(), QByteArray(text)); // a plan writes nothing
        const operations::Step &step = added->steps.front();
        QVERIFY(step.guard());
        QVERIFY(step.execute());
        QVERIFY(step.readBack());
        QCOMPARE(readFile(file).value(), QByteArray(text).replace("root: state}\n", "root: state}\n  ml: {kind: mlflow, url: http://127.0.0.1:5000}\n"));
        const auto guarded = step.guard();
        QVERIFY(!guarded);
        QCOMPARE(guarded.error().kind, ErrorKind::Conflict);
        QVERIFY(step.undo());
        QCOMPARE(readFile(file).value(), QByteArray(text));
    }

    void anEndpointTakenBackLeavesWhatOthersWrote() {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, text));
        const auto set = setEndpoint(file, QStringLiteral("m"), {QStringLiteral("http://127.0.0.1:9"), {}, {}, {}});
        QVERIFY2(set, set ? "" : qPrintable(set.error().text()));
        const operations::Step &step = set->steps.back();
        QVERIFY(step.guard());
        QVERIFY(step.execute());
        QVERIFY(step.readBack());
        QVERIFY(step.undo());
        QCOMPARE(readFile(file).value(), QByteArray(text));

        QVERIFY(step.execute());
        const QByteArray theirs = QByteArray(text).replace("m: {}", "m: {endpoint: {url: 'http://127.0.0.1:7'}}");
        QVERIFY(writeFileAtomically(file, theirs)); // before it is read back
        QCOMPARE(step.readBack().error().kind, ErrorKind::Conflict);
        QVERIFY(step.undo());
        QCOMPARE(readFile(file).value(), theirs);

        QVERIFY(writeFileAtomically(file, text));
        QVERIFY(step.execute());
        const QByteArray both = readFile(file).value() + "# theirs\n";
        QVERIFY(writeFileAtomically(file, both));
        QCOMPARE(step.undo().error().kind, ErrorKind::Conflict);
        QCOMPARE(readFile(file).value(), both);
    }

    void wrongAdditionsAreRefusedBeforeAnythingIsWritten() {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, text));
        const QVariantMap local{{QStringLiteral("kind"), QStringLiteral("local")}};
        QCOMPARE(addConnection(file, QStringLiteral("local"), local).error().kind, ErrorKind::Conflict);
        QCOMPARE(addConnection(file, QStringLiteral("y"), local).error().kind, ErrorKind::Invalid); // no root
        const auto unknown = addConnection(file, QStringLiteral("y"), {{QStringLiteral("kind"), QStringLiteral("mlfow")}});
        QVERIFY(unknown.error().what.contains(QStringLiteral("did you mean “mlflow”")));
        QCOMPARE(readFile(file).value(), QByteArray(text));
    }

    void aSecretIsStoredFirstAndTakenBack_data() {
        QTest::addColumn<QHash<QString, QString>>("before");
        QTest::newRow("a new secret is removed again") << QHash<QString, QString>{};
        QTest::newRow("an old value is put back") << QHash<QString, QString>{{QStringLiteral("s"), QStringLiteral("old")}};
    }
    void aSecretIsStoredFirstAndTakenBack() {
        using Secrets = QHash<QString, QString>;
        QFETCH(Secrets, before);
        const auto store = secrets::memoryStore(before);
        operations::Operation operation;
        operation.steps.resize(1);
        storeSecretFirst(operation, store, QStringLiteral("s"), QStringLiteral("hush-hush"));
        QCOMPARE(operation.steps.size(), 2u);
        const operations::Step &step = operation.steps.front();
        for (const QString &shown : {step.call.verb, step.call.object, step.call.effect, step.call.undo, step.call.command})
            QVERIFY(!shown.contains(QStringLiteral("hush")));
        QVERIFY(step.execute());
        const auto seen = step.readBack();
        QVERIFY(seen);
        QVERIFY(!QJsonDocument(*seen).toJson().contains("hush"));
        QCOMPARE(store->read(QStringLiteral("s")).value(), QStringLiteral("hush-hush"));
        QVERIFY(step.undo());
        QCOMPARE(store->read(QStringLiteral("s")).value_or(QString()), before.value(QStringLiteral("s")));
        QCOMPARE(store->read(QStringLiteral("s")).has_value(), !before.isEmpty());
    }

    void aConnectionInUseStays() {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("pilothouse.yaml"));
        QVERIFY(writeFileAtomically(file, text));
        const auto removed = removeConnection(file, QStringLiteral("local"));
        QVERIFY(!removed);
        QCOMPARE(removed.error().kind, ErrorKind::Refused);
        QVERIFY(removed.error().what.contains(QStringLiteral("in use by m")));
        QCOMPARE(removeConnection(file, QStringLiteral("none")).error().kind, ErrorKind::NotFound);
    }

    void aLocalFolderIsLookedAt() {
        QTemporaryDir dir;
        QVERIFY(test(with(QStringLiteral("local"), dir.path()))->finding.contains(QStringLiteral("no registry in it yet")));
        QVERIFY(test(with(QStringLiteral("local"), dir.filePath(QStringLiteral("new/deep"))))->finding.contains(QStringLiteral("will be made")));
        QVERIFY(!QDir(dir.filePath(QStringLiteral("new"))).exists()); // looking makes nothing
        QVERIFY(writeFileAtomically(dir.filePath(QStringLiteral("file")), "x"));
        QCOMPARE(test(with(QStringLiteral("local"), dir.filePath(QStringLiteral("file")))).error().kind, ErrorKind::Invalid);
        QVERIFY(Database::open(dir.filePath(QStringLiteral("registry.db")), promotion::registryDatabaseMigrations()));
        QVERIFY(test(with(QStringLiteral("local"), dir.path()))->finding.contains(QStringLiteral("the registry opens")));
        QVERIFY(writeFileAtomically(dir.filePath(QStringLiteral("broken/registry.db")), QByteArray("no database").repeated(1000)));
        QVERIFY(!test(with(QStringLiteral("local"), dir.filePath(QStringLiteral("broken")))));
    }

    void aFolderThatMayNotBeWrittenIsDenied() {
        if (::geteuid() == 0)
            QSKIP("skipped: root may write everywhere");
        QCOMPARE(test(with(QStringLiteral("local"), QStringLiteral("/usr"))).error().kind, ErrorKind::Denied);
    }

    void aServerIsAskedOnceWithItsCredential_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("more");
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("header");
        QTest::newRow("a token") << "mlflow" << ", secret: s" << QByteArray("GET /api/2.0/mlflow/experiments/search?max_results=1 ") << QByteArray("Authorization: Bearer value\r\n");
        QTest::newRow("a user and password") << "mlflow" << ", secret: s, user: ops" << QByteArray("GET /api/2.0/mlflow/experiments/search?max_results=1 ") << "Authorization: Basic " + QByteArray("ops:value").toBase64() + "\r\n";
        QTest::newRow("no credential") << "prometheus" << "" << QByteArray("GET /api/v1/status/buildinfo ") << QByteArray("Host: ");
    }
    void aServerIsAskedOnceWithItsCredential() {
        QFETCH(QString, kind);
        QFETCH(QString, more);
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, header);
        QByteArray seen;
        LoopbackServer server([&](auto &c, int) {
            seen = c.readRequest();
            c.reply(200, "{}");
        });
        const auto check = test(with(kind, server.url(), more), {{QStringLiteral("s"), QStringLiteral("value")}});
        QVERIFY2(check, check ? "" : qPrintable(check.error().text()));
        QCOMPARE(check->usedHere, kind == QLatin1String("mlflow"));
        QVERIFY2(seen.startsWith(line), seen.constData());
        QVERIFY2(seen.contains(header), seen.constData());
    }

    void aVaultTellsItsStateItsLoginAndItsEngine() {
        support::VaultServer server;
        server.tokens.insert("hvs.value", {});
        const auto w = with(QStringLiteral("vault"), server.url(), QStringLiteral(", secret: s"));
        const auto check = test(w, {{QStringLiteral("s"), QStringLiteral("hvs.value")}});
        QVERIFY2(check, check ? "" : qPrintable(check.error().text()));
        QVERIFY(check->usedHere);
        QCOMPARE(check->finding, QStringLiteral("It is active, version 1.14.8; logged in as approle with the policies default, ml; at secret is engine 2."));
        QCOMPARE(test(w, {{QStringLiteral("s"), QStringLiteral("hvs.wrong")}}).error().kind, ErrorKind::Denied);
        server.sealed = true;
        QCOMPARE(test(w, {{QStringLiteral("s"), QStringLiteral("hvs.value")}}).error().kind, ErrorKind::Unreachable);
    }

    void anImageRegistryTakesTheCredentialAndTellsItsLimit() {
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest())
                if (request.contains("Authorization: Basic " + QByteArray("ops:value").toBase64()))
                    c.reply(200, "{}", "ratelimit-limit: 200;w=21600\r\nratelimit-remaining: 150;w=21600\r\n");
                else
                    c.reply(401, "{}", "WWW-Authenticate: Basic realm=\"r\"\r\n");
        });
        const auto w = with(QStringLiteral("images"), server.url(), QStringLiteral(", user: ops, secret: s"));
        const auto check = test(w, {{QStringLiteral("s"), QStringLiteral("value")}});
        QVERIFY2(check, check ? "" : qPrintable(check.error().text()));
        QVERIFY(check->usedHere);
        QCOMPARE(check->finding, QStringLiteral("It answers, and takes the credential. 150 of 200 pulls are left."));
        QCOMPARE(test(w, {{QStringLiteral("s"), QStringLiteral("wrong")}}).error().kind, ErrorKind::Denied);
    }

    void anS3StoreIsAskedBySignature_data() {
        QTest::addColumn<QString>("more");
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("finding");
        QTest::newRow("its buckets") << "" << QByteArray("GET / ") << "Buckets: data, models.";
        QTest::newRow("its one bucket") << ", bucket: data" << QByteArray("HEAD /data/ ") << "The bucket “data” is there and can be read.";
    }
    void anS3StoreIsAskedBySignature() { // its secret is a key to sign with, and travels nowhere
        QFETCH(QString, more);
        QFETCH(QByteArray, line);
        QFETCH(QString, finding);
        QByteArray seen;
        LoopbackServer server([&](auto &c, int) {
            seen = c.readRequest();
            if (seen.startsWith("HEAD"))
                c.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            else
                c.reply(200, "<ListAllMyBucketsResult><Buckets><Bucket><Name>data</Name></Bucket><Bucket><Name>models</Name></Bucket></Buckets></ListAllMyBucketsResult>");
        });
        const auto check = test(with(QStringLiteral("s3"), server.url(), QStringLiteral(", secret: s, access_key: AKID") + more), {{QStringLiteral("s"), QStringLiteral("the-secret")}});
        QVERIFY2(check, check ? "" : qPrintable(check.error().text()));
        QVERIFY(check->usedHere);
        QVERIFY2(check->finding.contains(finding), qPrintable(check->finding));
        QVERIFY2(seen.startsWith(line), seen.constData());
        QVERIFY(seen.contains("Authorization: AWS4-HMAC-SHA256 Credential=AKID/"));
        QVERIFY(!seen.contains("the-secret"));
    }

    void whatTheServerSaysIsGivenBack() {
        LoopbackServer server([](auto &c, int) {
            c.readRequest();
            c.reply(403, R"({"message":"not you"})");
        });
        const auto denied = test(with(QStringLiteral("mlflow"), server.url()));
        QCOMPARE(denied.error().kind, ErrorKind::Denied);
        QVERIFY(denied.error().what.contains(QStringLiteral("not you")));
        const auto noSecret = test(with(QStringLiteral("mlflow"), server.url(), QStringLiteral(", secret: lost")));
        QCOMPARE(noSecret.error().kind, ErrorKind::NotFound);
        const auto noName = testConnection(with(QStringLiteral("mlflow"), server.url()), QStringLiteral("y"), http, *secrets::memoryStore());
        QCOMPARE(noName.error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(tst_Connections)
#include "tst_connections.moc"

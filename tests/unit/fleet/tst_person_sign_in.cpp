// SPDX-License-Identifier: GPL-3.0-or-later
// A person signs in for a connection: the code of the directory, the wait, and the token kept by an operation that does not tell it.
#include "core/fleet/person_sign_in.h"

#include "core/base/file.h"
#include "core/fleet/directory_login.h"
#include "core/secrets/secret_store.h"
#include "tests/support/loopback_server.h"

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>

using namespace pilothouse;
using namespace pilothouse::fleet;
using support::LoopbackServer;

class TestPersonSignIn : public QObject {
    Q_OBJECT

    /// A workspace with a connection whose directory is this machine.
    struct Desk {
        QTemporaryDir folder;
        std::shared_ptr<secrets::SecretStore> store = secrets::memoryStore();
        std::shared_ptr<Services> services;
        explicit Desk(const LoopbackServer &directory, const QByteArray &login = "login: device") {
            const QString file = folder.filePath(QStringLiteral("pilothouse.yaml"));
            const QByteArray url = directory.url("").toUtf8();
            if (!writeFileAtomically(file, "workspace: w\nrole: viewer\nconnections:\n  local: {kind: local, root: state}\n  azure: {kind: azureml, url: \"" + url + "/mlflow/v1.0/subscriptions/s/resourceGroups/r/providers/Microsoft.MachineLearningServices/workspaces/w\", "
                                           + login + ", tenant: contoso.example, client: app, authority: \"" + url + "\"}\nmodels: {}\n"))
                return;
            auto opened = openServices({file, store, {}, QStringLiteral("test")});
            if (opened)
                services = *opened;
            else
                qWarning("%s", qPrintable(opened.error().text()));
        }
    };
    static QByteArray codeReply() { return "{\"user_code\":\"ABCD\",\"device_code\":\"d\",\"verification_uri\":\"https://microsoft.com/devicelogin\",\"interval\":1,\"expires_in\":900}"; }

private Q_SLOTS:
    void theTokenIsKeptByAnOperation() {
        LoopbackServer directory([](auto &c, int) {
            for (QByteArray request; !(request = c.readRequest()).isEmpty();)
                c.reply(200, request.contains("/devicecode ") ? codeReply() : QByteArray("{\"access_token\":\"a\",\"refresh_token\":\"the-refresh-token\"}"));
        });
        const Desk desk(directory);
        QVERIFY(desk.services);
        auto code = beginSignIn(*desk.services, QStringLiteral("azure"));
        QVERIFY2(code, code ? "" : qPrintable(code.error().text()));
        QCOMPARE(code->userCode, QStringLiteral("ABCD"));
        QVERIFY(!desk.store->read(QStringLiteral("azure-sign-in"))); // nobody has signed in yet
        code->seconds = 0;
        const auto operation = finishSignIn(*desk.services, QStringLiteral("azure"), *code);
        QVERIFY2(operation, operation ? "" : qPrintable(operation.error().text()));
        QCOMPARE(desk.store->read(QStringLiteral("azure-sign-in")).value_or(QString()), QStringLiteral("the-refresh-token"));
        const auto journal = desk.services->journal->entries();
        QVERIFY(journal);
        bool done = false;
        for (const operations::JournalEntry &entry : *journal) {
            done = done || (entry.operation == *operation && entry.kind == QLatin1String("connection-sign-in") && entry.phase == QLatin1String("done"));
            for (const QJsonObject &part : {entry.before, entry.after, entry.details})
                QVERIFY(!QJsonDocument(part).toJson().contains("the-refresh-token"));
        }
        QVERIFY(done);
    }
    void whoSaysNoLeavesNothing() {
        LoopbackServer directory([](auto &c, int) {
            for (QByteArray request; !(request = c.readRequest()).isEmpty();)
                request.contains("/devicecode ") ? c.reply(200, codeReply()) : c.reply(400, "{\"error\":\"authorization_declined\"}");
        });
        const Desk desk(directory);
        auto code = beginSignIn(*desk.services, QStringLiteral("azure"));
        QVERIFY(code);
        code->seconds = 0;
        const auto declined = finishSignIn(*desk.services, QStringLiteral("azure"), *code);
        QVERIFY(!declined);
        QCOMPARE(declined.error().kind, ErrorKind::Denied);
        QVERIFY(!desk.store->read(QStringLiteral("azure-sign-in")));
    }
    void closingEndsTheWait() {
        LoopbackServer directory([](auto &c, int) {
            for (QByteArray request; !(request = c.readRequest()).isEmpty();)
                request.contains("/devicecode ") ? c.reply(200, codeReply()) : c.reply(400, "{\"error\":\"authorization_pending\"}");
        });
        const Desk desk(directory);
        const auto code = beginSignIn(*desk.services, QStringLiteral("azure"));
        QVERIFY(code);
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = finishSignIn(*desk.services, QStringLiteral("azure"), *code, stop.get_token());
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
    }
    void theDirectoryIsAskedForNobody_data() {
        QTest::addColumn<QString>("connection");
        QTest::addColumn<QByteArray>("login");
        QTest::addColumn<int>("kind");
        QTest::newRow("another login") << "azure" << QByteArray("login: client") << int(ErrorKind::Refused);
        QTest::newRow("another kind") << "local" << QByteArray("login: device") << int(ErrorKind::Refused);
        QTest::newRow("no connection") << "far" << QByteArray("login: device") << int(ErrorKind::NotFound);
    }
    void theDirectoryIsAskedForNobody() {
        QFETCH(QString, connection);
        QFETCH(QByteArray, login);
        QFETCH(int, kind);
        std::atomic<int> asked = 0;
        LoopbackServer directory([&](auto &c, int) {
            while (!c.readRequest().isEmpty()) {
                ++asked;
                c.reply(200, codeReply());
            }
        });
        const Desk desk(directory, login);
        QVERIFY(desk.services);
        const auto code = beginSignIn(*desk.services, connection);
        QVERIFY(!code);
        QCOMPARE(int(code.error().kind), kind);
        QVERIFY(!code.error().hint.isEmpty());
        QCOMPARE(asked.load(), 0);
    }
};

QTEST_GUILESS_MAIN(TestPersonSignIn)
#include "tst_person_sign_in.moc"

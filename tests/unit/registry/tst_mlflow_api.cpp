// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in front of an MLflow server, or in its place, is told from one. The server itself: tests/contract/registry.
#include "core/registry/mlflow_registry.h"
#include "tests/support/loopback_server.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

using namespace pilothouse;
using namespace pilothouse::registry;
using support::LoopbackServer;

class TestMlflowApi : public QObject {
    Q_OBJECT
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();

    Result<QJsonObject> ask(int status, const QByteArray &body, const QByteArray &headers = {}) {
        LoopbackServer server([&](auto &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(status, body, headers);
        });
        return MlflowApi(m_http, {server.url(""), {}, {}}).get(QStringLiteral("runs/get"), QUrlQuery(QStringLiteral("run_id=1")));
    }

private Q_SLOTS:
    void repliesAreToldApart_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("says"); // in what or hint
        const auto row = [](const char *name, int status, const char *body, ErrorKind kind, const char *says, const char *headers = "") {
            QTest::newRow(name) << status << QByteArray(body) << QByteArray(headers) << int(kind) << QString::fromUtf8(says);
        };
        row("a missing thing", 404, R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Run with id=1 not found"})", ErrorKind::NotFound, "id=1");
        row("a thing that is there comes as 400 and is a conflict", 400, R"({"error_code":"RESOURCE_ALREADY_EXISTS","message":"it exists"})", ErrorKind::Conflict, "exists");
        row("a parameter that would change is a conflict", 400, R"({"error_code":"INVALID_PARAMETER_VALUE","message":"Changing param values is not allowed. Params…"})", ErrorKind::Conflict, "written once");
        row("a page of a login with 200 is no MLflow", 200, "\n<!DOCTYPE html><html><body>Sign in</body></html>", ErrorKind::Invalid, "web page");
        row("a page of another server with 404 is no MLflow", 404, "<html><body>nginx</body></html>", ErrorKind::Invalid, "login page");
        row("a redirection to a login is no MLflow", 302, "", ErrorKind::Invalid, "login.example", "Location: https://login.example/oauth?x=1\r\n");
        row("cut JSON", 200, R"({"run":{"info")", ErrorKind::Invalid, "no JSON");
        row("a list", 200, "[1]", ErrorKind::Invalid, "no JSON");
        row("the security layer explains the name", 403, "Invalid Host header - possible DNS rebinding attack detected", ErrorKind::Denied, "--allowed-hosts");
        row("a refusal in plain text is told", 403, "Permission denied", ErrorKind::Denied, "Permission denied");
        row("no login", 401, "You are not authenticated", ErrorKind::Denied, "");
        row("a pause that is too long to wait for", 429, "", ErrorKind::Unreachable, "3600 s", "Retry-After: 3600\r\n");
        row("a proxy before a server that is gone", 502, "<html>Bad Gateway</html>", ErrorKind::Unreachable, "behind it");
        row("a thing that others changed", 409, R"({"error_code":"RESOURCE_CONFLICT","message":"x"})", ErrorKind::Conflict, "decide anew");
        row("a server in trouble", 500, R"({"error_code":"INTERNAL_ERROR","message":"database is locked"})", ErrorKind::Unreachable, "database is locked");
    }
    void repliesAreToldApart() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, headers);
        QFETCH(int, kind);
        QFETCH(QString, says);
        const auto reply = ask(status, body, headers);
        QVERIFY(!reply);
        QVERIFY2(int(reply.error().kind) == kind, qPrintable(reply.error().kindName() + QLatin1Char(' ') + reply.error().text()));
        QVERIFY2(reply.error().text().contains(says), qPrintable(reply.error().text()));
    }

    /// The value is asked for each call, so that a token may be renewed, and stands in no error.
    void theLoginIsSentAndNotTold() {
        QList<QByteArray> seen;
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
                seen << request;
                c.reply(401, "no");
            }
        });
        int asked = 0;
        const MlflowApi api(m_http, {server.url("/mlflow/"), {}, [&]() -> Result<QByteArray> { return "Bearer token-" + QByteArray::number(++asked); }});
        for (int i = 0; i < 2; ++i) {
            const auto reply = api.search(QStringLiteral("runs/search"), {});
            QCOMPARE(reply.error().kind, ErrorKind::Denied);
            QVERIFY(!reply.error().text().contains(QLatin1String("token-")) && !reply.error().raw.contains(QLatin1String("token-")));
        }
        QVERIFY(seen[0].startsWith("POST /mlflow/api/2.0/mlflow/runs/search "));
        QVERIFY(seen[0].contains("Authorization: Bearer token-1\r\n"));
        QVERIFY(seen[1].contains("Authorization: Bearer token-2\r\n"));
    }

    void aPageThatComesAgainAndAgainIsAnError() {
        int pages = 0;
        const auto page = [&](const QString &) -> Result<QJsonObject> {
            ++pages;
            return QJsonObject{{QStringLiteral("runs"), QJsonArray{QJsonObject()}}, {QStringLiteral("next_page_token"), QStringLiteral("x")}};
        };
        QVERIFY(!MlflowApi::eachItem(page, "runs", [](const QJsonObject &) { return true; }));
        QCOMPARE(pages, 2);
    }

    /// A circle of pages ends, too.
    void aCircleOfPagesIsAnError() {
        int pages = 0;
        const auto page = [&](const QString &) -> Result<QJsonObject> { return QJsonObject{{QStringLiteral("runs"), QJsonArray{}}, {QStringLiteral("next_page_token"), QString::number(pages++ % 3)}}; };
        QVERIFY(!MlflowApi::eachItem(page, "runs", [](const QJsonObject &) { return true; }));
        QCOMPARE(pages, 4);
    }

    /// JSON of another server is no model: a field that every MLflow gives is asked for.
    void aReplyWithoutItsPartIsAnError() {
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest())
                c.reply(200, R"({"status":"ok"})");
        });
        QTemporaryDir folder;
        const auto registry = mlflowRegistry(MlflowApi(m_http, {server.url(""), {}, {}}), folder.path());
        QCOMPARE(registry->model(QStringLiteral("t2m")).error().kind, ErrorKind::Invalid);
        QCOMPARE(registry->version(QStringLiteral("t2m"), 1).error().kind, ErrorKind::Invalid);
        QCOMPARE(registry->run(QStringLiteral("r")).error().kind, ErrorKind::Invalid);
        QVERIFY(!registry->createRun(QStringLiteral("e"), {}, QStringLiteral("ada")));
    }

    void versionsAreNumbersThatFit() {
        QCOMPARE(mlflowVersionNumber(QJsonValue(QStringLiteral("12"))), 12);
        for (const QJsonValue &value : {QJsonValue(QStringLiteral("99999999999999999999")), QJsonValue(1e18), QJsonValue(-1), QJsonValue(QStringLiteral("v3")), QJsonValue(), QJsonValue(QJsonObject())})
            QCOMPARE(mlflowVersionNumber(value), 0);
    }

    void aRunThatWasLeftBehindIsKnown() {
        const QDateTime now(QDate(2026, 11, 22), QTime(12, 0), Qt::UTC);
        Run run;
        run.started = now.addSecs(-25 * 3600);
        QVERIFY(looksDangling(run, now));
        QVERIFY(!looksDangling(run, now, 26));
        run.lastPoint = now.addSecs(-3600); // it writes still
        QVERIFY(!looksDangling(run, now));
        run.lastPoint = {};
        run.ended = now;
        QVERIFY(!looksDangling(run, now));
        run.ended = {};
        run.status = RunStatus::Killed;
        QVERIFY(!looksDangling(run, now));
        run.status = RunStatus::Running;
        run.started = {}; // the server says nothing at all
        QVERIFY(looksDangling(run, now));
    }

    /// A server may list what it likes: no name leads out of the folder.
    void namesThatLeadOutAreRefused_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("a parent") << QByteArray("..");
        QTest::newRow("a path") << QByteArray("../../x");
        QTest::newRow("an absolute path") << QByteArray("/etc/x");
        QTest::newRow("nothing") << QByteArray("");
    }
    void namesThatLeadOutAreRefused() {
        QFETCH(QByteArray, name);
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest())
                c.reply(200, request.contains("get-download-uri") ? QByteArray(R"({"artifact_uri":"mlflow-artifacts:/1/r/artifacts/m"})") : R"({"files":[{"path":")" + name + R"(","is_dir":false,"file_size":1}]})");
        });
        QTemporaryDir folder;
        Version version;
        version.model = QStringLiteral("t2m");
        version.version = 1;
        const auto fetched = mlflowRegistry(MlflowApi(m_http, {server.url(""), {}, {}}), folder.path())->packageFolder(version);
        QVERIFY(!fetched);
        QVERIFY2(fetched.error().kind == ErrorKind::Invalid && fetched.error().what.contains(QLatin1String("name")), qPrintable(fetched.error().text()));
    }

    void numbersAreReadAsMlflowWritesThem() {
        const double infinity = std::numeric_limits<double>::infinity();
        QVERIFY(std::isnan(mlflowNumber(QJsonValue(QStringLiteral("NaN")))));
        QCOMPARE(mlflowNumber(QJsonValue(QStringLiteral("Infinity"))), infinity);
        QCOMPARE(mlflowNumber(QJsonValue(QStringLiteral("-Infinity"))), -infinity);
        QCOMPARE(mlflowNumber(QJsonValue(1.7976931348623157e308)), infinity); // as its databases keep it
        QCOMPARE(mlflowNumber(QJsonValue(0.1)), 0.1);
        QVERIFY(std::isnan(mlflowNumber(QJsonValue())));
        for (const double value : {0.1, 1.0 / 3, infinity, -infinity})
            QCOMPARE(mlflowNumber(mlflowNumber(value)), value);
        QCOMPARE(mlflowInteger(QJsonValue(QStringLiteral("9007199254740993"))), 9007199254740993);
    }
};

QTEST_GUILESS_MAIN(TestMlflowApi)
#include "tst_mlflow_api.moc"

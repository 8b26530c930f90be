// SPDX-License-Identifier: GPL-3.0-or-later
// A connection with login: device, from the workspace to the calls: nobody has signed in, somebody signs in, the sign-in ends.
#include "app/estate/estate.h"
#include "app/estate/stand_ins.h"
#include "core/fleet/directory_login.h"
#include "core/fleet/pipeline_systems.h"
#include "tests/contract/pipelines/journal_bench.h"

#include <QTest>

using namespace pilothouse;
using support::said;

class TestAzureLogin : public QObject {
    Q_OBJECT

    std::unique_ptr<estate::Estate> m_estate;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    std::shared_ptr<secrets::SecretStore> m_secrets = secrets::memoryStore();

    workspace::Connection connection(const QString &login) const {
        workspace::Connection made;
        made.name = QStringLiteral("azure");
        made.kind = QStringLiteral("azureml");
        made.url = m_estate->url(QStringLiteral("azureml")) + QStringLiteral("/mlflow/v1.0/subscriptions/sub-1/resourceGroups/mlops-rg/providers/Microsoft.MachineLearningServices/workspaces/mlops-ws");
        made.other = {{QStringLiteral("tenant"), QStringLiteral("contoso.example")}, {QStringLiteral("client"), QStringLiteral("estate-client")}, {QStringLiteral("authority"), m_estate->url(QStringLiteral("azureml"))}};
        if (!login.isEmpty())
            made.other.insert(QStringLiteral("login"), login);
        return made;
    }
    Result<std::shared_ptr<pipelines::PipelineService>> opened(const workspace::Connection &of) const {
        PH_ASSIGN(pipelines::PipelineConnection parts, fleet::pipelineConnection({}, of, m_http, m_secrets, nullptr, std::make_shared<SystemClock>(), {}));
        return pipelines::openPipelines(std::move(parts));
    }

private Q_SLOTS:
    void initTestCase() {
        estate::EstateOptions options;
        options.ticks = false;
        auto started = estate::Estate::start(options, estate::makeStandIns({QStringLiteral("azureml"), QStringLiteral("blobs")}));
        QVERIFY2(started, started ? "" : qPrintable(started.error().text()));
        m_estate = *std::move(started);
    }
    void cleanupTestCase() { m_http->close(); }

    void aPersonSignsInAndTheSignInEnds() {
        const workspace::Connection of = connection(QStringLiteral("device"));
        QCOMPARE(fleet::signInSecret(of), QStringLiteral("azure-sign-in"));
        const auto service = opened(of);
        QVERIFY2(service, service ? "" : qPrintable(service.error().text()));
        const auto nobody = (*service)->runs({}, 5);
        QVERIFY(!nobody);
        QCOMPARE(nobody.error().kind, ErrorKind::Denied);
        QVERIFY2(nobody.error().what.contains(QStringLiteral("Nobody has signed in")) && nobody.error().hint.contains(QStringLiteral("pilot connect login azure")), qPrintable(nobody.error().text()));

        const auto client = fleet::directoryClientOf(of);
        QVERIFY(client);
        auto code = net::beginDeviceSignIn(*m_http, *client, SystemClock());
        QVERIFY2(code, code ? "" : qPrintable(code.error().text()));
        QVERIFY(code->page.endsWith(QStringLiteral("/devicelogin")) && !code->userCode.isEmpty());
        QVERIFY(m_estate->control(QStringLiteral("azureml"), QStringLiteral("sign_in"), {{QStringLiteral("user_code"), code->userCode}}).contains(QStringLiteral("signed_in")));
        code->seconds = 0; // it need not wait: the person was quick
        const auto refresh = net::finishDeviceSignIn(*m_http, *client, *code, SystemClock());
        QVERIFY2(refresh, refresh ? "" : qPrintable(refresh.error().text()));
        support::JournalBench bench;
        const auto outcome = bench.operations->run(fleet::signInOperation(of, m_secrets, *refresh));
        QVERIFY2(outcome.done, qPrintable(said(outcome)));
        QVERIFY(bench.text().contains("connection-sign-in") && !bench.text().contains(refresh->toUtf8()));

        const auto runs = (*service)->runs({}, 5);
        QVERIFY2(runs && !runs->empty(), runs ? "no runs" : qPrintable(runs.error().text()));
        QVERIFY(*m_secrets->read(QStringLiteral("azure-sign-in")) != *refresh); // each new token brings the next one

        m_estate->control(QStringLiteral("azureml"), QStringLiteral("sign_out"), {});
        const auto ended = (*service)->runs({}, 5);
        QVERIFY(!ended);
        QCOMPARE(ended.error().kind, ErrorKind::Denied);
        QVERIFY2(ended.error().what.contains(QStringLiteral("has run out")) && ended.error().hint.contains(QStringLiteral("pilot connect login azure")), qPrintable(ended.error().text()));
    }

    void anApplicationSignsInByItsSecret() {
        workspace::Connection of = connection(QStringLiteral("client"));
        of.secret = QStringLiteral("app");
        QVERIFY(m_secrets->write(QStringLiteral("app"), QStringLiteral("estate-secret")));
        const auto runs = (*opened(of))->runs({}, 5);
        QVERIFY2(runs, runs ? "" : qPrintable(runs.error().text()));
        QVERIFY(m_secrets->write(QStringLiteral("app"), QStringLiteral("wrong")));
        const auto refused = (*opened(of))->runs({}, 5);
        QVERIFY(!refused && refused.error().kind == ErrorKind::Denied);
        QVERIFY(!refused.error().text().contains(QStringLiteral("wrong")));
    }

    void aCodeThatNobodyEntersRunsOut() {
        const auto client = fleet::directoryClientOf(connection(QStringLiteral("device")));
        auto code = net::beginDeviceSignIn(*m_http, *client, SystemClock());
        QVERIFY(code);
        code->until = QDateTime::currentDateTimeUtc();
        QCOMPARE(net::finishDeviceSignIn(*m_http, *client, *code, SystemClock()).error().kind, ErrorKind::TimedOut);
    }

    void whatIsMissingIsNamed_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("tenant") << "tenant" << "";
        QTest::newRow("client") << "client" << "";
        QTest::newRow("another login") << "login" << "browser";
        QTest::newRow("another cloud") << "cloud" << "moon";
        QTest::newRow("an open directory") << "authority" << "http://login.example.org";
    }
    void whatIsMissingIsNamed() {
        QFETCH(QString, key);
        QFETCH(QString, value);
        workspace::Connection of = connection(QStringLiteral("device"));
        of.other.insert(key, value);
        const auto login = fleet::directoryLogin(of, m_http, m_secrets, std::make_shared<SystemClock>());
        QVERIFY(!login);
        QCOMPARE(login.error().kind, ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestAzureLogin)
#include "tst_azure_login.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// A server that says how long it wants to be left alone is asked less often, until then.
#include "core/pipelines/pipeline_connection.h"
#include "tests/support/loopback_server.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::pipelines;
using support::LoopbackServer;

class TestSlowSystems : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRestIsKept_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<int>("seconds");
        for (const char *kind : {"kubeflow", "azureml", "jenkins"}) {
            const auto row = [&](const char *what, int status, const char *after, int seconds) { QTest::newRow(qPrintable(QStringLiteral("%1, %2").arg(QLatin1String(kind), QLatin1String(what)))) << QString::fromLatin1(kind) << status << QByteArray(after) << seconds; };
            row("429 with seconds", 429, "120", 120);
            row("503 with seconds", 503, "90", 90);
            row("500 says nothing of it", 500, "120", 0);
            row("without a time", 429, "", 0);
            row("a day is an hour", 429, "86400", 3600);
            if (QByteArray(kind) != "jenkins")
                row("429 with a date", 429, "Thu, 01 Jan 2026 01:05:00 GMT", 300);
        }
    }
    void aRestIsKept() {
        QFETCH(QString, kind);
        QFETCH(int, status);
        QFETCH(QByteArray, after);
        QFETCH(int, seconds);
        LoopbackServer server([&](LoopbackServer::Connection &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(status, "{}", after.isEmpty() ? QByteArray() : "Retry-After: " + after + "\r\n");
        });
        const auto clock = std::make_shared<FixedClock>(QDateTime(QDate(2026, 1, 1), QTime(1, 0), Qt::UTC));
        PipelineConnection at;
        at.connection.name = at.connection.kind = kind;
        at.connection.url = server.url(kind == QLatin1String("azureml") ? "/mlflow/v1.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w" : "");
        at.http = std::make_shared<net::HttpClient>();
        at.clock = clock;
        at.secret = [](const QString &) -> Result<QString> { return QString(); };
        at.authorization = []() -> Result<QByteArray> { return QByteArray("Bearer t"); };
        const auto service = openPipelines(std::move(at));
        QVERIFY2(service, service ? "" : qPrintable(service.error().text()));
        const int usual = (*service)->pollSeconds();
        QVERIFY(!(*service)->runs({}, 5));
        QCOMPARE((*service)->pollSeconds(), std::max(usual, seconds));
        clock->advance(86401);
        QCOMPARE((*service)->pollSeconds(), usual);
    }
};

QTEST_GUILESS_MAIN(TestSlowSystems)
#include "tst_slow_systems.moc"

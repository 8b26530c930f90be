// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/telemetry/notifier.h"

#include "tests/support/loopback_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::telemetry;
using Q = QLatin1String;
using support::LoopbackServer;

namespace {
const QDateTime t0 = QDateTime::fromSecsSinceEpoch(1'763'800'000, Qt::UTC);

QJsonObject firing() {
    workspace::AlertRule rule;
    rule.name = QStringLiteral("t2m-mae");
    rule.model = QStringLiteral("t2m");
    rule.kind = workspace::AlertRule::Kind::Metric;
    rule.metric = QStringLiteral("mae");
    rule.above = 1.5;
    const AlertStatus status = evaluateAlert(rule, {1.8, t0.addSecs(-300), QStringLiteral("serving/t2m"), QStringLiteral("<500 rows>"), {}}, {}, t0);
    return alertMessage(QStringLiteral("weather"), rule, status, QStringLiteral("E"));
}
} // namespace

class tst_Notifier : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aSlackMessageCarriesValueLimitSourceAgeAndFix() {
        const QJsonObject slack = slackMessage(firing(), t0);
        const QString all = QString::fromUtf8(QJsonDocument(slack).toJson(QJsonDocument::Compact));
        for (const char *part : {"Firing: t2m-mae (t2m)", "mae 1.8, limit above 1.5", "serving/t2m", "measured 5 min ago", "pilot retrain run t2m", "pilot rollouts undo t2m", "pilot alerts silence t2m-mae --for 4h", "&lt;500 rows&gt;"})
            QVERIFY2(all.contains(Q(part)), part);
        QVERIFY(!slack.value(Q("text")).toString().isEmpty());
    }

    void aWebhookGetsTheFigures() {
        QByteArray got;
        LoopbackServer server([&](LoopbackServer::Connection &c, int) {
            got = c.readRequest();
            c.reply(204, "");
        });
        net::HttpClient http;
        const SendOutcome out = sendMessage(http, QStringLiteral("webhook"), server.url("/hook"), firing(), t0);
        QCOMPARE(int(out.what), int(SendOutcome::Sent));
        QVERIFY(got.startsWith("POST /hook "));
        QVERIFY(got.toLower().contains("idempotency-key: weather/t2m-mae/e/firing\r\n"));
        const QJsonObject body = QJsonDocument::fromJson(got.mid(got.indexOf("\r\n\r\n") + 4)).object();
        QCOMPARE(body.value(Q("value")).toDouble(), 1.8);
        QCOMPARE(body.value(Q("limit")).toString(), QStringLiteral("above 1.5"));
        QCOMPARE(body.value(Q("age_seconds")).toInt(), 300);
        QCOMPARE(body.value(Q("fixes")).toArray().size(), 3);
    }

    void whatTheReceiverSays_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<int>("what");
        QTest::addColumn<int>("wait");
        const auto row = [](const char *name, const char *kind, int status, const char *headers, SendOutcome::What what, int wait) { QTest::newRow(name) << QString::fromLatin1(kind) << status << QByteArray(headers) << int(what) << wait; };
        row("taken", "slack", 200, "", SendOutcome::Sent, -1);
        row("too many, with a time", "slack", 429, "Retry-After: 7\r\n", SendOutcome::Again, 7);
        row("too many, without one", "slack", 429, "", SendOutcome::Again, -1);
        row("broken", "slack", 500, "", SendOutcome::Again, -1);
        row("busy until a date", "webhook", 503, "Retry-After: Sat, 22 Nov 2025 08:27:40 GMT\r\n", SendOutcome::Again, 60);
        row("the channel is archived", "slack", 410, "", SendOutcome::Off, -1);
        row("the hook is revoked", "slack", 403, "", SendOutcome::Off, -1);
        row("a webhook that is gone", "webhook", 410, "", SendOutcome::Off, -1);
        row("a webhook that is not found is no end", "webhook", 404, "", SendOutcome::Failed, -1);
        row("a message that is not understood", "slack", 400, "", SendOutcome::Failed, -1);
    }
    void whatTheReceiverSays() {
        QFETCH(QString, kind);
        QFETCH(int, status);
        QFETCH(QByteArray, headers);
        QFETCH(int, what);
        QFETCH(int, wait);
        int requests = 0;
        LoopbackServer server([&](LoopbackServer::Connection &c, int) {
            while (!c.readRequest().isEmpty()) {
                ++requests;
                c.reply(status, "rate_limited", headers);
            }
        });
        net::HttpClient http;
        const SendOutcome out = sendMessage(http, kind, server.url("/services/T0/B0/SECRETPART"), firing(), t0);
        QCOMPARE(int(out.what), what);
        QCOMPARE(int(out.wait), wait);
        QVERIFY2(!out.problem.contains(Q("SECRETPART")), qPrintable(out.problem)); // the address is a secret
        QCOMPARE(requests, 1); // sent once: when it is sent again is not the client's to say
    }

    void aReceiverThatIsGoneIsTriedAgain() {
        net::HttpClient http;
        int port = 0;
        {
            const LoopbackServer server([](LoopbackServer::Connection &, int) {});
            port = server.port();
        }
        const SendOutcome out = sendMessage(http, QStringLiteral("slack"), QStringLiteral("http://127.0.0.1:%1/services/SECRETPART").arg(port), firing(), t0);
        QCOMPARE(int(out.what), int(SendOutcome::Again));
        QVERIFY(out.problem.contains(Q("could not be reached")) && !out.problem.contains(Q("SECRETPART")));
    }

    void waitsGrowAndEnd() {
        QCOMPARE(retryDelay(1), qint64(30));
        QCOMPARE(retryDelay(2), qint64(60));
        QCOMPARE(retryDelay(6), qint64(900));
        QCOMPARE(retryDelay(11), qint64(900));
        QCOMPARE(retryDelay(12), qint64(-1));
        QCOMPARE(retryAfterSeconds("", t0), qint64(-1));
        QCOMPARE(retryAfterSeconds("soon", t0), qint64(-1));
        QCOMPARE(retryAfterSeconds("999999999", t0), qint64(86400));
    }
};

QTEST_GUILESS_MAIN(tst_Notifier)
#include "tst_notifier.moc"

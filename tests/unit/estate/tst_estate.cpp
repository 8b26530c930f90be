// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/estate.h"
#include "app/estate/slack.h"
#include "app/estate/stand_ins.h"

#include "core/secrets/vault_client.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::estate;
using Q = QLatin1String;

class tst_Estate : public QObject {
    Q_OBJECT
    QTemporaryDir folder;
    std::unique_ptr<Estate> running;
    std::shared_ptr<net::HttpClient> http = std::make_shared<net::HttpClient>();

    void start() {
        EstateOptions options;
        options.folder = folder.path();
        options.speed = 0;
        options.ticks = false;
        auto started = Estate::start(options, makeStandIns());
        QVERIFY2(started, started ? "" : qPrintable(started.error().text()));
        running = std::move(*started);
    }
    net::Response send(const char *method, const QString &url, const QByteArray &body = {}, const QByteArray &login = {}) {
        net::Request request;
        request.method = method;
        request.url = url;
        request.body = body;
        if (!login.isEmpty())
            request.headers << net::Header{"Authorization", login};
        const auto reply = http->send(request, {});
        return reply ? *reply : net::Response{};
    }

private Q_SLOTS:
    void init() { start(); }
    void cleanup() { running.reset(); }

    void headersArriveOverHttp() {
        const QString url = running->url(QStringLiteral("jenkins")) + Q("/api/json");
        QCOMPARE(send("GET", url).status, 403);
        QCOMPARE(send("GET", url, {}, "Basic " + QByteArray("admin:token-of-admin").toBase64()).status, 200);
    }

    void faultsAndTheClockAreToldByControl() {
        const QString control = running->url(QStringLiteral("control")), grafana = running->url(QStringLiteral("grafana")) + Q("/api/health");
        QCOMPARE(send("POST", control + Q("/estate/grafana/answer"), "{\"status\":503,\"body\":\"<html>\",\"times\":1}").status, 200);
        QCOMPARE(send("GET", grafana).status, 503);
        QCOMPARE(send("GET", grafana).status, 200);
        const QDateTime before = running->clock().now();
        QCOMPARE(send("POST", control + Q("/estate/clock"), "{\"advance_seconds\":3600}").status, 200);
        QCOMPARE(before.secsTo(running->clock().now()), 3600);
        QCOMPARE(send("POST", control + Q("/estate/slack/nonsense"), "{}").status, 400);
    }

    void slackTakesAndRefuses() {
        const QString hook = running->url(QStringLiteral("slack")) + Q("/services/T000/B000/ESTATE");
        (void)running->control(QStringLiteral("slack"), QStringLiteral("limit"), {{Q("perSecond"), 0}});
        QCOMPARE(send("POST", hook, "{\"text\":\"hello\"}").body, QByteArray("ok"));
        QCOMPARE(send("POST", hook, "nonsense").status, 400);
        QCOMPARE(send("POST", hook + Q("X"), "{\"text\":\"hello\"}").status, 404);
        (void)running->control(QStringLiteral("slack"), QStringLiteral("limit"), {{Q("perSecond"), 1}});
        int status = 200;
        for (int i = 0; i < 6 && status == 200; ++i) {
            const net::Response reply = send("POST", hook, "{\"text\":\"again\"}");
            status = reply.status;
            if (status == 429)
                QVERIFY(reply.header("retry-after").toInt() >= 1);
        }
        QCOMPARE(status, 429);
        running.reset(); // what was taken is kept
        start();
        QCOMPARE(running->control(QStringLiteral("slack"), QStringLiteral("messages"), {})[Q("messages")].toArray().first()[Q("message")][Q("text")].toString(), QStringLiteral("hello"));
    }

    void grafanaAlertsWithoutData() {
        const QString alerts = running->url(QStringLiteral("grafana")) + Q("/api/alertmanager/grafana/api/v2/alerts");
        QCOMPARE(send("GET", alerts).status, 401);
        QCOMPARE(send("GET", alerts, {}, "Bearer glsa_estate").body, QByteArray("[]"));
        (void)running->control(QStringLiteral("grafana"), QStringLiteral("state"), {{Q("state"), QStringLiteral("Alerting")}});
        QVERIFY(send("GET", alerts, {}, "Bearer glsa_estate").body.contains("Iris No Data Alert"));
        QVERIFY(running->control(QStringLiteral("grafana"), QStringLiteral("state"), {{Q("state"), QStringLiteral("Odd")}}).contains(Q("error")));
    }

    void ourVaultClientReadsIt() {
        for (const char *login : {"token", "userpass", "approle"}) {
            secrets::VaultServer server;
            server.name = QStringLiteral("estate");
            server.url = running->url(QStringLiteral("vault"));
            server.login = QLatin1String(login);
            server.user = *login == 'u' ? QStringLiteral("ada") : QStringLiteral("estate-role");
            const QString secret = *login == 't' ? QStringLiteral("hvs.estate-root") : *login == 'u' ? QStringLiteral("PASSWORD-of-ada") : QStringLiteral("estate-secret");
            server.secret = [secret]() -> Result<QString> { return secret; };
            secrets::VaultClient client(server, http);
            const auto read = client.read(QStringLiteral("docker-hub"));
            QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
            QCOMPARE(read->values.value(QStringLiteral("username")), QStringLiteral("example"));
        }
        secrets::VaultServer server;
        server.name = QStringLiteral("estate");
        server.url = running->url(QStringLiteral("vault"));
        server.secret = []() -> Result<QString> { return QStringLiteral("hvs.estate-root"); };
        secrets::VaultClient client(server, http);
        QCOMPARE(*client.list({}), (QStringList{QStringLiteral("docker-hub"), QStringLiteral("weather/")}));
        QCOMPARE(client.write(QStringLiteral("docker-hub"), {{Q("password"), QStringLiteral("another-value")}}, 7).error().kind, ErrorKind::Conflict);
        QCOMPARE(*client.write(QStringLiteral("docker-hub"), {{Q("password"), QStringLiteral("another-value")}}, 1), 2);
        QVERIFY(client.remove(QStringLiteral("docker-hub"), 2));
        const auto gone = client.read(QStringLiteral("docker-hub"));
        QVERIFY(!gone && gone.error().kind == ErrorKind::NotFound && gone.error().hint.contains(Q("undelete"))); // 404 with its metadata
        (void)running->control(QStringLiteral("vault"), QStringLiteral("seal"), {});
        QCOMPARE(int(client.health()->state), int(secrets::VaultState::Sealed));
    }
};

QTEST_GUILESS_MAIN(tst_Estate)
#include "tst_estate.moc"

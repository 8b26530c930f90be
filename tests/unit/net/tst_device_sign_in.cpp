// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/device_sign_in.h"
#include "tests/support/loopback_server.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::net;
using support::LoopbackServer;

class TestDeviceSignIn : public QObject {
    Q_OBJECT
    std::shared_ptr<HttpClient> m_http = std::make_shared<HttpClient>();

    static DirectoryClient client(const LoopbackServer &server) {
        DirectoryClient of;
        of.authority = server.url("");
        of.tenant = QStringLiteral("contoso.example");
        of.client = QStringLiteral("11-22");
        of.scope = QStringLiteral("https://management.azure.com/.default");
        return of;
    }

private Q_SLOTS:
    void aPersonSignsInElsewhere() {
        std::atomic<int> asked = 0;
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request; !(request = c.readRequest()).isEmpty();)
                if (request.startsWith("POST /contoso.example/oauth2/v2.0/devicecode "))
                    c.reply(200, "{\"user_code\":\"ABCD\",\"device_code\":\"d\",\"verification_uri\":\"https://microsoft.com/devicelogin\",\"interval\":1,\"expires_in\":900}");
                else if (++asked == 1)
                    c.reply(400, "{\"error\":\"authorization_pending\"}");
                else
                    c.reply(200, "{\"access_token\":\"a\",\"refresh_token\":\"r\"}");
        });
        const auto code = beginDeviceSignIn(*m_http, client(server), SystemClock());
        QCOMPARE(code->userCode, QStringLiteral("ABCD"));
        QCOMPARE(*finishDeviceSignIn(*m_http, client(server), *code, SystemClock()), QStringLiteral("r"));
        QCOMPARE(asked.load(), 2);
    }
    void aNetworkThatIsAwayForAMomentIsWaitedFor() {
        std::atomic<int> asked = 0;
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request; !(request = c.readRequest()).isEmpty();)
                if (++asked == 1) {
                    c.breakOff();
                    c.halfClose();
                } else {
                    c.reply(200, "{\"access_token\":\"a\",\"refresh_token\":\"r\"}");
                }
        });
        DeviceCode code;
        code.device = QStringLiteral("d");
        code.seconds = 0;
        code.until = QDateTime::currentDateTimeUtc().addSecs(60);
        const auto refresh = finishDeviceSignIn(*m_http, client(server), code, SystemClock());
        QVERIFY2(refresh, refresh ? "" : qPrintable(refresh.error().text()));
        QCOMPARE(asked.load(), 2);
    }
    void aKeychainThatSaysNoDoesNotStopTheWork() {
        LoopbackServer server([&](auto &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(200, "{\"access_token\":\"a\",\"refresh_token\":\"two\",\"expires_in\":3600}");
        });
        const DeviceToken::Store store{[]() -> Result<QString> { return QStringLiteral("one"); }, [](const QString &) -> Result<void> { return Error{ErrorKind::Unreachable, QStringLiteral("no keychain"), {}, {}, {}}; }};
        DeviceToken token(m_http, client(server), store, QStringLiteral("azure"));
        QCOMPARE(*token.authorization(), QByteArray("Bearer a"));
    }
    void aNewerRefreshTokenIsKept() {
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request; !(request = c.readRequest()).isEmpty();)
                request.contains("refresh_token=one") ? c.reply(200, "{\"access_token\":\"a\",\"refresh_token\":\"two\",\"expires_in\":3600}") : c.reply(400, "{\"error\":\"invalid_grant\"}");
        });
        QString kept;
        const DeviceToken::Store store{[&]() -> Result<QString> { return kept; }, [&](const QString &newer) { kept = newer; return Result<void>(); }};
        DeviceToken token(m_http, client(server), store, QStringLiteral("azure"));
        QVERIFY(token.authorization().error().hint.contains(QStringLiteral("pilot connect login azure")));
        kept = QStringLiteral("one");
        QCOMPARE(*token.authorization(), QByteArray("Bearer a"));
        QCOMPARE(kept, QStringLiteral("two"));
        QCOMPARE(*token.authorization(), QByteArray("Bearer a"));
        token.forget();
        QCOMPARE(token.authorization().error().kind, ErrorKind::Denied);
    }
};

QTEST_GUILESS_MAIN(TestDeviceSignIn)
#include "tst_device_sign_in.moc"

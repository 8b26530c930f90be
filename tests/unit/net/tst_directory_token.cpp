// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/directory_token.h"
#include "tests/support/loopback_server.h"

#include <QTest>

#include <thread>

using namespace pilothouse;
using namespace pilothouse::net;
using support::LoopbackServer;

class TestDirectoryToken : public QObject {
    Q_OBJECT
    std::shared_ptr<HttpClient> m_http = std::make_shared<HttpClient>();
    std::shared_ptr<FixedClock> m_clock = std::make_shared<FixedClock>(QDateTime(QDate(2026, 1, 1), QTime(), Qt::UTC));

    DirectoryClient client(const QString &authority) const {
        return {authority, QStringLiteral("contoso.example"), QStringLiteral("11-22"), QStringLiteral("https://management.azure.com/.default"), {}, [] { return Result<QString>(QStringLiteral("p&ss=w+rd%")); }};
    }

private Q_SLOTS:
    void init() { m_clock->set(QDateTime(QDate(2026, 1, 1), QTime(), Qt::UTC)); }

    /// The form as RFC 6749 has it; kept until shortly before it expires, asked for anew when it was refused.
    void aTokenIsKeptUntilItIsOld() {
        QByteArray seen;
        std::atomic<int> asked = 0;
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request; !(request = c.readRequest()).isEmpty();) {
                seen = request;
                c.reply(200, "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"token-" + QByteArray::number(++asked) + "\"}");
            }
        });
        DirectoryToken token(m_http, client(server.url("")), m_clock);
        QCOMPARE(*token.authorization(), QByteArray("Bearer token-1"));
        QVERIFY2(seen.startsWith("POST /contoso.example/oauth2/v2.0/token "), seen.constData());
        QVERIFY(seen.contains("Content-Type: application/x-www-form-urlencoded\r\n"));
        QVERIFY2(seen.endsWith("grant_type=client_credentials&client_id=11-22&client_secret=p%26ss%3Dw%2Brd%25&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"), seen.constData());
        m_clock->advance(3600 - 301);
        QCOMPARE(*token.authorization(), QByteArray("Bearer token-1"));
        m_clock->advance(2);
        QCOMPARE(*token.authorization(), QByteArray("Bearer token-2"));
        token.forget();
        QCOMPARE(*token.authorization(), QByteArray("Bearer token-3"));
        QCOMPARE(asked.load(), 3);
    }

    void severalThatNeedOneAskOnce() {
        std::atomic<int> asked = 0;
        LoopbackServer server([&](auto &c, int) {
            while (!c.readRequest().isEmpty()) {
                ++asked;
                c.reply(200, R"({"expires_in":"600","access_token":"t"})");
            }
        });
        DirectoryToken token(m_http, client(server.url("")), m_clock);
        std::vector<std::thread> threads;
        std::atomic<int> good = 0;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] { good += token.authorization() ? 1 : 0; });
        for (auto &thread : threads)
            thread.join();
        QCOMPARE(good.load(), 8);
        QCOMPARE(asked.load(), 1);
    }

    void whatTheDirectorySaysIsExplained_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, int status, const char *number, ErrorKind kind, const char *says) {
            QTest::newRow(name) << status << "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS" + QByteArray(number) + ": Text of the service. Trace ID: 1 Correlation ID: 2\"}" << int(kind) << QString::fromUtf8(says);
        };
        row("a wrong secret", 401, "7000215", ErrorKind::Denied, "secret of application 11-22");
        row("an expired secret", 401, "7000222", ErrorKind::Denied, "has expired");
        row("an unknown application", 400, "700016", ErrorKind::NotFound, "contoso.example has no application 11-22");
        row("an unknown tenant", 400, "90002", ErrorKind::NotFound, "no tenant contoso.example");
        row("the wrong cloud", 400, "500011", ErrorKind::NotFound, "cloud");
        row("a rule", 400, "53003", ErrorKind::Denied, "conditional access");
        row("a number that is not explained", 400, "999999", ErrorKind::Denied, "Text of the service.");
        QTest::newRow("out of order") << 503 << QByteArray("<html>") << int(ErrorKind::Unreachable) << QStringLiteral("503");
        QTest::newRow("a web page") << 200 << QByteArray("<html>sign in</html>") << int(ErrorKind::Invalid) << QStringLiteral("no directory");
        QTest::newRow("sent elsewhere") << 302 << QByteArray() << int(ErrorKind::Invalid) << QStringLiteral("no directory");
        QTest::newRow("no token in it") << 200 << QByteArray("{}") << int(ErrorKind::Invalid) << QStringLiteral("no directory");
    }
    void whatTheDirectorySaysIsExplained() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(int, kind);
        QFETCH(QString, says);
        LoopbackServer server([&](auto &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(status, body);
        });
        const auto refused = DirectoryToken(m_http, client(server.url("")), m_clock).authorization();
        QVERIFY(!refused);
        QVERIFY2(int(refused.error().kind) == kind, qPrintable(refused.error().kindName() + QLatin1Char(' ') + refused.error().text()));
        QVERIFY2(refused.error().text().contains(says), qPrintable(refused.error().text()));
        QVERIFY(!refused.error().hint.isEmpty());
        QVERIFY(!(refused.error().text() + refused.error().raw).contains(QStringLiteral("w+rd")));
    }

    void aSecretTravelsEncryptedOnly() {
        for (const char *authority : {"http://login.example", "ftp://127.0.0.1", "", "http://127.0.0.1.example.org:1x"})
            QCOMPARE(int(DirectoryToken(m_http, client(QString::fromLatin1(authority)), m_clock).authorization().error().kind), int(ErrorKind::Invalid));
        QVERIFY(isSafeForSecrets(QStringLiteral("https://login.example")));
        QVERIFY(!isSafeForSecrets(QStringLiteral("http://127.example.org")));
        QVERIFY(!isSafeForSecrets(QStringLiteral("http://localhost.example.org")));
        auto other = client(QStringLiteral("https://127.0.0.1:1"));
        for (const char *tenant : {"", "../x", "a/b", "a?b"}) {
            other.tenant = QString::fromLatin1(tenant);
            QCOMPARE(int(DirectoryToken(m_http, other, m_clock).authorization().error().kind), int(ErrorKind::Invalid));
        }
        other = client(QStringLiteral("https://127.0.0.1:1"));
        other.secret = [] { return Result<QString>(notFound(QStringLiteral("no such secret"))); };
        QCOMPARE(int(DirectoryToken(m_http, other, m_clock).authorization().error().kind), int(ErrorKind::NotFound));
    }

    void everyCloudHasItsDirectory() {
        QCOMPARE(directoryCloud({})->authority, directoryCloud(QStringLiteral("public"))->authority);
        for (const char *name : {"public", "china", "usgovernment"})
            QVERIFY(isSafeForSecrets(directoryCloud(QString::fromLatin1(name))->authority));
        QVERIFY(directoryCloud(QStringLiteral("china"))->scope.contains(QStringLiteral("chinacloudapi.cn")));
        QVERIFY(!directoryCloud(QStringLiteral("private")));
    }
};

QTEST_GUILESS_MAIN(TestDirectoryToken)
#include "tst_directory_token.moc"

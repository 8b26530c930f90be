// SPDX-License-Identifier: GPL-3.0-or-later
// What a request shows and demands by its Tls, and proxies that it names. TLS is spoken by openssl's own server.
#include "core/net/http.h"
#include "tests/support/loopback_server.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace pilothouse;
using namespace pilothouse::net;
using support::LoopbackServer;

namespace {

/// Keys and certificates of an authority of its own.
class Authority {
public:
    Authority() {
        openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=test-ca"});
    }
    void issue(const char *name, const char *subject, const char *alternative) {
        const QByteArray key = QByteArray(name) + ".key", request = QByteArray(name) + ".csr", certificate = QByteArray(name) + ".crt", extensions = QByteArray(name) + ".ext";
        QFile file(path(extensions));
        if (!file.open(QIODevice::WriteOnly) || file.write(QByteArray("basicConstraints=CA:FALSE\n") + alternative) < 0)
            qFatal("no extensions");
        file.close();
        openssl({"req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key.constData(), "-out", request.constData(), "-subj", subject});
        openssl({"x509", "-req", "-in", request.constData(), "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", extensions.constData(), "-out", certificate.constData()});
    }
    QString path(const QByteArray &name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    QByteArray pem(const char *name) const {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private:
    void openssl(std::initializer_list<const char *> words) {
        QStringList arguments;
        for (const char *word : words)
            arguments << QString::fromLatin1(word);
        QProcess process;
        process.setWorkingDirectory(m_folder.path());
        process.start(QStringLiteral("openssl"), arguments);
        if (!process.waitForFinished(30000) || process.exitCode() != 0)
            qFatal("openssl: %s", process.readAllStandardError().constData());
    }
    QTemporaryDir m_folder;
};

/// openssl s_server on a port of its own.
class TlsServer {
public:
    TlsServer(const Authority &authority, const QStringList &more) {
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(QStringLiteral("openssl"), QStringList{QStringLiteral("s_server"), QStringLiteral("-accept"), QStringLiteral("127.0.0.1:0"), QStringLiteral("-key"), authority.path("server.key"),
                                                               QStringLiteral("-cert"), authority.path("server.crt"), QStringLiteral("-CAfile"), authority.path("ca.crt")} + more);
        while (!said.contains("ACCEPT 127.0.0.1:") && m_process.waitForReadyRead(10000))
            said += m_process.readAll();
        const qsizetype at = said.indexOf("ACCEPT 127.0.0.1:");
        m_port = at < 0 ? 0 : said.mid(at + 17, said.indexOf('\n', at) - at - 17).trimmed().toInt();
    }
    ~TlsServer() {
        m_process.kill();
        m_process.waitForFinished();
    }
    QString url() const { return QStringLiteral("https://127.0.0.1:%1/").arg(m_port); }
    int port() const { return m_port; }
    QProcess &process() { return m_process; }
    QByteArray said;

private:
    QProcess m_process;
    int m_port = 0;
};

Request get(const QString &url, Tls tls) {
    Request request;
    request.url = url;
    request.tls = std::make_shared<const Tls>(std::move(tls));
    return request;
}

/// A SOCKS 5 proxy (RFC 1928) for one connection, which answers the HTTP request itself.
class SocksServer {
public:
    SocksServer() : m_server([this](LoopbackServer::Connection &c, int) {
        const QByteArray hello = c.readSome(2);
        c.readSome(hello[1]); // methods
        c.write(QByteArray("\x05\x00", 2));
        const QByteArray head = c.readSome(5);
        asked = c.readSome(head[4]);
        c.readSome(2);
        c.write(QByteArray("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", 10));
        c.readRequest();
        c.reply(200, "through");
    }) {}
    int port() const { return m_server.port(); }
    QByteArray asked; ///< the host, as it was asked for

private:
    LoopbackServer m_server;
};

} // namespace

class tst_HttpTls : public QObject {
    Q_OBJECT
    std::unique_ptr<Authority> m_authority;

private Q_SLOTS:
    void initTestCase() {
        if (QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty())
            QSKIP("skipped: openssl is not installed");
        m_authority = std::make_unique<Authority>();
        m_authority->issue("server", "/CN=server", "subjectAltName=DNS:api.test,DNS:other.test");
        m_authority->issue("near", "/CN=near", "subjectAltName=IP:127.0.0.1");
        m_authority->issue("jane", "/O=ops/CN=jane", "");
        m_authority->issue("joe", "/O=ops/CN=joe", "");
    }

    /// The name is that of the certificate; the address and the Host header stay the server's own.
    void aServerIsKnownByItsCertificatesName() {
        TlsServer server(*m_authority, {});
        QVERIFY(server.port());
        HttpClient client;
        Tls tls;
        tls.caPem = m_authority->pem("ca.crt");
        const auto unnamed = client.send(get(server.url(), tls));
        QVERIFY(!unnamed);
        QVERIFY2(unnamed.error().what.contains(QLatin1String("not trusted")), qPrintable(unnamed.error().text()));
        tls.serverName = QStringLiteral("wrong.test");
        const auto wrong = client.send(get(server.url(), tls));
        QVERIFY(!wrong);
        QVERIFY2(wrong.error().hint.contains(QLatin1String("wrong.test")), qPrintable(wrong.error().text()));
        tls.serverName = QStringLiteral("api.test");
        Result<Response> reply = cancelled();
        std::thread caller([&] { reply = client.send(get(server.url() + QStringLiteral("a%2Fb?x=%20y"), tls)); });
        QByteArray &said = server.said;
        while (!said.contains("\r\n\r\n") && server.process().waitForReadyRead(10000))
            said += server.process().readAll();
        server.process().write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello\n");
        server.process().waitForBytesWritten();
        caller.join();
        QVERIFY2(reply, reply ? "" : qPrintable(reply.error().text() + reply.error().raw));
        QCOMPARE(reply->body, QByteArray("hello"));
        QVERIFY2(said.contains("GET /a%2Fb?x=%20y HTTP/1.1\r\n"), said.constData());
        QVERIFY2(said.contains("Host: 127.0.0.1:" + QByteArray::number(server.port()) + "\r\n"), said.constData());
    }
    void anAuthorityReplacesTheSystems() {
        Authority other;
        TlsServer server(*m_authority, {QStringLiteral("-www")});
        HttpClient client;
        Tls tls;
        tls.serverName = QStringLiteral("api.test");
        tls.caPem = other.pem("ca.crt");
        QVERIFY(!client.send(get(server.url(), tls)));
        tls.caPem = m_authority->pem("ca.crt");
        const auto reply = client.send(get(server.url(), tls));
        QVERIFY2(reply, reply ? "" : qPrintable(reply.error().text() + reply.error().raw));
        tls.caPem.clear(); // the system's
        QVERIFY(!client.send(get(server.url(), tls)));
    }
    void onlyWhoSaysSoLooksAway() {
        TlsServer server(*m_authority, {QStringLiteral("-www")});
        HttpClient client;
        Tls tls;
        tls.insecure = true;
        const auto reply = client.send(get(server.url(), tls));
        QVERIFY2(reply, reply ? "" : qPrintable(reply.error().text()));
        QVERIFY(!client.send(get(server.url(), Tls()))); // not by the connection that stands already
    }
    /// One client, one server, three identities: each gets its own answer, also after another had a connection first.
    void identitiesDoNotShareConnections() {
        TlsServer server(*m_authority, {QStringLiteral("-www"), QStringLiteral("-verify"), QStringLiteral("1")});
        HttpClient client;
        Tls none, jane, joe;
        none.caPem = jane.caPem = joe.caPem = m_authority->pem("ca.crt");
        none.serverName = jane.serverName = joe.serverName = QStringLiteral("api.test");
        jane.certPem = m_authority->pem("jane.crt");
        jane.keyPem = m_authority->pem("jane.key");
        joe.certPem = m_authority->pem("joe.crt");
        joe.keyPem = m_authority->pem("joe.key");
        for (int round = 0; round < 2; ++round)
            for (const auto &[tls, name] : {std::pair(&jane, "jane\n"), std::pair(&joe, "joe\n"), std::pair(&none, "no client certificate available")}) {
                const auto reply = client.send(get(server.url(), *tls));
                QVERIFY2(reply, reply ? "" : qPrintable(reply.error().text() + reply.error().raw));
                QVERIFY2(reply->body.contains(name), reply->body.constData());
            }
    }
    void whatCannotBeUsedIsSaidBeforehand() {
        HttpClient client;
        Tls tls;
        tls.certPem = "-----BEGIN CERTIFICATE-----";
        QCOMPARE(client.send(get(QStringLiteral("https://127.0.0.1:1/"), tls)).error().what, QStringLiteral("There is a client certificate without its key."));
        tls.keyPem = "c2VjcmV0";
        const auto notPem = client.send(get(QStringLiteral("https://127.0.0.1:1/"), tls));
        QVERIFY(notPem.error().what.contains(QLatin1String("client key is not in PEM form")));
        QVERIFY(!notPem.error().text().contains(QLatin1String("c2VjcmV0")));
        Tls named;
        named.serverName = QStringLiteral("a b");
        QCOMPARE(client.send(get(QStringLiteral("https://127.0.0.1:1/"), named)).error().kind, ErrorKind::Invalid);
        Request request;
        request.url = QStringLiteral("http://127.0.0.1:1/");
        request.proxy = QStringLiteral("ftp://proxy:1");
        QCOMPARE(client.send(request).error().kind, ErrorKind::Invalid);
    }

    /// A proxy that the request names is meant, also for this machine and against NO_PROXY.
    void aProxyThatIsNamedIsUsed() {
        QByteArray line;
        LoopbackServer proxy([&](auto &c, int) {
            line = c.readRequest();
            c.reply(200, "proxied");
        });
        qputenv("NO_PROXY", "*");
        HttpClient client;
        Request request;
        request.url = QStringLiteral("http://127.0.0.1:9/x");
        request.proxy = proxy.url("");
        const auto reply = client.send(request);
        qunsetenv("NO_PROXY");
        QVERIFY2(reply, reply ? "" : qPrintable(reply.error().text()));
        QCOMPARE(reply->body, QByteArray("proxied"));
        QVERIFY2(line.startsWith("GET http://127.0.0.1:9/x HTTP/1.1\r\n"), line.constData());
    }
    void aProxyThatRefusesIsNamedWithoutItsPassword() {
        LoopbackServer proxy([](auto &c, int) {
            c.readRequest();
            c.reply(403, "no");
        });
        HttpClient client;
        Request request = get(QStringLiteral("https://cluster.test:6443/"), {});
        request.proxy = QStringLiteral("http://jane:hunter22@127.0.0.1:%1").arg(proxy.port());
        const auto reply = client.send(request);
        QVERIFY(!reply);
        QCOMPARE(reply.error().kind, ErrorKind::Denied);
        QVERIFY2(reply.error().what.contains(QLatin1String("403")) && reply.error().what.contains(QStringLiteral("127.0.0.1:%1").arg(proxy.port())), qPrintable(reply.error().text()));
        QVERIFY(!(reply.error().text() + reply.error().raw).contains(QLatin1String("hunter22")));
    }
    void aSocksProxyLooksTheNameUp() {
        SocksServer proxy;
        HttpClient client;
        Request request;
        request.url = QStringLiteral("http://only.behind.it.test/");
        request.proxy = QStringLiteral("socks5://127.0.0.1:%1").arg(proxy.port());
        const auto reply = client.send(request);
        QVERIFY2(reply, reply ? "" : qPrintable(reply.error().text() + reply.error().raw));
        QCOMPARE(reply->body, QByteArray("through"));
        QCOMPARE(proxy.asked, QByteArray("only.behind.it.test"));
    }
};

QTEST_GUILESS_MAIN(tst_HttpTls)
#include "tst_http_tls.moc"

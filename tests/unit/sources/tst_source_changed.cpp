// SPDX-License-Identifier: GPL-3.0-or-later
// When a source was last changed, asked of a file, a web server and an S3 store without fetching it.
#include "core/base/file.h"
#include "core/sources/source_changed.h"
#include "tests/support/loopback_server.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::sources;
using support::LoopbackServer;

namespace {

const QDateTime changed(QDate(2026, 3, 2), QTime(7, 8, 9), Qt::UTC);

Access access(const QString &store = {}) {
    Access access;
    access.workspace.emplace();
    if (!store.isEmpty()) {
        workspace::Connection c;
        c.name = QStringLiteral("store");
        c.kind = QStringLiteral("s3");
        c.url = store;
        c.secret = QStringLiteral("key");
        c.other.insert(QStringLiteral("access_key"), QStringLiteral("AKID"));
        access.workspace->connections.insert(c.name, c);
    }
    access.secrets = secrets::memoryStore({{QStringLiteral("key"), QStringLiteral("value")}});
    access.http = std::make_shared<net::HttpClient>();
    return access;
}

} // namespace

class tst_SourceChanged : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aFileHasItsTime() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("a.csv"));
        QCOMPARE(sourceChanged({path, {}, {}}, {}).error().kind, ErrorKind::NotFound);
        QVERIFY(writeFileAtomically(path, "x\n"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadWrite) && file.setFileTime(changed, QFileDevice::FileModificationTime));
        QCOMPARE(*sourceChanged({path, {}, {}}, {}), changed);
    }

    void aWebServerIsAskedForOneByte() {
        std::atomic<qint64> sent{0};
        LoopbackServer server([&](LoopbackServer::Connection &peer, int) {
            const QByteArray request = peer.readRequest();
            if (request.startsWith("GET /moved "))
                return void(peer.write("HTTP/1.1 302 Found\r\nLocation: /data.csv\r\nContent-Length: 0\r\n\r\n"));
            if (request.startsWith("GET /silent "))
                return void(peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"));
            if (request.startsWith("GET /round "))
                return void(peer.write("HTTP/1.1 302 Found\r\nLocation: /round\r\nContent-Length: 0\r\n\r\n"));
            if (!request.startsWith("GET /data.csv ") || !request.toLower().contains("range: bytes=0-0"))
                return void(peer.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
            // one that does not know ranges and sends it all
            if (!peer.write("HTTP/1.1 200 OK\r\nLast-Modified: Mon, 02 Mar 2026 07:08:09 GMT\r\nContent-Length: 1000000000\r\n\r\n"))
                return;
            const QByteArray block(1 << 16, 'x');
            while (sent < (qint64(1) << 28) && peer.write(block))
                sent += block.size();
        });
        const auto of = [&](const char *path) { return sourceChanged({server.url(path), {}, {}}, access()); };
        const auto found = of("/data.csv");
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE(*found, changed);
        QVERIFY2(sent < (qint64(1) << 28), "all of it was fetched");
        QCOMPARE(*of("/moved"), changed);
        QVERIFY(of("/silent").error().text().contains(QStringLiteral("does not say when")));
        QCOMPARE(of("/nothing").error().kind, ErrorKind::NotFound);
        QCOMPARE(of("/round").error().kind, ErrorKind::Unreachable);
    }

    void anObjectOfAStoreIsAskedByHead() {
        LoopbackServer server([&](LoopbackServer::Connection &peer, int) {
            const QByteArray request = peer.readRequest();
            if (request.startsWith("HEAD /bucket/data.csv "))
                peer.write("HTTP/1.1 200 OK\r\nETag: \"abc\"\r\nLast-Modified: Mon, 02 Mar 2026 07:08:09 GMT\r\nContent-Length: 12345\r\n\r\n");
            else
                peer.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        });
        const auto found = sourceChanged({QStringLiteral("s3://bucket/data.csv"), {}, {}}, access(server.url("")));
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE(*found, changed);
        QCOMPARE(sourceChanged({QStringLiteral("s3://bucket/other.csv"), {}, {}}, access(server.url(""))).error().kind, ErrorKind::NotFound);
    }

    void ofDvcItIsNotKnownAndThatIsSaid() {
        const auto asked = sourceChanged({QStringLiteral("dvc:data.csv"), {}, {}}, access());
        QVERIFY(!asked && asked.error().hint.contains(QStringLiteral("data_changed")));
    }
};

QTEST_GUILESS_MAIN(tst_SourceChanged)
#include "tst_source_changed.moc"

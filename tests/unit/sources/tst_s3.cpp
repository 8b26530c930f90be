// SPDX-License-Identifier: GPL-3.0-or-later
// S3 requests against a server that checks their signatures by the specification (Signature Version 4, written here a second time).
#include "core/sources/s3.h"
#include "core/sources/s3_xml.h"
#include "core/base/hash.h"
#include "tests/support/loopback_server.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <algorithm>
#include <mutex>

using namespace pilothouse;
using namespace pilothouse::sources;
using support::LoopbackServer;

namespace {

const QByteArray secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

struct Seen {
    QByteArray method, target, body;
    QMap<QByteArray, QByteArray> headers; ///< lower-case names, sorted
};

Seen parsed(const QByteArray &request) {
    Seen seen;
    const qsizetype end = request.indexOf("\r\n\r\n");
    const QList<QByteArray> lines = request.left(end).replace("\r\n", "\n").split('\n');
    seen.method = lines[0].split(' ')[0];
    seen.target = lines[0].split(' ').value(1);
    for (qsizetype i = 1; i < lines.size(); ++i)
        seen.headers.insert(lines[i].left(lines[i].indexOf(':')).toLower(), lines[i].mid(lines[i].indexOf(':') + 1).trimmed());
    seen.body = request.mid(end + 4);
    return seen;
}

/// The signature that this request must carry, by the specification's steps; the query must come sorted and encoded.
QByteArray signatureOf(const Seen &seen, const QByteArray &region) {
    const QByteArray authorization = seen.headers.value("authorization");
    const auto field = [&](const QByteArray &name) {
        const qsizetype at = authorization.indexOf(name + '=') + name.size() + 1;
        const qsizetype end = authorization.indexOf(',', at);
        return authorization.mid(at, end < 0 ? -1 : end - at).trimmed();
    };
    const QByteArray names = field("SignedHeaders"), time = seen.headers.value("x-amz-date"), day = time.left(8);
    QByteArray headers;
    for (const QByteArray &name : names.split(';'))
        headers += name + ':' + seen.headers.value(name).simplified() + '\n';
    const qsizetype mark = seen.target.indexOf('?');
    QByteArrayList query = mark < 0 ? QByteArrayList() : seen.target.mid(mark + 1).split('&');
    std::sort(query.begin(), query.end());
    const QByteArray payload = sha256Hex(seen.body).toLatin1();
    const QByteArray canonical = seen.method + '\n' + (mark < 0 ? seen.target : seen.target.left(mark)) + '\n' + query.join('&') + '\n' + headers + '\n' + names + '\n' + payload;
    const QByteArray scope = day + '/' + region + "/s3/aws4_request";
    const QByteArray text = "AWS4-HMAC-SHA256\n" + time + '\n' + scope + '\n' + sha256Hex(canonical).toLatin1();
    const QByteArray key = hmacSha256(hmacSha256(hmacSha256(hmacSha256("AWS4" + secret, day), region), "s3"), "aws4_request");
    return hmacSha256(key, text).toHex();
}

S3Client clientOf(const LoopbackServer &server, const QString &region = QStringLiteral("us-east-1")) {
    S3Endpoint endpoint;
    endpoint.url = server.url("");
    endpoint.region = region;
    endpoint.credentials = {QStringLiteral("AKIDEXAMPLE"), QString::fromLatin1(secret), {}};
    return S3Client(std::make_shared<net::HttpClient>(), endpoint);
}

QByteArray listPage(const QByteArrayList &keys, const QByteArray &next = {}) {
    QByteArray xml = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>" + QByteArray(next.isEmpty() ? "false" : "true") + "</IsTruncated><EncodingType>url</EncodingType>";
    for (const QByteArray &key : keys)
        xml += "<Contents><Key>" + key + "</Key><LastModified>2026-11-21T15:00:00.000Z</LastModified><ETag>&quot;abc&quot;</ETag><Size>3</Size></Contents>";
    return xml + (next.isEmpty() ? QByteArray() : "<NextContinuationToken>" + next + "</NextContinuationToken>") + "</ListBucketResult>";
}

QString writtenFile(const QTemporaryDir &folder, qint64 bytes) {
    QFile file(folder.filePath(QStringLiteral("data.bin")));
    if (!file.open(QIODevice::WriteOnly))
        return {};
    QByteArray all(bytes, Qt::Uninitialized);
    for (qint64 i = 0; i < bytes; ++i)
        all[i] = char(i * 31 + i / 1000);
    file.write(all);
    return file.fileName();
}

/// An S3 server that takes multipart uploads, and breaks where a test says.
struct UploadServer {
    std::mutex mutex;
    QMap<int, QByteArray> parts;
    QByteArray whole;
    int begun = 0, aborted = 0, completed = 0, partsTaken = 0;
    int refusePart = 0;               ///< answers 403 to this part
    int dropPart = 0;                 ///< closes the connection at this part
    std::stop_source *stopAtPart = nullptr; ///< stops the caller at the second part
    bool errorInside200 = false, loseCompletion = false;
    LoopbackServer server{[this](auto &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest())
            if (!answer(c, parsed(request)))
                return;
    }};

    bool answer(LoopbackServer::Connection &c, const Seen &seen) {
        const std::lock_guard lock(mutex);
        if (seen.method == "POST" && seen.target.endsWith("?uploads=")) {
            ++begun;
            return c.reply(200, "<InitiateMultipartUploadResult><UploadId>up+1/=</UploadId></InitiateMultipartUploadResult>");
        }
        if (seen.method == "PUT" && seen.target.contains("partNumber=")) {
            const int number = seen.target.mid(seen.target.indexOf("partNumber=") + 11).split('&')[0].toInt();
            if (number == refusePart)
                return c.reply(403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>");
            if (number == dropPart)
                return false;
            if (number == 2 && stopAtPart)
                stopAtPart->request_stop();
            parts.insert(number, seen.body);
            ++partsTaken;
            Hasher md5(Hasher::Kind::Md5);
            md5.add(seen.body);
            return c.reply(200, {}, "ETag: \"" + md5.hex().toLatin1() + "\"\r\n");
        }
        if (seen.method == "POST" && seen.target.contains("uploadId=up%2B1%2F%3D")) {
            if (errorInside200)
                return c.reply(200, "<Error><Code>InternalError</Code><Message>try again</Message></Error>");
            ++completed;
            whole.clear();
            for (const QByteArray &part : parts)
                whole += part;
            return loseCompletion ? false : c.reply(200, "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>");
        }
        if (seen.method == "DELETE") {
            ++aborted;
            return c.reply(204, {});
        }
        if (seen.method == "HEAD" && !whole.isEmpty()) {
            QByteArray sums;
            for (const QByteArray &part : parts) {
                Hasher md5(Hasher::Kind::Md5);
                md5.add(part);
                sums += md5.raw();
            }
            Hasher md5(Hasher::Kind::Md5);
            md5.add(sums);
            return c.write("HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(whole.size()) + "\r\nETag: \"" + md5.hex().toLatin1() + '-' + QByteArray::number(parts.size()) + "\"\r\n\r\n");
        }
        return c.reply(404, {});
    }
};

} // namespace

class tst_S3 : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSignatureIsTheSpecifications_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("version");
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("a plain key") << "data/train.csv" << "" << QByteArray("/bucket/data/train.csv");
        QTest::newRow("a space, a plus and an equals sign") << "a b+c=d.csv" << "" << QByteArray("/bucket/a%20b%2Bc%3Dd.csv");
        QTest::newRow("letters beyond ASCII") << QString::fromUtf8("größe/データ.csv") << "" << QByteArray("/bucket/gr%C3%B6%C3%9Fe/%E3%83%87%E3%83%BC%E3%82%BF.csv");
        QTest::newRow("per cent, hash, question mark, brackets") << "100%#?[x](y)*'!.csv" << "" << QByteArray("/bucket/100%25%23%3F%5Bx%5D%28y%29%2A%27%21.csv");
        QTest::newRow("dots and slashes of all kinds") << "a..b/.c//d" << "" << QByteArray("/bucket/a..b/.c//d");
        QTest::newRow("a version with odd characters") << "a.csv" << "v+/=1" << QByteArray("/bucket/a.csv?versionId=v%2B%2F%3D1");
    }
    void theSignatureIsTheSpecifications() {
        QFETCH(QString, key);
        QFETCH(QString, version);
        QFETCH(QByteArray, target);
        Seen seen;
        LoopbackServer server([&](auto &c, int) {
            seen = parsed(c.readRequest());
            c.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"e\"\r\nLast-Modified: Sat, 21 Nov 2026 15:00:00 GMT\r\nx-amz-version-id: 7\r\n\r\n");
        });
        const auto object = clientOf(server, QStringLiteral("eu-central-1")).head({QStringLiteral("bucket"), key}, version);
        QVERIFY2(object, object ? "" : qPrintable(object.error().text()));
        QCOMPARE(seen.target, target);
        QCOMPARE(seen.headers.value("x-amz-content-sha256"), sha256Hex({}).toLatin1());
        QVERIFY(seen.headers.value("authorization").contains("Credential=AKIDEXAMPLE/"));
        QVERIFY2(seen.headers.value("authorization").endsWith("Signature=" + signatureOf(seen, "eu-central-1")), seen.headers.value("authorization"));
        QCOMPARE(object->etag, QStringLiteral("e"));
        QCOMPARE(object->bytes, 5);
        QCOMPARE(object->versionId, QStringLiteral("7"));
        QCOMPARE(object->lastModified, QDateTime(QDate(2026, 11, 21), QTime(15, 0), Qt::UTC));
    }
    void aKeyThatAClientWouldChangeIsRefused() {
        LoopbackServer server([&](auto &c, int) { c.readRequest(); });
        for (const char *key : {"a/../b", "../b", "a/.", "a/./b"}) {
            const auto object = clientOf(server).head({QStringLiteral("bucket"), QLatin1String(key)});
            QVERIFY2(!object, key);
            QCOMPARE(object.error().kind, ErrorKind::Invalid);
        }
        QCOMPARE(server.connections(), 0);
    }
    void aBodyIsSignedAndATokenSent() {
        Seen seen;
        LoopbackServer server([&](auto &c, int) {
            seen = parsed(c.readRequest());
            c.reply(200, {}, "ETag: \"e1\"\r\n");
        });
        S3Endpoint endpoint = clientOf(server).endpoint();
        endpoint.credentials.sessionToken = QStringLiteral("TOKEN");
        const auto written = S3Client(std::make_shared<net::HttpClient>(), endpoint).put({QStringLiteral("bucket"), QStringLiteral("k")}, "hello");
        QVERIFY(written);
        QCOMPARE(seen.body, QByteArray("hello"));
        QCOMPARE(seen.headers.value("x-amz-content-sha256"), sha256Hex("hello").toLatin1());
        QCOMPARE(seen.headers.value("x-amz-security-token"), QByteArray("TOKEN"));
        QVERIFY(seen.headers.value("authorization").endsWith("Signature=" + signatureOf(seen, "us-east-1")));
        QVERIFY(!seen.headers.value("authorization").contains(secret));
    }
    void withoutCredentialsNothingIsSigned() {
        Seen seen;
        LoopbackServer server([&](auto &c, int) {
            seen = parsed(c.readRequest());
            c.reply(200, listPage({}));
        });
        S3Endpoint endpoint;
        endpoint.url = server.url("");
        QVERIFY(S3Client(std::make_shared<net::HttpClient>(), endpoint).list(QStringLiteral("open-data")));
        QVERIFY(!seen.headers.contains("authorization"));
    }
    void aListingReadsAllPagesAndDecodesKeys() {
        QList<Seen> seen;
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
                seen << parsed(request);
                c.reply(200, seen.size() == 1 ? listPage({"a+b.csv", "plus%2B.csv"}, "next/+=") : listPage({"gr%C3%B6%C3%9Fe.csv"}));
            }
        });
        const auto objects = clientOf(server).list(QStringLiteral("bucket"), QStringLiteral("p q"));
        QVERIFY2(objects, objects ? "" : qPrintable(objects.error().text()));
        QCOMPARE(objects->size(), 3u);
        QCOMPARE(objects->at(0).key, QStringLiteral("a b.csv"));
        QCOMPARE(objects->at(1).key, QStringLiteral("plus+.csv"));
        QCOMPARE(objects->at(2).key, QString::fromUtf8("größe.csv"));
        QCOMPARE(objects->at(0).etag, QStringLiteral("abc"));
        QCOMPARE(seen[0].target, QByteArray("/bucket/?encoding-type=url&list-type=2&prefix=p%20q"));
        QCOMPARE(seen[1].target, QByteArray("/bucket/?continuation-token=next%2F%2B%3D&encoding-type=url&list-type=2&prefix=p%20q"));
        QVERIFY(seen[1].headers.value("authorization").endsWith("Signature=" + signatureOf(seen[1], "us-east-1")));
    }
    void aListingThatNeverEndsIsStopped() {
        LoopbackServer server([&](auto &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(200, listPage({"a"}, "same"));
        });
        const auto objects = clientOf(server).list(QStringLiteral("bucket"));
        QVERIFY(!objects);
        QCOMPARE(objects.error().kind, ErrorKind::Invalid);
    }
    void versionsComeNewestFirstAndOnlyOfTheKey() {
        LoopbackServer server([&](auto &c, int) {
            c.readRequest();
            c.reply(200, "<ListVersionsResult><IsTruncated>false</IsTruncated>"
                         "<Version><Key>a</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest><LastModified>2026-11-01T00:00:00.000Z</LastModified><Size>1</Size></Version>"
                         "<DeleteMarker><Key>a</Key><VersionId>v3</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-03T00:00:00.000Z</LastModified></DeleteMarker>"
                         "<Version><Key>a</Key><VersionId>v2</VersionId><IsLatest>false</IsLatest><LastModified>2026-11-02T00:00:00.000Z</LastModified><Size>2</Size></Version>"
                         "<Version><Key>ab</Key><VersionId>x</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-02T00:00:00.000Z</LastModified><Size>2</Size></Version></ListVersionsResult>");
        });
        const auto versions = clientOf(server).versions({QStringLiteral("bucket"), QStringLiteral("a")});
        QVERIFY(versions);
        QCOMPARE(versions->size(), 3u);
        QCOMPARE(versions->at(0).versionId, QStringLiteral("v3"));
        QVERIFY(versions->at(0).deleted && versions->at(0).latest);
        QCOMPARE(versions->at(1).versionId, QStringLiteral("v2"));
        QCOMPARE(versions->at(2).versionId, QStringLiteral("v1"));
    }

    void anErrorIsSaidInTheOperatorsWords_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("part");
        const auto xml = [](const char *code, const char *more = "") { return "<?xml version=\"1.0\"?><Error><Code>" + QByteArray(code) + "</Code><Message>m</Message>" + more + "</Error>"; };
        QTest::newRow("no such key") << 404 << xml("NoSuchKey") << QByteArray() << ErrorKind::NotFound << "no object “a b.csv” in the bucket “bucket”";
        QTest::newRow("no such bucket") << 404 << xml("NoSuchBucket") << QByteArray() << ErrorKind::NotFound << "no bucket “bucket”";
        QTest::newRow("access denied") << 403 << xml("AccessDenied") << QByteArray() << ErrorKind::Denied << "may not do this";
        QTest::newRow("wrong secret") << 403 << xml("SignatureDoesNotMatch") << QByteArray() << ErrorKind::Denied << "secret does not belong";
        QTest::newRow("unknown key") << 403 << xml("InvalidAccessKeyId") << QByteArray() << ErrorKind::Denied << "does not know this access key";
        QTest::newRow("clock") << 403 << xml("RequestTimeTooSkewed", "<ServerTime>2026-11-21T00:00:00Z</ServerTime>") << QByteArray() << ErrorKind::Denied << "The server has 2026-11-21T00:00:00Z";
        QTest::newRow("another region, by header") << 301 << xml("PermanentRedirect") << QByteArray("x-amz-bucket-region: eu-west-1\r\n") << ErrorKind::Invalid << "lies in the region eu-west-1, not in us-east-1";
        QTest::newRow("another region, by body") << 400 << xml("AuthorizationHeaderMalformed", "<Region>eu-west-2</Region>") << QByteArray() << ErrorKind::Invalid << "lies in the region eu-west-2";
        QTest::newRow("busy") << 503 << xml("SlowDown") << QByteArray() << ErrorKind::Unreachable << "slow down";
        QTest::newRow("an unknown code") << 400 << xml("MalformedTeapot") << QByteArray() << ErrorKind::Invalid << "MalformedTeapot";
        QTest::newRow("a proxy's page") << 502 << QByteArray("<html><body>Bad gateway") << QByteArray() << ErrorKind::Unreachable << "HTTP 502";
    }
    void anErrorIsSaidInTheOperatorsWords() {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, headers);
        LoopbackServer server([&](auto &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(status, body, headers);
        });
        const auto written = clientOf(server).put({QStringLiteral("bucket"), QStringLiteral("a b.csv")}, "x");
        QVERIFY(!written);
        QTEST(written.error().kind, "kind");
        QFETCH(QString, part);
        QVERIFY2(written.error().what.contains(part), qPrintable(written.error().text()));
        QCOMPARE(written.error().where, QStringLiteral("s3://bucket/a b.csv"));
    }
    void anAddressIsCheckedBeforeItIsUsed() {
        QCOMPARE(parseS3Url(QStringLiteral("s3://my-bucket/a/b c.csv"))->key, QStringLiteral("a/b c.csv"));
        QCOMPARE(parseS3Url(QStringLiteral("s3://my-bucket"))->key, QString());
        for (const char *wrong : {"s3://", "s3://B/x", "s3://a_b/x", "http://x/y", "s3://-a/x", "s3://../x"})
            QVERIFY2(!parseS3Url(QString::fromLatin1(wrong)), wrong);
    }

    void aLongFileGoesInParts() {
        QTemporaryDir folder;
        UploadServer s;
        const QString file = writtenFile(folder, (11 << 20) + 7);
        qint64 last = 0;
        const auto done = clientOf(s.server).upload({QStringLiteral("bucket"), QStringLiteral("k")}, file, {}, {}, [&](qint64 n, qint64) { last = n; }, 5 << 20);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QFile read(file);
        QVERIFY(read.open(QIODevice::ReadOnly));
        QVERIFY(s.whole == read.readAll());
        QCOMPARE(s.parts.size(), 3);
        QCOMPARE(last, read.size());
        QCOMPARE(s.aborted, 0);
    }
    void aRefusedPartTakesTheUploadBack() {
        QTemporaryDir folder;
        UploadServer s;
        s.refusePart = 2;
        const QString state = folder.filePath(QStringLiteral("state.json"));
        const auto done = clientOf(s.server).upload({QStringLiteral("bucket"), QStringLiteral("k")}, writtenFile(folder, 11 << 20), state, {}, {}, 5 << 20);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Denied);
        QCOMPARE(s.aborted, 1);
        QVERIFY(!QFile::exists(state));
    }
    void aStoppedUploadIsTakenBackOrGoesOn_data() {
        QTest::addColumn<bool>("keeps");
        QTest::newRow("without a state file its parts are taken back") << false;
        QTest::newRow("with one the next call goes on after the last part") << true;
    }
    void aStoppedUploadIsTakenBackOrGoesOn() {
        QFETCH(bool, keeps);
        QTemporaryDir folder;
        UploadServer s;
        std::stop_source stop;
        s.stopAtPart = &stop;
        const QString file = writtenFile(folder, 16 << 20), state = keeps ? folder.filePath(QStringLiteral("state.json")) : QString();
        const S3Location object{QStringLiteral("bucket"), QStringLiteral("k")};
        const auto stopped = clientOf(s.server).upload(object, file, state, stop.get_token(), {}, 5 << 20);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
        QCOMPARE(s.aborted, keeps ? 0 : 1);
        QCOMPARE(!state.isEmpty() && QFile::exists(state), keeps);
        {
            const std::lock_guard lock(s.mutex); // the server may still have the part in hand
            s.stopAtPart = nullptr;
            s.partsTaken = 0;
        }
        const auto done = clientOf(s.server).upload(object, file, state, {}, {}, 5 << 20);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(s.begun, keeps ? 1 : 2);
        QVERIFY(keeps ? s.partsTaken <= 3 : s.partsTaken == 4);
        QFile read(file);
        QVERIFY(read.open(QIODevice::ReadOnly));
        QVERIFY(s.whole == read.readAll());
        QVERIFY(state.isEmpty() || !QFile::exists(state));
    }
    void aFileThatChangedStartsAnew() {
        QTemporaryDir folder;
        UploadServer s;
        s.dropPart = 2;
        const QString state = folder.filePath(QStringLiteral("state.json"));
        const S3Location object{QStringLiteral("bucket"), QStringLiteral("k")};
        QVERIFY(!clientOf(s.server).upload(object, writtenFile(folder, 11 << 20), state, {}, {}, 5 << 20));
        QVERIFY(QFile::exists(state));
        {
            const std::lock_guard lock(s.mutex);
            s.dropPart = 0;
        }
        QVERIFY(clientOf(s.server).upload(object, writtenFile(folder, (11 << 20) + 1), state, {}, {}, 5 << 20));
        QCOMPARE(s.begun, 2);
        QCOMPARE(s.aborted, 1); // the parts of what the file was cost room on the server
    }
    void anErrorInsideASuccessIsAnError() {
        QTemporaryDir folder;
        UploadServer s;
        s.errorInside200 = true;
        const auto done = clientOf(s.server).upload({QStringLiteral("bucket"), QStringLiteral("k")}, writtenFile(folder, 6 << 20), {}, {}, {}, 5 << 20);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Unreachable);
        QCOMPARE(s.aborted, 1);
    }
    void aLostAnswerIsSettledByLooking() {
        QTemporaryDir folder;
        UploadServer s;
        s.loseCompletion = true;
        const auto done = clientOf(s.server).upload({QStringLiteral("bucket"), QStringLiteral("k")}, writtenFile(folder, 6 << 20), {}, {}, {}, 5 << 20);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(s.completed, 1);
        QCOMPARE(done->bytes, 6 << 20);
    }
    void brokenXmlIsAnErrorWithItsPlace() {
        for (const char *text : {"", "no xml", "<a><b></a>", "<a>"})
            QVERIFY2(!parseXml(text, {}), text);
        QVERIFY(!parseXml(QByteArray("<a>").repeated(100) + QByteArray("</a>").repeated(100), {}));
        QCOMPARE(parseXml("<a><b>x</b><b>y</b></a>", {})->value("b"), QStringLiteral("x"));
    }
};

QTEST_GUILESS_MAIN(tst_S3)
#include "tst_s3.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Whose credentials a source is read with, and what is said of sources that cannot be.
#include "core/sources/fetch.h"
#include "core/sources/ini.h"
#include "tests/support/loopback_server.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::sources;
using support::LoopbackServer;

class tst_Fetch : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    static workspace::Connection store(const char *name, const QString &url, const char *key = "AKID") {
        workspace::Connection c;
        c.name = QLatin1String(name);
        c.kind = QStringLiteral("s3");
        c.url = url;
        c.secret = c.name + QStringLiteral("-secret");
        c.other.insert(QStringLiteral("access_key"), QLatin1String(key));
        return c;
    }
    static Access with(const std::vector<workspace::Connection> &connections) {
        Access access;
        access.workspace.emplace();
        for (const workspace::Connection &c : connections)
            access.workspace->connections.insert(c.name, c);
        access.secrets = secrets::memoryStore({{QStringLiteral("a-secret"), QStringLiteral("sa")}, {QStringLiteral("b-secret"), QStringLiteral("sb")}});
        access.http = std::make_shared<net::HttpClient>();
        return access;
    }
    Cache cache() const { return *Cache::open(m_folder.filePath(QStringLiteral("cache"))); }

private Q_SLOTS:
    void init() {
        for (const char *variable : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"})
            qunsetenv(variable);
        qputenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
        qputenv("AWS_CONFIG_FILE", "/nonexistent");
    }
    void theConnectionIsNamedOrTheOnlyOne() {
        const Access one = with({store("a", QStringLiteral("http://a"))}), two = with({store("a", QStringLiteral("http://a")), store("b", QStringLiteral("http://b/"))});
        const QString source = QStringLiteral("s3://bucket/k");
        QCOMPARE(s3For({source, {}, {}}, one)->endpoint().credentials.secretKey, QStringLiteral("sa"));
        QCOMPARE(s3For({source, QStringLiteral("b"), {}}, two)->endpoint().credentials.secretKey, QStringLiteral("sb"));
        QCOMPARE(s3For({source, {}, {}}, two, QStringLiteral("http://b"))->endpoint().url, QStringLiteral("http://b/")); // a DVC remote's endpointurl
        const auto unclear = s3For({source, {}, {}}, two);
        QVERIFY(!unclear);
        QVERIFY2(unclear.error().what.contains(QStringLiteral("a, b")), qPrintable(unclear.error().text()));
        const auto unknown = s3For({source, QStringLiteral("c"), {}}, two);
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().kind, ErrorKind::NotFound);
        QVERIFY(unknown.error().hint.contains(QStringLiteral("a, b")));
        const auto noSecret = s3For({source, {}, {}}, with({store("z", QStringLiteral("http://z"))}));
        QVERIFY(!noSecret);
        QCOMPARE(noSecret.error().kind, ErrorKind::NotFound);
    }
    void addressingFollowsTheConnection() {
        workspace::Connection c = store("a", QString());
        c.other.insert(QStringLiteral("region"), QStringLiteral("eu-west-1"));
        QVERIFY(!s3For({}, with({c}))->endpoint().pathStyle); // AWS itself
        QCOMPARE(s3For({}, with({c}))->endpoint().region, QStringLiteral("eu-west-1"));
        c.url = QStringLiteral("http://minio:9000");
        QVERIFY(s3For({}, with({c}))->endpoint().pathStyle);
        c.other.insert(QStringLiteral("addressing"), QStringLiteral("virtual"));
        QVERIFY(!s3For({}, with({c}))->endpoint().pathStyle);
        c.other.insert(QStringLiteral("addressing"), QStringLiteral("sideways"));
        QVERIFY(!s3For({}, with({c})));
    }
    void withoutAConnectionTheEnvironmentDecides() {
        QVERIFY(s3For({}, {})->endpoint().credentials.isAnonymous());
        qputenv("AWS_ACCESS_KEY_ID", "AKENV");
        qputenv("AWS_SECRET_ACCESS_KEY", "senv");
        qputenv("AWS_SESSION_TOKEN", "token");
        qputenv("AWS_REGION", "eu-north-1");
        const auto client = s3For({}, {});
        QCOMPARE(client->endpoint().credentials.accessKey, QStringLiteral("AKENV"));
        QCOMPARE(client->endpoint().credentials.sessionToken, QStringLiteral("token"));
        QCOMPARE(client->endpoint().region, QStringLiteral("eu-north-1"));
        QVERIFY(!client->endpoint().pathStyle);
    }
    void profilesAreReadAsTheAwsToolsDo() {
        const QString file = m_folder.filePath(QStringLiteral("credentials"));
        QVERIFY(writeFileAtomically(file, QByteArray("# mine\n[default]\naws_access_key_id = AKDEF\naws_secret_access_key=sdef\n\n[work]\naws_access_key_id=AKWORK\naws_secret_access_key = a/b+c=d\naws_session_token = t\n")));
        QCOMPARE(environmentCredentials({}, file)->accessKey, QStringLiteral("AKDEF"));
        const auto work = environmentCredentials(QStringLiteral("work"), file);
        QCOMPARE(work->secretKey, QStringLiteral("a/b+c=d"));
        QCOMPARE(work->sessionToken, QStringLiteral("t"));
        QCOMPARE(environmentCredentials(QStringLiteral("home"), file).error().kind, ErrorKind::NotFound);
        const IniFile dvc = parseIni("[core]\n    remote = s\n['remote \"s\"']\n    url = 'a b'\n; no\nnonsense\n");
        QCOMPARE(dvc.value(QStringLiteral("remote \"s\"")).value(QStringLiteral("url")), QStringLiteral("a b"));
        QCOMPARE(dvc.size(), 2);
    }
    void aSourceThatCannotBeIsNamed_data() {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("version");
        QTest::addColumn<QString>("part");
        QTest::newRow("another kind of address") << "gs://bucket/k" << "" << "kind of address";
        QTest::newRow("a version of a plain file") << "/etc/hostname" << "v1" << "no meaning for a plain file";
        QTest::newRow("a version of an http address") << "http://127.0.0.1/x" << "v1" << "no meaning for an http address";
        QTest::newRow("a folder of a bucket") << "s3://bucket/data/" << "" << "folder of a bucket";
        QTest::newRow("a bucket alone") << "s3://bucket" << "" << "folder of a bucket";
        QTest::newRow("no file") << "/nonexistent/x.csv" << "" << "no such file";
    }
    void aSourceThatCannotBeIsNamed() {
        QFETCH(QString, source);
        QFETCH(QString, version);
        QFETCH(QString, part);
        const auto file = fetchSource({source, {}, version}, with({}), cache());
        QVERIFY(!file);
        QVERIFY2(file.error().what.contains(part), qPrintable(file.error().text()));
        QCOMPARE(file.error().where, source);
    }
    void anUnchangedObjectIsNotFetchedAgain() {
        int heads = 0, gets = 0;
        QByteArray etag = "\"1\"";
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest()) {
                const bool head = request.startsWith("HEAD");
                ++(head ? heads : gets);
                c.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: " + etag + "\r\nx-amz-version-id: v7\r\n\r\n" + (head ? "" : "abc"));
            }
        });
        const Access access = with({store("a", server.url(""))});
        const SourceSpec spec{QStringLiteral("s3://bucket/k.csv"), {}, {}};
        const auto first = fetchSource(spec, access, cache());
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        QVERIFY(!first->origin.value(QLatin1String("from_cache")).toBool());
        QCOMPARE(first->origin.value(QLatin1String("version")).toString(), QStringLiteral("v7"));
        const auto second = fetchSource(spec, access, cache());
        QVERIFY(second);
        QVERIFY(second->origin.value(QLatin1String("from_cache")).toBool());
        QCOMPARE(second->path, first->path);
        QCOMPARE(gets, 1);
        etag = "\"2\"";
        QVERIFY(fetchSource(spec, access, cache()));
        QCOMPARE(gets, 2);
        QCOMPARE(heads, 3);
    }
    /// HEAD's answer has no body: a GET of one byte brings S3's own code.
    void aRefusedLookSaysWhy_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("part");
        QTest::newRow("the bucket is not there") << 404 << QByteArray("NoSuchBucket") << ErrorKind::NotFound << "There is no bucket “bucket”";
        QTest::newRow("the version is not there") << 404 << QByteArray("NoSuchVersion") << ErrorKind::NotFound << "has no such version";
        QTest::newRow("the key is not there") << 404 << QByteArray("NoSuchKey") << ErrorKind::NotFound << "no object “k.csv”";
        QTest::newRow("another secret") << 403 << QByteArray("SignatureDoesNotMatch") << ErrorKind::Denied << "the secret does not belong to the access key";
        QTest::newRow("an unknown key") << 403 << QByteArray("InvalidAccessKeyId") << ErrorKind::Denied << "does not know this access key";
        QTest::newRow("no right") << 403 << QByteArray("AccessDenied") << ErrorKind::Denied << "may not do this with “k.csv”";
        QTest::newRow("a token that ran out") << 400 << QByteArray("ExpiredToken") << ErrorKind::Denied << "have expired";
        QTest::newRow("a server that says nothing") << 403 << QByteArray() << ErrorKind::Denied << "may not do this with “k.csv”";
    }
    void aRefusedLookSaysWhy() {
        QFETCH(int, status);
        QFETCH(QByteArray, code);
        QFETCH(QString, part);
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest())
                c.reply(status, request.startsWith("HEAD") || code.isEmpty() ? QByteArray() : "<Error><Code>" + code + "</Code><Message>m</Message></Error>");
        });
        const auto file = fetchSource({QStringLiteral("s3://bucket/k.csv"), {}, QStringLiteral("v9")}, with({store("a", server.url(""))}), cache());
        QVERIFY(!file);
        QTEST(file.error().kind, "kind");
        QVERIFY2(file.error().what.contains(part), qPrintable(file.error().text()));
        QCOMPARE(file.error().where, QStringLiteral("s3://bucket/k.csv"));
    }
    void aRefusedBucketSaysWhy() {
        QByteArray code = "SignatureDoesNotMatch";
        LoopbackServer server([&](auto &c, int) {
            for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest())
                c.reply(403, request.startsWith("HEAD") ? QByteArray() : "<Error><Code>" + code + "</Code><Message>m</Message></Error>");
        });
        const S3Client client = *s3For({QStringLiteral("s3://bucket/k"), {}, {}}, with({store("a", server.url(""))}));
        const auto wrong = client.bucketExists(QStringLiteral("bucket"));
        QVERIFY(!wrong);
        QVERIFY2(wrong.error().what.contains(QStringLiteral("the secret does not belong")), qPrintable(wrong.error().text()));
        code = "AccessDenied";
        const auto denied = client.bucketExists(QStringLiteral("bucket"));
        QVERIFY(!denied);
        QCOMPARE(denied.error().what, QStringLiteral("The access key may not do this with the bucket “bucket”."));
    }
};

QTEST_GUILESS_MAIN(tst_Fetch)
#include "tst_fetch.moc"

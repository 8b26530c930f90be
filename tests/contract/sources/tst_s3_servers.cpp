// SPDX-License-Identifier: GPL-3.0-or-later
// The S3 client against real servers: MinIO, which verifies signatures, and moto, which has AWS's versions. Named by
// PILOTHOUSE_MINIO and PILOTHOUSE_MOTO (programs `minio` and `moto_server`), else looked for where tests/run installs moto and on PATH;
// what is absent is skipped.
#include "core/base/hash.h"
#include "core/sources/download.h"
#include "core/sources/dvc_add.h"
#include "core/sources/dvc_push.h"
#include "core/sources/fetch.h"
#include "core/sources/push.h"
#include "tests/support/free_port.h"

#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::sources;
using support::freePort;

namespace {

QString programOf(const char *variable, const char *name) {
    if (const QString named = qEnvironmentVariable(variable); !named.isEmpty())
        return named;
    const QString installed = QStandardPaths::findExecutable(QString::fromLatin1(name), {QStringLiteral(PILOTHOUSE_SOURCE_DIR "/build/python-venv/bin")});
    return installed.isEmpty() ? QStandardPaths::findExecutable(QString::fromLatin1(name)) : installed;
}

QByteArray bytesOf(qint64 count) {
    QByteArray all(count, Qt::Uninitialized);
    for (qint64 i = 0; i < count; ++i)
        all[i] = char((i * 13 + i / 4096) % 251);
    return all;
}

} // namespace

class tst_S3Servers : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::shared_ptr<net::HttpClient> m_http = std::make_shared<net::HttpClient>();
    QMap<QByteArray, QString> m_urls;
    std::vector<std::unique_ptr<QProcess>> m_processes;

    void start(const QByteArray &name, const QString &program, const QStringList &arguments, int port) {
        if (program.isEmpty())
            return;
        auto process = std::make_unique<QProcess>();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("MINIO_ROOT_USER"), QStringLiteral("pilothouse"));
        environment.insert(QStringLiteral("MINIO_ROOT_PASSWORD"), QStringLiteral("pilothouse-secret"));
        environment.insert(QStringLiteral("MINIO_BROWSER"), QStringLiteral("off"));
        environment.insert(QStringLiteral("HOME"), m_folder.path());
        process->setProcessEnvironment(environment);
        process->setStandardOutputFile(m_folder.filePath(QString::fromLatin1(name) + QStringLiteral(".log")));
        process->setProcessChannelMode(QProcess::MergedChannels);
        process->start(program, arguments);
        QVERIFY2(process->waitForStarted(), qPrintable(program));
        m_processes.push_back(std::move(process));
        const QString url = QStringLiteral("http://127.0.0.1:%1").arg(port);
        net::Request ask;
        ask.url = url + QStringLiteral("/");
        QTRY_VERIFY_WITH_TIMEOUT(m_http->send(ask).has_value(), 60000);
        m_urls.insert(name, url);
    }
    S3Client client(const QByteArray &server, const char *secret = "pilothouse-secret") const {
        S3Endpoint endpoint;
        endpoint.url = m_urls.value(server);
        endpoint.credentials = {QStringLiteral("pilothouse"), QString::fromLatin1(secret), {}};
        return S3Client(m_http, endpoint);
    }
    Cache cache() const { return *Cache::open(m_folder.filePath(QStringLiteral("cache"))); }
    /// A fresh bucket of the row's server; empty if it is not here.
    QString bucket(QByteArray *server) const {
        static int count = 0;
        *server = QTest::currentDataTag() ? QByteArray(QTest::currentDataTag()).split(',').first() : QByteArray();
        return m_urls.contains(*server) ? QStringLiteral("bucket-%1-%2").arg(::getpid()).arg(++count) : QString();
    }
    static void servers() {
        QTest::addColumn<int>("unused");
        QTest::newRow("minio") << 0;
        QTest::newRow("moto") << 0;
    }
#define NEED_SERVER                                                                                                                                                                                   \
    QByteArray server;                                                                                                                                                                                \
    const QString name = bucket(&server);                                                                                                                                                             \
    if (name.isEmpty())                                                                                                                                                                               \
        QSKIP(qPrintable(QStringLiteral("%1 is not here (see the top of this file)").arg(QString::fromLatin1(server))));                                                                              \
    const S3Client s3 = client(server);                                                                                                                                                               \
    if (const auto made = s3.createBucket(name); !made)                                                                                                                                               \
    QFAIL(qPrintable(made.error().text() + made.error().raw))

private Q_SLOTS:
    void initTestCase() {
        const QString minio = programOf("PILOTHOUSE_MINIO", "minio"), moto = programOf("PILOTHOUSE_MOTO", "moto_server");
        if (minio.isEmpty() && moto.isEmpty())
            QSKIP("neither minio nor moto_server is here (see the top of this file)");
        const int a = freePort(), b = freePort();
        start("minio", minio, {QStringLiteral("server"), QStringLiteral("--quiet"), QStringLiteral("--address"), QStringLiteral("127.0.0.1:%1").arg(a), m_folder.filePath(QStringLiteral("store"))}, a);
        start("moto", moto, {QStringLiteral("-H"), QStringLiteral("127.0.0.1"), QStringLiteral("-p"), QString::number(b)}, b);
    }
    void cleanupTestCase() {
        for (const auto &process : m_processes) {
            process->terminate();
            if (!process->waitForFinished(10000))
                process->kill();
            process->waitForFinished();
        }
    }

    void keysOfAllKindsGoAndComeBack_data() { servers(); }
    void keysOfAllKindsGoAndComeBack() {
        NEED_SERVER;
        QStringList keys{QStringLiteral("plain.csv"), QStringLiteral("a b.csv"), QStringLiteral("a+b.csv"), QString::fromUtf8("größe/データ.csv"), QStringLiteral("100%#&=;,@'()[]!~$*.csv"), QStringLiteral("deep/er/x.csv")};
        for (const QString &key : std::as_const(keys)) {
            const auto written = s3.put({name, key}, key.toUtf8());
            QVERIFY2(written, written ? "" : qPrintable(key + QStringLiteral(": ") + written.error().text() + written.error().raw));
            const auto file = fetchSource({QStringLiteral("s3://%1/%2").arg(name, key), {}, {}}, access(server), cache());
            QVERIFY2(file, file ? "" : qPrintable(file.error().text() + file.error().raw));
            QFile read(file->path);
            QVERIFY(read.open(QIODevice::ReadOnly));
            QCOMPARE(read.readAll(), key.toUtf8());
        }
        const auto listed = s3.list(name);
        QVERIFY2(listed, listed ? "" : qPrintable(listed.error().text()));
        QStringList names;
        for (const S3Object &object : *listed)
            names << object.key;
        names.sort();
        keys.sort();
        QCOMPARE(names, keys);
        QCOMPARE(s3.list(name, QStringLiteral("a "))->size(), 1u);
        for (const QString &key : std::as_const(keys))
            QVERIFY(s3.remove({name, key}));
        QVERIFY(s3.list(name)->empty());
    }
    void aLongFileGoesInPartsAndIsResumed_data() { servers(); }
    void aLongFileGoesInPartsAndIsResumed() {
        NEED_SERVER;
        const QByteArray bytes = bytesOf((12 << 20) + 5);
        const QString file = m_folder.filePath(QStringLiteral("long.bin")), state = m_folder.filePath(QStringLiteral("state.json"));
        QVERIFY(writeFileAtomically(file, bytes));
        const S3Location object{name, QStringLiteral("a b/long.bin")};
        std::stop_source stop;
        const auto stopped = s3.upload(object, file, state, stop.get_token(), [&](qint64, qint64) { stop.request_stop(); }, 5 << 20);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
        QVERIFY(!s3.head(object)); // not there before it is whole
        qint64 firstTold = 0;
        const auto done = s3.upload(object, file, state, {}, [&](qint64 n, qint64) { firstTold = firstTold ? firstTold : n; }, 5 << 20);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text() + done.error().raw));
        QCOMPARE(done->bytes, bytes.size());
        QCOMPARE(firstTold, 2 * (5 << 20)); // the first part was not sent again
        QVERIFY(done->etag.endsWith(QStringLiteral("-3")));

        const auto fetched = fetchSource({object.text(), {}, {}}, access(server), cache());
        QVERIFY2(fetched, fetched ? "" : qPrintable(fetched.error().text()));
        QCOMPARE(fetched->sha256, sha256Hex(bytes));
        // The second half only, after what an earlier call left.
        const Cache other = *Cache::open(m_folder.filePath(QStringLiteral("other")));
        DownloadJob job;
        job.source = object.text();
        job.request = s3.getRequest(object);
        job.etag = done->etag;
        job.bytes = done->bytes;
        QVERIFY(writeFileAtomically(other.partial(job.source, "part"), bytes.left(7'000'000)));
        QVERIFY(writeFileAtomically(other.partial(job.source, "json"), QByteArray("{\"etag\":\"\\\"" + done->etag.toLatin1() + "\\\"\",\"bytes\":" + QByteArray::number(bytes.size()) + "}")));
        const auto resumed = download(*m_http, other, job);
        QVERIFY2(resumed, resumed ? "" : qPrintable(resumed.error().text()));
        QCOMPARE(resumed->resumedAt, 7'000'000);
        QCOMPARE(resumed->sha256, sha256Hex(bytes));
    }
    void anotherObjectThanTheOneSeenIsAConflict_data() { servers(); }
    void anotherObjectThanTheOneSeenIsAConflict() {
        NEED_SERVER;
        const S3Location object{name, QStringLiteral("k")};
        const auto first = s3.put(object, "one");
        QVERIFY(first && s3.put(object, "two"));
        DownloadJob job;
        job.source = object.text();
        job.request = s3.getRequest(object);
        job.etag = first->etag;
        const auto file = download(*m_http, cache(), job);
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::Conflict);
    }
    void errorsAreTold_data() { servers(); }
    void errorsAreTold() {
        NEED_SERVER;
        const auto absent = fetchSource({QStringLiteral("s3://%1/none.csv").arg(name), {}, {}}, access(server), cache());
        QVERIFY(!absent);
        QCOMPARE(absent.error().kind, ErrorKind::NotFound);
        const auto noBucket = s3.list(name + QStringLiteral("-none"));
        QVERIFY(!noBucket);
        QVERIFY2(noBucket.error().what.contains(QStringLiteral("no bucket")), qPrintable(noBucket.error().text()));
        QVERIFY(s3.bucketExists(name).value_or(false));
        QVERIFY(!s3.bucketExists(name + QStringLiteral("-none")).value_or(true));
        if (server != "minio")
            return; // moto verifies no signature
        const auto denied = client(server, "wrong-secret").list(name);
        QVERIFY(!denied);
        QCOMPARE(denied.error().kind, ErrorKind::Denied);
        QVERIFY2(denied.error().what.contains(QStringLiteral("secret does not belong")), qPrintable(denied.error().text()));
    }
    void anEarlierVersionComesBack_data() { servers(); }
    void anEarlierVersionComesBack() {
        NEED_SERVER;
        net::Request enable;
        enable.method = "PUT";
        enable.url = QStringLiteral("%1/%2?versioning=").arg(m_urls.value(server), name);
        enable.body = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status></VersioningConfiguration>";
        enable.headers = {{"Content-Type", "application/xml"}};
        enable.aws = net::AwsSigning{QStringLiteral("pilothouse"), QStringLiteral("pilothouse-secret"), {}, QStringLiteral("us-east-1")};
        const auto enabled = m_http->send(enable);
        QVERIFY(enabled);
        if (server == "minio" && enabled->status >= 400)
            QSKIP("this MinIO has one folder, which keeps no versions");
        QCOMPARE(enabled->status, 200);
        const S3Location object{name, QStringLiteral("data.csv")};
        for (const char *text : {"one", "two", "three"})
            QVERIFY(s3.put(object, text));
        const auto versions = s3.versions(object);
        QVERIFY2(versions, versions ? "" : qPrintable(versions.error().text()));
        QCOMPARE(versions->size(), 3u);
        QVERIFY(versions->front().latest);
        int found = 0;
        for (const S3Object &version : *versions) {
            const auto file = fetchSource({object.text(), {}, version.versionId}, access(server), cache());
            QVERIFY2(file, file ? "" : qPrintable(file.error().text()));
            QFile read(file->path);
            QVERIFY(read.open(QIODevice::ReadOnly));
            const QByteArray bytes = read.readAll();
            QVERIFY(bytes == "one" || bytes == "two" || bytes == "three");
            QCOMPARE(bytes == "three", version.latest);
            QCOMPARE(file->origin.value(QLatin1String("version")).toString(), version.versionId);
            ++found;
        }
        QCOMPARE(found, 3);
    }
    void aPushIsGuardedReadBackAndTakenBack_data() { servers(); }
    void aPushIsGuardedReadBackAndTakenBack() {
        NEED_SERVER;
        const QString file = m_folder.filePath(QStringLiteral("push.csv"));
        QVERIFY(writeFileAtomically(file, QByteArray("one")));
        const S3Location object{name, QStringLiteral("push.csv")};
        auto plan = planPush(s3, object, file, false);
        QVERIFY2(plan, plan ? "" : qPrintable(plan.error().text()));
        QVERIFY(!plan->there && plan->before.isEmpty() && !plan->undo().isEmpty());
        QVERIFY(guardPush(s3, *plan));
        QVERIFY(executePush(s3, *plan, cache(), {}, {}));
        QCOMPARE(readBackPush(s3, *plan)->value(QLatin1String("bytes")).toInteger(), 3);
        QVERIFY(undoPush(s3, *plan));
        QVERIFY(!s3.head(object));

        auto second = planPush(s3, object, file, false);
        QVERIFY(second);
        QVERIFY(s3.put(object, "somebody else")); // between the plan and the sending
        const auto guarded = guardPush(s3, *second);
        QVERIFY(!guarded);
        QCOMPARE(guarded.error().kind, ErrorKind::Conflict);
        auto third = planPush(s3, object, file, false);
        QVERIFY(third && third->there && third->undo().isEmpty()); // this bucket keeps no versions
        QVERIFY(writeFileAtomically(file, QByteArray("changed")));
        QCOMPARE(guardPush(s3, *third).error().kind, ErrorKind::Conflict);
        const auto absent = planPush(s3, {name + QStringLiteral("-none"), QStringLiteral("k")}, file, false);
        QVERIFY(!absent);
        QVERIFY(absent.error().hint.contains(QStringLiteral("--create-bucket")));
        QVERIFY(planPush(s3, {name + QStringLiteral("-none"), QStringLiteral("k")}, file, true)->createsBucket);
    }
    void whatDvcPushedIsFetched_data() { servers(); }
    void whatDvcPushedIsFetched() {
        NEED_SERVER;
        const QString tree = QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/sources/dvc3");
        QDirIterator it(tree + QStringLiteral("/remote"), QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QString file = it.next();
            QVERIFY(s3.upload({name, QStringLiteral("dvc-storage") + file.mid(tree.size() + 7)}, file));
        }
        const QString repo = m_folder.filePath(QStringLiteral("repo-%1").arg(QString::fromLatin1(server)));
        QVERIFY(writeFileAtomically(repo + QStringLiteral("/.dvc/config"), "[core]\n    remote = s\n['remote \"s\"']\n    url = s3://" + name.toUtf8() + "/dvc-storage\n    endpointurl = " + m_urls.value(server).toUtf8() + "\n"));
        for (const char *file : {"data/images.dvc", "data/crlf.csv.dvc"})
            QVERIFY(writeFileAtomically(repo + QLatin1Char('/') + QLatin1String(file), *readFile(tree + QStringLiteral("/repo/") + QLatin1String(file))));
        const Cache fresh = *Cache::open(m_folder.filePath(QStringLiteral("fresh-%1").arg(QString::fromLatin1(server))));
        const auto text = fetchSource({repo + QStringLiteral("/data/crlf.csv.dvc"), {}, {}}, access(server), fresh);
        QVERIFY2(text, text ? "" : qPrintable(text.error().text()));
        const auto inside = fetchSource({QStringLiteral("dvc:") + repo + QStringLiteral("/data/images/one.csv"), {}, {}}, access(server), fresh);
        QVERIFY2(inside, inside ? "" : qPrintable(inside.error().text()));
        QCOMPARE(*readFile(inside->path), QByteArray("k,v\r\n5,6\r\n"));
    }
    void whatIsAddedIsPushedAndReadElsewhere_data() { servers(); }
    void whatIsAddedIsPushedAndReadElsewhere() {
        NEED_SERVER;
        const QString repo = m_folder.filePath(QStringLiteral("writing-%1").arg(QString::fromLatin1(server))), clone = repo + QStringLiteral("-clone");
        const QByteArray config = "['remote \"s\"']\n    url = s3://" + name.toUtf8() + "/some place\n    endpointurl = " + m_urls.value(server).toUtf8() + "\n", big = bytesOf((17 << 20) + 3);
        QVERIFY(writeFileAtomically(repo + QStringLiteral("/.dvc/config"), config));
        QVERIFY(writeFileAtomically(repo + QStringLiteral("/d/big.bin"), big)); // goes in parts
        QVERIFY(writeFileAtomically(repo + QStringLiteral("/d/small.csv"), QByteArray("a\n1\n")));
        const auto added = planDvcAdd(repo + QStringLiteral("/d"));
        QVERIFY2(added && executeDvcAdd(*added), added ? "" : qPrintable(added.error().text()));
        const auto plan = [&] { return planDvcPush(repo + QStringLiteral("/d.dvc"), {}, {{}, {}, {}}, access(server), cache()); };
        auto first = plan(), second = plan();
        QVERIFY2(first, first ? "" : qPrintable(first.error().text() + first.error().raw));
        QCOMPARE(first->missing.size(), 3u);

        std::stop_source stop; // the first is broken off within the long file
        const auto broken = executeDvcPush(*first, stop.get_token(), [&](qint64 done, qint64) { done > (16 << 20) - 1 && done < big.size() ? (void)stop.request_stop() : void(); });
        QVERIFY(!broken);
        QCOMPARE(broken.error().kind, ErrorKind::Cancelled);
        QVERIFY(!s3.head({name, QStringLiteral("some place/") + added->record.hash.objectPath()})); // no list without its files
        const auto done = executeDvcPush(*second);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text() + done.error().raw));
        QVERIFY(readBackDvcPush(*second));
        QCOMPARE(first->made.size() + second->made.size(), 3u);

        QVERIFY(writeFileAtomically(clone + QStringLiteral("/.dvc/config"), config));
        QVERIFY(writeFileAtomically(clone + QStringLiteral("/d.dvc"), *readFile(repo + QStringLiteral("/d.dvc"))));
        const Cache fresh = *Cache::open(m_folder.filePath(QStringLiteral("elsewhere-%1").arg(QString::fromLatin1(server))));
        const auto got = fetchSource({QStringLiteral("dvc:") + clone + QStringLiteral("/d/big.bin"), {}, {}}, access(server), fresh);
        QVERIFY2(got, got ? "" : qPrintable(got.error().text() + got.error().raw));
        QCOMPARE(got->sha256, sha256Hex(big));

        QVERIFY(guardUndoDvcPush(*second->store, second->madeJson()));
        QVERIFY(undoDvcPush(*second->store, second->madeJson()));
        QCOMPARE(s3.list(name)->size(), first->made.size());
        QVERIFY(writeFileAtomically(repo + QStringLiteral("/.dvc/config"), "['remote \"s\"']\n    url = s3://" + name.toUtf8() + "-none\n    endpointurl = " + m_urls.value(server).toUtf8() + "\n"));
        const auto nowhere = plan();
        QVERIFY(!nowhere);
        QVERIFY2(nowhere.error().what.contains(QStringLiteral("no bucket")), qPrintable(nowhere.error().text()));
    }

private:
    /// A workspace with this server as its one connection of kind s3.
    Access access(const QByteArray &server) const {
        Access access;
        access.workspace.emplace();
        workspace::Connection c;
        c.name = QStringLiteral("store");
        c.kind = QStringLiteral("s3");
        c.url = m_urls.value(server);
        c.secret = QStringLiteral("store-key");
        c.other.insert(QStringLiteral("access_key"), QStringLiteral("pilothouse"));
        access.workspace->connections.insert(c.name, c);
        access.secrets = secrets::memoryStore({{QStringLiteral("store-key"), QStringLiteral("pilothouse-secret")}});
        access.http = m_http;
        return access;
    }
};

QTEST_GUILESS_MAIN(tst_S3Servers)
#include "tst_s3_servers.moc"

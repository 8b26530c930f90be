// SPDX-License-Identifier: GPL-3.0-or-later
// Downloads into the cache against a server that breaks, changes and misbehaves on purpose.
#include "core/sources/download.h"
#include "core/base/hash.h"
#include "tests/support/loopback_server.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <ctime>
#include <fcntl.h>
#include <mutex>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::sources;
using support::LoopbackServer;

namespace {

QByteArray bytesOf(qint64 count, int seed = 1) {
    QByteArray all(count, Qt::Uninitialized);
    for (qint64 i = 0; i < count; ++i)
        all[i] = char((i * 7 + seed) % 251);
    return all;
}

QByteArray headerOf(const QByteArray &request, const QByteArray &name) {
    const qsizetype at = request.toLower().indexOf("\r\n" + name.toLower() + ":");
    return at < 0 ? QByteArray() : request.mid(at + name.size() + 3, request.indexOf('\r', at + 2) - at - name.size() - 3).trimmed();
}

/// A file server with ranges whose moods a test sets.
struct FileServer {
    QByteArray content = bytesOf(300'000), etag = "\"one\"", lastModified = "Sat, 21 Nov 2026 15:00:00 GMT";
    int cutsLeft = 0;           ///< connections broken after 100,000 bytes
    bool ranges = true, ignoreIfRange = false, wrongStart = false, sendLength = true;
    int busyLeft = 0;           ///< 503 with Retry-After first
    QByteArray afterCut;        ///< what the content turns into at the first cut, with another ETag
    std::mutex mutex;
    QByteArrayList requests;
    LoopbackServer server{[this](auto &c, int) {
        for (QByteArray request = c.readRequest(); !request.isEmpty(); request = c.readRequest())
            if (!answer(c, request))
                return;
    }};

    bool answer(LoopbackServer::Connection &c, const QByteArray &request) {
        const std::lock_guard lock(mutex);
        requests << request;
        if (busyLeft > 0) {
            --busyLeft;
            return c.reply(503, "busy", "Retry-After: 0\r\n");
        }
        const QByteArray tags = (etag.isEmpty() ? QByteArray() : "ETag: " + etag + "\r\n") + (lastModified.isEmpty() ? QByteArray() : "Last-Modified: " + lastModified + "\r\n");
        if (const QByteArray match = headerOf(request, "If-None-Match"); !match.isEmpty() && match == etag)
            return c.reply(304, {}, tags);
        if (const QByteArray match = headerOf(request, "If-Match"); !match.isEmpty() && match != etag)
            return c.reply(412, {});
        const QByteArray range = headerOf(request, "Range"), ifRange = headerOf(request, "If-Range");
        qint64 from = range.isEmpty() ? 0 : range.mid(6, range.size() - 7).toLongLong();
        const bool part = ranges && !range.isEmpty() && (ignoreIfRange || ifRange.isEmpty() || ifRange == etag || (etag.isEmpty() && ifRange == lastModified));
        if (part && from >= content.size())
            return c.reply(416, {}, "Content-Range: bytes */" + QByteArray::number(content.size()) + "\r\n");
        if (!part)
            from = 0;
        const qint64 told = from + (part && wrongStart ? 1 : 0);
        QByteArray head = part ? "HTTP/1.1 206 Partial\r\nContent-Range: bytes " + QByteArray::number(told) + '-' + QByteArray::number(content.size() - 1) + '/' + QByteArray::number(content.size()) + "\r\n"
                               : QByteArray("HTTP/1.1 200 OK\r\n");
        head += tags + (sendLength ? "Content-Length: " + QByteArray::number(content.size() - from) + "\r\n\r\n" : QByteArray("Connection: close\r\n\r\n"));
        if (cutsLeft > 0) {
            --cutsLeft;
            c.write(head + content.mid(from, 100'000));
            if (!afterCut.isEmpty()) {
                content = afterCut;
                etag = "\"two\"";
            }
            return false;
        }
        c.write(head + content.mid(from));
        return sendLength;
    }
};

} // namespace

class tst_Download : public QObject {
    Q_OBJECT
    net::HttpClient m_http;

    static DownloadJob jobOf(const FileServer &s, const char *path = "/data.csv") {
        DownloadJob job;
        job.source = s.server.url(path);
        job.request.url = job.source;
        job.pauseMs = 1;
        return job;
    }
    static QByteArray read(const QString &path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("not readable");
    }

private Q_SLOTS:
    void aFileArrivesVerifiedAndIsKnownAgain() {
        QTemporaryDir folder;
        FileServer s;
        const auto cache = Cache::open(folder.path());
        QVERIFY(cache);
        qint64 last = 0, total = 0;
        const auto first = download(m_http, *cache, jobOf(s), {}, [&](qint64 n, qint64 of) { last = n, total = of; });
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        QVERIFY(read(first->path) == s.content);
        QCOMPARE(first->sha256, sha256Hex(s.content));
        QCOMPARE(first->etag, QStringLiteral("\"one\""));
        QCOMPARE(last, s.content.size());
        QCOMPARE(total, s.content.size());
        QVERIFY(!first->fromCache);
        QVERIFY(!QFileInfo(first->path).isWritable() || ::geteuid() == 0);
        const auto again = download(m_http, *cache, jobOf(s));
        QVERIFY(again);
        QVERIFY(again->fromCache);
        QCOMPARE(again->path, first->path);
        QCOMPARE(headerOf(s.requests.last(), "If-None-Match"), QByteArray("\"one\""));
        s.content = bytesOf(10, 3);
        s.etag = "\"new\"";
        const auto changed = download(m_http, *cache, jobOf(s));
        QVERIFY(changed);
        QVERIFY(!changed->fromCache);
        QVERIFY(read(changed->path) == s.content);
        QVERIFY(read(first->path).size() == 300'000); // the old one stays for who was trained on it
    }
    void aCutConnectionGoesOnWhereItBroke_data() {
        QTest::addColumn<QByteArray>("etag");
        QTest::addColumn<QByteArray>("ifRange");
        QTest::newRow("with a strong ETag") << QByteArray("\"one\"") << QByteArray("\"one\"");
        QTest::newRow("with the time where there is no ETag") << QByteArray() << QByteArray("Sat, 21 Nov 2026 15:00:00 GMT");
    }
    void aCutConnectionGoesOnWhereItBroke() {
        QTemporaryDir folder;
        FileServer s;
        QFETCH(QByteArray, etag);
        s.etag = etag;
        s.cutsLeft = 2;
        const auto done = download(m_http, *Cache::open(folder.path()), jobOf(s));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QVERIFY(read(done->path) == s.content);
        QCOMPARE(s.requests.size(), 3);
        QTEST(headerOf(s.requests[1], "If-Range"), "ifRange");
        QCOMPARE(headerOf(s.requests[1], "Range"), QByteArray("bytes=100000-"));
        QCOMPARE(headerOf(s.requests[2], "Range"), QByteArray("bytes=200000-"));
    }
    void aWeakTagStartsAnew() {
        QTemporaryDir folder;
        FileServer s;
        s.etag = "W/\"one\"";
        s.cutsLeft = 1;
        const auto done = download(m_http, *Cache::open(folder.path()), jobOf(s));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QVERIFY(read(done->path) == s.content);
        QCOMPARE(s.requests.size(), 2);
        QVERIFY(headerOf(s.requests[1], "Range").isEmpty());
    }
    void aLaterCallGoesOnWithWhatWasLeft() {
        QTemporaryDir folder;
        FileServer s;
        const auto cache = Cache::open(folder.path());
        std::stop_source stop;
        DownloadJob job = jobOf(s);
        s.cutsLeft = 1;
        job.pauseMs = 60'000; // stopped while it waits before the second attempt
        std::jthread stopper([&](std::stop_token over) {
            while (!over.stop_requested() && (!QFileInfo::exists(cache->partial(job.source, "part")) || QFileInfo(cache->partial(job.source, "part")).size() < 100'000))
                std::this_thread::yield();
            stop.request_stop();
        });
        const auto stopped = download(m_http, *cache, job, stop.get_token());
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
        const auto done = download(m_http, *cache, jobOf(s));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QVERIFY(read(done->path) == s.content);
        QCOMPARE(done->resumedAt, 100'000);
        QVERIFY(!QFileInfo::exists(cache->partial(job.source, "part")));
    }
    void whatWasLeftOfAnotherObjectIsThrownAway() {
        QTemporaryDir folder;
        FileServer s;
        const auto cache = Cache::open(folder.path());
        DownloadJob job = jobOf(s);
        QVERIFY(writeFileAtomically(cache->partial(job.source, "part"), QByteArray(1000, 'x')));
        QVERIFY(writeFileAtomically(cache->partial(job.source, "json"), QByteArray("{\"etag\":\"\\\"old\\\"\",\"bytes\":5000}")));
        const auto done = download(m_http, *cache, job);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QVERIFY(read(done->path) == s.content);
        QCOMPARE(done->resumedAt, 0);
    }
    void anObjectThatChangesUnderTheReaderIsAConflict_data() {
        QTest::addColumn<bool>("ranges");
        QTest::addColumn<bool>("ignoreIfRange");
        QTest::addColumn<QString>("etag");
        QTest::newRow("the server sends it anew") << true << false << QString();
        QTest::newRow("the server joins two objects") << true << true << QString();
        QTest::newRow("the server knows no ranges") << false << false << QString();
        QTest::newRow("the tag of a HEAD was given") << true << false << QStringLiteral("one");
    }
    void anObjectThatChangesUnderTheReaderIsAConflict() {
        QTemporaryDir folder;
        FileServer s;
        QFETCH(bool, ranges);
        QFETCH(bool, ignoreIfRange);
        s.ranges = ranges;
        s.ignoreIfRange = ignoreIfRange;
        s.cutsLeft = 1;
        s.afterCut = bytesOf(300'000, 9);
        DownloadJob job = jobOf(s);
        QFETCH(QString, etag);
        job.etag = etag;
        const auto done = download(m_http, *Cache::open(folder.path()), job);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Conflict);
        QVERIFY(done.error().text().contains(job.source));
    }
    void aServerWithoutRangesSendsAllAgain() {
        QTemporaryDir folder;
        FileServer s;
        s.ranges = false;
        s.cutsLeft = 2;
        const auto done = download(m_http, *Cache::open(folder.path()), jobOf(s));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QVERIFY(read(done->path) == s.content);
    }
    void aRangeThatBeginsElsewhereIsNotTaken() {
        QTemporaryDir folder;
        FileServer s;
        s.wrongStart = true;
        s.cutsLeft = 1;
        const auto done = download(m_http, *Cache::open(folder.path()), jobOf(s)); // restarts once from the beginning
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QVERIFY(read(done->path) == s.content);
        QVERIFY(headerOf(s.requests.last(), "Range").isEmpty());
    }
    void whatIsLongerHereThanThereStartsAnew() {
        QTemporaryDir folder;
        FileServer s;
        s.content = bytesOf(500);
        const auto cache = Cache::open(folder.path());
        DownloadJob job = jobOf(s);
        QVERIFY(writeFileAtomically(cache->partial(job.source, "part"), QByteArray(1000, 'x')));
        QVERIFY(writeFileAtomically(cache->partial(job.source, "json"), QByteArray("{\"etag\":\"\\\"one\\\"\",\"bytes\":5000}")));
        const auto done = download(m_http, *cache, job); // 416
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QVERIFY(read(done->path) == s.content);
    }
    void aBusyServerIsAskedAgain() {
        QTemporaryDir folder;
        FileServer s;
        s.busyLeft = 2;
        const auto done = download(m_http, *Cache::open(folder.path()), jobOf(s));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(s.requests.size(), 3);
    }
    void aConnectionThatAlwaysBreaksIsGivenUp() {
        QTemporaryDir folder;
        int asked = 0;
        LoopbackServer server([&](auto &c, int) {
            c.readRequest();
            ++asked;
            c.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        });
        DownloadJob job;
        job.source = server.url();
        job.request.url = job.source;
        job.pauseMs = 1;
        const auto done = download(m_http, *Cache::open(folder.path()), job);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Unreachable);
        QVERIFY(asked >= 5 && asked <= 10);
    }
    void aWrongDigestOrLengthIsAnErrorAndNothingStays_data() {
        QTest::addColumn<QString>("md5");
        QTest::addColumn<QString>("sha256");
        QTest::addColumn<qint64>("bytes");
        QTest::newRow("MD5") << QString(32, u'0') << QString() << qint64(-1);
        QTest::newRow("SHA-256") << QString() << QString(64, u'0') << qint64(-1);
        QTest::newRow("shorter than expected") << QString() << QString() << qint64(300'001);
        QTest::newRow("longer than expected") << QString() << QString() << qint64(299'999);
    }
    void aWrongDigestOrLengthIsAnErrorAndNothingStays() {
        QTemporaryDir folder;
        FileServer s;
        DownloadJob job = jobOf(s);
        QFETCH(QString, md5);
        QFETCH(QString, sha256);
        QFETCH(qint64, bytes);
        job.md5 = md5;
        job.sha256 = sha256;
        job.bytes = bytes;
        const auto cache = Cache::open(folder.path());
        const auto done = download(m_http, *cache, job);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Invalid);
        QCOMPARE(cache->bytes(), 0);
        QVERIFY(!QFileInfo::exists(cache->partial(job.source, "part")));
        QVERIFY(cache->known(job.source).isEmpty());
    }
    void aReplyWithoutLengthIsTakenToItsEnd() {
        QTemporaryDir folder;
        FileServer s;
        s.sendLength = false;
        const auto done = download(m_http, *Cache::open(folder.path()), jobOf(s));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QVERIFY(read(done->path) == s.content);
    }
    void anEmptyFileIsAFile() {
        QTemporaryDir folder;
        FileServer s;
        s.content.clear();
        const auto done = download(m_http, *Cache::open(folder.path()), jobOf(s));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(done->bytes, 0);
    }
    void aRedirectIsFollowedButNotWithCredentials() {
        QTemporaryDir folder;
        FileServer s;
        const QByteArray target = s.server.url("/data.csv").toLatin1();
        LoopbackServer first([&](auto &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(302, "moved", "Location: " + target + "\r\n");
        });
        const auto cache = Cache::open(folder.path());
        DownloadJob job;
        job.source = first.url("/data.csv");
        job.request.url = job.source;
        const auto done = download(m_http, *cache, job);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(done->url, QString::fromLatin1(target));
        job.request.headers = {{"Authorization", "Basic abc"}};
        job.source += QLatin1Char('2');
        const auto refusedOne = download(m_http, *cache, job);
        QVERIFY(!refusedOne);
        QCOMPARE(refusedOne.error().kind, ErrorKind::Refused);
        QCOMPARE(s.requests.size(), 1);
    }
    void redirectsWithoutEndStop() {
        QTemporaryDir folder;
        LoopbackServer server([&](auto &c, int) {
            while (!c.readRequest().isEmpty())
                c.reply(302, {}, "Location: /again\r\n");
        });
        DownloadJob job;
        job.source = server.url();
        job.request.url = job.source;
        const auto done = download(m_http, *Cache::open(folder.path()), job);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::Invalid);
    }
    void aMissingFileIsSaidOnce() {
        QTemporaryDir folder;
        int asked = 0;
        LoopbackServer server([&](auto &c, int) {
            while (!c.readRequest().isEmpty()) {
                ++asked;
                c.reply(404, "no");
            }
        });
        DownloadJob job;
        job.source = server.url("/a?token=s3cr3t");
        job.request.url = job.source;
        const auto done = download(m_http, *Cache::open(folder.path()), job);
        QVERIFY(!done);
        QCOMPARE(done.error().kind, ErrorKind::NotFound);
        QVERIFY(!done.error().text().contains(QStringLiteral("s3cr3t")));
        QCOMPARE(asked, 1);
    }
    void aPackedFileStaysPacked() {
        QTemporaryDir folder;
        const QByteArray gz("\x1f\x8b\x08\x00 not unpacked", 17);
        LoopbackServer server([&](auto &c, int) {
            const QByteArray request = c.readRequest();
            c.reply(headerOf(request, "Accept-Encoding").isEmpty() ? 200 : 500, gz, "Content-Encoding: gzip\r\n");
        });
        DownloadJob job;
        job.source = server.url("/a.csv.gz");
        job.request.url = job.source;
        const auto done = download(m_http, *Cache::open(folder.path()), job);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QVERIFY(read(done->path) == gz);
    }
    void twoProgramsFetchOnce() {
        QTemporaryDir folder;
        FileServer s;
        const auto cache = Cache::open(folder.path());
        std::atomic<int> good = 0;
        {
            std::vector<std::jthread> programs;
            for (int i = 0; i < 4; ++i)
                programs.emplace_back([&] {
                    net::HttpClient http;
                    const auto done = download(http, *cache, jobOf(s));
                    good += done && read(done->path) == s.content;
                });
        }
        QCOMPARE(good.load(), 4);
        int whole = 0;
        for (const QByteArray &request : std::as_const(s.requests))
            whole += headerOf(request, "If-None-Match").isEmpty();
        QCOMPARE(whole, 1);
    }
    void theCacheMakesRoomButKeepsWhatIsInUse() {
        QTemporaryDir folder;
        const auto cache = Cache::open(folder.path(), 2500);
        QVERIFY(cache);
        QStringList objects;
        for (int i = 0; i < 3; ++i) {
            const QByteArray bytes = bytesOf(1000, i);
            const QString path = folder.filePath(QStringLiteral("in%1").arg(i));
            QVERIFY(writeFileAtomically(path, bytes));
            const auto object = cache->adopt(path, sha256Hex(bytes));
            QVERIFY(object);
            objects << *object;
            if (i < 2) { // yesterday and the day before
                const timespec times[2] = {{::time(nullptr) - 86400 * (2 - i), 0}, {::time(nullptr) - 86400 * (2 - i), 0}};
                ::utimensat(AT_FDCWD, QFile::encodeName(*object).constData(), times, 0);
            }
        }
        QVERIFY(!QFileInfo::exists(objects[0])); // used longest ago
        QVERIFY(QFileInfo::exists(objects[1]));
        QVERIFY(QFileInfo::exists(objects[2]));
        QVERIFY(cache->object(sha256Hex(bytesOf(1000, 1))));
        QVERIFY(QFileInfo(objects[1]).lastModified().secsTo(QDateTime::currentDateTime()) < 60); // counts as used now
        QVERIFY(!cache->object(QStringLiteral("../../etc/passwd")));
    }
    void sizesAreReadAsPeopleWriteThem_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("bytes");
        QTest::newRow("bytes") << "1048576" << qint64(1048576);
        QTest::newRow("megabytes") << "800M" << (qint64(800) << 20);
        QTest::newRow("gigabytes with their unit") << "50 GiB" << (qint64(50) << 30);
        QTest::newRow("a word") << "much" << qint64(-1);
        QTest::newRow("negative") << "-5G" << qint64(-1);
    }
    void sizesAreReadAsPeopleWriteThem() {
        QFETCH(QString, text);
        QTEST(parseSize(text).value_or(-1), "bytes");
    }
    void aWrongLimitNamesItsVariable() {
        qputenv("PILOTHOUSE_CACHE_LIMIT", "much");
        const QTemporaryDir folder;
        const auto cache = Cache::open(folder.path());
        qunsetenv("PILOTHOUSE_CACHE_LIMIT");
        QVERIFY(!cache);
        QCOMPARE(cache.error().where, QStringLiteral("PILOTHOUSE_CACHE_LIMIT"));
        QVERIFY(cache.error().what.contains(QStringLiteral("much")));
    }
};

QTEST_GUILESS_MAIN(tst_Download)
#include "tst_download.moc"

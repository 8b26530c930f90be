// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/child_process.h"
#include "core/base/database.h"
#include "core/base/events.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/redact.h"
#include "core/base/task.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace pilothouse;

class tst_Base : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aResultKeepsItsErrorThroughTry() {
        const auto inner = [](bool good) -> Result<int> {
            if (good)
                return 4;
            return invalid(QStringLiteral("no"), QStringLiteral("here"));
        };
        const auto outer = [&](bool good) -> Result<QString> {
            PH_ASSIGN(const int n, inner(good));
            return QString::number(n);
        };
        QCOMPARE(outer(true).value(), QStringLiteral("4"));
        QCOMPARE(outer(false).error().text(), QStringLiteral("here: no"));
        QCOMPARE(exitCode(outer(false).error().kind), 2);
    }

    void anAtomicWriteThatFailsLeavesTheOldFile() {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("a/b.txt"));
        QVERIFY(writeFileAtomically(file, "old"));
        const auto failed = writeFileAtomically(file, [&](int fd) -> Result<void> {
            PH_TRY(writeAll(fd, "half", 4, file));
            return invalid(QStringLiteral("stop"));
        });
        QVERIFY(!failed);
        QCOMPARE(readFile(file).value(), QByteArray("old"));
        QCOMPARE(QDir(dir.filePath(QStringLiteral("a"))).entryList(QDir::Files).size(), 1);
    }

    void aDiskThatIsFullIsNamed() {
        if (!QFile::exists(QStringLiteral("/dev/full")))
            QSKIP("no /dev/full here");
        const int fd = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
        const auto r = writeAll(fd, "x", 1, QStringLiteral("/dev/full"));
        ::close(fd);
        QVERIFY(!r);
        QVERIFY(r.error().hint.contains(QStringLiteral("disk is full")));
    }

    void aDatabaseFromANewerProgramIsRefusedUntouched() {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("r.db"));
        const QString v1 = QStringLiteral("CREATE TABLE a(x)"), v2 = QStringLiteral("CREATE TABLE b(x)");
        QVERIFY(Database::open(file, {v1, v2}));
        const auto old = Database::open(file, {v1});
        QVERIFY(!old);
        QCOMPARE(exitCode(old.error().kind), 2); // input that this program cannot read, no back end that failed
        QVERIFY(Database::open(file, {v1, v2}));
    }

    void aFileErrorIsASentenceWithTheNextStep() {
        errno = EACCES;
        const Error lock = fileError(QStringLiteral("open the lock"), QStringLiteral("/x"));
        QVERIFY2(lock.what.startsWith(QStringLiteral("Could not open the lock: ")), qPrintable(lock.what));
        QVERIFY(lock.hint.contains(QStringLiteral("rights")));
        errno = EROFS;
        const Error disk = fileError(QStringLiteral("write"), QStringLiteral("/x"));
        QVERIFY2(disk.what.startsWith(QStringLiteral("Could not write this file: ")), qPrintable(disk.what));
        QCOMPARE(disk.kind, ErrorKind::Denied);
        errno = EIO;
        QVERIFY(fileError(QStringLiteral("tidy the end of"), QStringLiteral("/x")).what.startsWith(QStringLiteral("Could not tidy the end of this file: ")));
    }

    void aDatabaseThatCannotBeWrittenIsNoInternalError() {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("r.db"));
        const auto db = Database::open(file, {QStringLiteral("CREATE TABLE a(x)")}).value();
        struct rlimit before {};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        ::signal(SIGXFSZ, SIG_IGN);
        const struct rlimit small{128 * 1024, before.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto written = db->execute(QStringLiteral("INSERT INTO a VALUES(?)"), [](Statement &s) { s.bindBlob(1, QByteArray(1 << 20, 'x')); });
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY(!written);
        QCOMPARE(written.error().where, file);
        QCOMPARE(exitCode(written.error().kind), 3);
        QVERIFY2(written.error().hint.contains(QStringLiteral("disk")), qPrintable(written.error().text()));
        QVERIFY(db->execute(QStringLiteral("INSERT INTO a VALUES(1)"), {})); // and goes on when there is room again
    }

    void aBrokenDatabaseIsNamed() {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("r.db"));
        QVERIFY(writeFileAtomically(file, QByteArray(4096, 'x')));
        const auto db = Database::open(file, {});
        QVERIFY(!db);
        QCOMPARE(db.error().where, file);
        QCOMPARE(db.error().kind, ErrorKind::Invalid);
    }

    void aTransactionThatFailsLeavesNothing() {
        const auto db = Database::open(QStringLiteral(":memory:"), {QStringLiteral("CREATE TABLE a(x)")}).value();
        const auto r = db->transaction([&]() -> Result<void> {
            PH_TRY(db->execute(QStringLiteral("INSERT INTO a VALUES(?)"), [](Statement &s) { s.bind(1, 5); }).has_value() ? Result<void>() : Result<void>(cancelled()));
            return invalid(QStringLiteral("stop"));
        });
        QVERIFY(!r);
        int rows = -1;
        QVERIFY(db->query(QStringLiteral("SELECT count(*) FROM a"), {}, [&](const Statement &s) { rows = int(s.integer(0)); }));
        QCOMPARE(rows, 0);
    }

    void hashesAreTheKnownOnes() {
        QCOMPARE(sha256Hex("abc"), QStringLiteral("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        Hasher md5(Hasher::Kind::Md5);
        md5.add("abc");
        QCOMPARE(md5.hex(), QStringLiteral("900150983cd24fb0d6963f7d28e17f72"));
        QCOMPARE(hmacSha256("key", "The quick brown fox jumps over the lazy dog").toHex(),
                 QByteArray("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"));
    }

    void redactionTakesCredentialsAndLeavesTheRest_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("bearer") << "Authorization: Bearer abc.def" << "Authorization: •••";
        QTest::newRow("userinfo") << "https://me:pw@host/x" << "https://•••@host/x";
        QTest::newRow("query") << "GET /x?token=abc&y=1" << "GET /x?token=•••&y=1";
        QTest::newRow("json") << R"({"password":"p w","n":1})" << R"({"password":"••• w","n":1})";
        QTest::newRow("nothing") << "model t2m version 4" << "model t2m version 4";
    }
    void redactionTakesCredentialsAndLeavesTheRest() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(redact(text), expected);
    }

    void aJsonErrorNamesLineAndColumn() {
        const auto r = parseJsonObject("{\n \"a\": }", QStringLiteral("f.json"));
        QVERIFY(!r);
        QVERIFY2(r.error().where.startsWith(QStringLiteral("f.json:2:")), qPrintable(r.error().where));
    }

    void parallelForVisitsEachIndexOnceAndPassesOnExceptions() {
        std::vector<std::atomic<int>> seen(1000);
        parallelFor(1000, 7, [&](std::size_t a, std::size_t b) {
            for (; a < b; ++a)
                ++seen[a];
        }, 4);
        for (const auto &n : seen)
            QCOMPARE(n.load(), 1);
        QVERIFY_EXCEPTION_THROWN(parallelFor(10, 1, [](std::size_t a, std::size_t) {
            if (a == 5)
                throw std::runtime_error("x");
        }, 2), std::runtime_error);
    }

    void aTaskReachesALivingReceiverOnly() {
        QThreadPool pool;
        int delivered = 0;
        auto *dead = new QObject;
        auto task = startTask<int>(pool, [](std::stop_token) -> Result<int> { return 3; });
        deliver(task, dead, [&](const Result<int> &) { ++delivered; });
        delete dead;
        QObject alive;
        auto second = startTask<int>(pool, [](std::stop_token) -> Result<int> { throw std::runtime_error("boom"); });
        Error error;
        deliver(second, &alive, [&](const Result<int> &r) {
            ++delivered;
            error = r.error();
        });
        QTRY_COMPARE(delivered, 1);
        QCOMPARE(error.kind, ErrorKind::Internal);
        QCOMPARE(error.raw, QStringLiteral("boom"));
    }

    void aChildsResultComesBackAndItsDeathIsExplained() {
        QTemporaryDir dir;
        const QString script = dir.filePath(QStringLiteral("job"));
        QVERIFY(writeFileAtomically(script, "#!/bin/sh\necho '{\"v\":1,\"event\":\"progress\",\"done\":1,\"total\":2}'\necho noise\n"
                                            "[ \"$1\" = bad ] && { echo last words >&2; exit 9; }\n"
                                            "[ \"$1\" = killed ] && kill -9 $$\n"
                                            "echo '{\"v\":1,\"event\":\"result\",\"result\":{\"x\":1}}'\n"));
        QFile::setPermissions(script, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        int events = 0;
        const auto good = runJob({script, {QStringLiteral("good")}, {}, 0, {}, 5}, [&](const Event &) { ++events; }, {});
        QVERIFY2(good.has_value(), good ? "" : qPrintable(good.error().text()));
        QCOMPARE(good->value(QStringLiteral("x")).toInt(), 1);
        QCOMPARE(events, 2);
        const auto bad = runJob({script, {QStringLiteral("bad")}, {}, 0, {}, 5}, {}, {});
        QVERIFY(!bad);
        QVERIFY(bad.error().raw.contains(QStringLiteral("last words")));
        QVERIFY(bad.error().what.contains(QStringLiteral("code 9")));
        int signal = -1;
        QVERIFY(runJob({script, {QStringLiteral("good")}, {}, 0, {}, 5, &signal}, {}, {}));
        QCOMPARE(signal, 0);
        const auto killed = runJob({script, {QStringLiteral("killed")}, {}, 0, {}, 5, &signal}, {}, {});
        QVERIFY(!killed && killed.error().what.contains(QStringLiteral("signal 9")));
        QCOMPARE(signal, SIGKILL);
    }

    void anEventIsReadAsItWasWritten() {
        int fds[2];
        QCOMPARE(::pipe(fds), 0);
        LineEvents out(fds[1]);
        out.error(invalid(QStringLiteral("what"), QStringLiteral("where"), QStringLiteral("hint")));
        char buffer[1024];
        const ssize_t n = ::read(fds[0], buffer, sizeof buffer);
        ::close(fds[0]);
        ::close(fds[1]);
        const auto event = parseEvent(QByteArray(buffer, n).trimmed());
        QVERIFY(event.has_value());
        QCOMPARE(event->name, QStringLiteral("error"));
        const Error e = errorFromJson(event->fields);
        QCOMPARE(e.kind, ErrorKind::Invalid);
        QCOMPARE(e.hint, QStringLiteral("hint"));
    }
};

QTEST_GUILESS_MAIN(tst_Base)
#include "tst_base.moc"

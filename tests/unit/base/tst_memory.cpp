// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/memory.h"

#include "core/base/file.h"
#include "core/base/pace.h"
#include "tests/support/memory_limit.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;

namespace {

constexpr qint64 MiB = qint64(1) << 20;

/// Files as proc(5) and cgroups(7) have them, under a folder of their own.
struct System {
    QTemporaryDir folder;
    System &with(const char *path, const QByteArray &text) {
        if (!writeFileAtomically(folder.filePath(QLatin1String(path)), text))
            qFatal("cannot write %s", path);
        return *this;
    }
    MemoryRoom room() const { return memoryRoom(folder.path()); }
};

} // namespace

class TestMemory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSmallestBoundCounts_data() {
        QTest::addColumn<QByteArray>("groups");
        QTest::addColumn<QStringList>("files"); // path=text
        QTest::addColumn<qint64>("left");
        QTest::addColumn<QString>("bound");
        const QString machine = QStringLiteral("the machine's memory"), group = QStringLiteral("the control group's limit of 100.0 MiB");
        const auto add = [](const char *name, const char *groups, const QStringList &files, qint64 left, const QString &bound) { QTest::newRow(name) << QByteArray(groups) << files << left << bound; };
        const auto file = [](const char *path, qint64 bytes) { return QStringLiteral("%1=%2\n").arg(QLatin1String(path)).arg(bytes); };
        add("without groups the machine's memory", "", {}, 400 * MiB, machine);
        add("a group of version 2", "0::/job\n", {file("sys/fs/cgroup/job/memory.max", 100 * MiB), file("sys/fs/cgroup/job/memory.current", 70 * MiB)}, 30 * MiB, group);
        add("file pages of a group can be dropped", "0::/job\n",
            {file("sys/fs/cgroup/job/memory.max", 100 * MiB), file("sys/fs/cgroup/job/memory.current", 70 * MiB), QStringLiteral("sys/fs/cgroup/job/memory.stat=anon 5\ninactive_file %1\nactive_file 7\n").arg(50 * MiB)}, 80 * MiB, group);
        add("the limit of a group above", "0::/slice/job\n",
            {file("sys/fs/cgroup/slice/memory.max", 100 * MiB), file("sys/fs/cgroup/slice/memory.current", 90 * MiB), file("sys/fs/cgroup/slice/job/memory.max", 300 * MiB), file("sys/fs/cgroup/slice/job/memory.current", MiB)}, 10 * MiB, group);
        add("the root of a container", "0::/\n", {file("sys/fs/cgroup/memory.max", 100 * MiB), file("sys/fs/cgroup/memory.current", 60 * MiB)}, 40 * MiB, group);
        add("memory.high throttles before memory.max ends it", "0::/job\n",
            {file("sys/fs/cgroup/job/memory.max", 300 * MiB), file("sys/fs/cgroup/job/memory.high", 100 * MiB), file("sys/fs/cgroup/job/memory.current", 20 * MiB)}, 80 * MiB, group);
        add("no limit", "0::/job\n", {QStringLiteral("sys/fs/cgroup/job/memory.max=max\n"), file("sys/fs/cgroup/job/memory.current", 70 * MiB)}, 400 * MiB, machine);
        add("version 1", "9:cpu:/x\n5:memory:/docker/a\n",
            {file("sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes", 100 * MiB), file("sys/fs/cgroup/memory/docker/a/memory.usage_in_bytes", 90 * MiB), QStringLiteral("sys/fs/cgroup/memory/docker/a/memory.stat=inactive_file 1\ntotal_inactive_file %1\n").arg(15 * MiB)}, 25 * MiB, group);
        add("version 1 in a container, whose path is the host's", "5:cpu,memory:/docker/a\n", {file("sys/fs/cgroup/memory/memory.limit_in_bytes", 100 * MiB), file("sys/fs/cgroup/memory/memory.usage_in_bytes", 90 * MiB)}, 10 * MiB, group);
        add("version 1 without a limit", "5:memory:/\n", {QStringLiteral("sys/fs/cgroup/memory/memory.limit_in_bytes=9223372036854771712\n"), file("sys/fs/cgroup/memory/memory.usage_in_bytes", 90 * MiB)}, 400 * MiB, machine);
        add("a group over its limit has nothing", "0::/job\n", {file("sys/fs/cgroup/job/memory.max", 100 * MiB), file("sys/fs/cgroup/job/memory.current", 120 * MiB)}, 0, group);
        add("a damaged group counts as none", "0::/job\nrubbish\n::\n", {QStringLiteral("sys/fs/cgroup/job/memory.max=many\n"), file("sys/fs/cgroup/job/memory.current", 1)}, 400 * MiB, machine);
    }
    void theSmallestBoundCounts() {
        QFETCH(QByteArray, groups);
        QFETCH(QStringList, files);
        QFETCH(qint64, left);
        QFETCH(QString, bound);
        System system;
        system.with("proc/meminfo", "MemTotal:        9999999 kB\nMemFree:          1000 kB\nMemAvailable:     409600 kB\nSwapFree:        9999999 kB\n").with("proc/self/cgroup", groups);
        for (const QString &entry : files)
            system.with(entry.section(QLatin1Char('='), 0, 0).toLatin1().constData(), entry.section(QLatin1Char('='), 1).toLatin1());
        const MemoryRoom room = system.room();
        QCOMPARE(room.bytes, left);
        QCOMPARE(room.bound, bound);
        QVERIFY(!room.hint.isEmpty());
    }

    void aSystemThatDoesNotTellBoundsNothing() {
        const System system;
        QCOMPARE(system.room().bytes, -1);
    }

    void ourOwnLimitCountsFromWhatIsInUse() {
        System system;
        system.with("proc/meminfo", "MemAvailable:     409600 kB\n").with("proc/self/statm", "100000 1000 0 0 0 0 0\n");
        const qint64 used = residentMemory(system.folder.path());
        QVERIFY(used > 0);
        limitMemory(used + 50 * MiB);
        const MemoryRoom room = system.room();
        limitMemory(0);
        QCOMPARE(room.bytes, 50 * MiB);
        QVERIFY2(room.bound.startsWith(QStringLiteral("the memory limit of ")), qPrintable(room.bound));
        QCOMPARE(room.hint, QStringLiteral("Or raise --max-memory."));
        QCOMPARE(system.room().bytes, 400 * MiB);
    }

    void thisMachineTells() {
        QVERIFY(memoryRoom().bytes >= 0);
        QVERIFY(residentMemory() > MiB);
    }

    void whatDoesNotFitIsRefusedWithWhatThereIs() {
        const test::MemoryLimit limit(100 * MiB);
        QVERIFY(requireMemory(20 * MiB, QStringLiteral("A table"), QStringLiteral("d.csv"), {}));
        const Result<void> refusal = requireMemory(1000 * MiB, QStringLiteral("A table"), QStringLiteral("d.csv"), QStringLiteral("Take less."));
        QVERIFY(!refusal);
        QCOMPARE(refusal.error().kind, ErrorKind::Refused);
        QCOMPARE(refusal.error().where, QStringLiteral("d.csv"));
        QVERIFY2(refusal.error().what.startsWith(QStringLiteral("A table needs about 1000.0 MiB of memory; ")), qPrintable(refusal.error().what));
        QVERIFY2(refusal.error().what.contains(QStringLiteral("of the memory limit of ")), qPrintable(refusal.error().what));
        QCOMPARE(refusal.error().hint, QStringLiteral("Take less. Or raise --max-memory."));
    }

    void littleIsGivenWithoutALook() {
        const test::MemoryLimit limit(0);
        QVERIFY(requireMemory(MiB, QStringLiteral("A table"), {}, {}));
        QVERIFY(!requireMemory(17 * MiB, QStringLiteral("A table"), {}, {}));
    }

    void paceTellsTheBeginningAndTheEnd() {
        Pace pace;
        QVERIFY(pace.due(0, 100));
        QCOMPARE(pace.secondsLeft(0, 100), -1.0);
        int told = 0;
        for (int i = 1; i < 100; ++i)
            told += pace.due(i, 100);
        QVERIFY(told < 99); // the loop takes no second
        QVERIFY(pace.due(100, 100));
        QVERIFY(pace.secondsLeft(50, 100) >= 0);
        QCOMPARE(pace.secondsLeft(100, 100), 0.0);
    }

    void whatWasDoneBeforeTookNoTime() {
        Pace pace;
        QVERIFY(pace.due(90, 100)); // an interrupted job goes on
        QCOMPARE(pace.secondsLeft(90, 100), -1.0);
        QVERIFY(pace.secondsLeft(91, 100) >= 0);
    }
};

QTEST_GUILESS_MAIN(TestMemory)
#include "tst_memory.moc"

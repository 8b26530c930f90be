// SPDX-License-Identifier: GPL-3.0-or-later
// Children confined by the real bubblewrap. Most are dash, whose built-in commands need no second process; what Python tries is in
// tests/contract/python/pickles.py.
#include "core/learn/confined_child.h"

#include "core/base/file.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::learn;

class TestConfinedChild : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder; ///< stands for what is outside

    static ConfinedProgram shell(const QString &script) {
        ConfinedProgram program;
        program.program = QStringLiteral("/bin/sh");
        program.arguments = QStringList{QStringLiteral("-c"), script};
        return program;
    }
    /// All that it writes until it ends, and how it ended.
    static std::pair<QByteArray, Error> lived(const ConfinedProgram &program, const ConfinedLimits &limits = {}) {
        auto child = ConfinedChild::start(program, limits, {});
        if (!child)
            return {{}, child.error()};
        QByteArray all;
        for (;;) {
            const auto byte = (*child)->receive(1);
            if (!byte)
                return {all, byte.error()};
            all += *byte;
        }
    }
    QString outside(const QString &name) const { return QDir(m_folder.path()).canonicalPath() + QLatin1Char('/') + name; }

private Q_SLOTS:
    void initTestCase() {
        QProcess probe;
        probe.start(QStringLiteral("bwrap"), {QStringLiteral("--unshare-user"), QStringLiteral("--unshare-pid"), QStringLiteral("--unshare-net"), QStringLiteral("--ro-bind"), QStringLiteral("/"), QStringLiteral("/"),
                                              QStringLiteral("--proc"), QStringLiteral("/proc"), QStringLiteral("--dev"), QStringLiteral("/dev"), QStringLiteral("true")});
        if (!probe.waitForStarted())
            QSKIP("bubblewrap is not installed");
        probe.waitForFinished();
        if (probe.exitCode() != 0)
            QSKIP(qPrintable(QStringLiteral("nothing can be confined here: ") + QString::fromUtf8(probe.readAllStandardError())));
        QVERIFY(writeFileAtomically(outside(QStringLiteral("secret")), "the secret\n"));
    }

    void itIsSpokenTo() {
        auto child = ConfinedChild::start(shell(QStringLiteral("while read -r line; do echo \"<$line>\"; done")), {}, {});
        QVERIFY2(child, qPrintable(child ? QString() : child.error().text()));
        for (const char *word : {"one", "two"}) {
            (*child)->send(QByteArray(word) + '\n');
            const auto answer = (*child)->receive(6);
            QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().text()));
            QCOMPARE(*answer, '<' + QByteArray(word) + ">\n");
        }
    }

    void itSeesWhatIsNamedAndNothingElse_data() {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QByteArray>("said");
        const auto row = [](const char *name, const QString &script, const QByteArray &said) { QTest::newRow(name) << script << said; };
        row("a file that it was given", QStringLiteral("read -r x </given; echo \"$x\""), "the secret\n");
        row("bytes that it was given", QStringLiteral("read -r x </bytes; echo \"$x\""), "some bytes\n");
        row("the same file at its own place", QStringLiteral("read -r x <'%1' || echo no; echo \"$x\"").arg(outside(QStringLiteral("secret"))), "no\n\n");
        row("homes", QStringLiteral("for f in /home /root /var /srv /media /mnt /run /boot; do [ -e $f ] && echo $f; done; echo done"), "done\n");
        row("passwords", QStringLiteral("for f in /etc/passwd /etc/shadow /etc/ssh; do [ -e $f ] && echo $f; done; echo done"), "done\n");
        row("other processes", QStringLiteral("for p in /proc/[0-9]*; do echo ${p#/proc/}; done"), "1\n2\n");
        row("variables", QStringLiteral("[ -z \"$PILOTHOUSE_SECRET_UNIT\" ] && echo $HOME $GIVEN"), "/tmp it\n");
        row("variables of its first process", QStringLiteral("read -r x </proc/1/environ; case $x in *SECRET_UNIT*) echo \"$x\";; esac; echo done"), "done\n"); // dash leaves NULs out
        row("open files of ours", QStringLiteral("for f in /proc/self/fd/*; do case ${f##*/} in 0|1|2|3|10) ;; *) echo $f;; esac; done; echo done"), "done\n"); // 3 and 10: dash reads the folder, and its script
    }
    void itSeesWhatIsNamedAndNothingElse() {
        QFETCH(QString, script);
        QFETCH(QByteArray, said);
        qputenv("PILOTHOUSE_SECRET_UNIT", "x");
        const int leaking = ::open("/dev/null", O_RDONLY); // without O_CLOEXEC, as libraries do it
        ConfinedProgram program = shell(script);
        program.files.emplace_back(outside(QStringLiteral("secret")), QStringLiteral("/given"));
        program.texts.emplace_back("some bytes\n", QStringLiteral("/bytes"));
        program.variables.emplace_back(QStringLiteral("GIVEN"), QStringLiteral("it"));
        const auto [all, end] = lived(program);
        ::close(leaking);
        qunsetenv("PILOTHOUSE_SECRET_UNIT");
        QVERIFY2(all == said, qPrintable(QString::fromUtf8(all) + end.text() + end.raw));
    }

    void itWritesNowhereButIntoItsOwnTmp_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<bool>("may");
        QTest::newRow("its own") << "/tmp" << true;
        QTest::newRow("shared memory") << "/dev/shm" << true;
        QTest::newRow("the root") << "" << false;
        QTest::newRow("devices") << "/dev" << false;
        QTest::newRow("the system") << "/usr/bin" << false;
        QTest::newRow("libraries' settings") << "/etc" << false;
        QTest::newRow("a folder that it was given") << outside(QStringLiteral("given")) << false;
    }
    void itWritesNowhereButIntoItsOwnTmp() {
        QFETCH(QString, folder);
        QFETCH(bool, may);
        QVERIFY(makeFolder(outside(QStringLiteral("given"))));
        ConfinedProgram program = shell(QStringLiteral("if echo x >'%1/pilothouse-try'; then echo yes; else echo no; fi").arg(folder));
        program.folders = QStringList{outside(QStringLiteral("given"))};
        const auto [all, end] = lived(program);
        QVERIFY2(all == (may ? "yes\n" : "no\n"), qPrintable(QString::fromUtf8(all) + end.text() + end.raw));
        QVERIFY(!QFile::exists(QStringLiteral("/tmp/pilothouse-try")) && !QFile::exists(folder + QStringLiteral("/pilothouse-try")));
    }

    /// Nothing is written, only opened: the first would open to anyone, the last to root.
    void itChangesNothingInProc_data() {
        QTest::addColumn<QString>("file");
        QTest::newRow("of itself") << "/proc/self/oom_score_adj";
        QTest::newRow("memory of its first process") << "/proc/1/mem";
        QTest::newRow("a setting of the kernel") << "/proc/sys/kernel/core_pattern";
    }
    void itChangesNothingInProc() {
        QFETCH(QString, file);
        const auto [all, end] = lived(shell(QStringLiteral("if true >'%1'; then echo yes; else echo no; fi").arg(file)));
        QVERIFY2(all == "no\n", qPrintable(QString::fromUtf8(all) + end.text() + end.raw));
    }

    void itStartsNoSecondProcess() {
        const auto [all, end] = lived(shell(QStringLiteral("( : ) && echo yes || echo no")));
        QVERIFY2(!all.contains("yes"), qPrintable(QString::fromUtf8(all) + end.raw));
        QVERIFY2(end.raw.contains(QStringLiteral("fork")), qPrintable(end.raw));
    }

    void itsTmpIsFullOnce() {
        ConfinedLimits limits;
        limits.fileBytes = 1 << 20;
        const auto [all, end] = lived(shell(QStringLiteral("trap '' XFSZ; x=0123456789abcdef; x=$x$x$x$x$x$x$x$x; x=$x$x$x$x$x$x$x$x; for i in 1 2 3; do n=0; while [ $n -lt 600 ] && echo $x >>/tmp/f$i; do n=$((n + 1)); done; done 2>/dev/null; [ $n -lt 600 ] && echo full")), limits);
        QVERIFY2(all == "full\n", qPrintable(QString::fromUtf8(all) + end.text() + end.raw));
    }

    void howItEndsIsTold_data() {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("what");
        QTest::newRow("by itself") << "echo its last words >&2; exit 3" << "ended by itself with code 3";
        QTest::newRow("by a signal") << "echo its last words >&2; kill -SEGV $$" << "ended by signal 11";
        QTest::newRow("words as bwrap would say them, after it has begun") << "echo x; echo 'bwrap: its last words' >&2; exit 1" << "ended by itself with code 1";
    }
    void howItEndsIsTold() {
        QFETCH(QString, script);
        QFETCH(QString, what);
        const auto [all, end] = lived(shell(script));
        QCOMPARE(end.kind, ErrorKind::Invalid);
        QVERIFY2(end.what.contains(what), qPrintable(end.what));
        QVERIFY2(end.raw.contains(QStringLiteral("its last words")), qPrintable(end.raw));
    }

    void aProgramThatIsNotThereIsTold() {
        ConfinedProgram program;
        program.program = outside(QStringLiteral("secret"));
        const auto [all, end] = lived(program);
        QCOMPARE(end.kind, ErrorKind::Unreachable);
        QVERIFY2(end.raw.contains(program.program), qPrintable(end.raw));
    }

    void overItsRunTimeItIsKilled() {
        ConfinedLimits limits;
        limits.seconds = 0.3;
        const auto [all, end] = lived(shell(QStringLiteral("while :; do :; done")), limits);
        QCOMPARE(end.kind, ErrorKind::TimedOut);
        QVERIFY2(end.what.contains(QStringLiteral("0.3 s")), qPrintable(end.what));
    }

    void aStopKillsIt() {
        std::stop_source stop;
        auto child = ConfinedChild::start(shell(QStringLiteral("echo begun; while :; do :; done")), {}, stop.get_token());
        QVERIFY(child);
        QVERIFY((*child)->receive(6));
        stop.request_stop();
        const auto more = (*child)->receive(1);
        QVERIFY(!more);
        QCOMPARE(more.error().kind, ErrorKind::Cancelled);
    }

    void whatItWritesWithoutEndIsNotKept() {
        ConfinedLimits limits;
        limits.fileBytes = 1 << 20;
        const auto [all, end] = lived(shell(QStringLiteral("while :; do echo 0123456789012345678901234567890123456789 >&2 || exit 5; done")), limits);
        QCOMPARE(end.kind, ErrorKind::Invalid);
        QVERIFY2(end.what.contains(QStringLiteral("signal 25")) || end.what.contains(QStringLiteral("code 5")), qPrintable(end.what)); // SIGXFSZ
        QVERIFY(end.raw.size() <= 4000);
    }
};

QTEST_GUILESS_MAIN(TestConfinedChild)
#include "tst_confined_child.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The program starts itself as a child that appends, and kills it: `tst_journal_kill --append FOLDER NAME COUNT`.
#include "core/operations/journal.h"

#include <QCoreApplication>
#include <QProcess>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstdio>
#include <random>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::operations;

namespace {

const QByteArray key = QByteArrayLiteral("k");

Result<std::shared_ptr<Journal>> openIn(const QString &folder) {
    PH_ASSIGN(auto database, Database::open(folder + QStringLiteral("/registry.db"), {journalTables1()}));
    return Journal::open(folder + QStringLiteral("/journal.jsonl"), database, key);
}

/// Appends and says the operation of each acknowledged line on standard output.
int appendForEver(const QString &folder, const QString &name, int count) {
    auto journal = openIn(folder);
    if (!journal) {
        std::fprintf(stderr, "%s\n", qPrintable(journal.error().text()));
        return 1;
    }
    for (int i = 0; i < count; ++i) {
        JournalEntry e;
        e.actor = QStringLiteral("child");
        e.operation = QStringLiteral("%1-%2").arg(name).arg(i);
        e.kind = QStringLiteral("test");
        e.phase = QStringLiteral("done");
        e.details = {{QStringLiteral("filler"), QString(200 + 37 * (i % 50), QLatin1Char('x'))}};
        if (auto done = (*journal)->append(e); !done) {
            std::fprintf(stderr, "%s\n", qPrintable(done.error().text()));
            return 1;
        }
        const QByteArray line = e.operation.toLatin1() + '\n';
        if (::write(STDOUT_FILENO, line.constData(), std::size_t(line.size())) < 0)
            return 1;
    }
    return 0;
}

QSet<QString> operationsIn(const Journal &journal) {
    QSet<QString> out;
    const auto entries = *journal.entries();
    for (const JournalEntry &e : entries)
        out.insert(e.operation);
    return out;
}

} // namespace

class TestJournalKill : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyAcknowledgedLineSurvivesAHundredKills();
    void twoProgramsAppendAtOnce();
};

void TestJournalKill::everyAcknowledgedLineSurvivesAHundredKills() {
    QTemporaryDir folder;
    std::mt19937 random(11);
    QSet<QString> acknowledged;
    auto journal = *openIn(folder.path());
    for (int round = 0; round < 100; ++round) {
        QProcess child;
        child.setProcessChannelMode(QProcess::SeparateChannels);
        child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--append"), folder.path(), QStringLiteral("r%1").arg(round), QStringLiteral("1000000")});
        QVERIFY(child.waitForStarted());
        const int killAfter = int(random() % 6);
        QByteArray said;
        while (said.count('\n') < killAfter) {
            QVERIFY2(child.waitForReadyRead(20000), child.readAllStandardError().constData());
            said += child.readAllStandardOutput();
        }
        ::kill(pid_t(child.processId()), SIGKILL); // it is in the midst of the next append now, wherever that stands
        QVERIFY(child.waitForFinished(20000));
        said += child.readAllStandardOutput();
        QList<QByteArray> lines = said.split('\n');
        lines.removeLast();
        for (const QByteArray &line : lines)
            acknowledged.insert(QString::fromLatin1(line));
        const JournalCheck check = *journal->verify();
        QVERIFY2(check.intact && check.authenticated, qPrintable(QStringLiteral("round %1: %2").arg(round).arg(check.finding)));
    }
    QVERIFY2(acknowledged.size() > 100, qPrintable(QString::number(acknowledged.size())));
    const QSet<QString> there = operationsIn(*journal);
    QVERIFY(there.contains(acknowledged));
}

void TestJournalKill::twoProgramsAppendAtOnce() {
    QTemporaryDir folder;
    QProcess first, second;
    int i = 0;
    for (QProcess *child : {&first, &second})
        child->start(QCoreApplication::applicationFilePath(), {QStringLiteral("--append"), folder.path(), QStringLiteral("p%1").arg(++i), QStringLiteral("80")});
    for (QProcess *child : {&first, &second}) {
        QVERIFY(child->waitForFinished(60000));
        QVERIFY2(child->exitCode() == 0, child->readAllStandardError().constData());
    }
    auto journal = *openIn(folder.path());
    const JournalCheck check = *journal->verify();
    QVERIFY2(check.intact, qPrintable(check.finding));
    QCOMPARE(check.entries, 160);
    QCOMPARE(operationsIn(*journal).size(), 160);
}

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 5 && arguments.at(1) == QLatin1String("--append"))
        return appendForEver(arguments.at(2), arguments.at(3), arguments.at(4).toInt());
    TestJournalKill test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_journal_kill.moc"

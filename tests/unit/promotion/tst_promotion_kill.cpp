// SPDX-License-Identifier: GPL-3.0-or-later
// The program starts itself as a child that promotes or undoes, and kills it in the midst:
//   tst_promotion_kill --approve|--undo FOLDER REQUEST TROUBLE
#include "promotion_bench.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QTest>

#include <cstring>
#include <random>

using namespace pilothouse;
using namespace pilothouse::promotion;
using test::FileRolloutTarget;
using test::PromotionBench;

namespace {

const QString t2m = QStringLiteral("t2m"), champion = QStringLiteral("champion"), ada = QStringLiteral("ada"), ben = QStringLiteral("ben");

void say(const char *line) { (void)!::write(STDOUT_FILENO, line, std::strlen(line)); }

int act(const QStringList &arguments) {
    PromotionBench b(arguments.at(2));
    auto p = b.promotions(ben);
    b.target->trouble = FileRolloutTarget::Trouble(arguments.at(4).toInt());
    say("ready\n");
    const auto done = arguments.at(1) == QLatin1String("--approve") ? p->approve(arguments.at(3), QStringLiteral("go")) : p->undo(arguments.at(3), QStringLiteral("worse"));
    say(done ? "done\n" : "failed\n");
    if (!done)
        std::fprintf(stderr, "%s\n", qPrintable(done.error().text()));
    return done ? 0 : 1;
}

struct Child {
    QProcess process;
    QByteArray said;
    void start(const char *verb, const QString &folder, const QString &id, FileRolloutTarget::Trouble trouble = FileRolloutTarget::Trouble::None) {
        process.start(QCoreApplication::applicationFilePath(), {QLatin1String(verb), folder, id, QString::number(int(trouble))});
    }
    bool ready() {
        while (!said.contains("ready")) {
            if (!process.waitForReadyRead(20000))
                return false;
            said += process.readAllStandardOutput();
        }
        return true;
    }
    void finish() {
        process.waitForFinished(20000);
        said += process.readAllStandardOutput();
    }
};

/// Alias, `previous` and traffic agree with what the request says.
QString disagreement(const PromotionBench &b, const Request &r) {
    const auto is = [&](int champion, int previous, int stable, int canary) { return b.champion() == champion && b.previous() == previous && b.stable() == stable && b.canary() == canary; };
    const bool promoted = is(2, 1, 1, 2), back = is(1, 0, 1, 0);
    const bool fits = r.state == RequestState::Done ? promoted : r.state == RequestState::Executing ? false : back;
    return fits ? QString()
                : QStringLiteral("%1, but champion v%2, previous v%3, stable v%4, canary v%5; %6").arg(requestStateName(r.state)).arg(b.champion()).arg(b.previous()).arg(b.stable()).arg(b.canary()).arg(r.outcome);
}

} // namespace

class TestPromotionKill : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aKillAtTheRolloutIsFinished_data();
    void aKillAtTheRolloutIsFinished();
    void aViewerLeavesItForSomebodyElse();
    void anotherProgramsPromotionIsLeftAlone();
    void aHundredKillsLoseAndDoubleNothing();
};

void TestPromotionKill::aKillAtTheRolloutIsFinished_data() {
    QTest::addColumn<FileRolloutTarget::Trouble>("trouble");
    QTest::newRow("the alias had moved, the rollout had not begun") << FileRolloutTarget::Trouble::KillBefore;
    QTest::newRow("the rollout had begun, nobody had written it down") << FileRolloutTarget::Trouble::KillAfter;
}

void TestPromotionKill::aKillAtTheRolloutIsFinished() {
    QFETCH(const FileRolloutTarget::Trouble, trouble);
    QTemporaryDir folder;
    QString id;
    {
        PromotionBench b(folder.path());
        b.versions(2);
        b.firstChampion();
        id = b.promotions(ada)->request(t2m, 2, champion, b.evidence(2))->id;
    }
    Child child;
    child.start("--approve", folder.path(), id, trouble);
    child.finish();
    QCOMPARE(child.process.exitStatus(), QProcess::CrashExit);
    PromotionBench b(folder.path());
    QCOMPARE(b.champion(), 2);
    auto p = b.promotions(ada);
    QCOMPARE(b.found.size(), 1);
    QVERIFY2(b.found.front().contains(QStringLiteral("it is finished now")), qPrintable(b.found.front()));
    const Request r = *p->requestById(id);
    QCOMPARE(r.state, RequestState::Done);
    QCOMPARE(disagreement(b, r), QString());
    QCOMPARE(b.target->starts, trouble == FileRolloutTarget::Trouble::KillBefore ? 1 : 0); // never a second time
    QCOMPARE(p->liveHistory(t2m, champion)->size(), std::size_t(2));
    QVERIFY(b.journal->verify()->intact);
    auto again = b.promotions(ada);
    QVERIFY(b.found.isEmpty());
    QCOMPARE(again->undo(id, {})->state, RequestState::Undone);
    QCOMPARE(disagreement(b, *again->requestById(id)), QString());
}

void TestPromotionKill::aViewerLeavesItForSomebodyElse() {
    QTemporaryDir folder;
    QString id;
    {
        PromotionBench b(folder.path());
        b.versions(2);
        b.firstChampion();
        id = b.promotions(ada)->request(t2m, 2, champion, b.evidence(2))->id;
    }
    Child child;
    child.start("--approve", folder.path(), id, FileRolloutTarget::Trouble::KillBefore);
    child.finish();
    PromotionBench b(folder.path());
    QCOMPARE(b.promotions(ada, workspace::Role::Viewer)->requestById(id)->state, RequestState::Executing);
    QCOMPARE(b.promotions(ada, workspace::Role::Operator)->requestById(id)->state, RequestState::Done);
}

void TestPromotionKill::anotherProgramsPromotionIsLeftAlone() {
    QTemporaryDir folder;
    PromotionBench b(folder.path());
    b.versions(2);
    b.firstChampion();
    auto p = b.promotions(ada);
    const QString id = p->request(t2m, 2, champion, b.evidence(2))->id;
    // Executing, and its lock is held: as another living program looks from here.
    PromotionBench::must(b.database->execute(QStringLiteral("UPDATE promotions SET state = 'executing', state_before = 'pending', doing = 'promote' WHERE id = '%1'").arg(id)));
    {
        const auto held = FileLock::acquire(folder.filePath(QStringLiteral("locks/promotion-%1.lock").arg(id)));
        QVERIFY(held.has_value());
        QCOMPARE(b.promotions(ben)->requestById(id)->state, RequestState::Executing);
        QVERIFY(b.found.isEmpty());
    }
}

void TestPromotionKill::aHundredKillsLoseAndDoubleNothing() {
    QTemporaryDir folder;
    {
        PromotionBench b(folder.path());
        b.versions(2);
        b.firstChampion();
    }
    std::mt19937 random(3);
    qint64 whole = 0; // how long an undisturbed one takes, so that the kills fall all over it
    int killedMidway = 0, promotions = 0, undos = 0;
    QString id;
    for (int round = 0; round < 100; ++round) {
        const bool approve = round % 2 == 0;
        if (approve) {
            PromotionBench b(folder.path());
            id = PromotionBench::must(b.promotions(ada)->request(t2m, 2, champion, b.evidence(2))).id;
        }
        Child child;
        child.start(approve ? "--approve" : "--undo", folder.path(), id);
        QVERIFY2(child.ready(), child.process.readAllStandardError().constData());
        QElapsedTimer timer;
        timer.start();
        if (whole == 0) {
            child.finish();
            whole = timer.nsecsElapsed();
        } else {
            const qint64 until = qint64(random() % std::size_t(whole));
            while (timer.nsecsElapsed() < until) {
            }
            ::kill(pid_t(child.process.processId()), SIGKILL);
            child.finish();
        }
        PromotionBench b(folder.path());
        const RequestState left = PromotionBench::must(b.promotions(ada, workspace::Role::Viewer)->requestById(id)).state; // looks, touches nothing
        killedMidway += left == RequestState::Executing;
        auto p = b.promotions(ada);
        Request r = PromotionBench::must(p->requestById(id));
        QVERIFY2(disagreement(b, r).isEmpty(), qPrintable(QStringLiteral("round %1: %2").arg(round).arg(disagreement(b, r))));
        const auto check = PromotionBench::must(b.journal->verify());
        QVERIFY2(check.intact, qPrintable(QStringLiteral("round %1: %2").arg(round).arg(check.finding)));
        if (child.said.contains("done"))
            QCOMPARE(r.state, approve ? RequestState::Done : RequestState::Undone);
        if (approve && r.state == RequestState::Pending)
            r = PromotionBench::must(p->approve(id, QStringLiteral("once more")));
        if (!approve && r.state == RequestState::Done)
            r = PromotionBench::must(p->undo(id, QStringLiteral("once more")));
        QCOMPARE(r.state, approve ? RequestState::Done : RequestState::Undone);
        QCOMPARE(disagreement(b, r), QString());
        (approve ? promotions : undos) += 1;
        // One change of the alias for each, however often it was begun.
        QCOMPARE(PromotionBench::must(p->liveHistory(t2m, champion)).size(), std::size_t(1 + promotions + undos));
    }
    qInfo("%d of 100 children were killed while the request was executing", killedMidway);
    QVERIFY(killedMidway > 0);
}

int main(int argc, char **argv) {
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 5 && arguments.at(1).startsWith(QLatin1String("--")))
        return act(arguments);
    TestPromotionKill test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_promotion_kill.moc"

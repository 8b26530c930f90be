// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/operations/operation.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <stdexcept>

using namespace pilothouse;
using namespace pilothouse::operations;
using workspace::Role;

namespace {

/// A journal, an actor, and a world of named numbers that steps change.
struct Bench {
    QTemporaryDir folder;
    std::shared_ptr<Journal> journal = *Journal::open(folder.filePath(QStringLiteral("journal.jsonl")),
                                                      *Database::open(folder.filePath(QStringLiteral("registry.db")), {journalTables1()}), QByteArrayLiteral("k"));
    QMap<QString, int> world;
    QStringList log;

    Step set(const QString &name, int to) {
        Step step;
        step.call = {QStringLiteral("SET"), name, QStringLiteral("→ %1").arg(to), QStringLiteral("back"), {}};
        step.guard = [this, name]() -> Result<void> {
            log << QStringLiteral("guard ") + name;
            return {};
        };
        step.execute = [this, name, to]() -> Result<void> {
            log << QStringLiteral("execute ") + name;
            world[name] = to;
            return {};
        };
        step.readBack = [this, name]() -> Result<QJsonObject> { return QJsonObject{{QStringLiteral("value"), world.value(name)}}; };
        step.undo = [this, name]() -> Result<void> {
            log << QStringLiteral("undo ") + name;
            world.remove(name);
            return {};
        };
        return step;
    }
    Operation operation(std::vector<Step> steps) {
        Operation o;
        o.kind = QStringLiteral("test");
        o.object = QStringLiteral("model t2m");
        o.summary = QStringLiteral("Set things");
        o.undoRecord = {{QStringLiteral("kind"), QStringLiteral("test")}};
        o.steps = std::move(steps);
        return o;
    }
    QString journalText() const {
        QStringList lines;
        const auto entries = *journal->entries();
        for (const JournalEntry &e : entries)
            lines.prepend(e.kind + QLatin1Char(' ') + e.phase + QStringLiteral(" by ") + e.actor);
        return lines.join(QStringLiteral("; "));
    }
};

Actor actor(Role role) { return {QStringLiteral("ada"), QStringLiteral("pilot"), role}; }

} // namespace

class TestOperations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rolesAreEnforced_data();
    void rolesAreEnforced();
    void allGuardsComeBeforeTheFirstCall();
    void aRefusedGuardSendsNothingAndIsJournalled();
    void aFailureHalfwayStopsAndSaysWhatWasDone();
    void whatWasSentCanBePutBack();
    void runWholeLeavesNothingHalfDone();
    void aReadBackThatFailsIsSentButNotSeen();
    void anExceptionIsAnError();
    void withoutAJournalNothingIsSent();
    void theUndoRecordIsFoundAgain();
};

void TestOperations::rolesAreEnforced_data() {
    QTest::addColumn<int>("has");
    QTest::addColumn<int>("needs");
    QTest::addColumn<bool>("may");
    const QStringList names{QStringLiteral("viewer"), QStringLiteral("operator"), QStringLiteral("approver")};
    for (int has = 0; has < 3; ++has)
        for (int needs = 0; needs < 3; ++needs)
            QTest::addRow("%s for %s", qPrintable(names[has]), qPrintable(names[needs])) << has << needs << (has >= needs);
}

void TestOperations::rolesAreEnforced() {
    QFETCH(const int, has);
    QFETCH(const int, needs);
    QFETCH(const bool, may);
    Bench b;
    Operations operations(b.journal, actor(Role(has)));
    Operation o = b.operation({b.set(QStringLiteral("a"), 1)});
    o.needs = Role(needs);
    const OperationOutcome out = operations.run(o);
    QCOMPARE(out.done, may);
    QCOMPARE(b.world.contains(QStringLiteral("a")), may);
    if (may) {
        QCOMPARE(b.journalText(), QStringLiteral("test executing by ada; test done by ada"));
    } else {
        QCOMPARE(b.journalText(), QStringLiteral("test refused by ada"));
        QCOMPARE(out.error->kind, ErrorKind::Refused);
        QVERIFY(out.error->what.contains(QStringLiteral("may not set things; it needs")));
    }
    QVERIFY(b.journal->verify()->intact);
}

void TestOperations::allGuardsComeBeforeTheFirstCall() {
    Bench b;
    Operations operations(b.journal, actor(Role::Operator));
    QVERIFY(operations.run(b.operation({b.set(QStringLiteral("a"), 1), b.set(QStringLiteral("b"), 2)})).done);
    QCOMPARE(b.log.join(QLatin1Char(',')), QStringLiteral("guard a,guard b,execute a,execute b"));
    const JournalEntry last = b.journal->entries(1)->front();
    QCOMPARE(last.after.value(QStringLiteral("b")).toObject().value(QStringLiteral("value")).toInt(), 2);
}

void TestOperations::aRefusedGuardSendsNothingAndIsJournalled() {
    Bench b;
    Operations operations(b.journal, actor(Role::Operator));
    Step moved = b.set(QStringLiteral("b"), 2);
    moved.guard = []() -> Result<void> { return Error{ErrorKind::Conflict, QStringLiteral("It moved."), {}, {}, {}}; };
    const OperationOutcome out = operations.run(b.operation({b.set(QStringLiteral("a"), 1), moved}));
    QVERIFY(!out.done);
    QCOMPARE(out.error->kind, ErrorKind::Conflict);
    QCOMPARE(out.steps[0].state, QStringLiteral("not sent"));
    QCOMPARE(out.steps[1].state, QStringLiteral("refused"));
    QVERIFY(b.world.isEmpty());
    QCOMPARE(b.journalText(), QStringLiteral("test refused by ada"));
}

void TestOperations::aFailureHalfwayStopsAndSaysWhatWasDone() {
    Bench b;
    Operations operations(b.journal, actor(Role::Operator));
    Step broken = b.set(QStringLiteral("b"), 2);
    broken.execute = []() -> Result<void> { return Error{ErrorKind::Unreachable, QStringLiteral("No connection."), {}, {}, {}}; };
    const OperationOutcome out = operations.run(b.operation({b.set(QStringLiteral("a"), 1), broken, b.set(QStringLiteral("c"), 3)}));
    QVERIFY(!out.done);
    QCOMPARE(out.steps[0].state + out.steps[1].state + out.steps[2].state, QStringLiteral("donefailednot sent"));
    QCOMPARE(b.world.keys(), QStringList{QStringLiteral("a")});
    QCOMPARE(b.journalText(), QStringLiteral("test executing by ada; test failed by ada"));
}

void TestOperations::whatWasSentCanBePutBack() {
    Bench b;
    Operations operations(b.journal, actor(Role::Operator));
    Step broken = b.set(QStringLiteral("c"), 3);
    broken.execute = []() -> Result<void> { return Error{ErrorKind::Unreachable, QStringLiteral("No connection."), {}, {}, {}}; };
    const Operation o = b.operation({b.set(QStringLiteral("a"), 1), b.set(QStringLiteral("b"), 2), broken});
    const OperationOutcome out = operations.run(o);
    b.log.clear();
    const OperationOutcome undone = operations.undoDone(o, out);
    QVERIFY(undone.done);
    QCOMPARE(b.log.join(QLatin1Char(',')), QStringLiteral("undo b,undo a"));
    QVERIFY(b.world.isEmpty());
    QCOMPARE(undone.steps[0].state + undone.steps[2].state, QStringLiteral("undonefailed"));
    QVERIFY(b.journalText().endsWith(QStringLiteral("test undone by ada")));
}

void TestOperations::runWholeLeavesNothingHalfDone() {
    Bench b;
    Operations operations(b.journal, actor(Role::Operator));
    const auto id = operations.runWhole(b.operation({b.set(QStringLiteral("a"), 1)}));
    QVERIFY(id);
    QVERIFY(id->startsWith(QStringLiteral("op-")));
    Step broken = b.set(QStringLiteral("c"), 3);
    broken.execute = []() -> Result<void> { return Error{ErrorKind::Unreachable, QStringLiteral("No connection."), {}, {}, {}}; };
    b.log.clear();
    const auto failed = operations.runWhole(b.operation({b.set(QStringLiteral("b"), 2), broken}));
    QVERIFY(!failed);
    QCOMPARE(failed.error().kind, ErrorKind::Unreachable);
    QCOMPARE(b.log.last(), QStringLiteral("undo b"));
    QCOMPARE(b.world.keys(), QStringList{QStringLiteral("a")});
    QVERIFY(b.journalText().endsWith(QStringLiteral("test executing by ada; test failed by ada; test undone by ada")));

    Step guarded = b.set(QStringLiteral("d"), 4);
    guarded.guard = []() -> Result<void> { return Error{ErrorKind::Conflict, QStringLiteral("It moved."), {}, {}, {}}; };
    QVERIFY(!operations.runWhole(b.operation({guarded})));
    QVERIFY2(b.journalText().endsWith(QStringLiteral("test refused by ada")), "nothing was sent, so nothing is put back");
}

void TestOperations::aReadBackThatFailsIsSentButNotSeen() {
    Bench b;
    Operations operations(b.journal, actor(Role::Operator));
    Step blind = b.set(QStringLiteral("a"), 1);
    blind.readBack = []() -> Result<QJsonObject> { return Error{ErrorKind::TimedOut, QStringLiteral("No answer."), {}, {}, {}}; };
    const Operation o = b.operation({blind});
    const OperationOutcome out = operations.run(o);
    QVERIFY(!out.done);
    QVERIFY(out.steps[0].sent);
    QVERIFY(out.error->what.contains(QStringLiteral("sent, but not seen")));
    QVERIFY(operations.undoDone(o, out).done);
    QVERIFY(b.world.isEmpty());
}

void TestOperations::anExceptionIsAnError() {
    Bench b;
    Operations operations(b.journal, actor(Role::Operator));
    Step throwing = b.set(QStringLiteral("a"), 1);
    throwing.execute = []() -> Result<void> { throw std::runtime_error("a library gave up"); };
    const OperationOutcome out = operations.run(b.operation({throwing}));
    QCOMPARE(out.error->kind, ErrorKind::Internal);
    QCOMPARE(out.error->raw, QStringLiteral("a library gave up"));
    QCOMPARE(b.journalText(), QStringLiteral("test executing by ada; test failed by ada"));
}

void TestOperations::withoutAJournalNothingIsSent() {
    Bench b;
    const QString file = b.journal->file();
    QVERIFY(QFile::remove(file) || !QFile::exists(file));
    QVERIFY(QDir().mkpath(file)); // a folder where the file should be
    Operations operations(b.journal, actor(Role::Operator));
    const OperationOutcome out = operations.run(b.operation({b.set(QStringLiteral("a"), 1)}));
    QVERIFY(!out.done);
    QVERIFY(b.world.isEmpty());
    QVERIFY2(out.error->what.startsWith(QStringLiteral("Nothing was sent")), qPrintable(out.error->what));
}

void TestOperations::theUndoRecordIsFoundAgain() {
    Bench b;
    Operations operations(b.journal, actor(Role::Operator));
    const OperationOutcome out = operations.run(b.operation({b.set(QStringLiteral("a"), 1)}));
    QVERIFY(out.id.startsWith(QStringLiteral("op-")));
    const RecordedOperation found = *recordedOperation(*b.journal, out.id);
    QCOMPARE(found.kind, QStringLiteral("test"));
    QCOMPARE(found.phase, QStringLiteral("done"));
    QCOMPARE(found.undoRecord.value(QStringLiteral("kind")).toString(), QStringLiteral("test"));
    QCOMPARE(recordedOperation(*b.journal, QStringLiteral("op-none")).error().kind, ErrorKind::NotFound);
}

QTEST_GUILESS_MAIN(TestOperations)
#include "tst_operations.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// A retrain and a change of the policy as operations, with a real journal and store.
#include "core/base/json.h"
#include "core/retrain/actions.h"

#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::retrain;

namespace {

/// A store and an operator, in a folder of their own.
struct Desk {
    QTemporaryDir folder;
    std::shared_ptr<DecisionStore> store;
    std::shared_ptr<operations::Operations> operations;

    explicit Desk(workspace::Role role = workspace::Role::Operator) {
        store = DecisionStore::open(folder.path()).value();
        auto head = Database::open(folder.filePath(QStringLiteral("registry.db")), {operations::journalTables1()}).value();
        auto journal = operations::Journal::open(folder.filePath(QStringLiteral("journal.jsonl")), head, "key").value();
        operations = std::make_shared<operations::Operations>(journal, operations::Actor{QStringLiteral("ana"), QStringLiteral("test"), role});
    }
    QStringList journalPhases() const {
        QStringList list;
        const auto entries = operations->journal()->entries().value();
        for (auto it = entries.rbegin(); it != entries.rend(); ++it)
            list << it->kind + QLatin1Char(' ') + it->phase;
        return list;
    }
};

QDateTime noon() { return QDateTime::fromString(QStringLiteral("2026-03-01T12:00:00Z"), Qt::ISODate).toUTC(); }

Decision fired(const QDateTime &time = noon()) {
    Decision d;
    d.model = QStringLiteral("ws2m");
    d.kind = DecisionKind::RetrainAttempted;
    d.reason = QStringLiteral("Fired: mae > 0.8 (mae 1.31 on 412 labelled rows).");
    d.rules = {{QStringLiteral("mae > 0.8"), QStringLiteral("mae 1.31 on 412 labelled rows"), true, true, 1.31}};
    d.time = time;
    d.metric = QStringLiteral("mae");
    d.before = 1.31;
    d.dataHash = QStringLiteral("aa");
    return d;
}

} // namespace

class tst_Actions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRetrainIsWrittenDownWithItsRunAndJournalled() {
        Desk desk;
        auto written = std::make_shared<Decision>();
        const auto outcome = desk.operations->run(retrainOperation(desk.store, fired(), {}, [](const Decision &d) -> Result<QString> { return QStringLiteral("run-of-") + d.model; }, written));
        QVERIFY2(outcome.done, outcome.error ? qPrintable(outcome.error->text()) : "");
        QCOMPARE(written->run, QStringLiteral("run-of-ws2m"));
        QVERIFY(desk.store->setAfter(written->id, 0.42));
        const auto log = desk.store->decisions().value();
        QCOMPARE(log.size(), std::size_t(1));
        QCOMPARE(log[0].run, written->run);
        QCOMPARE(log[0].after, std::optional(0.42));
        QCOMPARE(log[0].rules[0].value, std::optional(1.31));
        QCOMPARE(desk.store->state(QStringLiteral("ws2m"))->lastRetrain, std::optional(noon()));
        QCOMPARE(desk.store->state(QStringLiteral("ws2m"))->lastDataHash, std::optional(QStringLiteral("aa")));
        QCOMPARE(desk.journalPhases(), (QStringList{QStringLiteral("retrain executing"), QStringLiteral("retrain done")}));
    }

    void ofTwoThatDecideAtOnceOneRetrains() {
        Desk desk;
        int started = 0;
        const Starter starter = [&](const Decision &) -> Result<QString> { return QStringLiteral("run-%1").arg(++started); };
        auto first = retrainOperation(desk.store, fired(), {}, starter, {});
        auto second = retrainOperation(desk.store, fired(noon().addSecs(1)), {}, starter, {});
        QVERIFY(desk.operations->run(std::move(first)).done);
        const auto refusedOne = desk.operations->run(std::move(second));
        QVERIFY(!refusedOne.done);
        QCOMPARE(refusedOne.error->kind, ErrorKind::Conflict);
        QCOMPARE(started, 1);
        QCOMPARE(desk.journalPhases().last(), QStringLiteral("retrain refused"));
        // The store itself refuses too: the guard may have looked just before the other one wrote.
        QCOMPARE(desk.store->appendRetrain(fired(noon().addSecs(2)), {}).error().kind, ErrorKind::Conflict);
        QCOMPARE(desk.store->decisions()->size(), std::size_t(1));
    }

    void aViewerRetrainsNothing() {
        Desk desk(workspace::Role::Viewer);
        bool started = false;
        const auto outcome = desk.operations->run(retrainOperation(desk.store, fired(), {}, [&](const Decision &) -> Result<QString> {
            started = true;
            return QString();
        }, {}));
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Refused);
        QVERIFY(!started);
        QVERIFY(desk.store->decisions()->empty());
    }

    void aStarterThatFailsIsToldInTheLog() {
        Desk desk;
        const auto outcome = desk.operations->run(retrainOperation(desk.store, fired(), {}, [](const Decision &) -> Result<QString> { return notFound(QStringLiteral("no pilot here")); }, {}));
        QVERIFY(!outcome.done);
        const auto log = desk.store->decisions().value();
        QCOMPARE(log.size(), std::size_t(1)); // attempted, and so it counts for at_most_every
        QVERIFY(log[0].notes.join(QLatin1Char(' ')).contains(QStringLiteral("no pilot here")));
        QVERIFY(log[0].run.isEmpty());
    }

    void aRunUnderWayLeavesNoDecision() {
        Desk desk;
        const auto busy = []() -> Result<void> { return Error{ErrorKind::Conflict, QStringLiteral("Run ws2m-1 of ws2m is still running."), {}, {}, {}}; };
        const auto outcome = desk.operations->run(retrainOperation(desk.store, fired(), {}, [](const Decision &) -> Result<QString> { return QStringLiteral("ws2m-2"); }, {}, busy));
        QVERIFY(!outcome.done);
        QCOMPARE(outcome.error->kind, ErrorKind::Conflict);
        QVERIFY(desk.store->decisions()->empty());
        QVERIFY(!desk.store->state(QStringLiteral("ws2m"))->lastRetrain);
    }

    void theSwitchIsAnOperationThatCanBeUndone() {
        Desk desk;
        Config off;
        off.enabled = false;
        const auto operation = configOperation(desk.store, QStringLiteral("ws2m"), {}, off);
        QCOMPARE(operation.steps[0].call.command, QStringLiteral("pilot retrain disable ws2m"));
        QVERIFY(operation.summary.contains(QStringLiteral("off")));
        const auto outcome = desk.operations->run(operation);
        QVERIFY(outcome.done);
        QCOMPARE(desk.store->state(QStringLiteral("ws2m"))->config.enabled, std::optional(false));
        // A change that relies on what is no longer so is refused.
        const auto stale = desk.operations->run(configOperation(desk.store, QStringLiteral("ws2m"), {}, off));
        QCOMPARE(stale.error->kind, ErrorKind::Conflict);
        QVERIFY(desk.operations->undoDone(operation, outcome).done);
        QVERIFY(!desk.store->state(QStringLiteral("ws2m"))->config.enabled);
    }

    void theBestValuesAreKeptByTheMetricsOwnDirection() {
        Desk desk;
        const QString m = QStringLiteral("ws2m");
        QVERIFY(desk.store->rememberBest(m, {{QStringLiteral("mae"), 0.5}, {QStringLiteral("r2"), 0.6}}));
        QVERIFY(desk.store->rememberBest(m, {{QStringLiteral("mae"), 0.7}, {QStringLiteral("r2"), 0.7}}));
        QVERIFY(desk.store->rememberBest(m, {{QStringLiteral("mae"), std::numeric_limits<double>::quiet_NaN()}}));
        const auto best = DecisionStore::open(desk.folder.path()).value()->state(m)->best; // opened again
        QCOMPARE(best.at(QStringLiteral("mae")), 0.5);
        QCOMPARE(best.at(QStringLiteral("r2")), 0.7);
    }

    void aDecisionReadsBackAsItWasWritten() {
        Decision d = fired();
        d.id = QStringLiteral("d-1");
        d.nextAllowed = noon().addSecs(3600);
        d.after = 0.4;
        d.notes << QStringLiteral("a note");
        const auto read = Decision::fromJson(d.toJson(), QStringLiteral("here"));
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(canonicalJson(read->toJson()), canonicalJson(d.toJson()));
        QJsonObject wrong = d.toJson();
        wrong.insert(QStringLiteral("decision"), QStringLiteral("MAYBE"));
        QCOMPARE(Decision::fromJson(wrong, QStringLiteral("here")).error().kind, ErrorKind::Invalid);
    }

    void twoStoresOnOneFileSeeEachOther() {
        Desk desk;
        auto other = DecisionStore::open(desk.folder.path()).value();
        Decision skipped = fired();
        skipped.kind = DecisionKind::Skipped;
        const auto written = desk.store->appendSkipped(skipped);
        QVERIFY(written);
        QCOMPARE(other->decision(written->id)->reason, skipped.reason);
        QCOMPARE(other->decision(QStringLiteral("d-0")).error().kind, ErrorKind::NotFound);
        QVERIFY(!desk.store->state(QStringLiteral("ws2m"))->lastRetrain); // a skip moves no clock
    }
};

QTEST_GUILESS_MAIN(tst_Actions)
#include "tst_actions.moc"

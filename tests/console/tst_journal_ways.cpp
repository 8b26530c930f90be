// SPDX-License-Identifier: GPL-3.0-or-later
// Undo and Continue beside an operation of the journal: offered where its record allows it, with a reason where it does not.
#include "core/base/process_mark.h"
#include "core/fleet/operation_ways.h"
#include "tests/support/sample_window.h"
#include "widgets/base/button.h"
#include "widgets/base/panel.h"
#include "widgets/base/table.h"

#include <QJsonArray>
#include <QTest>

#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::ui;
using operations::JournalEntry;

namespace {

using Q = QLatin1String;

/// Newest first, as the journal gives them: "copy failed", "tag done", "retrain done", "tag refused", "tag undone by another", that other.
std::vector<JournalEntry> journal() {
    std::vector<JournalEntry> out;
    qint64 sequence = 0;
    const auto add = [&](const char *operation, const char *kind, const char *phase, const QJsonObject &details = {}) {
        JournalEntry e;
        e.sequence = ++sequence;
        e.time = testing::sampleNow().addSecs(-3600 + sequence);
        e.actor = QStringLiteral("ada");
        e.operation = Q(operation);
        e.kind = Q(kind);
        e.phase = Q(phase);
        e.object = QStringLiteral("model t2m");
        e.details = details;
        e.hash = QString::number(sequence);
        out.insert(out.begin(), e);
    };
    const auto record = [](const char *kind) { return QJsonObject{{Q("summary"), Q("Change it")}, {Q("undo"), QJsonObject{{Q("kind"), Q(kind)}}}}; };
    add("op-copy", "copy-version", "executing", record("copy-version"));
    add("op-copy", "copy-version", "failed");
    add("op-tag", "set-tag", "executing", record("set-tag"));
    add("op-tag", "set-tag", "done");
    add("op-retrain", "retrain", "executing");
    add("op-retrain", "retrain", "done");
    add("op-refused", "set-tag", "refused", record("set-tag"));
    add("op-old", "set-tag", "executing", record("set-tag"));
    add("op-old", "set-tag", "done");
    QJsonObject reverse = record("set-tag");
    reverse.insert(Q("undoes"), Q("op-old"));
    add("op-reverse", "set-tag", "executing", reverse);
    add("op-reverse", "set-tag", "done");
    add("op-running", "set-tag", "executing", record("set-tag"));
    const auto by = [&](const ProcessMark &process) {
        QJsonObject details = record("copy-version");
        details.insert(Q("process"), process.text());
        return details;
    };
    add("op-here", "copy-version", "executing", by(*markOf(::getpid())));
    add("op-killed", "copy-version", "executing", by({::getpid(), QStringLiteral("another boot/1")}));
    return out;
}

} // namespace

class TestJournalWays : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatTheRecordAllowsIsOffered_data() {
        QTest::addColumn<QString>("operation");
        QTest::addColumn<bool>("undo");
        QTest::addColumn<bool>("goOn");
        QTest::newRow("a copy that failed halfway: both") << "op-copy" << true << true;
        QTest::newRow("a tag that was set: back") << "op-tag" << true << false;
        QTest::newRow("a retraining keeps no record") << "op-retrain" << false << false;
        QTest::newRow("what was refused sent nothing") << "op-refused" << false << false;
        QTest::newRow("what was undone already") << "op-old" << false << false;
        QTest::newRow("an undo can be undone") << "op-reverse" << true << false;
        QTest::newRow("what has not ended") << "op-running" << false << false;
        QTest::newRow("what is under way in a living process") << "op-here" << false << false;
        QTest::newRow("what a process left that is gone: both") << "op-killed" << true << true;
    }
    void whatTheRecordAllowsIsOffered() {
        QFETCH(const QString, operation);
        QFETCH(const bool, undo);
        QFETCH(const bool, goOn);
        const fleet::OperationWays ways = fleet::waysOn(journal(), operation);
        QCOMPARE(ways.undo, undo);
        QCOMPARE(ways.goOn, goOn);
        QCOMPARE(ways.why.isEmpty(), undo || goOn);
    }

    void theButtonsFollowTheChosenRow() {
        fleet::Snapshot snapshot = testing::sampleSnapshot();
        snapshot.journal = journal();
        testing::SampleWindow sample({}, {1440, 900}, snapshot);
        sample.window.open(QStringLiteral("journal"), {});
        auto *panel = sample.window.findChild<Panel *>(QStringLiteral("journal"));
        QVERIFY(panel);
        auto *table = panel->findChild<Table *>(QStringLiteral("journalTable"));
        auto *undo = panel->findChild<Button *>(QStringLiteral("journalUndo"));
        auto *goOn = panel->findChild<Button *>(QStringLiteral("journalContinue"));
        QVERIFY(table && undo && goOn);
        table->choose(QStringLiteral("2")); // the copy's last line
        QTRY_VERIFY(undo->isVisible() && goOn->isVisible());
        QVERIFY(undo->isEnabled() && goOn->isEnabled());
        QCOMPARE(panel->currentArgument(QStringLiteral("journal.undo")), QStringLiteral("op-copy"));
        table->choose(QStringLiteral("4"));
        QTRY_VERIFY(undo->isVisible() && !goOn->isVisible());
        table->choose(QStringLiteral("6"));
        QTRY_VERIFY(!undo->isVisible() && !goOn->isVisible());
    }
};

QTEST_MAIN(TestJournalWays)
#include "tst_journal_ways.moc"

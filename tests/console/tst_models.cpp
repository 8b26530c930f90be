// SPDX-License-Identifier: GPL-3.0-or-later
// The item models of Overview, Alerts and Journal, without a window.
#include "tests/support/sample_snapshot.h"
#include "widgets/base/format.h"
#include "widgets/fleet/alert_model.h"
#include "widgets/fleet/decision_model.h"
#include "widgets/fleet/fleet_model.h"
#include "widgets/fleet/inbox_list.h"
#include "widgets/fleet/timeline_view.h"
#include "widgets/operations/journal_model.h"
#include "widgets/operations/live_view.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using testing::sampleNow;
using testing::sampleSnapshot;

namespace {

/// A row as its shown texts, glyph words in brackets.
QString rowText(const FleetModel &model, int row) {
    QStringList cells;
    for (int column = 0; column < model.columnCount(); ++column) {
        const QModelIndex index = model.index(row, column);
        QString text = index.data().toString();
        if (const State state = State(index.data(StateRole).toInt()); state != State::None)
            text.prepend(QStringLiteral("[%1]").arg(stateWord(state)));
        if (const QString second = index.data(SecondRole).toString(); !second.isEmpty())
            text += QLatin1Char('/') + second;
        cells << text;
    }
    return cells.join(QStringLiteral(" | "));
}

} // namespace

class TestModels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void fleetRowsReadAsTheBoard_data() {
        QTest::addColumn<int>("row");
        QTest::addColumn<QString>("text");
        QTest::newRow("over its limit, candidate waits, drift high") << 0 << QStringLiteral("[Failed] | weather-ws2m/LSTM · serving/weather-ws2m | v29/v30 waiting | 1.31 MAE/≤ 1.10 | 0.31/WD10M | 9 d 4 h/no limit set | [Paused]Paused at gate/#421 | [Passed]v29/stable | none");
        QTest::newRow("too old, pipeline failed") << 1 << QStringLiteral("[Near limit] | iris-kserve/Random forest · serving/iris-kserve | v41/champion | 0.953 accuracy/≥ 0.950 | 0.04/petal_length | [Stale]38 h 10 m/limit 36 h | [Failed]Failed at train/#8f2c | [Passed]v41/stable | none");
        QTest::newRow("endpoint serves another version") << 2 << QStringLiteral("[Near limit] | damage-svc/Logistic regression · serving/damage-svc | v7/champion | 0.847 F1/≥ 0.800 | 0.07/torque | 4 d 2 h/limit 7 d | no run yet | [Passed]v7/stable | [Skew]v6/is served, 3 h 12 m");
        QTest::newRow("canary on its way") << 3 << QStringLiteral("[Running] | weather-t2m/LSTM · serving/weather-t2m | v34/v35 canary | 1.42 MAE/≤ 1.80 | 0.06/QV2M | 9 h 11 m/limit 36 h | [Passed]Passed/#420 | [Paused]v34/canary 25 % | none");
        QTest::newRow("no answer: last known, marked old") << 8 << QStringLiteral("[Unknown] | maintenance-svc/Logistic regression · serving/maintenance-svc | v3/champion | 0.912 F1/≥ 0.850 | No data | 21 d/limit 30 d | no run yet | [Unknown]v3/2 h 01 m old | [Unknown]unknown");
    }
    void fleetRowsReadAsTheBoard() {
        QFETCH(int, row);
        QFETCH(QString, text);
        FleetModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSnapshot(sampleSnapshot(), sampleNow());
        QCOMPARE(rowText(model, row), text);
    }

    void anUnchangedSnapshotSignalsNothing() {
        FleetModel model;
        model.setSnapshot(sampleSnapshot(), sampleNow());
        QSignalSpy changed(&model, &FleetModel::dataChanged), reset(&model, &FleetModel::modelReset);
        model.setSnapshot(sampleSnapshot(), sampleNow());
        QCOMPARE(changed.size(), 0);
        fleet::Snapshot other = sampleSnapshot();
        other.models[3].quality.value = 1.9;
        model.setSnapshot(other, sampleNow());
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.first().first().toModelIndex().row(), 3);
        QCOMPARE(changed.first().first().toModelIndex().column(), int(FleetModel::Quality));
        QCOMPARE(reset.size(), 0);
    }

    void aModelOfAFreshWorkspaceHasNoInventedNumbers() {
        FleetModel model;
        model.setSnapshot(testing::freshSnapshot(), sampleNow());
        QCOMPARE(rowText(model, 0), QStringLiteral("[Unknown] | t2m/not trained · local | none | none | No data | none/no limit set | no run yet | not served | none"));
    }

    void psiWordsChangeAtTheirLimits_data() {
        QTest::addColumn<double>("psi");
        QTest::addColumn<QString>("word");
        QTest::newRow("just below warning") << 0.0999 << QStringLiteral("Low");
        QTest::newRow("warning met exactly") << 0.10 << QStringLiteral("Moderate");
        QTest::newRow("just below drifted") << 0.2499 << QStringLiteral("Moderate");
        QTest::newRow("drifted met exactly") << 0.25 << QStringLiteral("High");
    }
    void psiWordsChangeAtTheirLimits() {
        QFETCH(double, psi);
        QFETCH(QString, word);
        QCOMPARE(effectCellOf(psi).word, word);
    }

    void filtersCountWhatTheyLetThrough() {
        const fleet::Snapshot snapshot = sampleSnapshot();
        const auto count = [&](FleetFilter filter) { return std::count_if(snapshot.models.begin(), snapshot.models.end(), [&](const auto &row) { return passes(row, filter); }); };
        QCOMPARE(count(FleetFilter::All), 9);
        QCOMPARE(count(FleetFilter::NeedsMe), 2);
        QCOMPARE(count(FleetFilter::OverLimit), 1);
        QCOMPARE(count(FleetFilter::Late), 1);
        QCOMPARE(count(FleetFilter::Unknown), 1);
    }

    void theInboxGroupsAndCountsAndChangesLittle() {
        InboxModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        fleet::Snapshot snapshot = sampleSnapshot();
        model.setItems(snapshot.inbox, sampleNow());
        QCOMPARE(model.open(), 6);
        QCOMPARE(model.rowCount(), 7 + 4);
        QCOMPARE(model.index(0).data().toString(), QStringLiteral("Waiting for a decision"));
        QCOMPARE(model.index(1).data(RightRole).toString(), QStringLiteral("14 min"));
        QVERIFY(!(model.flags(model.index(0)) & Qt::ItemIsSelectable));
        QSignalSpy inserted(&model, &InboxModel::rowsInserted), removed(&model, &InboxModel::rowsRemoved), reset(&model, &InboxModel::modelReset);
        snapshot.inbox.erase(snapshot.inbox.begin() + 1);
        model.setItems(snapshot.inbox, sampleNow());
        QCOMPARE(removed.size(), 1);
        QCOMPARE(inserted.size() + reset.size(), 0);
        model.setItems({}, sampleNow());
        QCOMPARE(model.rowCount(), 0);
    }

    void marksStandWhereTheirTimeIs() {
        std::vector<fleet::TimelineEvent> events(3);
        events[0] = {QStringLiteral("promotion"), QStringLiteral("v2"), QStringLiteral("t2m"), {}, sampleNow().addSecs(-12 * 3600), {}, fleet::Health::Ok, 0};
        events[1] = {QStringLiteral("alert"), QStringLiteral("over"), QStringLiteral("t2m"), {}, sampleNow().addDays(-3), sampleNow(), fleet::Health::Bad, 0};
        events[2] = {QStringLiteral("train"), {}, QStringLiteral("t2m"), {}, sampleNow().addDays(-30), {}, fleet::Health::Ok, 0};
        const auto layout = layoutTimeline(events, QSizeF(1000, 320), sampleNow().addDays(-1), sampleNow(), 100, 20);
        QCOMPARE(layout.marks.size(), std::size_t(2)); // a month ago is not on a day's axis
        QCOMPARE(layout.marks[0].rect.center().x(), 500.0);
        QCOMPARE(layout.marks[1].rect.left(), 100.0); // began before: cut at the edge
        QCOMPARE(layout.marks[1].rect.right(), 900.0);
        QCOMPARE(layout.laneAt(layout.marks[0].rect.center().y()), 2);
    }

    void alertsAreSortedByHowBadTheyAre() {
        const auto alerts = alertsOf(sampleSnapshot());
        QStringList lines;
        for (const Alert &alert : alerts)
            lines << QStringLiteral("%1 %2").arg(int(alert.group)).arg(alert.id);
        QCOMPARE(lines.join(QLatin1Char('\n')), QStringLiteral("0 endpoint/maintenance-svc\n0 quality/weather-ws2m\n0 skew/damage-svc\n0 stale/iris-kserve\n1 drift/weather-rh2m\n1 near/iris-kserve\n1 near/iris-rf"));
    }
    void aMetricThatCannotBeToldIsNoDataNotFine() {
        fleet::Snapshot snapshot;
        fleet::ModelRow row;
        row.name = QStringLiteral("t2m");
        row.liveVersion = 1;
        row.quality.metric = QStringLiteral("mae");
        row.quality.max = 2;
        row.quality.note = QStringLiteral("too few labels: 61");
        snapshot.models = {row};
        const auto alerts = alertsOf(snapshot);
        QCOMPARE(alerts.size(), std::size_t(1));
        QCOMPARE(int(alerts[0].group), int(Alert::NoData));
        QCOMPARE(alerts[0].sentence, QStringLiteral("too few labels: 61"));
    }
    void ownRulesStandInTheirGroups() {
        fleet::Snapshot snapshot;
        const auto add = [&](const char *id, fleet::InboxGroup group, fleet::Health state) {
            fleet::InboxItem item;
            item.id = QString::fromLatin1(id);
            item.group = group;
            item.state = state;
            item.action = QStringLiteral("alert.silence");
            item.since = sampleNow();
            item.ruleKind = item.id == QLatin1String("alert/mae") ? QStringLiteral("metric") : item.id == QLatin1String("alert/fresh") ? QStringLiteral("staleness") : QStringLiteral("drift");
            snapshot.inbox.push_back(item);
        };
        add("alert/mae", fleet::InboxGroup::Broken, fleet::Health::Bad);
        add("alert/fresh", fleet::InboxGroup::Broken, fleet::Health::Unknown);
        add("alert/drift", fleet::InboxGroup::Soon, fleet::Health::Warn);
        QStringList lines;
        for (const Alert &alert : alertsOf(snapshot))
            lines << QStringLiteral("%1 %2 %3").arg(int(alert.group)).arg(alert.id, inboxVerb(alert.action));
        QCOMPARE(lines.join(QLatin1Char('\n')), QStringLiteral("0 alert/mae Silence…\n1 alert/drift Silence…\n2 alert/fresh Silence…"));
        const auto alerts = alertsOf(snapshot);
        QCOMPARE(int(alerts[0].about), int(Alert::Quality));
        QCOMPARE(int(alerts[1].about), int(Alert::Drift));
        QCOMPARE(alerts[1].since, sampleNow()); // a rule knows since when
        QCOMPARE(int(alerts[2].about), int(Alert::Staleness));
    }
    void whatAnEndpointServesIsToldWithItsAge() {
        fleet::Snapshot snapshot;
        fleet::ModelRow row;
        row.name = QStringLiteral("t2m");
        row.liveVersion = 4;
        row.endpointUrl = QStringLiteral("http://t2m.example");
        row.served = {fleet::SkewState::Skewed, fleet::SkewCause::StartedBefore, QStringLiteral("alias v4, endpoint serves v3"), QStringLiteral("It loaded its model before the alias moved."), QStringLiteral("Restart it."), {}, QStringLiteral("v3"),
                      sampleNow().addSecs(-7200), sampleNow().addSecs(-20)};
        snapshot.models = {row};
        const auto fires = alertsOf(snapshot);
        QCOMPARE(fires.size(), std::size_t(1));
        QCOMPARE(fires[0].id, QStringLiteral("skew/t2m"));
        QCOMPARE(int(fires[0].group), int(Alert::Firing));
        QCOMPARE(fires[0].sentence, QStringLiteral("alias v4, endpoint serves v3"));
        QCOMPARE(fires[0].since, sampleNow().addSecs(-7200));
        snapshot.models[0].skew = row.served.what;
        snapshot.inbox = fleet::inboxOf(snapshot, {}, sampleNow());
        QVERIFY(!snapshot.inbox.empty());
        QCOMPARE(alertsOf(snapshot).size(), std::size_t(1)); // once, also where the inbox has it
        snapshot.inbox.clear();
        snapshot.models[0].served = {fleet::SkewState::Unknown, fleet::SkewCause::None, {}, QStringLiteral("The endpoint does not answer."), {}, {}, {}, {}, sampleNow()};
        const auto silent = alertsOf(snapshot);
        QCOMPARE(silent.size(), std::size_t(1));
        QCOMPARE(int(silent[0].group), int(Alert::NoData));
        QCOMPARE(silent[0].sentence, QStringLiteral("The endpoint does not answer."));
        snapshot.models[0].served = {fleet::SkewState::Agrees, fleet::SkewCause::None, {}, {}, {}, {}, QStringLiteral("v4"), {}, sampleNow()};
        QVERIFY(alertsOf(snapshot).empty());
        QCOMPARE(quietRulesOf(snapshot).size(), std::size_t(1));
        QCOMPARE(quietRulesOf(snapshot)[0].id, QStringLiteral("quiet/skew/t2m"));
    }
    void aTargetsMetricIsCalledByBoth() {
        fleet::Snapshot snapshot;
        fleet::ModelRow row;
        row.name = QStringLiteral("weather");
        row.liveVersion = 1;
        row.quality.metric = QStringLiteral("mae@t2m");
        row.quality.unit = QStringLiteral("°C");
        row.quality.max = 2;
        row.quality.value = 1.95;
        snapshot.models = {row};
        const auto near = alertsOf(snapshot);
        QCOMPARE(near.size(), std::size_t(1));
        QCOMPARE(near[0].title, QStringLiteral("weather MAE t2m near limit"));
        snapshot.models[0].quality.value = 2.5;
        snapshot.inbox = fleet::inboxOf(snapshot, {}, sampleNow());
        QCOMPARE(snapshot.inbox.size(), std::size_t(1));
        QCOMPARE(snapshot.inbox[0].title, QStringLiteral("weather MAE t2m over limit"));
        QCOMPARE(snapshot.inbox[0].sentence, QStringLiteral("MAE t2m 2.5, limit 2."));
        QCOMPARE(alertsOf(snapshot).front().title, QStringLiteral("weather MAE t2m over limit"));
        QCOMPARE(metricCellOf(snapshot.models[0].quality).unit, QStringLiteral("°C MAE t2m"));
    }
    void alertListKeepsItsRowsWhenOnlyNumbersChange() {
        AlertModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setAlerts(alertsOf(sampleSnapshot()), sampleNow());
        QSignalSpy reset(&model, &AlertModel::modelReset);
        model.setAlerts(alertsOf(sampleSnapshot()), sampleNow().addSecs(60));
        QCOMPARE(reset.size(), 0);
        QCOMPARE(model.count(Alert::Firing), 4);
    }

    void journalShowsWhatDiffers_data() {
        QTest::addColumn<QJsonObject>("before");
        QTest::addColumn<QJsonObject>("after");
        QTest::addColumn<QString>("text");
        using O = QJsonObject;
        const QString v = QStringLiteral("version"), w = QStringLiteral("weight");
        QTest::newRow("one value") << O{{v, 3}} << O{{v, 4}} << QStringLiteral("3 → 4");
        QTest::newRow("nothing before") << O{} << O{{v, 4}} << QStringLiteral("4");
        QTest::newRow("taken away") << O{{v, 4}} << O{} << QStringLiteral("4 → none");
        QTest::newRow("two values are named, the same one is left out") << O{{v, 3}, {w, 10}} << O{{v, 3}, {w, 25}} << QStringLiteral("weight 10 → 25");
        QTest::newRow("nothing differs") << O{{v, 3}} << O{{v, 3}} << QString();
    }
    void journalShowsWhatDiffers() {
        QFETCH(QJsonObject, before);
        QFETCH(QJsonObject, after);
        QFETCH(QString, text);
        QCOMPARE(changeText(before, after), text);
    }
    void anOperationIsOneRowWithWhatItChanged() {
        using O = QJsonObject;
        operations::JournalEntry begun, done, note;
        begun.sequence = 33;
        begun.operation = done.operation = note.operation = QStringLiteral("op-1");
        begun.kind = done.kind = QStringLiteral("promote");
        begun.object = done.object = QStringLiteral("model ws2m");
        begun.phase = QStringLiteral("executing");
        begun.before = O{{QStringLiteral("champion"), 1}};
        begun.details = O{{QStringLiteral("summary"), QStringLiteral("Promote ws2m version 2")},
                          {QStringLiteral("calls"), QJsonArray{O{{QStringLiteral("object"), QStringLiteral("alias champion on ws2m")}, {QStringLiteral("effect"), QStringLiteral("v1 → v2")}},
                                                               O{{QStringLiteral("object"), QStringLiteral("rollout serving/ws2m")}, {QStringLiteral("effect"), QStringLiteral("v2 beside v1")}}}}};
        done.sequence = 34;
        done.phase = QStringLiteral("done");
        note.sequence = 35;
        note.kind = QStringLiteral("rollout-finished");
        note.phase = QStringLiteral("note");
        note.details = O{{QStringLiteral("verdict"), QStringLiteral("better on 200 rows")}};
        const auto rows = operationsOf({note, done, begun});
        QCOMPARE(rows.size(), std::size_t(2));
        QCOMPARE(rows[1].sequence, 34);
        QCOMPARE(rows[1].phase, QStringLiteral("done"));
        QCOMPARE(rows[1].before, begun.before);
        QCOMPARE(effectText(rows[1]), QStringLiteral("champion v1 → v2, v2 beside v1"));
        QCOMPARE(effectText(rows[0]), QStringLiteral("better on 200 rows"));
    }
    void anApprovalTellsItsSummaryAndARefusalItsReason() {
        using O = QJsonObject;
        operations::JournalEntry entry;
        entry.kind = QStringLiteral("approve");
        entry.details = O{{QStringLiteral("summary"), QStringLiteral("Approve t2m version 1")}, {QStringLiteral("calls"), QJsonArray{O{{QStringLiteral("object"), QStringLiteral("promotion p-1")}, {QStringLiteral("effect"), QStringLiteral("approve")}}}}};
        QCOMPARE(effectText(entry), QStringLiteral("Approve t2m version 1"));
        entry.details.insert(QStringLiteral("error"), QStringLiteral("alias is 7"));
        QCOMPARE(effectText(entry), QStringLiteral("alias is 7"));
    }
    void keptLimitsAreListedBesideTheBroken() {
        const auto open = alertsOf(sampleSnapshot()), quiet = quietRulesOf(sampleSnapshot());
        QVERIFY(!quiet.empty());
        for (const Alert &rule : quiet) {
            QCOMPARE(int(rule.state), int(State::Ok));
            for (const Alert &alert : open) // a rule is kept or broken, not both
                QVERIFY2(alert.model != rule.model || alert.about != rule.about || alert.about == Alert::Other, qPrintable(rule.id));
        }
    }
    void aBrokenLimitSaysSinceWhen() {
        fleet::Quality quality;
        quality.max = 1.0;
        for (const double value : {1.2, 0.9, 1.1, 1.3})
            quality.series.emplace_back(sampleNow().addSecs(qint64(quality.series.size()) * 60), value);
        QCOMPARE(quality.overSince(), sampleNow().addSecs(120));
        quality.series.emplace_back(sampleNow().addSecs(300), 0.8);
        QVERIFY(!quality.overSince().isValid());
    }
    void journalRows() {
        JournalModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setEntries(sampleSnapshot().journal, sampleNow());
        QCOMPARE(model.index(0, JournalModel::Number).data().toString(), QStringLiteral("1\u2009284"));
        QCOMPARE(model.index(4, JournalModel::Did).data().toString(), QStringLiteral("Set alias, refused, nothing sent"));
        QCOMPARE(State(model.index(4, JournalModel::Did).data(StateRole).toInt()), State::Warn);
        QCOMPARE(stateOfPhase(QStringLiteral("a word of a newer version")), State::Unknown);
        const QString text = entryText(model.row(4), sampleNow());
        QVERIFY2(text.contains(QStringLiteral("alias is 7")) && text.contains(model.row(4).hash), qPrintable(text));
    }

    void whatWasLiveIsTheLastChangeBefore() {
        using R = promotion::LiveRecord;
        const std::vector<R> history{{QStringLiteral("t2m"), QStringLiteral("champion"), 3, sampleNow().addDays(-1), QStringLiteral("you"), {}},
                                     {QStringLiteral("t2m"), QStringLiteral("champion"), 2, sampleNow().addDays(-5), QStringLiteral("policy"), {}}};
        QCOMPARE(*liveAt(history, sampleNow())->version, 3);
        QCOMPARE(*liveAt(history, sampleNow().addDays(-1))->version, 3); // from its very moment on
        QCOMPARE(*liveAt(history, sampleNow().addDays(-2))->version, 2);
        QVERIFY(!liveAt(history, sampleNow().addDays(-9)));
    }
};

QTEST_MAIN(TestModels)
#include "tst_models.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// A replay decides by what was known at each of its times, and by nothing that came later.
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/retrain/backtest.h"
#include "core/retrain/past_read.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <random>

using namespace pilothouse;
using namespace pilothouse::retrain;

namespace {

const QDateTime start = fromIsoUtc(QStringLiteral("2026-03-01T00:00:00.000Z"));
QDateTime hour(double hours) { return start.addSecs(qint64(hours * 3600)); }

workspace::Model policy(const QStringList &rules, const QString &atMostEvery = QStringLiteral("6h")) {
    workspace::Model model;
    model.name = QStringLiteral("m");
    model.retrain.when = rules;
    model.retrain.atMostEvery = atMostEvery;
    model.retrain.enabled = true;
    return model;
}

Fact fact(Fact::Kind kind, double hours, const QString &text = {}, double value = 0) {
    Fact f;
    f.kind = kind;
    f.known = hour(hours);
    f.text = text;
    f.value = value;
    f.source = QStringLiteral("a file");
    return f;
}
Fact measured(double hours, const char *metric, double value) { return fact(Fact::Kind::Measured, hours, QLatin1String(metric), value); }
Fact versionFact(Fact::Kind kind, double hours, int version, const QString &text = {}, double value = 0) {
    Fact f = fact(kind, hours, text, value);
    f.version = version;
    return f;
}
Fact label(double hours, qint64 sequence, double error, int version = 1) {
    Fact f = versionFact(Fact::Kind::Label, hours, version);
    f.sequence = sequence;
    f.truth = double(sequence % 7);
    f.predicted = f.truth + error;
    return f;
}

/// Hours at which it would have retrained.
QList<double> fired(const Result<Backtest> &result) {
    QList<double> hours;
    for (const Decision &point : result->points)
        if (point.kind == DecisionKind::RetrainAttempted)
            hours << double(start.secsTo(point.time)) / 3600;
    return hours;
}

/// Points up to a time, as text.
QByteArray upTo(const Backtest &result, const QDateTime &time) {
    QJsonArray list;
    for (const Decision &point : result.points)
        if (point.time <= time)
            list << point.toJson();
    return QJsonDocument(list).toJson();
}

Fact anyFact(std::mt19937 &random, double hours) {
    const auto pick = [&](int n) { return int(random() % unsigned(n)); };
    const double value = double(pick(1000)) / 500;
    switch (pick(20)) {
    case 0: return versionFact(Fact::Kind::Version, hours, pick(4), QStringLiteral("hash%1").arg(pick(3)));
    case 1: return versionFact(Fact::Kind::Champion, hours, pick(4));
    case 2: return versionFact(Fact::Kind::Tested, hours, pick(4), QStringLiteral("r2"), value / 2);
    case 3: return measured(hours, "mae", value);
    case 4: return fact(Fact::Kind::Drift, hours, QStringLiteral("c"), value / 4);
    case 5: return fact(Fact::Kind::Data, hours, QStringLiteral("hash%1").arg(pick(3)));
    case 6: return fact(Fact::Kind::Retrain, hours);
    case 7:
    case 8: {
        Fact f = fact(pick(2) ? Fact::Kind::Answered : Fact::Kind::NewestRow, hours);
        f.time = hour(hours - pick(50));
        f.rows = pick(9);
        return f;
    }
    default: {
        Fact f = label(hours, pick(100000), value, pick(4));
        f.time = hour(hours - double(pick(30)));
        return f;
    }
    }
}

} // namespace

class tst_Backtest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void itFiresWhereAMetricIsBelowItsFloorOrItsBest() {
        const std::vector<Fact> facts{measured(0, "r2", 0.8), measured(10, "r2", 0.75), measured(20, "r2", 0.69), measured(30, "r2", 0.82), measured(40, "r2", 0.71), measured(50, "r2", 0.49)};
        const auto drop = backtest(policy({QStringLiteral("r2 drops 0.1")}), facts, {});
        QVERIFY2(drop, drop ? "" : qPrintable(drop.error().text()));
        QCOMPARE(drop->points.size(), std::size_t(51));
        QCOMPARE(fired(drop), (QList<double>{20, 26, 40, 46})); // at 50 it is too soon after 46
        QCOMPARE(drop->tooSoon, 17);
        const auto floor = backtest(policy({QStringLiteral("r2 < 0.5")}), facts, {});
        QCOMPARE(fired(floor), QList<double>{50});
        QVERIFY2(floor->points.back().reason.contains(QStringLiteral("r2 0.49 on a file")), qPrintable(floor->points.back().reason));
        QCOMPARE(floor->busiestWeek, 1);
    }

    void theBestIsOfThePastOnly() {
        // The best value comes at the end: at the time of the low one nothing better was known.
        const auto result = backtest(policy({QStringLiteral("r2 drops 0.1")}), {measured(0, "r2", 0.5), measured(10, "r2", 0.9)}, {});
        QVERIFY(fired(result).isEmpty());
    }

    void aLabelCountsFromWhenItCame() {
        std::vector<Fact> facts{versionFact(Fact::Kind::Champion, 0, 1)};
        for (int k = 0; k < 100; ++k)
            facts.push_back(label(k < 50 ? 1 : 9, k, 3)); // half of the labels come late
        const auto result = backtest(policy({QStringLiteral("mae > 1.5")}), facts, {});
        QCOMPARE(fired(result), QList<double>{9});
        QVERIFY(!result->points[8].rules.front().known);
        QVERIFY2(result->points[9].reason.contains(QStringLiteral("mae 3 on 100 labelled rows")), qPrintable(result->points[9].reason));
    }

    void onlyTheChampionsRowsAreJudged() {
        std::vector<Fact> facts{versionFact(Fact::Kind::Champion, 0, 1), versionFact(Fact::Kind::Champion, 5, 2), measured(12, "other", 1)};
        for (int k = 0; k < 200; ++k)
            facts.push_back(label(2, k, 3, 2));
        QCOMPARE(fired(backtest(policy({QStringLiteral("mae > 1.5")}), facts, {})), (QList<double>{5, 11}));
    }

    void changedDataFiresOnceForEachChange() {
        const std::vector<Fact> facts{versionFact(Fact::Kind::Version, 0, 1, QStringLiteral("aaaa")), versionFact(Fact::Kind::Champion, 0, 1), fact(Fact::Kind::Data, 1, QStringLiteral("aaaa")),
                                      fact(Fact::Kind::Data, 10, QStringLiteral("bbbb")), fact(Fact::Kind::Data, 30, QStringLiteral("cccc")), measured(60, "r2", 1)};
        QCOMPARE(fired(backtest(policy({QStringLiteral("data_changed")}), facts, {})), (QList<double>{10, 30}));
    }

    void anOldModelFiresOnceInItsTime() {
        const std::vector<Fact> facts{versionFact(Fact::Kind::Version, 0, 1), measured(100, "r2", 1)};
        QCOMPARE(fired(backtest(policy({QStringLiteral("age > 36h")}), facts, {})), (QList<double>{37, 74}));
    }

    void retrainingsBeforeTheReplayCountAndLaterOnesAreItsOwn() {
        const std::vector<Fact> facts{measured(0, "r2", 0.1), fact(Fact::Kind::Retrain, 8), fact(Fact::Kind::Retrain, 15), measured(24, "r2", 0.1)};
        BacktestOptions options;
        options.from = hour(10);
        QCOMPARE(fired(backtest(policy({QStringLiteral("r2 < 0.5")}), facts, options)), (QList<double>{14, 20}));
    }

    void theBestOfTheTimeBeforeIsKnownToAReplayThatBeginsLater() {
        BacktestOptions options;
        options.from = hour(20);
        const std::vector<Fact> facts{measured(0, "r2", 0.6), measured(5, "r2", 0.9), measured(10, "r2", 0.7), measured(21, "r2", 0.7)};
        QCOMPARE(fired(backtest(policy({QStringLiteral("r2 drops 0.1")}), facts, options)), QList<double>{20});
    }

    void howLongARuleHeldIsReplayed() {
        const std::vector<Fact> facts{measured(0, "mae", 1), measured(5, "mae", 2), measured(7, "mae", 1), measured(10, "mae", 2), measured(12, "mae", 1.4), measured(30, "mae", 1)};
        QCOMPARE(fired(backtest(policy({QStringLiteral("mae > 1.5 for 3 checks")}, QStringLiteral("1h")), facts, {})), QList<double>{}); // two looks, and two
        QCOMPARE(fired(backtest(policy({QStringLiteral("mae > 1.5 until 1.3 for 3 checks")}, QStringLiteral("1h")), facts, {})), QList<double>{12});
        QCOMPARE(fired(backtest(policy({QStringLiteral("mae > 1.5 until 1.3 for 10h")}, QStringLiteral("1h")), facts, {})), QList<double>{20});
    }

    void aScheduleFiresAtItsTimesByTheClocksOfTheZone() {
        BacktestOptions options;
        options.to = hour(24 * 4);
        QCOMPARE(fired(backtest(policy({QStringLiteral("schedule 0 2 * * *")}), {measured(0, "r2", 1)}, options)), (QList<double>{2, 26, 50, 74}));
        options.zone = QTimeZone("Europe/Berlin");
        QCOMPARE(fired(backtest(policy({QStringLiteral("schedule 0 2 * * *")}), {measured(0, "r2", 1)}, options)), (QList<double>{1, 25, 49, 73}));
    }

    void itLooksWhenThePolicySays() {
        workspace::Model model = policy({QStringLiteral("r2 < 0.5")}, QStringLiteral("1h"));
        model.retrain.check = QStringLiteral("15 0 * * *");
        BacktestOptions options;
        options.to = hour(24 * 3);
        const auto daily = backtest(model, {measured(0, "r2", 0.1)}, options);
        QCOMPARE(fired(daily), (QList<double>{0.25, 24.25, 48.25}));
        QCOMPARE(daily->looks, QStringLiteral("at 15 0 * * *"));
        model.retrain.check = QStringLiteral("2h");
        QCOMPARE(backtest(model, {measured(0, "r2", 0.9)}, options)->points.size(), std::size_t(37));
        model.retrain.check = QStringLiteral("* * * * *");
        options.to = hour(24 * 100);
        QVERIFY(backtest(model, {measured(0, "r2", 0.9)}, options).error().text().contains(QStringLiteral("more than 100000 looks")));
    }

    void windowsAndTheBudgetHoldItBackAsLive() {
        workspace::Model model = policy({QStringLiteral("r2 < 0.5")}, QStringLiteral("1h"));
        model.retrain.onlyIn = {QStringLiteral("22:00-02:00")};
        model.retrain.budget.runs = 3;
        model.retrain.budget.per = QStringLiteral("2d");
        BacktestOptions options;
        options.to = hour(71);
        const auto result = backtest(model, {measured(0, "r2", 0.1)}, options);
        QCOMPARE(fired(result), (QList<double>{0, 1, 22, 48, 49, 70}));
        QCOMPARE(result->outsideWindows, 60); // twenty hours of each day
        QVERIFY2(result->overBudget > 20, qPrintable(QString::number(result->overBudget))); // from 22 on until the first of the three is two days past
    }

    void yesterdayIsTheLastWholeDayOfWhatWasKnownThen() {
        workspace::Model model = policy({QStringLiteral("mae yesterday > 1.5"), QStringLiteral("rows_yesterday < 24")}, QStringLiteral("1h"));
        model.retrain.check = QStringLiteral("15 0 * * *");
        model.retrain.minimumRows = 20;
        std::vector<Fact> facts{versionFact(Fact::Kind::Champion, 0, 1)};
        const auto day = [&](int n, int rows, double error, double late) { // of each row the label comes so many hours after it was asked
            for (int k = 0; k < rows; ++k) {
                Fact answered = fact(Fact::Kind::Answered, 24.0 * n + k + 0.25);
                answered.time = hour(24.0 * n + k);
                answered.rows = 1;
                Fact labelled = label(24.0 * n + k + late, n * 100 + k, error);
                labelled.time = hour(24.0 * n + k);
                facts.push_back(answered);
                facts.push_back(labelled);
            }
        };
        day(0, 24, 1, 0);
        day(1, 24, 2, 0);
        day(2, 24, 2, 30); // labels that came too late for the look
        day(3, 23, 1, 0);
        BacktestOptions options;
        options.to = hour(24 * 4 + 1);
        const auto result = backtest(model, facts, options);
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QStringList numbers;
        for (const Decision &point : result->points)
            numbers << point.rules[0].numbers + QStringLiteral(" | ") + point.rules[1].numbers;
        QCOMPARE(numbers, (QStringList{QStringLiteral("mae is not judged, too few labelled rows of 2026-02-28: 0 of 20 needed | how many rows were answered yesterday is not known"),
                                       QStringLiteral("mae 1 on 24 labelled rows of 2026-03-01 | 24 rows were answered on 2026-03-01"),
                                       QStringLiteral("mae 2 on 24 labelled rows of 2026-03-02 | 24 rows were answered on 2026-03-02"),
                                       QStringLiteral("mae is not judged, too few labelled rows of 2026-03-03: 0 of 20 needed | 24 rows were answered on 2026-03-03"),
                                       QStringLiteral("mae 1 on 23 labelled rows of 2026-03-04 | 23 rows were answered on 2026-03-04")}));
        QCOMPARE(fired(result), (QList<double>{48.25, 96.25}));
    }

    void datesOfTheDataComeFromAFile() {
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("m.csv"));
        QVERIFY(writeFileAtomically(file, "time,newest_row,source_changed,rows_yesterday,mae yesterday\n2026-03-01T00:00Z,2026-02-28T00:00Z,2026-02-28T12:00Z,24,1\n2026-03-02T00:00Z,,,5,2\n"));
        const auto past = pastOfCsv(file, QStringLiteral("time"), hour(100));
        QVERIFY2(past, past ? "" : qPrintable(past.error().text()));
        QCOMPARE(past->facts.size(), std::size_t(6));
        BacktestOptions options;
        options.to = hour(30);
        QCOMPARE(fired(backtest(policy({QStringLiteral("newest_row_age > 30h")}, QStringLiteral("1d")), past->facts, options)), QList<double>{7});
        QCOMPARE(fired(backtest(policy({QStringLiteral("source_age > 15h")}, QStringLiteral("1d")), past->facts, options)), (QList<double>{4, 28}));
        QCOMPARE(fired(backtest(policy({QStringLiteral("rows_yesterday < 20")}, QStringLiteral("1d")), past->facts, options)), QList<double>{24});
        QCOMPARE(fired(backtest(policy({QStringLiteral("mae yesterday > 1.5")}, QStringLiteral("1d")), past->facts, options)), QList<double>{24});
    }

    void costIsOfItsRuns() {
        BacktestOptions options;
        options.hoursPerRun = 1.5;
        options.pricePerHour = 4;
        options.to = hour(24 * 14);
        const auto result = backtest(policy({QStringLiteral("r2 < 0.5")}, QStringLiteral("1d")), {measured(0, "r2", 0.1)}, options);
        QCOMPARE(result->runs, 15);
        QCOMPARE(result->busiestWeek, 7);
        QCOMPARE(*result->hours, 22.5);
        QCOMPARE(*result->cost, 90.0);
        options.hoursPerRun.reset();
        const auto unknown = backtest(policy({QStringLiteral("r2 < 0.5")}), {measured(0, "r2", 0.1)}, options);
        QVERIFY(!unknown->hours && !unknown->cost);
        QVERIFY(unknown->toJson().value(QStringLiteral("cost")).isNull());
    }

    void aSwitchedOffPolicyIsReplayedAndThatIsSaid() {
        workspace::Model model = policy({QStringLiteral("r2 < 0.5")});
        model.retrain.enabled = false;
        const auto result = backtest(model, {measured(0, "r2", 0.1)}, {});
        QCOMPARE(result->runs, 1);
        QVERIFY(result->notes.join(QString()).contains(QStringLiteral("switched off")));
    }

    void aFactAfterTheClockIsRefused() {
        KnownAt known;
        QVERIFY(!known.learn(measured(0, "r2", 1))); // no clock yet
        QVERIFY(known.advance(hour(1)));
        QVERIFY(known.learn(measured(1, "r2", 0.5)));
        const auto later = known.learn(measured(1.001, "r2", 0.9));
        QVERIFY(!later && later.error().kind == ErrorKind::Internal);
        QCOMPARE(known.observations().metrics.at(QStringLiteral("r2")), 0.5);
        QVERIFY(!known.advance(hour(0.5)));
    }

    /// Whatever happens after a time, in whatever order it is told: the decisions up to that time are the same to the last letter.
    void noDecisionDependsOnWhatCameLater() {
        const workspace::Model model = policy({QStringLiteral("r2 < 0.5"), QStringLiteral("r2 drops 0.1"), QStringLiteral("mae > 1"), QStringLiteral("drift > 0.25"),
                                               QStringLiteral("data_changed"), QStringLiteral("age > 30h"), QStringLiteral("mae yesterday > 1 for 2 checks"), QStringLiteral("rows_yesterday < 5 for 3h"), QStringLiteral("newest_row_age > 40h")});
        int retrains = 0, labelled = 0, differs = 0;
        for (unsigned seed = 1; seed <= 60; ++seed) {
            std::mt19937 random(seed);
            const double end = 96, cut = 12 + double(random() % 72);
            std::vector<Fact> before{versionFact(Fact::Kind::Champion, 0, 1)}, after, otherAfter;
            for (int k = 0; k < 900; ++k)
                before.push_back(anyFact(random, double(random() % 10000) / 10000 * cut));
            for (int k = 0; k < 400; ++k) {
                after.push_back(anyFact(random, cut + 0.001 + double(random() % 10000) / 10000 * (end - cut)));
                otherAfter.push_back(anyFact(random, cut + 0.001 + double(random() % 10000) / 10000 * (end - cut)));
            }
            BacktestOptions options;
            options.from = hour(double(random() % 10));
            options.to = hour(end);
            const auto replay = [&](std::vector<Fact> later) {
                later.insert(later.end(), before.begin(), before.end()); // told before what was known earlier
                return backtest(model, std::move(later), options);
            };
            const auto one = replay(after), other = replay(otherAfter), none = replay({});
            QVERIFY2(one && other && none, "a replay failed");
            const QByteArray expected = upTo(*none, hour(cut));
            QCOMPARE(upTo(*one, hour(cut)), expected);
            QCOMPARE(upTo(*other, hour(cut)), expected);
            differs += upTo(*one, hour(end)) != upTo(*other, hour(end));
            retrains += none->runs;
            static const QRegularExpression judged(QStringLiteral("mae [0-9.]+ on [0-9]+ labelled rows"));
            labelled += QString::fromUtf8(expected).contains(judged);
        }
        QVERIFY2(retrains > 60 && differs == 60 && labelled > 0, qPrintable(QStringLiteral("%1 retrains, %2 differ, %3 labelled").arg(retrains).arg(differs).arg(labelled))); // it was a test
    }

    void whatCannotBeReplayedIsSaid() {
        QCOMPARE(backtest(policy({}), {}, {}).error().kind, ErrorKind::Invalid);
        BacktestOptions options;
        options.from = hour(5);
        options.to = hour(1);
        QVERIFY(backtest(policy({}), {measured(0, "r2", 1)}, options).error().text().contains(QStringLiteral("after its end")));
        options.to = hour(24 * 365 * 20);
        QVERIFY(backtest(policy({}), {measured(0, "r2", 1)}, options).error().text().contains(QStringLiteral("--every")));
        QCOMPARE(backtest(policy({QStringLiteral("mae drops 1")}), {measured(0, "r2", 1)}, {}).error().kind, ErrorKind::Invalid);
    }

    void aFileOfMetricsIsReplayed() {
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("m.csv"));
        QVERIFY(writeFileAtomically(file, "time,r2,drift,drift_column,labelled_rows\n2026-03-01T00:00Z,0.8,0.1,a,500\n2026-03-01T05:00Z,0.6,,a,40\n2026-03-01T10:00Z,0.6,0.3,b,500\n"));
        const auto past = pastOfCsv(file, QStringLiteral("time"), hour(100));
        QVERIFY2(past, past ? "" : qPrintable(past.error().text()));
        QCOMPARE(past->facts.size(), std::size_t(5));
        const auto result = backtest(policy({QStringLiteral("r2 drops 0.1"), QStringLiteral("drift > 0.25")}), past->facts, {});
        QCOMPARE(fired(result), QList<double>{10}); // 40 labelled rows are too few to judge
        QVERIFY2(result->points.back().reason.contains(QStringLiteral("PSI 0.3 in b")), qPrintable(result->points.back().reason));
        const auto future = pastOfCsv(file, QStringLiteral("time"), hour(7));
        QVERIFY(!future && future.error().text().contains(QStringLiteral("Row 3")));
        QVERIFY(pastOfCsv(file, QStringLiteral("when"), hour(100)).error().text().contains(QStringLiteral("--time")));
    }

    void theDecisionLogIsAPast() {
        QTemporaryDir folder;
        const auto store = *DecisionStore::open(folder.path());
        Decision one;
        one.model = QStringLiteral("m");
        one.time = hour(3);
        one.dataHash = QStringLiteral("abcd");
        one.rules = {{QStringLiteral("mae > 1"), QStringLiteral("mae 0.5 on 200 labelled rows"), false, true, 0.5}, {QStringLiteral("drift > 0.25"), QStringLiteral("PSI 0.4 in wind speed"), true, true, 0.4},
                     {QStringLiteral("r2 < 0.5"), QStringLiteral("r2 is not known"), false, false, {}}};
        QVERIFY(store->appendSkipped(one));
        one.time = hour(5);
        one.kind = DecisionKind::RetrainAttempted;
        one.rules.clear();
        QVERIFY(store->appendRetrain(one, {}));
        const auto past = pastOfDecisions(*store, policy({}));
        QVERIFY(past);
        QStringList read;
        for (const Fact &f : past->facts)
            read << QStringLiteral("%1 %2 %3 %4").arg(start.secsTo(f.known) / 3600).arg(int(f.kind)).arg(f.text).arg(f.value);
        read.sort();
        QStringList expected{QStringLiteral("3 %1 mae 0.5").arg(int(Fact::Kind::Measured)), QStringLiteral("3 %1 wind speed 0.4").arg(int(Fact::Kind::Drift)), QStringLiteral("3 %1 abcd 0").arg(int(Fact::Kind::Data)),
                             QStringLiteral("5 %1 abcd 0").arg(int(Fact::Kind::Data)), QStringLiteral("5 %1  0").arg(int(Fact::Kind::Retrain))};
        expected.sort();
        QCOMPARE(read, expected);
    }
};

QTEST_GUILESS_MAIN(tst_Backtest)
#include "tst_backtest.moc"

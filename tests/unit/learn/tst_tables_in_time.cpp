// SPDX-License-Identifier: GPL-3.0-or-later
// Tables whose recipe names a time: rows brought to steps with the gaps stated, missing values read off the rows beside them. What is judged in
// training is what the package gives on the same file.
#include "training_bench.h"

#include "core/artifact/package.h"
#include "core/base/json.h"
#include "core/learn/evaluation.h"
#include "core/learn/load_scorer.h"
#include "core/learn/samples.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::learn;
using namespace pilothouse::test;
using Q = QLatin1String;

namespace {

/// Six rows an hour for 300 hours, of which 100 … 104 and 200 are missing; every seventh hour has no value of a.
QByteArray rows() {
    QByteArray csv = "time,a,b,label,y\n";
    metrics::Random random(12);
    for (int i = 0; i < 1800; ++i) {
        const int hour = i / 6;
        if ((hour >= 100 && hour < 105) || hour == 200)
            continue;
        const double a = 10 + 6 * std::sin(hour / 9.0) + 0.1 * random.uniform(), b = random.uniform(), y = 5 * a + b;
        csv += QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(600LL * i).toString(Qt::ISODate).toLatin1() + ',' + (hour % 7 == 3 ? QByteArray() : QByteArray::number(a, 'g', 15)) + ',' +
               QByteArray::number(b, 'g', 15) + ',' + (y > 50 ? "high" : "low") + ',' + QByteArray::number(y, 'g', 15) + '\n';
    }
    return csv;
}

const QByteArray head = "recipe: steps\ndata: {source: rows.csv}\nestimators: [ridge]\nseed: 7\n";
const QByteArray steps = head + "task: regression\ntarget: y\nfeatures: {exclude: [label]}\ntime: {column: time, step: 1h, resample: mean}\nsplit: {every: 5}\ntransforms: [impute: {strategy: time, limit: 1}, standard_scale]\n";

} // namespace

class TestTablesInTime : public QObject, private TrainingBench {
    Q_OBJECT

    /// What the package gives on the file it was trained on is what the training said of its test rows, and no training row is among them.
    void compareWithItsFile(const TrainResult &result) {
        const auto package = artifact::openPackage(result.package);
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const auto judged = evaluatePackage(*package, path(Q("rows.csv")), nullptr);
        QVERIFY2(judged, judged ? "" : qPrintable(judged.error().text()));
        QCOMPARE(qint64(judged->rows), result.testRows);
        QCOMPARE(qint64(judged->excluded), result.trainRows);
        for (auto it = result.test.begin(); it != result.test.end(); ++it)
            QVERIFY2(judged->values.value(it.key()) == it.value() || (std::isnan(it.value()) && std::isnan(judged->values.value(it.key()))), qPrintable(it.key()));
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(writeFileAtomically(path(Q("rows.csv")), rows())); }

    void aTableIsBroughtToStepsAndTheGapsAreStated() {
        const auto result = run(steps);
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QCOMPARE(result->rows, 294);
        QCOMPARE(result->trainRows + result->testRows, 294);
        const QString note = QStringLiteral("1764 rows were resampled to 294 steps of 1h (mean). 6 steps have no row, in 2 gaps; the longest has 5.");
        QVERIFY2(result->notes.contains(note), qPrintable(result->notes.join(QLatin1Char('\n'))));
        const QByteArray counts = R"({"gaps":2,"how":"mean","longest_gap":5,"missing_steps":6,"rows":1764,"series":1,"step":"1h","steps":294,"without_time":0})";
        QCOMPARE(compactJson(result->toJson().value(Q("data")).toObject().value(Q("resampled"))), counts);
        const auto package = artifact::openPackage(result->package);
        QVERIFY(package);
        QCOMPARE(compactJson(package->data.value(Q("resampled"))), counts);
        const auto card = readFile(result->package + Q("/MODEL_CARD.md"));
        QVERIFY(card && card->contains(note.toUtf8()));
        QVERIFY2(card->contains("the training rows' median, is for what is left and for a row that comes alone, as a service gets it: a (at most 1 steps in a row)"), card->constData());
        compareWithItsFile(*result);
        // Scored, each step is named by its time.
        const auto scored = scoringRows(*package, path(Q("rows.csv")));
        QVERIFY2(scored, scored ? "" : qPrintable(scored.error().text()));
        QCOMPARE(scored->origins.size(), std::size_t(294));
        QVERIFY(scored->tableRows.empty() && scored->series.empty());
        QCOMPARE(scored->origins.front(), QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).toMSecsSinceEpoch());
        QVERIFY(scored->notes.contains(note));
    }

    void aRowThatComesAloneGetsTheMedian() {
        const auto result = run(steps);
        QVERIFY(result);
        const auto package = artifact::openPackage(result->package);
        const auto scorer = loadScorer(*package);
        QVERIFY2(scorer, scorer ? "" : qPrintable(scorer.error().text()));
        const auto loaded = loadModel(*package);
        QVERIFY(loaded);
        const double median = loaded->transforms.fill(0);
        QVERIFY(median > 4 && median < 16);
        const auto missing = (*scorer)->score({1, 2, {NAN, 0.5}}), given = (*scorer)->score({1, 2, {median, 0.5}});
        QVERIFY(missing && given);
        QCOMPARE(missing->values, given->values);
        // The file's own rows are filled by their neighbours: hour 10 lies between 9 and 11, and not at the median.
        const auto rows = scoringRows(*package, path(Q("rows.csv")));
        QVERIFY(rows);
        const auto a = [&](std::size_t hour) { return rows->inputs.row(hour)[0]; };
        QVERIFY(std::abs(a(10) - (a(9) + a(11)) / 2) < 1e-12);
        // The kept test rows have no time: they are as they came, missing values too.
        const auto sample = artifact::sampleRows(package->folder, package->signature);
        QVERIFY(sample);
        QVERIFY(std::any_of(sample->inputs.values.begin(), sample->inputs.values.end(), [](double v) { return std::isnan(v); }));
        const auto kept = scoringRows(*package, package->folder + Q("/sample.csv"));
        QVERIFY2(kept, kept ? "" : qPrintable(kept.error().text()));
        QVERIFY2(kept->notes.join(QLatin1Char(' ')).contains(QStringLiteral("The rows have no time, so that")), qPrintable(kept->notes.join(QLatin1Char('\n'))));
    }

    void valuesAreFilledBesideTheirNeighboursWithoutSteps() {
        const auto result = run(head + "task: regression\ntarget: y\nfeatures: {exclude: [label]}\ntime: {column: time, step: 10min}\nsplit: {random: 0.3, seed: 3}\nvalidation: {k_fold: 3}\ntransforms: [impute: {strategy: time, limit: 8}]\n");
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QCOMPARE(result->rows, 1764);
        // Neighbours tell a, and a tells y: the median would leave an error of several units wherever a is missing.
        QVERIFY2(result->test.value(Q("r2")) > 0.995, qPrintable(QString::number(result->test.value(Q("r2")))));
        const auto median = run(head + "task: regression\ntarget: y\nfeatures: {exclude: [label]}\nsplit: {random: 0.3, seed: 3}\ntransforms: [impute: median]\n");
        QVERIFY(median);
        QVERIFY(median->test.value(Q("r2")) < 0.99);
        QVERIFY(result->notes.join(QLatin1Char('\n')).contains(QStringLiteral("missing values were read off the rows before and behind them in time")));
        QVERIFY(!result->toJson().value(Q("data")).toObject().contains(Q("resampled")));
        compareWithItsFile(*result);
    }

    void aClassIsTheNewestOfItsStep() {
        const auto result = run(head.left(head.indexOf("estimators")) + "estimators: [logistic_regression]\ntask: classification\ntarget: label\nfeatures: {include: [a, b]}\n"
                                "time: {column: time, step: 2h, resample: last}\nsplit: {every: 4}\ntransforms: [impute: time, standard_scale]\n");
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QCOMPARE(result->rows, 148); // of 150: hours 100 to 103 are two whole ones
        QVERIFY2(result->test.value(Q("accuracy")) > 0.8, qPrintable(QString::number(result->test.value(Q("accuracy")))));
        compareWithItsFile(*result);
    }

    void modelsOfDifferentStepsAreNotCompared() {
        const auto hourly = run(steps), daily = run(QByteArray(steps).replace("step: 1h", "step: 2h")), again = run(QByteArray(steps).replace("standard_scale", "min_max_scale"));
        QVERIFY(hourly && daily && again);
        const auto a = artifact::openPackage(hourly->package), b = artifact::openPackage(daily->package), c = artifact::openPackage(again->package);
        QVERIFY(a && b && c);
        const auto refusal = evaluatePackage(*a, path(Q("rows.csv")), &*b);
        QVERIFY(!refusal);
        QCOMPARE(refusal.error().kind, ErrorKind::Refused);
        QCOMPARE(refusal.error().what, QStringLiteral("The two models do not predict the same rows: steps of 1h (mean) of time and steps of 2h (mean) of time."));
        QVERIFY(evaluatePackage(*a, path(Q("rows.csv")), &*c));
    }

    void aFileWithoutTimesIsOfStepsAlready() {
        const auto result = run(steps);
        QVERIFY(result);
        const auto package = artifact::openPackage(result->package);
        QVERIFY(writeFileAtomically(path(Q("plain.csv")), "a,b,y\n10,0.5,50.5\n,0.25,40\n8,0.75,40.75\n"));
        const auto rows = scoringRows(*package, path(Q("plain.csv")));
        QVERIFY2(rows, rows ? "" : qPrintable(rows.error().text()));
        QCOMPARE(rows->tableRows, (std::vector<std::size_t>{0, 1, 2}));
        QVERIFY(rows->origins.empty());
        QVERIFY(std::isnan(rows->inputs.row(1)[0]));
    }
};

QTEST_GUILESS_MAIN(TestTablesInTime)
#include "tst_tables_in_time.moc"

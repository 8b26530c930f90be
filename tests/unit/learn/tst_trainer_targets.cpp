// SPDX-License-Identifier: GPL-3.0-or-later
// Trainings of one model for several targets: figures, gates and mistakes of each.
#include "training_bench.h"

#include "core/artifact/package.h"
#include "core/base/json.h"
#include "core/learn/evaluation.h"
#include "core/learn/train_report.h"

#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;
using namespace pilothouse::test;
using Q = QLatin1String;

class TestTrainerTargets : public QObject, private TrainingBench {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY(writeFileAtomically(path(QStringLiteral("hours.csv")), hours(600))); }

    /// What both will be is known to a linear model of both windows, but for t2m's noise.
    void severalTargetsAreForecastByOneModel() {
        const QByteArray recipe = "recipe: both\ndata: {source: hours.csv}\ntask: forecast\ntarget: [t2m, rh2m]\ntime: {column: time, step: 1h, zone: UTC}\nforecast: {window: 24, horizon: 3}\n"
                                  "split: {after: 2024-01-20}\ntransforms: [standard_scale]\nestimators: [ridge: {alpha: 0.001}, decision_tree: {max_depth: 3}]\n"
                                  "gates: [r2 >= 0.9, mae@rh2m <= 0.1, mae@t2m <= 0.001]\n";
        const auto result = run(recipe);
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QCOMPARE(result->estimator, QStringLiteral("ridge"));
        QCOMPARE(result->selectMetric, QStringLiteral("r2"));
        QVERIFY(!result->test.contains(QStringLiteral("mae"))); // °C and % do not add
        QCOMPARE(result->targets.size(), std::size_t(2));
        const TargetFigures &t2m = result->targets[0], &rh2m = result->targets[1];
        QCOMPARE(t2m.target + rh2m.target, QStringLiteral("t2mrh2m"));
        for (const char *metric : {"r2", "explained_variance", "mape", "smape"})
            QVERIFY2(std::abs(result->test.value(Q(metric)) - (t2m.test.value(Q(metric)) + rh2m.test.value(Q(metric))) / 2) < 1e-12, metric);
        QVERIFY(t2m.test.value(Q("mase")) < 1 && std::isnan(rh2m.test.value(Q("mase"))) && std::isnan(result->test.value(Q("mase")))); // rh2m's seasonal naive has no error to measure in
        // Each target has its own baselines: a day ago rh2m was the same to the last digit of the file, t2m but for |u − v| of two uniforms.
        QCOMPARE(t2m.baselines.keys(), (QStringList{QStringLiteral("mean"), QStringLiteral("persistence"), QStringLiteral("seasonal")}));
        QCOMPARE(result->baselineName, QStringLiteral("seasonal"));
        QVERIFY(std::abs(t2m.baseline.value(Q("mae")) - 1.0 / 3) < 0.05);
        QVERIFY(rh2m.baseline.value(Q("mae")) < 1e-3);
        QVERIFY(rh2m.baselines.value(Q("persistence")).value(Q("mae")) > 1);
        QVERIFY2(t2m.test.value(Q("mae")) < t2m.baseline.value(Q("mae")), qPrintable(QString::number(t2m.test.value(Q("mae")))));
        QVERIFY2(rh2m.test.value(Q("mae")) < 0.1, qPrintable(QString::number(rh2m.test.value(Q("mae")))));
        QVERIFY(result->notes.join(QLatin1Char('\n')).contains(QStringLiteral("Of rh2m the model is not better than the naive baseline (seasonal)")));
        QVERIFY(result->gates[0].passed && result->gates[1].passed && !result->gates[2].passed);
        QCOMPARE(result->gates[1].value, rh2m.test.value(Q("mae")));
        // The package says it all again, and evaluates as it was judged.
        const auto package = artifact::openPackage(result->package);
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        QCOMPARE(package->signature.targets(), (QStringList{QStringLiteral("t2m"), QStringLiteral("rh2m")}));
        QCOMPARE(package->signature.horizon(), std::size_t(3));
        QCOMPARE(package->signature.window(), std::size_t(24));
        QCOMPARE(package->signature.outputs[3], QStringLiteral("rh2m@+1"));
        const auto read = resultOf(*package);
        QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
        QCOMPARE(metricsJson(*read).value(Q("targets")), metricsJson(*result).value(Q("targets")));
        QCOMPARE(read->everyTest().value(Q("mae@rh2m")), rh2m.test.value(Q("mae")));
        const QByteArray card = *readFile(result->package + QStringLiteral("/MODEL_CARD.md"));
        QVERIFY2(card.contains("Forecasts **t2m**, **rh2m** for the next 3 step(s)") && card.contains("\n### rh2m\n"), card.constData());
        const auto e = evaluatePackage(*package, path(QStringLiteral("hours.csv")), &*package);
        QVERIFY2(e, e ? "" : qPrintable(e.error().text()));
        QCOMPARE(e->metric, QStringLiteral("r2"));
        QCOMPARE(e->targets.size(), std::size_t(2));
        QVERIFY(std::abs(e->everyValue().value(Q("rmse@t2m")) - t2m.test.value(Q("rmse"))) < 0.02); // with the windows across the border, which were in neither part
        QCOMPARE(e->targets[1].changes.front().change, 0.0);
        QCOMPARE(e->bootstrap.block, metrics::resamplingFor(e->rows, 3).block); // the horizon is that of one target
        QCOMPARE(e->toJson().value(Q("targets")).toArray().at(1).toObject().value(Q("target")).toString(), QStringLiteral("rh2m"));
    }

    void severalTargetsAreRefusedWhatTheyCannotHave_data() {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("says");
        QTest::newRow("to be chosen by an error with a unit") << QByteArray("select: {metric: mae}\n") << "“mae” (in select) has no value for this forecast of several targets: their errors have different units";
        QTest::newRow("a gate without a target") << QByteArray("gates: [rmse <= 1]\n") << "A gate may ask for one target: mae@t2m.";
        QTest::newRow("a gate of classes") << QByteArray("gates: [accuracy@t2m >= 1]\n") << "“accuracy@t2m” (in gates) has no value for this forecast.";
    }
    void severalTargetsAreRefusedWhatTheyCannotHave() {
        QFETCH(QByteArray, more);
        QFETCH(QString, says);
        const auto result = run("recipe: both\ndata: {source: hours.csv}\ntask: forecast\ntarget: [t2m, rh2m]\ntime: {column: time, step: 1h}\nsplit: {after: 2024-01-20}\nestimators: [ridge]\n" + more);
        QVERIFY(!result);
        QVERIFY2(result.error().text().contains(says), qPrintable(result.error().text()));
    }

    void aSecondTargetIsNamedWhereItIsWrong_data() {
        QTest::addColumn<QByteArray>("column");
        QTest::addColumn<QString>("says");
        QTest::newRow("that the data lacks") << QByteArray("rh2n") << "Did you mean “rh2m”?";
        QTest::newRow("with one value only") << QByteArray("flat") << "The target “flat” has one and the same value";
    }
    void aSecondTargetIsNamedWhereItIsWrong() {
        QFETCH(QByteArray, column);
        QFETCH(QString, says);
        QByteArray csv;
        for (const QByteArray &line : hours(600).trimmed().split('\n'))
            csv += line + (csv.isEmpty() ? ",flat\n" : ",1\n");
        QVERIFY(writeFileAtomically(path(QStringLiteral("flat.csv")), csv));
        const auto result = run("recipe: both\ndata: {source: flat.csv}\ntask: forecast\ntarget: [t2m, " + column + "]\ntime: {column: time, step: 1h}\nsplit: {after: 2024-01-20}\nestimators: [ridge]\n");
        QVERIFY(!result);
        QVERIFY2(result.error().text().contains(says), qPrintable(result.error().text()));
        QVERIFY2(result.error().where.endsWith(QStringLiteral("recipe.yaml:4:15")), qPrintable(result.error().where));
    }

    /// The data must hold what is asked of it in every target, also where `include` names other columns alone.
    void qualityIsAskedOfEveryTarget() {
        QByteArray csv = "time,t2m,rh2m,rain\n";
        const QList<QByteArray> lines = hours(600).trimmed().split('\n');
        for (int row = 1; row < lines.size(); ++row) // some of rh2m is missing
            csv += (row % 50 ? lines[row] : lines[row].left(lines[row].lastIndexOf(',') + 1)) + ',' + QByteArray::number(row % 7) + '\n';
        QVERIFY(writeFileAtomically(path(QStringLiteral("holes.csv")), csv));
        const QByteArray recipe = "recipe: both\ndata: {source: holes.csv}\ntask: forecast\ntarget: [t2m, rh2m]\nfeatures: {include: [rain]}\ntime: {column: time, step: 1h}\nforecast: {window: 6, horizon: 2}\n"
                                  "split: {after: 2024-01-20}\nestimators: [ridge]\nquality: {gates: [missing <= 0.001]}\n";
        const auto result = run(recipe);
        QVERIFY(!result);
        QCOMPARE(result.error().kind, ErrorKind::Refused);
        QVERIFY2(result.error().what.contains(QStringLiteral("rh2m")), qPrintable(result.error().text()));
        const auto one = run(QByteArray(recipe).replace("[t2m, rh2m]", "t2m"));
        QVERIFY2(one, one ? "" : qPrintable(one.error().text())); // nobody asks for rh2m then
    }
};

QTEST_GUILESS_MAIN(TestTrainerTargets)
#include "tst_trainer_targets.moc"

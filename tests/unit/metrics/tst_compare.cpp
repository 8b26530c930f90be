// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/compare.h"

#include "core/metrics/paired_test.h"
#include "core/metrics/random.h"

#include <QTest>

#include <cmath>

using namespace pilothouse;
using metrics::Scored;

namespace {

/// truth 0 … n−1 scaled, two models whose errors are `a` and `b` times the same noise, plus an independent part.
std::pair<Scored, Scored> models(std::size_t n, double a, double b, quint64 seed) {
    metrics::Random random(seed);
    Scored first, second;
    first.count = second.count = n;
    for (std::size_t i = 0; i < n; ++i) {
        const double truth = 10 * random.uniform();
        first.truth.push_back(truth);
        first.predicted.push_back(truth + a * (random.uniform() - 0.5));
        second.truth.push_back(truth);
        second.predicted.push_back(truth + b * (random.uniform() - 0.5));
    }
    return {first, second};
}

} // namespace

class TestCompare : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aBetterModelHasAnIntervalBelowZeroAndASmallP() {
        const auto [worse, better] = models(800, 2, 1, 1);
        const auto intervals = metrics::pairedBootstrap({QStringLiteral("mae"), QStringLiteral("r2")}, worse, better, metrics::resamplingFor(800, 0));
        QVERIFY(intervals);
        const auto &mae = intervals->at(0);
        QVERIFY(mae.low < mae.change && mae.change < mae.high && mae.high < 0);
        QVERIFY(intervals->at(1).low > 0);
        const auto test = metrics::signFlipTest(metrics::rowLosses(worse, QStringLiteral("mae")), metrics::rowLosses(better, QStringLiteral("mae")));
        QVERIFY(test);
        QCOMPARE(test->p, 1.0 / 10000);
        QVERIFY(std::abs(test->meanDifference - mae.change) < 1e-12);
    }

    void equalModelsAreNotDistinguishableInAboutNineteenOfTwentyDraws() {
        int low = 0, outside = 0;
        for (quint64 seed = 0; seed < 200; ++seed) {
            const auto [a, b] = models(60, 1, 1, 1000 + seed);
            const auto test = metrics::signFlipTest(metrics::rowLosses(a, QStringLiteral("mae")), metrics::rowLosses(b, QStringLiteral("mae")), 499, seed);
            low += test->p < 0.05 ? 1 : 0;
            const auto interval = metrics::pairedBootstrap({QStringLiteral("mae")}, a, b, metrics::resamplingFor(60, 0, 200, seed))->front();
            outside += interval.low > 0 || interval.high < 0 ? 1 : 0;
        }
        // Binomial(200, 0.05): below 1 or above 24 happens once in 10^5.
        QVERIFY2(low >= 1 && low <= 24, qPrintable(QString::number(low)));
        QVERIFY2(outside >= 1 && outside <= 30, qPrintable(QString::number(outside)));
    }

    void theBootstrapEqualsRecomputingTheMetricOnTheDrawnRows() {
        // Counting rows instead of copying them must give the very metric of the copied rows.
        const std::vector<double> p{.9, .8, .3, .4, .45, .7, .2, .65};
        Scored scored{8, 1, 2, {0, 0, 1, 1, 0, 0, 1, 1}, {}, {}};
        Scored other = scored;
        for (const double q : p) {
            scored.predicted.push_back(q < .5 ? 1 : 0);
            scored.probabilities.insert(scored.probabilities.end(), {q, 1 - q});
            other.predicted.push_back(0);
            other.probabilities.insert(other.probabilities.end(), {.5, .5});
        }
        for (const QString &name : metrics::metricNames(2)) {
            std::vector<double> changes;
            for (std::size_t round = 0; round < 40; ++round) {
                metrics::Random random(3, round);
                std::vector<std::size_t> rows;
                for (int i = 0; i < 8; ++i)
                    rows.push_back(random.below(8));
                const double change = *metrics::metricOf(name, other.take(rows)) - *metrics::metricOf(name, scored.take(rows));
                if (!std::isnan(change))
                    changes.push_back(change);
            }
            const auto interval = metrics::pairedBootstrap({name}, scored, other, metrics::resamplingFor(8, 0, 40, 3))->front();
            if (changes.size() < 36) {
                QVERIFY(std::isnan(interval.low));
                continue;
            }
            std::sort(changes.begin(), changes.end());
            const double h = double(changes.size() - 1) * 0.025;
            const auto k = std::size_t(h);
            QVERIFY2(std::abs(interval.low - (changes[k] + (h - double(k)) * (changes[k + 1] - changes[k]))) < 1e-12, qPrintable(name));
        }
    }

    void fewRowsAreTestedExactly() {
        // All three differences have one sign: 2 of the 8 flips are as extreme.
        const auto test = metrics::signFlipTest(std::vector<double>{1, 2, 3}, std::vector<double>{2, 4, 7});
        QVERIFY(test);
        QCOMPARE(test->p, 0.25);
        QVERIFY(test->name.contains(QStringLiteral("all 8 flips")));
    }

    void theNormalLimitJoinsThePermutationTest() {
        metrics::Random random(5);
        std::vector<double> a(20000), b(20000);
        for (std::size_t i = 0; i < a.size(); ++i)
            b[i] = (a[i] = random.uniform()) + 0.02 + (random.uniform() - 0.5) * 3; // about 1.6 standard errors apart
        const auto sampled = metrics::signFlipTest(a, b);
        a.push_back(0);
        b.push_back(0);
        const auto limit = metrics::signFlipTest(a, b);
        QVERIFY(limit->name.contains(QStringLiteral("normal limit")));
        QVERIFY2(std::abs(sampled->p - limit->p) < 0.02, qPrintable(QStringLiteral("%1 %2").arg(sampled->p).arg(limit->p)));
    }

    void equalLossesAreNoEvidence() {
        const std::vector<double> same{1, 2, 3};
        QCOMPARE(metrics::signFlipTest(same, same)->p, 1.0);
        QVERIFY(!metrics::signFlipTest(same, std::vector<double>{1.0}));
    }

    void otherRowsAreRefused() {
        auto [a, b] = models(10, 1, 1, 2);
        b.truth[3] += 1;
        const auto intervals = metrics::pairedBootstrap({QStringLiteral("mae")}, a, b, metrics::resamplingFor(10, 0));
        QVERIFY(!intervals);
        QVERIFY(intervals.error().what.contains(QStringLiteral("same rows")));
        QVERIFY(metrics::pairedBootstrap({QStringLiteral("mae")}, a, a, metrics::resamplingFor(9, 0)).error().what.contains(QStringLiteral("9 rows, and there are 10")));
    }

    void eachModelsOwnIntervalIsThatOfItAlone() {
        const auto [a, b] = models(300, 2, 1, 6);
        const QStringList names{QStringLiteral("mae"), QStringLiteral("r2"), QStringLiteral("median_ae")};
        const auto how = metrics::resamplingFor(300, 0, 500, 9);
        const auto both = metrics::pairedBootstrap(names, a, b, how);
        const auto alone = metrics::bootstrapIntervals(names, b, how);
        QVERIFY2(alone, alone ? "" : qPrintable(alone.error().text()));
        for (std::size_t m = 0; m < 3; ++m) {
            QCOMPARE(alone->at(m).metric, names[qsizetype(m)]);
            QCOMPARE(alone->at(m).value, both->at(m).b);
            QCOMPARE(alone->at(m).low, both->at(m).ofB.low);
            QCOMPARE(alone->at(m).high, both->at(m).ofB.high);
            QVERIFY(alone->at(m).low < alone->at(m).value && alone->at(m).value < alone->at(m).high);
        }
        // |error| of b is uniform on 0 … ½: standard error of its mean 1/√12/2/√300
        const double half = 1.96 * 0.5 / std::sqrt(12.0 * 300);
        QVERIFY2(std::abs(alone->at(0).high - alone->at(0).low - 2 * half) < 0.4 * half, qPrintable(QString::number(alone->at(0).high - alone->at(0).low)));
        QVERIFY(metrics::bootstrapIntervals({QStringLiteral("mase")}, b, how).error().hint.contains(QStringLiteral("mae")));
    }

    void theBlockLengthFollowsHorizonAndRows_data() {
        QTest::addColumn<quint64>("rows");
        QTest::addColumn<quint64>("horizon");
        QTest::addColumn<quint64>("block");
        QTest::newRow("rows that stand alone are drawn alone") << quint64(1000) << quint64(0) << quint64(1);
        QTest::newRow("one step: the cube root") << quint64(1000) << quint64(1) << quint64(10);
        QTest::newRow("the cube root is rounded up") << quint64(1001) << quint64(1) << quint64(11);
        QTest::newRow("a day of hours: two horizons") << quint64(1000) << quint64(24) << quint64(48);
        QTest::newRow("at most a quarter of the rows") << quint64(120) << quint64(24) << quint64(30);
        QTest::newRow("but no less than the horizon") << quint64(96) << quint64(24) << quint64(24);
        QTest::newRow("fewer than four horizons: none") << quint64(95) << quint64(24) << quint64(0);
        QTest::newRow("six rows of one step") << quint64(6) << quint64(1) << quint64(1);
        QTest::newRow("fewer than six rows of one step tell nothing: none") << quint64(5) << quint64(1) << quint64(0);
        QTest::newRow("six rows that stand alone") << quint64(6) << quint64(0) << quint64(1);
        QTest::newRow("fewer than six rows that stand alone: none") << quint64(5) << quint64(0) << quint64(0);
    }
    void theBlockLengthFollowsHorizonAndRows() {
        QFETCH(quint64, rows);
        QFETCH(quint64, horizon);
        QFETCH(quint64, block);
        QCOMPARE(quint64(metrics::resamplingFor(rows, horizon).block), block);
    }

    void blocksAreNeighboursAndNoRowIsDrawnMoreThanAnother() {
        const metrics::Resampling how{103, 10, 4000, 5}; // the last block is cut to 3
        std::vector<std::uint32_t> counts;
        std::vector<double> sums(how.rows, 0);
        for (std::size_t round = 0; round < std::size_t(how.rounds); ++round) {
            how.draw(round, counts);
            std::size_t total = 0, edges = 0;
            for (std::size_t i = 0; i < counts.size(); ++i) {
                total += counts[i];
                sums[i] += double(counts[i]) / how.rounds;
                edges += counts[i] != counts[(i + 1) % counts.size()] ? 1 : 0;
            }
            QCOMPARE(total, how.rows);
            QVERIFY(edges <= 22); // 11 blocks have two ends each
        }
        for (const double mean : sums) // circular: the ends are no rarer than the middle; standard error 0.016
            QVERIFY2(std::abs(mean - 1) < 0.08, qPrintable(QString::number(mean)));
    }

    void blocksCoverWhereSingleRowsDoNot_data() {
        QTest::addColumn<bool>("moving");
        QTest::addColumn<int>("horizon");
        QTest::newRow("moving average over 12 steps") << true << 12;
        QTest::newRow("autoregression of 0.5") << false << 6;
    }
    void blocksCoverWhereSingleRowsDoNot() {
        // The errors of both stay positive, so the change of the mean absolute error is δ plus the mean of dependent noise.
        QFETCH(bool, moving);
        QFETCH(int, horizon);
        constexpr int trials = 300, rows = 1000;
        constexpr double change = 0.3;
        int byBlocks = 0, byRows = 0;
        for (quint64 seed = 0; seed < trials; ++seed) {
            metrics::Random random(7000 + seed);
            std::vector<double> noise(rows + 100);
            for (double &v : noise)
                v = random.uniform() - 0.5;
            Scored a{rows, 1, 0, std::vector<double>(rows, 0), std::vector<double>(rows, 10), {}}, b = a;
            double e = 0;
            for (int t = 0; t < rows + 50; ++t) {
                e = 0.5 * e + noise[std::size_t(t)];
                double sum = 0;
                for (int k = 0; k < horizon; ++k)
                    sum += noise[std::size_t(t + k)];
                if (t >= 50) // the autoregression has forgotten its start
                    b.predicted[std::size_t(t) - 50] += change + (moving ? sum : e);
            }
            const auto covered = [&](std::size_t steps) {
                const auto i = metrics::pairedBootstrap({QStringLiteral("mae")}, a, b, metrics::resamplingFor(rows, steps, 400, seed))->front();
                return i.low <= change && change <= i.high;
            };
            byBlocks += covered(std::size_t(horizon)) ? 1 : 0;
            byRows += covered(0) ? 1 : 0;
        }
        QVERIFY2(byBlocks >= trials * 86 / 100, qPrintable(QString::number(byBlocks)));
        QVERIFY2(byBlocks <= trials * 98 / 100, qPrintable(QString::number(byBlocks)));
        QVERIFY2(byRows <= trials * 80 / 100, qPrintable(QString::number(byRows)));
    }

    void tooFewRowsForBlocksGiveNoIntervalAndNoVerdict() {
        const auto [worse, better] = models(20, 2, 1, 4);
        const auto how = metrics::resamplingFor(20, 6);
        QCOMPARE(how.toJson().value(QStringLiteral("method")).toString(), QStringLiteral("none"));
        const auto interval = metrics::pairedBootstrap({QStringLiteral("mae")}, worse, better, how)->front();
        QVERIFY(std::isnan(interval.low) && std::isnan(interval.high) && interval.change < 0);
        QCOMPARE(metrics::verdictOf(interval, false), QStringLiteral("not distinguishable"));
        metrics::PairedTest test;
        test.p = 0.01;
        QVERIFY(metrics::disagreement(interval, false, test).contains(QStringLiteral("no interval")));
        test.p = 0.2;
        QVERIFY(metrics::disagreement(interval, false, test).isEmpty());
    }

    void aRowOrTwoGiveNoIntervalAndNoVerdict() {
        for (const std::size_t rows : {std::size_t(1), std::size_t(2), std::size_t(5)}) { // all agree: an interval of them would exclude 0
            Scored worse{rows, 1, 0, std::vector<double>(rows, 1), std::vector<double>(rows, 4), {}}, better = worse;
            better.predicted.assign(rows, 2);
            const auto how = metrics::resamplingFor(rows, 0);
            QCOMPARE(how.text(), QStringLiteral("none: fewer than 6 rows"));
            const auto interval = metrics::pairedBootstrap({QStringLiteral("mae")}, worse, better, how)->front();
            QCOMPARE(interval.change, -2.0);
            QVERIFY(std::isnan(interval.low) && std::isnan(interval.high) && std::isnan(interval.ofB.low));
            QCOMPARE(metrics::verdictOf(interval, false), QStringLiteral("not distinguishable"));
        }
    }

    void aContradictionOfIntervalAndTestIsSaid_data() {
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<bool>("larger");
        QTest::addColumn<double>("p");
        QTest::addColumn<double>("difference");
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<QString>("says");
        QTest::newRow("both see a gain") << -2.0 << -1.0 << false << 0.01 << -0.5 << "better" << "";
        QTest::newRow("both see nothing") << -1.0 << 1.0 << false << 0.4 << -0.5 << "not distinguishable" << "";
        QTest::newRow("only the interval sees a gain") << 1.0 << 2.0 << true << 0.06 << -0.5 << "better" << "excludes 0, but the test sees no difference, p = 0.06";
        QTest::newRow("only the test sees a gain") << -0.1 << 2.0 << true << 0.01 << -0.5 << "not distinguishable" << "includes 0, but the test sees a difference, p = 0.01";
        QTest::newRow("they see opposite things") << 1.0 << 2.0 << true << 0.01 << 0.5 << "better" << "the other way round, p = 0.01";
        QTest::newRow("an interval that touches 0 sees nothing") << 0.0 << 2.0 << true << 0.5 << -0.5 << "not distinguishable" << "";
    }
    void aContradictionOfIntervalAndTestIsSaid() {
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(bool, larger);
        QFETCH(double, p);
        QFETCH(double, difference);
        QFETCH(QString, verdict);
        QFETCH(QString, says);
        const metrics::PairedInterval interval{QStringLiteral("m"), 0, 0, (low + high) / 2, low, high, 100};
        metrics::PairedTest test;
        test.p = p;
        test.meanDifference = difference;
        QCOMPARE(metrics::verdictOf(interval, larger), verdict);
        const QString text = metrics::disagreement(interval, larger, test);
        QCOMPARE(text.isEmpty(), says.isEmpty());
        QVERIFY2(text.contains(says), qPrintable(text));
    }
};

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"

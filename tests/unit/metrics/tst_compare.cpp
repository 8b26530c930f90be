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
        const auto intervals = metrics::pairedBootstrap({QStringLiteral("mae"), QStringLiteral("r2")}, worse, better);
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
            const auto interval = metrics::pairedBootstrap({QStringLiteral("mae")}, a, b, 200, seed)->front();
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
            const auto interval = metrics::pairedBootstrap({name}, scored, other, 40, 3)->front();
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
        const auto intervals = metrics::pairedBootstrap({QStringLiteral("mae")}, a, b);
        QVERIFY(!intervals);
        QVERIFY(intervals.error().what.contains(QStringLiteral("same rows")));
    }
};

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/sorted_sample.h"
#include "core/drift/statistics.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace pilothouse::drift;

class tst_Statistics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sortingAgreesWithTheStandardSort_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("normal numbers of both signs") << 0;
        QTest::newRow("whole numbers with many ties") << 1;
        QTest::newRow("numbers that differ only in their last bits") << 2;
        QTest::newRow("all magnitudes, denormals included") << 3;
        QTest::newRow("one value") << 4;
        QTest::newRow("missing and infinite values between") << 5;
    }
    void sortingAgreesWithTheStandardSort() {
        QFETCH(int, kind);
        std::mt19937_64 random(7);
        std::normal_distribution<double> normal;
        std::vector<double> values(50'000);
        for (std::size_t i = 0; i < values.size(); ++i) {
            switch (kind) {
            case 0: values[i] = normal(random); break;
            case 1: values[i] = double(int(random() % 100)) - 50; break;
            case 2: values[i] = 1 + double(random() % 5000) * std::numeric_limits<double>::epsilon(); break;
            case 3: values[i] = std::ldexp(normal(random), int(random() % 2000) - 1040); break;
            case 4: values[i] = 3.5; break;
            default:
                values[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? normal(random) : (i % 2 ? INFINITY : -INFINITY);
            }
        }
        std::vector<double> expected;
        for (const double v : values)
            if (std::isfinite(v))
                expected.push_back(v);
        std::sort(expected.begin(), expected.end());
        QVERIFY(sortedFinite(values) == expected);
    }

    void bothZeroesAreOneValue() {
        std::vector<double> values(4096);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = i % 2 ? -0.0 : 0.0;
        for (const double v : sortedFinite(values))
            QVERIFY(!std::signbit(v));
    }

    void aValueOnAnEdgeGoesLeft() {
        const std::vector<double> sorted{1, 2, 2, 3}, edges{2, 2.5};
        QCOMPARE(binCounts(sorted, edges), (std::vector<double>{3, 0, 1}));
    }

    void theKolmogorovSeriesMeetWhereTheyChange() {
        // n = m, so the argument is sqrt(n/2)·d; both sides of 1 must agree to what the slope of Q explains
        const std::size_t n = 20'000;
        const double d = 1 / std::sqrt(double(n) / 2);
        const double below = kolmogorovP(d * (1 - 1e-9), n, n), above = kolmogorovP(d * (1 + 1e-9), n, n);
        QVERIFY2(std::abs(below - above) < 1e-8, qPrintable(QString::number(below - above)));
        QVERIFY(std::abs(above - 0.26999967167735456) < 1e-8); // scipy.special.kolmogorov(1)
        QCOMPARE(kolmogorovP(0, n, n), 1.0);
        QCOMPARE(kolmogorovP(1, n, n), 0.0);
    }

    void distancesAgreeWithTheirDefinitionByBruteForce() {
        std::mt19937 random(3);
        for (int round = 0; round < 50; ++round) {
            std::vector<double> a(1 + random() % 40), b(1 + random() % 40);
            for (auto *list : {&a, &b}) {
                for (double &v : *list)
                    v = double(random() % 25) / 4;
                std::sort(list->begin(), list->end());
            }
            const auto share = [](const std::vector<double> &list, double x) {
                return double(std::upper_bound(list.begin(), list.end(), x) - list.begin()) / double(list.size());
            };
            double ks = 0, area = 0;
            for (double x = 0; x <= 7; x += 0.25) { // every jump lies on this grid
                ks = std::max(ks, std::abs(share(a, x) - share(b, x)));
                area += 0.25 * std::abs(share(a, x) - share(b, x));
            }
            const Distances d = distances(a, b);
            QVERIFY(std::abs(d.ks - ks) < 1e-12);
            QVERIFY(std::abs(d.wasserstein - area) < 1e-12);
        }
    }

    void chiSquareLeavesOutWhatNeitherSideHas() {
        const std::vector<double> a{10, 0, 20}, b{20, 0, 10}, one{5, 0, 0}, none{0, 0, 0};
        const auto test = chiSquare(a, b);
        QVERIFY(test);
        QCOMPARE(test->dof, 1);
        QVERIFY(std::abs(test->statistic - 20.0 / 3) < 1e-12); // 4 cells, each (10−15)²/15
        QVERIFY(!chiSquare(one, one));
        QVERIFY(!chiSquare(a, none));
    }
};

QTEST_GUILESS_MAIN(tst_Statistics)
#include "tst_statistics.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept of a stream in little memory: exact while it is small, within the stated bounds when it is large.
#include "core/data/distinct_sample.h"
#include "core/data/frequent_items.h"
#include "core/data/lots.h"
#include "core/data/quantile_sketch.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>

using namespace pilothouse::data;

namespace {

/// (n − 1)·q between sorted values.
double exactQuantile(std::vector<double> values, double q) {
    std::sort(values.begin(), values.end());
    const double h = double(values.size() - 1) * q;
    const auto low = std::size_t(h);
    return low + 1 < values.size() ? values[low] + (h - double(low)) * (values[low + 1] - values[low]) : values.back();
}

/// The share of values below v, in the middle of those that equal it.
double rankOf(const std::vector<double> &sorted, double v) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), v);
    return (double(first - sorted.begin()) + double(last - sorted.begin())) / 2 / double(sorted.size());
}

} // namespace

class TestSketches : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fewQuantilesAreExact() {
        Lots lots(3);
        for (const int count : {1, 2, 3, 10, 99}) {
            QuantileSketch sketch(100);
            std::vector<double> values;
            for (int i = 0; i < count; ++i) {
                values.push_back(double(lots.below(20)) / 4);
                sketch.add(values.back());
            }
            QVERIFY(sketch.exact());
            const std::vector<double> found = sketch.quantiles({0, 0.25, 0.5, 0.75, 1});
            for (std::size_t i = 0; i < found.size(); ++i)
                QCOMPARE(found[i], exactQuantile(values, double(i) / 4));
        }
        QVERIFY(std::isnan(QuantileSketch(100).quantiles({0.5}).front()));
    }

    void manyQuantilesHaveNearlyTheirRank_data() {
        QTest::addColumn<int>("order");
        QTest::newRow("drawn") << 0;
        QTest::newRow("rising") << 1;
        QTest::newRow("falling") << 2;
        QTest::newRow("many equal") << 3;
    }
    void manyQuantilesHaveNearlyTheirRank() {
        QFETCH(int, order);
        constexpr int count = 500'000;
        Lots lots(5);
        std::vector<double> values;
        for (int i = 0; i < count; ++i)
            values.push_back(order == 0 ? lots.uniform() : order == 1 ? i : order == 2 ? -i : double(lots.below(9)));
        QuantileSketch sketch(4096);
        for (const double v : values)
            sketch.add(v);
        QVERIFY(!sketch.exact());
        std::sort(values.begin(), values.end());
        for (const double share : {0.001, 0.25, 0.5, 0.75, 0.999}) {
            const double found = sketch.quantiles({share}).front();
            if (order == 3)
                QCOMPARE(found, exactQuantile(values, share)); // the shares lie far from where two values meet
            else
                QVERIFY2(std::abs(rankOf(values, found) - share) < 0.0015, qPrintable(QStringLiteral("%1: %2").arg(share).arg(rankOf(values, found))));
        }
    }

    void theSameValuesGiveTheSameSketch() {
        QuantileSketch a(64), b(64);
        for (int i = 0; i < 10'000; ++i) {
            a.add(i * 7919 % 10'007);
            b.add(i * 7919 % 10'007);
        }
        QCOMPARE(a.quantiles({0.1, 0.5, 0.9}), b.quantiles({0.1, 0.5, 0.9}));
    }

    void fewValuesAreCountedExactly() {
        FrequentItems<std::string> items(10);
        for (int i = 0; i < 1000; ++i)
            items.add("value " + std::to_string(i % 20));
        QCOMPARE(items.lost(), 0);
        QCOMPARE(items.size(), std::size_t(20));
        QCOMPARE(items.counts().at("value 7"), 50);
    }

    void frequentValuesSurviveManyRareOnes() {
        FrequentItems<std::int64_t> items(100);
        std::map<std::int64_t, qint64> truth;
        Lots lots(9);
        constexpr qint64 all = 400'000;
        for (qint64 i = 0; i < all; ++i) {
            const std::int64_t value = lots.below(10) < 3 ? std::int64_t(lots.below(5)) : std::int64_t(1000 + lots.below(1'000'000));
            ++truth[value];
            items.add(value);
        }
        QVERIFY(items.size() <= 200);
        QVERIFY(items.lost() > 0 && items.lost() <= all / 100);
        for (std::int64_t value = 0; value < 5; ++value) { // each about 6 % of all
            QVERIFY(items.counts().contains(value));
            const qint64 found = items.counts().at(value);
            QVERIFY2(found <= truth[value] && found >= truth[value] - items.lost(), qPrintable(QStringLiteral("%1 of %2, lost %3").arg(found).arg(truth[value]).arg(items.lost())));
        }
    }

    void longTextsAreBoundedByTheirBytes() {
        FrequentItems<std::string> items(1000);
        for (int i = 0; i < 600; ++i)
            items.add(std::to_string(i) + std::string(100'000, 'x'));
        qint64 bytes = 0;
        for (const auto &[text, count] : items.counts())
            bytes += qint64(text.size());
        QVERIFY2(bytes <= (4 << 20), qPrintable(QString::number(bytes)));
        QVERIFY(items.lost() > 0);
        QVERIFY(items.nearlyFull(std::string(3 << 20, 'y')));
    }

    void fewDifferentValuesAreExact() {
        DistinctSample sample(1000);
        for (std::uint64_t i = 0; i < 5000; ++i)
            sample.add(i % 1000);
        QVERIFY(sample.exact());
        QCOMPARE(sample.distinct(), 1000);
        QCOMPARE(sample.repeated(), 4000);
    }

    void manyDifferentValuesAreNearlyRight_data() {
        QTest::addColumn<int>("times"); // each value
        QTest::newRow("each once") << 1;
        QTest::newRow("each thrice") << 3;
    }
    void manyDifferentValuesAreNearlyRight() {
        QFETCH(int, times);
        constexpr qint64 different = 300'000;
        DistinctSample sample(16384);
        for (int round = 0; round < times; ++round)
            for (qint64 i = 0; i < different; ++i)
                sample.add(std::uint64_t(i) * 4096); // hashes of a bad function
        QVERIFY(!sample.exact());
        QVERIFY2(std::abs(double(sample.distinct() - different)) < 0.03 * double(different), qPrintable(QString::number(sample.distinct())));
        QCOMPARE(sample.repeated(), sample.distinct() * (times - 1));
    }
};

QTEST_GUILESS_MAIN(TestSketches)
#include "tst_sketches.moc"

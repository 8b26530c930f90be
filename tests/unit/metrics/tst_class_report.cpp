// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/calibration.h"
#include "core/metrics/class_report.h"

#include "core/metrics/random.h"

#include <QTest>

#include <cmath>

using namespace pilothouse;
using metrics::Random;
using metrics::Scored;

namespace {

bool isClose(double value, double expected) { return std::abs(value - expected) <= 1e-12; }

/// The same numbers in Python: SplitMix64 with this seed, (next >> 11) · 2^-53.
Scored threeClasses(int rows) {
    Random random(11);
    Scored s{std::size_t(rows), 1, 3, {}, {}, {}};
    for (int i = 0; i < rows; ++i) {
        const double a = std::floor(3 * random.uniform()), u = random.uniform(), c = std::floor(3 * random.uniform());
        s.truth.push_back(a);
        s.predicted.push_back(u < 0.6 ? a : c);
    }
    return s;
}

/// Probabilities whose events come too seldom; on a grid of 1/20 if so asked.
Scored twoClasses(bool onGrid) {
    Random random(5);
    Scored s{200, 1, 2, {}, {}, {}};
    for (int i = 0; i < 200; ++i) {
        double p = random.uniform();
        const double v = random.uniform();
        if (onGrid)
            p = std::floor(p * 20 + .5) / 20;
        s.truth.push_back(v < std::pow(p, 1.5) ? 1 : 0);
        s.predicted.push_back(p >= 0.5 ? 1 : 0);
        s.probabilities.insert(s.probabilities.end(), {1 - p, p});
    }
    return s;
}

} // namespace

/// Figures of scikit-learn 1.9.1 on the same rows.
class TestClassReport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachClassAsPrecisionRecallFscoreSupport() {
        const Scored scored = threeClasses(60);
        const auto report = metrics::classReport(scored, metrics::resamplingFor(60, 0));
        QVERIFY2(report, report ? "" : qPrintable(report.error().text()));
        const double precision[]{0.7222222222222222, 0.6666666666666666, 0.5}, recall[]{0.65, 0.64, 0.6}, f1[]{0.6842105263157895, 0.6530612244897959, 0.5454545454545454};
        const std::size_t support[]{20, 25, 15};
        for (std::size_t c = 0; c < 3; ++c) {
            const metrics::ClassFigures &f = report->at(c);
            QVERIFY(isClose(f.precision, precision[c]) && isClose(f.recall, recall[c]) && isClose(f.f1, f1[c]));
            QCOMPARE(f.support, support[c]);
            for (const auto &[value, range] : {std::pair(f.precision, f.ofPrecision), std::pair(f.recall, f.ofRecall), std::pair(f.f1, f.ofF1)})
                QVERIFY(range.low < value && value < range.high && range.high - range.low < 0.6);
        }
        const auto values = metrics::allMetrics(scored);
        QVERIFY(isClose(values->value(QStringLiteral("precision_macro")), 0.6296296296296297));
        QVERIFY(isClose(values->value(QStringLiteral("f1_macro")), 0.6275754320867103));
        QVERIFY(isClose(values->value(QStringLiteral("precision_weighted")), 0.6435185185185185));
        QVERIFY(isClose(values->value(QStringLiteral("recall_weighted")), 0.6333333333333333));
        QVERIFY(isClose(values->value(QStringLiteral("f1_weighted")), 0.6365426553396478));
    }

    void aClassThatIsNowhereCountsZeroAndHasNoInterval() {
        const Scored scored{4, 1, 3, {0, 0, 1, 1}, {0, 1, 1, 0}, {}};
        const auto report = metrics::classReport(scored, metrics::resamplingFor(4, 0));
        QVERIFY(report);
        QCOMPARE(report->at(0).precision, 0.5);
        const metrics::ClassFigures &absent = report->at(2);
        QCOMPARE(absent.support + absent.predicted, std::size_t(0));
        QCOMPARE(absent.precision + absent.recall + absent.f1, 0.0);
        QVERIFY(std::isnan(absent.ofRecall.low) && std::isnan(absent.ofF1.high));
    }

    void theIntervalOfARecallIsThatOfItsShare() {
        // 400 rows of a class, 300 found: the standard error of the share is √(0.75 · 0.25 / 400).
        Scored scored{800, 1, 2, {}, {}, {}};
        for (int i = 0; i < 800; ++i) {
            scored.truth.push_back(i % 2);
            scored.predicted.push_back(i % 2 == 1 && i % 8 != 1 ? 1 : 0);
        }
        const auto report = metrics::classReport(scored, metrics::resamplingFor(800, 0, 4000));
        const double half = 1.96 * std::sqrt(0.75 * 0.25 / 400);
        QCOMPARE(report->at(1).recall, 0.75);
        QVERIFY2(std::abs(report->at(1).ofRecall.low - (0.75 - half)) < 0.1 * half, qPrintable(QString::number(report->at(1).ofRecall.low)));
        QVERIFY2(std::abs(report->at(1).ofRecall.high - (0.75 + half)) < 0.1 * half, qPrintable(QString::number(report->at(1).ofRecall.high)));
    }

    void aRegressionHasNoClasses() {
        QVERIFY(metrics::classReport(Scored{2, 1, 0, {1, 2}, {1, 2}, {}}, metrics::resamplingFor(2, 0)).error().what.contains(QStringLiteral("none")));
        QVERIFY(!metrics::classReport(threeClasses(60), metrics::resamplingFor(59, 0)));
    }

    void theCurveAsCalibrationCurve_data() {
        QTest::addColumn<bool>("onGrid");
        QTest::addColumn<bool>("quantile");
        QTest::addColumn<int>("bins");
        QTest::addColumn<std::vector<double>>("predicted");
        QTest::addColumn<std::vector<double>>("observed");
        using List = std::vector<double>;
        QTest::newRow("equal width") << false << false << 5 << List{0.1138159745697723, 0.29394916733069787, 0.48862578350419694, 0.6888133959693554, 0.9061843108183101}
                                     << List{0.03333333333333333, 0.3548387096774194, 0.4576271186440678, 0.475, 0.825};
        QTest::newRow("quantile") << false << true << 4 << List{0.16980292756731738, 0.431733692418391, 0.6216373629141916, 0.8799406755520809} << List{0.16, 0.42, 0.42, 0.82};
        QTest::newRow("equal width, scores on the edges") << true << false << 5 << List{0.1242857142857143, 0.33947368421052654, 0.5258928571428575, 0.7205882352941175, 0.9135135135135133}
                                                          << List{0.02857142857142857, 0.39473684210526316, 0.4642857142857143, 0.5, 0.8648648648648649};
        QTest::newRow("quantile, ties") << true << true << 10
                                        << List{0.09807692307692305, 0.22500000000000003, 0.36724137931034495, 0.45000000000000007, 0.5340909090909092, 0.5999999999999999, 0.6736842105263158, 0.78, 0.8738095238095237, 0.9656249999999997}
                                        << List{0.038461538461538464, 0.16666666666666666, 0.41379310344827586, 0.4444444444444444, 0.4090909090909091, 0.5625, 0.3157894736842105, 0.7333333333333333, 0.8571428571428571, 0.875};
    }
    void theCurveAsCalibrationCurve() {
        QFETCH(bool, onGrid);
        QFETCH(bool, quantile);
        QFETCH(int, bins);
        QFETCH(std::vector<double>, predicted);
        QFETCH(std::vector<double>, observed);
        const auto curve = metrics::calibrationCurve(twoClasses(onGrid), 1, quantile ? metrics::CalibrationBins::Quantile : metrics::CalibrationBins::EqualWidth, std::size_t(bins));
        QCOMPARE(curve.size(), predicted.size());
        std::size_t rows = 0;
        for (std::size_t b = 0; b < curve.size(); ++b) {
            QVERIFY2(isClose(curve[b].predicted, predicted[b]), qPrintable(QString::number(curve[b].predicted, 'g', 17)));
            QVERIFY2(isClose(curve[b].observed, observed[b]), qPrintable(QString::number(curve[b].observed, 'g', 17)));
            QVERIFY(curve[b].from <= curve[b].predicted + 1e-12 && curve[b].predicted <= curve[b].to + 1e-12 && curve[b].low <= curve[b].observed && curve[b].observed <= curve[b].high);
            rows += curve[b].count;
        }
        QCOMPARE(rows, std::size_t(200));
    }

    void shareIntervalsAsWilson() {
        // statsmodels 0.15 proportion_confint(7, 20, method="wilson"), (0, 5), (5, 5)
        Scored scored{30, 1, 2, {}, {}, {}};
        for (int i = 0; i < 30; ++i) {
            const double p = i < 20 ? 0.35 : i < 25 ? 0.05 : 0.95;
            scored.truth.push_back(i < 7 || i >= 25 ? 1 : 0);
            scored.predicted.push_back(p > 0.5 ? 1 : 0);
            scored.probabilities.insert(scored.probabilities.end(), {1 - p, p});
        }
        const auto curve = metrics::calibrationCurve(scored, 1, metrics::CalibrationBins::EqualWidth);
        QCOMPARE(curve.size(), std::size_t(3));
        QVERIFY(isClose(curve[0].low, 0) && isClose(curve[0].high, 0.43448246478317487));
        QVERIFY(isClose(curve[1].low, 0.18119182410108203) && isClose(curve[1].high, 0.5671457233147638));
        QVERIFY(isClose(curve[2].low, 0.5655175352168252) && isClose(curve[2].high, 1));
        scored.probabilities.clear();
        QVERIFY(metrics::calibrationCurve(scored, 1, metrics::CalibrationBins::Quantile).empty());
    }
};

QTEST_GUILESS_MAIN(TestClassReport)
#include "tst_class_report.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metrics.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace pilothouse;
using metrics::Scored;

namespace {

bool isClose(double value, double expected, double relative = 1e-9) {
    return std::abs(value - expected) <= 1e-12 + relative * std::abs(expected);
}

Scored regression(std::vector<double> truth, std::vector<double> predicted) {
    const std::size_t n = truth.size();
    return {n, 1, 0, std::move(truth), std::move(predicted), {}};
}

} // namespace

/// Metrics against definitions at the edges; tst_reference has scikit-learn's figures.
class TestMetrics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void symmetricRelativeErrorByHand() {
        // 2·1/(1+2), 2·2/(4+2), 0/0 = 0, 2·3/(0+3)
        const auto values = metrics::allMetrics(regression({1, 4, 0, 0}, {2, 2, 0, 3}));
        QVERIFY(isClose(values->value(QStringLiteral("smape")), (2.0 / 3 + 2.0 / 3 + 0 + 2) / 4));
    }

    void calibrationErrorByHand() {
        // Two bins in use: (0.533, 0.6] with confidences 0.6, 0.6, 0.55 and one right; (0.867, 0.933] with 0.9, 0.9 and both right.
        Scored scored{5, 1, 2, {1, 0, 0, 1, 0}, {1, 1, 1, 1, 0}, {.4, .6, .4, .6, .45, .55, .1, .9, .9, .1}};
        const auto values = metrics::allMetrics(scored);
        QVERIFY(isClose(values->value(QStringLiteral("ece")), (std::abs(1.75 - 1) + std::abs(1.8 - 2)) / 5));
        scored.probabilities.clear();
        QVERIFY(std::isnan(metrics::allMetrics(scored)->value(QStringLiteral("ece"))));
    }

    void relativeErrorOfAZeroIsUndefinedAndTheRestIsNot() {
        const auto values = metrics::allMetrics(regression({0, 1, 2}, {1, 1, 2}));
        QVERIFY(values);
        QVERIFY(std::isnan(values->value(QStringLiteral("mape"))));
        QVERIFY(isClose(values->value(QStringLiteral("r2")), 0.5));
        QVERIFY(metrics::toJson(*values).value(QStringLiteral("mape")).isNull());
    }

    void severalOutputsAverageR2OverOutputsAndErrorsOverValues() {
        // Output 0 is predicted perfectly (r2 1), output 1 by its mean (r2 0).
        const Scored scored{3, 2, 0, {1, 10, 2, 20, 3, 30}, {1, 20, 2, 20, 3, 20}, {}};
        const auto values = metrics::allMetrics(scored);
        QVERIFY(values);
        QVERIFY(isClose(values->value(QStringLiteral("r2")), 0.5));
        QVERIFY(isClose(values->value(QStringLiteral("mae")), 20.0 / 6));
        QVERIFY(isClose(metrics::rowLosses(scored, QStringLiteral("mae")).front(), 5.0));
        QVERIFY(isClose(metrics::rowLosses(scored, QStringLiteral("rmse")).front(), 50.0));
        QVERIFY(isClose(metrics::rowLosses(scored, QStringLiteral("mape")).front(), 0.5));
    }

    void theLossesOfTheRowsHaveTheMetricAsTheirMean_data() {
        QTest::addColumn<QString>("metric");
        for (const char *metric : {"mae", "mse", "mape", "smape", "mase", "pinball_10", "pinball_90"})
            QTest::newRow(metric) << QString::fromLatin1(metric);
    }
    /// So a paired test on them, Diebold-Mariano of a forecast, compares what the metric measures.
    void theLossesOfTheRowsHaveTheMetricAsTheirMean() {
        QFETCH(QString, metric);
        const Scored scored{3, 2, 0, {1, 10, -2, 20, 3, 30}, {1.5, 25, -2.5, 18, 2, 31}, {}, {0.25}};
        const std::vector<double> losses = metrics::rowLosses(scored, metric);
        QVERIFY(isClose((losses[0] + losses[1] + losses[2]) / 3, *metrics::metricOf(metric, scored)));
    }

    void badInputIsAnErrorAndNeverASilentNumber_data() {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QTest::addColumn<std::vector<double>>("truth");
        QTest::addColumn<std::vector<double>>("predicted");
        QTest::addColumn<QString>("says");
        QTest::newRow("no rows") << std::vector<double>{} << std::vector<double>{} << QStringLiteral("no rows");
        QTest::newRow("NaN in a prediction names the row") << std::vector<double>{1, 2} << std::vector<double>{1, nan} << QStringLiteral("Row 1");
        QTest::newRow("lengths differ") << std::vector<double>{1, 2} << std::vector<double>{1} << QStringLiteral("belong together");
    }
    void badInputIsAnErrorAndNeverASilentNumber() {
        QFETCH(std::vector<double>, truth);
        QFETCH(std::vector<double>, predicted);
        QFETCH(QString, says);
        const auto values = metrics::allMetrics(regression(truth, predicted));
        QVERIFY(!values);
        QCOMPARE(values.error().kind, ErrorKind::Invalid);
        QVERIFY2(values.error().what.contains(says), qPrintable(values.error().what));
    }

    void anUnknownMetricNamesTheKnownOnes() {
        const auto value = metrics::metricOf(QStringLiteral("accuracy"), regression({1, 2}, {1, 2}));
        QVERIFY(!value);
        QVERIFY(value.error().hint.contains(QStringLiteral("median_ae")));
    }

    void takeRepeatsRows() {
        const Scored taken = Scored{3, 1, 2, {0, 1, 1}, {0, 0, 1}, {.9, .1, .6, .4, .2, .8}}.take({2, 2, 0});
        QCOMPARE(taken.truth, (std::vector<double>{1, 1, 0}));
        QCOMPARE(taken.probabilities, (std::vector<double>{.2, .8, .2, .8, .9, .1}));
    }
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"

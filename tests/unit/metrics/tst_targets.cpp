// SPDX-License-Identifier: GPL-3.0-or-later
// Forecasts of several targets: what is said of all of them, and of each.
#include "core/metrics/compare.h"
#include "core/metrics/metric_entry.h"
#include "core/metrics/paired_test.h"
#include "core/metrics/random.h"
#include "core/metrics/targets.h"

#include <QTest>

#include <cmath>
#include <numeric>

using namespace pilothouse;
using namespace pilothouse::metrics;

namespace {

/// The example of scikit-learn's documentation (r2_score, explained_variance_score): two outputs, here two targets of one step.
Scored documented() { return {3, 2, 0, {0.5, 1, -1, 1, 7, -6}, {0, 2, -1, 2, 8, -5}, {}, {2, 4}}; }

/// Two targets of two steps in very different units, the second worse.
Scored drawn(std::size_t rows, quint64 seed, double noise) {
    Scored s{rows, 4, 0, {}, {}, {}, {1, 1000}};
    Random random(seed), fixed(1);
    for (std::size_t i = 0; i < rows; ++i)
        for (const double unit : {1.0, 1.0, 1000.0, 1000.0}) {
            const double truth = unit * (5 + fixed.uniform());
            s.truth.push_back(truth);
            s.predicted.push_back(truth + unit * noise * (random.uniform() - 0.5) * (unit > 1 ? 2 : 1));
        }
    return s;
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(b)); }

} // namespace

class TestTargets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatHasNoUnitIsTheMeanOverTheTargets() {
        const Scored s = documented();
        const auto all = allMetrics(s);
        QVERIFY2(all, all ? "" : qPrintable(all.error().text()));
        QCOMPARE(all->keys(), (QStringList{QStringLiteral("explained_variance"), QStringLiteral("mape"), QStringLiteral("mase"), QStringLiteral("r2"), QStringLiteral("smape")}));
        QVERIFY(near(all->value(QStringLiteral("r2")), 0.93680052666227787));                 // multioutput="uniform_average"
        QVERIFY(near(all->value(QStringLiteral("explained_variance")), 0.98387096774193550)); // likewise
        QVERIFY(near(all->value(QStringLiteral("mase")), (0.5 / 2 + 1.0 / 4) / 2));            // mean errors 0.5 and 1 in units of 2 and 4
        const auto each = allMetricsByTarget(s, {QStringLiteral("a"), QStringLiteral("b")});
        QVERIFY(each);
        QCOMPARE(each->size(), std::size_t(2));
        for (const QString &name : all->keys())
            QVERIFY2(near(all->value(name), (each->at(0).values.value(name) + each->at(1).values.value(name)) / 2) || std::isnan(all->value(name)), qPrintable(name));
        QCOMPARE(each->at(0).values.value(QStringLiteral("mae")), 0.5);
        QCOMPARE(each->at(1).values.value(QStringLiteral("mae")), 1.0);
        QCOMPARE(each->at(1).values.size(), metricNames(0, true).size()); // of one target every metric
        QVERIFY(!metricOf(QStringLiteral("mae"), s));
        QVERIFY(metricOf(QStringLiteral("mae"), s).error().text().contains(QStringLiteral("forecast of 2 targets")));
    }

    void oneTargetIsAsItWas() {
        Scored s = documented();
        s.naiveScales = {2};
        QVERIFY(allMetricsByTarget(s, {QStringLiteral("a")})->empty());
        QCOMPARE(allMetrics(s)->value(QStringLiteral("mae")), 0.75); // two steps of one target
        QCOMPARE(metricNames(s), metricNames(0, true));
        QCOMPARE(metricNames(0, true, true), (QStringList{QStringLiteral("r2"), QStringLiteral("mape"), QStringLiteral("mase"), QStringLiteral("explained_variance"), QStringLiteral("smape")}));
    }

    void stepsStayTogether() {
        const Scored s{2, 4, 0, {1, 2, 10, 20, 3, 4, 30, 40}, {1, 2, 11, 21, 3, 5, 31, 41}, {}, {1, 1}};
        const Scored second = ofTarget(s, 1);
        QCOMPARE(second.outputs, std::size_t(2));
        QCOMPARE(second.truth, (std::vector<double>{10, 20, 30, 40}));
        QCOMPARE(second.predicted, (std::vector<double>{11, 21, 31, 41}));
        QCOMPARE(second.naiveScales, std::vector<double>{1});
        const auto each = allMetricsByTarget(s, {QStringLiteral("t2m"), QStringLiteral("rh2m")});
        const Values all = withTargets(*allMetrics(s), *each);
        QCOMPARE(all.value(QStringLiteral("mae@t2m")), 0.25);
        QCOMPARE(all.value(QStringLiteral("mae@rh2m")), 1.0);
        QVERIFY(all.contains(QStringLiteral("r2")) && !all.contains(QStringLiteral("mae")));
        Scored odd = s;
        odd.naiveScales = {1, 1, 1};
        QVERIFY(!allMetrics(odd)); // four outputs are no steps of three targets
        QCOMPARE(s.take({1}).naiveScales, s.naiveScales);
    }

    void theFiguresOfATrainingAreReadByTarget() {
        const auto of = [](const char *target, const QJsonValue &mae) { return QJsonObject{{QStringLiteral("target"), QLatin1String(target)}, {QStringLiteral("test"), QJsonObject{{QStringLiteral("mae"), mae}}}}; };
        const Values all = withTargets(QJsonObject{{QStringLiteral("r2"), 0.5}}, QJsonArray{of("t2m", 1.5), of("rh2m", QJsonValue())});
        QCOMPARE(all.keys(), (QStringList{QStringLiteral("mae@rh2m"), QStringLiteral("mae@t2m"), QStringLiteral("r2")}));
        QCOMPARE(all.value(QStringLiteral("mae@t2m")), 1.5);
        QVERIFY(std::isnan(all.value(QStringLiteral("mae@rh2m")))); // null: undefined
        QCOMPARE(withTargets(QJsonObject{{QStringLiteral("mae"), 2}}, QJsonArray()).keys(), QStringList{QStringLiteral("mae")});
    }

    /// What a paired test compares weighs the targets alike, whatever their units: its mean is 1 − r2.
    void lossesAreInUnitsOfEachTargetsSpread() {
        const Scored s = drawn(200, 3, 0.4);
        const std::vector<double> losses = rowLosses(s, QStringLiteral("r2"));
        const double mean = std::accumulate(losses.begin(), losses.end(), 0.0) / double(losses.size());
        QVERIFY(std::abs(mean - (1 - *metricOf(QStringLiteral("r2"), s))) < 1e-12);
        QCOMPARE(rowLossName(s, QStringLiteral("r2")), QStringLiteral("squared error in units of each target's spread"));
        Scored scaled = s; // the second target in other units
        for (std::size_t i = 0; i < s.truth.size(); ++i)
            if (i % 4 > 1) {
                scaled.truth[i] *= 1e-3;
                scaled.predicted[i] *= 1e-3;
            }
        scaled.naiveScales = {1, 1};
        const std::vector<double> again = rowLosses(scaled, QStringLiteral("r2"));
        for (std::size_t i = 0; i < losses.size(); ++i)
            QVERIFY(std::abs(again[i] - losses[i]) < 1e-9);
        QVERIFY(near(*metricOf(QStringLiteral("mase"), scaled), *metricOf(QStringLiteral("mase"), s)));
    }

    void lossesOfMaseAreInUnitsOfEachTargetsScale() {
        const Scored s = drawn(200, 3, 0.4);
        const std::vector<double> losses = rowLosses(s, QStringLiteral("mase"));
        QVERIFY(near(std::accumulate(losses.begin(), losses.end(), 0.0) / double(losses.size()), *metricOf(QStringLiteral("mase"), s)));
        QCOMPARE(rowLossName(s, QStringLiteral("mase")), QStringLiteral("scaled error"));
        Scored unknown = s;
        unknown.naiveScales.front() = 0;
        QCOMPARE(rowLossName(unknown, QStringLiteral("mase")), QStringLiteral("absolute error in units of each target's spread"));
    }

    void modelsAreComparedByAllTargets() {
        const Scored poor = drawn(200, 3, 0.6), good = drawn(200, 4, 0.2);
        const Resampling how = resamplingFor(200, 2);
        const auto intervals = pairedBootstrap(metricNames(poor), poor, good, how);
        QVERIFY2(intervals, intervals ? "" : qPrintable(intervals.error().text()));
        for (const PairedInterval &i : *intervals)
            QCOMPARE(verdictOf(i, metricEntry(i.metric)->largerIsBetter), QStringLiteral("better"));
        const auto test = pairedTestFor(QStringLiteral("r2"), poor, good, 2);
        QVERIFY(test && test->p < 1e-6 && test->meanDifference < 0);
        QVERIFY(!pairedBootstrap({QStringLiteral("mae")}, poor, good, how));
    }
};

QTEST_GUILESS_MAIN(TestTargets)
#include "tst_targets.moc"

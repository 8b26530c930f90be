// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metric_entry.h"

#include "core/workspace/recipe.h"

#include <QSet>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using metrics::Scored;

class TestMetricTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recipesKnowWhatIsDefinedAndItsDirection() {
        QStringList names;
        for (const metrics::MetricEntry *entry : metrics::metricTable()) {
            const QString name = QLatin1String(entry->name);
            names << name;
            QCOMPARE(workspace::largerIsBetter(name), entry->largerIsBetter);
            QCOMPARE(metrics::metricEntry(name), entry);
        }
        names.sort();
        QVERIFY(names.size() > 30);
        QCOMPARE(QSet<QString>(names.begin(), names.end()).size(), names.size());
        QCOMPARE(workspace::knownMetrics(), names);
        QCOMPARE(metrics::metricEntry(QStringLiteral("rr2")), nullptr);
    }

    void placesInListsAreTakenOnce_data() {
        QTest::addColumn<quint64>("classes");
        QTest::newRow("regression and forecast") << quint64(0);
        QTest::newRow("two classes") << quint64(2);
        QTest::newRow("many classes") << quint64(3);
    }
    void placesInListsAreTakenOnce() {
        QFETCH(quint64, classes);
        QSet<int> ranks;
        int count = 0;
        for (const metrics::MetricEntry *entry : metrics::metricTable())
            if (entry->isFor(classes, true, false)) {
                ranks.insert(entry->rank);
                ++count;
            }
        QCOMPARE(int(ranks.size()), count);
        QCOMPARE(metrics::metricNames(classes, true).size(), count);
    }

    void theMostImportantComeFirst() {
        QCOMPARE(metrics::metricNames(0).mid(0, 4), (QStringList{QStringLiteral("r2"), QStringLiteral("mae"), QStringLiteral("rmse"), QStringLiteral("mse")}));
        QCOMPARE(metrics::metricNames(2).mid(0, 4), (QStringList{QStringLiteral("accuracy"), QStringLiteral("precision"), QStringLiteral("recall"), QStringLiteral("f1")}));
        QCOMPARE(metrics::metricNames(3).mid(0, 3), (QStringList{QStringLiteral("accuracy"), QStringLiteral("balanced_accuracy"), QStringLiteral("roc_auc")}));
        QVERIFY(!metrics::metricNames(3).contains(QStringLiteral("average_precision")));
        QVERIFY(!metrics::metricNames(2).contains(QStringLiteral("top_2_accuracy")));
    }

    void scaledErrorsAreOfForecastsOnly() {
        // Hyndman, Koehler (2006): mean |error| 1.5 over a seasonal naive error of 2 on the training part.
        Scored scored{4, 1, 0, {1, 2, 3, 4}, {2, 0, 3, 7}, {}};
        QVERIFY(!metrics::allMetrics(scored)->contains(QStringLiteral("mase")));
        QVERIFY(!metrics::metricOf(QStringLiteral("mase"), scored));
        scored.naiveScales = {2};
        QCOMPARE(*metrics::metricOf(QStringLiteral("mase"), scored), 0.75);
        QCOMPARE(scored.take({3}).naiveScales, std::vector<double>{2.0});
        for (const double scale : {0.0, std::nan("")}) {
            scored.naiveScales = {scale};
            QVERIFY(metrics::allMetrics(scored)->contains(QStringLiteral("mase")));
            QVERIFY(std::isnan(metrics::allMetrics(scored)->value(QStringLiteral("mase"))));
        }
    }

    void metricsOfOtherRowsHaveNoValue() {
        const Scored numbers{2, 1, 0, {1, 2}, {2, 2}, {}}, labels{2, 1, 2, {0, 1}, {0, 1}, {.7, .3, .2, .8}};
        QVERIFY(std::isnan(metrics::Evaluator(numbers).value(QStringLiteral("accuracy"))));
        QVERIFY(std::isnan(metrics::Evaluator(labels).value(QStringLiteral("mae"))));
        QVERIFY(std::isnan(metrics::Evaluator(labels).value(QStringLiteral("top_2_accuracy"))));
        QVERIFY(std::isnan(metrics::Evaluator(numbers).value(QStringLiteral("rr2"))));
    }

    void noRowDrawnHasNoValue() {
        const Scored numbers{2, 1, 0, {1, 2}, {2, 2}, {}}, labels{2, 1, 2, {0, 1}, {0, 1}, {.7, .3, .2, .8}};
        for (const Scored *scored : {&numbers, &labels}) {
            const metrics::Evaluator evaluator(*scored);
            for (const QString &name : metrics::metricNames(*scored))
                if (!QStringList{QStringLiteral("mcc"), QStringLiteral("precision"), QStringLiteral("recall"), QStringLiteral("f1")}.contains(name)) // 0/0 counts as 0
                    QVERIFY2(std::isnan(evaluator.value(name, {0, 0})), qPrintable(name));
        }
    }
};

QTEST_GUILESS_MAIN(TestMetricTable)
#include "tst_metric_table.moc"

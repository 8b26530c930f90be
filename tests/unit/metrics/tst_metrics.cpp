// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/metrics.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace pilothouse;
using metrics::Scored;

namespace {

bool isClose(double value, double expected, double relative = 1e-9) {
    return std::abs(value - expected) <= 1e-12 + relative * std::abs(expected);
}

std::vector<double> numbers(const QJsonValue &value) {
    std::vector<double> list;
    for (const QJsonValue &v : value.toArray())
        list.push_back(v.toDouble());
    return list;
}

Scored regression(std::vector<double> truth, std::vector<double> predicted) {
    const std::size_t n = truth.size();
    return {n, 1, 0, std::move(truth), std::move(predicted), {}};
}

} // namespace

/// Metrics against ../shared/reference/metrics_hand_made.json (scikit-learn 1.9) and against definitions at the edges.
class TestMetrics : public QObject {
    Q_OBJECT

    QJsonObject m_reference;

    void compareWith(const Scored &scored, const QJsonObject &expected) {
        const auto values = metrics::allMetrics(scored);
        QVERIFY2(values, values ? "" : qPrintable(values.error().text()));
        int compared = 0;
        for (auto it = expected.begin(); it != expected.end(); ++it) {
            if (!values->contains(it.key()))
                continue;
            const double value = values->value(it.key());
            ++compared;
            if (it.value().isNull())
                QVERIFY2(std::isnan(value), qPrintable(it.key()));
            else
                QVERIFY2(isClose(value, it.value().toDouble()),
                         qPrintable(QStringLiteral("%1: %2, not %3").arg(it.key()).arg(value, 0, 'g', 15).arg(it.value().toDouble(), 0, 'g', 15)));
        }
        QVERIFY(compared > 0);
    }

private Q_SLOTS:
    void initTestCase() {
        const auto bytes = readFile(qEnvironmentVariable("PILOTHOUSE_SHARED") + QStringLiteral("/reference/metrics_hand_made.json"));
        if (!bytes)
            return;
        const auto object = parseJsonObject(*bytes, QStringLiteral("metrics_hand_made.json"));
        QVERIFY(object);
        m_reference = *object;
    }

    void twoClassesAgreeWithTheReference_data() {
        QTest::addColumn<QString>("row");
        const auto rows = m_reference.value(QStringLiteral("binary")).toObject();
        for (const QString &key : rows.keys())
            QTest::newRow(qPrintable(key)) << key;
        if (rows.isEmpty())
            QTest::newRow("no reference here") << QString();
    }
    void twoClassesAgreeWithTheReference() {
        QFETCH(QString, row);
        if (row.isEmpty())
            QSKIP("../shared is not there");
        const auto entry = m_reference.value(QStringLiteral("binary")).toObject().value(row).toObject();
        Scored scored;
        scored.classes = 2;
        scored.truth = numbers(entry.value(QStringLiteral("y_true")));
        scored.count = scored.truth.size();
        for (const double p : numbers(entry.value(QStringLiteral("score")))) {
            scored.predicted.push_back(p >= 0.5 ? 1 : 0);
            scored.probabilities.insert(scored.probabilities.end(), {1 - p, p});
        }
        const auto expected = entry.value(QStringLiteral("values")).toObject();
        compareWith(scored, expected);
        const auto cells = numbers(expected.value(QStringLiteral("confusion_[tn,fp,fn,tp]")));
        const auto confusion = metrics::confusion(scored);
        QCOMPARE((std::vector<double>{confusion[0][0], confusion[0][1], confusion[1][0], confusion[1][1]}), cells);
    }

    void manyClassesAgreeWithTheReference_data() {
        QTest::addColumn<QString>("row");
        const auto rows = m_reference.value(QStringLiteral("multi_class")).toObject();
        for (const QString &key : rows.keys())
            QTest::newRow(qPrintable(key)) << key;
        if (rows.isEmpty())
            QTest::newRow("no reference here") << QString();
    }
    void manyClassesAgreeWithTheReference() {
        QFETCH(QString, row);
        if (row.isEmpty())
            QSKIP("../shared is not there");
        const auto entry = m_reference.value(QStringLiteral("multi_class")).toObject().value(row).toObject();
        Scored scored;
        scored.classes = 3;
        scored.truth = numbers(entry.value(QStringLiteral("y_true")));
        scored.count = scored.truth.size();
        if (entry.contains(QStringLiteral("proba"))) {
            for (const QJsonValue &line : entry.value(QStringLiteral("proba")).toArray()) {
                const auto p = numbers(line);
                scored.predicted.push_back(double(std::max_element(p.begin(), p.end()) - p.begin()));
                scored.probabilities.insert(scored.probabilities.end(), p.begin(), p.end());
            }
            compareWith(scored, {{QStringLiteral("log_loss"), entry.value(QStringLiteral("log_loss"))},
                                 {QStringLiteral("roc_auc"), entry.value(QStringLiteral("roc_auc_ovr_macro"))},
                                 {QStringLiteral("roc_auc_ovr_macro"), entry.value(QStringLiteral("roc_auc_ovr_macro"))},
                                 {QStringLiteral("roc_auc_ovo_macro"), entry.value(QStringLiteral("roc_auc_ovo_macro"))},
                                 {QStringLiteral("top_2_accuracy"), entry.value(QStringLiteral("top_2_accuracy"))}});
            return;
        }
        scored.predicted = numbers(entry.value(QStringLiteral("y_pred")));
        compareWith(scored, entry.value(QStringLiteral("values")).toObject());
    }

    void regressionAgreesWithTheReference_data() {
        QTest::addColumn<QString>("row");
        const auto rows = m_reference.value(QStringLiteral("regression")).toObject();
        // huge_values, empty, nan_in_prediction and length_mismatch are below: the file rounds to 12 digits, the others are errors.
        for (const char *key : {"plain", "perfect", "mean_predictor", "worse_than_mean", "constant_target_wrong", "constant_target_right", "single_row"})
            if (rows.contains(QLatin1String(key)))
                QTest::newRow(key) << QString::fromLatin1(key);
        if (rows.isEmpty())
            QTest::newRow("no reference here") << QString();
    }
    void regressionAgreesWithTheReference() {
        QFETCH(QString, row);
        if (row.isEmpty())
            QSKIP("../shared is not there");
        const auto entry = m_reference.value(QStringLiteral("regression")).toObject().value(row).toObject();
        compareWith(regression(numbers(entry.value(QStringLiteral("y_true"))), numbers(entry.value(QStringLiteral("y_pred")))),
                    entry.value(QStringLiteral("values")).toObject());
    }

    void quantileLossAgreesWithTheReference() {
        const auto entry = m_reference.value(QStringLiteral("regression")).toObject().value(QStringLiteral("pinball")).toObject();
        if (entry.isEmpty())
            QSKIP("../shared is not there");
        compareWith(regression(numbers(entry.value(QStringLiteral("y_true"))), numbers(entry.value(QStringLiteral("y_pred")))),
                    {{QStringLiteral("pinball_10"), entry.value(QStringLiteral("alpha_0.1"))},
                     {QStringLiteral("pinball_50"), entry.value(QStringLiteral("alpha_0.5"))},
                     {QStringLiteral("pinball_90"), entry.value(QStringLiteral("alpha_0.9"))}});
    }

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

    void smallVarianceOnAHugeMeanKeepsItsDigits() {
        const auto values = metrics::allMetrics(regression({1e15, 1e15 + 2, 1e15 + 4}, {1e15 + 1, 1e15 + 2, 1e15 + 3}));
        QVERIFY(values);
        QVERIFY(isClose(values->value(QStringLiteral("r2")), 0.75, 1e-6));
        QVERIFY(isClose(values->value(QStringLiteral("mae")), 2.0 / 3, 1e-6));
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

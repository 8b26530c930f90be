// SPDX-License-Identifier: GPL-3.0-or-later
// Accuracy without labels: figures by hand, and on drifts that are drawn here the estimate beside what the labels say afterwards.
#include "core/learn/accuracy_estimate.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

/// Two classes; P(1|x) = 1/(1 + e^-2x), and the model is `sharper` than the world: its probabilities are not calibrated unless that is 1.
metrics::Scored classesAt(double centre, double spread, std::size_t rows, double sharper, quint64 seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal(centre, spread);
    std::uniform_real_distribution<double> uniform(0, 1);
    metrics::Scored scored;
    scored.count = rows;
    scored.classes = 2;
    for (std::size_t i = 0; i < rows; ++i) {
        const double x = normal(random), p = 1 / (1 + std::exp(-2 * sharper * x));
        scored.truth.push_back(uniform(random) < 1 / (1 + std::exp(-2 * x)) ? 1 : 0);
        scored.predicted.push_back(p >= 0.5 ? 1 : 0);
        scored.probabilities.insert(scored.probabilities.end(), {1 - p, p});
    }
    return scored;
}

double uncalibrated(const metrics::Scored &rows) {
    double sum = 0;
    for (std::size_t i = 0; i < rows.count; ++i)
        sum += rows.probabilities[i * 2 + std::size_t(rows.predicted[i])];
    return sum / double(rows.count);
}

/// y = x + noise that grows with x; the model says x.
struct Numbers {
    data::Rows inputs;
    std::vector<double> predicted, truth;
};
Numbers numbersAt(double from, double to, std::size_t rows, quint64 seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform(from, to);
    std::normal_distribution<double> normal;
    Numbers out;
    out.inputs.count = rows;
    out.inputs.width = 2;
    for (std::size_t i = 0; i < rows; ++i) {
        const double x = uniform(random);
        out.inputs.values.insert(out.inputs.values.end(), {x, i % 10 == 0 ? std::nan("") : normal(random)});
        out.predicted.push_back(x);
        out.truth.push_back(x + normal(random) * (0.2 + x));
    }
    return out;
}

double realised(const Numbers &rows, bool squares) {
    double sum = 0;
    for (std::size_t i = 0; i < rows.truth.size(); ++i)
        sum += squares ? std::pow(rows.truth[i] - rows.predicted[i], 2) : std::abs(rows.truth[i] - rows.predicted[i]);
    return squares ? std::sqrt(sum / double(rows.truth.size())) : sum / double(rows.truth.size());
}

} // namespace

class TestAccuracyEstimate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void withoutReferenceTheProbabilitiesAreTakenAsTheyAre() {
        metrics::Scored rows;
        rows.count = 8;
        rows.classes = 2;
        for (int i = 0; i < 8; ++i) {
            rows.truth.push_back(0);
            rows.predicted.push_back(i < 4 ? 1 : 0);
            const double one = i < 4 ? 0.9 : 0.2;
            rows.probabilities.insert(rows.probabilities.end(), {1 - one, one});
        }
        const auto estimator = ConfidenceEstimator::fit(rows);
        QVERIFY(estimator && !estimator->calibrated());
        const auto accuracy = estimator->estimate(QStringLiteral("accuracy"), rows);
        QVERIFY(std::abs(accuracy->value - 0.85) < 1e-12); // (4 · 0.9 + 4 · 0.8) / 8
        QVERIFY(std::abs(accuracy->value - accuracy->low - 1.959963984540054 * std::sqrt(4 * 0.09 + 4 * 0.16) / 8) < 1e-12);
        // Expected counts: right 3.6 and 3.2, of 4 predicted each; true 3.6 + 0.8 and 3.2 + 0.4.
        const auto f1 = estimator->estimate(QStringLiteral("f1_macro"), rows);
        QVERIFY(std::abs(f1->value - (2 * 3.6 / (4.4 + 4) + 2 * 3.2 / (3.6 + 4)) / 2) < 1e-12);
        QVERIFY(f1->low < f1->value && f1->value < f1->high);
    }

    /// Equal probabilities get the share that came true; shares never fall as probabilities rise.
    void calibrationIsIsotonic() {
        metrics::Scored rows;
        rows.count = 400;
        rows.classes = 2;
        const double levels[] = {0.2, 0.4, 0.6, 0.8}, shares[] = {0.1, 0.5, 0.3, 0.9};
        for (int i = 0; i < 400; ++i) {
            rows.truth.push_back(i / 4 < 100 * shares[i % 4] ? 1 : 0);
            rows.predicted.push_back(levels[i % 4] >= 0.5 ? 1 : 0);
            rows.probabilities.insert(rows.probabilities.end(), {1 - levels[i % 4], levels[i % 4]});
        }
        const auto estimator = ConfidenceEstimator::fit(rows);
        QVERIFY(estimator && estimator->calibrated());
        const double expected[] = {0.1, 0.4, 0.4, 0.9}; // 0.5 and 0.3 are pooled
        for (int k = 0; k < 4; ++k) {
            double p[] = {1 - levels[k], levels[k]};
            estimator->calibrate(p);
            QVERIFY2(std::abs(p[1] - expected[k]) < 1e-9 && std::abs(p[0] + p[1] - 1) < 1e-12, qPrintable(QString::number(p[1])));
        }
    }

    void whatIsCalibratedIsLeftAlone() {
        const auto honest = ConfidenceEstimator::fit(classesAt(0, 1.5, 4000, 1, 5)), boastful = ConfidenceEstimator::fit(classesAt(0, 1.5, 4000, 3, 5));
        QVERIFY(honest && !honest->calibrated() && honest->fineAsGiven());
        QVERIFY(boastful && boastful->calibrated() && !boastful->fineAsGiven());
    }

    /// The inputs move to where the classes are hard to tell, or easy: the estimate is within 0.02 of what the labels say later, and within 95 %
    /// intervals as often as they promise, less what the calibration adds.
    void accuracyUnderDriftIsWhatTheLabelsSayLater() {
        const auto estimator = ConfidenceEstimator::fit(classesAt(0, 1.5, 20000, 2, 1));
        QVERIFY(estimator && estimator->calibrated());
        for (const auto &[centre, spread] : {std::pair{0.0, 1.5}, {0.0, 0.4}, {0.5, 0.5}, {-1.5, 1.0}}) {
            const metrics::Scored later = classesAt(centre, spread, 10000, 2, 99);
            for (const QString &metric : {QStringLiteral("accuracy"), QStringLiteral("f1_macro")}) {
                const double real = *metrics::metricOf(metric, later), told = estimator->estimate(metric, later)->value;
                QVERIFY2(std::abs(told - real) < 0.02, qPrintable(QStringLiteral("%1 at %2 ± %3: %4, really %5").arg(metric).arg(centre).arg(spread).arg(told).arg(real)));
            }
        }
        const metrics::Scored hard = classesAt(0, 0.4, 10000, 2, 99);
        QVERIFY(*metrics::metricOf(QStringLiteral("accuracy"), hard) < *metrics::metricOf(QStringLiteral("accuracy"), classesAt(0, 1.5, 10000, 2, 99)) - 0.1); // there is something to see
        QVERIFY(uncalibrated(hard) > *metrics::metricOf(QStringLiteral("accuracy"), hard) + 0.03); // and it is the calibration that sees it
    }

    void lossesUnderDriftAreWhatTheLabelsSayLater() {
        const Numbers reference = numbersAt(0, 4, 12000, 3);
        for (const bool squares : {false, true}) {
            const auto estimator = LossEstimator::fit(reference.inputs, reference.predicted, reference.truth, squares ? QStringLiteral("rmse") : QStringLiteral("mae"), FitContext());
            QVERIFY2(estimator, qPrintable(estimator ? QString() : estimator.error().text()));
            double before = 0;
            for (const auto &[from, to] : {std::pair{0.0, 1.0}, {0.0, 4.0}, {3.0, 4.0}}) {
                const Numbers later = numbersAt(from, to, 6000, 77);
                const double real = realised(later, squares);
                const auto told = estimator->estimate(later.inputs, later.predicted);
                QVERIFY(told);
                QVERIFY2(std::abs(told->value - real) < 0.08 * real, qPrintable(QStringLiteral("%1 … %2: %3, really %4").arg(from).arg(to).arg(told->value).arg(real)));
                QVERIFY(told->low < told->value && told->value < told->high && real > before);
                before = real;
            }
        }
    }

    /// The depth and number of trees and the check of the calibration were chosen on the seeds above; these were not looked at for it.
    void otherDrawsAreEstimatedAsWell() {
        int classes = 0, classesNear = 0, losses = 0, lossesNear = 0;
        double worstClass = 0, worstLoss = 0;
        for (quint64 seed = 1000; seed < 1012; ++seed) {
            const auto confidence = ConfidenceEstimator::fit(classesAt(0, 1.5, 20000, 1 + double(seed % 3), seed));
            QVERIFY(confidence);
            for (const auto &[centre, spread] : {std::pair{0.0, 0.4}, {0.7, 0.6}, {-1.5, 1.0}}) {
                const metrics::Scored later = classesAt(centre, spread, 10000, 1 + double(seed % 3), seed + 500);
                const double off = std::abs(confidence->estimate(QStringLiteral("accuracy"), later)->value - *metrics::metricOf(QStringLiteral("accuracy"), later));
                ++classes, classesNear += off < 0.02 ? 1 : 0, worstClass = std::max(worstClass, off);
            }
            const Numbers reference = numbersAt(0, 4, 12000, seed);
            for (const bool squares : {false, true}) {
                const auto estimator = LossEstimator::fit(reference.inputs, reference.predicted, reference.truth, squares ? QStringLiteral("rmse") : QStringLiteral("mae"), FitContext());
                QVERIFY(estimator);
                for (const auto &[from, to] : {std::pair{0.0, 1.0}, {1.0, 3.0}, {3.0, 4.0}}) {
                    const Numbers later = numbersAt(from, to, 6000, seed + 500);
                    const double real = realised(later, squares), off = std::abs(estimator->estimate(later.inputs, later.predicted)->value - real) / real;
                    ++losses, lossesNear += off < 0.08 ? 1 : 0, worstLoss = std::max(worstLoss, off);
                }
            }
        }
        qInfo("classes: %d of %d within 0.02, worst %.3f; losses: %d of %d within 8 %%, worst %.1f %%", classesNear, classes, worstClass, lossesNear, losses, 100 * worstLoss);
        QVERIFY(classesNear >= classes * 9 / 10 && worstClass < 0.04);
        QVERIFY(lossesNear >= losses * 9 / 10 && worstLoss < 0.16);
    }

    void whatCannotBeEstimatedIsSaid() {
        const Numbers few = numbersAt(0, 1, 50, 3);
        QVERIFY(!LossEstimator::fit(few.inputs, few.predicted, few.truth, QStringLiteral("mae"), FitContext()));
        const Numbers enough = numbersAt(0, 1, 400, 3);
        QVERIFY(!LossEstimator::fit(enough.inputs, enough.predicted, enough.truth, QStringLiteral("r2"), FitContext()));
        metrics::Scored rows = classesAt(0, 1, 500, 1, 3);
        QVERIFY(!ConfidenceEstimator::fit(rows)->estimate(QStringLiteral("mcc"), rows));
        rows.probabilities.clear();
        QVERIFY(!ConfidenceEstimator::fit(rows));
    }
};

QTEST_GUILESS_MAIN(TestAccuracyEstimate)
#include "tst_accuracy_estimate.moc"

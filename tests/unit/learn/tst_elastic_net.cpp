// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/linear_model.h"
#include "core/metrics/random.h"
#include "tests/support/quiet_fit.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

/// Columns of unequal units, the last one nearly the first; two outputs.
TrainData mixedColumns() {
    metrics::Random random(11);
    std::vector<double> x, y;
    for (int i = 0; i < 60; ++i) {
        const double a = random.uniform(), b = 10 * random.uniform(), c = 0.1 * random.uniform(), d = random.uniform(), e = a + 0.1 * random.uniform();
        x.insert(x.end(), {a, b, c, d, e});
        y.push_back(3 * a - 0.2 * b + 5 * c + 0.3 * (random.uniform() - 0.5));
        y.push_back(2 * d - e + 0.3 * (random.uniform() - 0.5));
    }
    return support::numbersToLearn(60, 5, x, y, 2);
}

Result<std::unique_ptr<FittedModel>> fit(const QString &name, const TrainData &data, QVariantMap parameters, FitContext context = support::quietContext()) {
    PH_ASSIGN(const auto estimator, makeEstimator({name, std::move(parameters)}, data.task));
    return estimator->fit(data, {}, context);
}

} // namespace

class TestElasticNet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// scikit-learn 1.9.1 on the same numbers (metrics::Random is SplitMix64), Lasso and ElasticNet with tol=1e-15, max_iter=10**7.
    void coefficientsAsScikitLearn_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<double>("alpha");
        QTest::addColumn<double>("l1Ratio");
        QTest::addColumn<std::vector<double>>("intercept");
        QTest::addColumn<std::vector<double>>("coefficients");
        QTest::newRow("lasso, alpha 0.001, l1 1") << QStringLiteral("lasso") << 0.001 << 1.0 << std::vector<double>{0.0482868893189915, 0.04938220315370978} << std::vector<double>{2.9498224885698234, -0.2042048310506169, 4.513726254903086, 0.06325175468261972, 0.0, -0.3768886994604678, -0.00457734509339629, 0.0, 1.9438930517635318, -0.657682638912422};
        QTest::newRow("lasso, alpha 0.05, l1 1") << QStringLiteral("lasso") << 0.05 << 1.0 << std::vector<double>{0.5091003595766423, 0.191177186134724} << std::vector<double>{2.0758985110398074, -0.18819484495684632, 0.0, 0.0, 0.25526579524520787, -0.4974231898256827, -0.0061849795961677854, 0.0, 1.170168545838574, -0.0};
        QTest::newRow("lasso, alpha 0.3, l1 1") << QStringLiteral("lasso") << 0.3 << 1.0 << std::vector<double>{1.3559499829264596, 0.5655206414051609} << std::vector<double>{0.0, -0.13286531645024752, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
        QTest::newRow("elastic_net, alpha 0.001, l1 0.5") << QStringLiteral("elastic_net") << 0.001 << 0.5 << std::vector<double>{0.08002237537891932, 0.05217911633426808} << std::vector<double>{2.1816297302643584, -0.2032300991486873, 3.138821842216427, 0.07713928253773146, 0.7359901072854411, -0.4677367260618038, -0.004660160998364549, 0.0, 1.9345798738143214, -0.5706560532591052};
        QTest::newRow("elastic_net, alpha 0.05, l1 0.5") << QStringLiteral("elastic_net") << 0.05 << 0.5 << std::vector<double>{0.49912072780546024, 0.32236695807345916} << std::vector<double>{1.1535941833197698, -0.1905706014634396, 0.0, 0.0, 1.1280489329771421, -0.3495539498874444, -0.006994362777260142, 0.0, 1.1276918693835114, -0.3241687114739326};
        QTest::newRow("elastic_net, alpha 0.05, l1 0.1") << QStringLiteral("elastic_net") << 0.05 << 0.1 << std::vector<double>{0.5020030275794707, 0.4001391986362762} << std::vector<double>{1.1362267189554682, -0.19215543041680974, 0.0, 0.03162998740487926, 1.1217778859177743, -0.4039314836343523, -0.008029145944994532, 0.0, 1.1049311797764887, -0.38536272775591196};
        QTest::newRow("elastic_net, alpha 0.3, l1 0.9") << QStringLiteral("elastic_net") << 0.3 << 0.9 << std::vector<double>{1.3724836906815119, 0.5655206414051609} << std::vector<double>{0.0, -0.13590713077346728, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    }
    void coefficientsAsScikitLearn() {
        QFETCH(QString, estimator);
        QFETCH(double, alpha);
        QFETCH(double, l1Ratio);
        QFETCH(std::vector<double>, intercept);
        QFETCH(std::vector<double>, coefficients);
        QVariantMap parameters{{QStringLiteral("alpha"), alpha}};
        if (estimator != QLatin1String("lasso"))
            parameters.insert(QStringLiteral("l1_ratio"), l1Ratio);
        const auto model = fit(estimator, mixedColumns(), parameters);
        QVERIFY2(model, model ? "" : qPrintable(model.error().text()));
        const auto &m = dynamic_cast<const LinearModel &>(**model);
        for (std::size_t o = 0; o < 2; ++o)
            QVERIFY2(std::abs(m.intercept[o] - intercept[o]) < 1e-8, qPrintable(QString::number(m.intercept[o], 'g', 17)));
        for (std::size_t j = 0; j < 10; ++j) {
            QVERIFY2(std::abs(m.coefficients[j] - coefficients[j]) < 1e-8, qPrintable(QStringLiteral("%1: %2").arg(j).arg(m.coefficients[j], 0, 'g', 17)));
            QCOMPARE(m.coefficients[j] == 0, coefficients[j] == 0); // left out is left out
        }
    }

    void theOptimumsConditionsHoldWithMoreColumnsThanRows() {
        constexpr std::size_t n = 30, p = 80;
        constexpr double alpha = 0.02;
        metrics::Random random(4);
        std::vector<double> x, y;
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < p; ++j)
                x.push_back(j == 7 ? 3.0 : random.uniform() * double(1 + j % 3)); // column 7 is constant
            y.push_back(x[i * p] - 2 * x[i * p + 1] + 0.1 * random.uniform());
        }
        const TrainData data = support::numbersToLearn(n, p, x, y);
        const auto model = fit(QStringLiteral("lasso"), data, {{QStringLiteral("alpha"), alpha}});
        QVERIFY(model);
        const auto &m = dynamic_cast<const LinearModel &>(**model);
        QCOMPARE(m.coefficients[7], 0.0);
        QVERIFY(std::count(m.coefficients.begin(), m.coefficients.end(), 0.0) > 40);
        for (std::size_t j = 0; j < p; ++j) { // |Xⱼᵀ(y − Xw − b)| / n = alpha where wⱼ ≠ 0, at most alpha elsewhere
            double slope = 0;
            for (std::size_t i = 0; i < n; ++i) {
                double error = y[i] - m.intercept[0];
                for (std::size_t k = 0; k < p; ++k)
                    error -= x[i * p + k] * m.coefficients[k];
                slope += x[i * p + j] * error / double(n);
            }
            if (m.coefficients[j] != 0)
                QVERIFY2(std::abs(slope - std::copysign(alpha, m.coefficients[j])) < 1e-7, qPrintable(QString::number(slope)));
            else
                QVERIFY(std::abs(slope) <= alpha + 1e-7);
        }
    }

    void sweepsThatDoNotSufficeAreSaid() {
        FitContext context = support::quietContext();
        QStringList said;
        context.log = [&](const QString &level, const QString &text) { said << level + QLatin1Char(' ') + text; };
        QVERIFY(fit(QStringLiteral("lasso"), mixedColumns(), {{QStringLiteral("alpha"), 0.001}, {QStringLiteral("max_iter"), 1}}, context));
        QCOMPARE(said.size(), 2); // both outputs
        QVERIFY(said.front().startsWith(QStringLiteral("warning lasso")) && said.front().contains(QStringLiteral("max_iter")));
    }

    void aStopIsAnOrdinaryOutcome() {
        std::stop_source stop;
        stop.request_stop();
        FitContext context = support::quietContext();
        context.stop = stop.get_token();
        QCOMPARE(fit(QStringLiteral("elastic_net"), mixedColumns(), {}, context).error().kind, ErrorKind::Cancelled);
    }

    void wrongParametersAreRefused_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<QVariantMap>("parameters");
        QTest::newRow("alpha 0 is linear_regression") << QStringLiteral("lasso") << QVariantMap{{QStringLiteral("alpha"), 0}};
        QTest::newRow("lasso has no l1_ratio") << QStringLiteral("lasso") << QVariantMap{{QStringLiteral("l1_ratio"), 0.5}};
        QTest::newRow("l1_ratio") << QStringLiteral("elastic_net") << QVariantMap{{QStringLiteral("l1_ratio"), 1.5}};
    }
    void wrongParametersAreRefused() {
        QFETCH(QString, estimator);
        QFETCH(QVariantMap, parameters);
        QCOMPARE(fit(estimator, mixedColumns(), parameters).error().kind, ErrorKind::Invalid);
        QCOMPARE(makeEstimator({estimator, {}}, workspace::TaskKind::Classification).error().kind, ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestElasticNet)
#include "tst_elastic_net.moc"

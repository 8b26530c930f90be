// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/estimator.h"
#include "core/learn/linear_algebra.h"
#include "core/learn/linear_model.h"
#include "core/metrics/random.h"
#include "tests/support/quiet_fit.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

std::unique_ptr<FittedModel> fit(const char *name, const TrainData &data, QVariantMap parameters = {}, int threads = 2) {
    auto estimator = makeEstimator({QString::fromLatin1(name), std::move(parameters)}, data.task);
    if (!estimator)
        return nullptr;
    FitContext context = support::quietContext(threads);
    auto model = (*estimator)->fit(data, {}, context);
    return model ? *std::move(model) : nullptr;
}

const LinearModel &linear(const std::unique_ptr<FittedModel> &model) { return dynamic_cast<const LinearModel &>(*model); }

bool isClose(double a, double b, double relative = 1e-9) { return std::abs(a - b) <= relative * (1 + std::abs(b)); }

} // namespace

class TestLinear : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anExactLineIsFound() {
        std::vector<double> x, y;
        metrics::Random random(1);
        for (int i = 0; i < 50; ++i) {
            const double a = random.uniform(), b = 1e6 * random.uniform(), c = 1e-6 * random.uniform();
            x.insert(x.end(), {a, b, c});
            y.insert(y.end(), {3 + 2 * a - 1e-6 * b + 1e6 * c, -a});
        }
        const auto model = fit("linear_regression", support::numbersToLearn(50, 3, x, y, 2));
        QVERIFY(model);
        const LinearModel &m = linear(model);
        QVERIFY(isClose(m.intercept[0], 3) && isClose(m.coefficients[0], 2) && isClose(m.coefficients[1] * 1e6, -1) && isClose(m.coefficients[2] / 1e6, 1));
        QVERIFY(isClose(m.intercept[1], 0) && isClose(m.coefficients[3], -1) && isClose(m.coefficients[4] * 1e6, 0));
    }

    void smallDifferencesOnALargeMeanSurvive() {
        // Years and metres above the sea: the mean is 10^7 times the spread.
        std::vector<double> x, y;
        for (int i = 0; i < 100; ++i) {
            const double a = 1e8 + i % 10, b = 1e8 + i / 10;
            x.insert(x.end(), {a, b});
            y.push_back(5 * (a - 1e8) - 7 * (b - 1e8));
        }
        const auto model = fit("linear_regression", support::numbersToLearn(100, 2, x, y));
        QVERIFY(isClose(linear(model).coefficients[0], 5) && isClose(linear(model).coefficients[1], -7));
    }

    void dependentColumnsGiveTheSolutionOfLeastNorm() {
        // Three 0/1 columns that sum to 1, and one column twice as large as another.
        std::vector<double> x, y;
        for (int i = 0; i < 60; ++i) {
            const int group = i % 3;
            const double v = i * 0.1;
            x.insert(x.end(), {group == 0 ? 1.0 : 0.0, group == 1 ? 1.0 : 0.0, group == 2 ? 1.0 : 0.0, v, 2 * v});
            y.push_back(10.0 * group + 3 * v);
        }
        const auto model = fit("linear_regression", support::numbersToLearn(60, 5, x, y));
        QVERIFY(model);
        const auto &c = linear(model).coefficients;
        // Of all solutions: the 0/1 coefficients sum to 0 and differ by 10; 3 = a + 2b with least a² + b² is a = 0.6, b = 1.2.
        const double expected[] = {-10, 0, 10, 0.6, 1.2};
        for (int j = 0; j < 5; ++j)
            QVERIFY2(isClose(c[std::size_t(j)], expected[j], 1e-8), qPrintable(QStringLiteral("%1: %2").arg(j).arg(c[std::size_t(j)])));
        QCOMPARE(model->describe().value(QStringLiteral("dependent_columns")).toInt(), 2);
        const auto predictions = model->predict({60, 5, x});
        for (std::size_t i = 0; i < 60; ++i)
            QVERIFY(isClose(predictions->values[i], y[i], 1e-8));
    }

    void aConstantColumnGetsNoWeight() {
        const auto model = fit("linear_regression", support::numbersToLearn(4, 2, {1, 7, 2, 7, 3, 7, 4, 7}, {2, 4, 6, 8}));
        QVERIFY(isClose(linear(model).coefficients[0], 2) && linear(model).coefficients[1] == 0);
    }

    void ridgeSolvesItsNormalEquations() {
        // One column: w = Σ xc·yc / (Σ xc² + alpha), by hand: x −1 0 1, y −2 0 2 → 4 / (2 + 2) = 1; the intercept is free.
        const auto model = fit("ridge", support::numbersToLearn(3, 1, {9, 10, 11}, {98, 100, 102}), {{QStringLiteral("alpha"), 2.0}});
        QVERIFY(isClose(linear(model).coefficients[0], 1));
        QVERIFY(isClose(linear(model).intercept[0], 90));
    }

    void theWeightsDoNotDependOnTheThreads() {
        metrics::Random random(3);
        std::vector<double> x(30000), y;
        for (double &v : x)
            v = random.uniform();
        for (std::size_t i = 0; i < 5000; ++i)
            y.push_back(x[i * 6] + random.uniform());
        TrainData data = support::numbersToLearn(5000, 6, x, y);
        QCOMPARE(linear(fit("linear_regression", data, {}, 1)).coefficients, linear(fit("linear_regression", data, {}, 3)).coefficients);
        data.task = workspace::TaskKind::Classification;
        data.classes = {"a", "b"};
        for (double &v : data.y)
            v = v > 1 ? 1 : 0;
        QCOMPARE(linear(fit("logistic_regression", data, {}, 1)).coefficients, linear(fit("logistic_regression", data, {}, 3)).coefficients);
    }

    void logisticMeetsItsStationaryPoint_data() {
        QTest::addColumn<int>("classes");
        QTest::addColumn<double>("c");
        QTest::addColumn<bool>("separable");
        QTest::newRow("two classes") << 2 << 1.0 << false;
        QTest::newRow("two classes that a plane separates") << 2 << 10.0 << true;
        QTest::newRow("three classes") << 3 << 1.0 << false;
        QTest::newRow("five classes, weak penalty") << 5 << 1000.0 << false;
    }
    void logisticMeetsItsStationaryPoint() {
        QFETCH(int, classes);
        QFETCH(double, c);
        QFETCH(bool, separable);
        metrics::Random random(9);
        TrainData data = support::numbersToLearn(300, 3, {}, {});
        data.task = workspace::TaskKind::Classification;
        for (int k = 0; k < classes; ++k)
            data.classes.push_back(std::to_string(k));
        for (int i = 0; i < 300; ++i) {
            const int k = i % classes;
            data.x.insert(data.x.end(), {random.uniform() + 0.4 * k + (separable ? 2 * k : 0), 1000 * random.uniform(), 0.001 * random.uniform() * (k + 1)});
            data.y.push_back(k);
        }
        const auto model = fit("logistic_regression", data, {{QStringLiteral("C"), c}});
        QVERIFY(model);
        QVERIFY(model->describe().value(QStringLiteral("converged")).toBool());
        const LinearModel &m = linear(model);
        const auto p = model->predict({300, 3, data.x});
        QVERIFY(p);
        // Gradient of C·Σ log loss + ½‖w‖² in each coefficient, against the size of its parts.
        const std::size_t lines = m.intercept.size();
        QCOMPARE(lines, std::size_t(classes == 2 ? 1 : classes));
        for (std::size_t k = 0; k < lines; ++k) {
            for (std::size_t j = 0; j <= 3; ++j) {
                double gradient = j < 3 ? m.coefficients[k * 3 + j] : 0, size = std::abs(gradient);
                for (std::size_t i = 0; i < 300; ++i) {
                    const std::size_t column = lines == 1 ? 1 : k;
                    const double error = p->probabilities[i * std::size_t(classes) + column] - (data.y[i] == double(column) ? 1 : 0);
                    const double part = c * error * (j < 3 ? data.x[i * 3 + j] : 1);
                    gradient += part;
                    size += std::abs(part);
                }
                QVERIFY2(std::abs(gradient) <= 1e-6 * size, qPrintable(QStringLiteral("class %1 column %2: %3 of %4").arg(k).arg(j).arg(gradient).arg(size)));
            }
        }
    }

    void whatIsSavedPredictsTheSame() {
        TrainData data = support::numbersToLearn(6, 1, {1, 2, 3, 4, 5, 6}, {0, 0, 1, 0, 1, 1});
        data.task = workspace::TaskKind::Classification;
        data.classes = {"no", "yes"};
        const auto model = fit("logistic_regression", data);
        QTemporaryDir folder;
        QVERIFY(model->save(folder.path()));
        const auto again = LinearModel::load(folder.path());
        QVERIFY(again);
        QCOMPARE((*again)->predict({6, 1, data.x})->probabilities, model->predict({6, 1, data.x})->probabilities);
    }

    void atATieTheFirstClassIsAnswered() { // as scikit-learn and the package in Python do
        LinearModel model;
        model.names = {QStringLiteral("x")};
        model.link = LinearModel::Link::Logistic;
        model.intercept = {0};
        model.coefficients = {1};
        const auto p = model.predict({3, 1, {-1, 0, 1}});
        QVERIFY(p);
        QCOMPARE(p->probabilities[2], 0.5);
        QCOMPARE(p->values, (std::vector<double>{0, 0, 1}));
    }

    void wrongParametersAreAnswered_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<QVariantMap>("parameters");
        QTest::addColumn<QString>("says");
        QTest::newRow("misspelt parameter names the nearest") << "ridge" << QVariantMap{{QStringLiteral("alhpa"), 1.0}} << "Did you mean “alpha”";
        QTest::newRow("out of range") << "ridge" << QVariantMap{{QStringLiteral("alpha"), -1.0}} << "a number from 0";
        QTest::newRow("wrong type") << "random_forest" << QVariantMap{{QStringLiteral("n_estimators"), QStringLiteral("many")}} << "a whole number";
        QTest::newRow("half a tree") << "random_forest" << QVariantMap{{QStringLiteral("n_estimators"), 2.5}} << "a whole number";
        QTest::newRow("wrong word") << "decision_tree" << QVariantMap{{QStringLiteral("tree_method"), QStringLiteral("gpu")}} << "one of auto, exact, hist";
        QTest::newRow("no parameters at all") << "linear_regression" << QVariantMap{{QStringLiteral("alpha"), 1.0}} << "has no parameters";
        QTest::newRow("wrong task") << "logistic_regression" << QVariantMap{} << "cannot do a regression";
        QTest::newRow("no such estimator") << "magic" << QVariantMap{} << "no estimator “magic”";
    }
    void wrongParametersAreAnswered() {
        QFETCH(QString, estimator);
        QFETCH(QVariantMap, parameters);
        QFETCH(QString, says);
        const auto made = makeEstimator({estimator, parameters}, workspace::TaskKind::Regression);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Invalid);
        QVERIFY2(made.error().text().contains(says), qPrintable(made.error().text()));
    }

    void singularMatricesAreSolvedByTheirEigenvectors() {
        // [[1, 1], [1, 1]]·x = [2, 2]: the least-norm answer is [1, 1].
        const SymmetricSolver solver({1, 1, 1, 1}, 2);
        QVERIFY(solver.isSingular());
        std::vector<double> b{2, 2};
        solver.solve(b);
        QVERIFY(isClose(b[0], 1) && isClose(b[1], 1));
        QCOMPARE(solver.nullVectors().size(), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestLinear)
#include "tst_linear.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/class_weights.h"
#include "core/learn/linear_model.h"
#include "tests/support/drawn_rows.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;
using support::fitted;

namespace {

const QString key = QStringLiteral("class_weight");

Result<std::vector<double>> weightsOf(const QVariant &value, const TrainData &data) {
    const workspace::EstimatorSpec spec{QStringLiteral("svc"), {{key, value}}};
    Parameters parameters(spec);
    const ClassWeights weights = ClassWeights::read(parameters, workspace::TaskKind::Classification);
    PH_TRY(parameters.check());
    return weights.ofClasses(data);
}

} // namespace

class TestClassWeights : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void weightsAreReadByName_data() {
        QTest::addColumn<QVariant>("value");
        QTest::addColumn<std::vector<double>>("weights");
        QTest::newRow("none") << QVariant(QStringLiteral("none")) << std::vector<double>{1, 1};
        QTest::newRow("balanced: 90 rows, 60 and 30 of them") << QVariant(QStringLiteral("balanced")) << std::vector<double>{0.75, 1.5};
        QTest::newRow("both named") << QVariant(QVariantMap{{QStringLiteral("0"), 2}, {QStringLiteral("1.0"), 20.5}}) << std::vector<double>{2, 20.5};
        QTest::newRow("numbers are compared as numbers") << QVariant(QVariantMap{{QStringLiteral("1"), 20}}) << std::vector<double>{1, 20};
    }
    void weightsAreReadByName() {
        QFETCH(QVariant, value);
        QFETCH(std::vector<double>, weights);
        TrainData data = support::overlappingClasses(2);
        data.classes = {"0", "1.0"};
        const auto found = weightsOf(value, data);
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE(*found, weights);
    }

    void wrongWeightsAreAnswered_data() {
        QTest::addColumn<QVariant>("value");
        QTest::addColumn<QString>("says");
        QTest::newRow("no such class") << QVariant(QVariantMap{{QStringLiteral("c2"), 1}}) << "there is no class “c2” — did you mean “c";
        QTest::newRow("nothing like a class") << QVariant(QVariantMap{{QStringLiteral("elephant"), 1}}) << "Classes of the training rows: c0, c1.";
        QTest::newRow("an unknown word") << QVariant(QStringLiteral("fair")) << "none, balanced or a map of numbers";
        QTest::newRow("a weight of nothing") << QVariant(QVariantMap{{QStringLiteral("c1"), 0}}) << "{\"c1\":0}";
        QTest::newRow("a weight in words") << QVariant(QVariantMap{{QStringLiteral("c1"), QStringLiteral("high")}}) << "a map of numbers";
        QTest::newRow("one number") << QVariant(3.0) << "none, balanced or a map of numbers";
        QTest::newRow("an empty map") << QVariant(QVariantMap()) << "a map of numbers";
    }
    void wrongWeightsAreAnswered() {
        QFETCH(QVariant, value);
        QFETCH(QString, says);
        const auto found = weightsOf(value, support::overlappingClasses(2));
        QVERIFY(!found);
        QCOMPARE(found.error().kind, ErrorKind::Invalid);
        QCOMPARE(found.error().where, key);
        QVERIFY2(found.error().text().contains(says), qPrintable(found.error().text()));
    }

    /// scikit-learn 1.9.1 on the same rows: LogisticRegression(C=2, tol=1e-12, class_weight=…).
    void logisticAsScikitLearn_data() {
        QTest::addColumn<int>("classes");
        QTest::addColumn<QVariant>("weights");
        QTest::addColumn<std::vector<double>>("intercept");
        QTest::addColumn<std::vector<double>>("coefficients");
        QTest::newRow("two classes, balanced") << 2 << QVariant(QStringLiteral("balanced")) << std::vector<double>{-1.6744579412793006} << std::vector<double>{3.4018811623432987, -1.7051452669751843, -0.11183530981005797};
        QTest::newRow("two classes, given") << 2 << QVariant(QVariantMap{{QStringLiteral("c1"), 4.0}}) << std::vector<double>{-1.416881866196728} << std::vector<double>{3.8935642194400866, -1.9102347794176697, 0.000675822771187759};
        QTest::newRow("three classes, balanced") << 3 << QVariant(QStringLiteral("balanced")) << std::vector<double>{1.909992711546352, 1.5453721093789201, -3.45536482092527} << std::vector<double>{-2.6757057523743577, 1.418554412535645, -0.2162118473942375, -0.2582868778848862, -2.0830607163890438, -0.3636368002777381, 2.9339926302592434, 0.6645063038533978, 0.5798486476719762};
        QTest::newRow("three classes, given") << 3 << QVariant(QVariantMap{{QStringLiteral("c1"), 4.0}}) << std::vector<double>{1.5943022166006688, 2.48834028711584, -4.082642503716507} << std::vector<double>{-2.9530480000708126, 1.5842696006254013, -0.1780261196068693, -0.22801135940457665, -2.3291499474627044, -0.33615946160437676, 3.1810593594753884, 0.7448803468373042, 0.5141855812112481};
    }
    void logisticAsScikitLearn() {
        QFETCH(int, classes);
        QFETCH(QVariant, weights);
        QFETCH(std::vector<double>, intercept);
        QFETCH(std::vector<double>, coefficients);
        const auto model = fitted(QStringLiteral("logistic_regression"), support::overlappingClasses(classes), {{QStringLiteral("C"), 2}, {key, weights}});
        QVERIFY2(model, model ? "" : qPrintable(model.error().text()));
        const auto &m = dynamic_cast<const LinearModel &>(**model);
        for (std::size_t j = 0; j < coefficients.size(); ++j)
            QVERIFY2(std::abs(m.coefficients[j] - coefficients[j]) < 1e-4, qPrintable(QString::number(m.coefficients[j], 'g', 12)));
        const double shift = classes == 2 ? 0 : m.intercept[0] - intercept[0]; // of a softmax only the differences are determined
        for (std::size_t k = 0; k < intercept.size(); ++k)
            QVERIFY2(std::abs(m.intercept[k] - intercept[k] - shift) < 1e-4, qPrintable(QString::number(m.intercept[k], 'g', 12)));
        QCOMPARE(model.value()->describe().value(QStringLiteral("parameters")).toObject().value(key), QJsonValue::fromVariant(weights));
    }

    /// A weight of 3 is the same as three copies of each row of the class.
    void aWeightIsAsManyCopies_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<QVariantMap>("parameters");
        QTest::addColumn<int>("classes");
        const QVariantMap exact{{QStringLiteral("tree_method"), QStringLiteral("exact")}, {QStringLiteral("max_depth"), 3}};
        QVariantMap rounds = exact;
        rounds.insert(QStringLiteral("n_estimators"), 10);
        QTest::newRow("tree, two classes") << "decision_tree" << exact << 2;
        QTest::newRow("tree, three classes") << "decision_tree" << exact << 3;
        QTest::newRow("boosting, two classes") << "gradient_boosting" << rounds << 2;
        QTest::newRow("boosting, three classes") << "gradient_boosting" << rounds << 3;
        QTest::newRow("svc") << "svc" << QVariantMap{{QStringLiteral("tol"), 1e-9}, {QStringLiteral("gamma"), 0.5}, {QStringLiteral("probability"), false}} << 3;
    }
    void aWeightIsAsManyCopies() {
        QFETCH(QString, estimator);
        QFETCH(QVariantMap, parameters);
        QFETCH(int, classes);
        const TrainData data = support::overlappingClasses(classes);
        TrainData copies = data;
        for (std::size_t i = 0; i < data.rows; ++i) {
            for (int times = 1; times < 3 && data.y[i] == 1; ++times) {
                copies.x.insert(copies.x.end(), data.x.begin() + std::ptrdiff_t(i * 3), data.x.begin() + std::ptrdiff_t(i * 3 + 3));
                copies.y.push_back(1);
                ++copies.rows;
            }
        }
        const auto plain = fitted(estimator, data, parameters), copied = fitted(estimator, copies, parameters);
        parameters.insert(key, QVariantMap{{QStringLiteral("c1"), 3}});
        const auto weighted = fitted(estimator, data, parameters);
        QVERIFY(plain && copied && weighted);
        const data::Rows rows{data.rows, 3, data.x};
        const auto a = weighted.value()->predict(rows), b = copied.value()->predict(rows), c = plain.value()->predict(rows);
        double near = 0, far = 0;
        for (std::size_t i = 0; i < a->probabilities.size(); ++i) {
            near = std::max(near, std::abs(a->probabilities[i] - b->probabilities[i]));
            far = std::max(far, std::abs(a->probabilities[i] - c->probabilities[i]));
        }
        QVERIFY2(near < 1e-5, qPrintable(QString::number(near)));
        QVERIFY2(far > 0.05, qPrintable(QString::number(far)));
    }

    void aForestsWeightsRaiseTheirClass() {
        const TrainData data = support::overlappingClasses(2);
        const auto share = [&](QVariantMap parameters) {
            const auto model = fitted(QStringLiteral("random_forest"), data, std::move(parameters));
            const auto p = model.value()->predict({data.rows, 3, data.x});
            double sum = 0;
            for (std::size_t i = 0; i < data.rows; ++i)
                sum += p->probabilities[i * 2 + 1] / double(data.rows);
            return sum;
        };
        QVERIFY(share({{key, QVariantMap{{QStringLiteral("c1"), 5}}}, {QStringLiteral("max_depth"), 2}}) > 0.15 + share({{QStringLiteral("max_depth"), 2}}));
    }

    void numbersHaveNoClassesToWeigh() {
        const auto made = makeEstimator({QStringLiteral("decision_tree"), {{key, QStringLiteral("balanced")}}}, workspace::TaskKind::Regression);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestClassWeights)
#include "tst_class_weights.moc"

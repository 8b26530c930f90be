// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/package.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/data/csv.h"
#include "core/data/transforms.h"
#include "core/learn/load_scorer.h"
#include "core/learn/samples.h"
#include "core/learn/trainer.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using Q = QLatin1String;

namespace {

bool isClose(double value, double expected, double relative, double absolute = 0) {
    return std::abs(value - expected) <= absolute + relative * std::abs(expected);
}

QJsonValue at(QJsonValue value, std::initializer_list<const char *> path) {
    for (const char *key : path)
        value = value.toObject().value(Q(key));
    return value;
}

} // namespace

/// `pilot train`'s core on real data: figures of ../shared/reference within the tolerances written there.
class TestTraining : public QObject {
    Q_OBJECT

    QString m_shared;
    QTemporaryDir m_folder;
    int m_runs = 0;
    QJsonObject m_california, m_iris, m_maintenance, m_weather;

    QJsonObject reference(const char *name) const {
        const auto bytes = readFile(m_shared + QStringLiteral("/reference/") + Q(name));
        return bytes ? *parseJsonObject(*bytes, Q(name)) : QJsonObject();
    }

    Result<learn::TrainResult> train(const QString &yaml) {
        const QString file = m_folder.filePath(QStringLiteral("recipe.yaml"));
        QString text = yaml;
        text.replace(QStringLiteral("$DATA"), m_shared + QStringLiteral("/data"));
        PH_TRY(writeFileAtomically(file, text.toUtf8()));
        learn::TrainOptions options;
        PH_ASSIGN(options.recipe, workspace::readRecipe(file));
        options.out = m_folder.filePath(QStringLiteral("package-%1").arg(++m_runs));
        return learn::train(options);
    }
    QJsonObject weights(const learn::TrainResult &result) const {
        return *parseJsonObject(*readFile(result.package + QStringLiteral("/model.json")), QStringLiteral("model.json"));
    }
    void compareMetrics(const learn::MetricValues &values, const QJsonObject &expected, double relative) {
        int compared = 0;
        for (auto it = values.begin(); it != values.end(); ++it) {
            if (!expected.contains(it.key()))
                continue;
            ++compared;
            QVERIFY2(isClose(it.value(), expected.value(it.key()).toDouble(), relative, 1e-12),
                     qPrintable(QStringLiteral("%1: %2, not %3").arg(it.key()).arg(it.value(), 0, 'g', 15).arg(expected.value(it.key()).toDouble(), 0, 'g', 15)));
        }
        QVERIFY(compared >= 5);
    }

    static QString california(const QString &features, const QString &transforms, const QString &estimator) {
        return QStringLiteral("recipe: california\ndata: {source: $DATA/california_housing.csv}\ntask: regression\ntarget: median_house_value\n"
                              "features: {%1}\nsplit: {every: 5}\ntransforms: [%2]\nestimators: [%3]\nselect: {metric: r2}\nseed: 7\n")
            .arg(features, transforms, estimator);
    }

    /// A package's model.json of flavour svm, with the rows of its sample after pre-processing.
    struct SupportVectors {
        QJsonArray vectors, machines;
        double gamma = 0;
        data::Rows rows;
    };
    SupportVectors supportVectors(const learn::TrainResult &result) const {
        const QJsonObject model = weights(result);
        SupportVectors out{model.value(Q("support_vectors")).toArray(), model.value(Q("machines")).toArray(), at(model, {"kernel", "gamma"}).toDouble(), {}};
        const auto package = artifact::openPackage(result.package);
        const auto sample = artifact::sampleRows(result.package, package->signature);
        const QString path = result.package + QStringLiteral("/preprocessing.json");
        const auto transforms = data::FittedTransforms::fromJson(*parseJsonObject(*readFile(path), path), path);
        out.rows = *transforms->apply(sample->inputs);
        return out;
    }
    /// Decision values of the first test rows, worked out from what stands in the package: one number a row, or one for each machine.
    void compareDecisions(const SupportVectors &svc, const QJsonArray &expected, double absolute, double sign) {
        QVERIFY(!expected.isEmpty());
        for (qsizetype i = 0; i < expected.size(); ++i) {
            const QJsonArray line = expected.at(i).isArray() ? expected.at(i).toArray() : QJsonArray{expected.at(i)};
            QCOMPARE(line.size(), svc.machines.size());
            for (qsizetype m = 0; m < line.size(); ++m) {
                const QJsonObject machine = svc.machines.at(m).toObject();
                const QJsonArray places = machine.value(Q("vectors")).toArray(), coefficients = machine.value(Q("coefficients")).toArray();
                double f = -machine.value(Q("rho")).toDouble();
                for (qsizetype v = 0; v < places.size(); ++v) {
                    const QJsonArray vector = svc.vectors.at(places.at(v).toInt()).toArray();
                    double distance = 0;
                    for (qsizetype j = 0; j < vector.size(); ++j)
                        distance += std::pow(svc.rows.row(std::size_t(i))[std::size_t(j)] - vector.at(j).toDouble(), 2);
                    f += coefficients.at(v).toDouble() * std::exp(-svc.gamma * distance);
                }
                QVERIFY2(isClose(sign * f, line.at(m).toDouble(), 0, absolute), qPrintable(QStringLiteral("row %1, machine %2: %3, not %4").arg(i).arg(m).arg(sign * f).arg(line.at(m).toDouble())));
            }
        }
    }

private Q_SLOTS:
    void initTestCase() {
        m_shared = qEnvironmentVariable("PILOTHOUSE_SHARED");
        if (!QFileInfo::exists(m_shared + QStringLiteral("/reference/california_housing.json")))
            QSKIP("../shared is not there: no reference figures to compare with");
        m_california = reference("california_housing.json");
        m_iris = reference("iris.json");
        m_maintenance = reference("predictive_maintenance.json");
        m_weather = reference("weather_baselines.json");
    }

    void californiaLinear_data() {
        QTest::addColumn<QString>("set");
        QTest::addColumn<QString>("recipe");
        QTest::addColumn<QString>("entry");
        const QString numeric = QStringLiteral("exclude: [ocean_proximity]"), whole = QStringLiteral("categorical: [ocean_proximity]");
        QTest::newRow("eight raw numbers, least squares") << "numeric8" << california(numeric, QStringLiteral("impute: median"), QStringLiteral("linear_regression")) << "linear_regression_raw_features";
        QTest::newRow("with dependent 0/1 columns, least squares") << "numeric8_onehot5" << california(whole, QStringLiteral("impute: median, one_hot"), QStringLiteral("linear_regression")) << "linear_regression_raw_features";
        QTest::newRow("eight numbers, ridge 1") << "numeric8" << california(numeric, QStringLiteral("impute: median, standard_scale"), QStringLiteral("ridge: {alpha: 1}")) << "ridge_alpha1_standardised";
        QTest::newRow("eight numbers, ridge 1000") << "numeric8" << california(numeric, QStringLiteral("impute: median, standard_scale"), QStringLiteral("ridge: {alpha: 1000}")) << "ridge_alpha1000_standardised";
        QTest::newRow("with 0/1 columns, ridge 1") << "numeric8_onehot5" << california(whole, QStringLiteral("impute: median, one_hot, standard_scale"), QStringLiteral("ridge: {alpha: 1}")) << "ridge_alpha1_standardised";
    }
    void californiaLinear() {
        QFETCH(QString, set);
        QFETCH(QString, recipe);
        QFETCH(QString, entry);
        const auto result = train(recipe);
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const QJsonObject expected = m_california.value(Q("values")).toObject().value(set).toObject().value(entry).toObject();
        compareMetrics(result->test, expected.value(Q("test")).toObject(), 1e-6);
        compareMetrics(result->train, expected.value(Q("train")).toObject(), 1e-6);
        QCOMPARE(result->trainRows, 16512);
        QCOMPARE(result->testRows, 4128);
        const QJsonObject model = weights(*result);
        const QJsonArray coefficients = model.value(Q("coefficients")).toArray().at(0).toArray(), reference = expected.value(Q("coef")).toArray();
        // One-hot columns come sorted by name here and in the reference's own order there: compared where the order is one.
        const qsizetype same = std::min<qsizetype>(8, reference.size());
        for (qsizetype j = 0; j < same; ++j)
            QVERIFY2(isClose(coefficients.at(j).toDouble(), reference.at(j).toDouble(), 1e-5), qPrintable(QStringLiteral("%1: %2, not %3").arg(j).arg(coefficients.at(j).toDouble()).arg(reference.at(j).toDouble())));
        const auto scorer = learn::loadScorer(result->package);
        QVERIFY2(scorer, scorer ? "" : qPrintable(scorer.error().text()));
        const auto sample = artifact::sampleRows(result->package, (*scorer)->signature());
        QVERIFY(sample);
        const auto predictions = (*scorer)->score(sample->inputs);
        QVERIFY(predictions);
        const QJsonArray first = expected.value(Q("first_5_test_predictions")).toArray();
        for (qsizetype i = 0; i < first.size(); ++i)
            QVERIFY(isClose(predictions->values[std::size_t(i)], first.at(i).toDouble(), 1e-6));
    }

    void californiaTreeByDepth_data() {
        QTest::addColumn<int>("depth");
        QTest::addColumn<QString>("set");
        for (const int depth : {3, 5, 6, 8, 10})
            QTest::addRow("depth %d, numbers", depth) << depth << QStringLiteral("numeric8");
        QTest::newRow("depth 10, with categories") << 10 << QStringLiteral("numeric8_onehot5");
    }
    void californiaTreeByDepth() {
        QFETCH(int, depth);
        QFETCH(QString, set);
        const bool numeric = set == Q("numeric8");
        const auto result = train(california(numeric ? QStringLiteral("exclude: [ocean_proximity]") : QStringLiteral("categorical: [ocean_proximity]"),
                                             numeric ? QStringLiteral("impute: median") : QStringLiteral("impute: median, one_hot"), QStringLiteral("decision_tree: {max_depth: %1}").arg(depth)));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const QByteArray key = "max_depth_" + QByteArray::number(depth);
        const double r2 = result->test.value(QStringLiteral("r2"));
        const double xgboost = at(m_california, {"values", set.toLatin1().constData(), "xgboost_single_tree", key.constData(), "test", "r2"}).toDouble();
        QVERIFY2(isClose(r2, xgboost, 0, 0.01), qPrintable(QStringLiteral("%1, XGBoost has %2").arg(r2).arg(xgboost)));
        // Deeper down the two growers break ties differently and part by more than the tolerance (0.683 and 0.699 in the reference itself).
        const double cart = at(m_california, {"values", set.toLatin1().constData(), "decision_tree", key.constData(), "test", "r2"}).toDouble();
        QVERIFY2(depth > 8 || isClose(r2, cart, 0, 0.01), qPrintable(QStringLiteral("%1, CART has %2").arg(r2).arg(cart)));
        QVERIFY(r2 > cart - 0.01);
    }

    /// As scikit-learn's trees of the same settings. With 20 rows in a leaf both agree to 0.001 and to the last leaf. Without a limit they fit
    /// the training rows alike, but below 36 levels ties are broken differently: on the test rows ours is better by 0.022 with the eight
    /// numbers (0.630, CART 0.608) and by 0.003 with the categories, so there only the lower side of the tolerance is asked for.
    void californiaTreeBounds_data() {
        QTest::addColumn<QString>("set");
        QTest::addColumn<QString>("parameters");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<bool>("better"); // than the tolerance is fine
        for (const char *set : {"numeric8", "numeric8_onehot5"}) {
            QTest::addRow("%s, no limit", set) << QString::fromLatin1(set) << QStringLiteral("max_depth: 0") << QByteArray("max_depth_None") << true;
            QTest::addRow("%s, depth 10, 20 rows in a leaf", set) << QString::fromLatin1(set) << QStringLiteral("max_depth: 10, min_samples_leaf: 20") << QByteArray("max_depth_10_min_samples_leaf_20") << false;
        }
    }
    void californiaTreeBounds() {
        QFETCH(QString, set);
        QFETCH(QString, parameters);
        QFETCH(QByteArray, key);
        QFETCH(bool, better);
        const bool numeric = set == Q("numeric8");
        const auto result = train(california(numeric ? QStringLiteral("exclude: [ocean_proximity]") : QStringLiteral("categorical: [ocean_proximity]"),
                                             numeric ? QStringLiteral("impute: median") : QStringLiteral("impute: median, one_hot"), QStringLiteral("decision_tree: {%1}").arg(parameters)));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const QJsonObject expected = at(m_california, {"values", set.toLatin1().constData(), "decision_tree", key.constData()}).toObject();
        QVERIFY(expected.contains(Q("leaves")));
        for (const auto &[side, values] : {std::pair{"train", &result->train}, std::pair{"test", &result->test}}) {
            const double r2 = values->value(QStringLiteral("r2")), theirs = at(expected, {side, "r2"}).toDouble();
            QVERIFY2(isClose(r2, theirs, 0, 0.01) || (better && r2 > theirs), qPrintable(QStringLiteral("%1: %2, CART has %3").arg(Q(side)).arg(r2).arg(theirs)));
        }
        const QJsonObject model = parseJsonObject(*readFile(result->package + QStringLiteral("/metrics.json")), QStringLiteral("metrics.json"))->value(Q("model")).toObject();
        QVERIFY2(isClose(model.value(Q("leaves")).toDouble(), expected.value(Q("leaves")).toDouble(), 0.02), qPrintable(QStringLiteral("%1 leaves, CART has %2").arg(model.value(Q("leaves")).toInt()).arg(expected.value(Q("leaves")).toInt())));
    }

    void californiaForestIsInTheBand() {
        const auto result = train(california(QStringLiteral("exclude: [ocean_proximity]"), QStringLiteral("impute: median"), QStringLiteral("random_forest: {max_depth: 15}")));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const QJsonObject band = at(m_california, {"values", "numeric8", "xgboost_random_forest_100_depth15"}).toObject();
        const QJsonObject r2 = band.value(Q("r2")).toObject();
        QVERIFY2(r2.contains(Q("min")), "the reference has no band");
        const double value = result->test.value(QStringLiteral("r2"));
        QVERIFY2(value >= r2.value(Q("min")).toDouble() - 0.01 && value <= r2.value(Q("max")).toDouble() + 0.01, qPrintable(QString::number(value)));
    }

    void californiaBoosting_data() {
        QTest::addColumn<QString>("set");
        QTest::addColumn<QString>("method");
        for (const char *set : {"numeric8", "numeric8_onehot5"})
            for (const char *method : {"exact", "hist"})
                QTest::addRow("%s, %s", set, method) << QString::fromLatin1(set) << QString::fromLatin1(method);
    }
    void californiaBoosting() {
        QFETCH(QString, set);
        QFETCH(QString, method);
        const bool numeric = set == Q("numeric8");
        const auto result = train(california(numeric ? QStringLiteral("exclude: [ocean_proximity]") : QStringLiteral("categorical: [ocean_proximity]"),
                                             numeric ? QStringLiteral("impute: median") : QStringLiteral("impute: median, one_hot"),
                                             QStringLiteral("gradient_boosting: {n_estimators: 100, learning_rate: 0.1, max_depth: 3, tree_method: %1}").arg(method)));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const double expected = at(m_california, {"values", set.toLatin1().constData(), "xgboost_gb_100x0.1xdepth3", "test", "r2"}).toDouble(), r2 = result->test.value(QStringLiteral("r2"));
        QVERIFY(expected > 0.5);
        QVERIFY2(isClose(r2, expected, 0, 0.01), qPrintable(QStringLiteral("%1, XGBoost in Python has %2").arg(r2).arg(expected)));
    }

    void maintenanceBoosting() {
        const auto result = train(QStringLiteral("recipe: maintenance\ndata: {source: $DATA/predictive_maintenance_2020.csv}\ntask: classification\ntarget: Machine failure\n"
                                                 "features: {include: ['Air temperature [K]', 'Process temperature [K]', 'Rotational speed [rpm]', 'Torque [Nm]', 'Tool wear [min]']}\n"
                                                 "split: {every: 5}\nestimators:\n  - gradient_boosting: {n_estimators: 100, learning_rate: 0.1, max_depth: 3, tree_method: exact}\nselect: {metric: roc_auc}\n"));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const QJsonObject expected = at(m_maintenance, {"values", "xgboost_100x0.1xdepth3", "test"}).toObject();
        QVERIFY2(isClose(result->test.value(QStringLiteral("roc_auc")), expected.value(Q("roc_auc")).toDouble(), 0, 0.01), qPrintable(QString::number(result->test.value(QStringLiteral("roc_auc")))));
        QVERIFY2(isClose(result->test.value(QStringLiteral("f1")), expected.value(Q("f1")).toDouble(), 0, 0.04), qPrintable(QString::number(result->test.value(QStringLiteral("f1")))));
    }

    void irisLogisticProbabilities() {
        const auto result = train(QStringLiteral("recipe: iris\ndata: {source: $DATA/iris.csv}\ntask: classification\ntarget: species\nsplit: {every: 5}\n"
                                                 "transforms: [standard_scale]\nestimators: [logistic_regression]\nseed: 7\n"));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const QJsonObject expected = at(m_iris, {"values", "logistic_regression_multinomial_C1_standardised"}).toObject();
        compareMetrics(result->test, expected.value(Q("test")).toObject(), 1e-6);
        const auto scorer = learn::loadScorer(result->package);
        QVERIFY(scorer);
        QCOMPARE((*scorer)->signature().classes, (std::vector<std::string>{"setosa", "versicolor", "virginica"}));
        // The rows of the KServe request, asked as a client asks.
        const data::Rows rows{4, 4, {6.8, 2.8, 4.8, 1.4, 5.1, 3.5, 1.4, 0.2, 6.0, 3.4, 4.5, 1.6, 4.8, 3.4, 1.6, 0.2}};
        const auto predictions = (*scorer)->score(rows);
        QVERIFY(predictions);
        const QJsonArray probabilities = expected.value(Q("serving_example_proba")).toArray();
        for (qsizetype i = 0; i < 4; ++i)
            for (qsizetype c = 0; c < 3; ++c)
                QVERIFY(isClose(predictions->probabilities[std::size_t(i * 3 + c)], probabilities.at(i).toArray().at(c).toDouble(), 0, 1e-5));
    }

    void irisTreesAreAtMostOneRowAway_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<double>("accuracy");
        QTest::newRow("tree of depth 2") << QStringLiteral("decision_tree: {max_depth: 2}") << 0.9;
        QTest::newRow("tree of depth 3") << QStringLiteral("decision_tree: {max_depth: 3}") << 0.9;
        QTest::newRow("forest") << QStringLiteral("random_forest") << 0.9;
        QTest::newRow("boosting") << QStringLiteral("{gradient_boosting: {n_estimators: 100, learning_rate: 0.1, max_depth: 3}}") << 28.0 / 30;
    }
    void irisTreesAreAtMostOneRowAway() {
        QFETCH(QString, estimator);
        QFETCH(double, accuracy);
        const auto result = train(QStringLiteral("recipe: iris\ndata: {source: $DATA/iris.csv}\ntask: classification\ntarget: species\nsplit: {every: 5}\nestimators: [%1]\n").arg(estimator));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QVERIFY2(isClose(result->test.value(QStringLiteral("accuracy")), accuracy, 0, 1.0 / 30 + 1e-9), qPrintable(QString::number(result->test.value(QStringLiteral("accuracy")))));
    }

    void irisSvcDecisions() {
        const auto result = train(QStringLiteral("recipe: iris\ndata: {source: $DATA/iris.csv}\ntask: classification\ntarget: species\nsplit: {every: 5}\n"
                                                 "transforms: [standard_scale]\nestimators: [svc: {C: 1, gamma: 0.25}]\nseed: 7\n"));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const QJsonObject expected = at(m_iris, {"values", "svc_rbf_C1_gamma0.25_standardised"}).toObject();
        compareMetrics(result->test, expected.value(Q("test")).toObject(), 1e-6);
        QVERIFY(isClose(result->train.value(QStringLiteral("accuracy")), expected.value(Q("train_accuracy")).toDouble(), 1e-6));
        const SupportVectors svc = supportVectors(*result);
        QCOMPARE(svc.machines.size(), qsizetype(3));
        for (int m = 0; m < 3; ++m)
            QVERIFY(isClose(-svc.machines.at(m).toObject().value(Q("rho")).toDouble(), expected.value(Q("intercept_ovo_01_02_12")).toArray().at(m).toDouble(), 0, 1e-3));
        compareDecisions(svc, expected.value(Q("first_3_test_decision_ovo_01_02_12")).toArray(), 1e-3, 1);
        int vectors = 0;
        for (const QJsonValue &ofClass : expected.value(Q("n_support")).toArray())
            vectors += ofClass.toInt();
        QVERIFY(std::abs(svc.vectors.size() - vectors) <= 1);
        const auto scorer = learn::loadScorer(result->package);
        QVERIFY(scorer);
        const data::Rows rows{4, 4, {6.8, 2.8, 4.8, 1.4, 5.1, 3.5, 1.4, 0.2, 6.0, 3.4, 4.5, 1.6, 4.8, 3.4, 1.6, 0.2}};
        const auto predictions = (*scorer)->score(rows);
        QVERIFY(predictions);
        for (qsizetype i = 0; i < 4; ++i)
            QCOMPARE(predictions->values[std::size_t(i)], expected.value(Q("serving_example_prediction")).toArray().at(i).toDouble());
    }

    void maintenanceSvc_data() {
        QTest::addColumn<QString>("entry");
        QTest::addColumn<QString>("parameters");
        QTest::newRow("without weights") << "svc_rbf_C1_gamma0.2" << "C: 1, gamma: 0.2";
        QTest::newRow("a failure counts twenty times") << "svc_rbf_C1_gamma0.2_weight1_20" << "C: 1, gamma: 0.2, class_weight: {0: 1, 1: 20}";
        QTest::newRow("without weights, not calibrated") << "svc_rbf_C1_gamma0.2" << "C: 1, gamma: 0.2, probability: false";
    }
    void maintenanceSvc() {
        QFETCH(QString, entry);
        QFETCH(QString, parameters);
        const auto result = train(QStringLiteral("recipe: maintenance\ndata: {source: $DATA/predictive_maintenance_2020.csv}\ntask: classification\ntarget: Machine failure\n"
                                                 "features: {include: ['Air temperature [K]', 'Process temperature [K]', 'Rotational speed [rpm]', 'Torque [Nm]', 'Tool wear [min]']}\n"
                                                 "split: {every: 5}\ntransforms: [standard_scale]\nestimators:\n  - svc: {%1}\nselect: {metric: roc_auc}\n").arg(parameters));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const QJsonObject expected = at(m_maintenance, {"values", entry.toLatin1().constData()}).toObject(), test = expected.value(Q("test")).toObject();
        for (const char *metric : {"accuracy", "precision", "recall", "f1", "balanced_accuracy", "mcc", "roc_auc", "average_precision"})
            QVERIFY2(isClose(result->test.value(Q(metric)), test.value(Q(metric)).toDouble(), 0, 0.005),
                     qPrintable(QStringLiteral("%1: %2, not %3").arg(Q(metric)).arg(result->test.value(Q(metric))).arg(test.value(Q(metric)).toDouble())));
        const SupportVectors svc = supportVectors(*result);
        QCOMPARE(svc.machines.size(), qsizetype(1));
        compareDecisions(svc, expected.value(Q("first_10_test_decision")).toArray(), 5e-3, -1); // of two classes scikit-learn's sign speaks for the second
        const int vectors = expected.value(Q("n_support")).toArray().at(0).toInt() + expected.value(Q("n_support")).toArray().at(1).toInt();
        QVERIFY(std::abs(svc.vectors.size() - vectors) <= vectors / 100);
    }

    void maintenanceLogisticCoefficients() {
        const auto result = train(QStringLiteral("recipe: maintenance\ndata: {source: $DATA/predictive_maintenance_2020.csv}\ntask: classification\ntarget: Machine failure\n"
                                                 "features: {include: ['Air temperature [K]', 'Process temperature [K]', 'Rotational speed [rpm]', 'Torque [Nm]', 'Tool wear [min]']}\n"
                                                 "split: {every: 5}\ntransforms: [standard_scale]\nestimators: [logistic_regression]\nselect: {metric: roc_auc}\n"));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const QJsonObject expected = at(m_maintenance, {"values", "logistic_regression_C1"}).toObject();
        const QJsonObject model = weights(*result);
        const QJsonArray coefficients = model.value(Q("coefficients")).toArray().at(0).toArray(), reference = expected.value(Q("coef")).toArray();
        QCOMPARE(coefficients.size(), reference.size());
        for (qsizetype j = 0; j < reference.size(); ++j)
            QVERIFY(isClose(coefficients.at(j).toDouble(), reference.at(j).toDouble(), 1e-4));
        QVERIFY(isClose(model.value(Q("intercept")).toArray().at(0).toDouble(), expected.value(Q("intercept")).toDouble(), 1e-4));
        compareMetrics(result->test, expected.value(Q("test")).toObject(), 1e-6);
        QVERIFY(isClose(result->test.value(QStringLiteral("log_loss")), expected.value(Q("test_log_loss")).toDouble(), 1e-6));
        QVERIFY(isClose(result->test.value(QStringLiteral("brier")), expected.value(Q("test_brier")).toDouble(), 1e-6));
    }

    /// SMOTE rows depend on the generator: bands over seeds 0 … 5 of imbalanced-learn, widened by three deviations (0.005 at least).
    void maintenanceWithMadeRows() {
        for (const int seed : {0, 1, 2}) {
            const auto result = train(QStringLiteral("recipe: maintenance\ndata: {source: $DATA/predictive_maintenance_2020.csv}\ntask: classification\ntarget: Machine failure\n"
                                                     "features: {include: ['Air temperature [K]', 'Process temperature [K]', 'Rotational speed [rpm]', 'Torque [Nm]', 'Tool wear [min]']}\n"
                                                     "split: {every: 5}\ntransforms: [standard_scale, smote: {k: 5, seed: %1}]\nestimators: [logistic_regression]\nselect: {metric: roc_auc}\n").arg(seed));
            QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
            QCOMPARE(result->trainRows, 8000);
            QCOMPARE(result->testRows, 2000);
            QVERIFY2(result->notes.join(QLatin1Char('\n')).contains(QStringLiteral("smote made 7492 rows")), qPrintable(result->notes.join(QLatin1Char('\n'))));
            const QJsonObject bands = at(m_maintenance, {"values", "smote_k5_then_logistic_C1"}).toObject();
            for (const char *metric : {"accuracy", "precision", "recall", "f1", "balanced_accuracy", "roc_auc"}) {
                const QJsonObject band = bands.value(Q(metric)).toObject();
                const double margin = 3 * std::max(0.005, band.value(Q("sd")).toDouble()), value = result->test.value(QLatin1String(metric));
                QVERIFY2(value >= band.value(Q("min")).toDouble() - margin && value <= band.value(Q("max")).toDouble() + margin, qPrintable(QStringLiteral("%1 %2").arg(QLatin1String(metric)).arg(value)));
            }
        }
    }

    void weatherForecastBeatsPersistence_data() {
        QTest::addColumn<QString>("data");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QStringList>("reference");
        const QString nyc = QStringLiteral("data: {source: $DATA/nyc_weather_2013.csv, missing: ['', NA], where: {origin: JFK}}\ntime: {column: time_hour, step: 1h, zone: UTC}\n");
        const QString nasa = QStringLiteral("data: {source: $DATA/nasa_power_hourly_kaudulla.csv, missing: ['-999'], skip_until: '-END HEADER-'}\ntime: {parts: [YEAR, MO, DY, HR], step: 1h, zone: UTC}\n");
        for (const char *target : {"temp", "humid"})
            QTest::addRow("New York, %s", target) << nyc << QString::fromLatin1(target) << at(m_weather, {"values", "nyc", "JFK", target, "test_start"}).toString() << QStringList{QStringLiteral("nyc"), QStringLiteral("JFK"), QString::fromLatin1(target)};
        for (const char *target : {"T2M", "WS2M"})
            QTest::addRow("Kaudulla, %s", target) << nasa << QString::fromLatin1(target) << at(m_weather, {"values", "nasa_power_kaudulla", target, "test_start"}).toString() << QStringList{QStringLiteral("nasa_power_kaudulla"), QString::fromLatin1(target)};
    }
    void weatherForecastBeatsPersistence() {
        QFETCH(QString, data);
        QFETCH(QString, target);
        QFETCH(QString, after);
        QFETCH(QStringList, reference);
        QVERIFY2(!after.isEmpty(), "the reference has no test start for this series");
        const auto result = train(QStringLiteral("recipe: weather\n%1task: forecast\ntarget: %2\nforecast: {window: 24, horizon: 1}\nsplit: {after: '%3'}\n"
                                                 "transforms: [standard_scale]\nestimators: [ridge: {alpha: 1}]\nselect: {metric: mae}\n").arg(data, target, after));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QJsonValue entry = m_weather.value(Q("values"));
        for (const QString &key : reference)
            entry = entry.toObject().value(key);
        // Whole windows are fewer than pairs of hours, fewest where hours are missing, so the reference is met closely, not exactly.
        const QJsonObject persistence = entry.toObject().value(Q("persistence_1h_test")).toObject();
        QVERIFY(result->testRows <= persistence.value(Q("pairs")).toInt());
        for (const auto &[name, key] : {std::pair{"persistence", "persistence_1h_test"}, std::pair{"seasonal", "persistence_24h_test"}}) { // a season is a day
            const double ours = result->baselines.value(Q(name)).value(QStringLiteral("mae")), theirs = at(entry, {key, "mae"}).toDouble();
            QVERIFY2(isClose(ours, theirs, 0.03), qPrintable(QStringLiteral("%1 %2 %3").arg(QLatin1String(name)).arg(ours).arg(theirs)));
        }
        QCOMPARE(result->baseline, result->baselines.value(result->baselineName));
        QVERIFY(result->test.value(QStringLiteral("mae")) < persistence.value(Q("mae")).toDouble());
        // 24 lags know what four lags know, and more.
        const double lagLinear = at(entry, {"lag_linear", "test", "mae"}).toDouble();
        QVERIFY2(result->test.value(QStringLiteral("mae")) < 1.03 * lagLinear, qPrintable(QStringLiteral("%1 %2").arg(result->test.value(QStringLiteral("mae"))).arg(lagLinear)));
    }

    /// Temperature and wind by one network. No hour is missing between, so that each target's naive forecasts are those of its own reference
    /// to every digit; and the network beats the better of them.
    void oneModelForecastsTemperatureAndWind() {
        const QJsonObject both = at(m_weather, {"values", "nasa_power_kaudulla"}).toObject();
        const auto result = train(QStringLiteral("recipe: weather\ndata: {source: $DATA/nasa_power_hourly_kaudulla.csv, missing: ['-999'], skip_until: '-END HEADER-'}\ntask: forecast\ntarget: [T2M, WS2M]\n"
                                                 "time: {parts: [YEAR, MO, DY, HR], step: 1h, zone: UTC}\nforecast: {window: 24, horizon: 1}\nsplit: {after: '%1'}\n"
                                                 "estimators: [mlp: {hidden: [32], epochs: 20}]\ngates: [mae@T2M <= 0.6, mae@WS2M <= 0.5]\n").arg(at(both, {"T2M", "test_start"}).toString()));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QCOMPARE(result->targets.size(), std::size_t(2));
        QVERIFY(result->gatesPassed());
        for (const learn::TargetFigures &target : result->targets) {
            const QJsonObject entry = both.value(target.target).toObject();
            QCOMPARE(result->testRows, at(entry, {"persistence_1h_test", "pairs"}).toInteger());
            double least = HUGE_VAL;
            for (const auto &[name, key] : {std::pair{"persistence", "persistence_1h_test"}, std::pair{"seasonal", "persistence_24h_test"}})
                for (const char *metric : {"mae", "rmse"}) {
                    const double ours = target.baselines.value(Q(name)).value(Q(metric)), theirs = at(entry, {key, metric}).toDouble();
                    QVERIFY2(isClose(ours, theirs, 1e-9), qPrintable(QStringLiteral("%1 %2 %3: %4 %5").arg(target.target, Q(name), Q(metric)).arg(ours, 0, 'g', 12).arg(theirs, 0, 'g', 12)));
                    least = Q(metric) == Q("mae") ? std::min(least, ours) : least;
                }
            QVERIFY2(target.test.value(QStringLiteral("mae")) < least, qPrintable(QStringLiteral("%1: %2, %3").arg(target.target).arg(target.test.value(QStringLiteral("mae"))).arg(least)));
        }
    }
};

QTEST_GUILESS_MAIN(TestTraining)
#include "tst_training.moc"

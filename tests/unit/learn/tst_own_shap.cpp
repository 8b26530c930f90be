// SPDX-License-Identifier: GPL-3.0-or-later
// SHAP values of trees and linear models against XGBoost's pred_contribs and shap's TreeExplainer and LinearExplainer
// (tests/unit/explain/reference.py made them), and their sums on models of our own.
#include "core/learn/own_shap.h"

#include "core/learn/linear_model.h"
#include "core/learn/tree_model.h"
#include "core/learn/tree_shap.h"
#include "core/metrics/random.h"
#include "tests/support/quiet_fit.h"
#include "tests/unit/explain/explain_models.h"

#include <QTest>

#include <numeric>

using namespace pilothouse;
using namespace pilothouse::learn;
using namespace pilothouse::test;
using Q = QLatin1String;

namespace {

std::vector<data::Input> inputsNamed(const QStringList &names) {
    std::vector<data::Input> inputs;
    for (const QString &name : names)
        inputs.push_back({name, data::ColumnType::Number, {}, true});
    return inputs;
}

/// Nothing is done to the inputs.
data::FittedTransforms plain(const std::vector<data::Input> &inputs) {
    return *data::FittedTransforms::fit(artifact::Rows{1, inputs.size(), std::vector<double>(inputs.size(), 0)}, inputs, {});
}

double sumOf(const explain::Attribution &a) { return std::accumulate(a.values.begin(), a.values.end(), a.base); }

} // namespace

class TestOwnShap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void treesAreXgboosts_data();
    void treesAreXgboosts();
    void linearIsShaps();
    void forestsOfOurOwnAddUp_data();
    void forestsOfOurOwnAddUp();
    void aCategoryIsOneFeature();
    void aColumnOfNobodyMakesNoValues();
    void wrongTreesMakeNoValues();
};

void TestOwnShap::treesAreXgboosts_data() {
    QTest::addColumn<QJsonObject>("reference");
    const QJsonArray trees = reference()[Q("trees")].toArray();
    QCOMPARE(trees.size(), 4);
    for (const QJsonValue &value : trees)
        QTest::newRow(qPrintable(value[Q("name")].toString())) << value.toObject();
}

void TestOwnShap::treesAreXgboosts() {
    QFETCH(QJsonObject, reference);
    const auto ensemble = readXgboostJson(QJsonDocument(reference[Q("model")].toObject()).toJson(), QStringLiteral("reference.json"));
    QVERIFY2(ensemble.has_value(), ensemble ? "" : qPrintable(ensemble.error().text()));
    const TreeShap shap(*ensemble);
    QVERIFY(shap.canExplain());
    const artifact::Rows rows = rowsOf(reference[Q("rows")]);
    const std::vector<float> x(rows.values.begin(), rows.values.end());
    std::vector<float> margins(rows.count * std::size_t(ensemble->groups()));
    ensemble->predict(x.data(), rows.count, margins.data());
    for (std::size_t i = 0; i < rows.count; ++i)
        for (int group = 0; group < ensemble->groups(); ++group) {
            std::vector<double> values(rows.width, 0);
            shap.add(x.data() + i * rows.width, group, 0, ensemble->trees().size(), values.data());
            const std::vector<double> expected = numbersOf(reference[Q("contributions")].toArray()[qsizetype(i)].toArray()[group]);
            for (std::size_t k = 0; k < rows.width; ++k) {
                QVERIFY2(std::abs(values[k] - expected[k]) < 2e-6, qPrintable(QStringLiteral("row %1, group %2, x%3: %4, xgboost %5").arg(i).arg(group).arg(k).arg(values[k]).arg(expected[k])));
                if (reference.contains(Q("tree_explainer")))
                    QVERIFY(std::abs(values[k] - reference[Q("tree_explainer")].toArray()[qsizetype(i)].toArray()[qsizetype(k)].toDouble()) < 2e-6);
            }
            QVERIFY(std::abs(shap.base(group) - expected[rows.width]) < 2e-6);
            const double margin = shap.margin(x.data() + i * rows.width, group);
            QVERIFY(std::abs(std::accumulate(values.begin(), values.end(), shap.base(group)) - margin) < 1e-9);
            QVERIFY(std::abs(margin - double(margins[i * std::size_t(ensemble->groups()) + std::size_t(group)])) < 1e-5);
        }
}

void TestOwnShap::linearIsShaps() {
    const QJsonObject c = reference()[Q("linear")].toObject();
    auto model = std::make_shared<LinearModel>();
    model->coefficients = numbersOf(c[Q("coefficients")]);
    model->intercept = {c[Q("intercept")].toDouble()};
    QStringList names;
    for (std::size_t k = 0; k < 5; ++k)
        names << QStringLiteral("x%1").arg(k);
    model->names.assign(names.begin(), names.end());
    artifact::Signature signature;
    signature.inputs = inputsNamed(names);
    signature.outputs = {QStringLiteral("y")};
    const auto own = ownShap({plain(signature.inputs), model}, signature, rowsOf(c[Q("background")]));
    QVERIFY(own.has_value() && *own);
    const auto got = (*own)->attribute(rowsOf(c[Q("rows")]), {}, *explain::featuresOf(signature, explain::Grouping::Inputs), {});
    QVERIFY(got.has_value());
    for (std::size_t i = 0; i < got->size(); ++i) {
        QVERIFY(std::abs((*got)[i].base - c[Q("base")].toDouble()) < 1e-12);
        const std::vector<double> expected = numbersOf(c[Q("values")].toArray()[qsizetype(i)]);
        for (std::size_t k = 0; k < 5; ++k)
            QVERIFY(std::abs((*got)[i].values[k] - expected[k]) < 1e-12);
        QVERIFY(std::abs(sumOf((*got)[i]) - (*got)[i].explained) < 1e-9);
    }
    model->link = LinearModel::Link::Logistic;
    signature.classes = {"no", "yes"};
    const auto odds = ownShap({plain(signature.inputs), model}, signature, rowsOf(c[Q("background")]));
    const auto no = (*odds)->attribute(rowsOf(c[Q("rows")]), {0, true, QStringLiteral("no")}, *explain::featuresOf(signature, explain::Grouping::Inputs), {});
    QCOMPARE((*odds)->scale({0, true, QStringLiteral("no")}), QStringLiteral("log-odds of no"));
    QVERIFY(std::abs((*no)[0].explained + (*got)[0].explained) < 1e-12);
    QVERIFY(std::abs(sumOf((*no)[0]) - (*no)[0].explained) < 1e-9);
}

void TestOwnShap::forestsOfOurOwnAddUp_data() {
    QTest::addColumn<QString>("estimator");
    QTest::addColumn<int>("classes");
    for (const char *name : {"decision_tree", "random_forest", "gradient_boosting"})
        for (const int classes : {0, 2, 3})
            QTest::newRow(qPrintable(QStringLiteral("%1, %2 classes").arg(QLatin1String(name)).arg(classes))) << QString::fromLatin1(name) << classes;
}

void TestOwnShap::forestsOfOurOwnAddUp() {
    QFETCH(QString, estimator);
    QFETCH(int, classes);
    TrainData data;
    data.rows = 300;
    data.width = 3;
    metrics::Random random(3);
    for (std::size_t i = 0; i < data.rows; ++i) {
        for (int j = 0; j < 3; ++j)
            data.x.push_back(random.uniform());
        const double y = data.x[i * 3] * 3 + data.x[i * 3 + 1] * data.x[i * 3 + 2];
        data.y.push_back(classes ? std::min(double(classes - 1), std::floor(y / 4 * classes)) : y);
    }
    const QStringList names{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")};
    data.names.assign(names.begin(), names.end());
    artifact::Signature signature;
    signature.inputs = inputsNamed(names);
    signature.outputs = {QStringLiteral("y")};
    for (int c = 0; c < classes; ++c)
        data.classes.push_back(signature.classes.emplace_back(QStringLiteral("c%1").arg(c).toStdString()));
    data.task = signature.task = classes ? workspace::TaskKind::Classification : workspace::TaskKind::Regression;
    auto learner = makeEstimator({estimator, {}}, data.task);
    QVERIFY2(learner.has_value(), learner ? "" : qPrintable(learner.error().text()));
    FitContext context = support::quietContext(2);
    auto fitted = (*learner)->fit(data, {}, context);
    QVERIFY2(fitted.has_value(), fitted ? "" : qPrintable(fitted.error().text()));
    const LoadedModel loaded{plain(signature.inputs), std::shared_ptr<const FittedModel>(std::move(*fitted))};
    const auto own = ownShap(loaded, signature, {});
    QVERIFY(own.has_value() && *own);
    const artifact::Rows rows{70, 3, {data.x.begin(), data.x.begin() + 210}};
    const artifact::Predictions predictions = *makeScorer(signature, loaded.transforms, loaded.model)->score(rows);
    for (std::size_t c = 0; c < std::max<std::size_t>(1, std::size_t(classes)); ++c) {
        const explain::Target target{c, classes > 0, QStringLiteral("c%1").arg(c)};
        explain::Run one, five;
        one.threads = 1;
        five.threads = 5;
        const auto features = *explain::featuresOf(signature, explain::Grouping::Inputs);
        const auto got = (*own)->attribute(rows, target, features, one), again = (*own)->attribute(rows, target, features, five);
        QVERIFY(got.has_value() && again.has_value());
        for (std::size_t i = 0; i < rows.count; ++i) {
            QVERIFY2(std::abs(sumOf((*got)[i]) - (*got)[i].explained) < 1e-9, qPrintable(QString::number(sumOf((*got)[i]) - (*got)[i].explained)));
            QVERIFY((*got)[i].values == (*again)[i].values);
            const double said = classes ? predictions.probabilities[i * std::size_t(classes) + c] : predictions.values[i];
            if ((*own)->scale(target) == target.scale())
                QVERIFY2(std::abs((*got)[i].explained - said) < 1e-5, qPrintable(QStringLiteral("%1 %2").arg((*got)[i].explained).arg(said)));
            else if (classes == 2)
                QVERIFY(std::abs(1 / (1 + std::exp(-(*got)[i].explained)) - said) < 1e-5);
        }
    }
}

void TestOwnShap::aCategoryIsOneFeature() {
    artifact::Signature signature;
    signature.inputs = {{QStringLiteral("rooms"), data::ColumnType::Number, {}, false}, {QStringLiteral("side"), data::ColumnType::Category, {"east", "west"}, false}};
    signature.outputs = {QStringLiteral("y")};
    const artifact::Rows background{4, 2, {1, 0, 3, 1, 5, 1, 7, 1}};
    auto model = std::make_shared<LinearModel>();
    const data::FittedTransforms transforms = *data::FittedTransforms::fit(background, signature.inputs, {{QStringLiteral("one_hot"), {}}});
    model->names = transforms.outputNames();
    model->intercept = {1};
    model->coefficients = {2, 10, 20}; // rooms, side=east, side=west
    const auto own = ownShap({transforms, model}, signature, background);
    const auto got = (*own)->attribute(artifact::Rows{1, 2, {6, 0}}, {}, *explain::featuresOf(signature, explain::Grouping::Inputs), {});
    QCOMPARE(got->front().values.size(), std::size_t(2));
    QCOMPARE(got->front().values[0], 4.0);                 // 2 · (6 − 4)
    QCOMPARE(got->front().values[1], 10 * 0.75 - 20 * 0.75); // three of four lie west
    QCOMPARE(got->front().base, 1 + 2 * 4.0 + 10 * 0.25 + 20 * 0.75);
}

void TestOwnShap::aColumnOfNobodyMakesNoValues() {
    artifact::Signature signature;
    signature.inputs = inputsNamed({QStringLiteral("a")});
    auto model = std::make_shared<LinearModel>();
    model->names = {QStringLiteral("a")};
    model->intercept = {0};
    model->coefficients = {1};
    const auto other = inputsNamed({QStringLiteral("pc1")});
    const auto own = ownShap({plain(other), model}, signature, artifact::Rows{1, 1, {0}});
    QVERIFY(own.has_value() && !*own);
}

void TestOwnShap::wrongTreesMakeNoValues() {
    Tree tree;
    tree.nodes = {{0.5f, 1, 0, 0, 1}, {1.f, 1, 0, 0, 0}, {2.f, 2, 0, 0, 0}};
    tree.depth = 1;
    tree.gain = {1, 0, 0};
    tree.cover = {0, 0, 0};
    const TreeEnsemble without({tree}, 1, 1);
    QVERIFY(!TreeShap(without).canExplain());
    tree.cover = {2, 2, 0}; // nobody went right in training
    const TreeEnsemble ensemble({tree}, 1, 1);
    const TreeShap shap(ensemble);
    const float row = 0.9f;
    double value = 0;
    shap.add(&row, 0, 0, 1, &value);
    QCOMPARE(shap.base(0), 1.0);
    QCOMPARE(value, 1.0); // from 1, where all training rows are, to 2
}

QTEST_GUILESS_MAIN(TestOwnShap)
#include "tst_own_shap.moc"

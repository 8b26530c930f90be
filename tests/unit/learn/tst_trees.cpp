// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/tree_ensemble.h"

#include "core/base/file.h"
#include "core/learn/estimator.h"
#include "core/learn/tree_model.h"
#include "core/metrics/random.h"
#include "tests/support/quiet_fit.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cmath>
#include <limits>

#include <xgboost/c_api.h>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

TrainData wavyData(std::size_t rows, std::size_t width, quint64 seed, double offset = 0) {
    TrainData data;
    data.rows = rows;
    data.width = width;
    metrics::Random random(seed);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < width; ++j)
            data.x.push_back(random.uniform());
        data.y.push_back(offset + 10 * std::sin(3.14 * data.x[i * width] * data.x[i * width + 1]) + random.uniform());
    }
    for (std::size_t j = 0; j < width; ++j)
        data.names.push_back(QStringLiteral("x%1").arg(j));
    return data;
}

struct Fit {
    Result<std::unique_ptr<FittedModel>> model = cancelled();
    QByteArray state;
    QByteArray weights() const {
        QTemporaryDir folder;
        return model && (*model)->save(folder.path()) ? *readFile(folder.filePath(QStringLiteral("model.json"))) : QByteArray();
    }
};

/// Fits; stops after `stopAfter` trees (0: never) and keeps the last checkpoint.
Fit fit(const TrainData &data, const char *name, QVariantMap parameters, int threads = 2, qint64 stopAfter = 0, QByteArray previous = {}, bool everyUnit = false) {
    Fit result;
    std::stop_source stop;
    FitContext context = support::quietContext(threads);
    context.seed = 5;
    context.stop = stop.get_token();
    context.previousState = std::move(previous);
    context.progress = [&](qint64 done, qint64, const QString &) {
        if (stopAfter && done >= stopAfter)
            stop.request_stop();
    };
    context.checkpointDue = [everyUnit] { return everyUnit; };
    context.checkpoint = [&](const QByteArray &state, qint64) {
        result.state = state;
        return Result<void>();
    };
    auto estimator = makeEstimator({QString::fromLatin1(name), std::move(parameters)}, data.task);
    result.model = estimator ? (*estimator)->fit(data, {}, context) : Result<std::unique_ptr<FittedModel>>(estimator.error());
    return result;
}

/// What XGBoost itself predicts from the file.
std::vector<float> xgboostPredictions(const QByteArray &json, const std::vector<float> &x, std::size_t rows, std::size_t width) {
    BoosterHandle booster = nullptr;
    DMatrixHandle matrix = nullptr;
    XGBoosterCreate(nullptr, 0, &booster);
    XGBoosterSetParam(booster, "nthread", "1");
    std::vector<float> out;
    bst_ulong length = 0;
    const float *values = nullptr;
    if (XGBoosterLoadModelFromBuffer(booster, json.constData(), bst_ulong(json.size())) == 0 && XGDMatrixCreateFromMat(x.data(), rows, width, std::numeric_limits<float>::quiet_NaN(), &matrix) == 0 &&
        XGBoosterPredict(booster, matrix, 0, 0, 0, &length, &values) == 0)
        out.assign(values, values + length);
    else
        qWarning("%s", XGBGetLastError());
    XGBoosterFree(booster);
    XGDMatrixFree(matrix);
    return out;
}

const QVariantMap smallForest{{QStringLiteral("n_estimators"), 12}, {QStringLiteral("max_depth"), 5}, {QStringLiteral("trees_per_booster"), 1}};

} // namespace

class TestTrees : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void predictionsAreThoseOfXgboostToTheLastBit_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<int>("rows");
        QTest::addColumn<bool>("missing");
        for (const int rows : {1, 3, 7, 8, 9, 600}) {
            QTest::addRow("forest, %d rows", rows) << "random_forest" << rows << false;
            QTest::addRow("tree, %d rows", rows) << "decision_tree" << rows << false;
        }
        QTest::newRow("forest, missing values") << "random_forest" << 300 << true;
    }
    void predictionsAreThoseOfXgboostToTheLastBit() {
        QFETCH(QString, estimator);
        QFETCH(int, rows);
        QFETCH(bool, missing);
        const TrainData data = wavyData(800, 5, 1, 1000);
        const Fit fitted = fit(data, estimator.toLatin1().constData(), estimator == QLatin1String("random_forest") ? QVariantMap{{QStringLiteral("n_estimators"), 21}} : QVariantMap{});
        QVERIFY2(fitted.model, fitted.model ? "" : qPrintable(fitted.model.error().text()));
        const auto ensemble = readXgboostJson(fitted.weights(), QStringLiteral("test"));
        QVERIFY2(ensemble, ensemble ? "" : qPrintable(ensemble.error().text()));
        metrics::Random random(8);
        std::vector<float> x(std::size_t(rows) * 5);
        for (float &v : x)
            v = missing && random.uniform() < 0.3 ? std::numeric_limits<float>::quiet_NaN() : float(random.uniform() * 1.2 - 0.1);
        if (rows > 8) {
            x[0] = std::numeric_limits<float>::infinity();
            x[6] = -std::numeric_limits<float>::infinity();
            x[2] = ensemble->trees()[0].nodes[0].threshold; // equal to a threshold goes right
        }
        std::vector<float> ours(std::size_t(rows), -1);
        ensemble->predict(x.data(), std::size_t(rows), ours.data());
        if (rows > 8)
            x[0] = std::numeric_limits<float>::max(); // XGBoost's matrix takes no infinities
        if (rows > 8)
            x[6] = std::numeric_limits<float>::lowest();
        const std::vector<float> theirs = xgboostPredictions(fitted.weights(), x, std::size_t(rows), 5);
        QCOMPARE(theirs.size(), ours.size());
        for (std::size_t i = 0; i < ours.size(); ++i)
            QCOMPARE(ours[i], theirs[i]);
    }

    void severalOutputsAreReadByXgboostToo() {
        TrainData data = wavyData(500, 4, 2);
        data.outputs = 3;
        std::vector<double> y;
        for (const double v : data.y)
            y.insert(y.end(), {v, 1000 - v, v * v});
        data.y = y;
        const Fit fitted = fit(data, "random_forest", smallForest);
        QVERIFY(fitted.model);
        std::vector<float> x(data.x.begin(), data.x.begin() + 80);
        const std::vector<float> theirs = xgboostPredictions(fitted.weights(), x, 20, 4);
        QCOMPARE(theirs.size(), std::size_t(60));
        const auto ours = (*fitted.model)->predict({20, 4, {data.x.begin(), data.x.begin() + 80}});
        QCOMPARE(ours->outputs, std::size_t(3));
        for (std::size_t i = 0; i < 60; ++i)
            QCOMPARE(float(ours->values[i]), theirs[i]);
    }

    void aForestIsTheMeanOfItsTrees() {
        // A forest that may not sample is one tree grown again and again.
        const TrainData data = wavyData(400, 3, 3, 50);
        const QVariantMap common{{QStringLiteral("max_depth"), 4}, {QStringLiteral("tree_method"), QStringLiteral("hist")}, {QStringLiteral("max_bin"), 64}};
        QVariantMap forest = common;
        forest.insert({{QStringLiteral("n_estimators"), 7}, {QStringLiteral("subsample"), 1.0}, {QStringLiteral("colsample_bynode"), 1.0}});
        const Fit one = fit(data, "decision_tree", common), many = fit(data, "random_forest", forest);
        QVERIFY(one.model && many.model);
        const auto a = (*one.model)->predict({400, 3, data.x}), b = (*many.model)->predict({400, 3, data.x});
        for (std::size_t i = 0; i < 400; ++i)
            QVERIFY(std::abs(a->values[i] - b->values[i]) < 1e-3);
    }

    void leavesAreTheMeansOfTheirRowsAlsoFarFromZero() {
        // float32 holds 10^9 in steps of 64; differences of 1 survive because trees grow on what differs from the mean.
        TrainData data;
        data.rows = 400;
        data.width = 1;
        data.names = {QStringLiteral("x")};
        for (int i = 0; i < 400; ++i) {
            data.x.push_back(i);
            data.y.push_back(1e6 + (i < 200 ? 0 : 1));
        }
        const Fit fitted = fit(data, "decision_tree", {{QStringLiteral("max_depth"), 1}});
        QVERIFY(fitted.model);
        const auto p = (*fitted.model)->predict({2, 1, {10, 300}});
        QVERIFY(std::abs(p->values[0] - 1e6) < 0.07 && std::abs(p->values[1] - 1e6 - 1) < 0.07);
    }

    void classShares() {
        // One split, leaves with shares 1/4 and 3/4: the tree gives the shares of its rows.
        TrainData data;
        data.task = workspace::TaskKind::Classification;
        data.classes = {"no", "yes"};
        data.rows = 400;
        data.width = 1;
        data.names = {QStringLiteral("x")};
        for (int i = 0; i < 400; ++i) {
            data.x.push_back(i < 200 ? 0 : 1);
            data.y.push_back(i % 4 == 0 ? (i < 200 ? 1 : 0) : (i < 200 ? 0 : 1));
        }
        const Fit two = fit(data, "decision_tree", {{QStringLiteral("max_depth"), 1}});
        const auto p = (*two.model)->predict({2, 1, {0, 1}});
        QVERIFY(std::abs(p->probabilities[1] - 0.25) < 1e-6 && std::abs(p->probabilities[3] - 0.75) < 1e-6);
        QCOMPARE(p->values, (std::vector<double>{0, 1}));
        for (int i = 0; i < 200; ++i)
            data.y[std::size_t(i)] = i % 2;
        const Fit even = fit(data, "decision_tree", {{QStringLiteral("max_depth"), 1}});
        const auto half = (*even.model)->predict({1, 1, {0}});
        QCOMPARE(half->probabilities, (std::vector<double>{0.5, 0.5}));
        QCOMPARE(half->values, (std::vector<double>{0})); // the first, as with scikit-learn and in Python
        data.classes = {"a", "b", "c"};
        for (int i = 0; i < 400; ++i)
            data.y[std::size_t(i)] = i % 3;
        const Fit three = fit(data, "random_forest", smallForest);
        const auto q = (*three.model)->predict({400, 1, data.x});
        for (std::size_t i = 0; i < 400; ++i)
            QVERIFY(std::abs(q->probabilities[i * 3] + q->probabilities[i * 3 + 1] + q->probabilities[i * 3 + 2] - 1) < 1e-9);
    }

    void theForestDoesNotDependOnTheThreads() {
        const TrainData data = wavyData(600, 4, 4);
        const QByteArray one = fit(data, "random_forest", smallForest, 1).weights();
        QVERIFY(!one.isEmpty());
        QCOMPARE(fit(data, "random_forest", smallForest, 2).weights(), one);
        QCOMPARE(fit(data, "random_forest", smallForest, 5).weights(), one);
    }

    void resumedAnywhereTheWeightsAreTheSame() {
        const TrainData data = wavyData(400, 4, 6);
        const QByteArray whole = fit(data, "random_forest", smallForest).weights();
        QVERIFY(!whole.isEmpty());
        metrics::Random random(11);
        for (int round = 0; round < 25; ++round) {
            QByteArray state;
            QByteArray weights;
            int parts = 0;
            while (weights.isEmpty() && parts < 40) { // stopped again and again at chance moments, with other threads each time
                const Fit part = fit(data, "random_forest", smallForest, 1 + int(random.below(3)), 1 + qint64(random.below(12)), state, random.below(2) == 0);
                if (part.model) {
                    weights = part.weights();
                } else {
                    QCOMPARE(part.model.error().kind, ErrorKind::Cancelled);
                    QVERIFY(!part.state.isEmpty());
                    state = part.state;
                }
                ++parts;
                if (parts == 30) // a stop at one tree at a time may take as many rounds as there are trees
                    weights = fit(data, "random_forest", smallForest, 2, 0, state).weights();
            }
            QCOMPARE(weights, whole);
        }
    }

    void aForeignOrCutStateIsRefused() {
        const TrainData data = wavyData(300, 4, 6);
        const Fit stopped = fit(data, "random_forest", smallForest, 1, 4);
        QVERIFY(!stopped.model && !stopped.state.isEmpty());
        for (const QByteArray &state : {stopped.state.left(stopped.state.size() / 2), stopped.state + "x", QByteArray("something else"), QByteArray(1, '\0')}) {
            const Fit resumed = fit(data, "random_forest", smallForest, 1, 0, state);
            QVERIFY(!resumed.model);
            QCOMPARE(resumed.model.error().kind, ErrorKind::Invalid);
        }
        QVariantMap other = smallForest;
        other.insert(QStringLiteral("n_estimators"), 13);
        QVERIFY(!fit(data, "random_forest", other, 1, 0, stopped.state).model);
    }

    void theMethodFollowsTheSizeAndIsRecorded() {
        const TrainData data = wavyData(300, 3, 6);
        QCOMPARE((*fit(data, "decision_tree", {}).model)->describe().value(QStringLiteral("tree_method")).toString(), QStringLiteral("exact"));
        QCOMPARE((*fit(data, "decision_tree", {{QStringLiteral("tree_method"), QStringLiteral("hist")}}).model)->describe().value(QStringLiteral("tree_method")).toString(), QStringLiteral("hist"));
        const TrainData large = wavyData(100000, 2, 6);
        QCOMPARE((*fit(large, "decision_tree", {{QStringLiteral("max_depth"), 2}}).model)->describe().value(QStringLiteral("tree_method")).toString(), QStringLiteral("hist"));
    }

    /// y goes up and down: the best split always parts one row from an end, so that a tree without a limit is about as deep as it has rows.
    void withoutALimitATreeGrowsToItsLastRow_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<bool>("classes");
        QTest::newRow("tree") << "decision_tree" << false;
        QTest::newRow("tree of classes") << "decision_tree" << true;
        QTest::newRow("forest that draws every row") << "random_forest" << false;
    }
    void withoutALimitATreeGrowsToItsLastRow() {
        QFETCH(QString, estimator);
        QFETCH(bool, classes);
        TrainData data;
        data.rows = 120;
        data.width = 1;
        data.names = {QStringLiteral("x")};
        for (int i = 0; i < 120; ++i) {
            data.x.push_back(i);
            data.y.push_back(i % 2);
        }
        if (classes) {
            data.task = workspace::TaskKind::Classification;
            data.classes = {"even", "odd"};
        }
        QVariantMap parameters{{QStringLiteral("max_depth"), 0}};
        if (estimator == QLatin1String("random_forest"))
            parameters.insert({{QStringLiteral("n_estimators"), 3}, {QStringLiteral("subsample"), 1.0}});
        const Fit whole = fit(data, estimator.toLatin1().constData(), parameters);
        QVERIFY2(whole.model, whole.model ? "" : qPrintable(whole.model.error().text() + whole.model.error().raw));
        const QJsonObject facts = (*whole.model)->describe();
        QCOMPARE(facts.value(QStringLiteral("tree_method")).toString(), QStringLiteral("exact"));
        QVERIFY2(facts.value(QStringLiteral("depth")).toInt() > 40, qPrintable(QString::number(facts.value(QStringLiteral("depth")).toInt())));
        QCOMPARE(facts.value(QStringLiteral("leaves")).toInt(), 120 * facts.value(QStringLiteral("trees")).toInt());
        const auto p = (*whole.model)->predict({120, 1, data.x});
        for (std::size_t i = 0; i < 120; ++i)
            QVERIFY(std::abs(p->values[i] - data.y[i]) < 1e-4);
        parameters.insert({{QStringLiteral("max_depth"), 30}, {QStringLiteral("tree_method"), QStringLiteral("exact")}});
        QCOMPARE((*fit(data, estimator.toLatin1().constData(), parameters).model)->describe().value(QStringLiteral("depth")).toInt(), 30);
    }

    /// scikit-learn's min_samples_leaf, a number of rows, is XGBoost's min_child_weight where every row has a hessian of 1.
    void leavesHaveTheirLeastRows_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<QString>("method");
        QTest::addColumn<bool>("classes");
        for (const char *method : {"exact", "hist"}) {
            QTest::addRow("tree, %s", method) << "decision_tree" << method << false;
            QTest::addRow("tree of classes, %s", method) << "decision_tree" << method << true;
            QTest::addRow("forest, %s", method) << "random_forest" << method << false;
            QTest::addRow("forest of classes, %s", method) << "random_forest" << method << true;
            QTest::addRow("boosting, %s", method) << "gradient_boosting" << method << false;
        }
    }
    void leavesHaveTheirLeastRows() {
        QFETCH(QString, estimator);
        QFETCH(QString, method);
        QFETCH(bool, classes);
        TrainData data = wavyData(600, 3, 12);
        if (classes) {
            data.task = workspace::TaskKind::Classification;
            data.classes = {"low", "high"};
            for (double &y : data.y)
                y = y > 6 ? 1 : 0;
        }
        QVariantMap parameters{{QStringLiteral("tree_method"), method}};
        if (estimator != QLatin1String("decision_tree"))
            parameters.insert(QStringLiteral("n_estimators"), 8);
        const auto grown = [&](const char *name, int value) {
            QVariantMap all = parameters;
            all.insert(QLatin1String(name), value);
            return fit(data, estimator.toLatin1().constData(), all).weights();
        };
        const auto least = [&](const QByteArray &weights) {
            float rows = 600;
            const auto ensemble = readXgboostJson(weights, QStringLiteral("test"));
            for (const Tree &tree : ensemble->trees())
                for (std::size_t i = 0; i < tree.nodes.size(); ++i)
                    rows = tree.nodes[i].inner ? rows : std::min(rows, tree.cover[i]);
            return rows;
        };
        const QByteArray twenty = grown("min_samples_leaf", 20);
        QVERIFY2(least(twenty) >= 20 && least(twenty) < 30, qPrintable(QString::number(double(least(twenty)))));
        QVERIFY(least(grown("min_samples_leaf", 1)) < 5);
        QCOMPARE(grown("min_child_weight", 20), twenty);
    }

    void aTreeThatMayNotSplitAnswersTheMean_data() {
        QTest::addColumn<int>("least");
        QTest::newRow("no two leaves of so many rows") << 300;
        QTest::newRow("not even one") << 1000; // XGBoost's root then answers 0
    }
    void aTreeThatMayNotSplitAnswersTheMean() {
        QFETCH(int, least);
        TrainData data = wavyData(400, 2, 13, 1000);
        const QVariantMap parameters{{QStringLiteral("min_samples_leaf"), least}};
        double mean = 0, share = 0;
        for (double &y : data.y)
            mean += y / 400;
        const auto p = (*fit(data, "decision_tree", parameters).model)->predict({1, 2, {0.5, 0.5}});
        QVERIFY2(std::abs(p->values[0] - mean) < 1e-3, qPrintable(QString::number(p->values[0])));
        data.task = workspace::TaskKind::Classification;
        data.classes = {"low", "high"};
        for (double &y : data.y) {
            y = y > 1006 ? 1 : 0;
            share += y / 400;
        }
        const auto q = (*fit(data, "decision_tree", parameters).model)->predict({1, 2, {0.5, 0.5}});
        QVERIFY2(std::abs(q->probabilities[1] - share) < 1e-6, qPrintable(QString::number(q->probabilities[1])));
    }

    void whatSinglePrecisionCannotHoldIsRefused_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("unit");
        QTest::addColumn<QString>("says");
        for (const char *name : {"decision_tree", "random_forest", "gradient_boosting"}) {
            QTest::addRow("%s: an input of 1e200", name) << name << 1e200 << 1.0 << "the column “x1” reaches 1e+200";
            QTest::addRow("%s: an input of −1e39", name) << name << -1e39 << 1.0 << "the column “x1” reaches -1e+39";
            QTest::addRow("%s: targets whose squares overflow", name) << name << 0.5 << 1e20 << "the target reaches ";
            QTest::addRow("%s: what it just holds", name) << name << 1e38 << 1e15 << "";
            QTest::addRow("%s: a missing value", name) << name << std::nan("") << 1.0 << "";
        }
    }
    void whatSinglePrecisionCannotHoldIsRefused() {
        QFETCH(QString, estimator);
        QFETCH(double, value);
        QFETCH(double, unit);
        QFETCH(QString, says);
        TrainData data = wavyData(200, 3, 5);
        data.x[3 * 7 + 1] = value;
        for (double &y : data.y)
            y *= unit;
        const Fit fitted = fit(data, estimator.toLatin1().constData(), {{QStringLiteral("max_depth"), 3}});
        if (says.isEmpty()) {
            QVERIFY2(fitted.model, fitted.model ? "" : qPrintable(fitted.model.error().text()));
            return;
        }
        QVERIFY(!fitted.model);
        QCOMPARE(fitted.model.error().kind, ErrorKind::Invalid);
        QVERIFY2(fitted.model.error().text().contains(says), qPrintable(fitted.model.error().text()));
    }

    void whatTheGrowerCannotKeepIsRefusedByName_data() {
        QTest::addColumn<QString>("estimator");
        QTest::addColumn<int>("task");
        QTest::addColumn<QVariantMap>("parameters");
        QTest::addColumn<QString>("says");
        const int numbers = int(workspace::TaskKind::Regression), classes = int(workspace::TaskKind::Classification);
        const QString depth = QStringLiteral("max_depth"), leaf = QStringLiteral("min_samples_leaf"), method = QStringLiteral("tree_method");
        QTest::newRow("no limit with histograms") << "decision_tree" << numbers << QVariantMap{{depth, 0}, {method, QStringLiteral("hist")}} << "max_depth: 0 (no limit) cannot be had with tree_method: hist";
        QTest::newRow("no limit of boosting, which takes histograms") << "gradient_boosting" << numbers << QVariantMap{{depth, 0}} << "Set tree_method: exact";
        QTest::newRow("a depth beyond the limit") << "decision_tree" << numbers << QVariantMap{{depth, 31}} << "max_depth";
        QTest::newRow("rows of a leaf that are weighed") << "random_forest" << classes << QVariantMap{{leaf, 5}, {QStringLiteral("class_weight"), QStringLiteral("balanced")}} << "here XGBoost counts a row by its class_weight";
        QTest::newRow("rows of a leaf of boosted classes") << "gradient_boosting" << classes << QVariantMap{{leaf, 5}} << "here XGBoost counts a row by p · (1 − p), the hessian of its loss";
        QTest::newRow("a share of the rows") << "decision_tree" << numbers << QVariantMap{{leaf, 0.1}} << "min_samples_leaf";
    }
    void whatTheGrowerCannotKeepIsRefusedByName() {
        QFETCH(QString, estimator);
        QFETCH(int, task);
        QFETCH(QVariantMap, parameters);
        QFETCH(QString, says);
        const auto made = makeEstimator({estimator, parameters}, workspace::TaskKind(task));
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Invalid);
        QVERIFY2(made.error().text().contains(says), qPrintable(made.error().text()));
        parameters.insert(QStringLiteral("min_samples_leaf"), 1);
        parameters.insert(QStringLiteral("max_depth"), 30);
        const auto fine = makeEstimator({estimator, parameters}, workspace::TaskKind(task));
        QVERIFY2(fine, fine ? "" : qPrintable(fine.error().text()));
    }

    void brokenTreeFilesAreErrors_data() {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::newRow("no JSON") << QByteArray("{\"learner\"") << QByteArray("learner");
        QTest::newRow("a child outside") << QByteArray("\"left_children\":[1,") << QByteArray("\"left_children\":[99,");
        QTest::newRow("a child that is its own parent") << QByteArray("\"left_children\":[1,") << QByteArray("\"left_children\":[0,");
        QTest::newRow("a feature outside") << QByteArray("\"num_feature\":\"1\",\"num_target\"") << QByteArray("\"num_feature\":\"0\",\"num_target\"");
        QTest::newRow("a list is missing") << QByteArray("\"split_conditions\"") << QByteArray("\"other\"");
        QTest::newRow("a tree of no group") << QByteArray("\"tree_info\":[0]") << QByteArray("\"tree_info\":[7]");
        QTest::newRow("another base score") << QByteArray("\"base_score\":\"0E0\"") << QByteArray("\"base_score\":\"5E-1\"");
        QTest::newRow("a split by category") << QByteArray("\"split_type\":[0,") << QByteArray("\"split_type\":[1,");
    }
    void brokenTreeFilesAreErrors() {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        Tree tree;
        tree.nodes = {{0.5f, 1, 0, 0, 1}, {1, 1, 0, 0, 0}, {2, 2, 0, 0, 0}};
        tree.gain = {1, 0, 0};
        tree.cover = {2, 1, 1};
        tree.depth = 1;
        QByteArray json = writeXgboostJson(TreeEnsemble({tree}, 1, 1));
        QVERIFY(readXgboostJson(json, QStringLiteral("model.json")));
        QVERIFY2(json.contains(from), json.constData());
        json.replace(from, to);
        const auto read = readXgboostJson(json, QStringLiteral("model.json"));
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestTrees)
#include "tst_trees.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/learn/tree_model.h"
#include "core/metrics/random.h"
#include "tests/support/quiet_fit.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

#include <xgboost/c_api.h>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

constexpr std::size_t width = 4;

/// kind 0: two numbers, far from 0; 2 or 3: that many classes. One value in twenty is missing.
TrainData wavyRows(std::size_t rows, std::size_t kind, quint64 seed = 1) {
    metrics::Random random(seed);
    TrainData data;
    data.task = kind ? workspace::TaskKind::Classification : workspace::TaskKind::Regression;
    data.rows = rows;
    data.width = width;
    data.outputs = kind ? 1 : 2;
    for (std::size_t c = 0; c < kind; ++c)
        data.classes.push_back(std::string(1, char('a' + c)));
    for (std::size_t i = 0; i < rows; ++i) {
        double v[width];
        for (double &value : v)
            value = random.uniform();
        const double wave = std::sin(3.14 * v[0] * v[1]) + 0.5 * v[2] + 0.1 * random.uniform();
        if (kind == 0) {
            data.y.push_back(200000 + 1000 * wave);
            data.y.push_back(v[3] - wave);
        } else {
            data.y.push_back(std::min(std::floor(wave / 1.2 * double(kind)), double(kind) - 1));
        }
        for (const double value : v)
            data.x.push_back(random.uniform() < 0.05 ? std::numeric_limits<double>::quiet_NaN() : value);
    }
    for (std::size_t j = 0; j < width; ++j)
        data.names.push_back(QStringLiteral("x%1").arg(j));
    return data;
}

struct Fit {
    Result<std::unique_ptr<FittedModel>> model = cancelled();
    QByteArray state;
    std::vector<double> trainLoss, validationLoss;
    QByteArray weights() const {
        QTemporaryDir folder;
        return model && (*model)->save(folder.path()) ? *readFile(folder.filePath(QStringLiteral("model.json"))) : QByteArray();
    }
    const TreeEnsemble &trees() const { return dynamic_cast<const TreeModel &>(**model).ensemble(); }
};

Fit fit(const TrainData &data, QVariantMap parameters, qint64 stopAfter = 0, QByteArray previous = {}, const TrainData &validation = {}) {
    Fit result;
    std::stop_source stop;
    FitContext context = support::quietContext();
    context.stop = stop.get_token();
    context.previousState = std::move(previous);
    context.progress = [&](qint64 done, qint64, const QString &unit) {
        QCOMPARE(unit, QStringLiteral("round"));
        if (stopAfter && done >= stopAfter)
            stop.request_stop();
    };
    context.metric = [&](const QString &, qint64, double value, const QString &series) { (series == QLatin1String("train") ? result.trainLoss : result.validationLoss).push_back(value); };
    context.checkpoint = [&](const QByteArray &state, qint64) {
        result.state = state;
        return Result<void>();
    };
    auto estimator = makeEstimator({QStringLiteral("gradient_boosting"), std::move(parameters)}, data.task);
    result.model = estimator ? (*estimator)->fit(data, validation, context) : Result<std::unique_ptr<FittedModel>>(estimator.error());
    return result;
}

/// What XGBoost itself predicts from the file: [rows × groups].
std::vector<float> xgboostPredictions(const QByteArray &json, const TrainData &data) {
    const std::vector<float> x(data.x.begin(), data.x.end());
    BoosterHandle booster = nullptr;
    DMatrixHandle matrix = nullptr;
    XGBoosterCreate(nullptr, 0, &booster);
    std::vector<float> out;
    bst_ulong length = 0;
    const float *values = nullptr;
    if (XGBoosterLoadModelFromBuffer(booster, json.constData(), bst_ulong(json.size())) == 0 && XGDMatrixCreateFromMat(x.data(), data.rows, data.width, std::numeric_limits<float>::quiet_NaN(), &matrix) == 0 &&
        XGBoosterPredict(booster, matrix, 0, 0, 0, &length, &values) == 0)
        out.assign(values, values + length);
    else
        qWarning("%s", XGBGetLastError());
    XGBoosterFree(booster);
    XGDMatrixFree(matrix);
    return out;
}

const QVariantMap small{{QStringLiteral("n_estimators"), 20}, {QStringLiteral("max_depth"), 3}};
QVariantMap with(QVariantMap map, const QVariantMap &more) {
    map.insert(more);
    return map;
}

} // namespace

class TestGradientBoosting : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theFileIsXgboostsAndGivesItsPredictions_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("two numbers") << 0;
        QTest::newRow("two classes") << 2;
        QTest::newRow("three classes") << 3;
    }
    void theFileIsXgboostsAndGivesItsPredictions() {
        QFETCH(int, kind);
        const TrainData data = wavyRows(400, std::size_t(kind));
        const Fit fitted = fit(data, small);
        QVERIFY2(fitted.model, fitted.model ? "" : qPrintable(fitted.model.error().text()));
        const std::size_t groups = kind == 3 ? 3 : kind == 2 ? 1 : 2;
        QCOMPARE(fitted.trees().trees().size(), 20 * groups);
        QCOMPARE(fitted.trees().rounds(), std::size_t(20));
        const auto ours = (*fitted.model)->predict({data.rows, data.width, data.x});
        QVERIFY(ours);
        const std::vector<float> theirs = xgboostPredictions(fitted.weights(), data);
        QCOMPARE(theirs.size(), data.rows * groups);
        std::size_t right = 0;
        for (std::size_t i = 0; i < data.rows; ++i) {
            for (std::size_t g = 0; g < groups; ++g) {
                const double our = kind == 0 ? ours->values[i * 2 + g] : kind == 2 ? ours->probabilities[i * 2 + 1] : ours->probabilities[i * 3 + g];
                QVERIFY2(std::abs(our - double(theirs[i * groups + g])) <= 1e-6 * std::max(1.0, std::abs(our)), qPrintable(QStringLiteral("%1 %2").arg(our, 0, 'g', 9).arg(theirs[i * groups + g])));
            }
            right += kind && ours->values[i] == data.y[i] ? 1 : 0;
        }
        QVERIFY(kind == 0 || right > data.rows * 85 / 100);
        QVERIFY(fitted.trainLoss.back() < fitted.trainLoss.front() / 1.5);

        QTemporaryDir folder; // and the file comes back
        QVERIFY((*fitted.model)->save(folder.path()));
        artifact::Signature signature;
        signature.outputs = {QStringLiteral("y"), QStringLiteral("z")};
        signature.classes = data.classes;
        const auto loaded = TreeModel::load(folder.path(), signature);
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
        const auto again = (*loaded)->predict({data.rows, data.width, data.x});
        QCOMPARE(again->values, ours->values);
        QCOMPARE(again->probabilities, ours->probabilities);
        QTemporaryDir second;
        QVERIFY((*loaded)->save(second.path()));
        QVERIFY(*readFile(second.filePath(QStringLiteral("model.json"))) == fitted.weights());
        signature.classes = {"a", "b", "c", "d"};
        QVERIFY(!TreeModel::load(folder.path(), signature));
    }

    void aResumedRunEndsWithTheSameWeights_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QVariantMap>("more");
        const QVariantMap drawn{{QStringLiteral("subsample"), 0.6}, {QStringLiteral("colsample_bytree"), 0.5}};
        for (const int kind : {0, 2, 3}) {
            for (const char *method : {"hist", "exact"}) {
                const QVariantMap by{{QStringLiteral("tree_method"), QString::fromLatin1(method)}};
                QTest::addRow("%d, %s", kind, method) << kind << by;
                QTest::addRow("%d, %s, drawn rows and columns", kind, method) << kind << with(by, drawn);
            }
        }
    }
    void aResumedRunEndsWithTheSameWeights() {
        QFETCH(int, kind);
        QFETCH(QVariantMap, more);
        const TrainData data = wavyRows(300, std::size_t(kind));
        const QVariantMap parameters = with(small, more);
        const Fit whole = fit(data, parameters);
        QVERIFY(whole.model);
        QVERIFY(fit(data, parameters).weights() == whole.weights());
        for (const qint64 after : {1, 7, 19}) {
            const Fit half = fit(data, parameters, after);
            QCOMPARE(half.model.error().kind, ErrorKind::Cancelled);
            const Fit rest = fit(data, parameters, 0, half.state);
            QVERIFY2(rest.model, rest.model ? "" : qPrintable(rest.model.error().text()));
            QVERIFY2(rest.weights() == whole.weights(), qPrintable(QStringLiteral("resumed after round %1").arg(after)));
        }
    }

    void aForeignOrCutCheckpointIsRefused() {
        const TrainData data = wavyRows(200, 2);
        const Fit half = fit(data, small, 7);
        QCOMPARE(fit(data, small, 0, half.state.chopped(5)).model.error().kind, ErrorKind::Invalid);
        QCOMPARE(fit(data, small, 0, QByteArray("nonsense")).model.error().kind, ErrorKind::Invalid);
        QCOMPARE(fit(data, {{QStringLiteral("n_estimators"), 3}}, 0, half.state).model.error().kind, ErrorKind::Invalid);
    }

    void earlyStoppingKeepsTheBestRounds() {
        const TrainData data = wavyRows(150, 2), held = wavyRows(150, 2, 99);
        const QVariantMap parameters{{QStringLiteral("n_estimators"), 500}, {QStringLiteral("learning_rate"), 0.5}, {QStringLiteral("early_stopping_rounds"), 5}};
        const Fit stopped = fit(data, parameters, 0, {}, held);
        QVERIFY(stopped.model);
        const auto &losses = stopped.validationLoss;
        const auto lowest = std::min_element(losses.begin(), losses.end());
        QVERIFY(losses.size() < 500);
        QCOMPARE(losses.end() - lowest, std::ptrdiff_t(6)); // the best and the five after it
        QCOMPARE(stopped.trees().rounds(), std::size_t(lowest - losses.begin()) + 1);
        const Fit half = fit(data, parameters, 4, {}, held);
        QVERIFY(fit(data, parameters, 0, half.state, held).weights() == stopped.weights());
    }

    void anotherSeedDrawsOtherRows() {
        const TrainData data = wavyRows(300, 0);
        const QVariantMap drawn = with(small, {{QStringLiteral("subsample"), 0.5}});
        FitContext context = support::quietContext();
        context.seed = 8;
        const auto estimator = makeEstimator({QStringLiteral("gradient_boosting"), drawn}, data.task);
        Fit other;
        other.model = (*estimator)->fit(data, {}, context);
        QVERIFY(other.weights() != fit(data, drawn).weights());
    }
};

QTEST_GUILESS_MAIN(TestGradientBoosting)
#include "tst_gradient_boosting.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The XGBoost files that a recipe names for a service: exactly those, as XGBoost itself reads them, and nothing half done.
#include "core/learn/export_model.h"

#include "core/artifact/labelled_rows.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/learn/export_xgboost.h"
#include "core/learn/load_scorer.h"
#include "core/learn/trainer.h"
#include "core/metrics/random.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <xgboost/c_api.h>

#include <cmath>
#include <limits>

using namespace pilothouse;
using namespace pilothouse::learn;
using Q = QLatin1String;

namespace {

/// What the XGBoost of this system answers from a file, by its own reader; empty: it refuses it.
std::vector<float> bySystem(const QString &file, const data::Rows &rows) {
    const std::vector<float> x(rows.values.begin(), rows.values.end());
    BoosterHandle booster = nullptr;
    DMatrixHandle matrix = nullptr;
    XGBoosterCreate(nullptr, 0, &booster);
    std::vector<float> out;
    const bool read = XGBoosterLoadModel(booster, QFile::encodeName(file).constData()) == 0 &&
                      XGDMatrixCreateFromMat(x.data(), rows.count, rows.width, std::numeric_limits<float>::quiet_NaN(), &matrix) == 0;
    const bst_ulong *shape = nullptr;
    bst_ulong dimensions = 0;
    const float *values = nullptr;
    if (read && XGBoosterPredictFromDMatrix(booster, matrix, R"({"type":0,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":true})", &shape, &dimensions, &values) == 0) {
        std::size_t count = 1;
        for (bst_ulong d = 0; d < dimensions; ++d)
            count *= shape[d];
        out.assign(values, values + count);
    }
    XGDMatrixFree(matrix);
    XGBoosterFree(booster);
    return out;
}

/// Numbers with one in six of `age` missing; a price and a class to learn.
QByteArray houses() {
    QByteArray csv = "size,age,place,price,dear\n";
    metrics::Random random(3);
    for (int i = 0; i < 500; ++i) {
        const double size = 50 + 100 * random.uniform(), age = 40 * random.uniform(), price = 1000 * size - 900 * age + 4000 * random.uniform();
        csv += QByteArray::number(size) + ',' + (i % 6 == 1 ? QByteArray() : QByteArray::number(age)) + (i % 3 ? ",hill," : ",coast,") + QByteArray::number(price) + (price > 80000 ? ",yes\n" : ",no\n");
    }
    return csv;
}

const char *const prices = "recipe: houses\ndata: {source: houses.csv}\ntask: regression\ntarget: price\nfeatures: {exclude: [place, dear]}\nsplit: {every: 5}\n"
                           "transforms: [impute: median]\nestimators: [gradient_boosting: {n_estimators: 20}]\nexport: [price.json, price.ubj]\n";

} // namespace

class TestExportModel : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_runs = 0;

    Result<artifact::Package> trained(const QByteArray &recipe) {
        const QString file = m_folder.filePath(QStringLiteral("recipe.yaml"));
        PH_TRY(writeFileAtomically(file, recipe));
        TrainOptions options;
        PH_ASSIGN(options.recipe, workspace::readRecipe(file));
        options.out = m_folder.filePath(QStringLiteral("package-%1").arg(++m_runs));
        PH_ASSIGN(const TrainResult result, train(options));
        return artifact::openPackage(result.package);
    }
    QString fresh() { return m_folder.filePath(QStringLiteral("models/%1").arg(++m_runs)); }

private Q_SLOTS:
    void initTestCase() { QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("houses.csv")), houses())); }

    void xgboostReadsTheFilesToTheSameAnswers_data() {
        QTest::addColumn<QByteArray>("recipe");
        QTest::addColumn<QStringList>("files");
        const QStringList both{QStringLiteral("price.json"), QStringLiteral("price.ubj")};
        QTest::newRow("boosting, missing values filled in") << QByteArray(prices) << both;
        QTest::newRow("boosting, missing values filled in with a constant") << QByteArray(prices).replace("[impute: median]", "[impute: {strategy: constant, value: -1}]") << both;
        QTest::newRow("a forest") << QByteArray(prices).replace("gradient_boosting: {n_estimators: 20}", "random_forest: {n_estimators: 7}") << both;
        QTest::newRow("two classes") << QByteArray(prices).replace("task: regression\ntarget: price", "task: classification\ntarget: dear").replace("[place, dear]", "[place, price]") << both;
        QTest::newRow("another name for the format") << QByteArray(prices).replace("[price.json, price.ubj]", "[{file: weights.bin, format: xgboost_ubj}]") << QStringList{QStringLiteral("weights.bin")};
    }
    void xgboostReadsTheFilesToTheSameAnswers() {
        QFETCH(QByteArray, recipe);
        QFETCH(QStringList, files);
        const auto package = trained(recipe);
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const QString folder = fresh();
        const auto exported = exportModel(*package, folder, false);
        QVERIFY2(exported, exported ? "" : qPrintable(exported.error().text()));
        QCOMPARE(QDir(folder).entryList(QDir::Files | QDir::Hidden, QDir::Name), files); // exactly those
        const auto sample = artifact::sampleRows(package->folder, package->signature);
        QVERIFY(sample && sample->inputs.count == 100);
        const auto ours = (*loadScorer(*package))->score(sample->inputs);
        QVERIFY(ours);
        for (const ExportedFile &file : *exported) {
            QCOMPARE(file.rows, 100);
            QVERIFY(file.worst <= exportTolerance);
            QCOMPARE(file.sha256, *sha256OfFile(file.path));
            if (file.path.endsWith(QStringLiteral(".bin")))
                continue; // XGBoost tells formats by the ending
            const std::vector<float> theirs = bySystem(file.path, sample->inputs);
            QCOMPARE(theirs.size(), std::size_t(100));
            for (std::size_t i = 0; i < 100; ++i) {
                const double expected = ours->classes ? ours->probabilities[i * 2 + 1] : ours->values[i];
                QVERIFY2(std::abs(double(theirs[i]) - expected) <= 1e-5 * std::max(1.0, std::abs(expected)), qPrintable(QStringLiteral("row %1: %2, %3").arg(i).arg(double(theirs[i])).arg(expected)));
            }
        }
    }

    /// Of several steps and targets: as many outputs, in the order of the signature.
    void aForecastOfSeveralTargetsIsExportedToo() {
        QByteArray csv = "time,t,u\n";
        for (int i = 0; i < 300; ++i)
            csv += QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(3600LL * i).toString(Qt::ISODate).toLatin1() + ',' + QByteArray::number(std::sin(i / 4.0)) + ',' + QByteArray::number(100 * std::cos(i / 5.0)) + '\n';
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("hours.csv")), csv));
        const auto package = trained("recipe: hours\ndata: {source: hours.csv}\ntask: forecast\ntarget: [t, u]\ntime: {column: time, step: 1h}\nforecast: {window: 6, horizon: 2}\nsplit: {after: 2024-01-10}\n"
                                     "estimators: [gradient_boosting: {n_estimators: 8}]\nexport: [hours.ubj]\n");
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const auto exported = exportModel(*package, fresh(), false);
        QVERIFY2(exported, exported ? "" : qPrintable(exported.error().text()));
        const auto sample = artifact::sampleRows(package->folder, package->signature);
        const auto ours = (*loadScorer(*package))->score(sample->inputs);
        const std::vector<float> theirs = bySystem(exported->front().path, sample->inputs);
        QCOMPARE(theirs.size(), ours->values.size());
        for (std::size_t i = 0; i < theirs.size(); ++i)
            QVERIFY2(std::abs(double(theirs[i]) - ours->values[i]) <= 1e-5 * std::max(1.0, std::abs(ours->values[i])), qPrintable(QString::number(i)));
    }

    /// XGBoost brings the answers of boosting to a sum of 1 itself; those of a forest it would give as they are.
    void threeClassesAreExportedWhereXgboostGivesTheirProbabilities() {
        QByteArray csv = "a,b,kind\n";
        metrics::Random random(5);
        for (int i = 0; i < 300; ++i) {
            const double a = random.uniform(), b = random.uniform();
            csv += QByteArray::number(a) + ',' + QByteArray::number(b) + (a + 0.3 * random.uniform() > 0.8 ? ",hill\n" : b > 0.5 ? ",coast\n" : ",plain\n");
        }
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("kinds.csv")), csv));
        const QByteArray recipe = "recipe: kinds\ndata: {source: kinds.csv}\ntask: classification\ntarget: kind\nsplit: {every: 3}\nestimators: [gradient_boosting: {n_estimators: 10}]\nexport: [kind.ubj]\n";
        const auto boosted = trained(recipe);
        QVERIFY2(boosted, boosted ? "" : qPrintable(boosted.error().text()));
        const auto exported = exportModel(*boosted, fresh(), false);
        QVERIFY2(exported, exported ? "" : qPrintable(exported.error().text()));
        const auto sample = artifact::sampleRows(boosted->folder, boosted->signature);
        const auto ours = (*loadScorer(*boosted))->score(sample->inputs);
        const std::vector<float> theirs = bySystem(exported->front().path, sample->inputs);
        QCOMPARE(theirs.size(), std::size_t(300)); // 100 rows of three classes
        for (std::size_t i = 0; i < theirs.size(); ++i)
            QVERIFY2(std::abs(double(theirs[i]) - ours->probabilities[i]) <= 1e-5, qPrintable(QString::number(i)));
        const auto forest = trained(QByteArray(recipe).replace("gradient_boosting: {n_estimators: 10}", "random_forest: {n_estimators: 3}"));
        QVERIFY2(forest, forest ? "" : qPrintable(forest.error().text()));
        const QString folder = fresh();
        const auto refused = exportModel(*forest, folder, false);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Invalid);
        QVERIFY2(refused.error().what.contains(QStringLiteral("random_forest says of 3 classes is brought to a sum of 1")), qPrintable(refused.error().text()));
        QVERIFY2(refused.error().where.endsWith(QStringLiteral("recipe.yaml:7:10")), qPrintable(refused.error().where));
        QVERIFY(!QDir(folder).exists());
    }

    void withoutSampleRowsTheProfileGivesSome() {
        const auto package = trained(QByteArray(prices).replace("source: houses.csv", "source: houses.csv, sample: false"));
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const auto exported = exportModel(*package, fresh(), false);
        QVERIFY2(exported, exported ? "" : qPrintable(exported.error().text()));
        QVERIFY(exported->front().rows > 30);
    }

    void aFileThatIsThereStaysUnlessItIsToBeReplaced() {
        const auto package = trained(prices);
        QVERIFY(package);
        const QString folder = fresh();
        QVERIFY(writeFileAtomically(folder + QStringLiteral("/price.ubj"), "mine"));
        const auto refused = exportModel(*package, folder, false);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Conflict);
        QVERIFY(refused.error().where.endsWith(QStringLiteral("/price.ubj")));
        QCOMPARE(*readFile(folder + QStringLiteral("/price.ubj")), QByteArray("mine"));
        QCOMPARE(QDir(folder).entryList(QDir::Files | QDir::Hidden), QStringList{QStringLiteral("price.ubj")}); // nothing is left of the attempt
        const auto replaced = exportModel(*package, folder, true);
        QVERIFY2(replaced, replaced ? "" : qPrintable(replaced.error().text()));
        QVERIFY(*readFile(folder + QStringLiteral("/price.ubj")) != QByteArray("mine"));
        const auto again = exportModel(*package, fresh(), false);
        QCOMPARE(again->back().sha256, replaced->back().sha256); // the same package, the same bytes
    }

    void whatCannotBeWrittenSaysWhy_data() {
        QTest::addColumn<QByteArray>("recipe");
        QTest::addColumn<QString>("says");
        QTest::newRow("a rescaled input") << QByteArray(prices).replace("impute: median", "impute: median, standard_scale") << "“size” is rescaled before it comes to the trees";
        QTest::newRow("a category") << QByteArray(prices).replace("[place, dear]", "[dear]").replace("impute: median", "impute: median, one_hot") << "“place” is a category";
        QTest::newRow("no file named") << QByteArray(prices).replace("export: [price.json, price.ubj]\n", "") << "names no file to export";
        QTest::newRow("another estimator won") << QByteArray(prices).replace("gradient_boosting: {n_estimators: 20}", "linear_regression, decision_tree: {max_depth: 1}") << "price.json cannot be written as xgboost_json: linear_regression";
    }
    void whatCannotBeWrittenSaysWhy() {
        QFETCH(QByteArray, recipe);
        QFETCH(QString, says);
        const auto package = trained(recipe);
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const QString folder = fresh();
        const auto exported = exportModel(*package, folder, false);
        QVERIFY(!exported);
        QCOMPARE(exported.error().kind, ErrorKind::Invalid);
        QVERIFY2(exported.error().text().contains(says), qPrintable(exported.error().text()));
        QVERIFY2(exported.error().where.contains(QStringLiteral("recipe.yaml")), qPrintable(exported.error().where));
        QVERIFY(!QDir(folder).exists() || QDir(folder).isEmpty(QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot));
        if (recipe.contains("linear_regression")) // said at the end of the training already
            QVERIFY(readFile(package->folder + QStringLiteral("/MODEL_CARD.md"))->contains("price.json cannot be exported"));
    }

    void aFormatThatNoEstimatorGivesIsToldBeforeTheTraining() {
        const auto package = trained(QByteArray(prices).replace("price.json, price.ubj", "price.ubj, price.pt"));
        QVERIFY(!package);
        QVERIFY2(package.error().where.endsWith(QStringLiteral("recipe.yaml:9:21")), qPrintable(package.error().where));
        QVERIFY2(package.error().hint.contains(QStringLiteral("mlp")) && !package.error().hint.contains(QStringLiteral("lstm")), qPrintable(package.error().text())); // an LSTM makes forecasts only
    }

    void whatIsExportedDoesNotDecideTheWeights() {
        const auto with = trained(prices), without = trained(QByteArray(prices).replace("export: [price.json, price.ubj]\n", ""));
        QVERIFY(with && without);
        QCOMPARE(with->weightsSha256(), without->weightsSha256());
        QCOMPARE(with->recipe.value(Q("export")).toArray().at(1).toObject().value(Q("file")).toString(), QStringLiteral("price.ubj"));
    }

    void jsonThatIsNoneIsAnError() {
        QVERIFY(!jsonToUbjson("{\"a\":"));
        QCOMPARE(*jsonToUbjson("{\"a\":[1,-300,70000,5000000000,0.5,true,null,\"x\"]}"),
                 QByteArray("{L\0\0\0\0\0\0\0\x01""a[i\x01l\xff\xff\xfe\xd4l\0\x01\x11pL\0\0\0\x01*\x05\xf2\0d?\0\0\0TZSL\0\0\0\0\0\0\0\x01x]}", 53));
    }
};

QTEST_GUILESS_MAIN(TestExportModel)
#include "tst_export_model.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/training_need.h"

#include "core/base/file.h"
#include "core/learn/trainer.h"
#include "tests/support/memory_limit.h"

#include <QFileInfo>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

constexpr qint64 MiB = qint64(1) << 20;
constexpr int rows = 300'000;

} // namespace

class TestTrainingNeed : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    Result<workspace::Recipe> recipe(const QByteArray &rest) {
        const QString file = m_folder.filePath(QStringLiteral("r.yaml"));
        PH_TRY(writeFileAtomically(file, "recipe: r\ndata: {source: d.csv}\nsplit: {every: 5}\n" + rest));
        return workspace::readRecipe(file);
    }
    static std::vector<std::unique_ptr<Estimator>> estimatorsOf(const workspace::Recipe &recipe) {
        std::vector<std::unique_ptr<Estimator>> made;
        for (const workspace::EstimatorSpec &spec : recipe.estimators)
            made.push_back(*makeEstimator(spec, recipe.task));
        return made;
    }
    TrainingNeed need(const QByteArray &rest, int threads = 1) {
        const auto asked = recipe(rest);
        if (!asked)
            qFatal("%s", qPrintable(asked.error().text()));
        return *trainingNeed(*asked, estimatorsOf(*asked), threads);
    }

private Q_SLOTS:
    void initTestCase() {
        QByteArray csv = "time,x,z,place,note,y\n";
        for (int i = 0; i < rows; ++i)
            csv += "2024-01-01T00:00:00," + QByteArray::number(i % 977 + 1000) + ',' + QByteArray::number(i % 31 + 1000) + ",place" + QByteArray::number(i % 4) + ",n," + QByteArray::number(i % 13 + 1000) + '\n';
        QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("d.csv")), csv));
    }

    void theMatrixHasTheColumnsOfTheRecipe_data() {
        QTest::addColumn<QByteArray>("rest");
        QTest::addColumn<int>("columns");
        const QByteArray regression = "task: regression\ntarget: y\nestimators: [linear_regression]\n";
        QTest::newRow("every column but target and time, a category coded once a text") << regression + "transforms: [one_hot]\n" << 2 + 4 + 1;
        QTest::newRow("a category coded as a number") << regression + "transforms: [ordinal]\n" << 4;
        QTest::newRow("those that are included") << regression + "features: {include: [x]}\n" << 1;
        QTest::newRow("without those that are excluded") << regression + "features: {exclude: [note, place]}\n" << 2;
        QTest::newRow("with those that are made") << regression + "features: {include: [x]}\ntime: {column: time, step: 1h}\ntransforms: [lag: {steps: [1, 2, 3]}]\n" << 4;
        QTest::newRow("a forecast's window of each series") << QByteArray("task: forecast\ntarget: y\nfeatures: {include: [x]}\ntime: {column: time, step: 1h}\nforecast: {window: 24, horizon: 3}\nestimators: [ridge]\n") << 48;
        QTest::newRow("a forecast's window of each target and series") << QByteArray("task: forecast\ntarget: [y, z]\nfeatures: {include: [x, y]}\ntime: {column: time, step: 1h}\nforecast: {window: 24, horizon: 3}\nestimators: [ridge]\n") << 72;
    }
    void theMatrixHasTheColumnsOfTheRecipe() {
        QFETCH(QByteArray, rest);
        QFETCH(int, columns);
        const TrainingNeed found = need(rest);
        QCOMPARE(found.columns, columns);
        QVERIFY2(std::abs(double(found.rows - rows)) < 0.01 * rows, qPrintable(QString::number(found.rows)));
        QCOMPARE(found.rows, found.table.rows);
    }

    void theNeedIsWhatIsKeptAtOnce() {
        // Table: three numbers, a time, two categories. Samples: x and its target and number. Matrix and what is learned from: x of four
        // fifths. Linear regression: a copy of them.
        const TrainingNeed found = need("task: regression\ntarget: y\nfeatures: {include: [x]}\nestimators: [linear_regression]\n");
        const double n = double(found.rows), table = n * (4 * 8 + 2 * 4), most = std::max(n * 8 * 3 + 3 * 0.8 * n * 8, n * 8 * 4);
        QVERIFY2(std::abs(double(found.bytes) - table - most) < 10'000, qPrintable(QStringLiteral("%1 and not %2").arg(found.bytes).arg(table + most)));
        QCOMPARE(found.estimator, QStringLiteral("linear_regression"));
    }

    void whatNeedsMoreIsToldSo_data() {
        QTest::addColumn<QByteArray>("less");
        QTest::addColumn<QByteArray>("more");
        const QByteArray head = "task: regression\ntarget: y\nfeatures: {include: [x, z]}\nestimators: ";
        QTest::newRow("exact splits") << head + "[decision_tree: {tree_method: hist}]\n" << head + "[decision_tree: {tree_method: exact}]\n";
        QTest::newRow("the same of boosting") << head + "[gradient_boosting]\n" << head + "[gradient_boosting: {tree_method: exact}]\n";
        QTest::newRow("a forest on two threads has two matrices") << head + "[decision_tree: {tree_method: hist}]\n" << head + "[random_forest]\n";
        QTest::newRow("neighbours are kept") << head + "[ridge]\n" << head + "[k_neighbors]\n";
        QTest::newRow("svr has its rows twice") << head + "[ridge]\n" << head + "[svr]\n";
        QTest::newRow("folds are learned beside the whole") << head + "[ridge]\n" << head + "[ridge]\nvalidation: {k_fold: 5}\n";
        QTest::newRow("trials have the data each") << head + "[ridge]\n" << head + "[ridge]\nsearch: {trials: 4, parallel: 2, space: {ridge: {alpha: [1, 2, 3, 4]}}}\n";
        QTest::newRow("a target more") << QByteArray("task: forecast\ntarget: y\nfeatures: {include: [z]}\ntime: {column: time, step: 1h}\nforecast: {window: 2, horizon: 30}\nestimators: [ridge]\n")
                                       << QByteArray("task: forecast\ntarget: [y, z]\ntime: {column: time, step: 1h}\nforecast: {window: 2, horizon: 30}\nestimators: [ridge]\n");
        QTest::newRow("a longer window") << QByteArray("task: forecast\ntarget: y\ntime: {column: time, step: 1h}\nforecast: {window: 24, horizon: 3}\nestimators: [ridge]\n")
                                         << QByteArray("task: forecast\ntarget: y\ntime: {column: time, step: 1h}\nforecast: {window: 48, horizon: 3}\nestimators: [ridge]\n");
    }
    void whatNeedsMoreIsToldSo() {
        QFETCH(QByteArray, less);
        QFETCH(QByteArray, more);
        const TrainingNeed a = need(less, 2), b = need(more, 2);
        QVERIFY2(b.bytes > a.bytes + a.rows * 4, qPrintable(QStringLiteral("%1 and %2").arg(a.bytes).arg(b.bytes)));
    }

    void rowsThatCannotBeToldCountAsNone() {
        const TrainingNeed found = need("task: regression\ntarget: y\nfeatures: {include: [x]}\nestimators: [ridge]\n");
        auto asked = recipe("task: regression\ntarget: y\nfeatures: {include: [x]}\nestimators: [ridge]\n");
        asked->data.where.insert(QStringLiteral("place"), QStringLiteral("place1"));
        const auto filtered = trainingNeed(*asked, estimatorsOf(*asked), 1);
        QVERIFY(filtered);
        QCOMPARE(filtered->bytes, filtered->table.bytes);
        QVERIFY(filtered->bytes < found.bytes);
    }

    void aTrainingThatDoesNotFitIsRefusedBeforeItReads() {
        auto asked = recipe("task: regression\ntarget: y\nfeatures: {exclude: [note]}\ntransforms: [one_hot]\nestimators: [ridge, random_forest: {n_estimators: 8, trees_per_booster: 1}]\n");
        QVERIFY2(asked, asked ? "" : qPrintable(asked.error().text()));
        TrainOptions options;
        options.recipe = *asked;
        options.out = m_folder.filePath(QStringLiteral("package"));
        options.threads = 8;
        const test::MemoryLimit limit(60 * MiB);
        const auto result = train(options);
        QVERIFY(!result);
        QCOMPARE(result.error().kind, ErrorKind::Refused);
        QCOMPARE(result.error().where, options.recipe.data.source);
        QVERIFY2(result.error().what.contains(QRegularExpression(QStringLiteral("^Training random_forest on about \\d{6} rows \\(6 columns in the file, 6 in the model\\) needs about \\d+\\.\\d MiB of memory; \\d+\\.\\d MiB of the memory limit of .* is left\\.$"))), qPrintable(result.error().what));
        QVERIFY2(result.error().hint.contains(QRegularExpression(QStringLiteral("With --threads 1 it needs about \\d+\\.\\d MiB\\. Or raise --max-memory\\.$"))), qPrintable(result.error().hint));
        QVERIFY(!QFileInfo::exists(options.out));
        QVERIFY(!hasCheckpoint(options.out));
    }
};

QTEST_GUILESS_MAIN(TestTrainingNeed)
#include "tst_training_need.moc"

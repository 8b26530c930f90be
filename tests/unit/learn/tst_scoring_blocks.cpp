// SPDX-License-Identifier: GPL-3.0-or-later
// Scoring a file block by block gives what scoring all its rows at once gives, to the last bit.
#include "core/learn/scoring_blocks.h"

#include "core/base/file.h"
#include "core/learn/import_model.h"
#include "core/learn/load_scorer.h"
#include "core/learn/torch_loader.h"
#include "core/learn/trainer.h"
#include "core/metrics/random.h"
#include "tests/support/gzip.h"
#include "tests/support/memory_limit.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

constexpr int scoredRows = 20'000; // more than two slices

/// With what a file brings: missing values that are imputed and others that are not, a text among numbers, categories never seen, a
/// column that no model takes, ragged rows.
QByteArray houses(int rows, quint64 seed, bool clean) {
    QByteArray csv = "id,size,age,place,kind,price,sold\n";
    metrics::Random random(seed);
    const char *places[] = {"coast", "inland", "hill", "moon"};
    for (int i = 0; i < rows; ++i) {
        const double size = 50 + std::floor(100 * random.uniform()), age = std::floor(40 * random.uniform());
        const auto place = random.below(clean ? 3 : 4);
        const double price = 1000 * size - 300 * age + 20000 * double(place) + 4000 * random.uniform();
        csv += "H" + QByteArray::number(i) + ',' + (!clean && i % 211 == 5 ? QByteArray("large") : QByteArray::number(size)) + ',' + (i % 17 == 3 ? QByteArray() : QByteArray::number(age)) + ',' + places[place] + ',' +
               QByteArray::number(i % 3) + ',' + QByteArray::number(price) + ',' + (price > 100000 ? "yes" : "no") + '\n';
        if (!clean && i % 1000 == 500)
            csv += "short\n";
    }
    return csv;
}

QByteArray hours(int rows) {
    QByteArray csv = "time,t2m,rh2m\n";
    metrics::Random random(4);
    for (int i = 0; i < rows; ++i)
        csv += QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(3600LL * i).toString(Qt::ISODate).toLatin1() + ',' + QByteArray::number(10 + 8 * std::sin(i * 2 * 3.14159265 / 24) + random.uniform()) + ',' +
               QByteArray::number(60 + 10 * std::cos(i * 2 * 3.14159265 / 24)) + '\n';
    return csv;
}

/// All that was handed on, in one piece.
struct Collected {
    ScoringRows rows;
    artifact::Predictions predictions;
    int calls = 0;
    TakeScored take() {
        return [this](const ScoringRows &r, const artifact::Predictions &p) -> Result<void> {
            ++calls;
            if (r.inputs.count != p.count || r.inputs.first != rows.tableRows.size() + rows.origins.size())
                return invalid(QStringLiteral("a slice begins at row %1").arg(r.inputs.first));
            rows.inputs.values.insert(rows.inputs.values.end(), r.inputs.values.begin(), r.inputs.values.end());
            rows.tableRows.insert(rows.tableRows.end(), r.tableRows.begin(), r.tableRows.end());
            rows.origins.insert(rows.origins.end(), r.origins.begin(), r.origins.end());
            predictions.values.insert(predictions.values.end(), p.values.begin(), p.values.end());
            predictions.probabilities.insert(predictions.probabilities.end(), p.probabilities.begin(), p.probabilities.end());
            return {};
        };
    }
};

const QByteArray regression = "recipe: houses\ndata: {source: train.csv}\ntask: regression\ntarget: price\nfeatures: {categorical: [place], exclude: [id, sold, kind]}\nsplit: {every: 5}\n"
                              "transforms: [impute: {strategy: median, columns: [age]}, one_hot, standard_scale]\nseed: 7\nestimators: ";
const QByteArray classification = "recipe: sold\ndata: {source: train.csv}\ntask: classification\ntarget: sold\nfeatures: {categorical: [place], exclude: [id, price, kind]}\nsplit: {every: 5}\n"
                                  "transforms: [impute: {strategy: median, columns: [age]}, target_encode, standard_scale]\nseed: 7\nestimators: ";
const QByteArray forecast = "recipe: t2m\ndata: {source: hours.csv}\ntask: forecast\ntarget: t2m\nfeatures: {include: [rh2m]}\ntime: {column: time, step: 1h, zone: UTC}\nforecast: {window: 24, horizon: 3}\n"
                            "split: {after: 2024-01-20}\nestimators: ";
const QByteArray lagged = "recipe: t2m\ndata: {source: hours.csv}\ntask: regression\ntarget: t2m\ntime: {column: time, step: 1h}\nsplit: {after: 2024-01-20}\ntransforms: [lag: {steps: [1, 24]}, standard_scale]\nestimators: ";

} // namespace

class TestScoringBlocks : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_runs = 0;

    QString path(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    Result<artifact::Package> trained(const QByteArray &recipe) {
        PH_TRY(writeFileAtomically(path("recipe.yaml"), recipe));
        TrainOptions options;
        PH_ASSIGN(options.recipe, workspace::readRecipe(path("recipe.yaml")));
        options.out = path("package") + QString::number(++m_runs);
        PH_ASSIGN(const TrainResult result, train(options));
        return artifact::openPackage(result.package);
    }
    /// Both ways over a file; fails where they differ.
    void compareBothWays(const artifact::Package &package, const QString &file, bool streamed) {
        const auto scorer = loadScorer(package);
        QVERIFY2(scorer, scorer ? "" : qPrintable(scorer.error().text()));
        const auto rows = scoringRows(package, file);
        QVERIFY2(rows, rows ? "" : qPrintable(rows.error().text()));
        const auto predictions = (*scorer)->score(rows->inputs);
        QVERIFY2(predictions, predictions ? "" : qPrintable(predictions.error().text()));
        Collected found;
        const auto scored = scoreFile(package, **scorer, file, found.take());
        QVERIFY2(scored, scored ? "" : qPrintable(scored.error().text()));
        QCOMPARE(scored->streamed, streamed);
        QCOMPARE(scored->rows, rows->inputs.count);
        QVERIFY(scored->rows > 100);
        QCOMPARE(found.rows.inputs.values.size(), rows->inputs.values.size());
        QCOMPARE(found.rows.tableRows, rows->tableRows);
        QCOMPARE(found.rows.origins, rows->origins);
        QCOMPARE(found.predictions.values, predictions->values);
        QCOMPARE(found.predictions.probabilities, predictions->probabilities);
        QCOMPARE(scored->notes.mid(1), rows->notes.mid(1)); // the first tells of problems, in all columns or those of the model
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(writeFileAtomically(path("train.csv"), houses(500, 1, true)));
        QVERIFY(writeFileAtomically(path("score.csv"), houses(scoredRows, 2, false)));
        QVERIFY(writeFileAtomically(path("score.csv.gz"), test::gzipped(houses(scoredRows, 2, false))));
        QVERIFY(writeFileAtomically(path("hours.csv"), hours(700)));
        QVERIFY(writeFileAtomically(path("many_hours.csv"), hours(9000)));
    }

    void everyKindOfModelScoresInBlocksAsAtOnce_data() {
        QTest::addColumn<QByteArray>("recipe");
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("streamed");
        const auto add = [](const char *name, const QByteArray &recipe, const char *file = "score.csv", bool streamed = true) { QTest::newRow(name) << recipe << QString::fromLatin1(file) << streamed; };
        add("linear regression", regression + "[linear_regression]\n");
        add("lasso, from gzip", regression + "[lasso: {alpha: 10}]\n", "score.csv.gz");
        add("decision tree", regression + "[decision_tree: {max_depth: 5}]\n");
        add("random forest", regression + "[random_forest: {n_estimators: 10, max_depth: 6}]\n");
        add("k neighbours", regression + "[k_neighbors]\n");
        add("support vector regression", regression + "[svr: {C: 1000}]\n");
        add("logistic regression", classification + "[logistic_regression]\n");
        add("boosting of classes", classification + "[gradient_boosting: {n_estimators: 10}]\n");
        add("support vector classes", classification + "[svc]\n");
        add("neighbours' classes", classification + "[k_neighbors: {weights: distance}]\n");
        add("a network", regression + "[mlp: {hidden: [16], epochs: 3}]\n");
        add("a network of classes", classification + "[mlp: {hidden: [16], epochs: 3}]\n");
        add("a forecast", forecast + "[ridge]\n", "many_hours.csv", false);
        add("columns of the past", lagged + "[ridge]\n", "many_hours.csv", false);
        QByteArray where = regression + "[linear_regression]\n";
        add("rows by a column that is an input", QByteArray(where).replace("train.csv}", "train.csv, where: {place: coast}}"));
        add("rows by a column that is none", QByteArray(where).replace("train.csv}", "train.csv, where: {kind: 1.0, sold: 'yes'}}"));
    }
    void everyKindOfModelScoresInBlocksAsAtOnce() {
        QFETCH(QByteArray, recipe);
        QFETCH(QString, file);
        QFETCH(bool, streamed);
        if (recipe.contains("mlp") && !torchModule())
            QSKIP("the LibTorch module was not built");
        const auto package = trained(recipe);
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        compareBothWays(*package, m_folder.filePath(file), streamed);
    }

    /// Its rows may be rounded by those beside them: blocks of 1024 must lie alike.
    void anImportedTorchScriptScoresInBlocksAsAtOnce() {
        if (!torchModule())
            QSKIP("the LibTorch module was not built");
        const QString from = QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/learn/imported/");
        ImportOptions options;
        options.file = from + QStringLiteral("net.pt");
        options.name = QStringLiteral("m");
        options.out = path("imported");
        options.rows = from + QStringLiteral("net.csv");
        options.expected = {QStringLiteral("p")};
        options.user = QStringLiteral("ada");
        options.runId = QString(32, QLatin1Char('c'));
        const auto imported = importModel(options);
        QVERIFY2(imported, imported ? "" : qPrintable(imported.error().text()));
        const auto package = artifact::openPackage(options.out);
        QVERIFY(package);
        const auto few = readFile(options.rows);
        QVERIFY(few);
        const qsizetype head = few->indexOf('\n') + 1;
        const QByteArray body = few->mid(head);
        QVERIFY(writeFileAtomically(path("many.csv"), few->left(head) + body.repeated(int(scoredRows / body.count('\n')) + 1)));
        compareBothWays(*package, path("many.csv"), true);
    }

    void aFileThatBringsTheColumnsOfThePastIsStreamed() {
        const auto package = trained(lagged + "[ridge]\n");
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        compareBothWays(*package, package->folder + QStringLiteral("/sample.csv"), true);
    }

    void problemsAreToldWithTheirPlace() {
        const auto package = trained(regression + "[linear_regression]\n");
        QVERIFY(package);
        const auto scorer = loadScorer(*package);
        Collected found;
        const auto scored = scoreFile(*package, **scorer, path("score.csv"), found.take());
        QVERIFY(scored);
        const int texts = (scoredRows - 5 + 210) / 211, ragged = scoredRows / 1000;
        QCOMPARE(scored->notes, (QStringList{QStringLiteral("Reading the data found %1 problems, %2 rows were dropped; `pilot profile` lists them. The first is in line 7, column 2: “large” in the column “size” is no number.").arg(texts + ragged).arg(ragged),
                                             QStringLiteral("%1 rows left out: an input is missing that the model does not fill in.").arg(texts)}));
        QCOMPARE(scored->rows, std::size_t(scoredRows - texts));
        QVERIFY(found.calls > 2);
    }

    void errorsAreThoseOfTheWholeFile_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        QByteArray unknown = houses(12'000, 3, true);
        unknown += "H,100,10,moon,0,1,no\n";
        QTest::newRow("an input that is not there") << QByteArray("size,place\n1,coast\n") << QStringLiteral("The data lacks 1 of the model's 3 inputs: age.");
        QTest::newRow("a category that is refused, by its row") << unknown << QStringLiteral("Input “place” of row 12001 holds a category");
        QTest::newRow("a quote that never closes") << houses(5000, 3, true) + "H,100,10,\"coast,0,1,no\n" << QStringLiteral("never closes");
        QTest::newRow("no file of rows") << QByteArray() << QStringLiteral("The file is empty.");
    }
    void errorsAreThoseOfTheWholeFile() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const auto package = trained(QByteArray(regression).replace("one_hot", "one_hot: {unknown: error}") + "[linear_regression]\n");
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        QVERIFY(writeFileAtomically(path("wrong.csv"), bytes));
        const auto scorer = loadScorer(*package);
        const auto rows = scoringRows(*package, path("wrong.csv"));
        const Error whole = rows ? (*scorer)->score(rows->inputs).error() : rows.error();
        const auto scored = scoreFile(*package, **scorer, path("wrong.csv"), [](const ScoringRows &, const artifact::Predictions &) -> Result<void> { return {}; });
        QVERIFY(!scored);
        QCOMPARE(scored.error().text(), whole.text());
        QVERIFY2(scored.error().what.contains(words), qPrintable(scored.error().what));
    }

    void aStopEndsItBetweenSlices() {
        const auto package = trained(regression + "[linear_regression]\n");
        QVERIFY(package);
        const auto scorer = loadScorer(*package);
        std::stop_source stop;
        int calls = 0;
        const auto scored = scoreFile(*package, **scorer, path("score.csv"), [&](const ScoringRows &, const artifact::Predictions &) -> Result<void> {
            ++calls;
            stop.request_stop();
            return {};
        }, stop.get_token());
        QVERIFY(!scored);
        QCOMPARE(scored.error().kind, ErrorKind::Cancelled);
        QCOMPARE(calls, 1);
    }

    void progressCountsRowsAndEndsAtTheSize() {
        const auto package = trained(regression + "[linear_regression]\n");
        QVERIFY(package);
        const auto scorer = loadScorer(*package);
        qint64 rows = 0, bytes = 0, of = 0;
        QVERIFY(scoreFile(*package, **scorer, path("score.csv"), Collected().take(), {}, [&](qint64 r, qint64 b, qint64 all) {
            QVERIFY(r >= rows && b >= bytes);
            rows = r;
            bytes = b;
            of = all;
        }));
        QCOMPARE(bytes, of);
        QCOMPARE(of, QFileInfo(path("score.csv")).size()); // every type is the model's: one reading
    }

    void whatNeedsOtherRowsIsRefusedBeforeMemoryRunsOut() {
        const auto package = trained(QByteArray(forecast).replace("window: 24", "window: 240") + "[ridge]\n");
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const auto scorer = loadScorer(*package);
        QVERIFY(writeFileAtomically(path("years.csv"), hours(100'000))); // 366 MiB of windows of 3 MiB of numbers
        const test::MemoryLimit limit(200 * 1024 * 1024);
        const auto scored = scoreFile(*package, **scorer, path("years.csv"), Collected().take());
        QVERIFY(!scored);
        QCOMPARE(scored.error().kind, ErrorKind::Refused);
        QVERIFY2(scored.error().what.contains(QStringLiteral("windows")), qPrintable(scored.error().what));
    }
};

QTEST_GUILESS_MAIN(TestScoringBlocks)
#include "tst_scoring_blocks.moc"

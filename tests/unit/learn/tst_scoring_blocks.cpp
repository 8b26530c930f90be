// SPDX-License-Identifier: GPL-3.0-or-later
// Scoring a file block by block gives what scoring all its rows at once gives, to the last bit.
#include "core/learn/scoring_blocks.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/memory.h"
#include "core/learn/evaluation.h"
#include "core/learn/import_model.h"
#include "core/learn/load_scorer.h"
#include "core/learn/torch_loader.h"
#include "core/learn/trainer.h"
#include "core/metrics/random.h"
#include "tests/support/gzip.h"
#include "tests/support/memory_limit.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
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

QByteArray timeText(int minutes) { return QDateTime(QDate(2020, 1, 1), QTime(0, 0), Qt::UTC).addSecs(60LL * minutes).toString(Qt::ISODate).toLatin1(); }

enum class Sorted { ByTime, ByStation, Not };

/// Two stations every hour, with gaps, rows without a time, missing values.
QByteArray stations(int hours, Sorted sorted) {
    metrics::Random random(9);
    std::vector<QByteArray> lines;
    for (int hour = 0; hour < hours; ++hour)
        for (const char station : {'A', 'B'}) {
            const bool gap = hour % 97 > 91 && station == 'A';
            const double a = 10 + 8 * std::sin(hour / 24.0) + random.uniform(), y = 3 * a + (station == 'B' ? 20 : 0) + random.uniform();
            const auto missing = random.below(9);
            const int minute = sorted == Sorted::ByTime ? int(random.below(3)) * 20 : 0;
            const QByteArray time = random.below(200) == 7 ? QByteArray() : timeText(60 * hour + minute);
            if (!gap)
                lines.push_back(time + ',' + station + ',' + (missing < 2 ? QByteArray() : QByteArray::number(a, 'g', 12)) + (missing == 5 ? QByteArray(",") : ",k" + QByteArray::number(hour % 4)) + ',' + QByteArray::number(y, 'g', 12) + '\n');
        }
    if (sorted == Sorted::ByTime)
        std::stable_sort(lines.begin(), lines.end(), [](const QByteArray &a, const QByteArray &b) { return a.left(20) < b.left(20); }); // those without a time come first
    if (sorted == Sorted::ByStation)
        std::stable_partition(lines.begin(), lines.end(), [](const QByteArray &line) { return line.contains(",A,"); });
    if (sorted == Sorted::Not)
        std::reverse(lines.begin(), lines.end());
    QByteArray csv = "time,station,a,kind,y\n";
    for (const QByteArray &line : lines)
        csv += line;
    return csv;
}

/// One row an hour of 40 numbers.
QByteArray wide(int rows) {
    QByteArray csv = "time,y";
    for (int column = 0; column < 40; ++column)
        csv += ",x" + QByteArray::number(column);
    csv += '\n';
    for (int row = 0; row < rows; ++row) {
        csv += timeText(60 * row) + ',' + char('0' + row % 10);
        for (int column = 0; column < 40; ++column) {
            csv += ',';
            csv += char('0' + (row * (column + 3) + row / 7) % 10);
        }
        csv += '\n';
    }
    return csv;
}

/// With the second row before the first: the smallest way not to be sorted.
QByteArray swapped(const QByteArray &csv) {
    const qsizetype first = csv.indexOf('\n') + 1, second = csv.indexOf('\n', first) + 1, third = csv.indexOf('\n', second) + 1;
    return csv.left(first) + csv.mid(second, third - second) + csv.mid(first, second - first) + csv.mid(third);
}

/// The first times without Z: they are of the recipe's zone only where no time of the file has an offset.
QByteArray firstWithoutOffset(const QByteArray &csv, int lines) {
    qsizetype end = 0;
    for (int line = 0; line < lines; ++line)
        end = csv.indexOf('\n', end) + 1;
    return csv.left(end).replace("Z,", ",") + csv.mid(end);
}

QStringList withoutReading(QStringList notes) {
    notes.removeIf([](const QString &note) { return note.startsWith(QStringLiteral("Reading the data")); }); // it looks for problems in all columns, or in those of the model
    return notes;
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
            rows.series.insert(rows.series.end(), r.series.begin(), r.series.end());
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
const QByteArray ofStations = "recipe: y\ndata: {source: stations.csv}\ntask: regression\ntarget: y\nfeatures: {exclude: [station]}\nsplit: {every: 5}\nestimators: [ridge]\n";
const QByteArray past = ofStations + "time: {column: time, step: 20min, by: station}\ntransforms: [lag: {steps: [3, 72], columns: [a, kind]}, rolling: {window: 18, min_periods: 1, columns: [a]}, calendar: {parts: [hour]}, "
                                     "impute: median, one_hot, standard_scale]\n";
const QByteArray neighbours = ofStations + "time: {column: time, step: 1h, by: station}\ntransforms: [impute: {strategy: time, limit: 3, columns: [a]}, impute: median, one_hot, standard_scale]\n";
const QByteArray steps = ofStations + "time: {column: time, step: 3h, resample: mean, by: station}\ntransforms: [impute: median, one_hot, standard_scale]\n";
const QByteArray allOfThem = ofStations + "time: {column: time, step: 2h, resample: last, by: station}\ntransforms: [lag: {steps: 1, columns: [a]}, impute: {strategy: time, limit: 2}, one_hot, standard_scale]\n";
const QByteArray wideRecipe = "recipe: y\ndata: {source: wide.csv}\ntask: regression\ntarget: y\ntime: {column: time, step: 1h}\nsplit: {every: 5}\ntransforms: [lag: {steps: 1, columns: [x0]}, impute: median]\nestimators: [ridge]\n";
const QByteArray stationForecast = "recipe: y\ndata: {source: stations.csv, where: {station: A}}\ntask: forecast\ntarget: y\nfeatures: {include: [a]}\ntime: {column: time, step: 1h, resample: mean, interpolate: 2}\n"
                                   "forecast: {window: 6, horizon: 2}\nsplit: {after: 2020-01-20}\ntransforms: [lag: {steps: 12}, standard_scale]\nestimators: [ridge]\n";

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
        QCOMPARE(found.rows.series, rows->series);
        QCOMPARE(found.predictions.values, predictions->values);
        QCOMPARE(found.predictions.probabilities, predictions->probabilities);
        QCOMPARE(withoutReading(scored->notes), withoutReading(rows->notes));
        QCOMPARE(unknownJson(scored->unknown), unknownJson(rows->unknown));
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(writeFileAtomically(path("train.csv"), houses(500, 1, true)));
        QVERIFY(writeFileAtomically(path("score.csv"), houses(scoredRows, 2, false)));
        QVERIFY(writeFileAtomically(path("score.csv.gz"), test::gzipped(houses(scoredRows, 2, false))));
        QVERIFY(writeFileAtomically(path("hours.csv"), hours(700)));
        QVERIFY(writeFileAtomically(path("many_hours.csv"), hours(9000)));
        QVERIFY(writeFileAtomically(path("stations.csv"), stations(900, Sorted::ByTime)));
        // Of several blocks.
        const QByteArray byTime = stations(40'000, Sorted::ByTime);
        QVERIFY(writeFileAtomically(path("by_time.csv"), byTime));
        QVERIFY(writeFileAtomically(path("zones.csv"), firstWithoutOffset(byTime, 60'000))); // all of the first block
        QVERIFY(writeFileAtomically(path("by_station.csv"), stations(40'000, Sorted::ByStation)));
        QVERIFY(writeFileAtomically(path("not_sorted.csv"), stations(2000, Sorted::Not)));
        QVERIFY(QFileInfo(path("by_time.csv")).size() > (3 << 20));
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
        add("a forecast", forecast + "[ridge]\n", "many_hours.csv");
        add("columns of the past", lagged + "[ridge]\n", "many_hours.csv");
        add("columns of the past, each station by itself", past, "by_time.csv");
        add("columns of the past, one station behind the other", past, "by_station.csv");
        add("columns of the past of rows that are not sorted", past, "not_sorted.csv", false);
        add("values read off neighbours", neighbours, "by_time.csv");
        add("values read off neighbours, one station behind the other", neighbours, "by_station.csv", false);
        add("values read off neighbours at any distance", QByteArray(neighbours).replace("limit: 3, ", ""), "by_time.csv", false);
        add("steps", steps, "by_time.csv");
        add("steps, one station behind the other", steps, "by_station.csv", false);
        add("steps, columns of the past, values read off neighbours", allOfThem, "by_time.csv");
        add("the same of rows that are not sorted", allOfThem, "not_sorted.csv", false);
        add("steps whose past is told apart otherwise than they", QByteArray(allOfThem).replace(", by: station", "").replace("columns: [a]}", "columns: [a], by: station}"), "by_time.csv", false);
        add("the time of a row needs no other row", ofStations + "time: {column: time}\ntransforms: [calendar: {parts: [hour]}, impute: median, one_hot]\n", "not_sorted.csv");
        const QByteArray elsewhere = ofStations + "time: {column: time, zone: Asia/Colombo}\ntransforms: [calendar: {parts: [hour]}, impute: median, one_hot]\n";
        add("the time of a row in a zone", elsewhere, "by_time.csv");
        add("the times of a part of the rows have an offset", elsewhere, "zones.csv", false);
        add("a forecast of steps, some of them interpolated", stationForecast, "by_time.csv");
        add("a forecast of rows that are not sorted", stationForecast, "not_sorted.csv", false);
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
        qsizetype unseen = 0;
        for (const QByteArray &line : readFile(path("score.csv"))->split('\n'))
            unseen += line.contains(",moon,") && !line.contains(",large,");
        QVERIFY(unseen > 100);
        QCOMPARE(unknownJson(scored->unknown), (QJsonArray{QJsonObject{{QStringLiteral("column"), QStringLiteral("place")}, {QStringLiteral("rows"), unseen},
                                                                      {QStringLiteral("categories"), QJsonArray{QStringLiteral("moon")}}, {QStringLiteral("more"), false}}}));
        QCOMPARE(scored->notes, (QStringList{QStringLiteral("Reading the data found %1 problems, %2 rows were dropped; `pilot profile` lists them. The first is in line 7, column 2: “large” in the column “size” is no number.").arg(texts + ragged).arg(ragged),
                                             QStringLiteral("%1 rows left out: an input is missing that the model does not fill in.").arg(texts),
                                             QStringLiteral("%1 rows have a category of “place” that training never saw: moon.").arg(unseen)}));
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

    /// A copy that was fetched is what it was when it was verified, or nothing is made of it; errors name what a person named.
    void aCopyThatChangedIsRefused() {
        const auto package = trained(regression + "[linear_regression]\n");
        QVERIFY(package);
        const auto scorer = loadScorer(*package);
        workspace::DataSpec data;
        data.source = QStringLiteral("s3://bucket/rows.csv");
        data.fetched = path("score.csv");
        const auto errors = [&] {
            QList<Error> errors;
            if (const auto scored = scoreFile(*package, **scorer, DataFile(data), Collected().take()); !scored)
                errors << scored.error();
            if (const auto rows = scoringRows(*package, DataFile(data)); !rows)
                errors << rows.error();
            if (const auto judged = evaluatePackage(*package, DataFile(data), nullptr); !judged)
                errors << judged.error();
            return errors;
        };
        data.fetchedSha256 = sha256OfFile(data.fetched).value_or(QString());
        QVERIFY(errors().isEmpty());
        data.fetchedSha256 = QString(64, QLatin1Char('0'));
        const QList<Error> refused = errors();
        QCOMPARE(refused.size(), 3);
        for (const Error &error : refused) {
            QCOMPARE(error.kind, ErrorKind::Conflict);
            QCOMPARE(error.where, data.source);
            QVERIFY(error.hint.contains(data.fetched));
        }
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

    /// Sorted by time it is scored in memory that does not grow; else it is refused before memory runs out, and the way out is told.
    void whatNeedsOtherRowsTakesNoMoreMemoryThanThey_data() {
        QTest::addColumn<QByteArray>("recipe");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("mebibytes");
        QTest::addColumn<qint64>("scored");
        QTest::newRow("a forecast") << QByteArray(forecast).replace("window: 24", "window: 240") + "[ridge]\n" << 100'000 << 200 << qint64(100'000 - 239); // 366 MiB of windows of 3 MiB of numbers
        QTest::newRow("columns of the past") << wideRecipe << 400'000 << 100 << qint64(400'000); // 128 MiB of numbers
    }
    void whatNeedsOtherRowsTakesNoMoreMemoryThanThey() {
        QFETCH(QByteArray, recipe);
        QFETCH(int, rows);
        QFETCH(int, mebibytes);
        QFETCH(qint64, scored);
        QVERIFY(writeFileAtomically(path("wide.csv"), wide(300)));
        const auto package = trained(recipe);
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        const auto scorer = loadScorer(*package);
        {
            const QByteArray csv = recipe.contains("forecast") ? hours(rows) : wide(rows);
            QVERIFY(writeFileAtomically(path("sorted.csv"), csv));
            QVERIFY(writeFileAtomically(path("swapped.csv"), swapped(csv)));
        }
        const qint64 room = qint64(mebibytes) << 20;
        [[maybe_unused]] const qint64 before = residentMemory();
        const test::MemoryLimit limit(room);
        qint64 count = 0, most = 0;
        const auto take = [&](const ScoringRows &some, const artifact::Predictions &) -> Result<void> {
            count += qint64(some.inputs.count);
            most = std::max(most, residentMemory());
            return {};
        };
        const auto streamed = scoreFile(*package, **scorer, path("sorted.csv"), take);
        QVERIFY2(streamed, streamed ? "" : qPrintable(streamed.error().text()));
        QVERIFY(streamed->streamed);
        QCOMPARE(count, scored);
#ifndef __SANITIZE_ADDRESS__ // which keeps what is freed, and gives it back when it likes: what is in use says nothing
        QVERIFY2(most - before < room, qPrintable(QString::number((most - before) >> 20)));
        const auto whole = scoreFile(*package, **scorer, path("swapped.csv"), take);
        QVERIFY(!whole);
        QCOMPARE(whole.error().kind, ErrorKind::Refused);
        QVERIFY2(whole.error().hint.contains(QStringLiteral("sort the file by time (time): then it is scored block by block")), qPrintable(whole.error().hint));
        QCOMPARE(count, scored); // nothing of it was handed on
#endif
    }
};

QTEST_GUILESS_MAIN(TestScoringBlocks)
#include "tst_scoring_blocks.moc"

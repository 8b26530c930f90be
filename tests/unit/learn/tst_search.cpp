// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/learn/search.h"
#include "core/learn/search_plan.h"
#include "core/learn/search_text.h"
#include "core/metrics/random.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

workspace::Recipe recipeWith(const QByteArray &search, const QByteArray &estimators = "[ridge, random_forest]") {
    const auto recipe = workspace::parseRecipe("recipe: r\ndata: {source: /d.csv}\ntask: regression\ntarget: y\nestimators: " + estimators + "\nsearch: " + search + "\n", QStringLiteral("/r.yaml"));
    return recipe ? *recipe : workspace::Recipe{};
}

Samples samplesOf(const std::vector<double> &targets) {
    Samples samples;
    samples.rows.targets = targets;
    return samples;
}

} // namespace

class TestSearch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pointsLieInTheirRanges() {
        const workspace::Recipe recipe = recipeWith("{trials: 200, space: {random_forest: {max_depth: {from: 3, to: 9}, subsample: {from: 0.01, to: 1.0, scale: log}, tree_method: [exact, hist]}}}");
        const auto points = searchPoints(recipe);
        QVERIFY2(points, qPrintable(points ? QString() : points.error().text()));
        QCOMPARE(points->size(), std::size_t(200));
        QCOMPARE(points->front().name, QStringLiteral("ridge")); // has no range: once, first
        QSet<int> depths;
        QSet<QString> methods;
        int small = 0;
        for (std::size_t i = 1; i < points->size(); ++i) {
            const QVariantMap &parameters = (*points)[i].parameters;
            QCOMPARE((*points)[i].name, QStringLiteral("random_forest"));
            QCOMPARE(parameters.value(QStringLiteral("max_depth")).typeId(), int(QMetaType::LongLong));
            depths.insert(parameters.value(QStringLiteral("max_depth")).toInt());
            methods.insert(parameters.value(QStringLiteral("tree_method")).toString());
            const double share = parameters.value(QStringLiteral("subsample")).toDouble();
            QVERIFY(share >= 0.01 && share <= 1);
            small += share < 0.1;
        }
        QCOMPARE(depths, (QSet<int>{3, 4, 5, 6, 7, 8, 9})); // both ends are drawn
        QCOMPARE(methods.size(), 2);
        QVERIFY2(small > 70 && small < 130, qPrintable(QString::number(small))); // half of them below the middle of the logarithms
    }
    void aShareFromNoneToAllLiesBetween() {
        const auto points = searchPoints(recipeWith("{trials: 40, space: {elastic_net: {l1_ratio: {from: 0, to: 1}, alpha: {from: 1, to: 100, scale: log}}}}", "[elastic_net]"));
        QVERIFY2(points, qPrintable(points ? QString() : points.error().text()));
        int between = 0;
        for (const auto &point : *points)
            for (const char *name : {"l1_ratio", "alpha"}) {
                const double value = point.parameters.value(QLatin1String(name)).toDouble();
                between += value != std::floor(value);
            }
        QCOMPARE(between, 80); // a whole number written does not make the parameter one
    }
    void moreTrialsBeginWithTheSameOnes() {
        const QByteArray space = "space: {random_forest: {max_depth: {from: 1, to: 30}, subsample: {from: 0.1, to: 0.9}}}";
        const auto few = searchPoints(recipeWith("{trials: 5, seed: 4, " + space + "}")), many = searchPoints(recipeWith("{trials: 20, seed: 4, " + space + "}")),
                   other = searchPoints(recipeWith("{trials: 5, seed: 5, " + space + "}"));
        QVERIFY(few && many && other);
        QCOMPARE(std::vector(many->begin(), many->begin() + 5), *few);
        QVERIFY(*few != *other);
    }
    void aSmallSpaceIsTriedOnce() {
        const auto points = searchPoints(recipeWith("{trials: 100, space: {random_forest: {max_depth: [3, 5], subsample: [0.5, 0.8]}}}"));
        QVERIFY(points);
        QCOMPARE(points->size(), std::size_t(5)); // ridge and 2 × 2
    }
    void fixedParametersStay() {
        const auto points = searchPoints(recipeWith("{trials: 3, space: {random_forest: {max_depth: [3, 5, 7]}}}", "[random_forest: {n_estimators: 12, max_depth: 2}]"));
        QVERIFY(points);
        for (const auto &point : *points) {
            QCOMPARE(point.parameters.value(QStringLiteral("n_estimators")).toInt(), 12);
            QVERIFY(point.parameters.value(QStringLiteral("max_depth")).toInt() > 2);
        }
    }
    void wrongRangesAreToldAtTheirPlace_data() {
        QTest::addColumn<QByteArray>("space");
        QTest::addColumn<QString>("words");
        QTest::newRow("parameter") << QByteArray("{random_forest: {max_depht: [3]}}") << QStringLiteral("max_depht");
        QTest::newRow("end") << QByteArray("{random_forest: {max_depth: {from: 3, to: 99}}}") << QStringLiteral("99");
        QTest::newRow("choice") << QByteArray("{random_forest: {tree_method: [exact, fast]}}") << QStringLiteral("fast");
    }
    void wrongRangesAreToldAtTheirPlace() {
        QFETCH(QByteArray, space);
        QFETCH(QString, words);
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("r.yaml"));
        QVERIFY(writeFileAtomically(file, "recipe: r\ndata: {source: d.csv}\ntask: regression\ntarget: y\nestimators: [random_forest]\nsearch: {space: " + space + "}\n"));
        const auto recipe = workspace::readRecipe(file);
        QVERIFY2(recipe, qPrintable(recipe ? QString() : recipe.error().text()));
        const auto points = searchPoints(*recipe);
        QVERIFY(!points);
        QCOMPARE(points.error().kind, ErrorKind::Invalid);
        QVERIFY2(points.error().text().contains(words), qPrintable(points.error().text()));
        QVERIFY2(points.error().where.startsWith(file + QStringLiteral(":6:")), qPrintable(points.error().where));
    }
    void roundsHalve_data() {
        QTest::addColumn<int>("trials");
        QTest::addColumn<int>("factor");
        QTest::addColumn<int>("rows");
        QTest::addColumn<QList<double>>("shares");
        QTest::addColumn<QList<int>>("kept");
        QTest::newRow("27 by 3") << 27 << 3 << 100000 << QList<double>{1. / 27, 1. / 9, 1. / 3, 1} << QList<int>{9, 3, 1, 1};
        QTest::newRow("14 by 3") << 14 << 3 << 100000 << QList<double>{1. / 27, 1. / 9, 1. / 3, 1} << QList<int>{5, 2, 1, 1};
        QTest::newRow("8 by 2") << 8 << 2 << 100000 << QList<double>{.125, .25, .5, 1} << QList<int>{4, 2, 1, 1};
        QTest::newRow("few rows, fewer rounds") << 27 << 3 << 600 << QList<double>{1. / 9, 1. / 3, 1} << QList<int>{9, 3, 1};
        QTest::newRow("too few rows to halve") << 9 << 3 << 100 << QList<double>{1} << QList<int>{1};
        QTest::newRow("one trial") << 1 << 3 << 100000 << QList<double>{1} << QList<int>{1};
    }
    void roundsHalve() {
        QFETCH(int, trials);
        QFETCH(int, factor);
        QFETCH(int, rows);
        QFETCH(QList<double>, shares);
        QFETCH(QList<int>, kept);
        workspace::SearchSpec search;
        search.method = workspace::SearchSpec::Method::Halving;
        search.factor = factor;
        const auto rounds = searchRounds(search, std::size_t(trials), std::size_t(rows));
        QCOMPARE(rounds.size(), std::size_t(shares.size()));
        for (std::size_t i = 0; i < rounds.size(); ++i) {
            QVERIFY(std::abs(rounds[i].share - shares[qsizetype(i)]) < 1e-12);
            QCOMPARE(int(rounds[i].kept), kept[qsizetype(i)]);
        }
        search.method = workspace::SearchSpec::Method::Random;
        QCOMPARE(searchRounds(search, std::size_t(trials), std::size_t(rows)), (std::vector<SearchRound>{{1, 1}}));
    }
    void theBestTrialsAreATable() {
        const auto search = [](const QByteArray &larger) {
            const QByteArray forest = R"("estimator":"random_forest","parameters":{"max_depth":)";
            return QJsonDocument::fromJson(R"({"metric":"rmse","larger_is_better":)" + larger + R"(,"trials":[
                {"trial":0,"estimator":"ridge","parameters":{"alpha":1},"round":0,"share":0.5,"mean":12.25,"std":0.5,"seconds":0.04,"error":""},
                {"trial":1,)" + forest + R"(3,"subsample":0.1234567891,"seed":7},"round":1,"share":1,"mean":9.5,"std":null,"seconds":100.5,"error":""},
                {"trial":2,)" + forest + R"(5,"subsample":1,"seed":7},"round":0,"share":0.5,"mean":null,"std":null,"seconds":2,"error":"no"},
                {"trial":10,)" + forest + R"(12,"subsample":1,"seed":7},"round":0,"share":0.5,"mean":8.125,"std":1.26,"seconds":3,"error":""}]})").object();
        };
        // The later round first, which a figure of half the rows does not beat; what all trials of an estimator share is not told.
        QCOMPARE(bestTrialsText(search("false")), QStringLiteral("    trial   rmse  ± std  seconds  model\n"
                                                                 "        1    9.5          100.50  random_forest max_depth 3, subsample 0.123457\n"
                                                                 "       10  8.125  ± 1.3     3.00  random_forest max_depth 12, subsample 1, on 50 % of the rows\n"
                                                                 "        0  12.25  ± 0.5     0.04  ridge, on 50 % of the rows\n"));
        QCOMPARE(bestTrialsText(search("true"), 2).section(QLatin1Char('\n'), 2), QStringLiteral("        0  12.25  ± 0.5     0.04  ridge, on 50 % of the rows\n"));
        QVERIFY(bestTrialsText({{QStringLiteral("trials"), QJsonArray()}}).isEmpty());
    }
    void aShareKeepsEveryClass() {
        std::vector<double> targets(1000);
        std::vector<std::size_t> rows;
        for (std::size_t i = 0; i < targets.size(); ++i) {
            targets[i] = i < 3 ? 2 : i % 2 ? 1 : 0;
            rows.push_back(i);
        }
        workspace::Recipe recipe;
        recipe.task = workspace::TaskKind::Classification;
        const auto kept = shareOf(samplesOf(targets), recipe, rows, 0.1);
        QVERIFY(std::is_sorted(kept.begin(), kept.end()));
        std::vector<int> of(3);
        for (const std::size_t row : kept)
            ++of[std::size_t(targets[row])];
        QVERIFY(of[2] == 1 && of[0] > 45 && of[0] < 55 && of[1] > 45 && of[1] < 55);
        QCOMPARE(shareOf(samplesOf(targets), recipe, rows, 1), rows);
        QCOMPARE(shareOf(samplesOf(targets), recipe, rows, 0.1), kept); // the same draw
    }
    void aShareOfALogIsItsNewestPart() {
        workspace::Recipe recipe;
        recipe.validation = workspace::ValidationSpec{workspace::ValidationSpec::Kind::Expanding, 3, {}, {}, 0};
        QCOMPARE(shareOf(samplesOf(std::vector<double>(10)), recipe, {0, 1, 2, 3, 4, 5}, 0.34), (std::vector<std::size_t>{4, 5}));
    }
    void importanceNamesWhatMatters() {
        const workspace::Recipe recipe = recipeWith("{trials: 60, space: {random_forest: {max_depth: {from: 1, to: 30}, subsample: {from: 0.1, to: 0.9}, tree_method: [exact, hist]}}}", "[random_forest]");
        std::vector<SearchTrial> trials;
        std::vector<double> figures;
        const auto points = searchPoints(recipe);
        QVERIFY(points);
        for (const auto &point : *points) {
            trials.push_back({int(trials.size()), point, 0, 1, {}, 0, {}});
            figures.push_back(point.parameters.value(QStringLiteral("max_depth")).toDouble() / 30 + (point.parameters.value(QStringLiteral("tree_method")) == QStringLiteral("hist") ? 0.2 : 0));
        }
        figures[5] = std::nan(""); // a failed one has no say
        const auto shares = searchImportance(*recipe.search, trials, figures);
        QCOMPARE(shares.size(), std::size_t(3));
        QCOMPARE(shares[0].parameter, QStringLiteral("max_depth"));
        QCOMPARE(shares[1].parameter, QStringLiteral("tree_method"));
        QVERIFY(shares[0].share > 0.6 && shares[2].share < 0.05);
        QVERIFY(std::abs(shares[0].share + shares[1].share + shares[2].share - 1) < 1e-12);
        QVERIFY(searchImportance(*recipe.search, {trials.begin(), trials.begin() + 5}, {figures.begin(), figures.begin() + 5}).empty());
        QVERIFY(searchImportance(*recipe.search, trials, std::vector<double>(60, 0.5)).empty()); // nothing to explain
    }
    void aTrialIsJudgedOnTheDataOfItsSearchOnly() {
        QTemporaryDir folder;
        const QString data = folder.filePath(QStringLiteral("d.csv")), file = folder.filePath(QStringLiteral("r.yaml"));
        QByteArray csv = "x,y\n";
        for (int i = 0; i < 40; ++i)
            csv += QByteArray::number(i) + ',' + QByteArray::number(3 * i + i % 3) + '\n';
        QVERIFY(writeFileAtomically(data, csv));
        QVERIFY(writeFileAtomically(file, "recipe: r\ndata: {source: d.csv}\ntask: regression\ntarget: y\nestimators: [ridge]\nvalidation: {k_fold: 3}\n"));
        const auto recipe = workspace::readRecipe(file);
        QVERIFY2(recipe, qPrintable(recipe ? QString() : recipe.error().text()));
        const auto folds = scoreTrial(*recipe, 1, 1, sha256Hex(csv), {});
        QVERIFY2(folds, qPrintable(folds ? QString() : folds.error().text()));
        QCOMPARE(folds->size(), std::size_t(3));
        const auto other = scoreTrial(*recipe, 1, 1, sha256Hex(csv + "40,120\n"), {});
        QVERIFY(!other);
        QCOMPARE(other.error().kind, ErrorKind::Conflict);
        QVERIFY2(other.error().what.contains(QStringLiteral("(SHA-256 %1 then, %2 now)").arg(sha256Hex(csv + "40,120\n").left(12), sha256Hex(csv).left(12))), qPrintable(other.error().text()));
        QCOMPARE(other.error().where, data);
    }
    void validationFollowsTheTask_data() {
        QTest::addColumn<QByteArray>("rest");
        QTest::addColumn<int>("kind");
        using Kind = workspace::ValidationSpec::Kind;
        QTest::newRow("regression") << QByteArray("task: regression\n") << int(Kind::KFold);
        QTest::newRow("classes") << QByteArray("task: classification\n") << int(Kind::StratifiedKFold);
        QTest::newRow("groups") << QByteArray("task: regression\nsplit: {grouped: 0.2, by: house}\n") << int(Kind::GroupedKFold);
        QTest::newRow("time") << QByteArray("task: regression\ntime: {column: at}\nsplit: {after: 2020-01-01}\n") << int(Kind::Expanding);
        QTest::newRow("forecast") << QByteArray("task: forecast\ntime: {column: at, step: 1h}\nsplit: {after: 2020-01-01}\n") << int(Kind::Expanding);
    }
    void validationFollowsTheTask() {
        QFETCH(QByteArray, rest);
        QFETCH(int, kind);
        const auto recipe = workspace::parseRecipe("recipe: r\ndata: {source: /d.csv}\ntarget: y\nestimators: [mlp]\nsearch: {space: {mlp: {seed: [1, 2]}}}\n" + rest, QStringLiteral("/r.yaml"));
        QVERIFY2(recipe, qPrintable(recipe ? QString() : recipe.error().text()));
        QCOMPARE(int(searchValidation(*recipe).kind), kind);
    }
};

QTEST_GUILESS_MAIN(TestSearch)
#include "tst_search.moc"

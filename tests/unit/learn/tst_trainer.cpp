// SPDX-License-Identifier: GPL-3.0-or-later
#include "training_bench.h"

#include "core/artifact/package.h"
#include "core/base/json.h"
#include "core/learn/evaluation.h"
#include "core/learn/load_scorer.h"
#include "core/learn/samples.h"
#include "core/learn/train_report.h"

#include <QDir>
#include <QFileInfo>
#include <QTest>

#include <mutex>

using namespace pilothouse;
using namespace pilothouse::learn;
using namespace pilothouse::test;
using Q = QLatin1String;

namespace {

/// Collects the events of a training.
class Collected final : public EventSink {
public:
    void emitEvent(const QString &event, QJsonObject fields) override {
        const std::lock_guard guard(m_lock);
        events.push_back({event, std::move(fields)});
        if (onEvent)
            onEvent(events.back());
    }
    int count(const char *name) const {
        return int(std::count_if(events.begin(), events.end(), [name](const Event &e) { return e.name == Q(name); }));
    }
    std::vector<Event> events;
    std::function<void(const Event &)> onEvent;

private:
    std::mutex m_lock;
};

QByteArray houses(int rows, quint64 seed = 1) {
    QByteArray csv = "size,age,place,price\n";
    metrics::Random random(seed);
    const char *places[] = {"coast", "inland", "hill"};
    for (int i = 0; i < rows; ++i) {
        const double size = 50 + std::floor(100 * random.uniform()), age = std::floor(40 * random.uniform());
        const int place = int(random.below(3));
        csv += QByteArray::number(size) + ',' + (i % 17 == 3 ? QByteArray() : QByteArray::number(age)) + ',' + places[place] + ',' +
               QByteArray::number(1000 * size - 300 * age + 20000 * place + 4000 * random.uniform()) + '\n';
    }
    return csv;
}

const char *const houseRecipe = "recipe: houses\ndata: {source: houses.csv}\ntask: regression\ntarget: price\nfeatures: {categorical: [place]}\nsplit: {every: 5}\n"
                                "transforms: [impute: median, one_hot, standard_scale]\nestimators: [linear_regression, decision_tree: {max_depth: 4}]\nselect: {metric: r2}\ngates: [r2 >= 0.5]\nseed: 7\n";
const char *const forestRecipe = "recipe: houses\ndata: {source: houses.csv}\ntask: regression\ntarget: price\nfeatures: {categorical: [place]}\nsplit: {every: 5}\n"
                                 "transforms: [impute: median, one_hot]\nestimators: [linear_regression, random_forest: {n_estimators: 10, max_depth: 5, trees_per_booster: 1}, decision_tree: {max_depth: 3}]\nselect: {metric: mae}\n";

} // namespace

class TestTrainer : public QObject, private TrainingBench {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QVERIFY(writeFileAtomically(path(QStringLiteral("houses.csv")), houses(400)));
        QVERIFY(writeFileAtomically(path(QStringLiteral("hours.csv")), hours(600)));
    }

    void eachEstimatorHasItsOwnCurves_data() {
        QTest::addColumn<QByteArray>("estimators");
        QTest::addColumn<QStringList>("curves");
        const QByteArray boosting = "gradient_boosting: {n_estimators: 3, max_depth: 2}";
        QTest::newRow("one") << QByteArray(boosting) << QStringList{QStringLiteral("train_loss")};
        QTest::newRow("beside one without") << "linear_regression, " + boosting << QStringList{QStringLiteral("gradient_boosting/train_loss")};
        QTest::newRow("named twice") << boosting + ", " + boosting << QStringList{QStringLiteral("gradient_boosting-2/train_loss"), QStringLiteral("gradient_boosting/train_loss")};
    }
    void eachEstimatorHasItsOwnCurves() {
        QFETCH(QByteArray, estimators);
        QFETCH(QStringList, curves);
        auto o = options("recipe: houses\ndata: {source: houses.csv}\ntask: regression\ntarget: price\nsplit: {every: 5}\nfeatures: {include: [size]}\nestimators: [" + estimators + "]\nselect: {metric: mae}\n");
        QVERIFY2(o, o ? "" : qPrintable(o.error().text()));
        QMap<QString, QList<qint64>> steps;
        o->onMetric = [&](const QString &name, qint64 step, double) { steps[name] << step; };
        const auto result = train(*o);
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QCOMPARE(steps.keys(), curves);
        for (const QList<qint64> &points : std::as_const(steps))
            QCOMPARE(points, (QList<qint64>{1, 2, 3}));
    }

    void aTrainingGivesASealedPackageThatScoresAsItWasJudged() {
        auto o = options(houseRecipe);
        QVERIFY2(o, o ? "" : qPrintable(o.error().text()));
        Collected events;
        o->events = &events;
        const auto result = train(*o);
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QCOMPARE(result->estimator, QStringLiteral("linear_regression"));
        QCOMPARE(result->candidates.size(), std::size_t(2));
        QVERIFY(result->gatesPassed());
        QCOMPARE(result->rows, 400);
        QCOMPARE(result->trainRows, 320);
        QVERIFY(result->baseline.value(QStringLiteral("r2")) < 0.1);
        QVERIFY(!QFileInfo::exists(o->out + QStringLiteral(".checkpoint")));
        QCOMPARE(events.events.front().name, QStringLiteral("started"));
        QCOMPARE(events.count("stage"), 6);
        QVERIFY(events.count("progress") >= 2);

        const auto package = artifact::openPackage(o->out);
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        QCOMPARE(package->digest, result->digest);
        QCOMPARE(package->runId, result->runId);
        QCOMPARE(package->data.value(Q("md5")).toString(), result->md5);
        const auto scorer = loadScorer(o->out);
        QVERIFY2(scorer, scorer ? "" : qPrintable(scorer.error().text()));
        const auto sample = artifact::sampleRows(o->out, package->signature);
        QVERIFY(sample);
        QCOMPARE(sample->inputs.count, std::size_t(80));
        const auto scored = artifact::scoreRows(**scorer, *sample);
        QVERIFY(scored);
        const auto again = metrics::allMetrics(*scored);
        for (auto it = result->test.begin(); it != result->test.end(); ++it)
            QCOMPARE(again->value(it.key()), it.value());
        QVERIFY(QFileInfo::exists(o->out + QStringLiteral("/profile.json")));
        QCOMPARE(*readFile(o->out + QStringLiteral("/recipe.yaml")), QByteArray(houseRecipe));
    }

    void whatAutoCameToStandsInThePackage() {
        auto o = options(QByteArray(houseRecipe).replace("linear_regression, ", ""));
        QVERIFY(o);
        QVERIFY(train(*o));
        const QJsonObject model = QJsonDocument::fromJson(*readFile(o->out + QStringLiteral("/metrics.json"))).object().value(Q("model")).toObject();
        QCOMPARE(model.value(Q("tree_method")).toString(), QStringLiteral("exact")); // 320 rows: below 100,000
        QCOMPARE(model.value(Q("trees")).toInt(), 1);
        QVERIFY(readFile(o->out + QStringLiteral("/MODEL_CARD.md"))->contains("- tree_method: exact\n"));
    }

    void theJsonHasItsDocumentedKeys() {
        const auto result = run(houseRecipe);
        QVERIFY(result);
        const QJsonObject json = result->toJson();
        for (const char *key : {"run", "package", "digest", "estimator", "metrics", "candidates", "gates", "data", "seconds", "weights_sha256", "notes", "baseline", "select"})
            QVERIFY2(json.contains(Q(key)), key);
        for (const char *side : {"train", "test", "baseline"})
            QVERIFY(json.value(Q("metrics")).toObject().value(Q(side)).toObject().value(Q("r2")).isDouble());
        QCOMPARE(json.value(Q("gates")).toArray().at(0).toObject().value(Q("rule")).toString(), QStringLiteral("r2 >= 0.5"));
        QVERIFY(json.value(Q("candidates")).toArray().at(1).toObject().value(Q("metrics")).toObject().value(Q("test")).isObject());
    }

    void theSameRecipeAndSeedGiveTheSameWeights_data() {
        QTest::addColumn<QByteArray>("estimator");
        QTest::newRow("least squares") << QByteArray("linear_regression");
        QTest::newRow("tree") << QByteArray("decision_tree");
        QTest::newRow("forest") << QByteArray("random_forest: {n_estimators: 20, max_depth: 6}");
    }
    void theSameRecipeAndSeedGiveTheSameWeights() {
        QFETCH(QByteArray, estimator);
        const auto recipe = [&](const char *seed) { return QByteArray(houseRecipe).replace("linear_regression, decision_tree: {max_depth: 4}", estimator).replace("seed: 7", seed); };
        const auto one = run(recipe("seed: 7"));
        QVERIFY2(one, one ? "" : qPrintable(one.error().text()));
        auto o = options(recipe("seed: 7"));
        o->threads = 3;
        const auto two = train(*o);
        QCOMPARE(one->weightsSha256.size(), 64);
        QCOMPARE(two->weightsSha256, one->weightsSha256);
        QVERIFY(two->runId != one->runId);
        if (estimator.startsWith("random_forest"))
            QVERIFY(run(recipe("seed: 8"))->weightsSha256 != one->weightsSha256);
    }

    void nothingOfTheTestRowsGoesIntoTheModel() {
        // The test rows (4, 9, …) get absurd values and a category of their own: weights and pre-processing must not notice.
        const auto before = run(houseRecipe);
        QVERIFY(before);
        QByteArray spoilt;
        const QList<QByteArray> lines = houses(400).split('\n');
        for (qsizetype i = 0; i < lines.size(); ++i)
            spoilt += (i > 0 && !lines[i].isEmpty() && (i - 1) % 5 == 4 ? QByteArray("99999,-5000,moon,7") : lines[i]) + '\n';
        QVERIFY(writeFileAtomically(path(QStringLiteral("spoilt.csv")), spoilt));
        const auto after = run(QByteArray(houseRecipe).replace("houses.csv", "spoilt.csv"));
        QVERIFY2(after, after ? "" : qPrintable(after.error().text()));
        const auto same = [&](const char *file) { return *readFile(before->package + Q(file)) == *readFile(after->package + Q(file)); };
        QVERIFY(same("/preprocessing.json"));
        QVERIFY(same("/signature.json"));
        QVERIFY(same("/profile.json"));
        QVERIFY(same("/train_rows.u64"));
        QVERIFY(!same("/predictions.json")); // that tells what is said of the test rows
        // The best estimator may differ, as it is chosen on the test rows; the weights of the same one may not.
        const auto linearBefore = run(QByteArray(houseRecipe).replace(", decision_tree: {max_depth: 4}", ""));
        const auto linearAfter = run(QByteArray(houseRecipe).replace(", decision_tree: {max_depth: 4}", "").replace("houses.csv", "spoilt.csv"));
        QCOMPARE(linearAfter->weightsSha256, linearBefore->weightsSha256);
        QVERIFY(linearAfter->test.value(QStringLiteral("mae")) > linearBefore->test.value(QStringLiteral("mae")));
    }

    void badInputIsAnsweredAndNothingIsLeft_data() {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("says");
        QTest::newRow("missing values without impute are counted, with the column") << QByteArray("impute: median, ") << QByteArray() << "24 of 400 rows have no value in column “age”";
        QTest::newRow("categories without one_hot") << QByteArray("one_hot, ") << QByteArray() << "Add one_hot";
        QTest::newRow("a metric of another task") << QByteArray("metric: r2") << QByteArray("metric: accuracy") << "“accuracy” (in select) has no value";
        QTest::newRow("an unknown parameter") << QByteArray("max_depth: 4") << QByteArray("max_dept: 4") << "Did you mean “max_depth”";
        QTest::newRow("an estimator for another task") << QByteArray("linear_regression,") << QByteArray("logistic_regression,") << "cannot do a regression";
        QTest::newRow("no such target") << QByteArray("target: price") << QByteArray("target: prize") << "prize";
        QTest::newRow("a column that `where` misspells") << QByteArray("source: houses.csv") << QByteArray("source: houses.csv, where: {plce: coast}") << "names the column “plce”, which the file does not have. Did you mean “place”?";
        QTest::newRow("a time column that is misspelt") << QByteArray("transforms: [") << QByteArray("time: {column: szie, step: 1h}\ntransforms: [calendar: {parts: [hour]}, ") << "Did you mean “size”?";
        QTest::newRow("no such file") << QByteArray("houses.csv") << QByteArray("house.csv") << "house.csv";
        QTest::newRow("a constant target") << QByteArray("houses.csv") << QByteArray("constant.csv") << "one and the same value";
        QTest::newRow("no test row") << QByteArray("every: 5") << QByteArray("every: 5000") << "test";
        const QByteArray whole(houseRecipe);
        const auto classes = [&](const QByteArray &target) { return "recipe: r\ndata: {source: lacking.csv}\ntask: classification\ntarget: " + target + "\nfeatures: {include: [size]}\nestimators: [decision_tree]\n"; };
        const auto numbers = [&](const QByteArray &features) { return "recipe: r\ndata: {source: lacking.csv}\ntask: regression\ntarget: price\nfeatures: {" + features + "}\nestimators: [ridge]\n"; };
        QTest::newRow("one class only") << whole << classes("place") << "The target “place” has fewer than two classes in the training rows";
        QTest::newRow("one class only in the training rows") << whole << classes("kind") << "The target “kind” has fewer than two classes in the training rows";
        QTest::newRow("a column missing in all rows: impute is no advice") << whole << numbers("include: [size, gone]") << "Column “gone” has no value in any of the 40 training rows. Leave it out by features: {exclude: [gone]}.";
        QTest::newRow("a column missing in all training rows") << whole << numbers("include: [size, late]") << "Column “late” has no value in any of the 40 training rows.";
        QTest::newRow("categories missing in all rows: one_hot is no advice") << whole << numbers("include: [size, gone], categorical: [gone]") << "Column “gone” has no value in any of the 40 training rows.";
        QTest::newRow("a column missing in all rows, to be imputed") << whole << numbers("include: [size, gone]") + "transforms: [impute: median]\n" << "The input “gone” has no value in the training rows, so nothing can be imputed.";
        QTest::newRow("a value that is no number") << whole << numbers("include: [size]").replace("lacking.csv", "words.csv") << "in column “size” (the first is data row 8). Reading the data found one problem, 0 rows were dropped; `pilot profile` shows it. It is in line 9, column 1: “oops” in the column “size” is no number.";
    }
    void badInputIsAnsweredAndNothingIsLeft() {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, says);
        QByteArray constant = "size,age,place,price\n", words = constant, lacking = "size,place,kind,gone,late,price\n";
        for (int i = 0; i < 50; ++i) {
            constant += QByteArray::number(i) + ",1,coast,5\n";
            words += (i == 7 ? QByteArray("oops") : QByteArray::number(i)) + ",1,coast," + QByteArray::number(i % 7) + '\n';
            lacking += QByteArray::number(i) + (i % 5 == 4 ? ",coast,b,,1," : ",coast,a,,,") + QByteArray::number(i % 7) + '\n'; // every fifth row tests
        }
        QVERIFY(writeFileAtomically(path(QStringLiteral("constant.csv")), constant));
        QVERIFY(writeFileAtomically(path(QStringLiteral("lacking.csv")), lacking));
        QVERIFY(writeFileAtomically(path(QStringLiteral("words.csv")), words));
        const QByteArray recipe = QByteArray(houseRecipe).replace(from, to);
        QVERIFY(recipe != houseRecipe);
        auto o = options(recipe);
        QVERIFY2(o, o ? "" : qPrintable(o.error().text()));
        const auto result = train(*o);
        QVERIFY(!result);
        QVERIFY2(result.error().kind == ErrorKind::Invalid || result.error().kind == ErrorKind::NotFound, qPrintable(result.error().kindName()));
        QVERIFY2(result.error().text().contains(says), qPrintable(result.error().text()));
        QCOMPARE(QDir(folder.path()).entryList({QStringLiteral("package-%1*").arg(runs)}, QDir::Dirs).size(), 0);
    }

    void whatIsFoundAfterParsingNamesItsPlaceToo_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("place");
        const QByteArray head("recipe: r\ndata: {source: houses.csv}\ntask: regression\n");
        QTest::newRow("an unknown parameter") << head + "target: price\nfeatures: {include: [size]}\nestimators:\n  - ridge\n  - decision_tree: {max_dept: 4}\n" << "8:21";
        QTest::newRow("a parameter out of its range") << head + "target: price\nfeatures: {include: [size]}\nestimators: [ridge: {alpha: -1}]\n" << "6:22";
        QTest::newRow("an estimator for another task") << head + "target: price\nfeatures: {include: [size]}\nestimators: logistic_regression\n" << "6:13";
        QTest::newRow("a target that the data lacks") << head + "target: prise\nfeatures: {include: [size]}\nestimators: [ridge]\n" << "4:9";
        QTest::newRow("a feature that the data lacks") << head + "target: price\nfeatures: {include: [size,\n  sizes]}\nestimators: [ridge]\n" << "6:3";
        QTest::newRow("a gate of another task") << head + "target: price\nfeatures: {include: [size]}\nestimators: [ridge]\ngates: [r2 >= 0.1, accuracy >= 0.5]\n" << "7:20";
    }
    void whatIsFoundAfterParsingNamesItsPlaceToo() {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, place);
        const QString file = path(QStringLiteral("placed.yaml"));
        QVERIFY(writeFileAtomically(file, yaml));
        const auto recipe = workspace::readRecipe(file);
        QVERIFY2(recipe, recipe ? "" : qPrintable(recipe.error().text()));
        TrainOptions o;
        o.recipe = *recipe;
        o.out = path(QStringLiteral("package-placed"));
        const auto result = train(o);
        QVERIFY(!result);
        QCOMPARE(result.error().where, file + QLatin1Char(':') + place);
        QVERIFY(!QFileInfo::exists(o.out));
    }

    void rowsWithoutATargetAreCountedAndLeftOut() {
        QByteArray csv = houses(200);
        csv += "80,10,coast,\n90,11,coast,\n";
        QVERIFY(writeFileAtomically(path(QStringLiteral("gaps.csv")), csv));
        const auto result = run(QByteArray(houseRecipe).replace("houses.csv", "gaps.csv"));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QCOMPARE(result->trainRows + result->testRows, 200);
        QVERIFY2(result->notes.join(QLatin1Char(' ')).contains(QStringLiteral("2 rows left out: the true value is missing")), qPrintable(result->notes.join(QLatin1Char(' '))));
    }

    void aFailedGateStillWritesThePackage() {
        const auto result = run(QByteArray(houseRecipe).replace("r2 >= 0.5", "mae <= 1"));
        QVERIFY(result);
        QVERIFY(!result->gatesPassed());
        QVERIFY(!result->gates[0].passed && result->gates[0].value > 1);
        QVERIFY(artifact::openPackage(result->package));
    }

    void anExistingFolderIsNotTouched() {
        auto o = options(houseRecipe);
        QVERIFY(QDir().mkpath(o->out));
        const auto result = train(*o);
        QCOMPARE(result.error().kind, ErrorKind::Conflict);
        QVERIFY(QDir(o->out).isEmpty());
    }

    void theSampleCanBeSwitchedOff() {
        const auto result = run(QByteArray(houseRecipe).replace("source: houses.csv", "source: houses.csv, sample: false"));
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QVERIFY(!QFileInfo::exists(result->package + QStringLiteral("/sample.csv")));
        QVERIFY(artifact::openPackage(result->package));
    }

    void stoppedAnywhereAndResumedTheWeightsAreThoseOfOneRun() {
        const auto whole = run(forestRecipe);
        QVERIFY2(whole, whole ? "" : qPrintable(whole.error().text()));
        QCOMPARE(whole->candidates.size(), std::size_t(3));
        metrics::Random random(2);
        int interruptions = 0;
        for (int round = 0; round < 20; ++round) {
            auto o = options(forestRecipe);
            Result<TrainResult> result = cancelled();
            for (int part = 0; part < 30 && !result; ++part) {
                std::stop_source stop;
                Collected events;
                int left = 3 + int(random.below(24));
                events.onEvent = [&](const Event &) {
                    if (--left == 0)
                        stop.request_stop();
                };
                o->stop = stop.get_token();
                o->events = &events;
                o->checkpointSeconds = random.below(2) ? 0 : 1000;
                o->resume = part > 0 && hasCheckpoint(o->out);
                o->threads = 1 + int(random.below(3));
                result = train(*o);
                QVERIFY2(result || result.error().kind == ErrorKind::Cancelled, result ? "" : qPrintable(result.error().text()));
                interruptions += result ? 0 : 1;
                QVERIFY(result || !QFileInfo::exists(o->out));
            }
            if (!result) {
                o->stop = {};
                o->events = nullptr;
                result = train(*o);
            }
            QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
            QCOMPARE(result->weightsSha256, whole->weightsSha256);
            QCOMPARE(result->estimator, whole->estimator);
            for (std::size_t i = 0; i < 3; ++i)
                QCOMPARE(result->candidates[i].test, whole->candidates[i].test);
            QVERIFY(!hasCheckpoint(o->out));
        }
        QVERIFY2(interruptions > 20, qPrintable(QString::number(interruptions)));
    }

    void aRunKilledAfterItsPackageIsAnsweredFromIt() {
        auto o = options(forestRecipe);
        std::stop_source stop;
        Collected events;
        events.onEvent = [&](const Event &e) {
            if (e.name == Q("checkpoint"))
                stop.request_stop();
        };
        o->stop = stop.get_token();
        o->events = &events;
        o->checkpointSeconds = 0;
        QVERIFY(!train(*o));
        const QString checkpoint = o->out + QStringLiteral(".checkpoint"), kept = path(QStringLiteral("kept"));
        QVERIFY(QDir().rename(checkpoint, kept));
        QVERIFY(QDir().mkpath(checkpoint));
        for (const QString &name : QDir(kept).entryList(QDir::Files))
            QVERIFY(QFile::copy(kept + QLatin1Char('/') + name, checkpoint + QLatin1Char('/') + name));
        QVERIFY(QDir(kept).exists(QStringLiteral("estimator-0")));
        QVERIFY(QDir().mkpath(checkpoint + QStringLiteral("/estimator-0")));
        for (const QString &name : QDir(kept + QStringLiteral("/estimator-0")).entryList(QDir::Files))
            QVERIFY(QFile::copy(kept + QStringLiteral("/estimator-0/") + name, checkpoint + QStringLiteral("/estimator-0/") + name));
        o->stop = {};
        o->resume = true;
        const auto first = train(*o);
        QVERIFY2(first, first ? "" : qPrintable(first.error().text()));
        QVERIFY(!QFileInfo::exists(checkpoint));
        QVERIFY(QDir().rename(kept, checkpoint)); // as if the kill came just before the checkpoint was cleared
        const auto second = train(*o);
        QVERIFY2(second, second ? "" : qPrintable(second.error().text()));
        QJsonObject a = first->toJson(), b = second->toJson();
        a.remove(Q("seconds"));
        b.remove(Q("seconds"));
        QCOMPARE(b, a);
        QVERIFY(!QFileInfo::exists(checkpoint));
        QCOMPARE(train(*o)->digest, first->digest); // killed later still: the checkpoint is gone, the package is there
        QCOMPARE(*resumableRun(o->out), std::optional(first->runId));
        o->recipe.seed = 99;
        const auto changed = train(*o);
        QVERIFY(!changed && changed.error().kind == ErrorKind::Refused);
    }

    void aChangedRecipeOrDataIsNotResumed_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("says");
        QTest::newRow("recipe") << "recipe" << "the recipe has changed";
        QTest::newRow("data") << "data" << "the data has changed";
        QTest::newRow("state cut") << "state" << "cut or changed";
        QTest::newRow("no checkpoint") << "none" << "nothing can be resumed";
    }
    void aChangedRecipeOrDataIsNotResumed() {
        QFETCH(QString, what);
        QFETCH(QString, says);
        QVERIFY(writeFileAtomically(path(QStringLiteral("changing.csv")), houses(300)));
        const QByteArray recipe = QByteArray(forestRecipe).replace("houses.csv", "changing.csv");
        auto o = options(recipe);
        std::stop_source stop;
        Collected events;
        events.onEvent = [&](const Event &e) {
            if (e.name == Q("checkpoint"))
                stop.request_stop();
        };
        o->stop = stop.get_token();
        o->events = &events;
        o->checkpointSeconds = 0;
        if (what != Q("none")) {
            QCOMPARE(train(*o).error().kind, ErrorKind::Cancelled);
            QVERIFY(hasCheckpoint(o->out));
        }
        o->stop = {};
        o->resume = true;
        if (what == Q("recipe"))
            o->recipe.seed = 8;
        if (what == Q("data"))
            QVERIFY(writeFileAtomically(path(QStringLiteral("changing.csv")), houses(300, 2)));
        if (what == Q("state")) {
            const QStringList states = QDir(o->out + QStringLiteral(".checkpoint")).entryList({QStringLiteral("state-*")});
            QCOMPARE(states.size(), 1);
            QFile file(o->out + QStringLiteral(".checkpoint/") + states[0]);
            QVERIFY(file.resize(file.size() / 2));
        }
        const auto result = train(*o);
        QVERIFY(!result);
        QVERIFY2(result.error().text().contains(says), qPrintable(result.error().text()));
        QVERIFY(!QFileInfo::exists(o->out));
    }

    void aForecastStandsBesideTheNaiveOnes() {
        const auto result = run("recipe: t2m\ndata: {source: hours.csv}\ntask: forecast\ntarget: t2m\nfeatures: {include: [rh2m]}\ntime: {column: time, step: 1h, zone: UTC}\n"
                                "forecast: {window: 24, horizon: 3}\nsplit: {after: 2024-01-20}\ntransforms: [standard_scale]\nestimators: [ridge: {alpha: 1}, random_forest: {n_estimators: 10, max_depth: 6}]\n");
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        // A sine of a day with a uniform on top: a day later only |u − v| of two uniforms is left, 1/3; the newest hour is worse.
        QCOMPARE(result->baselines.keys(), (QStringList{QStringLiteral("mean"), QStringLiteral("persistence"), QStringLiteral("seasonal")}));
        QCOMPARE(result->baselineName, QStringLiteral("seasonal"));
        QCOMPARE(result->baseline, result->baselines.value(QStringLiteral("seasonal")));
        QVERIFY(std::abs(result->baseline.value(QStringLiteral("mae")) - 1.0 / 3) < 0.05);
        QVERIFY(result->baselines.value(QStringLiteral("persistence")).value(QStringLiteral("mae")) > 0.5);
        QVERIFY(std::abs(result->baselines.value(QStringLiteral("mean")).value(QStringLiteral("r2"))) < 0.01); // days are alike: their mean explains nothing
        QVERIFY(!result->notes.join(QLatin1Char('\n')).contains(QStringLiteral("no whole season")));
        QVERIFY(result->test.value(QStringLiteral("mae")) < result->baseline.value(QStringLiteral("mae")));
        QCOMPARE(result->selectMetric, QStringLiteral("mae"));
        const auto package = artifact::openPackage(result->package);
        const auto read = resultOf(*package);
        QVERIFY(read);
        QCOMPARE(read->baselines, result->baselines);
        const auto window = run("recipe: t2m\ndata: {source: hours.csv}\ntask: forecast\ntarget: t2m\ntime: {column: time, step: 1h, zone: UTC}\nforecast: {window: 23, horizon: 3}\n"
                                "split: {after: 2024-01-20}\nestimators: [ridge]\n");
        QVERIFY2(window, window ? "" : qPrintable(window.error().text()));
        QCOMPARE(window->baselineName, QStringLiteral("persistence")); // the window holds no whole day
        QCOMPARE(window->baselines.keys(), (QStringList{QStringLiteral("mean"), QStringLiteral("persistence")}));
        QVERIFY(window->notes.contains(QStringLiteral("The window of 23 steps holds no whole season of 24, so no seasonal naive forecast stands beside the model.")));
        QCOMPARE(package->signature.outputs, (std::vector<QString>{QStringLiteral("t2m@+1"), QStringLiteral("t2m@+2"), QStringLiteral("t2m@+3")}));
        QCOMPARE(package->signature.inputs.size(), std::size_t(48));
        QCOMPARE(package->signature.inputs[23].name, QStringLiteral("t2m@0"));
        const auto scorer = loadScorer(result->package);
        const auto rows = scoringRows(*package, path(QStringLiteral("hours.csv")));
        QVERIFY2(rows, rows ? "" : qPrintable(rows.error().text()));
        const auto predictions = (*scorer)->score(rows->inputs);
        QVERIFY(predictions);
        QCOMPARE(predictions->outputs, std::size_t(3));
        QCOMPARE(rows->origins.back(), QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(3600LL * 599).toMSecsSinceEpoch()); // the newest hour is forecast from
    }

    void thePastIsMadeColumnsOf() {
        const auto result = run("recipe: t2m\ndata: {source: hours.csv}\ntask: regression\ntarget: t2m\ntime: {column: time, step: 1h}\nsplit: {after: 2024-01-20}\n"
                                "transforms: [lag: {steps: [1, 24]}, rolling: {window: 6, columns: [rh2m]}, calendar: {parts: [hour], cyclic: true}, standard_scale]\nestimators: [ridge]\n");
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const auto package = artifact::openPackage(result->package);
        QVERIFY2(package, package ? "" : qPrintable(package.error().text()));
        QStringList inputs;
        for (const data::Input &input : package->signature.inputs)
            inputs << input.name;
        QCOMPARE(inputs, (QStringList{Q("rh2m"), Q("t2m@lag1"), Q("t2m@lag24"), Q("rh2m@mean6"), Q("time@hour_sin"), Q("time@hour_cos")}));
        QVERIFY2(result->notes.contains(QStringLiteral("“t2m@lag24” is missing in 25 rows, whose past is not in the data.")), qPrintable(result->notes.join(QLatin1Char('\n'))));
        QCOMPARE(result->trainRows, 19 * 24 - 1 - 30); // the first day; the missing hour, those that look back on it (5 and 1)
        QVERIFY(result->test.value(Q("r2")) > 0.97); // the sine alone is nearly all of it
        // A new file is scored from its own past; so are the rows as a service gets them, columns and all.
        const auto rows = scoringRows(*package, path(Q("hours.csv")));
        QVERIFY2(rows, rows ? "" : qPrintable(rows.error().text()));
        QCOMPARE(rows->tableRows.front(), std::size_t(24));
        QCOMPARE(rows->inputs.count, std::size_t(599 - 30));
        const auto judged = samplesFor(*package, path(Q("hours.csv")));
        QVERIFY2(judged, judged ? "" : qPrintable(judged.error().text()));
        QCOMPARE(judged->rows.inputs.values, rows->inputs.values);
        const auto sample = samplesFor(*package, package->folder + Q("/sample.csv"));
        QVERIFY2(sample, sample ? "" : qPrintable(sample.error().text()));
        QCOMPARE(qint64(sample->rows.inputs.count), result->testRows);
    }

    void aPastThatIsNowhereIsSaid() {
        const auto result = run("recipe: t2m\ndata: {source: hours.csv}\ntask: regression\ntarget: t2m\ntime: {column: time, step: 7min}\nsplit: {after: 2024-01-20}\n"
                                "transforms: [lag: {steps: 1}]\nestimators: [ridge]\n");
        QVERIFY(!result);
        QVERIFY2(result.error().text().contains(QStringLiteral("“t2m@lag1” has no value in any row")), qPrintable(result.error().text()));
    }

    void classesAreJudgedAndCoded() {
        QByteArray csv = "a,b,grade\n";
        metrics::Random random(6);
        for (int i = 0; i < 300; ++i) {
            const double a = random.uniform(), b = random.uniform();
            csv += QByteArray::number(a) + ',' + QByteArray::number(b) + ',' + (a + b > 1.2 ? "10" : a > 0.5 ? "9" : "1") + '\n';
        }
        QVERIFY(writeFileAtomically(path(QStringLiteral("grades.csv")), csv));
        const auto result = run("recipe: grades\ndata: {source: grades.csv}\ntask: classification\ntarget: grade\nsplit: {stratified: 0.25, seed: 3}\nestimators: [logistic_regression, decision_tree]\ngates: [accuracy > 0.8]\n");
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        QVERIFY(result->gatesPassed());
        QCOMPARE(result->baselineName, QStringLiteral("majority"));
        const auto package = artifact::openPackage(result->package);
        QCOMPARE(package->signature.classes, (std::vector<std::string>{"1", "9", "10"})); // numbers in their order
    }

    void evaluationLeavesTrainingRowsOut() {
        const auto good = run(houseRecipe);
        const auto poor = run(QByteArray(houseRecipe).replace("linear_regression, decision_tree: {max_depth: 4}", "decision_tree: {max_depth: 1}"));
        QVERIFY(good && poor);
        const auto a = artifact::openPackage(good->package), b = artifact::openPackage(poor->package);
        const auto alone = evaluatePackage(*a, path(QStringLiteral("houses.csv")), nullptr);
        QVERIFY2(alone, alone ? "" : qPrintable(alone.error().text()));
        QCOMPARE(alone->rows, std::size_t(80));
        QCOMPARE(alone->excluded, std::size_t(320));
        QCOMPARE(alone->values.value(QStringLiteral("r2")), good->test.value(QStringLiteral("r2")));
        const auto both = evaluatePackage(*a, path(QStringLiteral("houses.csv")), &*b);
        QVERIFY(both);
        QCOMPARE(both->rows, std::size_t(80));
        QVERIFY(both->test->p < 0.001);
        QVERIFY2(both->sentence.contains(QStringLiteral("is better than")), qPrintable(both->sentence));
        const auto reversed = evaluatePackage(*b, path(QStringLiteral("houses.csv")), &*a);
        QVERIFY(reversed->sentence.contains(QStringLiteral("is worse than")));
        const auto self = evaluatePackage(*a, path(QStringLiteral("houses.csv")), &*a);
        QVERIFY(self->sentence.contains(QStringLiteral("cannot be told from")));
        QCOMPARE(self->test->p, 1.0);
        QByteArray unread = "size,age,place,price\n"; // what is missing is said, and not that these were training rows
        for (int i = 0; i < 20; ++i)
            unread += "100,10,coast,\n";
        QVERIFY(writeFileAtomically(path(QStringLiteral("unread.csv")), unread));
        const auto none = evaluatePackage(*a, path(QStringLiteral("unread.csv")), nullptr);
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::Invalid);
        QVERIFY2(none.error().text().contains(QStringLiteral("No row of the file can be judged: each lacks the true value, or an input that the model does not fill in. 20 rows left out: the true value is missing.")), qPrintable(none.error().text()));
    }

    void evaluationOfNoRowAndOfOneSaysSo() {
        const QByteArray byError = QByteArray(houseRecipe).replace("metric: r2", "metric: mae");
        const auto good = run(byError), poor = run(QByteArray(byError).replace("linear_regression, decision_tree: {max_depth: 4}", "decision_tree: {max_depth: 1}"));
        QVERIFY(good && poor);
        const auto a = artifact::openPackage(good->package), b = artifact::openPackage(poor->package);
        const auto evaluated = [&](const QByteArray &rows) {
            const QString file = path(QStringLiteral("few.csv"));
            return writeFileAtomically(file, "size,age,place,price\n" + rows) ? evaluatePackage(*a, file, &*b) : Result<Evaluation>(cancelled());
        };
        const auto none = evaluated({}), ragged = evaluated("80,4\n"), one = evaluated("80.5,4,coast,81000\n");
        QVERIFY(!none && none.error().kind == ErrorKind::Invalid);
        QCOMPARE(none.error().what, QStringLiteral("The file holds no rows, only a header."));
        QVERIFY2(!ragged && ragged.error().what.contains(QStringLiteral("1 row left out")), qPrintable(ragged ? QString() : ragged.error().text()));
        QVERIFY2(one, one ? "" : qPrintable(one.error().text()));
        QVERIFY2(one->sentence.contains(QStringLiteral(" on 1 row; p = ")), qPrintable(one->sentence));
    }

    void evaluationTellsWhatTrainingNeverSaw() {
        const auto here = run(houseRecipe);
        QVERIFY(here);
        QByteArray rows = "size,age,place,price\n80,4,coast,81000\n";
        int price = 82000;
        for (const char *place : {"moon", "mars", "moon", "\"the far\x1b[1m side\"", "io", "titan", "rhea", "dione", "moon"})
            rows += QByteArray("80,4,") + place + ',' + QByteArray::number(price += 1500) + '\n';
        QVERIFY(writeFileAtomically(path(QStringLiteral("far.csv")), rows) && writeFileAtomically(path(QStringLiteral("houses-and-moon.csv")), houses(400) + "82,7,moon,90000\n"));
        const auto there = run(QByteArray(houseRecipe).replace("houses.csv", "houses-and-moon.csv"));
        QVERIFY2(there, there ? "" : qPrintable(there.error().text()));
        const auto a = artifact::openPackage(here->package), b = artifact::openPackage(there->package);
        const auto e = evaluatePackage(*a, path(QStringLiteral("far.csv")), &*b);
        QVERIFY2(e, e ? "" : qPrintable(e.error().text()));
        const QString esc = QStringLiteral("the far\uFFFD[1m side");
        const QString own = QStringLiteral("9 rows have a category of “place” that training never saw: moon, mars, %1, io, titan and others.").arg(esc),
                      other = QStringLiteral("6 rows have a category of “place” that the other model's training never saw: mars, %1, io, titan, rhea and others.").arg(esc);
        QVERIFY2(e->notes.contains(own) && e->notes.contains(other), qPrintable(e->notes.join(QLatin1Char('\n'))));
        const QJsonArray list = e->toJson()[Q("unknown_categories")].toArray(), ofOther = e->toJson()[Q("against")][Q("unknown_categories")].toArray();
        QVERIFY(list.size() == 1 && ofOther.size() == 1);
        QCOMPARE(list[0][Q("column")].toString(), QStringLiteral("place"));
        QCOMPARE(list[0][Q("rows")].toInt(), 9);
        QCOMPARE(list[0][Q("categories")].toArray().size(), 5);
        QVERIFY(list[0][Q("more")].toBool());
        QCOMPARE(ofOther[0][Q("rows")].toInt(), 6);
        const auto known = evaluatePackage(*a, path(QStringLiteral("houses.csv")), nullptr);
        QVERIFY(known && known->toJson()[Q("unknown_categories")].toArray().isEmpty());
    }

    void evaluationGivesIntervalsAndSlices() {
        const auto good = run(houseRecipe);
        const auto package = artifact::openPackage(good->package);
        const auto e = evaluatePackage(*package, path(QStringLiteral("houses.csv")), nullptr, {}, QStringLiteral("place"));
        QVERIFY2(e, e ? "" : qPrintable(e.error().text()));
        QCOMPARE(e->metric, QStringLiteral("r2"));
        QCOMPARE(e->intervals.size(), std::size_t(e->values.size()));
        for (const auto &i : e->intervals)
            QVERIFY2(i.low <= i.value && i.value <= i.high, qPrintable(i.metric));
        QCOMPARE(e->slices->slices.size(), std::size_t(3));
        std::size_t rows = 0;
        for (const auto &s : e->slices->slices)
            rows += s.rows;
        QCOMPARE(rows, std::size_t(80));
        const QJsonObject json = e->toJson();
        for (const char *key : {"rows", "excluded", "metrics", "intervals", "metric", "classes", "confusion", "calibration", "slices", "against", "bootstrap", "notes"})
            QVERIFY2(json.contains(Q(key)), key);
        QVERIFY(json.value(Q("intervals")).toObject().value(Q("mae")).toObject().value(Q("high")).isDouble());
        QCOMPARE(json.value(Q("bootstrap")).toObject().value(Q("method")).toString(), QStringLiteral("rows"));
        const QJsonObject slices = json.value(Q("slices")).toObject();
        QCOMPARE(slices.value(Q("minimum_rows")).toInt(), 30);
        for (const char *key : {"by", "slice", "rows", "value", "low", "high", "rest", "p", "p_adjusted", "worse"})
            QVERIFY2(slices.value(Q("slices")).toArray().at(0).toObject().contains(Q(key)), key);
        const auto against = evaluatePackage(*package, path(QStringLiteral("houses.csv")), &*package, {}, QStringLiteral("size"));
        QCOMPARE(against->slices->changes.size(), std::size_t(4));
        QCOMPARE(against->slices->changes[0].change, 0.0);
        QVERIFY(against->toJson().value(Q("against")).toObject().value(Q("intervals")).toObject().contains(Q("r2")));
        const auto none = evaluatePackage(*package, path(QStringLiteral("houses.csv")), nullptr, {}, QStringLiteral("plase"));
        QVERIFY(!none && none.error().text().contains(QStringLiteral("Did you mean “place”?")));
    }

    void classesAreReportedOneByOneWithTheirCalibration() {
        QByteArray csv = "x,grade\n";
        metrics::Random random(8);
        for (int i = 0; i < 400; ++i) {
            const double x = random.uniform();
            csv += QByteArray::number(x) + (random.uniform() < x ? ",pass\n" : ",fail\n");
        }
        QVERIFY(writeFileAtomically(path(QStringLiteral("pass.csv")), csv));
        const auto result = run("recipe: pass\ndata: {source: pass.csv}\ntask: classification\ntarget: grade\nsplit: {every: 2}\nestimators: [logistic_regression]\n");
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const auto e = evaluatePackage(*artifact::openPackage(result->package), path(QStringLiteral("pass.csv")), nullptr, {}, QStringLiteral("x"));
        QVERIFY2(e, e ? "" : qPrintable(e.error().text()));
        QCOMPARE(e->classes, (QStringList{QStringLiteral("fail"), QStringLiteral("pass")}));
        QCOMPARE(e->classFigures[1].recall, e->values.value(QStringLiteral("recall")));
        QCOMPARE(e->confusion[1][0] + e->confusion[1][1], double(e->classFigures[1].support));
        QCOMPARE(e->calibration.size(), std::size_t(1));
        QCOMPARE(e->calibration[0].name, QStringLiteral("pass"));
        std::size_t rows = 0;
        for (const auto &bin : e->calibration[0].quantile)
            rows += bin.count;
        QCOMPARE(rows, e->rows);
        const QJsonObject json = e->toJson(), pass = json.value(Q("classes")).toArray().at(1).toObject();
        QCOMPARE(pass.value(Q("class")).toString(), QStringLiteral("pass"));
        QVERIFY(pass.value(Q("f1")).toObject().value(Q("low")).isDouble());
        for (const char *key : {"from", "to", "count", "predicted", "observed", "low", "high"})
            QVERIFY2(json.value(Q("calibration")).toArray().at(0).toObject().value(Q("equal_width")).toArray().at(0).toObject().contains(Q(key)), key);
    }

    void aForecastIsScaledByItsSeasonAndDrawnInBlocks() {
        const auto result = run("recipe: hours\ndata: {source: hours.csv}\ntask: forecast\ntarget: t2m\nsplit: {after: 2024-01-18}\nestimators: [linear_regression]\n"
                                "select: {metric: mase}\ngates: [mase < 1]\ntime: {column: time, step: 1h, zone: UTC}\nforecast: {window: 24, horizon: 3}\n");
        QVERIFY2(result, result ? "" : qPrintable(result.error().text()));
        const auto package = artifact::openPackage(result->package);
        const QJsonObject naive = package->data.value(Q("seasonal_naive")).toObject();
        QCOMPARE(naive.value(Q("season")).toInt(), 24);
        const double scale = naive.value(Q("mae")).toDouble(); // the sine is the same a day ago; what is left is |u − v| of two uniforms: 1/3
        QVERIFY2(std::abs(scale - 1.0 / 3) < 0.05, qPrintable(QString::number(scale)));
        QVERIFY(std::abs(result->test.value(QStringLiteral("mase")) - result->test.value(QStringLiteral("mae")) / scale) < 1e-12);
        QVERIFY(result->gatesPassed());
        const auto e = evaluatePackage(*package, path(QStringLiteral("hours.csv")), &*package, {}, QStringLiteral("time:hour"));
        QVERIFY2(e, e ? "" : qPrintable(e.error().text()));
        QCOMPARE(e->metric, QStringLiteral("mase"));
        QVERIFY(e->bootstrap.block >= 6);
        QVERIFY2(e->bootstrap.text().startsWith(QStringLiteral("circular blocks of")), qPrintable(e->bootstrap.text()));
        QCOMPARE(e->slices->slices.size(), std::size_t(24));
        QCOMPARE(e->slices->slices[6].name, QStringLiteral("06 h"));
        QVERIFY(evaluatePackage(*package, path(QStringLiteral("hours.csv")), nullptr, {}, QStringLiteral("rh2m")).error().text().contains(QStringLiteral("Write time:hour")));
    }

    void aScorerRefusesWhatItCannotAnswer() {
        const auto result = run(houseRecipe);
        const auto scorer = loadScorer(result->package);
        QVERIFY(scorer);
        QVERIFY((*scorer)->score({1, 3, {100, std::nan(""), 0}})); // age is imputed
        QVERIFY((*scorer)->score({1, 3, {100, 5, -1}}));           // an unknown place is all zeros
        QVERIFY(!(*scorer)->score({1, 2, {100, 5}}));
        const auto infinite = (*scorer)->score({1, 3, {std::numeric_limits<double>::infinity(), 5, 0}});
        QVERIFY(!infinite && infinite.error().what.contains(QStringLiteral("“size”")));
    }
};

QTEST_GUILESS_MAIN(TestTrainer)
#include "tst_trainer.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/recipe.h"

#include <QDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::workspace;

namespace {
const QString file = QStringLiteral("/somewhere/recipes/r.yaml");
const char *const smallest = "recipe: small\ndata: {source: x.csv}\ntask: regression\ntarget: y\nestimators: [linear_regression]\n";

QString failure(const QByteArray &yaml) {
    const auto recipe = parseRecipe(yaml, QStringLiteral("/r.yaml"));
    return recipe ? QStringLiteral("accepted") : recipe.error().text();
}
} // namespace

class tst_Recipe : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theDocumentedRecipeIsReadWhole() {
        const auto r = parseRecipe(R"(recipe: california-housing
data:      {source: data/california_housing.csv, missing: ['', NA, -999], where: {origin: JFK}}
task:      regression                # regression | classification | forecast
target:    median_house_value
features:  {categorical: [ocean_proximity]}
split:     {every: 5}
transforms: [impute: median, one_hot, standard_scale]
estimators:
  - linear_regression
  - decision_tree: {max_depth: 10, rate: 0.5, hidden: [64, 32], mode: exact, text: "7", class_weight: {no: 1, yes: 20.5, 0: 2}}
select:    {metric: r2}
gates:     [r2 >= 0.5, "mae<=1e5"]
seed:      11
)", file);
        QVERIFY2(r, r ? "" : qPrintable(r.error().text()));
        QCOMPARE(r->name, QStringLiteral("california-housing"));
        QCOMPARE(r->file, file);
        QCOMPARE(r->data.source, QStringLiteral("/somewhere/recipes/data/california_housing.csv"));
        QCOMPARE(r->data.missing, QStringList({QString(), QStringLiteral("NA"), QStringLiteral("-999")}));
        QCOMPARE(r->data.where.value(QStringLiteral("origin")), QStringLiteral("JFK"));
        QVERIFY(r->data.sample);
        QCOMPARE(r->categorical, QStringList{QStringLiteral("ocean_proximity")});
        QCOMPARE(r->split.every, 5);
        QCOMPARE(r->transforms.size(), 3u);
        QCOMPARE(r->transforms[0].argument, QStringLiteral("median"));
        QCOMPARE(r->estimators.size(), 2u);
        const QVariantMap p = r->estimators[1].parameters;
        QCOMPARE(p.value(QStringLiteral("max_depth")), QVariant(qlonglong(10)));
        QCOMPARE(p.value(QStringLiteral("rate")), QVariant(0.5));
        QCOMPARE(p.value(QStringLiteral("hidden")), QVariant(QVariantList{qlonglong(64), qlonglong(32)}));
        QCOMPARE(p.value(QStringLiteral("mode")), QVariant(QStringLiteral("exact")));
        QCOMPARE(p.value(QStringLiteral("text")), QVariant(QStringLiteral("7")));
        QCOMPARE(p.value(QStringLiteral("class_weight")), QVariant(QVariantMap{{QStringLiteral("no"), qlonglong(1)}, {QStringLiteral("yes"), 20.5}, {QStringLiteral("0"), qlonglong(2)}}));
        QCOMPARE(r->selectMetric, QStringLiteral("r2"));
        QCOMPARE(r->gates.size(), 2u);
        QCOMPARE(r->gates[0].text(), QStringLiteral("r2 >= 0.5"));
        QCOMPARE(r->gates[1].text(), QStringLiteral("mae <= 100000"));
        QCOMPARE(r->seed, 11u);
    }

    void qualityGatesAreReadWithTheirReference() {
        const QByteArray yaml = QByteArray(smallest) + "quality: {reference: data/good.csv, gates: [missing <= 0.2, out_of_range == 0]}\n";
        const auto r = parseRecipe(yaml, file);
        QVERIFY2(r, r ? "" : qPrintable(r.error().text()));
        QVERIFY(r->quality);
        QCOMPARE(r->quality->reference, QStringLiteral("/somewhere/recipes/data/good.csv"));
        QCOMPARE(r->quality->gates.size(), 2u);
        QCOMPARE(r->quality->gates[0].text(), QStringLiteral("missing <= 0.2"));
        const auto again = parseRecipe(writeRecipe(*r), file);
        QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
        QVERIFY(*again == *r);
    }

    void aForecastHasItsTimeAxisAndDefaults() {
        const auto r = parseRecipe("recipe: w\ndata: {source: ~/w.csv, skip_until: -END HEADER-}\ntask: forecast\ntarget: T2M\n"
                                   "time: {parts: [YEAR, MO, DY, HR], step: 1h, zone: Asia/Colombo}\nsplit: {after: 2013-10-01}\nestimators: [ridge]\n",
                                   file);
        QVERIFY2(r, r ? "" : qPrintable(r.error().text()));
        QCOMPARE(r->data.source, QDir::homePath() + QStringLiteral("/w.csv"));
        QCOMPARE(r->time->parts.size(), 4);
        QCOMPARE(r->time->stepSeconds(), 3600);
        QCOMPARE(r->forecast->window, 24);
        QCOMPARE(r->split.after, QStringLiteral("2013-10-01"));
    }

    void aForecastMayHaveSeveralTargets() {
        const auto r = parseRecipe("recipe: w\ndata: {source: w.csv}\ntask: forecast\ntarget: [t2m, rh2m]\nfeatures: {include: [t2m, rain]}\ntime: {column: time, step: 1h}\n"
                                   "split: {after: 2013-10-01}\nestimators: [mlp]\ngates: [r2 >= 0.5, mae@t2m <= 1.5, 'rmse@rh2m<8']\nexport: [w.pt, {file: weights.bin, format: xgboost_ubj}]\n", file);
        QVERIFY2(r, r ? "" : qPrintable(r.error().text()));
        QCOMPARE(r->target, QStringLiteral("t2m"));
        QCOMPARE(r->targets(), (QStringList{QStringLiteral("t2m"), QStringLiteral("rh2m")}));
        QCOMPARE(r->gates[1].text(), QStringLiteral("mae@t2m <= 1.5"));
        QCOMPARE(metricAndTarget(r->gates[2].metric), std::pair(QStringLiteral("rmse"), QStringLiteral("rh2m")));
        QVERIFY(!largerIsBetter(r->gates[2].metric) && largerIsBetter(QStringLiteral("r2@t2m")));
        QCOMPARE(r->exports, (std::vector<ExportSpec>{{QStringLiteral("w.pt"), QStringLiteral("torchscript")}, {QStringLiteral("weights.bin"), QStringLiteral("xgboost_ubj")}}));
        QCOMPARE(defaultMetric(TaskKind::Forecast, 1), QStringLiteral("mae"));
        QCOMPARE(defaultMetric(TaskKind::Forecast, 2), QStringLiteral("r2")); // errors of different units do not add
        const auto one = parseRecipe("recipe: w\ndata: {source: w.csv}\ntask: regression\ntarget: [t2m]\nestimators: [ridge]\nexport: t2m.UBJ\n", file);
        QVERIFY2(one, one ? "" : qPrintable(one.error().text()));
        QCOMPARE(one->targets(), QStringList{QStringLiteral("t2m")});
        QCOMPARE(one->exports, (std::vector<ExportSpec>{{QStringLiteral("t2m.UBJ"), QStringLiteral("xgboost_ubj")}}));
        QVERIFY(writeRecipe(*one).contains("target:     t2m\n"));
    }

    void wrongTextsNameTheirPlace_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, const QByteArray &yaml, const char *message) { QTest::newRow(name) << yaml << QString::fromUtf8(message); };
        const QByteArray good(smallest);
        row("a slip of the finger in a key is answered with the key", QByteArray(good).replace("target:", "targt:"), "Unknown key “targt” — did you mean “target”?");
        row("and says where", QByteArray(good).replace("target:", "targt:"), "/r.yaml:4:1: Unknown key");
        row("a key written twice", good + "task: forecast\n", "/r.yaml:6:1: The key “task” is written twice.");
        row("a key written twice inside brackets", QByteArray(good).replace("x.csv", "x.csv, source: y.csv"), "/r.yaml:2:23: The key “source” is written twice.");
        row("a missing key", QByteArray(good).replace("target: y\n", ""), "“target” is missing in the recipe.");
        row("a key without a value", QByteArray(good).replace("target: y", "target:"), "/r.yaml:4:1: “target” has no value.");
        row("a misspelt task", QByteArray(good).replace("regression\n", "regresion\n"), "/r.yaml:3:7: Unknown task “regresion” — did you mean “regression”?");
        row("a misspelt estimator", QByteArray(good).replace("linear_regression]", "lineer_regression]"), "did you mean “linear_regression”?");
        row("a misspelt check of the data", good + "quality: {gates: [mising <= 0.1]}\n", "/r.yaml:6:19: Unknown check “mising” — did you mean “missing”?");
        row("quality without gates", good + "quality: {}\n", "“quality” needs gates: what the data must hold.");
        row("a check that needs a reference", good + "quality: {gates: [out_of_range <= 0]}\n", "“out_of_range” compares with a reference, and none is named.");
        row("a metric is no check", good + "quality: {gates: [r2 >= 0.5]}\n", "Unknown check “r2”");
        row("a misspelt metric in a gate", good + "gates: [rr2 >= 1]\n", "/r.yaml:6:9: Unknown metric “rr2” — did you mean “r2”?");
        row("a gate without a number", good + "gates: [r2 >= good]\n", "A gate must read “metric >= number”, not “r2 >= good”.");
        row("a gate with an odd operator", good + "gates: [r2 => 1]\n", "operators are >= > <= < ==");
        const QByteArray weather = QByteArray(good).replace("regression\n", "forecast\n") + "time: {column: t, step: 1h}\n";
        row("several targets of a regression", QByteArray(good).replace("target: y", "target: [y, z]"), "/r.yaml:4:13: Several targets belong to task: forecast; a regression has one.");
        row("a target named twice", QByteArray(weather).replace("target: y", "target: [y, z, y]"), "/r.yaml:4:16: The target “y” is named twice.");
        row("no target in the list", QByteArray(weather).replace("target: y", "target: []"), "/r.yaml:4:9: “target” names no column.");
        row("a target that is a list", QByteArray(weather).replace("target: y", "target: [y, [z]]"), "/r.yaml:4:13: The entries of “target” must be names of columns.");
        row("a second target among those left out", QByteArray(weather).replace("target: y", "target: [y, z]") + "features: {exclude: [z]}\n", "The target “z” is among the features");
        row("a gate of a target that is none", QByteArray(weather).replace("target: y", "target: [t2m, rh2m]") + "gates: [mae@rh2n <= 1]\n", "/r.yaml:7:9: Unknown target “rh2n” — did you mean “rh2m”?");
        row("a gate of one target where there is one alone", weather + "gates: [mae@y <= 1]\n", "“mae@y” asks for one of several targets, and there are none. Write “mae”.");
        row("a misspelt metric of a target", QByteArray(weather).replace("target: y", "target: [y, z]") + "gates: [maee@y <= 1]\n", "Unknown metric “maee” — did you mean “mae”?");
        row("a file of no known ending", good + "export: [model.bin]\n", "/r.yaml:6:10: Which format “model.bin” has cannot be told by its ending.");
        row("a misspelt format", good + "export: [{file: model.bin, format: torchscrip}]\n", "did you mean “torchscript”?");
        row("a file in another folder", good + "export: [../model.pt]\n", "“../model.pt” is no plain name of a file.");
        row("a file named twice", good + "export: [a.pt, a.pt]\n", "/r.yaml:6:16: The file “a.pt” is named twice.");
        row("a file without a name", good + "export: [{format: torchscript}]\n", "“file” is missing in export.");
        row("two ways to split", good + "split: {every: 5, random: 0.2}\n", "/r.yaml:6:8: “split” needs exactly one of");
        row("a share of all rows", good + "split: {random: 1}\n", "“random” must be a number from");
        row("a number that is none", good + "seed: many\n", "/r.yaml:6:7: “seed” must be a whole number of 0 or more, not “many”.");
        row("a negative seed", good + "seed: -1\n", "“seed” must be a whole number");
        row("a stratified regression", good + "split: {stratified: 0.2}\n", "A stratified split needs classes");
        row("a forecast without time", QByteArray(good).replace("regression\n", "forecast\n"), "A forecast needs “time”.");
        row("a step of time that is none", QByteArray(good).replace("regression\n", "forecast\n") + "time: {column: t, step: 1 hour}\n", "“step”: “1 hour” is not a time. Write a whole number and a unit");
        row("a step beyond all times", good + "time: {column: t, step: 999999999w}\n", "/r.yaml:6:25: A step of 999999999w is longer than a century.");
        row("an unknown zone", good + "time: {column: t, zone: Mars/North}\n", "Unknown time zone “Mars/North”.");
        row("a misspelt transform", good + "transforms: [min_max_scael]\n", "/r.yaml:6:14: Unknown transform “min_max_scael” — did you mean “min_max_scale”?");
        row("a misspelt way to impute", good + "transforms: [impute: medan]\n", "Unknown way to impute “medan” — did you mean “median”?");
        row("a misspelt way to impute in a map", good + "transforms: [impute: {strategy: constnt}]\n", "/r.yaml:6:33: Unknown way to impute “constnt” — did you mean “constant”?");
        row("a word for a transform that takes none", good + "transforms: [standard_scale: 3]\n", "“standard_scale” takes no single word.");
        row("a list for a transform", good + "transforms: [smote: [5]]\n", "“smote” takes one word or a map.");
        row("a grouped split without groups", good + "split: {grouped: 0.2}\n", "“by” is missing");
        row("an expanding window without time", good + "validation: {expanding: 5}\n", "An expanding window needs “time”.");
        row("stratified folds of numbers", good + "validation: {stratified_k_fold: 5}\n", "Stratified folds need classes");
        row("a regression that is resampled to no step", good + "time: {column: t, resample: mean}\n", "/r.yaml:6:7: “resample: mean” needs the step. Add “step: 1h”.");
        const QByteArray classes = QByteArray(good).replace("regression\n", "classification\n");
        row("the mean of classes", classes + "time: {column: t, step: 1h, resample: mean}\n", "“resample: mean” has no class for a step whose rows differ: labels have no mean. Write “resample: last”");
        row("the sum of classes", classes + "time: {column: t, step: 1h, resample: sum}\n", "labels have no sum");
        row("steps across groups", good + "time: {column: t, step: 1h, resample: mean}\nsplit: {grouped: 0.2, by: house}\n", "Rows of one step may lie in several groups by “house”, which must not meet. Add “by: house”");
        row("steps across the groups of folds", good + "time: {column: t, step: 1h, resample: last, by: town}\nvalidation: {grouped_k_fold: 3, by: house}\n", "several groups by “house”");
        row("a regression without windows", good + "time: {column: t, interpolate: 2}\n", "“interpolate” fills the windows of a forecast; the task is regression. Write transforms: [impute: {strategy: time, limit: 2}].");
        row("a forecast of several series", QByteArray(weather).replace("step: 1h", "step: 1h, by: station"), "A forecast has one series; “by” tells several apart. Choose one by data: {where: {station: NAME}}.");
        row("imputing by time without times", good + "transforms: [impute: time]\n", "/r.yaml:6:13: “impute: time” needs “time”.");
        row("a limit in steps of no length", good + "transforms: [impute: {strategy: time, limit: 3}]\ntime: {column: t}\n", "The “limit” of “impute: time” counts steps, and “time” names none.");
        row("imputing the windows of a forecast", weather + "transforms: [impute: time]\n", "“impute: time” works on rows; a forecast takes windows of them. Write time: {interpolate: 3}.");
        row("a misspelt way to resample", good + "time: {column: t, resample: meen}\n", "did you mean “mean”?");
        row("a search of nothing", good + "search: {trials: 5}\n", "“search” names nothing to try.");
        row("a search of a stranger", good + "search: {space: {forest: {max_depth: [1]}}}\n", "Unknown estimator of this recipe “forest”.");
        row("a search between the wrong ends", good + "search: {space: {linear_regression: {a: {from: 3, to: 3}}}}\n", "“from” must be less than “to”.");
        row("a search by the logarithm of 0", good + "search: {space: {linear_regression: {a: {from: 0, to: 3, scale: log}}}}\n", "A logarithmic range begins above 0.");
        row("a search without an end", good + "search: {space: {linear_regression: {a: {from: 1}}}}\n", "“to” of “a” must be a number.");
        row("a search beyond all whole numbers", good + "search: {space: {linear_regression: {a: {from: 1, to: 9223372036854775807}}}}\n", "“to” of “a” is beyond ±2⁵³.");
        row("a search of a fixed value", good + "search: {space: {linear_regression: {a: 3}}}\n", "must be a list of choices");
        row("a factor of no halving", good + "search: {factor: 4, space: {linear_regression: {a: [1]}}}\n", "“factor” belongs to method: halving.");
        row("one fold", good + "validation: {k_fold: 1}\n", "“k_fold” must be");
        row("a list that is not closed", good + "gates: [r2 >= 0.5\n", "This is not valid YAML");
        row("a tabulator as indentation", "recipe: a\ndata:\n\tsource: x\n", "/r.yaml:3:");
        row("a column counts characters, not bytes", "recipe: a\ndata: {source: äöü.csv, soruce: b}\n", "/r.yaml:2:25: Unknown key “soruce” — did you mean “source”?");
        row("text that is not UTF-8", "recipe: a\ntarget: \xff\n", "/r.yaml:2:9: The text is not UTF-8.");
        row("a NUL byte", QByteArray("recipe: a\0b\n", 12), "/r.yaml:1:10: The text is not UTF-8.");
        row("two documents", good + "---\n" + good, "/r.yaml:6:1: The file holds more than one YAML document.");
        row("a list where a map belongs", "- a\n- b\n", "“the recipe” must be a map");
        row("an empty file", "", "“recipe” is missing in the recipe.");
        row("only a comment", "# nothing\n", "“recipe” is missing in the recipe.");
        row("an alias of itself", "recipe: &a [*a]\n", "/r.yaml:1:");
        row("a name that would leave its folder", QByteArray(good).replace("recipe: small", "recipe: ../up"), "cannot be a recipe's name");
        row("a parameter without a value", QByteArray(good).replace("[linear_regression]", "[ridge: {alpha: ~}]"), "Leave it out for the default.");
        row("words where a map holds numbers", QByteArray(good).replace("[linear_regression]", "[ridge: {alpha: {no: many}}]"), "a number, a text, or a list or map of numbers");
        row("a delimiter of two characters", QByteArray(good).replace("x.csv", "x.csv, delimiter: ab"), "“delimiter” must be one character.");
        row("decimal comma with comma as delimiter", QByteArray(good).replace("x.csv", "x.csv, delimiter: ',', decimal: ','"), "are the same character");
        row("the target among the features left out", good + "features: {exclude: [y]}\n", "The target “y” is among");
    }
    void wrongTextsNameTheirPlace() {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, message);
        const QString text = failure(yaml);
        QVERIFY2(text.contains(message), qPrintable(text));
        QCOMPARE(exitCode(parseRecipe(yaml, file).error().kind), 2);
    }

    void theFirstMistakeLeadsAndTheOthersFollow() {
        const auto r = parseRecipe("recipe: a\ndata: {source: x}\ntask: regression\ntargt: y\nestimators: [ridge]\nsead: 3\n", QStringLiteral("/r.yaml"));
        QVERIFY(!r);
        QCOMPARE(r.error().where, QStringLiteral("/r.yaml:4:1"));
        QVERIFY(r.error().raw.contains(QStringLiteral("/r.yaml:1:1: “target” is missing")));
        QVERIFY(r.error().raw.contains(QStringLiteral("/r.yaml:6:1: Unknown key “sead” — did you mean “seed”?")));
    }

    void aWrongEndOfASearchDoesNotMakeTheOtherKeysUnknown() {
        const auto r = parseRecipe(QByteArray(smallest) + "search: {space: {linear_regression: {a: {from: .nan, to: 2, scale: log}}}}\n", file);
        QVERIFY(!r && r.error().what.contains(QStringLiteral("“from” of “a” must be a number.")));
        QVERIFY2(!r.error().text().contains(QStringLiteral("Unknown key")), qPrintable(r.error().text()));
    }

    void aByteOrderMarkAndWindowsLinesAreRead() {
        const auto r = parseRecipe("\xEF\xBB\xBF" + QByteArray(smallest).replace("\n", "\r\n"), file);
        QVERIFY2(r, r ? "" : qPrintable(r.error().text()));
        QCOMPARE(r->target, QStringLiteral("y"));
        const auto bad = parseRecipe("\xEF\xBB\xBFrecipes: a\r\n", QStringLiteral("/r.yaml"));
        QVERIFY(bad.error().text().contains(QStringLiteral("/r.yaml:1:1: ")));
    }

    void aWrittenRecipeReadsBackEqual_data() {
        QTest::addColumn<Recipe>("recipe");
        Recipe r = parseRecipe(smallest, file).value();
        QTest::newRow("the smallest") << r;
        r.name = QStringLiteral("yes: no");
        r.target = QStringLiteral("Air temperature [K], # and \"more\"");
        r.data.source = QStringLiteral("/else/where ü/x: y.csv");
        r.data.missing = {QString(), QStringLiteral("-999"), QStringLiteral("null"), QStringLiteral("~"), QStringLiteral(" "), QStringLiteral("n/a, none")};
        r.data.where = {{QStringLiteral("a: b"), QStringLiteral("{1}")}, {QStringLiteral("origin"), QStringLiteral("JFK")}};
        r.data.delimiter = QStringLiteral("\t");
        r.data.decimal = QStringLiteral(",");
        r.data.skipUntil = QStringLiteral("-END HEADER-");
        r.data.comment = QStringLiteral("#");
        r.data.sample = false;
        r.categorical = {QStringLiteral("<1H OCEAN"), QStringLiteral("- x"), QStringLiteral("it's"), QStringLiteral("tab\there"), QStringLiteral("two\nlines")};
        r.include = {QStringLiteral("a"), QStringLiteral("*b"), QStringLiteral("&c"), QStringLiteral("!d"), QStringLiteral("%e"), QStringLiteral("@f"), QStringLiteral("`g")};
        r.exclude = {QStringLiteral("?"), QStringLiteral("-"), QStringLiteral(":"), QStringLiteral("x:"), QStringLiteral("---"), QStringLiteral("\u2028"), QStringLiteral("😀")};
        r.split = {SplitSpec::Kind::Random, 5, 0.1 + 0.2, 18446744073709551615ULL, {}};
        r.transforms = {{QStringLiteral("impute"), QStringLiteral("most_frequent")}, {QStringLiteral("one_hot"), {}},
                        {QStringLiteral("impute"), QStringLiteral("constant"), {{QStringLiteral("value"), QStringLiteral("7")}}, {QStringLiteral("a: b"), QStringLiteral("1")}},
                        {QStringLiteral("smote"), {}, {{QStringLiteral("k"), qlonglong(3)}, {QStringLiteral("ratio"), 0.5}}},
                        {QStringLiteral("ordinal"), {}, {{QStringLiteral("order"), QVariantList{QStringLiteral("low, or so"), QStringLiteral("7")}}}, {QStringLiteral("size")}}};
        r.validation = ValidationSpec{ValidationSpec::Kind::KFold, 7, {}, 18446744073709551615ULL, 0};
        r.estimators = {{QStringLiteral("mlp"),
                         {{QStringLiteral("hidden"), QVariantList{qlonglong(64), 0.5}},
                          {QStringLiteral("rate"), 1e-300},
                          {QStringLiteral("whole"), 3.0},
                          {QStringLiteral("count"), qlonglong(3)},
                          {QStringLiteral("digits"), QStringLiteral("3")},
                          {QStringLiteral("truth"), QStringLiteral("true")},
                          {QStringLiteral("weights"), QVariantMap{{QStringLiteral("no"), qlonglong(1)}, {QStringLiteral("0"), 0.1}, {QStringLiteral("a: b"), 20.0}}},
                          {QStringLiteral("on"), true}}},
                        {QStringLiteral("ridge"), {}}};
        r.selectMetric = QStringLiteral("mae");
        r.gates = {{QStringLiteral("r2"), QStringLiteral(">="), 1.0 / 3}, {QStringLiteral("mae"), QStringLiteral("<"), 1e22}};
        r.seed = 99;
        QTest::newRow("every kind of odd text") << r;
        r.split = {SplitSpec::Kind::Grouped, 5, 0.25, 3, {}, QStringLiteral("the: group")};
        r.validation = ValidationSpec{ValidationSpec::Kind::GroupedKFold, 4, QStringLiteral("the: group"), {}, 0};
        QTest::newRow("groups") << r;
        r.split = {SplitSpec::Kind::After, 5, 0.2, 7, QStringLiteral("2013-10-01T06:00:00")};
        r.validation = ValidationSpec{ValidationSpec::Kind::Expanding, 3, {}, {}, 24};
        r.task = TaskKind::Forecast;
        r.time = TimeSpec{QStringLiteral("time, UTC"), {}, QStringLiteral("15min"), QStringLiteral("Europe/Berlin"), QStringLiteral("last"), 3};
        r.forecast = ForecastSpec{48, 6};
        r.search = SearchSpec{SearchSpec::Method::Halving, 81, 12.5, 4, 9, 4, {{r.estimators[0].name, QStringLiteral("a"), {qlonglong(1), 0.5, QStringLiteral("b: c")}, 0, 0, false, false},
                                                                               {r.estimators[0].name, QStringLiteral("b"), {}, 1e-4, 3, true, false}, {r.estimators[0].name, QStringLiteral("c"), {}, -2, 30, false, true}}};
        QTest::newRow("a search") << r;
        r.search.reset();
        QTest::newRow("a forecast") << r;
        r.moreTargets = {QStringLiteral("rh2m"), QStringLiteral("a: b, c")};
        r.gates.push_back({QStringLiteral("mae@a: b, c"), QStringLiteral("<="), 3});
        r.exports = {{QStringLiteral("a b.pt"), QStringLiteral("torchscript")}, {QStringLiteral("x.json"), QStringLiteral("torchscript")}, {QStringLiteral("no: ending"), QStringLiteral("xgboost_json")}};
        QTest::newRow("several targets, and files for a service") << r;
        r.moreTargets.clear();
        r.gates.pop_back();
        r.exports.clear();
        Recipe steps = parseRecipe(smallest, file).value();
        steps.time = TimeSpec{QStringLiteral("t"), {}, QStringLiteral("1h"), QStringLiteral("UTC"), QStringLiteral("mean")};
        steps.time->by = QStringLiteral("the: station");
        steps.transforms = {{QStringLiteral("impute"), QStringLiteral("time"), {{QStringLiteral("limit"), qlonglong(3)}}, {QStringLiteral("a: b")}}, {QStringLiteral("impute"), QStringLiteral("median")}};
        QTest::newRow("rows brought to steps, and filled over time") << steps;
        r.data.source = QStringLiteral("/somewhere/recipes/data/x.csv");
        QTest::newRow("a source beside the recipe") << r;
        r.data.source = QStringLiteral("s3://bucket/a b+c.csv");
        r.data.connection = QStringLiteral("store");
        r.data.version = QStringLiteral("0123");
        QTest::newRow("an object in a store, with a version that looks like a number") << r;
        r.data.source = QStringLiteral("dvc:/somewhere/recipes/data/x.csv");
        QTest::newRow("a path that DVC tracks") << r;
    }
    void aWrittenRecipeReadsBackEqual() {
        QFETCH(Recipe, recipe);
        const QByteArray text = writeRecipe(recipe);
        const auto again = parseRecipe(text, recipe.file);
        QVERIFY2(again, again ? "" : qPrintable(again.error().text() + QLatin1Char('\n') + QString::fromUtf8(text)));
        QVERIFY2(*again == recipe, text.constData());
        QCOMPARE(writeRecipe(*again), text);
    }

    void aSourceElsewhereStaysAsItIs_data() {
        QTest::addColumn<QString>("written");
        QTest::addColumn<QString>("source");
        QTest::newRow("an address") << "https://host/x.csv?a=1" << "https://host/x.csv?a=1";
        QTest::newRow("an object") << "s3://bucket/x.csv" << "s3://bucket/x.csv";
        QTest::newRow("a .dvc file") << "data/x.csv.dvc" << "/somewhere/recipes/data/x.csv.dvc";
        QTest::newRow("a path that DVC tracks") << "dvc:data/x.csv" << "dvc:/somewhere/recipes/data/x.csv";
    }
    void aSourceElsewhereStaysAsItIs() {
        QFETCH(QString, written);
        const auto r = parseRecipe(QByteArray(smallest).replace("x.csv", "'" + written.toUtf8() + "', version: v1, connection: store"), file);
        QVERIFY2(r, r ? "" : qPrintable(r.error().text()));
        QTEST(r->data.source, "source");
        QCOMPARE(r->data.version, QStringLiteral("v1"));
        QCOMPARE(r->data.connection, QStringLiteral("store"));
        QCOMPARE(r->data.path(), r->data.source); // until it is fetched
    }
    void aSourceBesideTheRecipeIsWrittenRelative() {
        const Recipe r = parseRecipe(smallest, file).value();
        QVERIFY(writeRecipe(r).contains("{source: x.csv}"));
    }

    void gatesJudgeTheirEdges_data() {
        QTest::addColumn<QString>("op");
        QTest::addColumn<double>("value");
        QTest::addColumn<bool>("passes");
        QTest::newRow("at least, met exactly") << ">=" << 0.5 << true;
        QTest::newRow("more than, met exactly") << ">" << 0.5 << false;
        QTest::newRow("at most, met exactly") << "<=" << 0.5 << true;
        QTest::newRow("less than, met exactly") << "<" << 0.5 << false;
        QTest::newRow("equal") << "==" << 0.5 << true;
        QTest::newRow("not a number never passes at least") << ">=" << std::nan("") << false;
        QTest::newRow("not a number never passes at most") << "<=" << std::nan("") << false;
        QTest::newRow("not a number is not equal") << "==" << std::nan("") << false;
    }
    void gatesJudgeTheirEdges() {
        QFETCH(QString, op);
        QFETCH(double, value);
        QFETCH(bool, passes);
        QCOMPARE(GateSpec({QStringLiteral("r2"), op, 0.5}).passes(value), passes);
    }

    void errorsAreBetterSmall() {
        for (const char *name : {"mae", "rmse", "mse", "log_loss", "brier", "mape", "max_error", "val_loss"})
            QVERIFY2(!largerIsBetter(QLatin1String(name)), name);
        for (const char *name : {"r2", "accuracy", "f1", "roc_auc", "mcc", "explained_variance"})
            QVERIFY2(largerIsBetter(QLatin1String(name)), name);
        for (const auto task : {TaskKind::Regression, TaskKind::Classification, TaskKind::Forecast})
            QVERIFY(knownMetrics().contains(defaultMetric(task)));
    }
};

QTEST_GUILESS_MAIN(tst_Recipe)
#include "tst_recipe.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// impute: time. The training rows are filled by each other and nothing else; what is left, and what comes without neighbours, gets their median.
#include "dump.h"

#include "core/base/json.h"
#include "core/data/time_fill.h"
#include "core/data/transforms.h"

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

constexpr std::int64_t hour = 3'600'000;

const std::vector<Input> twoNumbers{{QStringLiteral("a"), ColumnType::Number, {}, true}, {QStringLiteral("b"), ColumnType::Number, {}, true}};

workspace::TransformSpec impute(const char *strategy, QVariantMap settings = {}, QStringList columns = {}) {
    return {QStringLiteral("impute"), QLatin1String(strategy), std::move(settings), std::move(columns)};
}

TimeLine hours(std::size_t rows) {
    std::vector<std::int64_t> times;
    for (std::size_t i = 0; i < rows; ++i)
        times.push_back(std::int64_t(i) * hour);
    return TimeLine(times, {}, hour);
}

QString shown(const std::vector<double> &values) {
    QStringList all;
    for (const double v : values)
        all << (std::isnan(v) ? QStringLiteral("·") : QString::number(v, 'g', 12));
    return all.join(QLatin1Char(' '));
}

workspace::Recipe recipeWith(const QString &transforms, const QString &time) {
    const auto parsed = workspace::parseRecipe(QStringLiteral("recipe: r\ndata: {source: x.csv}\ntask: regression\ntarget: y\ntime: %1\nsplit: {every: 4}\ntransforms: [%2]\nestimators: [ridge]\n").arg(time, transforms).toUtf8(), {});
    if (!parsed)
        qFatal("%s", qPrintable(parsed.error().text()));
    return *parsed;
}

} // namespace

class TestTimeFill : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void trainingRowsFillEachOtherAndTheMedianIsForTheRest() {
        // a: 2 · 4 · · 10 with a limit of 1: the first gap is filled, the second not. Its median is that of 2 3 4 10. b: · 1 · 5 7 7: 1 3 5 7 7.
        const Rows rows{6, 2, {2, NAN, NAN, 1, 4, NAN, NAN, 5, NAN, 7, 10, 7}};
        const TimeLine line = hours(6);
        TrainingTarget target;
        target.line = &line;
        const auto fitted = FittedTransforms::fitAndApply(rows, twoNumbers, {impute("time", {{QStringLiteral("limit"), 1LL}})}, target);
        QVERIFY2(fitted, fitted ? "" : qPrintable(fitted.error().text()));
        QCOMPARE(shown(fitted->matrix.values), QStringLiteral("2 5 3 1 4 3 3.5 5 3.5 7 10 7"));
        QVERIFY(fitted->crossFitted); // the map alone would not make it of these rows
        QCOMPARE(fitted->transforms.fill(0), 3.5);
        QCOMPARE(fitted->transforms.fill(1), 5.0);
        QCOMPARE(shown(fitted->transforms.apply(Rows{1, 2, {NAN, NAN}})->values), QStringLiteral("3.5 5"));
        // What is done behind it is done to what it made: the mean of 2 3 4 3.5 3.5 10 is 13/3.
        const auto scaled = FittedTransforms::fitAndApply(rows, twoNumbers, {impute("time", {{QStringLiteral("limit"), 1LL}}), {QStringLiteral("standard_scale"), {}}}, target);
        QVERIFY(scaled);
        QVERIFY(std::abs(scaled->transforms.mean(0) - 13.0 / 3) < 1e-12);
        QVERIFY(std::abs(scaled->matrix.values[2] - (3 - 13.0 / 3) / scaled->transforms.scale(0)) < 1e-12);
    }

    void aCategoryGetsTheMostFrequent() {
        const std::vector<Input> inputs{{QStringLiteral("k"), ColumnType::Category, {"x", "y"}, true}};
        const TimeLine line = hours(4);
        TrainingTarget target;
        target.line = &line;
        const auto fitted = FittedTransforms::fitAndApply(Rows{4, 1, {0, NAN, 1, 1}}, inputs, {impute("time"), {QStringLiteral("one_hot"), {}}}, target);
        QVERIFY2(fitted, fitted ? "" : qPrintable(fitted.error().text()));
        QCOMPARE(shown(fitted->matrix.values), QStringLiteral("1 0 0 1 0 1 0 1"));
    }

    void thePackageSaysWhatBecomesOfAMissingValue() {
        const TimeLine line = hours(3);
        TrainingTarget target;
        target.line = &line;
        const Rows rows{3, 2, {1, 1, NAN, NAN, 3, 3}};
        const auto fitted = FittedTransforms::fit(rows, twoNumbers, {impute("time", {{QStringLiteral("limit"), 2LL}}, {QStringLiteral("a")}), impute("median")}, target);
        QVERIFY2(fitted, fitted ? "" : qPrintable(fitted.error().text()));
        const QJsonObject json = fitted->toJson();
        QCOMPARE(json.value(QStringLiteral("steps")).toArray()[0].toString(), QStringLiteral("impute: {strategy: time, limit: 2, columns: [a]}"));
        const QByteArray rules = compactJson(json.value(QStringLiteral("rules")));
        QVERIFY2(rules.contains("the training rows' median") && rules.contains("as a service gets it: a (at most 2 steps in a row)\""), rules.constData());
        const auto again = FittedTransforms::fromJson(json, QStringLiteral("x"));
        QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
        QCOMPARE(canonicalJson(again->toJson()), canonicalJson(json));
        QVERIFY(again->maps()[0].overTime == 2 && !again->maps()[1].overTime);
    }

    void whatIsWrongIsSaid() {
        const Rows rows{2, 2, {1, 2, 3, 4}};
        const auto timeless = FittedTransforms::fit(rows, twoNumbers, {impute("time")});
        QVERIFY(!timeless && timeless.error().text().contains(QStringLiteral("Add `time:`")));
        const auto limit = FittedTransforms::fit(rows, twoNumbers, {impute("median", {{QStringLiteral("limit"), 2LL}})});
        QVERIFY(!limit && limit.error().text().contains(QStringLiteral("“limit” belongs to strategy: time")));
        const auto none = FittedTransforms::fit(rows, twoNumbers, {impute("time", {{QStringLiteral("limit"), 0LL}})});
        QVERIFY(!none && none.error().text().contains(QStringLiteral("limit is “0”; a number from 1")));
        const TimeLine line = hours(2);
        TrainingTarget target;
        target.line = &line;
        const auto empty = FittedTransforms::fit(Rows{2, 2, {1, NAN, 3, NAN}}, twoNumbers, {impute("time")}, target);
        QVERIFY(!empty && empty.error().text().contains(QStringLiteral("“b” has no value in the training rows")));
    }

    void theFirstStepThatFillsAColumnCounts() {
        const QString time = QStringLiteral("{column: t, step: 1h}");
        const auto wanted = [&](const QString &transforms) {
            QStringList all;
            const auto found = timeFilledInputs(recipeWith(transforms, time), twoNumbers);
            for (const TimeFilled &one : *found)
                all << twoNumbers[one.input].name + QLatin1Char(' ') + QString::number(one.limit);
            return all.join(QStringLiteral(", "));
        };
        QCOMPARE(wanted(QStringLiteral("impute: time, standard_scale")), QStringLiteral("a 0, b 0"));
        QCOMPARE(wanted(QStringLiteral("impute: {strategy: mean, columns: [a]}, impute: {strategy: time, limit: 4}")), QStringLiteral("b 4"));
        QCOMPARE(wanted(QStringLiteral("impute: {strategy: time, columns: [b]}, impute: median")), QStringLiteral("b 0"));
        QCOMPARE(wanted(QStringLiteral("impute: median")), QString());
    }

    void theRowsOfAFileFillEachOther() {
        const TemporaryFile file("t,b,a,y\n2024-01-01T00:00:00Z,,0,1\n2024-01-01T01:00:00Z,5,,1\n2024-01-01T02:00:00Z,,,1\n2024-01-01T03:00:00Z,9,12,1\n");
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        const auto recipe = recipeWith(QStringLiteral("impute: {strategy: time, limit: 2}"), QStringLiteral("{column: t, step: 1h}"));
        const auto fill = fillOverTime(loaded->table, recipe, twoNumbers);
        QVERIFY2(fill, fill ? "" : qPrintable(fill.error().text()));
        QCOMPARE(fill->values, (std::vector<FilledInput>{{1, 0, 4}, {2, 0, 8}, {2, 1, 7}}));
        QCOMPARE(fill->counts.notes(), QStringList{QStringLiteral("3 of 4 missing values were read off the rows before and behind them in time; the others get the training rows' median.")});
        Table table = loaded->table;
        writeFilled(table, twoNumbers, fill->values);
        QCOMPARE(shown(table.find(QStringLiteral("a"))->numbers), QStringLiteral("0 4 8 12"));
        QCOMPARE(shown(table.find(QStringLiteral("b"))->numbers), QStringLiteral("· 5 7 9"));
        // Without the time column, as in a package's sample.csv, nothing is told by neighbours, and that is said.
        table = loaded->table;
        table.columns.erase(table.columns.begin());
        const auto timeless = fillOverTime(table, recipe, twoNumbers);
        QVERIFY(timeless && timeless->values.empty());
        QVERIFY(timeless->counts.notes().value(0).startsWith(QStringLiteral("The rows have no time, so that 4 missing values get the training rows' median")));
        QVERIFY(fillOverTime(loaded->table, recipeWith(QStringLiteral("impute: median"), QStringLiteral("{column: t}")), twoNumbers)->counts.notes().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestTimeFill)
#include "tst_time_fill.moc"

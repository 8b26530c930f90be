// SPDX-License-Identifier: GPL-3.0-or-later
// Against pandas 3.1.1: shift(freq), asfreq("1h").rolling(3, min_periods), and the dt accessor in Europe/Berlin over its change to summer time.
#include "dump.h"

#include "core/data/made_columns.h"
#include "core/data/split.h"
#include "core/data/transforms.h"
#include "core/data/windows.h"

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

// Not in the order of time; no row at 02:00, no value at 00:00.
const char *const hours = "t,v,kind,y\n2024-03-31T00:00:00Z,,b,3\n2024-03-30T22:00:00Z,1,a,1\n2024-03-30T23:00:00Z,4,b,2\n2024-03-31T01:00:00Z,2,a,4\n2024-03-31T03:00:00Z,8,a,5\n"
                          "2024-03-31T04:00:00Z,5,b,6\n2024-03-31T05:00:00Z,7,b,7\n2024-03-31T06:00:00Z,-3,a,8\n";

workspace::Recipe recipeWith(const QString &transforms, const QString &time = QStringLiteral("{column: t, step: 1h}"), const QString &target = QStringLiteral("y")) {
    const QString yaml = QStringLiteral("recipe: r\ndata: {source: x.csv}\ntask: regression\ntarget: %1\n%2split: {every: 4}\ntransforms: [%3]\nestimators: [ridge]\n")
                             .arg(target, time.isEmpty() ? QString() : QStringLiteral("time: %1\n").arg(time), transforms);
    const auto parsed = workspace::parseRecipe(yaml.toUtf8(), {});
    if (!parsed)
        qFatal("%s", qPrintable(parsed.error().text()));
    return *parsed;
}

QString shown(const Column &column, const std::vector<std::size_t> &order) {
    QStringList all;
    for (const std::size_t row : order)
        all << (column.isMissing(row) ? QStringLiteral("·") : column.type == ColumnType::Number ? QString::number(column.numbers[row], 'g', 12) : column.text(row));
    return all.join(QLatin1Char(' '));
}

Table read(const char *text) {
    const TemporaryFile file(text);
    const auto loaded = readCsv(file.path);
    if (!loaded)
        qFatal("%s", qPrintable(loaded.error().text()));
    return loaded->table;
}

} // namespace

class TestMadeColumns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void valuesAreThoseOfPandas_data() {
        QTest::addColumn<QString>("transform");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("values");
        const auto row = [](const char *transform, const char *name, const char *values) { QTest::addRow("%s %s", transform, name) << QString::fromUtf8(transform) << QString::fromUtf8(name) << QString::fromUtf8(values); };
        row("lag: {steps: [3, 1, 2], columns: [v]}", "v@lag1", "· 1 4 · · 8 5 7");
        row("lag: {steps: [3, 1, 2], columns: [v]}", "v@lag2", "· · 1 4 2 · 8 5");
        row("lag: {steps: [3, 1, 2], columns: [v]}", "v@lag3", "· · · 1 · 2 · 8");
        row("lag: {steps: 1, columns: [kind]}", "kind@lag1", "· a b b · a b b");
        row("lag: {steps: 1}", "y@lag1", "· 1 2 3 · 5 6 7");
        row("rolling: {window: 3, columns: [v]}", "v@mean3", "· · · · · · 6.66666666667 3");
        row("rolling: {of: mean, window: 3, min_periods: 2, columns: [v]}", "v@mean3", "· 2.5 2.5 3 5 6.5 6.66666666667 3");
        row("rolling: {of: sum, window: 3, min_periods: 2, columns: [v]}", "v@sum3", "· 5 5 6 10 13 20 9");
        row("rolling: {of: min, window: 3, min_periods: 2, columns: [v]}", "v@min3", "· 1 1 2 2 5 5 -3");
        row("rolling: {of: max, window: 3, min_periods: 2, columns: [v]}", "v@max3", "· 4 4 4 8 8 8 7");
        row("rolling: {of: std, window: 3, min_periods: 2, columns: [v]}", "v@std3", "· 2.12132034356 2.12132034356 1.41421356237 4.24264068712 2.12132034356 1.52752523165 5.29150262213");
        row("rolling: {of: mean, window: 2}", "y@mean2", "· · 1.5 2.5 · · 5.5 6.5"); // the target's own value is what is asked for
        row("calendar: {parts: [hour]}", "time@hour", "23 0 1 3 5 6 7 8");
        row("calendar: {parts: [day, weekend]}", "time@day", "30 31 31 31 31 31 31 31");
        row("calendar: {parts: [weekday, week]}", "time@weekday", "5 6 6 6 6 6 6 6");
        row("calendar: {parts: [day_of_year, quarter]}", "time@day_of_year", "90 91 91 91 91 91 91 91");
        row("calendar: {parts: [week]}", "time@week", "13 13 13 13 13 13 13 13");
        row("calendar: {parts: [weekend, hour], cyclic: true}", "time@weekend", "1 1 1 1 1 1 1 1");
        row("calendar: {parts: [hour], cyclic: true}", "time@hour_sin", "-0.258819045103 0 0.258819045103 0.707106781187 0.965925826289 1 0.965925826289 0.866025403784");
        row("calendar: {parts: [month], cyclic: true}", "time@month_cos", "0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5");
    }
    void valuesAreThoseOfPandas() {
        QFETCH(QString, transform);
        QFETCH(QString, name);
        QFETCH(QString, values);
        Table table = read(hours);
        const auto recipe = recipeWith(transform, QStringLiteral("{column: t, step: 1h, zone: Europe/Berlin}"));
        const auto made = makeColumns(table, recipe);
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        const Column *column = table.find(name);
        QVERIFY2(column, qPrintable(table.names().join(QLatin1Char(' '))));
        QString found = shown(*column, {1, 2, 0, 3, 4, 5, 6, 7});
        QCOMPARE(found.replace(QStringLiteral("6.12323399574e-17"), QStringLiteral("0")), values);
        const auto steps = makeTransforms(recipe);
        QVERIFY(madeColumns(*steps, recipe.targets()).contains(name));
    }

    void everyTargetIsLookedBackOn() {
        Table table = read(hours);
        workspace::Recipe recipe = recipeWith(QStringLiteral("lag: {steps: 1}, rolling: {of: max, window: 2}"));
        recipe.task = workspace::TaskKind::Forecast;
        recipe.moreTargets = QStringList{QStringLiteral("v")};
        QVERIFY(makeColumns(table, recipe));
        const QStringList made{QStringLiteral("y@lag1"), QStringLiteral("v@lag1"), QStringLiteral("y@max2"), QStringLiteral("v@max2")};
        QCOMPARE(table.names().mid(4), made);
        QCOMPARE(madeColumns(*makeTransforms(recipe), recipe.targets()), made);
        QCOMPARE(shown(*table.find(QStringLiteral("v@max2")), {1, 2, 0, 3, 4, 5, 6, 7}), QStringLiteral("· 4 · · · 8 7 7")); // its own value is known when it is forecast
    }

    void theWeekIsThatOfTheYearItBelongsTo() {
        Table table = read("t,y\n2024-12-30T12:30:00Z,1\n2021-01-03T00:00:00Z,2\n");
        QVERIFY(makeColumns(table, recipeWith(QStringLiteral("calendar: {parts: [week, day_of_year, quarter, weekday]}"))));
        QCOMPARE(dumpTable(table), QStringLiteral("t:time y:number time@week:number time@day_of_year:number time@quarter:number time@weekday:number / 2024-12-30T12:30:00Z 1 1 365 4 0 / 2021-01-03T00:00:00Z 2 53 3 1 6"));
    }

    void seriesAreToldApart() {
        const char *const two = "t,station,v,y\n2024-01-01T00:00:00Z,A,1,0\n2024-01-01T00:00:00Z,B,10,0\n2024-01-01T01:00:00Z,A,2,0\n2024-01-01T01:00:00Z,B,20,0\n2024-01-01T02:00:00Z,B,30,1\n";
        Table table = read(two);
        const auto mixed = makeColumns(table, recipeWith(QStringLiteral("lag: {steps: 1, columns: [v]}")));
        QVERIFY(!mixed);
        QVERIFY2(mixed.error().text().contains(QStringLiteral("several series")) && mixed.error().hint.contains(QStringLiteral("by: station")), qPrintable(mixed.error().text()));
        QVERIFY(makeColumns(table, recipeWith(QStringLiteral("lag: {steps: 1, columns: [v], by: station}, rolling: {of: sum, window: 2, columns: [v], by: station}"))));
        QCOMPARE(shown(*table.find(QStringLiteral("v@lag1")), {0, 1, 2, 3, 4}), QStringLiteral("· · 1 10 20"));
        QCOMPARE(shown(*table.find(QStringLiteral("v@sum2")), {0, 1, 2, 3, 4}), QStringLiteral("· · 3 30 50"));
    }

    void theyAreInputsWhateverIsIncluded() {
        Table table = read(hours);
        auto recipe = recipeWith(QStringLiteral("lag: {steps: [1, 2]}, calendar: {parts: [hour]}, impute: median"));
        recipe.include = QStringList{QStringLiteral("v")};
        QVERIFY(makeColumns(table, recipe));
        const auto inputs = inputsOf(table, recipe, {0, 1, 2, 3, 4, 5, 6, 7});
        QVERIFY2(inputs, inputs ? "" : qPrintable(inputs.error().text()));
        QStringList names;
        for (const Input &input : *inputs)
            names << input.name;
        QCOMPARE(names, (QStringList{QStringLiteral("v"), QStringLiteral("y@lag1"), QStringLiteral("y@lag2"), QStringLiteral("time@hour")}));
        QVERIFY((*inputs)[1].optional); // the step behind, impute, sees them
    }

    void aColumnThatIsThereIsTakenAsItIs() {
        Table table = read("v@lag1,time@hour,y\n5,6,1\n7,8,2\n"); // as a service gets its rows: without any time
        const auto recipe = recipeWith(QStringLiteral("lag: {steps: 1, columns: [v]}, calendar: {parts: [hour]}"));
        const auto made = makeColumns(table, recipe);
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        QCOMPARE(table.columns.size(), std::size_t(3));
        QCOMPARE(shown(*table.find(QStringLiteral("v@lag1")), {0, 1}), QStringLiteral("5 7"));
    }

    /// What is made of a row is the same whatever comes later.
    void theFutureHasNoPart() {
        const QString transforms = QStringLiteral("lag: {steps: [1, 5], columns: [v]}, rolling: {of: max, window: 4, min_periods: 1, columns: [v]}, rolling: {of: min, window: 3, min_periods: 1}, calendar: {parts: [hour]}");
        QByteArray rows = "t,v,y\n";
        std::vector<QByteArray> lines;
        for (int i = 0; i < 60; ++i)
            lines.push_back(QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(3600LL * i).toString(Qt::ISODate).toLatin1() + ',' + QByteArray::number((i * 37) % 23) + ',' + QByteArray::number((i * 11) % 17) + '\n');
        const auto made = [&](int count) {
            QByteArray text = rows;
            for (int i = 0; i < count; ++i)
                text += lines[std::size_t(i)];
            Table table = read(text.constData());
            if (!makeColumns(table, recipeWith(transforms)))
                qFatal("no columns");
            return table;
        };
        const Table all = made(60);
        for (const int count : {10, 31, 59}) {
            const Table some = made(count);
            std::vector<std::size_t> first(static_cast<std::size_t>(count));
            for (std::size_t i = 0; i < first.size(); ++i)
                first[i] = i;
            for (const Column &column : some.columns)
                QCOMPARE(shown(*all.find(column.name), first), shown(column, first));
        }
        // The target's own value has none either: it is what is to be predicted.
        Table other = made(60);
        lines[40].replace(lines[40].lastIndexOf(','), lines[40].size(), ",-1000\n");
        const Table changed = made(60);
        QCOMPARE(shown(*changed.find(QStringLiteral("y@min3")), {40}), shown(*other.find(QStringLiteral("y@min3")), {40}));
        QCOMPARE(shown(*changed.find(QStringLiteral("y@min3")), {41}), QStringLiteral("-1000"));
    }

    void aForecastHasThemAsSeries() {
        Table table;
        QByteArray text = "t,v\n";
        for (int i = 0; i < 12; ++i)
            text += QDateTime(QDate(2024, 1, 1), QTime(20, 0), Qt::UTC).addSecs(3600LL * i).toString(Qt::ISODate).toLatin1() + ',' + QByteArray::number(i * i) + '\n';
        table = read(text.constData());
        workspace::Recipe recipe = recipeWith(QStringLiteral("lag: {steps: 4}, rolling: {of: sum, window: 2}, calendar: {parts: [hour]}"), QStringLiteral("{column: t, step: 1h}"), QStringLiteral("v"));
        recipe.task = workspace::TaskKind::Forecast;
        recipe.forecast = workspace::ForecastSpec{2, 1};
        const auto windows = buildWindows(table, recipe);
        QVERIFY2(windows, windows ? "" : qPrintable(windows.error().text()));
        QCOMPARE(windows->series, (std::vector<QString>{QStringLiteral("v"), QStringLiteral("v@lag4"), QStringLiteral("v@sum2"), QStringLiteral("time@hour")}));
        QCOMPARE(windows->inputs[3].name, QStringLiteral("v@lag4@0"));
        // Row 5 is the first with a whole window behind it: v 16 25, four steps before 0 1, sums that hold the newest value, hours 0 1.
        const auto first = windows->x.row(0);
        QCOMPARE(std::vector<double>(first.begin(), first.end()), (std::vector<double>{16, 25, 0, 1, 25, 41, 0, 1}));
        QCOMPARE(windows->y.front(), 36.0);
        QCOMPARE(windows->leftOutMissing, std::size_t(4));
        // Resampled rows are looked back on in the new steps.
        recipe.time->step = QStringLiteral("2h");
        recipe.time->resample = QStringLiteral("last");
        recipe.transforms = recipeWith(QStringLiteral("lag: {steps: 1}")).transforms;
        const auto coarse = buildWindows(table, recipe);
        QVERIFY2(coarse, coarse ? "" : qPrintable(coarse.error().text()));
        const auto row = coarse->x.row(0);
        QCOMPARE(std::vector<double>(row.begin(), row.end()), (std::vector<double>{9, 25, 1, 9}));
    }

    void whatIsWrongIsSaid_data() {
        QTest::addColumn<QString>("transforms");
        QTest::addColumn<QString>("time");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *transforms, const char *time, const char *says) { QTest::newRow(name) << QString::fromUtf8(transforms) << QString::fromUtf8(time) << QString::fromUtf8(says); };
        row("no steps", "lag: {columns: [v]}", "{column: t, step: 1h}", "lag: {steps: [1, 24]}");
        row("no earlier row", "lag: {steps: [0]}", "{column: t, step: 1h}", "whole numbers from 1");
        row("half a step", "lag: {steps: [1.5]}", "{column: t, step: 1h}", "whole numbers from 1");
        row("no such column", "lag: {steps: 1, columns: [kinds]}", "{column: t, step: 1h}", "Did you mean “kind”?");
        row("a time", "lag: {steps: 1, columns: [t]}", "{column: t, step: 1h}", "holds times");
        row("unknown setting", "lag: {step: 1}", "{column: t, step: 1h}", "steps");
        row("no time", "lag: {steps: 1}", "", "Add `time:`");
        row("no step", "lag: {steps: 1}", "{column: t}", "Add the step to `time:`");
        row("no window", "rolling: {of: mean}", "{column: t, step: 1h}", "rolling: {of: mean, window: 24}");
        row("more than the window", "rolling: {window: 3, min_periods: 4}", "{column: t, step: 1h}", "from 1 to 3");
        row("texts", "rolling: {window: 3, columns: [kind]}", "{column: t, step: 1h}", "takes numbers");
        row("by nothing", "lag: {steps: 1, by: stations}", "{column: t, step: 1h}", "no column “stations”");
        row("no parts", "calendar: {cyclic: true}", "{column: t}", "calendar: {parts: [hour, weekday]}");
        row("an unknown part", "calendar: {parts: [hours]}", "{column: t}", "Did you mean “hour”?");
        row("not true or false", "calendar: {parts: [hour], cyclic: 3}", "{column: t}", "true or false");
        row("behind another step", "standard_scale, calendar: {parts: [hour]}", "{column: t}", "write it first");
    }
    void whatIsWrongIsSaid() {
        QFETCH(QString, transforms);
        QFETCH(QString, time);
        QFETCH(QString, says);
        Table table = read(hours);
        const auto made = makeColumns(table, recipeWith(transforms, time));
        QVERIFY(!made);
        QVERIFY2(made.error().text().contains(says), qPrintable(made.error().text()));
        QCOMPARE(table.columns.size(), std::size_t(4));
    }
};

QTEST_GUILESS_MAIN(TestMadeColumns)
#include "tst_made_columns.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Against pandas 3.1.1: Series.resample("1h").mean(), last(), sum(min_count=1) and Series.interpolate(limit_area="inside"); 1.5.3:
// groupby(series).resample("1h").
#include "dump.h"

#include "core/base/json.h"
#include "core/data/prepare_table.h"
#include "core/data/profile.h"
#include "core/data/split.h"
#include "core/data/windows.h"

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

const char *const uneven = "t,v\n2024-01-01T00:50:00Z,6\n2024-01-01T00:00:00Z,1\n2024-01-01T00:10:00Z,2\n2024-01-01T01:00:00Z,\n2024-01-01T01:30:00Z,4\n2024-01-01T02:15:00Z,\n"
                           "2024-01-01T02:45:00Z,\n2024-01-01T05:05:00Z,7\n2024-01-01T08:00:00Z,3\n2024-01-01T08:59:59Z,5\n,9\n";

QString shown(const std::vector<double> &values) {
    QStringList all;
    for (const double v : values)
        all << (std::isnan(v) ? QStringLiteral("·") : QString::number(v));
    return all.join(QLatin1Char(' '));
}

workspace::Recipe forecast(const QString &source, const QString &how, int interpolate, int window, int horizon) {
    workspace::Recipe recipe;
    recipe.task = workspace::TaskKind::Forecast;
    recipe.data.source = source;
    recipe.target = QStringLiteral("v");
    recipe.time = workspace::TimeSpec{QStringLiteral("t"), {}, QStringLiteral("1h"), QStringLiteral("UTC"), how, interpolate};
    recipe.forecast = workspace::ForecastSpec{window, horizon};
    return recipe;
}

workspace::TimeSpec hourly(const QString &how, const QString &by = {}) {
    workspace::TimeSpec time{QStringLiteral("t"), {}, QStringLiteral("1h"), QStringLiteral("UTC"), how};
    time.by = by;
    return time;
}

workspace::Recipe tableRecipe(const QByteArray &rest) {
    const auto parsed = workspace::parseRecipe("recipe: r\ndata: {source: x.csv}\nestimators: [ridge]\n" + rest, {});
    if (!parsed)
        qFatal("%s", qPrintable(parsed.error().text()));
    return *parsed;
}

} // namespace

class TestResample : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void stepsHoldWhatPandasSays_data() {
        QTest::addColumn<QString>("how");
        QTest::addColumn<QString>("values");
        QTest::newRow("mean") << QStringLiteral("mean") << QStringLiteral("3 4 · 7 4");
        QTest::newRow("last") << QStringLiteral("last") << QStringLiteral("6 4 · 7 5");
        QTest::newRow("sum") << QStringLiteral("sum") << QStringLiteral("9 4 · 7 8");
    }
    void stepsHoldWhatPandasSays() {
        QFETCH(QString, how);
        QFETCH(QString, values);
        const TemporaryFile file(uneven);
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        StepCounter counter(hourly(how));
        const auto steps = resample({loaded->table.find(QStringLiteral("v"))}, loaded->table.find(QStringLiteral("t"))->times, hourly(how), nullptr, counter);
        QVERIFY2(steps, steps ? "" : qPrintable(steps.error().text()));
        const StepCounts &counts = counter.counts();
        QCOMPARE(shown(steps->columns[0].numbers), values);
        std::vector<std::int64_t> hours;
        for (const std::int64_t time : steps->times)
            hours.push_back((time - parseIsoTime("2024-01-01")) / 3'600'000);
        QCOMPARE(hours, (std::vector<std::int64_t>{0, 1, 2, 5, 8}));
        QCOMPARE(counts.rows, 10u);
        QCOMPARE(counts.withoutTime, 1u);
        QCOMPARE(counts.steps, 5u);
        QCOMPARE(counts.emptySteps, 4u);
        QCOMPARE(counts.gaps, 2u);
        QCOMPARE(counts.longestGap, 2u);
        QCOMPARE(counts.note(), QStringLiteral("10 rows were resampled to 5 steps of 1h (%1). 4 steps have no row, in 2 gaps; the longest has 2. 1 rows have no time; they are left out.").arg(how));
        QCOMPARE(QString::fromUtf8(canonicalJson(counts.toJson())), QStringLiteral(R"({"gaps":2,"how":"%1","longest_gap":2,"missing_steps":4,"rows":10,"series":1,"step":"1h","steps":5,"without_time":1})").arg(how));
    }

    /// Numbers by the way that is named, all else by the newest that is not missing; each series by itself.
    void everyKindOfColumnIsResampled_data() {
        QTest::addColumn<QString>("how");
        QTest::addColumn<QString>("by");
        QTest::addColumn<QString>("table");
        const QString head = QStringLiteral("t:time s:category v:number k:category / ");
        QTest::newRow("mean of each series, as pandas") << QStringLiteral("mean") << QStringLiteral("s")
            << head + QStringLiteral("2024-01-01T00:00:00Z A 2 x / 2024-01-01T00:00:00Z B 10 y / 2024-01-01T01:00:00Z B 20 z / 2024-01-01T01:00:00Z A · w / 2024-01-01T04:00:00Z A 8 · / 2024-01-01T04:00:00Z B 40 y");
        QTest::newRow("sum of each series, as pandas") << QStringLiteral("sum") << QStringLiteral("s")
            << head + QStringLiteral("2024-01-01T00:00:00Z A 4 x / 2024-01-01T00:00:00Z B 10 y / 2024-01-01T01:00:00Z B 20 z / 2024-01-01T01:00:00Z A · w / 2024-01-01T04:00:00Z A 8 · / 2024-01-01T04:00:00Z B 40 y");
        QTest::newRow("last of all rows") << QStringLiteral("last") << QString()
            << head + QStringLiteral("2024-01-01T00:00:00Z A 3 y / 2024-01-01T01:00:00Z A 20 w / 2024-01-01T04:00:00Z B 40 y");
    }
    void everyKindOfColumnIsResampled() {
        QFETCH(QString, how);
        QFETCH(QString, by);
        QFETCH(QString, table);
        // Not in the order of time: it is the time that says what is newest.
        const TemporaryFile file("t,s,v,k\n2024-01-01T04:30:00Z,B,40,y\n2024-01-01T00:10:00Z,A,1,x\n2024-01-01T00:20:00Z,B,10,y\n2024-01-01T00:40:00Z,A,3,\n2024-01-01T01:05:00Z,B,20,z\n2024-01-01T01:10:00Z,A,,w\n"
                                 "2024-01-01T04:00:00Z,A,8,\n");
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        StepCounter counter(hourly(how, by));
        const auto steps = resampleTable(loaded->table, loaded->table.find(QStringLiteral("t"))->times, hourly(how, by), counter);
        QVERIFY2(steps, steps ? "" : qPrintable(steps.error().text()));
        QCOMPARE(dumpTable(*steps), table);
        QCOMPARE(counter.counts().series, by.isEmpty() ? 1u : 2u);
        QCOMPARE(counter.counts().emptySteps, by.isEmpty() ? 2u : 4u);
        QCOMPARE(counter.counts().gaps, by.isEmpty() ? 1u : 2u);
        QCOMPARE(counter.counts().longestGap, 2u);
        QVERIFY(counter.counts().note().contains(QStringLiteral("in 2 series")) != by.isEmpty());
        QCOMPARE(*rowTimes(*steps, hourly(how, by)), steps->find(QStringLiteral("t"))->times);
        const auto unknown = resampleTable(loaded->table, loaded->table.find(QStringLiteral("t"))->times, hourly(how, QStringLiteral("station")), counter);
        QVERIFY(!unknown && unknown.error().text().contains(QStringLiteral("“station”")));
    }

    void missingHoursAreThoseOfTheReference_data() {
        QTest::addColumn<QString>("station");
        for (const char *station : {"EWR", "JFK", "LGA"})
            QTest::newRow(station) << QString::fromLatin1(station);
    }
    void missingHoursAreThoseOfTheReference() {
        QFETCH(QString, station);
        QFile file(sharedFile(QStringLiteral("reference/weather_baselines.json")));
        if (!file.open(QIODevice::ReadOnly))
            QSKIP("the shared reference files are not here");
        const QJsonObject expected = parseJsonObject(file.readAll(), file.fileName()).value().value(QStringLiteral("values")).toObject().value(QStringLiteral("nyc")).toObject().value(station).toObject();
        const auto figure = [&](const char *key) { return expected.value(QLatin1String(key)).toInt(-1); };
        workspace::Recipe recipe = tableRecipe("task: regression\ntarget: temp\nfeatures: {include: [humid, wind_speed]}\ntime: {column: time_hour, step: 1h, resample: mean}\nsplit: {every: 5}\n");
        recipe.data.source = sharedFile(QStringLiteral("data/nyc_weather_2013.csv"));
        recipe.data.where = {{QStringLiteral("origin"), station}};
        const auto loaded = loadData(recipe);
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
        Table table = loaded->table;
        const auto steps = prepareTable(table, recipe);
        QVERIFY2(steps, steps ? "" : qPrintable(steps.error().text()));
        QCOMPARE(int((*steps)->rows), figure("rows"));
        QCOMPARE(int((*steps)->steps + (*steps)->emptySteps), figure("hours_in_span"));
        QCOMPARE(int((*steps)->emptySteps), figure("missing_hours"));
        QCOMPARE(int((*steps)->gaps), figure("gaps"));
        QCOMPARE(table.rows(), (*steps)->steps);
        // What `pilot profile` says of the same times.
        const ColumnStatistics time = statisticsOf(*loaded->table.find(QStringLiteral("time_hour")));
        QCOMPARE(int(time.distinct + time.missingSteps), figure("hours_in_span"));
        QCOMPARE(int(time.missingSteps), figure("missing_hours"));
        QCOMPARE(int(time.gaps), figure("gaps"));
        QCOMPARE(std::size_t(time.longestGap), (*steps)->longestGap);
        // And all three at once, each by itself.
        recipe.data.where.clear();
        recipe.time->by = QStringLiteral("origin");
        auto all = loadData(recipe);
        QVERIFY(all);
        const auto series = prepareTable(all->table, recipe);
        QVERIFY2(series, series ? "" : qPrintable(series.error().text()));
        QCOMPARE((*series)->series, 3u);
        QCOMPARE((*series)->emptySteps, 75u);
        QCOMPARE((*series)->gaps, 45u);
    }

    void aTableIsResampledBeforeColumnsOfThePastAreMade() {
        const TemporaryFile file("YEAR,MO,DY,HR,v,y\n2024,1,1,0,1,1\n2024,1,1,1,3,2\n2024,1,1,3,5,3\n2024,1,1,6,9,4\n");
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        const auto recipe = tableRecipe("task: regression\ntarget: y\ntime: {parts: [YEAR, MO, DY, HR], step: 2h, resample: mean, zone: Asia/Colombo}\nsplit: {every: 2}\ntransforms: [lag: {steps: 1, columns: [v]}]\n");
        Table table = loaded->table;
        const auto steps = prepareTable(table, recipe);
        QVERIFY2(steps, steps ? "" : qPrintable(steps.error().text()));
        // 00:00 in Colombo is 18:30 UTC: steps begin at 18:00, 20:00 and, behind a gap, at 00:00.
        const std::int64_t first = parseIsoTime("2023-12-31T18:00:00Z"), hour = 3'600'000;
        QCOMPARE(*rowTimes(table, *recipe.time), (std::vector<std::int64_t>{first, first + 2 * hour, first + 6 * hour}));
        QCOMPARE(table.find(QStringLiteral("time@step"))->type, ColumnType::Time);
        QCOMPARE(stepsText(recipe), QStringLiteral("steps of 2h (mean) of YEAR MO DY HR in Asia/Colombo")); // other steps than those of another zone
        QCOMPARE(shown(table.find(QStringLiteral("v"))->numbers), QStringLiteral("2 5 9"));
        QCOMPARE(shown(table.find(QStringLiteral("v@lag1"))->numbers), QStringLiteral("· 2 ·"));
        // A table that has no times is one of steps already.
        Table sample = table;
        std::erase_if(sample.columns, [](const Column &column) { return column.type == ColumnType::Time || column.name == QStringLiteral("HR"); });
        const Table before = sample;
        const auto none = prepareTable(sample, recipe);
        QVERIFY2(none, none ? "" : qPrintable(none.error().text()));
        QVERIFY(!*none);
        QCOMPARE(dumpTable(sample), dumpTable(before));
    }

    /// A step that begins before the border of a split may hold rows from behind it.
    void aStepAcrossTheBorderIsInNeitherPart() {
        Table table;
        QByteArray text = "t,y\n";
        for (int i = 0; i < 24; ++i)
            text += QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).addSecs(1800LL * i).toString(Qt::ISODate).toLatin1() + ',' + QByteArray::number(i) + '\n';
        const TemporaryFile file(text);
        table = readCsv(file.path)->table;
        const auto recipe = tableRecipe("task: regression\ntarget: y\ntime: {column: t, step: 1h, resample: last}\nsplit: {after: '2024-01-01T06:30:00'}\n");
        QVERIFY(prepareTable(table, recipe));
        QCOMPARE(table.rows(), 12u);
        const auto split = splitRows(table, recipe.split, recipe.target, recipe.time);
        QVERIFY2(split, split ? "" : qPrintable(split.error().text()));
        QCOMPARE(split->train, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5}));
        QCOMPARE(split->test, (std::vector<std::size_t>{7, 8, 9, 10, 11}));
        QCOMPARE(split->leftOut, 1u);
        QVERIFY(split->notes.join(QLatin1Char(' ')).contains(QStringLiteral("1 steps hold rows from both sides of the border")));
        workspace::SplitSpec onTheStep = recipe.split;
        onTheStep.after = QStringLiteral("2024-01-01T06:00:00");
        const auto whole = splitRows(table, onTheStep, recipe.target, recipe.time);
        QVERIFY(whole && whole->leftOut == 0 && whole->train.size() == 6 && whole->test.size() == 6);
    }

    void gapsAreFilledBetweenNeighboursOnly_data() {
        QTest::addColumn<int>("most");
        QTest::addColumn<QString>("filled");
        QTest::newRow("all that lie between, as pandas") << 10 << QStringLiteral("· 1 2 3 4 5 6 7 8 ·");
        QTest::newRow("two in a row") << 2 << QStringLiteral("· 1 2 3 4 · · · 8 ·");
        QTest::newRow("one in a row") << 1 << QStringLiteral("· 1 · · 4 · · · 8 ·");
    }
    void gapsAreFilledBetweenNeighboursOnly() {
        QFETCH(int, most);
        QFETCH(QString, filled);
        std::vector<double> values{NAN, 1, NAN, NAN, 4, NAN, NAN, NAN, 8, NAN};
        const std::size_t count = interpolate(values.data(), values.size(), std::size_t(most));
        QCOMPARE(shown(values), filled);
        QCOMPARE(count, std::size_t(most == 10 ? 5 : most == 2 ? 2 : 0));
    }

    /// hours 0 1 2 · 4 5 · · 8 9 …: inside a window a gap is filled, at its edge and in the horizon it is not.
    void windowsAreFilledFromThemselves() {
        QByteArray text = "t,v\n";
        for (const int hour : {0, 1, 2, 4, 5, 8, 9, 10, 11})
            text += "2024-01-01T" + QByteArray::number(hour).rightJustified(2, '0') + ":00:00Z," + QByteArray::number(hour * hour) + "\n";
        const TemporaryFile file(text);
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        const auto plain = buildWindows(loaded->table, forecast(file.path, {}, 0, 3, 1));
        QVERIFY(plain);
        QCOMPARE(plain->count(), 1u); // 8 9 10 → 11
        const auto windows = buildWindows(loaded->table, forecast(file.path, {}, 1, 3, 1));
        QVERIFY2(windows, windows ? "" : qPrintable(windows.error().text()));
        QStringList rows;
        for (std::size_t r = 0; r < windows->count(); ++r)
            rows << shown({windows->x.row(r).begin(), windows->x.row(r).end()}) + QStringLiteral(" → ") + QString::number(windows->y[r]);
        QCOMPARE(rows.join(QStringLiteral(" / ")), QStringLiteral("4 10 16 → 25 / 64 81 100 → 121")); // hour 3 is (4 + 16) / 2, not 9
        QCOMPARE(windows->interpolated, 1u);
        QVERIFY(windows->notes().join(QLatin1Char('\n')).contains(QStringLiteral("1 windows hold steps that are interpolated")));
    }

    void aForecastOfUnevenRowsIsResampled() {
        QByteArray text = "t,v\n,5\n";
        for (int minute = 0; minute < 600; minute += 20)
            text += QDateTime(QDate(2024, 1, 1), QTime(0, 7), Qt::UTC).addSecs(60 * minute).toString(Qt::ISODate).toLatin1() + ',' + QByteArray::number(minute / 60) + '\n';
        const TemporaryFile file(text);
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        const auto windows = buildWindows(loaded->table, forecast(file.path, QStringLiteral("mean"), 0, 2, 1));
        QVERIFY2(windows, windows ? "" : qPrintable(windows.error().text()));
        QCOMPARE(windows->count(), 8u);
        QCOMPARE(windows->withoutTime, 0u); // of the steps
        QCOMPARE(windows->steps->withoutTime, 1u);
        QCOMPARE(windows->offGrid, 0u);
        QCOMPARE(shown({windows->x.row(3).begin(), windows->x.row(3).end()}), QStringLiteral("3 4"));
        QCOMPARE(windows->notes().first(), QStringLiteral("30 rows were resampled to 10 steps of 1h (mean). No step between the first and the last is missing. 1 rows have no time; they are left out."));
    }
};

QTEST_GUILESS_MAIN(TestResample)
#include "tst_resample.moc"

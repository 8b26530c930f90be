// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump.h"

#include "core/base/json.h"
#include "core/data/windows.h"
#include "tests/support/persistence.h"

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

workspace::Recipe forecastRecipe(const QString &source, const QString &target, int window, int horizon) {
    workspace::Recipe recipe;
    recipe.task = workspace::TaskKind::Forecast;
    recipe.data.source = source;
    recipe.target = target;
    recipe.time = workspace::TimeSpec{QStringLiteral("t"), {}, QStringLiteral("1h"), QStringLiteral("UTC")};
    recipe.forecast = workspace::ForecastSpec{window, horizon};
    return recipe;
}

QString shown(const Windows &windows) {
    QStringList all;
    for (std::size_t r = 0; r < windows.count(); ++r) {
        QStringList cells;
        for (const double v : windows.x.row(r))
            cells << QString::number(v);
        cells << QStringLiteral("→");
        for (std::size_t o = 0; o < windows.outputs() && !windows.y.empty(); ++o)
            cells << (std::isnan(windows.y[r * windows.outputs() + o]) ? QStringLiteral("·") : QString::number(windows.y[r * windows.outputs() + o]));
        all << cells.join(QLatin1Char(' '));
    }
    return all.join(QStringLiteral(" / "));
}

} // namespace

class TestWindows : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// Both have the same hours missing: side by side each still comes to its own reference, to every digit.
    void eachOfSeveralTargetsComesOutAsItsReferenceSays() {
        QFile file(sharedFile(QStringLiteral("reference/weather_baselines.json")));
        if (!file.open(QIODevice::ReadOnly))
            QSKIP("the shared reference files are not here");
        const QJsonObject values = parseJsonObject(file.readAll(), file.fileName()).value().value(QStringLiteral("values")).toObject().value(QStringLiteral("nasa_power_kaudulla")).toObject();
        workspace::Recipe recipe = forecastRecipe(sharedFile(QStringLiteral("data/nasa_power_hourly_kaudulla.csv")), QStringLiteral("T2M"), 1, 24);
        recipe.moreTargets = QStringList{QStringLiteral("WS2M")};
        recipe.time = workspace::TimeSpec{{}, {QStringLiteral("YEAR"), QStringLiteral("MO"), QStringLiteral("DY"), QStringLiteral("HR")}, QStringLiteral("1h"), QStringLiteral("UTC")};
        const auto loaded = loadData(recipe);
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
        const auto windows = buildWindows(loaded->table, recipe, Targets::AnyPresent);
        QVERIFY2(windows, windows ? "" : qPrintable(windows.error().text()));
        QCOMPARE(windows->outputs(), std::size_t(48));
        for (std::size_t which = 0; which < 2; ++which) {
            const QJsonObject expected = values.value(recipe.targets()[qsizetype(which)]).toObject();
            const std::int64_t test = parseIsoTime(expected.value(QStringLiteral("test_start")).toString().toStdString());
            for (const auto &[key, step, from] : {std::tuple{"persistence_1h", 1, INT64_MIN}, std::tuple{"persistence_24h", 24, INT64_MIN}, std::tuple{"persistence_24h_test", 24, test}}) {
                const QJsonObject wanted = expected.value(QLatin1String(key)).toObject();
                const support::Persistence found = support::persistence(*windows, std::size_t(step), from, which);
                QCOMPARE(found.pairs, qint64(wanted.value(QStringLiteral("pairs")).toInt()));
                for (const auto &[name, value] : {std::pair{"mae", found.mae}, std::pair{"rmse", found.rmse}})
                    QVERIFY2(std::abs(value - wanted.value(QLatin1String(name)).toDouble()) <= 1e-9 * value, qPrintable(QStringLiteral("%1 %2: %3").arg(QLatin1String(key), QLatin1String(name)).arg(value, 0, 'g', 14)));
            }
        }
    }

    void windowsAreMatchedByTime_data() {
        QTest::addColumn<QByteArray>("rows");
        QTest::addColumn<int>("targets");
        QTest::addColumn<QString>("windows");
        QTest::addColumn<QString>("notes");
        const auto row = [](const char *name, const char *rows, Targets targets, const char *windows, const char *notes) {
            QTest::newRow(name) << QByteArray(rows) << int(targets) << QString::fromUtf8(windows) << QString::fromUtf8(notes);
        };
        row("a whole series", "00:00,1 01:00,2 02:00,3 03:00,4", Targets::Whole, "1 2 → 3 / 2 3 → 4", "");
        row("file order does not matter", "02:00,3 00:00,1 03:00,4 01:00,2", Targets::Whole, "1 2 → 3 / 2 3 → 4", "");
        row("a gap leaves out what crosses it", "00:00,1 01:00,2 02:00,3 04:00,5 05:00,6 06:00,7", Targets::Whole, "1 2 → 3 / 5 6 → 7", "3 windows cross a gap");
        row("a missing value too", "00:00,1 01:00,2 02:00, 03:00,4 04:00,5 05:00,6", Targets::Whole, "4 5 → 6", "3 windows hold a missing value");
        row("the first row of a time counts", "00:00,1 01:00,2 02:00,3", Targets::Whole, "1 2 → 3", "");
        row("a stray time lies beside the grid", "00:00,1 00:20,9 01:00,2 02:00,3", Targets::Whole, "1 2 → 3", "1 rows do not lie on the time grid");
        row("scoring needs no targets", "00:00,1 01:00,2 02:00,3", Targets::None, "1 2 → / 2 3 →", "");
    }
    void windowsAreMatchedByTime() {
        QFETCH(QByteArray, rows);
        QFETCH(int, targets);
        QFETCH(QString, windows);
        QFETCH(QString, notes);
        const TemporaryFile file("t,v\n" + rows.replace(' ', "\n").replace(":00,", ":00:00Z,").replace(":20,", ":20:00Z,").replace('\n', "\n2013-01-01T").prepend("2013-01-01T") + "\n");
        const workspace::Recipe recipe = forecastRecipe(file.path, QStringLiteral("v"), 2, 1);
        const auto loaded = loadData(recipe);
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
        const auto built = buildWindows(loaded->table, recipe, Targets(targets));
        QVERIFY2(built, built ? "" : qPrintable(built.error().text()));
        QCOMPARE(shown(*built), windows);
        QVERIFY2(notes.isEmpty() ? built->notes().isEmpty() : built->notes().join(QLatin1Char(' ')).contains(notes), qPrintable(built->notes().join(QLatin1Char('\n'))));
    }

    void seriesStandOneAfterTheOther() {
        const TemporaryFile file("t,v,w\n2013-01-01T00:00Z,1,10\n2013-01-01T01:00Z,2,20\n2013-01-01T02:00Z,3,30\n2013-01-01T03:00Z,4,40\n");
        workspace::Recipe recipe = forecastRecipe(file.path, QStringLiteral("v"), 2, 2);
        recipe.include = {QStringLiteral("w")};
        const auto loaded = loadData(recipe);
        const auto windows = buildWindows(loaded->table, recipe);
        QVERIFY2(windows, windows ? "" : qPrintable(windows.error().text()));
        QStringList names;
        for (const Input &input : windows->inputs)
            names << input.name;
        QCOMPARE(names.join(QLatin1Char(' ')), QStringLiteral("v@-1 v@0 w@-1 w@0"));
        QCOMPARE(shown(*windows), QStringLiteral("1 2 10 20 → 3 4"));
        QCOMPARE(windows->targets.front() + windows->targets.back(), QStringLiteral("v@+1v@+2"));
        QCOMPARE(windows->targetTime(0, 1), parseIsoTime("2013-01-01T03:00Z"));
    }

    void targetsComeFirstAndOneAfterTheOther() {
        const TemporaryFile file("t,u,v,w\n2013-01-01T00:00Z,1,10,7\n2013-01-01T01:00Z,2,20,7\n2013-01-01T02:00Z,3,30,7\n2013-01-01T03:00Z,4,40,7\n2013-01-01T04:00Z,5,,7\n2013-01-01T05:00Z,6,60,7\n");
        workspace::Recipe recipe = forecastRecipe(file.path, QStringLiteral("v"), 2, 2);
        recipe.moreTargets = QStringList{QStringLiteral("u")};
        recipe.include = {QStringLiteral("w"), QStringLiteral("v")};
        const auto loaded = loadData(recipe);
        QVERIFY(loaded);
        const auto whole = buildWindows(loaded->table, recipe);
        QVERIFY2(whole, whole ? "" : qPrintable(whole.error().text()));
        QCOMPARE(whole->series, (std::vector<QString>{QStringLiteral("v"), QStringLiteral("u"), QStringLiteral("w")}));
        QCOMPARE(whole->targets, (std::vector<QString>{QStringLiteral("v@+1"), QStringLiteral("v@+2"), QStringLiteral("u@+1"), QStringLiteral("u@+2")}));
        QCOMPARE(shown(*whole), QStringLiteral("10 20 1 2 7 7 → 30 40 3 4")); // a target that is missing leaves a window out, whichever it is
        QCOMPARE(whole->leftOutMissing, std::size_t(2));
        const auto any = buildWindows(loaded->table, recipe, Targets::AnyPresent);
        QVERIFY(any);
        QCOMPARE(shown(*any), QStringLiteral("10 20 1 2 7 7 → 30 40 3 4 / 20 30 2 3 7 7 → 40 · 4 5 / 30 40 3 4 7 7 → · 60 5 6"));
        QCOMPARE(shown(takeWindows(*any, {2, 0})), QStringLiteral("30 40 3 4 7 7 → · 60 5 6 / 10 20 1 2 7 7 → 30 40 3 4"));
        recipe.moreTargets << QStringLiteral("x");
        const auto unknown = buildWindows(loaded->table, recipe);
        QVERIFY(!unknown && unknown.error().text().contains(QStringLiteral("“x”")));
    }

    void theBorderOfASplitCutsNoWindow() {
        QByteArray bytes = "t,v\n";
        for (int hour = 0; hour < 20; ++hour)
            bytes += "2013-01-01T" + QByteArray::number(hour).rightJustified(2, '0') + ":00Z," + QByteArray::number(hour) + "\n";
        const TemporaryFile file(bytes);
        const workspace::Recipe recipe = forecastRecipe(file.path, QStringLiteral("v"), 2, 3);
        const auto windows = buildWindows(loadData(recipe)->table, recipe);
        QVERIFY(windows);
        workspace::SplitSpec spec;
        spec.kind = workspace::SplitSpec::Kind::After;
        spec.after = QStringLiteral("2013-01-01T10:00:00");
        const auto split = splitWindows(*windows, spec);
        QVERIFY(split);
        const Windows train = takeWindows(*windows, split->train), test = takeWindows(*windows, split->test);
        QCOMPARE(*std::max_element(train.y.begin(), train.y.end()), 9.0);
        QCOMPARE(*std::min_element(test.y.begin(), test.y.end()), 10.0);
        QCOMPARE(split->leftOut, 2u);
        QCOMPARE(train.count() + test.count() + split->leftOut, windows->count());
        spec.kind = workspace::SplitSpec::Kind::Every;
        const auto every = splitWindows(*windows, spec);
        QVERIFY(every && !every->notes.isEmpty());
        spec.kind = workspace::SplitSpec::Kind::Stratified;
        QVERIFY(!splitWindows(*windows, spec));
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        QTest::newRow("several series in one file") << QByteArray("t,v\n2013-01-01T00:00Z,1\n2013-01-01T00:00Z,2\n2013-01-01T01:00Z,3\n2013-01-01T01:00Z,4\n") << QStringLiteral("where");
        QTest::newRow("no whole window") << QByteArray("t,v\n2013-01-01T00:00Z,1\n2013-01-01T05:00Z,2\n") << QStringLiteral("there are 2 rows, each with a time of its own (");
        QTest::newRow("texts") << QByteArray("t,v\n2013-01-01T00:00Z,a\n2013-01-01T01:00Z,b\n") << QStringLiteral("needs numbers");
        QTest::newRow("no such column") << QByteArray("t,w\n2013-01-01T00:00Z,1\n") << QStringLiteral("“v”");
        QTest::newRow("no time column") << QByteArray("u,v\n2013-01-01T00:00Z,1\n") << QStringLiteral("“t”");
        QTest::newRow("the time is no time") << QByteArray("t,v\n5,1\n6,2\n") << QStringLiteral("holds number");
    }
    void refuses() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const TemporaryFile file(bytes);
        const workspace::Recipe recipe = forecastRecipe(file.path, QStringLiteral("v"), 2, 1);
        const auto loaded = loadData(recipe);
        QVERIFY(loaded);
        const auto windows = buildWindows(loaded->table, recipe);
        QVERIFY(!windows);
        QVERIFY2(windows.error().text().contains(words), qPrintable(windows.error().text()));
    }
};

QTEST_GUILESS_MAIN(TestWindows)
#include "tst_windows.moc"

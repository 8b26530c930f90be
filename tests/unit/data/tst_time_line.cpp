// SPDX-License-Identifier: GPL-3.0-or-later
// Against values computed by hand, and pandas 1.5.3: Series.interpolate(method="time", limit_area="inside").
#include "dump.h"

#include "core/data/time_line.h"

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

constexpr std::int64_t minute = 60'000, hour = 60 * minute;

std::vector<std::int64_t> minutes(std::initializer_list<int> all) {
    std::vector<std::int64_t> times;
    for (const int m : all)
        times.push_back(m < 0 ? Column::missingTime : parseIsoTime("2024-01-01") + m * minute);
    return times;
}

QString shown(const std::vector<double> &values) {
    QStringList all;
    for (const double v : values)
        all << (std::isnan(v) ? QStringLiteral("·") : QString::number(v, 'g', 12));
    return all.join(QLatin1Char(' '));
}

std::vector<double> valuesOf(const QString &text) {
    std::vector<double> values;
    for (const QString &part : text.split(QLatin1Char(' ')))
        values.push_back(part == QStringLiteral("·") ? NAN : part.toDouble());
    return values;
}

} // namespace

class TestTimeLine : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void missingValuesAreReadOffTheNeighbours_data() {
        QTest::addColumn<std::vector<std::int64_t>>("times");
        QTest::addColumn<QString>("values");
        QTest::addColumn<qint64>("limit");
        QTest::addColumn<QString>("filled");
        const auto row = [](const char *name, const std::vector<std::int64_t> &times, const char *values, qint64 limit, const char *filled) {
            QTest::newRow(name) << times << QString::fromUtf8(values) << limit << QString::fromUtf8(filled);
        };
        const auto uneven = minutes({0, 30, 120, 180, 420, 480, 540});
        row("in time, not in rows, as pandas", uneven, "· 1 · 4 · · 10", 0, "· 1 2.8 4 8 9 10"); // 1 + 3·90/150; 4 + 6·240/360; 4 + 6·300/360
        row("the ends stay missing", minutes({0, 60, 120, 180}), "· 3 7 ·", 0, "· 3 7 ·");
        row("a limit counts steps and not rows", uneven, "· 1 · 4 · · 10", 4, "· 1 2.8 4 · · 10"); // six hours are five steps between
        row("at the limit all are filled", uneven, "· 1 · 4 · · 10", 5, "· 1 2.8 4 8 9 10");
        row("beyond it none is, not even the first", minutes({0, 60, 120, 180}), "0 · · 3", 1, "0 · · 3");
        row("rows out of order", minutes({180, 60, 120, 0}), "3 · · 0", 0, "3 1 2 0");
        row("a row without a time has no neighbours and is none", minutes({0, -1, 60, -1, 120}), "0 · · 9 4", 0, "0 · 2 9 4");
        row("a row at the time of one that has a value", minutes({0, 60, 60, 120}), "0 5 · 9", 0, "0 5 5 9");
        row("three at one time", minutes({0, 60, 60, 60}), "0 5 · 7", 0, "0 5 5 7");
        row("nothing is known", minutes({0, 60}), "· ·", 0, "· ·");
    }
    void missingValuesAreReadOffTheNeighbours() {
        QFETCH(std::vector<std::int64_t>, times);
        QFETCH(QString, values);
        QFETCH(qint64, limit);
        QFETCH(QString, filled);
        std::vector<double> numbers = valuesOf(values);
        TimeLine(times, {}, hour).fill(numbers, limit);
        QCOMPARE(shown(numbers), filled);
    }

    void aSeriesKnowsNothingOfAnother() {
        std::vector<double> values = valuesOf(QStringLiteral("0 10 · · 4 30 · 50"));
        TimeLine(minutes({0, 0, 60, 60, 120, 120, 180, 240}), {1, 2, 1, 2, 1, 2, 1, 2}, hour).fill(values, 0);
        QCOMPARE(shown(values), QStringLiteral("0 10 2 20 4 30 · 50"));
    }

    void aPartIsALineOfItsOwn() {
        const TimeLine all(minutes({0, 60, 120, 180, 240}), {}, hour);
        std::vector<double> values = valuesOf(QStringLiteral("0 · 12")); // without the rows at 60 and 180
        all.take({0, 2, 4}).fill(values, 0);
        QCOMPARE(shown(values), QStringLiteral("0 6 12"));
    }

    void severalSeriesAreToldApart() {
        const TemporaryFile file("t,station,v\n2024-01-01T00:00:00Z,A,1\n2024-01-01T00:00:00Z,B,10\n2024-01-01T01:00:00Z,A,\n2024-01-01T01:00:00Z,B,\n2024-01-01T02:00:00Z,A,3\n2024-01-01T02:00:00Z,B,30\n");
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        workspace::TimeSpec time;
        time.column = QStringLiteral("t");
        time.step = QStringLiteral("1h");
        const auto mixed = TimeLine::of(loaded->table, time);
        QVERIFY(!mixed && mixed.error().text().contains(QStringLiteral("several series")));
        QVERIFY(mixed.error().hint.contains(QStringLiteral("time: {by: station}")));
        time.by = QStringLiteral("station");
        const auto line = TimeLine::of(loaded->table, time);
        QVERIFY2(line, line ? "" : qPrintable(line.error().text()));
        std::vector<double> values = loaded->table.find(QStringLiteral("v"))->numbers;
        line->fill(values, 1);
        QCOMPARE(shown(values), QStringLiteral("1 10 2 20 3 30"));
        time.by = QStringLiteral("town");
        const auto unknown = TimeLine::of(loaded->table, time);
        QVERIFY(!unknown && unknown.error().text().contains(QStringLiteral("“town”")));
    }
};

QTEST_GUILESS_MAIN(TestTimeLine)
#include "tst_time_line.moc"

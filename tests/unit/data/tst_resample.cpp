// SPDX-License-Identifier: GPL-3.0-or-later
// Against pandas 3.1.1: Series.resample("1h").mean(), last(), sum(min_count=1) and Series.interpolate(limit_area="inside").
#include "dump.h"

#include "core/data/resample.h"
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
        const auto steps = resample({loaded->table.find(QStringLiteral("v"))}, loaded->table.find(QStringLiteral("t"))->times, 3'600'000, how);
        QVERIFY2(steps, steps ? "" : qPrintable(steps.error().text()));
        QCOMPARE(shown(steps->columns[0].numbers), values);
        std::vector<std::int64_t> hours;
        for (const std::int64_t time : steps->times)
            hours.push_back((time - parseIsoTime("2024-01-01")) / 3'600'000);
        QCOMPARE(hours, (std::vector<std::int64_t>{0, 1, 2, 5, 8}));
        QCOMPARE(steps->rows, 10u);
        QCOMPARE(steps->emptySteps, 4u);
        QCOMPARE(steps->gaps, 2u);
        QCOMPARE(steps->longestGap, 2u);
        QVERIFY(steps->note(QStringLiteral("1h"), how).contains(QStringLiteral("4 steps have no row, in 2 gaps; the longest has 2")));
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
        QCOMPARE(windows->withoutTime, 1u);
        QCOMPARE(windows->offGrid, 0u);
        QCOMPARE(shown({windows->x.row(3).begin(), windows->x.row(3).end()}), QStringLiteral("3 4"));
        QVERIFY(windows->notes().first().startsWith(QStringLiteral("30 rows were resampled to 10 steps of 1h (mean).")));
    }
};

QTEST_GUILESS_MAIN(TestResample)
#include "tst_resample.moc"

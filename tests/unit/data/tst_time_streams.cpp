// SPDX-License-Identifier: GPL-3.0-or-later
// What comes out of rows some at a time is what all of them at once give, to the last bit, however they are cut.
#include "dump.h"

#include "core/data/fill_stream.h"
#include "core/data/history.h"
#include "core/data/lots.h"
#include "core/data/made_columns.h"
#include "core/data/past_stream.h"
#include "core/data/prepare_table.h"
#include "core/data/split.h"
#include "core/data/step_stream.h"
#include "core/data/time_order.h"
#include "core/data/window_stream.h"

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

constexpr std::int64_t hour = 3'600'000;

/// Rows of three stations with gaps, rows beside the hour, repeated times, missing values, rows without a time. Sorted by time; or each
/// station's rows by themselves, one station behind the other.
QByteArray rows(int count, bool byTime, int stations, quint64 seed) {
    Lots lots(seed);
    std::vector<std::pair<std::int64_t, QByteArray>> all;
    const auto sortFrom = [&](std::size_t first) { std::stable_sort(all.begin() + std::ptrdiff_t(first), all.end(), [](const auto &a, const auto &b) { return a.first < b.first; }); };
    for (int station = 0; station < stations; ++station) {
        const std::size_t first = all.size();
        std::int64_t time = parseIsoTime("2024-01-01");
        for (int i = 0; i < count; ++i) {
            const auto lot = lots.below(40);
            time += lot == 0 ? 0 : lot < 3 ? std::int64_t(2 + lots.below(9)) * hour : hour; // again, a gap, the next hour
            const bool beside = lots.below(90) == 7;
            const QByteArray text = lots.below(70) == 3 ? QByteArray() : QDateTime::fromMSecsSinceEpoch(time + (beside ? 1'500'000 : 0), Qt::UTC).toString(Qt::ISODate).toLatin1();
            const auto number = [&](std::uint64_t missing) { return lots.below(missing) == 1 ? QByteArray() : QByteArray::number(100 * lots.uniform() - 50, 'g', 17); };
            const QByteArray a = number(6), y = number(40), kind = lots.below(9) == 2 ? QByteArray() : "k" + QByteArray::number(quint64(lots.below(5)));
            all.emplace_back(time + (beside ? 1'500'000 : 0), text + ",S" + QByteArray::number(station) + ',' + a + ',' + y + ',' + kind + '\n');
        }
        sortFrom(first);
    }
    if (byTime)
        sortFrom(0);
    QByteArray text = "t,station,a,y,kind\n";
    for (const auto &[time, line] : all)
        text += line;
    return text;
}

Table read(const QByteArray &text) {
    const TemporaryFile file(text);
    const auto loaded = readCsv(file.path);
    if (!loaded)
        qFatal("%s", qPrintable(loaded.error().text()));
    return loaded->table;
}

workspace::Recipe recipeWith(const QByteArray &rest) {
    const auto parsed = workspace::parseRecipe("recipe: r\ndata: {source: x.csv}\ntarget: y\nestimators: [ridge]\n" + rest, {});
    if (!parsed)
        qFatal("%s", qPrintable(parsed.error().text()));
    return *parsed;
}

/// Every value to its last bit.
QString exact(const Table &table) {
    QStringList lines, names;
    for (const Column &column : table.columns)
        names << column.name + QLatin1Char(':') + columnTypeName(column.type);
    lines << names.join(QLatin1Char(' '));
    for (std::size_t row = 0; row < table.rows(); ++row) {
        QStringList cells;
        for (const Column &column : table.columns)
            cells << (column.isMissing(row) ? QStringLiteral("·") : column.type == ColumnType::Number ? QString::number(column.numbers[row], 'g', 17) : column.text(row));
        lines << cells.join(QLatin1Char(' '));
    }
    return lines.join(QLatin1Char('\n'));
}

/// Hands rows on in pieces of so many, and puts together what comes out.
template<class Stream>
Table pieces(const Table &table, const workspace::TimeSpec &time, Stream &stream, std::size_t piece) {
    const TimedRows all{table, *rowTimes(table, time)};
    Table out;
    const auto take = [&](const Result<TimedRows> &some) {
        if (!some)
            qFatal("%s", qPrintable(some.error().text()));
        if (some->rows() > 0)
            out.append(some->table);
    };
    for (std::size_t first = 0; first < all.rows(); first += piece)
        take(stream.add(all.take(first, std::min(all.rows(), first + piece))));
    take(stream.finish());
    return out;
}

void addPieces() {
    QTest::addColumn<int>("piece");
    for (const int piece : {1, 2, 7, 100, 100'000})
        QTest::addRow("pieces of %d rows", piece) << piece;
}

} // namespace

class TestTimeStreams : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void steps_data() { addPieces(); }
    void steps() {
        QFETCH(int, piece);
        const Table table = read(rows(150, true, 3, 5));
        for (const char *how : {"mean", "sum", "last"})
            for (const char *by : {"", ", by: station"}) {
                const auto recipe = recipeWith(QByteArray("task: regression\ntime: {column: t, step: 3h, resample: ") + how + by + "}\n");
                Table whole = table;
                const auto counts = prepareTable(whole, recipe);
                QVERIFY2(counts, counts ? "" : qPrintable(counts.error().text()));
                StepStream stream(*recipe.time, true);
                QCOMPARE(exact(pieces(table, *recipe.time, stream, std::size_t(piece))), exact(whole));
                QCOMPARE(stream.counts().toJson(), (*counts)->toJson());
                QVERIFY((*counts)->gaps > 0 && (*counts)->withoutTime > 0);
            }
    }

    void columnsOfThePast_data() { addPieces(); }
    void columnsOfThePast() {
        QFETCH(int, piece);
        const QByteArray transforms = "transforms: [lag: {steps: [1, 5], columns: [a, kind]}, lag: {steps: 2}, rolling: {of: std, window: 7, min_periods: 2, columns: [a]}, rolling: {of: mean, window: 4, min_periods: 1}, "
                                      "calendar: {parts: [hour, weekday], cyclic: true}]\n";
        const auto recipe = recipeWith("task: regression\ntime: {column: t, step: 1h, by: station}\n" + transforms);
        for (const bool byTime : {true, false}) {
            const Table table = read(rows(150, byTime, 3, 6));
            Table whole = table;
            // One row in forty repeats a time: more than makeColumns() takes of rows that it sees whole.
            QMap<QString, RepeatedTimes> repeats;
            const auto times = rowTimes(table, *recipe.time);
            QVERIFY(makeColumns(whole, *times, recipe, &repeats));
            auto stream = PastStream::of(recipe, table.names(), repeats);
            QVERIFY(stream);
            QCOMPARE(exact(pieces(table, *recipe.time, *stream, std::size_t(piece))), exact(whole));
        }
        // Said of all rows, it is said in the first piece.
        const Table table = read(rows(150, true, 3, 6));
        TimeOrder order({QStringLiteral("station")}, hour, false);
        QVERIFY(order.add(table, *rowTimes(table, *recipe.time)));
        auto stream = PastStream::of(recipe, table.names(), order.repeats());
        QVERIFY(stream);
        const auto several = stream->add(TimedRows{table, *rowTimes(table, *recipe.time)}.take(0, 1));
        Table whole = table;
        const auto judged = makeColumns(whole, recipe);
        QVERIFY(!several && !judged);
        QCOMPARE(several.error().text(), judged.error().text());
        // A step whose columns are there makes nothing.
        const QStringList all = table.names() + madeColumns(*makeTransforms(recipe), recipe.targets());
        auto none = PastStream::of(recipe, all, {});
        QVERIFY(none);
        QCOMPARE(exact(pieces(table, *recipe.time, *none, std::size_t(piece))), exact(table));
    }

    void valuesReadOffNeighbours_data() { addPieces(); }
    void valuesReadOffNeighbours() {
        QFETCH(int, piece);
        const std::vector<Input> inputs{{QStringLiteral("a"), ColumnType::Number, {}, true}, {QStringLiteral("kind"), ColumnType::Category, {}, true}};
        for (const char *by : {", by: station", ""})
            for (const char *limit : {"1", "3", "11"}) {
                const auto recipe = recipeWith(QByteArray("task: regression\ntime: {column: t, step: 1h") + by + "}\ntransforms: [impute: {strategy: time, limit: " + limit + "}]\n");
                const Table table = read(rows(200, true, *by ? 3 : 1, 7));
                const TimedRows all{table, *rowTimes(table, *recipe.time)};
                Table whole = table;
                std::vector<double> &values = whole.columns[std::size_t(whole.indexOf(QStringLiteral("a")))].numbers;
                TimeLine(all.times, *seriesOf(table, recipe.time->by), hour).fill(values, QByteArray(limit).toInt());
                auto stream = FillStream::of(recipe, inputs);
                QVERIFY(stream);
                QCOMPARE(exact(pieces(table, *recipe.time, *stream, std::size_t(piece))), exact(whole));
                QVERIFY(stream->counts().filled > 10 && (QByteArray(limit) != "1" || stream->counts().filled < stream->counts().missing));
            }
    }

    void windows_data() { addPieces(); }
    void windows() {
        QFETCH(int, piece);
        const std::pair<const char *, const char *> forms[] = {{"", ""}, {", interpolate: 2", "transforms: [lag: {steps: [1, 24]}, rolling: {of: max, window: 5, min_periods: 1, columns: [a]}, calendar: {parts: [hour]}]\n"},
                                                               {", resample: mean", ""}, {", resample: last, interpolate: 1", "transforms: [lag: {steps: 3}]\n"}};
        for (const auto &[time, transforms] : forms) {
            const auto recipe = recipeWith(QByteArray("task: forecast\nfeatures: {include: [a]}\ntime: {column: t, step: 1h") + time + "}\nforecast: {window: 5, horizon: 2}\n" + transforms);
            // Few repeat a time: a forecast refuses several series.
            Table table = read(rows(900, true, 1, 8));
            std::vector<std::size_t> kept;
            const auto times = *rowTimes(table, *recipe.time);
            std::size_t repeated = 0;
            for (std::size_t row = 0; row < times.size(); ++row)
                if (row == 0 || times[row] == Column::missingTime || times[row] != times[row - 1] || ++repeated < 5)
                    kept.push_back(row);
            table = table.take(kept);
            const auto whole = buildWindows(table, recipe, Targets::None);
            QVERIFY2(whole, whole ? "" : qPrintable(whole.error().text()));
            QVERIFY2(whole->count() > 30, qPrintable(QString::number(whole->count())));
            const TimedRows all{table, *rowTimes(table, *recipe.time)};
            const bool steps = !recipe.time->resample.isEmpty();
            TimeOrder order({QString()}, hour, !steps);
            QVERIFY(order.add(all.table, all.times));
            QVERIFY(order.rises());
            StepStream stepStream(*recipe.time, false);
            auto past = PastStream::of(recipe, seriesNames(recipe), steps ? QMap<QString, RepeatedTimes>() : order.repeats());
            QVERIFY(past);
            WindowStream stream(recipe, steps ? order.stepGrid() : *order.grid());
            std::vector<double> x;
            std::vector<std::int64_t> origins;
            const auto keep = [&](std::span<const double> inputs, std::int64_t origin) -> Result<void> {
                x.insert(x.end(), inputs.begin(), inputs.end());
                origins.push_back(origin);
                return {};
            };
            const auto pass = [&](const TimedRows &some) {
                const auto made = past->add(some);
                QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
                QVERIFY(stream.add(*made, keep));
            };
            for (std::size_t first = 0; first < all.rows(); first += std::size_t(piece)) {
                const TimedRows some = all.take(first, std::min(all.rows(), first + std::size_t(piece)));
                TimedRows series;
                series.times = some.times;
                for (const QString &name : seriesNames(recipe))
                    series.table.columns.push_back(*some.table.find(name));
                if (!steps) {
                    pass(series);
                    continue;
                }
                const auto made = stepStream.add(series);
                QVERIFY(made);
                pass(*made);
            }
            if (steps) {
                const auto last = stepStream.finish();
                QVERIFY(last);
                pass(*last);
            }
            const auto last = past->finish();
            QVERIFY(last && stream.add(*last, keep));
            QCOMPARE(origins, whole->origins);
            QVERIFY(x == whole->x.values); // no value is missing
            Windows counts = stream.counts();
            if (steps)
                counts.steps = stepStream.counts();
            QCOMPARE(counts.notes(), whole->notes());
            QVERIFY(counts.notes().size() >= (steps ? 2 : 4));
        }
    }

    void noWindowAtAllIsAnError() {
        const auto recipe = recipeWith("task: forecast\ntime: {column: t, step: 1h}\nforecast: {window: 5, horizon: 2}\n");
        const Table table = read("t,y\n2024-01-01T00:00:00Z,1\n2024-01-01T01:00:00Z,\n2024-01-01T09:00:00Z,3\n");
        const auto whole = buildWindows(table, recipe, Targets::None);
        TimeOrder order({QString()}, hour, true);
        QVERIFY(order.add(table, *rowTimes(table, *recipe.time)));
        WindowStream stream(recipe, *order.grid());
        Table series;
        series.columns.push_back(*table.find(QStringLiteral("y")));
        QVERIFY(stream.add({series, *rowTimes(table, *recipe.time)}, [](std::span<const double>, std::int64_t) -> Result<void> { return {}; }));
        QVERIFY(!whole);
        QCOMPARE(stream.counts().noWindow(recipe).text(), whole.error().text());
    }

    void theOrderOfTimesIsSeen_data() {
        QTest::addColumn<QByteArray>("rows");
        QTest::addColumn<QString>("found");
        const auto row = [](const char *name, const char *rows, const char *found) { QTest::newRow(name) << QByteArray(rows) << QString::fromLatin1(found); };
        row("rising, stations in turn", "00:00,A 00:00,B 01:00,A 01:00,B", "all station; 4 rows, 2 repeat; 4 rows, 0 repeat");
        row("one station behind the other", "00:00,A 01:00,A 00:00,B 01:00,B", "station; 4 rows, 0 repeat; 4 rows, 0 repeat");
        row("a station's rows out of order", "01:00,A 00:00,A 00:00,B", "; 3 rows, 1 repeat; 3 rows, 0 repeat");
        row("a time twice, and none", "00:00,A ,A 00:00,A 00:30,A", "all station; 3 rows, 1 repeat; 3 rows, 1 repeat");
        row("rows without a station are one", "00:00, 00:00,A 01:00, 00:30,A", "station; 4 rows, 1 repeat; 4 rows, 0 repeat");
    }
    void theOrderOfTimesIsSeen() {
        QFETCH(QByteArray, rows);
        QFETCH(QString, found);
        QByteArray text = "t,station\n";
        for (const QByteArray &line : rows.split(' '))
            text += (line.startsWith(',') ? QByteArray() : "2024-01-01T" + line.left(5) + ":00Z") + line.mid(line.indexOf(',')) + '\n';
        const Table table = read(text);
        const std::vector<std::int64_t> times = table.find(QStringLiteral("t"))->times;
        for (const std::size_t piece : {std::size_t(1), std::size_t(100)}) {
            TimeOrder all({QString()}, hour, false), stations({QStringLiteral("station")}, hour, false), both({QString(), QStringLiteral("station")}, hour, false);
            for (std::size_t first = 0; first < times.size(); first += piece) {
                const TimedRows some = TimedRows{table, times}.take(first, std::min(times.size(), first + piece));
                QVERIFY(all.add(some.table, some.times) && stations.add(some.table, some.times) && both.add(some.table, some.times));
            }
            QStringList rising;
            if (all.rises())
                rising << QStringLiteral("all");
            if (stations.rises())
                rising << QStringLiteral("station");
            QCOMPARE(both.rises(), rising.size() == 2);
            const auto said = [](const RepeatedTimes &r) { return QStringLiteral("%1 rows, %2 repeat").arg(r.rows).arg(r.repeated); };
            QCOMPARE(QStringLiteral("%1; %2; %3").arg(rising.join(QLatin1Char(' ')), said(both.repeats().value(QString())), said(both.repeats().value(QStringLiteral("station")))), found);
        }
    }

    void theGridOfAllRowsIsFound() {
        const Table table = read(rows(400, true, 1, 9));
        const std::vector<std::int64_t> times = table.find(QStringLiteral("t"))->times;
        TimeOrder order({QString()}, hour, true);
        for (std::size_t first = 0; first < times.size(); first += 11) {
            const TimedRows some = TimedRows{table, times}.take(first, std::min(times.size(), first + 11));
            QVERIFY(order.add(some.table, some.times));
        }
        const auto grid = order.grid();
        QVERIFY(grid);
        const auto built = Grid::of(times, hour); // too many repeat: the facts are the same, the verdict too
        QVERIFY(!built);
        const auto verdict = grid->check(hour);
        QVERIFY(!verdict);
        QCOMPARE(verdict.error().text(), built.error().text());
        QVERIFY(grid->offGrid > 0 && grid->withoutTime > 0 && grid->repeated > 0);
        QCOMPARE(grid->rows + grid->offGrid + grid->withoutTime, times.size());
    }

    /// What is counted of each place within a step must not grow with the file.
    void timesAtCountlessPlacesOfTheStepHaveNoGrid() {
        constexpr std::size_t most = 65'536;
        Table rows;
        rows.columns.resize(1);
        rows.columns[0].numbers.resize(most);
        std::vector<std::int64_t> times(most);
        for (std::size_t row = 0; row < most; ++row)
            times[row] = std::int64_t(row);
        TimeOrder order({QString()}, 24 * hour, true);
        QVERIFY(order.add(rows, times));
        QVERIFY(order.grid());
        QCOMPARE(order.grid()->rows, std::size_t(1));
        QCOMPARE(order.grid()->offGrid, most - 1);
        QVERIFY(order.add(rows.take({0}), {std::int64_t(most)}));
        QVERIFY(!order.grid());
        QVERIFY(order.rises());
    }
};

QTEST_GUILESS_MAIN(TestTimeStreams)
#include "tst_time_streams.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump.h"

#include "core/data/csv_blocks.h"
#include "core/data/table_size.h"
#include "core/data/windows.h"
#include "tests/support/gzip.h"
#include "tests/support/memory_limit.h"

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

constexpr qint64 MiB = qint64(1) << 20;

QByteArray lines(int count, const std::function<QByteArray(int)> &line) {
    QByteArray bytes;
    for (int i = 0; i < count; ++i)
        bytes += line(i) + '\n';
    return bytes;
}

TableSize sizeOf(const QString &path, const CsvOptions &options = {}) {
    const auto beginning = readBeginning(path, options);
    return beginning ? tableSize(*beginning, path) : TableSize();
}

} // namespace

class TestTableSize : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rowsAreEstimated_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("rows");
        QTest::addColumn<double>("within"); // relative
        const auto n = [](int i) { return QByteArray::number(i % 1000 + 1000); };
        QTest::newRow("a small file exactly") << "a,b\n" + lines(777, [&](int i) { return n(i) + ",x"; }) << 777 << 0.0;
        QTest::newRow("lines of one length") << "a,b\n" + lines(200'000, [&](int i) { return n(i) + ",x"; }) << 200'000 << 0.01;
        QTest::newRow("lines that grow longer") << "a,b\n" + lines(200'000, [&](int i) { return n(i) + ',' + QByteArray(i / 4000, 'x'); }) << 200'000 << 0.15;
        QTest::newRow("line ends in quotes") << "a,b\n" + lines(100'000, [&](int i) { return n(i) + ",\"x\ny\nz\""; }) << 100'000 << 0.02;
        QTest::newRow("blank lines") << "a,b\n" + lines(100'000, [&](int i) { return n(i) + ",x\n\n"; }) << 100'000 << 0.02;
    }
    void rowsAreEstimated() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, rows);
        QFETCH(double, within);
        const TemporaryFile plain(bytes), packed(test::gzipped(bytes), QStringLiteral("t.csv.gz"));
        const TableSize size = sizeOf(plain.path);
        QVERIFY2(std::abs(double(size.rows - rows)) <= within * rows, qPrintable(QString::number(size.rows)));
        QCOMPARE(size.columns, 2);
        QVERIFY(size.bytes >= size.rows * 12);
        // Of a gzip file only its beginning tells how long the lines are.
        const qint64 unpacked = sizeOf(packed.path).rows;
        QVERIFY2(unpacked > 0 && (within > 0.1 || std::abs(double(unpacked - rows)) <= 0.02 * rows), qPrintable(QString::number(unpacked)));
    }

    /// Each stream of a gzip file tells its own size, and no more than the last can be asked: rows may be too few, but what fits is not refused.
    void rowsOfSeveralGzipStreamsAreNotTooMany() {
        const QByteArray rows = lines(200'000, [](int i) { return QByteArray::number(i % 1000 + 1000) + ",x"; });
        const TemporaryFile packed(test::gzipped("a,b\n" + rows) + test::gzipped("1000,x\n"), QStringLiteral("t.csv.gz"));
        const qint64 estimate = sizeOf(packed.path).rows;
        QVERIFY2(estimate > 0 && estimate < 204'000, qPrintable(QString::number(estimate)));
        QCOMPARE(readCsv(packed.path)->report.rows, 200'001);
    }

    void columnsThatAreNotReadCostNothing() {
        const TemporaryFile csv("a,b,c\n" + QByteArray("1,x,2\n").repeated(100));
        CsvOptions options;
        options.only = QStringList{QStringLiteral("c")};
        const TableSize size = sizeOf(csv.path, options);
        QCOMPARE(size.columns, 1);
        QCOMPARE(size.bytes, 800);
    }

    void differentTextsOfTheBeginningAreCounted() {
        const TemporaryFile csv("a,b\n" + lines(600, [](int i) { return QByteArray::number(i) + ",t" + QByteArray::number(i % 7); }));
        QCOMPARE(sizeOf(csv.path).differentTexts, (std::vector<qint64>{0, 7}));
    }

    void aTableThatDoesNotFitIsRefusedBeforeItIsRead() {
        const TemporaryFile csv("a,b,c\n" + QByteArray("1,2,3\n").repeated(3'000'000)); // 72 MiB of numbers
        qint64 read = 0;
        const test::MemoryLimit limit(40 * MiB);
        const auto loaded = readCsv(csv.path, {}, {}, [&](qint64 done, qint64) { read = done; });
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().kind, ErrorKind::Refused);
        QCOMPARE(read, 0);
        QCOMPARE(loaded.error().where, csv.path);
        QVERIFY2(loaded.error().what.contains(QRegularExpression(QStringLiteral("^A table of about \\d+ rows and 3 columns needs about [67]\\d\\.\\d MiB of memory; \\d+\\.\\d MiB of the memory limit of "))), qPrintable(loaded.error().what));
        QVERIFY(loaded.error().hint.contains(QStringLiteral("pilot score")));
        qint64 sum = 0;
        QVERIFY(readCsvBlocks(csv.path, {}, [&](const Table &rows) -> Result<void> {
            sum += qint64(rows.rows());
            return {};
        }));
        QCOMPARE(sum, 3'000'000);
    }

    void moreDifferentTextsThanItsBeginningShowedAreRefusedMeanwhile() {
        const TemporaryFile csv("a\n" + QByteArray("same\n").repeated(60'000) + lines(3'000'000, [](int i) { return "different text " + QByteArray::number(i); }));
        const test::MemoryLimit limit(120 * MiB); // the texts take more than 200
        const auto loaded = readCsv(csv.path);
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().kind, ErrorKind::Refused);
        QVERIFY2(loaded.error().what.startsWith(QStringLiteral("The table needs more memory than there is: after ")), qPrintable(loaded.error().what));
    }

    void windowsThatDoNotFitAreRefused() {
        Table table;
        Column time, value;
        time.name = QStringLiteral("t");
        time.type = ColumnType::Time;
        value.name = QStringLiteral("y");
        for (std::int64_t hour = 0; hour < 20'000; ++hour) {
            time.times.push_back(hour * 3'600'000);
            value.numbers.push_back(double(hour % 24));
        }
        table.columns = {time, value};
        workspace::Recipe recipe;
        recipe.task = workspace::TaskKind::Forecast;
        recipe.target = QStringLiteral("y");
        recipe.data.source = QStringLiteral("d.csv");
        recipe.time = workspace::TimeSpec{QStringLiteral("t"), {}, QStringLiteral("1h"), QStringLiteral("UTC")};
        recipe.forecast = workspace::ForecastSpec{100, 24};
        const test::MemoryLimit limit(60 * MiB);
        QVERIFY(buildWindows(table, recipe));
        recipe.forecast->window = 1000; // 150 MiB of inputs
        const auto windows = buildWindows(table, recipe);
        QVERIFY(!windows);
        QCOMPARE(windows.error().kind, ErrorKind::Refused);
        QCOMPARE(windows.error().where, recipe.data.source);
        QVERIFY2(windows.error().what.startsWith(QStringLiteral("The forecast's about ")), qPrintable(windows.error().what));
    }
};

QTEST_GUILESS_MAIN(TestTableSize)
#include "tst_table_size.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// What readCsvBlocks() gives out, put together, is what readCsv() gives.
#include "dump.h"

#include "core/data/csv_blocks.h"
#include "tests/support/gzip.h"

#include <fcntl.h>
#include <random>
#include <sys/stat.h>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

/// What is hard about types: columns that turn out otherwise than they begin, texts in quotes, bad values, listed missing values.
QByteArray randomCsv(std::mt19937_64 &random, int rows) {
    const auto pick = [&](int n) { return int(random() % std::uint64_t(n)); };
    static const QByteArray texts[] = {"x", "", "NA", "a \"b\" c", "\"q\"", "\"a,b\"", "\"line\nbreak\"", "\"\"\"\"", "caf\xe9", "\"\"", " ", "5\" pipe", "-999", "-999.0"};
    QByteArray out = "n,t,d,late,timed,blank,m\n";
    for (int row = 0; row < rows; ++row) {
        out += pick(12) ? QByteArray::number(double(qint64(random() >> 12)) / double(qint64(1) << pick(40)), 'g', 1 + pick(17)) : QByteArray(pick(2) ? "" : "bad");
        out += ',' + texts[pick(int(std::size(texts)))];
        out += ",2013-0" + QByteArray::number(1 + pick(9)) + "-1" + QByteArray::number(pick(10)) + (pick(2) ? "T06:00:00Z" : "");
        out += ',' + (row < rows / 3 ? QByteArray::number(row) : QByteArray("text") + QByteArray::number(pick(5)));       // begins as numbers, is a category
        out += ',' + (row < rows / 20 ? QByteArray("soon") : "2014-01-0" + QByteArray::number(1 + pick(9)));              // begins as texts, is mostly times
        out += ',' + (row < rows / 2 ? QByteArray(pick(2) ? "" : " ") : QByteArray::number(pick(100)));                  // begins without a value, is numbers
        out += ',' + (pick(3) ? QByteArray::number(pick(1000)) : texts[pick(int(std::size(texts)))]);
        if (pick(40) == 0)
            out += ",too many";
        out += pick(5) ? "\n" : "\r\n";
        if (pick(30) == 0)
            out += "\n";
    }
    return out;
}

/// Names and types, then the cells of every row, missing as "·".
QString header(const Table &table) { return dumpTable(table.take({})); }
QString cells(const Table &table) {
    const QString all = dumpTable(table);
    return table.rows() > 0 ? all.mid(header(table).size() + 3) : QString();
}

QString report(const ReadReport &report, const Fingerprint &fingerprint) {
    QString all = QString::fromUtf8(QJsonDocument(report.toJson()).toJson()) + QString::fromUtf8(QJsonDocument(fingerprint.toJson()).toJson());
    return all;
}

struct Blocks {
    QString header, cells;
    int calls = 0, empty = 0;
    TakeRows take() {
        return [this](const Table &rows) -> Result<void> {
            ++calls;
            empty += rows.rows() == 0;
            if (rows.rows() == 0)
                return {};
            header = ::header(rows);
            cells += (cells.isEmpty() ? QString() : QStringLiteral(" / ")) + ::cells(rows);
            return {};
        };
    }
};

} // namespace

class TestCsvBlocks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void blocksAreTheTableInPieces_data() {
        QTest::addColumn<QStringList>("missing");
        QTest::addColumn<bool>("packed");
        QTest::newRow("plain") << QStringList() << false;
        QTest::newRow("gzip") << QStringList() << true;
        QTest::newRow("a number that means missing") << QStringList{QStringLiteral("-999"), QStringLiteral("NA")} << false;
    }
    void blocksAreTheTableInPieces() {
        QFETCH(QStringList, missing);
        QFETCH(bool, packed);
        std::mt19937_64 random(17);
        for (int number = 0; number < 40; ++number) {
            // Every tenth is so large that its first 32 KiB, by which types are guessed, show other types than the whole.
            const int rows = number % 10 == 9 ? 2500 : 1 + int(random() % 400);
            const QByteArray bytes = randomCsv(random, rows);
            const TemporaryFile csv(packed ? test::gzipped(bytes) : bytes);
            CsvOptions options;
            options.missing = missing;
            const auto whole = readCsv(csv.path, options);
            for (const std::size_t batch : {std::size_t(rows > 400 ? 5000 : 64), std::size_t(1000), std::size_t(0)}) {
                CsvOptions pieces = options;
                pieces.batchBytes = batch;
                pieces.threads = 3;
                Blocks found;
                const auto read = readCsvBlocks(csv.path, pieces, found.take());
                QCOMPARE(bool(read), bool(whole));
                if (!whole) {
                    QCOMPARE(read.error().text(), whole.error().text());
                    continue;
                }
                QCOMPARE(report(read->report, read->fingerprint), report(whole->report, whole->fingerprint));
                QCOMPARE(found.cells, cells(whole->table));
                QCOMPARE(found.empty, 1);
                if (whole->table.rows() > 0)
                    QCOMPARE(found.header, header(whole->table));
            }
        }
    }

    void theFirstCallNamesEveryColumn() {
        const TemporaryFile csv("a,b,c\n1,2,3\n");
        CsvOptions options;
        options.only = QStringList{QStringLiteral("b")};
        QStringList first, then;
        QVERIFY(readCsvBlocks(csv.path, options, [&](const Table &rows) -> Result<void> {
            (rows.rows() == 0 ? first : then) << rows.names();
            return {};
        }));
        QCOMPARE(first, (QStringList{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}));
        QCOMPARE(then, QStringList{QStringLiteral("b")});
    }

    void whatIsNotReadHasNoProblems() {
        const TemporaryFile csv("a,b\n" + QByteArray("1,x\n").repeated(20) + "bad,\"x\"y\nshort\n");
        CsvOptions options;
        options.types.insert(QStringLiteral("a"), ColumnType::Number);
        for (const auto &[only, problems] : {std::pair{QStringLiteral("a"), QStringLiteral("22:1 bad_number, 23:0 ragged_row")}, std::pair{QStringLiteral("b"), QStringLiteral("22:2 open_quote, 23:0 ragged_row")}}) {
            options.only = QStringList{only};
            const auto table = readCsv(csv.path, options);
            QVERIFY(table);
            QCOMPARE(table->table.names(), QStringList{only});
            QCOMPARE(dumpProblems(table->report), problems);
            Blocks found;
            const auto read = readCsvBlocks(csv.path, options, found.take());
            QVERIFY(read);
            QCOMPARE(dumpProblems(read->report), problems);
            QCOMPARE(found.cells, cells(table->table));
            QCOMPARE(read->fingerprint.columns, 2);
        }
    }

    void knownTypesNeedOneReading() {
        const TemporaryFile csv("a,b\n" + QByteArray("1,2\n").repeated(1000));
        const qint64 size = QFileInfo(csv.path).size();
        CsvOptions options;
        qint64 most = 0;
        const auto progress = [&](qint64 done, qint64 total) {
            QVERIFY(done <= total);
            most = total;
        };
        QVERIFY(readCsvBlocks(csv.path, options, Blocks().take(), {}, progress));
        QCOMPARE(most, 2 * size);
        options.types = {{QStringLiteral("a"), ColumnType::Number}, {QStringLiteral("b"), ColumnType::Category}};
        QVERIFY(readCsvBlocks(csv.path, options, Blocks().take(), {}, progress));
        QCOMPARE(most, size);
    }

    void anErrorOfTheTakerEndsTheReading() {
        const TemporaryFile csv("a\n" + QByteArray("1\n").repeated(100'000));
        CsvOptions options;
        options.batchBytes = 1024;
        int calls = 0;
        const auto read = readCsvBlocks(csv.path, options, [&](const Table &) -> Result<void> { return ++calls == 3 ? Result<void>(invalid(QStringLiteral("enough"))) : Result<void>(); });
        QVERIFY(!read);
        QCOMPARE(read.error().what, QStringLiteral("enough"));
        QCOMPARE(calls, 3);
    }

    void aFileThatChangesBetweenOrInReadingsIsAnError_data() {
        QTest::addColumn<int>("call"); // of progress, when somebody writes
        QTest::newRow("while the types are found out") << 1;
        QTest::newRow("while the rows are given out") << 150;
    }
    void aFileThatChangesBetweenOrInReadingsIsAnError() {
        QFETCH(int, call);
        const TemporaryFile csv("a,b\n" + QByteArray("1,2\n").repeated(200'000));
        CsvOptions options;
        options.batchBytes = 8 * 1024; // about a hundred batches
        int calls = 0;
        const auto read = readCsvBlocks(csv.path, options, Blocks().take(), {}, [&](qint64, qint64) {
            if (++calls != call)
                return;
            QFile file(csv.path);
            QVERIFY(file.open(QIODevice::ReadWrite));
            file.write("7");
            file.close();
            timespec times[2] = {{0, UTIME_OMIT}, {4'000'000'000, 0}}; // kernel times may be as coarse as a tick
            QCOMPARE(::utimensat(AT_FDCWD, QFile::encodeName(csv.path).constData(), times, 0), 0);
        });
        QVERIFY(!read);
        QVERIFY2(read.error().text().contains(csv.path) && read.error().text().contains(QStringLiteral("changed")), qPrintable(read.error().text()));
    }

    void aStopRequestEndsIt() {
        const TemporaryFile csv("a,b\n" + QByteArray("1,2\n").repeated(200'000));
        CsvOptions options;
        options.batchBytes = 64 * 1024;
        std::stop_source stop;
        int calls = 0;
        const auto read = readCsvBlocks(csv.path, options, Blocks().take(), stop.get_token(), [&](qint64, qint64) {
            if (++calls == 2)
                stop.request_stop();
        });
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Cancelled);
        QCOMPARE(calls, 2);
    }

    void whereIsAppliedAsInTheTable_data() {
        QTest::addColumn<QString>("column");
        QTest::addColumn<QString>("value");
        QTest::newRow("a number, however it is written") << QStringLiteral("n") << QStringLiteral("1.0");
        QTest::newRow("a text") << QStringLiteral("c") << QStringLiteral("b");
        QTest::newRow("a time") << QStringLiteral("t") << QStringLiteral("2013-01-02T00:00:00Z");
        QTest::newRow("a missing value") << QStringLiteral("c") << QString();
        QTest::newRow("a column that begins as numbers and is a category") << QStringLiteral("late") << QStringLiteral("1");
        QTest::newRow("no such row") << QStringLiteral("c") << QStringLiteral("none");
        QTest::newRow("no such column") << QStringLiteral("nowhere") << QStringLiteral("1");
    }
    void whereIsAppliedAsInTheTable() {
        QFETCH(QString, column);
        QFETCH(QString, value);
        QByteArray bytes = "n,c,t,late,x\n";
        for (int i = 0; i < 3000; ++i)
            bytes += QByteArray::number(i % 3) + ',' + (i % 4 ? "b" : "") + ",2013-01-0" + QByteArray::number(1 + i % 5) + ',' + (i < 1200 ? "1.0" : i % 2 ? "1" : "one") + ',' + QByteArray::number(i) + '\n';
        const TemporaryFile csv(bytes);
        workspace::DataSpec spec;
        spec.source = csv.path;
        spec.where.insert(column, value);
        const auto whole = loadData(spec);
        Blocks found;
        const auto read = loadDataBlocks(spec, {}, QStringList{QStringLiteral("x")}, found.take());
        QCOMPARE(bool(read), bool(whole));
        if (!whole) {
            QCOMPARE(read.error().text(), whole.error().text());
            return;
        }
        QCOMPARE(read->report.rowsFiltered, whole->report.rowsFiltered);
        QVERIFY(whole->report.rowsFiltered > 0 && whole->table.rows() > 0);
        Table wanted;
        for (const Column &c : whole->table.columns)
            if (c.name == QStringLiteral("x") || c.name == column)
                wanted.columns.push_back(c);
        QCOMPARE(found.cells, cells(wanted));
    }

    void aCopyThatIsNotTheVerifiedOneIsRefused() {
        const TemporaryFile csv("a\n1\n2\n");
        workspace::DataSpec spec;
        spec.source = QStringLiteral("https://data.example/a.csv");
        spec.fetched = csv.path;
        spec.fetchedSha256 = QString(64, QLatin1Char('0'));
        const auto read = loadDataBlocks(spec, {}, {}, Blocks().take());
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Conflict);
        QCOMPARE(read.error().where, spec.source);
        spec.fetchedSha256 = readCsv(csv.path)->fingerprint.sha256;
        QVERIFY(loadDataBlocks(spec, {}, {}, Blocks().take()));
    }

    void aSentenceTellsOfTheProblems_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("note");
        QTest::newRow("none") << QByteArray("a,b\n1,2\n") << QString();
        QTest::newRow("one row is ragged") << QByteArray("a,b\n1,2\n3\n") << QStringLiteral("Reading the data found one problem, 1 rows were dropped; `pilot profile` shows it. It is in line 3: The row has 1 fields, the header 2.");
        QTest::newRow("several") << QByteArray("a,b\n" + QByteArray("1,2\n").repeated(20) + "1,x%1\n3\n") << QStringLiteral("Reading the data found 2 problems, 1 rows were dropped; `pilot profile` lists them. The first is in line 22, column 2: “x%1” in the column “b” is no number.");
    }
    void aSentenceTellsOfTheProblems() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, note);
        const TemporaryFile csv(bytes);
        QCOMPARE(readCsv(csv.path)->report.note(), note);
    }
};

QTEST_GUILESS_MAIN(TestCsvBlocks)
#include "tst_csv_blocks.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump.h"

#include <zlib.h>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

QByteArray gzipped(const QByteArray &bytes) {
    z_stream zip{};
    deflateInit2(&zip, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    QByteArray out(qsizetype(deflateBound(&zip, uLong(bytes.size()))), '\0');
    zip.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
    zip.avail_in = uInt(bytes.size());
    zip.next_out = reinterpret_cast<Bytef *>(out.data());
    zip.avail_out = uInt(out.size());
    deflate(&zip, Z_FINISH);
    out.resize(out.size() - qsizetype(zip.avail_out));
    deflateEnd(&zip);
    return out;
}

QByteArray repeated(const char *line, int times) { return QByteArray(line).repeated(times); }

} // namespace

class TestCsvRules : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void reads_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("table");
        QTest::addColumn<QString>("problems");
        const auto row = [](const char *name, const QByteArray &bytes, const char *table, const char *problems = "") {
            QTest::newRow(name) << bytes << QString::fromUtf8(table) << QString::fromUtf8(problems);
        };
        row("numbers, texts and times get their types", "a,b,t\n1,x,2013-01-01T06:00:00Z\n2.5,y,2013-01-01 07:30\n",
            "a:number b:category t:time / 1 x 2013-01-01T06:00:00Z / 2.5 y 2013-01-01T07:30:00Z");
        row("an offset is taken off a time", "t\n2013-01-01T06:00:00+05:30\n", "t:time / 2013-01-01T00:30:00Z");
        row("no line end after the last row", "a,b\n1,2", "a:number b:number / 1 2");
        row("lines end with CR LF", "a,b\r\n1,x\r\n2,y\r\n", "a:number b:category / 1 x / 2 y");
        row("line ends are mixed", "a,b\r\n1,x\n2,y\r\n", "a:number b:category / 1 x / 2 y");
        row("a byte-order mark is no part of the first name", "\xef\xbb\xbf" "a,b\n1,2\n", "a:number b:number / 1 2");
        row("a quoted field holds delimiter, line end and doubled quotes", "a,b\n1,\"x,\n\"\"y\"\"\"\n2,z\n", "a:number b:category / 1 x,⏎\"y\" / 2 z");
        row("a quoted number is a number", "a\n\"1.5\"\n\"2\"\n", "a:number / 1.5 / 2");
        row("a quoted and a plain text are the same category", "a\nx\n\"x\"\n", "a:category / x / x");
        row("a quote inside a field is a letter", "a,b\n1,5\" pipe\n2,x\n", "a:number b:category / 1 5\" pipe / 2 x");
        row("text behind a closing quote belongs to the field and is reported", "a,b\n1,\"x\"y\n2,z\n", "a:number b:category / 1 xy / 2 z", "2:2 open_quote");
        row("empty fields and the usual words are missing", "a,b\n1,x\n,NA\nNaN,\n\"\",\"\"\n", "a:number b:category / 1 x / · · / · · / · ·");
        row("blanks around a number do not matter", "a\n 1.5 \n+2\n", "a:number / 1.5 / 2");
        row("semicolons are found", "a;b\n1;x\n2;y\n", "a:number b:category / 1 x / 2 y");
        row("tabs are found", "a\tb\n1\tx\n", "a:number b:category / 1 x");
        row("bars are found", "a|b\n1|x\n", "a:number b:category / 1 x");
        row("a decimal comma is found", "a;b\n1,5;x\n-2,25;y\n", "a:number b:category / 1.5 x / -2.25 y");
        row("commas in texts do not outvote semicolons", "a;b\n1;x, y\n2;z, w, v\n", "a:number b:category / 1 x, y / 2 z, w, v");
        row("a row with too few or too many fields is left out", "a,b\n1,2\n3\n4,5,6\n7,8\n", "a:number b:number / 1 2 / 7 8", "3:0 ragged_row, 4:0 ragged_row");
        row("a bad number is missing and reported", "a,b\n" + repeated("1,2\n", 9) + "x,3\n",
            "a:number b:number / 1 2 / 1 2 / 1 2 / 1 2 / 1 2 / 1 2 / 1 2 / 1 2 / 1 2 / · 3", "11:1 bad_number");
        row("nine in ten numbers make a number column, fewer a category", "a\n1\n2\n3\n4\n5\n6\n7\n8\nx\n", "a:category / 1 / 2 / 3 / 4 / 5 / 6 / 7 / 8 / x");
        row("infinite and too large numbers are bad numbers", "a\n" + repeated("1\n", 18) + "inf\n1e999\n",
            "a:number / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / · / ·", "20:1 bad_number, 21:1 bad_number");
        row("a bad number in a ragged row is not counted", "a,b\n" + repeated("1,2\n", 3) + "x,2,3\n", "a:number b:number / 1 2 / 1 2 / 1 2", "5:0 ragged_row");
        row("a category of a ragged row does not come into the dictionary first", "a,b\nz,1,9\ny,1\nz,2\n", "a:category b:number / y 1 / z 2", "2:0 ragged_row");
        row("lines inside quotes count for the place of a problem", "a,b\n1,\"x\n\n\"\n2,y\n3\n", "a:number b:category / 1 x⏎⏎ / 2 y", "6:0 ragged_row");
        row("blank lines are skipped", "\na,b\n\n1,2\n\r\n3,4\n\n", "a:number b:number / 1 2 / 3 4");
        row("repeated and empty names get their own", "a,a,,a_2\n1,2,3,4\n", "a:number a_3:number column_3:number a_2:number / 1 2 3 4", "1:2 column_name, 1:3 column_name");
        row("a header without rows gives a table without rows", "a,b\n", "a:number b:number");
        row("a column without values is a number column", "a,b\n,x\n,y\n", "a:number b:category / · x / · y");
        row("bytes that are no UTF-8 are replaced and reported", "a,b\n1,caf\xe9\n2,x\n", "a:number b:category / 1 caf\xef\xbf\xbd / 2 x", "2:2 bad_text");
        row("NUL is replaced and reported", QByteArray("a,b\n1,x\0y\n2,z\n", 14), "a:number b:category / 1 x\xef\xbf\xbdy / 2 z", "2:2 bad_text");
        row("a NUL in a number is a bad number", "a\n" + repeated("1\n", 9) + QByteArray("1\0\n", 3), "a:number / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / 1 / ·", "11:1 bad_number");
        row("a wrong date is no time", "t\n" + repeated("2013-01-31\n", 9) + "2013-02-31\n",
            "t:time / 2013-01-31T00:00:00Z / 2013-01-31T00:00:00Z / 2013-01-31T00:00:00Z / 2013-01-31T00:00:00Z / 2013-01-31T00:00:00Z / 2013-01-31T00:00:00Z / 2013-01-31T00:00:00Z / "
            "2013-01-31T00:00:00Z / 2013-01-31T00:00:00Z / ·", "11:1 bad_time");
        row("a POWER header block is skipped and its missing value taken",
            "-BEGIN HEADER-\r\nA, \"quoted\r\nThe value for missing source data that cannot be computed: -999 \r\n-END HEADER-\r\nT,W\n1.5,2\n-999.0,3\n",
            "T:number W:number / 1.5 2 / · 3");
        row("texts after a long run of numbers turn the column", "a\n" + repeated("1\n", 40000) + repeated("x\n", 40000), nullptr);
        row("numbers after a long run of nothing", "a,b\n" + repeated(",1\n", 40000) + repeated("2,1\n", 10), nullptr);
        row("gzip is unpacked", gzipped("a,b\n1,x\n"), "a:number b:category / 1 x");
        row("gzip members follow one another", gzipped("a,b\n1,x\n") + gzipped("2,y\n"), "a:number b:category / 1 x / 2 y");
    }
    void reads() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, table);
        QFETCH(QString, problems);
        const TemporaryFile file(bytes);
        const auto loaded = readCsv(file.path);
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
        QCOMPARE(dumpProblems(loaded->report), problems);
        if (!table.isNull())
            QCOMPARE(dumpTable(loaded->table), table);
        QCOMPARE(loaded->report.rows, qint64(loaded->table.rows()));
    }

    void aColumnIsDecidedByTheWholeFile() {
        const TemporaryFile mixed("a\n" + repeated("1\n", 40000) + repeated("x\n", 40000));
        const auto category = readCsv(mixed.path);
        QVERIFY(category);
        QCOMPARE(category->table.columns[0].type, ColumnType::Category);
        QCOMPARE(category->table.columns[0].dictionary, (std::vector<std::string>{"1", "x"}));
        QVERIFY(category->report.counts.isEmpty());

        const TemporaryFile late("a,b\n" + repeated(",1\n", 40000) + repeated("2,1\n", 10));
        const auto number = readCsv(late.path);
        QVERIFY(number);
        QCOMPARE(number->table.columns[0].type, ColumnType::Number);
        QCOMPARE(number->table.columns[0].numbers.back(), 2.0);

        const TemporaryFile few("a\n" + repeated("x\n", 3000) + repeated("7\n", 40000));
        const auto bad = readCsv(few.path);
        QVERIFY(bad);
        QCOMPARE(bad->table.columns[0].type, ColumnType::Number);
        QCOMPARE(bad->report.counts.value(QStringLiteral("bad_number")), 3000);
        QCOMPARE(bad->report.problems.size(), ReadReport::kept);
        QCOMPARE(bad->report.problems.front().line, 2);
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const QByteArray &bytes, const char *words) { QTest::newRow(name) << bytes << QString::fromUtf8(words); };
        row("an empty file", "", "is empty");
        row("blank lines only", "\n\n\n", "no line of column names");
        row("a quote that never closes", "a,b\n1,2\n3,\"x\n4,5\n", "t.csv:3");
        row("a quote in the header that never closes", "a,\"b\n1,2\n", "does not end");
        row("UTF-16", QByteArray("\xff\xfe" "a\0,\0b\0", 8), "UTF-16");
        row("a spreadsheet", "PK\x03\x04 whatever\n1\n", "zip archive");
        row("a binary file", QByteArray("\0\1\2\3\n", 5), "NUL");
        row("lines that end with CR alone", "a,b\r1,2\r3,4\r", "carriage return");
        QByteArray broken = gzipped(repeated("a,b,c\n", 5000));
        row("a gzip file that was cut", broken.left(broken.size() - 20), "gzip");
        broken[broken.size() / 2] = char(~broken[broken.size() / 2]);
        row("a gzip file with a wrong byte", broken, "gzip");
    }
    void refuses() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        const TemporaryFile file(bytes);
        const auto loaded = readCsv(file.path);
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().kind, ErrorKind::Invalid);
        QVERIFY2(loaded.error().text().contains(words), qPrintable(loaded.error().text()));
        QVERIFY2(loaded.error().text().contains(QStringLiteral("t.csv")), qPrintable(loaded.error().text()));
    }

    void refusesWhatIsNoFile() {
        const auto absent = readCsv(QStringLiteral("/nowhere/at/all.csv"));
        QVERIFY(!absent);
        QCOMPARE(absent.error().kind, ErrorKind::NotFound);
        const QTemporaryDir folder;
        const auto directory = readCsv(folder.path());
        QVERIFY(!directory);
        QCOMPARE(directory.error().kind, ErrorKind::Invalid);
    }

    void options_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("table");
        const auto row = [](const char *name, const char *bytes, const char *option, const char *value, const char *table) {
            QTest::newRow(name) << QByteArray(bytes) << QString::fromUtf8(option) << QString::fromUtf8(value) << QString::fromUtf8(table);
        };
        row("a missing number is missing however it is written", "a,b\n1,x\n-999.0,-999\n-9.99e2,y\n", "missing", "-999", "a:number b:category / 1 x / · · / · y");
        row("a list of missing texts replaces the usual ones", "a\nNA\nx\ny\n", "missing", "x", "a:category / NA / · / y");
        row("comment lines are skipped, quotes in them mean nothing", "# a,\"b\na,b\n#,\"x\n1,2\n# end\n", "comment", "#", "a:number b:number / 1 2");
        row("skip_until takes the line with it", "junk\nmore , junk ===\na,b\n1,2\n", "skip_until", "===", "a:number b:number / 1 2");
        row("a delimiter that is told is taken", "a,x;b,y\n1,1;2,2\n", "delimiter", ";", "a,x:number b,y:number / 1.1 2.2");
        row("a decimal mark that is told is taken", "a;b\n1;2\n", "decimal", ",", "a:number b:number / 1 2");
        row("a column may be told to be a category", "a,b\n007,1\n08,2\n", "category", "a", "a:category b:number / 007 1 / 08 2");
    }
    void options() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, option);
        QFETCH(QString, value);
        QFETCH(QString, table);
        CsvOptions options;
        if (option == QStringLiteral("missing"))
            options.missing << value;
        else if (option == QStringLiteral("comment"))
            options.comment = value;
        else if (option == QStringLiteral("skip_until"))
            options.skipUntil = value;
        else if (option == QStringLiteral("delimiter"))
            options.delimiter = value;
        else if (option == QStringLiteral("decimal"))
            options.decimal = value;
        else
            options.types.insert(value, ColumnType::Category);
        const TemporaryFile file(bytes);
        const auto loaded = readCsv(file.path, options);
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
        QCOMPARE(dumpTable(loaded->table), table);
    }

    void commentLinesBeforeTheNamesAreFoundOut_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("table");
        QTest::addColumn<int>("comments");
        QTest::newRow("a block, and one between the rows") << QByteArray("# made by hand\n# units: m, s\na,b\n1,2\n# later\n3,4\n") << "a:number b:number / 1 2 / 3 4" << 3;
        QTest::newRow("after a byte-order mark and a blank line") << QByteArray("\xef\xbb\xbf# made by hand\n\na;b\n1,5;2\n") << "a:number b:number / 1.5 2" << 1;
        QTest::newRow("names that begin with # are names") << QByteArray("#a,b\n1,2\n") << "#a:number b:number / 1 2" << 0;
        QTest::newRow("# further down is a text like any") << QByteArray("a,b\n#1,2\n#2,3\n") << "a:category b:number / #1 2 / #2 3" << 0;
    }
    void commentLinesBeforeTheNamesAreFoundOut() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, table);
        QFETCH(int, comments);
        const TemporaryFile file(bytes);
        const auto loaded = readCsv(file.path);
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
        QCOMPARE(dumpTable(loaded->table), table);
        QCOMPARE(loaded->report.commentLines, qint64(comments));
        QCOMPARE(loaded->report.problemCount, qint64(0));
    }

    void aMarkThatIsNowhereIsAnError() {
        const TemporaryFile file("a,b\n1,2\n");
        CsvOptions options;
        options.skipUntil = QStringLiteral("===");
        const auto loaded = readCsv(file.path, options);
        QVERIFY(!loaded);
        QVERIFY(loaded.error().text().contains(QStringLiteral("===")));
    }

    void whereKeepsTheRowsThatFit() {
        const TemporaryFile file("s,n,t\nx,1,2013-01-01\ny,2,2013-01-02\nx,2,2013-01-02\n");
        workspace::DataSpec spec;
        spec.source = file.path;
        spec.where = {{QStringLiteral("s"), QStringLiteral("x")}};
        auto loaded = loadData(spec);
        QVERIFY(loaded);
        QCOMPARE(dumpTable(loaded->table), QStringLiteral("s:category n:number t:time / x 1 2013-01-01T00:00:00Z / x 2 2013-01-02T00:00:00Z"));
        QCOMPARE(loaded->report.rowsFiltered, 1);
        QCOMPARE(loaded->fingerprint.rows, 3);
        spec.where = {{QStringLiteral("n"), QStringLiteral("2.0")}, {QStringLiteral("t"), QStringLiteral("2013-01-02T00:00")}};
        loaded = loadData(spec);
        QVERIFY(loaded);
        QCOMPARE(loaded->table.rows(), 2u);
        spec.where = {{QStringLiteral("s"), QStringLiteral("z")}};
        QVERIFY(!loadData(spec));
        spec.where = {{QStringLiteral("q"), QStringLiteral("z")}};
        QVERIFY(loadData(spec).error().text().contains(QStringLiteral("“q”")));
    }
};

QTEST_GUILESS_MAIN(TestCsvRules)
#include "tst_csv_rules.moc"

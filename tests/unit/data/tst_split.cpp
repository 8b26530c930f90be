// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump.h"

#include "core/data/split.h"

#include <set>

using namespace pilothouse;
using namespace pilothouse::data;
using Kind = workspace::SplitSpec::Kind;

namespace {

Table numbered(std::size_t rows) {
    Table table;
    Column &column = table.columns.emplace_back();
    column.name = QStringLiteral("n");
    for (std::size_t i = 0; i < rows; ++i)
        column.numbers.push_back(double(i));
    return table;
}

bool partition(const Split &split, std::size_t rows) {
    std::set<std::size_t> all(split.train.begin(), split.train.end());
    all.insert(split.test.begin(), split.test.end());
    return all.size() == rows && split.train.size() + split.test.size() == rows && std::is_sorted(split.train.begin(), split.train.end()) &&
           std::is_sorted(split.test.begin(), split.test.end());
}

} // namespace

class TestSplit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyFifthRowTests() {
        const auto split = splitRows(numbered(12), {});
        QVERIFY(split);
        QCOMPARE(split->test, (std::vector<std::size_t>{4, 9}));
        QVERIFY(partition(*split, 12));
    }

    void randomHasItsShareAndItsSeed() {
        workspace::SplitSpec spec;
        spec.kind = Kind::Random;
        spec.fraction = 0.25;
        spec.seed = 7;
        const auto a = splitRows(numbered(1000), spec), b = splitRows(numbered(1000), spec);
        spec.seed = 8;
        const auto c = splitRows(numbered(1000), spec);
        QVERIFY(a && b && c);
        QCOMPARE(a->test.size(), 250u);
        QVERIFY(partition(*a, 1000));
        QCOMPARE(a->test, b->test);
        QVERIFY(a->test != c->test);
        // Drawn over the whole file: each quarter holds about a quarter of the test rows.
        for (std::size_t quarter = 0; quarter < 4; ++quarter) {
            const auto in = std::count_if(a->test.begin(), a->test.end(), [&](std::size_t row) { return row / 250 == quarter; });
            QVERIFY2(in > 40 && in < 85, qPrintable(QString::number(in)));
        }
    }

    void stratifiedKeepsTheShareOfEachClass() {
        QByteArray bytes = "c,n\n";
        for (int i = 0; i < 1000; ++i)
            bytes += (i < 900 ? "common" : i < 998 ? "rare" : i < 999 ? "single" : "") + QByteArray(",1\n");
        const TemporaryFile file(bytes);
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        workspace::SplitSpec spec;
        spec.kind = Kind::Stratified;
        const auto split = splitRows(loaded->table, spec, QStringLiteral("c"));
        QVERIFY(split);
        QCOMPARE(std::count_if(split->test.begin(), split->test.end(), [](std::size_t r) { return r < 900; }), 180);
        QCOMPARE(std::count_if(split->test.begin(), split->test.end(), [](std::size_t r) { return r >= 900; }), 20);
        QVERIFY(std::find(split->train.begin(), split->train.end(), 998u) != split->train.end());
        QCOMPARE(split->leftOut, 1u);
        QCOMPARE(split->notes.size(), 2);
        QVERIFY(!splitRows(loaded->table, spec, QStringLiteral("q")));
    }

    void groupedKeepsEachGroupTogether() {
        QByteArray bytes = "g,n\n";
        for (int i = 0; i < 400; ++i)
            bytes += (i == 17 ? QByteArray() : "g" + QByteArray::number(i * 7 % 20)) + ",1\n";
        const TemporaryFile file(bytes);
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        workspace::SplitSpec spec;
        spec.kind = Kind::Grouped;
        spec.fraction = 0.25;
        spec.by = QStringLiteral("g");
        const auto split = splitRows(loaded->table, spec), again = splitRows(loaded->table, spec);
        QVERIFY2(split, split ? "" : qPrintable(split.error().text()));
        const auto groupsOf = [&](const std::vector<std::size_t> &rows) {
            std::set<QString> groups;
            for (const std::size_t row : rows)
                groups.insert(loaded->table.columns[0].text(row));
            return groups;
        };
        const std::set<QString> train = groupsOf(split->train), test = groupsOf(split->test);
        QCOMPARE(test.size(), std::size_t(5));
        QCOMPARE(train.size(), std::size_t(15));
        QVERIFY(std::none_of(test.begin(), test.end(), [&](const QString &group) { return train.contains(group); }));
        QCOMPARE(split->leftOut, 1u);
        QCOMPARE(split->test, again->test);
        spec.seed = 8;
        QVERIFY(splitRows(loaded->table, spec)->test != split->test);
        spec.by = QStringLiteral("n");
        QVERIFY(splitRows(loaded->table, spec).error().text().contains(QStringLiteral("1 group(s)")));
        spec.by = QStringLiteral("q");
        QVERIFY(splitRows(loaded->table, spec).error().text().contains(QStringLiteral("“q”")));
    }

    void afterSplitsByTime_data() {
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("zone");
        QTest::addColumn<int>("tests");
        QTest::newRow("a row at the border tests") << QStringLiteral("2013-01-02T00:00:00") << QStringLiteral("UTC") << 3;
        QTest::newRow("a date is its first moment") << QStringLiteral("2013-01-02") << QStringLiteral("UTC") << 3;
        QTest::newRow("times without an offset are those of the zone") << QStringLiteral("2013-01-01T18:30:00") << QStringLiteral("Asia/Colombo") << 3;
    }
    void afterSplitsByTime() {
        QFETCH(QString, after);
        QFETCH(QString, zone);
        QFETCH(int, tests);
        const TemporaryFile file("t,n\n2013-01-01 00:00,1\n2013-01-01 23:59,2\n2013-01-02 00:00,3\n2013-01-02 12:00,4\n,5\n2013-01-03 00:00,6\n");
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        workspace::SplitSpec spec;
        spec.kind = Kind::After;
        spec.after = after;
        const workspace::TimeSpec time{QStringLiteral("t"), {}, {}, zone};
        const auto split = splitRows(loaded->table, spec, {}, time);
        QVERIFY2(split, split ? "" : qPrintable(split.error().text()));
        QCOMPARE(int(split->test.size()), tests);
        QCOMPARE(split->train, (std::vector<std::size_t>{0, 1}));
        QCOMPARE(split->leftOut, 1u);
    }

    void aSideWithoutRowsIsAnError() {
        workspace::SplitSpec spec;
        QVERIFY(!splitRows(numbered(4), spec));
        QVERIFY(!splitRows(numbered(0), spec));
        spec.kind = Kind::Random;
        QVERIFY(!splitRows(numbered(1), spec));
        const auto two = splitRows(numbered(2), spec);
        QVERIFY(two);
        QCOMPARE(two->test.size(), 1u);
    }

    void partsMakeTimes_data() {
        QTest::addColumn<QByteArray>("row");
        QTest::addColumn<QString>("time");
        QTest::newRow("whole numbers") << QByteArray("2024,6,1,13") << QStringLiteral("2024-06-01T13:00:00Z");
        QTest::newRow("hour 24 is midnight of the next day") << QByteArray("2024,2,29,24") << QStringLiteral("2024-03-01T00:00:00Z");
        QTest::newRow("no such day") << QByteArray("2023,2,29,0") << QString();
        QTest::newRow("a missing part") << QByteArray("2023,2,,0") << QString();
    }
    void partsMakeTimes() {
        QFETCH(QByteArray, row);
        QFETCH(QString, time);
        const TemporaryFile file("y,m,d,h\n" + row + "\n");
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        const auto times = rowTimes(loaded->table, {{}, {QStringLiteral("y"), QStringLiteral("m"), QStringLiteral("d"), QStringLiteral("h")}, {}, QStringLiteral("UTC")});
        QVERIFY(times);
        QCOMPARE(times->front(), time.isEmpty() ? Column::missingTime : parseIsoTime(time.toStdString()));
    }

    void anOffsetBeatsTheZone() {
        const TemporaryFile file("t\n2013-01-01T00:00:00Z\n");
        const auto loaded = readCsv(file.path);
        QVERIFY(loaded);
        const auto times = rowTimes(loaded->table, {QStringLiteral("t"), {}, {}, QStringLiteral("Asia/Colombo")});
        QVERIFY(times);
        QCOMPARE(times->front(), parseIsoTime("2013-01-01"));
    }
};

QTEST_GUILESS_MAIN(TestSplit)
#include "tst_split.moc"

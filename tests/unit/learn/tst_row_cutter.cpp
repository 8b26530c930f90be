// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of tables of any size, joined and cut into blocks of one size.
#include "core/learn/row_cutter.h"

#include <QSet>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

constexpr std::size_t total = 1000;

double numberOf(std::size_t row) { return row % 11 == 3 ? std::nan("") : 0.1 * double(row); }
/// Few texts in one column, one for each row in the other; some are missing.
std::string kindOf(std::size_t row) { return row % 7 == 2 ? std::string() : "kind " + std::to_string(row * row % 13); }
std::string nameOf(std::size_t row) { return "row " + std::to_string(row); }

/// Rows as a reading gives them out: the dictionaries are those of these rows.
data::Table piece(std::size_t first, std::size_t count) {
    data::Table table;
    table.columns.resize(4);
    for (std::size_t c = 0; c < 4; ++c) {
        table.columns[c].name = QStringLiteral("abcd").mid(qsizetype(c), 1);
        table.columns[c].type = c == 0 ? data::ColumnType::Number : data::ColumnType::Category;
    }
    const auto add = [](data::Column &column, const std::string &text) {
        if (text.empty())
            return column.codes.push_back(-1);
        const auto found = std::find(column.dictionary.begin(), column.dictionary.end(), text);
        column.codes.push_back(std::int32_t(found - column.dictionary.begin()));
        if (found == column.dictionary.end())
            column.dictionary.push_back(text);
    };
    for (std::size_t row = first; row < first + count; ++row) {
        table.columns[0].numbers.push_back(numberOf(row));
        add(table.columns[1], kindOf(row));
        add(table.columns[2], nameOf(row));
        add(table.columns[3], std::string()); // nothing in any row
    }
    return table;
}

} // namespace

class TestRowCutter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void blocksDoNotDependOnThePieces_data() {
        QTest::addColumn<int>("pieceRows");
        QTest::addColumn<int>("blockRows");
        QTest::newRow("pieces smaller than a block") << 3 << 64;
        QTest::newRow("pieces that hold several blocks") << 300 << 64;
        QTest::newRow("all rows at once") << int(total) << 7;
        QTest::newRow("pieces and blocks of one size") << 50 << 50;
        QTest::newRow("blocks of one row") << 17 << 1;
    }
    void blocksDoNotDependOnThePieces() {
        QFETCH(int, pieceRows);
        QFETCH(int, blockRows);
        const auto size = std::size_t(blockRows);
        RowCutter cutter({QStringLiteral("c"), QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("d")}); // in another order than the tables have
        std::size_t next = 0;
        const auto check = [&](const std::vector<data::Column> &block, std::size_t rows) {
            QCOMPARE(block.size(), std::size_t(4));
            QSet<QString> kinds;
            for (std::size_t i = 0; i < rows; ++i, ++next) {
                QCOMPARE(block[0].text(i).toStdString(), nameOf(next));
                QVERIFY(block[1].numbers[i] == numberOf(next) || (std::isnan(block[1].numbers[i]) && std::isnan(numberOf(next))));
                QCOMPARE(block[2].text(i).toStdString(), kindOf(next));
                QVERIFY(block[3].isMissing(i));
                if (!kindOf(next).empty())
                    kinds.insert(QString::fromStdString(kindOf(next)));
            }
            for (const data::Column &column : block)
                QCOMPARE(column.size(), rows);
            QCOMPARE(block[0].dictionary.size(), rows); // no text of another row
            QCOMPARE(block[2].dictionary.size(), std::size_t(kinds.size()));
            QVERIFY(block[3].dictionary.empty());
        };
        for (std::size_t first = 0; first < total; first += std::size_t(pieceRows)) {
            cutter.add(piece(first, std::min(std::size_t(pieceRows), total - first)));
            while (cutter.waiting() >= size) {
                check(cutter.cut(size), size);
                if (QTest::currentTestFailed())
                    return;
            }
            QCOMPARE(next + cutter.waiting(), std::min(total, first + std::size_t(pieceRows)));
        }
        check(cutter.cut(cutter.waiting()), total - next);
        QCOMPARE(next, total);
        QCOMPARE(cutter.waiting(), std::size_t(0));
    }
};

QTEST_GUILESS_MAIN(TestRowCutter)
#include "tst_row_cutter.moc"

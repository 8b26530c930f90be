// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/drift.h"
#include "core/drift/multivariate.h"
#include "tests/support/shifted_rows.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::drift;

namespace {

/// As codedPair codes them, in the order of the rows.
CodedPair inOrder(const data::Table &reference, const data::Table &current) {
    CodedPair pair;
    pair.reference = {reference.rows(), 4, std::vector<double>(reference.rows() * 4)};
    pair.current = {current.rows(), 4, std::vector<double>(current.rows() * 4)};
    for (std::size_t k = 0; k < 4; ++k) {
        const auto &from = reference.columns[k].numbers;
        double mean = 0, squares = 0;
        for (const double v : from)
            mean += v / double(from.size());
        for (const double v : from)
            squares += (v - mean) * (v - mean);
        const double std = std::sqrt(squares / double(from.size()));
        for (std::size_t i = 0; i < from.size(); ++i)
            pair.reference.values[i * 4 + k] = (from[i] - mean) / std;
        for (std::size_t i = 0; i < current.rows(); ++i)
            pair.current.values[i * 4 + k] = (current.columns[k].numbers[i] - mean) / std;
    }
    return pair;
}
std::vector<double> rounded(const CodedRows &rows) {
    std::vector<double> values;
    for (std::size_t i = 0; i < rows.count; ++i)
        values.push_back(std::nearbyint(rows.row(i)[0] * 10) / 10);
    return values;
}
bool near(double a, double b, double within) { return std::abs(a - b) <= within; }

} // namespace

class tst_Multivariate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void figuresAreThoseOfScikitLearnAndScipy_data() { // multivariate_values.py
        QTest::addColumn<double>("together");
        QTest::addColumn<double>("shift");
        QTest::addColumn<double>("rebuilt");
        QTest::addColumn<double>("pcaShift");
        QTest::addColumn<double>("energy");
        QTest::addColumn<double>("auc");
        QTest::addColumn<double>("aucError");
        QTest::addColumn<QString>("pcaVerdict");
        QTest::addColumn<bool>("significant");
        QTest::newRow("the same world") << 0.9 << 0.0 << 0.02371658013818723 << 0.026323796478854956 << 0.00289085370548392 << 0.5257258928571429 << 0.014930616710383591 << QStringLiteral("Low") << false;
        QTest::newRow("two columns that no longer go together") << 0.0 << 0.0 << 0.2403912111071076 << 6.829498062342766 << 0.027693655534864803 << 0.5257258928571429 << 0.014930616710383591 << QStringLiteral("High") << true;
        QTest::newRow("one of them has moved") << 0.9 << 0.8 << 0.11208813557221654 << 2.80102376515858 << 0.29858840336175874 << 0.7353419642857143 << 0.012722345370132084 << QStringLiteral("High") << true;
    }
    void figuresAreThoseOfScikitLearnAndScipy() {
        QFETCH(double, together);
        QFETCH(double, shift);
        QFETCH(double, rebuilt);
        QFETCH(double, pcaShift);
        QFETCH(double, energy);
        QFETCH(double, auc);
        QFETCH(double, aucError);
        QFETCH(QString, pcaVerdict);
        QFETCH(bool, significant);
        const CodedPair pair = inOrder(test::shiftedRows(800, 0.9, 0, 1), test::shiftedRows(700, together, shift, 2));
        MultivariateDrift out;
        reconstruct(pair, out);
        QCOMPARE(out.reconstruction.components, std::size_t(3));
        QVERIFY2(near(out.reconstruction.reference, 0.022878192252641486, 1e-12), qPrintable(QString::number(out.reconstruction.reference, 'g', 17)));
        QVERIFY2(near(out.reconstruction.current, rebuilt, 1e-12), qPrintable(QString::number(out.reconstruction.current, 'g', 17)));
        QVERIFY2(near(out.reconstruction.shift, pcaShift, 1e-9), qPrintable(QString::number(out.reconstruction.shift, 'g', 17)));
        QCOMPARE(out.reconstruction.verdict.word(), pcaVerdict);
        measureEnergy(pair, 1000, 99, out);
        QCOMPARE(out.energy.rows, std::size_t(700));
        QVERIFY2(near(out.energy.distance, energy, 1e-7), qPrintable(QString::number(out.energy.distance, 'g', 17)));
        QVERIFY2((out.energy.p <= 0.05) == significant, qPrintable(QString::number(out.energy.p)));
        const Area area = areaOf(rounded(pair.reference), rounded(pair.current));
        QVERIFY2(near(area.auc, auc, 1e-12) && near(area.error, aucError, 1e-12), qPrintable(QStringLiteral("%1 %2").arg(area.auc, 0, 'g', 17).arg(area.error, 0, 'g', 17)));
    }

    void noColumnByItselfShowsWhatAllTogetherDo() {
        for (const ColumnDrift &c : compare(test::shiftedRows(4000, 0.9, 0, 1), test::shiftedRows(4000, 0, 0, 2)).columns)
            QVERIFY2(!c.drifted && !c.warning, qPrintable(c.name));
    }

    void aShiftIsReadInStandardDeviations_data() {
        QTest::addColumn<double>("shift");
        QTest::newRow("half a deviation") << 0.5;
        QTest::newRow("one deviation") << 1.0;
    }
    void aShiftIsReadInStandardDeviations() {
        QFETCH(double, shift);
        const CodedPair pair = inOrder(test::shiftedRows(1000, 0, 0, 3), test::shiftedRows(1000, 0, shift, 4)); // four directions, one of them moved
        MultivariateDrift out;
        measureEnergy(pair, 1000, 19, out);
        QVERIFY2(near(out.energy.shift, shift, 0.15), qPrintable(QString::number(out.energy.shift)));
    }

    void gapsAndCategoriesAreColumnsOfTheirOwn() {
        data::Table reference = test::shiftedRows(200, 0.5, 0, 5), current = test::shiftedRows(200, 0.5, 0, 6);
        current.columns[1].numbers[7] = NAN;
        for (data::Table *table : {&reference, &current}) {
            data::Column colour, constant, time;
            colour.name = QStringLiteral("colour");
            colour.type = data::ColumnType::Category;
            colour.dictionary = {"red", "blue", table == &current ? "violet" : "green"};
            for (int i = 0; i < 200; ++i)
                colour.codes.push_back(i % 3);
            constant.name = QStringLiteral("constant");
            constant.numbers.assign(200, 4);
            time.name = QStringLiteral("time");
            time.type = data::ColumnType::Time;
            time.times.assign(200, 0);
            table->columns.insert(table->columns.end(), {colour, constant, time});
        }
        const auto pair = codedPair(reference, current, 1000, 7, {QStringLiteral("d")});
        QVERIFY(pair);
        QCOMPARE(pair->columns, (QStringList{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c"), QStringLiteral("colour")}));
        QCOMPARE(pair->names, (QStringList{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("b is missing"), QStringLiteral("c"), QStringLiteral("colour = blue"), QStringLiteral("colour = red"),
                                           QStringLiteral("colour = green"), QStringLiteral("colour is another")}));
        const int another = int(pair->names.indexOf(QStringLiteral("colour is another"))), gap = int(pair->names.indexOf(QStringLiteral("b is missing")));
        double others = 0, gaps = 0;
        for (std::size_t i = 0; i < 200; ++i) {
            others += pair->current.row(i)[std::size_t(another)];
            gaps += pair->current.row(i)[std::size_t(gap)];
        }
        QCOMPARE(others, 66.0);
        QCOMPARE(gaps, 1.0);
        const auto none = codedPair(reference, current, 1000, 7, reference.names());
        QVERIFY(!none && none.error().kind == ErrorKind::Invalid);
        QVERIFY(!codedPair(reference, reference.take({}), 1000, 7));
    }

    void anErrorThatReachesOverALimitNeedsMoreRows_data() {
        QTest::addColumn<double>("effect");
        QTest::addColumn<double>("error");
        QTest::addColumn<int>("rows");
        QTest::addColumn<QString>("word");
        QTest::newRow("clear of the limits") << 0.7 << 0.01 << 500 << QStringLiteral("High");
        QTest::newRow("between the limits") << 0.614 << 0.005 << 500 << QStringLiteral("Moderate");
        QTest::newRow("below both") << 0.5 << 0.01 << 500 << QStringLiteral("Low");
        QTest::newRow("over a limit") << 0.64 << 0.01 << 500 << QStringLiteral("Too few rows");
        QTest::newRow("over a limit with a full sample") << 0.64 << 0.01 << 10'000 << QStringLiteral("High");
        QTest::newRow("a row too few") << 0.9 << 0.001 << 499 << QStringLiteral("Too few rows");
        QTest::newRow("no figure") << double(NAN) << 0.001 << 5000 << QStringLiteral("Too few rows");
    }
    void anErrorThatReachesOverALimitNeedsMoreRows() {
        QFETCH(double, effect);
        QFETCH(double, error);
        QFETCH(int, rows);
        QFETCH(QString, word);
        const MultivariateVerdict verdict = verdictOn(effect, error, aucWarning, aucDrifted, std::size_t(rows));
        QCOMPARE(verdict.word(), word);
        QVERIFY(!verdict.tooFewRows || std::isnan(effect) || verdict.rowsNeeded > std::size_t(rows));
    }
};

QTEST_GUILESS_MAIN(tst_Multivariate)
#include "tst_multivariate.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/drift/live_window.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace pilothouse;
using namespace pilothouse::drift;

namespace {

/// Two columns of numbers, the second with gaps, and one of categories.
data::Table drawn(std::size_t rows, double shift, unsigned seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> draw;
    data::Column a, b, c;
    a.name = QStringLiteral("a");
    b.name = QStringLiteral("b");
    c.name = QStringLiteral("c");
    c.type = data::ColumnType::Category;
    c.dictionary = {"red", "green", "blue"};
    if (shift > 0)
        c.dictionary[2] = "violet";
    for (std::size_t i = 0; i < rows; ++i) {
        a.numbers.push_back(draw(random) + shift);
        b.numbers.push_back(i % 7 == 0 ? NAN : std::floor(draw(random) * 3)); // many ties, on the edges
        c.codes.push_back(i % 11 == 0 ? -1 : std::int32_t(random() % 3));
    }
    return {{a, b, c}};
}
std::vector<LiveValue> rowOf(const data::Table &table, std::size_t row) {
    std::vector<LiveValue> values(3);
    values[0].number = table.columns[0].numbers[row];
    values[1].number = table.columns[1].numbers[row];
    if (const auto code = table.columns[2].codes[row]; code >= 0)
        values[2].text = table.columns[2].dictionary[std::size_t(code)];
    return values;
}
void equal(const std::optional<double> &a, const std::optional<double> &b) {
    QCOMPARE(a.has_value(), b.has_value());
    if (a)
        QVERIFY2(std::abs(*a - *b) < 1e-12, qPrintable(QStringLiteral("%1, %2").arg(*a).arg(*b)));
}

} // namespace

class tst_LiveWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void afterAnyNumberOfRowsTheWindowIsTheLastRows_data() {
        QTest::addColumn<int>("rows");
        QTest::newRow("half full") << 250;
        QTest::newRow("just full") << 500;
        QTest::newRow("one has gone") << 501;
        QTest::newRow("all have been replaced several times") << 2345;
    }
    void afterAnyNumberOfRowsTheWindowIsTheLastRows() {
        QFETCH(int, rows);
        const Profile reference = profileOf(drawn(3000, 0, 1), QStringLiteral("reference"));
        const data::Table current = drawn(std::size_t(rows), 0.7, 2);
        LiveWindow window(reference, 500);
        for (int i = 0; i < rows; ++i)
            QVERIFY(window.add(rowOf(current, std::size_t(i))));
        QCOMPARE(window.rows(), std::size_t(std::min(rows, 500)));
        std::vector<std::size_t> last;
        for (int i = std::max(0, rows - 500); i < rows; ++i)
            last.push_back(std::size_t(i));
        const DriftReport live = window.score(), asked = compare(reference, current.take(last));
        QCOMPARE(live.columns.size(), std::size_t(3));
        for (std::size_t i = 0; i < 3; ++i) {
            const ColumnDrift &a = live.columns[i], &b = asked.columns[i];
            QCOMPARE(a.currentRows, b.currentRows);
            QCOMPARE(a.currentMissing, b.currentMissing);
            QCOMPARE(a.currentShares, b.currentShares);
            QCOMPARE(a.psi, b.psi);
            QCOMPARE(a.effect, b.effect);
            QCOMPARE(verdictWord(a), verdictWord(b));
            equal(a.chi2, b.chi2);
            equal(a.currentMin, b.currentMin);
            equal(a.currentMax, b.currentMax);
            if (b.ksD) { // from quantiles of the window here, from its rows there
                QVERIFY2(std::abs(*a.ksD - *b.ksD) < 2 * profileResolution + 1.0 / double(last.size()), qPrintable(QStringLiteral("%1, %2").arg(*a.ksD).arg(*b.ksD)));
                QVERIFY2(std::abs(*a.wassersteinNorm - *b.wassersteinNorm) < 0.01, qPrintable(QStringLiteral("%1, %2").arg(*a.wassersteinNorm).arg(*b.wassersteinNorm)));
            }
        }
    }

    void aNewCategoryIsThereWhileOneOfItsRowsIs() {
        data::Column c;
        c.name = QStringLiteral("c");
        c.type = data::ColumnType::Category;
        c.dictionary = {"red"};
        c.codes.assign(1000, 0);
        LiveWindow window(profileOf(data::Table{{c}}, QStringLiteral("reference")), 3);
        const auto add = [&](const std::string &text) {
            const LiveValue value{NAN, text};
            return bool(window.add(std::span(&value, 1)));
        };
        QVERIFY(add("red") && add("new") && add("red"));
        QCOMPARE(window.score().columns[0].newCategories.size(), std::size_t(1));
        QVERIFY(add("red") && window.score().columns[0].newCategories.size() == 1);
        QVERIFY(add("red") && window.score().columns[0].newCategories.empty());
        for (int i = 0; i < 10'000; ++i) // names that come and go leave nothing
            QVERIFY(add("name " + std::to_string(i)));
        QCOMPARE(window.profile().columns[0].categories, (std::vector<QString>{QStringLiteral("name 9997"), QStringLiteral("name 9998"), QStringLiteral("name 9999")}));
    }

    void anEmptyWindowHasTooFewRowsAndARowOfAnotherWidthIsRefused() {
        LiveWindow window(profileOf(drawn(3000, 0, 1), QStringLiteral("reference")), 10);
        for (const ColumnDrift &c : window.score().columns)
            QVERIFY(c.tooFewRows && !c.drifted && std::isnan(c.psi));
        const std::vector<LiveValue> two(2);
        const auto refused = window.add(two);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Invalid);
        QVERIFY(refused.error().text().contains(QStringLiteral("2 values")));
        QCOMPARE(window.rows(), std::size_t(0));
        const std::vector<LiveValue> missing(3);
        QVERIFY(window.add(missing));
        QCOMPARE(window.score().columns[0].currentMissing, 1.0);
    }

    void aReferencePreparedOnceComparesAsItsRowsDo() {
        const data::Table reference = drawn(5000, 0, 3);
        const PreparedReference prepared(reference);
        for (const unsigned seed : {4U, 5U}) {
            const data::Table current = drawn(4000, 0.3, seed);
            QCOMPARE(compare(prepared, current).toJson(), compare(reference, current).toJson());
        }
    }
};

QTEST_GUILESS_MAIN(tst_LiveWindow)
#include "tst_live_window.moc"

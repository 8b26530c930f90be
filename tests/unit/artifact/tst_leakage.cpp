// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/artifact/leakage.h"

#include "core/metrics/random.h"

#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::artifact;

namespace {

constexpr std::size_t count = 300;

/// Rows of one input x and a target, both given by functions of the row.
template<class X, class Y>
std::vector<Leak> leaks(X x, Y y, const Input &input, std::vector<std::string> classes = {}, std::size_t rows = count) {
    Signature signature;
    signature.task = classes.empty() ? workspace::TaskKind::Regression : workspace::TaskKind::Classification;
    signature.inputs = {input};
    signature.classes = std::move(classes);
    signature.outputs = {QStringLiteral("y")};
    LabelledRows labelled;
    labelled.inputs.count = rows;
    labelled.inputs.width = 1;
    for (std::size_t i = 0; i < rows; ++i) {
        labelled.inputs.values.push_back(x(i));
        labelled.targets.push_back(y(i));
    }
    return leaksOf(labelled, signature);
}

double noise(std::size_t i, std::size_t stream = 0) {
    metrics::Random random(i, stream);
    return random.uniform();
}

const Input number{QStringLiteral("x"), data::ColumnType::Number, {}, false};
const Input category{QStringLiteral("x"), data::ColumnType::Category, {"a", "b", "c"}, false};

} // namespace

class TestLeakage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aNumberThatIsTheTargetInOtherUnitsIsFound() {
        const auto y = [](std::size_t i) { return 1e6 + noise(i); };
        const auto found = leaks([&](std::size_t i) { return i % 9 == 0 ? NAN : -32 + 1.8 * y(i); }, y, number);
        QCOMPARE(found.size(), 1u);
        QCOMPARE(found[0].input, QStringLiteral("x"));
        QCOMPARE(found[0].how, QStringLiteral("correlation 1.0000"));
        QCOMPARE(leaks([&](std::size_t i) { return -y(i); }, y, number).size(), 1u);
    }
    void aStrongInputIsNoLeak() {
        const auto y = [](std::size_t i) { return noise(i); };
        QVERIFY(leaks([&](std::size_t i) { return y(i) + 0.05 * noise(i, 1); }, y, number).empty()); // correlation 0.998
    }
    void aCategoryThatSaysTheNumberIsFound() {
        const auto x = [](std::size_t i) { return double(i % 3); };
        QCOMPARE(leaks(x, [](std::size_t i) { return 10.0 * double(i % 3); }, category).size(), 1u);
        QVERIFY(leaks(x, [](std::size_t i) { return 10.0 * double(i % 3) + noise(i); }, category).empty());
    }
    void aCategoryThatSaysTheClassIsFound() {
        const auto x = [](std::size_t i) { return i % 11 == 0 ? NAN : double(i % 3); };
        QCOMPARE(leaks(x, [](std::size_t i) { return i % 3 == 2 ? 1.0 : 0.0; }, category, {"no", "yes"}).size(), 1u);
        QVERIFY(leaks(x, [](std::size_t i) { return i % 3 == 2 && i % 10 != 0 ? 1.0 : 0.0; }, category, {"no", "yes"}).empty());
    }
    void aNumberThatCodesTheClassIsFound() {
        const auto y = [](std::size_t i) { return double(i % 3); };
        QCOMPARE(leaks([&](std::size_t i) { return 7 - 2 * y(i); }, y, number, {"a", "b", "c"}).size(), 1u);
        QVERIFY(leaks([&](std::size_t i) { return y(i) + noise(i); }, y, number, {"a", "b", "c"}).empty()); // separates well, as petals do
    }
    void nearlyOneCategoryARowTellsNothing() {
        Input many{QStringLiteral("x"), data::ColumnType::Category, {}, false};
        for (std::size_t i = 0; i < count; ++i)
            many.categories.push_back(std::to_string(i));
        const auto x = [](std::size_t i) { return double(i); };
        QVERIFY(leaks(x, [](std::size_t i) { return noise(i); }, many).empty());
        QVERIFY(leaks(x, [](std::size_t i) { return double(i % 2); }, many, {"no", "yes"}).empty());
    }
    void fewRowsOrNothingThatVariesTellNothing() {
        const auto same = [](std::size_t i) { return double(i); };
        QVERIFY(leaks(same, same, number, {}, leakRows - 1).empty());
        QCOMPARE(leaks(same, same, number, {}, leakRows).size(), 1u);
        QVERIFY(leaks([](std::size_t) { return 1.0; }, same, number).empty());
        QVERIFY(leaks([](std::size_t) { return NAN; }, same, number).empty());
    }
};

QTEST_GUILESS_MAIN(TestLeakage)
#include "tst_leakage.moc"

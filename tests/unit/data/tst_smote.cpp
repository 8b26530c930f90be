// SPDX-License-Identifier: GPL-3.0-or-later
// SMOTE and SMOTE-NC by the definitions of Chawla et al. 2002.
#include "core/data/lots.h"
#include "core/data/transform.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <set>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

TransformPtr smote(QVariantMap settings) {
    workspace::TransformSpec spec{QStringLiteral("smote"), {}};
    spec.settings = std::move(settings);
    return *makeTransform(spec);
}

QVariantMap settings(qlonglong k, double ratio = 1, qlonglong seed = 7) { return {{QStringLiteral("k"), k}, {QStringLiteral("ratio"), ratio}, {QStringLiteral("seed"), seed}}; }

/// 200 rows of two numbers: 150 of class 0, 40 of class 1, 10 of class 2.
struct Cloud {
    Rows x{200, 2, {}};
    TrainingTarget target{{}, 1, {"a", "b", "c"}};
    Cloud() {
        Lots lots(5);
        for (int i = 0; i < 200; ++i) {
            const int c = i % 20 == 7 ? 2 : i % 5 == 3 ? 1 : 0;
            x.values.push_back(lots.uniform() + c);
            x.values.push_back(lots.uniform() * 3);
            target.values.push_back(c);
        }
    }
    std::size_t count(double c) const { return std::size_t(std::count(target.values.begin(), target.values.end(), c)); }
};

double distance(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    return std::sqrt(sum);
}

} // namespace

class TestSmote : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void newRowsLieBetweenARowAndOneOfItsNearest() {
        const Cloud cloud;
        const auto made = smote(settings(3))->make(cloud.x, cloud.target, {-1, -1});
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        QCOMPARE(made->x.count, 2 * cloud.count(0) - cloud.count(1) - cloud.count(2));
        QCOMPARE(made->x.values.size(), made->x.count * 2);
        QCOMPARE(made->targets.size(), made->x.count);
        std::vector<std::size_t> bases(200, 0);
        for (std::size_t i = 0; i < made->x.count; ++i) {
            const std::size_t base = made->bases[i], neighbour = made->neighbours[i];
            QVERIFY(base != neighbour);
            QCOMPARE(cloud.target.values[base], made->targets[i]);
            QCOMPARE(cloud.target.values[neighbour], made->targets[i]);
            const auto a = cloud.x.row(base), b = cloud.x.row(neighbour), s = made->x.row(i);
            QVERIFY(std::abs(distance(a, s) + distance(s, b) - distance(a, b)) < 1e-9);
            std::size_t nearer = 0;
            for (std::size_t other = 0; other < 200; ++other)
                nearer += other != base && cloud.target.values[other] == made->targets[i] && distance(a, cloud.x.row(other)) < distance(a, b) ? 1 : 0;
            QVERIFY(nearer < 3);
            ++bases[base];
        }
        for (const double c : {1.0, 2.0})
            QCOMPARE(std::count(made->targets.begin(), made->targets.end(), c), std::ptrdiff_t(cloud.count(0) - cloud.count(c)));
        // Bases are drawn evenly: 10 rows make 140.
        for (std::size_t row = 0; row < 200; ++row)
            QVERIFY(cloud.target.values[row] != 2 || (bases[row] > 3 && bases[row] < 32));
    }

    void theSameSeedMakesTheSameRows() {
        const Cloud cloud;
        const auto a = smote(settings(5))->make(cloud.x, cloud.target, {-1, -1}), b = smote(settings(5))->make(cloud.x, cloud.target, {-1, -1}),
                   c = smote(settings(5, 1, 8))->make(cloud.x, cloud.target, {-1, -1});
        QVERIFY(a && b && c);
        QCOMPARE(a->x.values, b->x.values);
        QVERIFY(a->x.values != c->x.values);
    }

    void aRatioStopsEarlier() {
        const Cloud cloud;
        const auto made = smote(settings(5, 0.25))->make(cloud.x, cloud.target, {-1, -1});
        QVERIFY(made);
        const auto wanted = std::size_t(std::llround(0.25 * double(cloud.count(0))));
        QVERIFY(cloud.count(1) >= wanted); // which has enough already
        QCOMPARE(made->x.count, wanted - cloud.count(2));
    }

    /// One number and a category of three values as 0/1 columns. Of class 1: numbers 0, 1, 2, 10 with the categories p, p, q, q.
    /// The standard deviation (ddof 0) of the numbers is 3.9607; it is what two categories are apart.
    void aCategoryThatDiffersIsFartherByTheMedianDeviation() {
        const Rows x{9, 4, {0, 1, 0, 0, 1, 1, 0, 0, 2, 0, 1, 0, 10, 0, 1, 0,
                            5, 0, 0, 1, 5, 0, 0, 1, 5, 0, 0, 1, 5, 0, 0, 1, 5, 0, 0, 1}};
        TrainingTarget target{{1, 1, 1, 1, 0, 0, 0, 0, 0}, 1, {"no", "yes"}};
        for (qlonglong seed = 1; seed < 40; ++seed) {
            const auto made = smote(settings(1, 1, seed))->make(x, target, {-1, 3, 3, 3});
            QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
            QCOMPARE(made->x.count, std::size_t(1));
            const std::size_t nearest[] = {1, 0, 1, 2}; // 2 (q) → 1: √(1 + 3.96²) = 4.08 against 8 to the other q; 10 → 2: 8 against √(81 + 3.96²)
            QCOMPARE(made->neighbours[0], nearest[made->bases[0]]);
            const auto row = made->x.row(0), like = x.row(made->neighbours[0]);
            QVERIFY(std::equal(row.begin() + 1, row.end(), like.begin() + 1));
        }
    }

    void aNewRowHasTheCategoryOfMostNeighbours() {
        const Rows x{10, 2, {0, 0, 0.1, 1, 0.2, 1, 0.3, 2, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0}};
        TrainingTarget target{{1, 1, 1, 1, 0, 0, 0, 0, 0, 0}, 1, {"no", "yes"}};
        std::set<std::size_t> bases;
        for (qlonglong seed = 1; seed < 60; ++seed) {
            const auto made = smote(settings(3, 1, seed))->make(x, target, {-1, 1});
            QVERIFY(made);
            for (std::size_t i = 0; i < made->x.count; ++i) {
                bases.insert(made->bases[i]);
                // The other three have 1 1 2, 0 1 2, 0 1 2 and 0 1 1; where all differ it is the nearest's. Row 1 (1) is 0.1 from 0 and
                // from 2 (1), where only the number is apart; row 2 is nearest to row 1.
                QCOMPARE(made->x.row(i)[1], 1.0);
            }
        }
        QCOMPARE(bases.size(), std::size_t(4));
    }

    void refuses_data() {
        QTest::addColumn<int>("case_");
        QTest::addColumn<QString>("message");
        QTest::newRow("as many neighbours as rows") << 0 << QStringLiteral("“c” has 10 training rows, too few for 10 neighbours");
        QTest::newRow("a single class") << 1 << QStringLiteral("needs rows of two classes");
        QTest::newRow("missing values") << 2 << QStringLiteral("Write impute before it");
        QTest::newRow("categories alone") << 3 << QStringLiteral("at least one number");
    }
    void refuses() {
        QFETCH(int, case_);
        QFETCH(QString, message);
        Cloud cloud;
        if (case_ == 1)
            std::fill(cloud.target.values.begin(), cloud.target.values.end(), 0);
        if (case_ == 2)
            cloud.x.values[17] = std::nan("");
        const auto made = smote(settings(case_ == 0 ? 10 : 5))->make(cloud.x, cloud.target, case_ == 3 ? std::vector<int>{0, 1} : std::vector<int>{-1, -1});
        QVERIFY(!made);
        QVERIFY2(made.error().text().contains(message), qPrintable(made.error().text()));
    }
};

QTEST_GUILESS_MAIN(TestSmote)
#include "tst_smote.moc"

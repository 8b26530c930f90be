// SPDX-License-Identifier: GPL-3.0-or-later
// Folds against scikit-learn 1.9.1: the validated rows of each fold of KFold(3), StratifiedKFold(3), GroupKFold(3), TimeSeriesSplit(3[,
// test_size=2, gap=1]).split().
#include "core/data/folds.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace pilothouse;
using namespace pilothouse::data;

namespace {

QString shown(const std::vector<std::size_t> &rows) {
    QStringList all;
    for (const std::size_t row : rows)
        all << QString::number(row);
    return all.join(QLatin1Char(' '));
}

QString validated(const Result<std::vector<Fold>> &folds) {
    if (!folds)
        return folds.error().text();
    QStringList all;
    for (const Fold &fold : *folds)
        all << shown(fold.validation);
    return all.join(QStringLiteral(" | "));
}

/// Every row is validated once, and trains in all other folds.
bool partition(const std::vector<Fold> &folds, std::size_t rows) {
    std::vector<int> times(rows, 0);
    for (const Fold &fold : folds) {
        std::set<std::size_t> all(fold.train.begin(), fold.train.end());
        for (const std::size_t row : fold.validation) {
            ++times[row];
            all.insert(row);
        }
        if (all.size() != rows || fold.train.size() + fold.validation.size() != rows || !std::is_sorted(fold.train.begin(), fold.train.end()))
            return false;
    }
    return std::all_of(times.begin(), times.end(), [](int t) { return t == 1; });
}

const std::vector<std::size_t> classes{1, 0, 0, 1, 2, 1, 0, 0, 2, 1, 0, 0, 2};
const std::vector<std::size_t> groups{0, 0, 1, 2, 2, 2, 3, 3, 3, 3, 4, 1, 4, 4, 4, 4};

} // namespace

class TestFolds : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void foldsAreThoseOfScikitLearn() {
        QCOMPARE(validated(kFold(11, 3)), QStringLiteral("0 1 2 3 | 4 5 6 7 | 8 9 10"));
        QCOMPARE(validated(stratifiedKFold(classes, 3)), QStringLiteral("0 1 2 3 4 | 5 6 7 8 | 9 10 11 12"));
        QCOMPARE(validated(groupedKFold(groups, 3)), QStringLiteral("10 12 13 14 15 | 0 1 6 7 8 9 | 2 3 4 5 11"));
        const auto growing = expandingWindow(11, 3);
        QCOMPARE(validated(growing), QStringLiteral("5 6 | 7 8 | 9 10"));
        QCOMPARE(shown((*growing)[0].train), QStringLiteral("0 1 2 3 4"));
        QCOMPARE(shown((*growing)[2].train), QStringLiteral("0 1 2 3 4 5 6 7 8"));
        const auto gap = expandingWindow(11, 3, 2, 1);
        QCOMPARE(validated(gap), QStringLiteral("5 6 | 7 8 | 9 10"));
        QCOMPARE(shown((*gap)[0].train), QStringLiteral("0 1 2 3"));
        QCOMPARE(shown((*gap)[2].train), QStringLiteral("0 1 2 3 4 5 6 7"));
    }

    void everyRowIsValidatedOnce() {
        for (const int folds : {2, 3, 7}) {
            for (const std::optional<std::uint64_t> seed : {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(3)}) {
                const auto plain = kFold(100, folds, seed);
                QVERIFY(plain && partition(*plain, 100));
                std::vector<std::size_t> many;
                for (std::size_t i = 0; i < 100; ++i)
                    many.push_back(i % 10 ? 0 : 1);
                const auto stratified = stratifiedKFold(many, folds, seed);
                QVERIFY(stratified && partition(*stratified, 100));
                for (const Fold &fold : *stratified) {
                    const auto rare = std::count_if(fold.validation.begin(), fold.validation.end(), [&](std::size_t row) { return many[row] == 1; });
                    QVERIFY(rare >= 10 / folds && rare <= 10 / folds + 1);
                }
            }
        }
        const auto grouped = groupedKFold(groups, 3);
        QVERIFY(grouped && partition(*grouped, groups.size()));
        for (const Fold &fold : *grouped)
            for (const std::size_t row : fold.validation)
                for (const std::size_t other : fold.train)
                    QVERIFY(groups[row] != groups[other]);
    }

    void aSeedShufflesTheSameWayEachTime() {
        QCOMPARE(*kFold(50, 5, 1), *kFold(50, 5, 1));
        QVERIFY(*kFold(50, 5, 1) != *kFold(50, 5, 2));
        QVERIFY(*kFold(50, 5, 1) != *kFold(50, 5));
        QCOMPARE(*stratifiedKFold(classes, 3, 1), *stratifiedKFold(classes, 3, 1));
    }

    void tooFewRowsAreAnError() {
        QVERIFY(!kFold(4, 5));
        QVERIFY(kFold(5, 5));
        QVERIFY(!stratifiedKFold({0, 0, 1, 1}, 3));
        QVERIFY(!groupedKFold({0, 0, 1, 1}, 3));
        QVERIFY(!expandingWindow(3, 3));
        QVERIFY(!expandingWindow(6, 3, 2));
        QVERIFY(!expandingWindow(7, 3, 2, 1));
        QVERIFY(expandingWindow(7, 3, 2));
        QVERIFY(kFold(4, 5).error().text().contains(QStringLiteral("5 folds")));
    }
};

QTEST_GUILESS_MAIN(TestFolds)
#include "tst_folds.moc"

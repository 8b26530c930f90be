// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.h"
#include "core/drift/profile_stream.h"
#include "core/drift/statistics.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace pilothouse;
using namespace pilothouse::drift;

namespace {

/// x normal, with every 50th missing; c of many categories, frequent ones and rare.
data::Table rows(std::size_t n, double mean, unsigned seed, int rare = 40) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> draw(mean, 2);
    data::Table table;
    table.columns.resize(2);
    data::Column &x = table.columns[0], &c = table.columns[1];
    x.name = QStringLiteral("x");
    c.name = QStringLiteral("c");
    c.type = data::ColumnType::Category;
    for (int i = 0; i < 3 + rare; ++i)
        c.dictionary.push_back(i < 3 ? std::string(1, char('a' + i)) : "rare " + std::to_string(i));
    for (std::size_t i = 0; i < n; ++i) {
        x.numbers.push_back(i % 50 == 49 ? NAN : draw(random));
        const auto die = random() % 100;
        c.codes.push_back(die < 2 ? -1 : std::int32_t(die < 50 ? 0 : die < 80 ? 1 : die < 95 ? 2 : 3 + int(random() % unsigned(rare))));
    }
    return table;
}

data::Table part(const data::Table &table, std::size_t from, std::size_t to) {
    data::Table out = table;
    for (data::Column &column : out.columns) {
        if (column.type == data::ColumnType::Number)
            column.numbers = {column.numbers.begin() + std::ptrdiff_t(from), column.numbers.begin() + std::ptrdiff_t(to)};
        else
            column.codes = {column.codes.begin() + std::ptrdiff_t(from), column.codes.begin() + std::ptrdiff_t(to)};
    }
    return out;
}

Profile streamed(const data::Table &table, std::size_t piece, const Profile *bins = nullptr, const QString &name = QStringLiteral("s")) {
    ProfileStream stream(name, bins);
    for (std::size_t at = 0; at < table.rows(); at += piece)
        if (!stream.add(part(table, at, std::min(at + piece, table.rows()))))
            return {};
    return stream.profile();
}

Profile throughJson(const Profile &profile) {
    const auto read = Profile::fromJson(QJsonDocument::fromJson(QJsonDocument(profile.toJson()).toJson()).object(), QStringLiteral("p.json"));
    return read ? *read : Profile{};
}

} // namespace

class tst_ProfileStream : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fewRowsAreExact() {
        const data::Table table = rows(1'000, 3, 1);
        const Profile once = profileOf(table, QStringLiteral("s")), pieces = streamed(table, 70);
        QCOMPARE(pieces.rows, once.rows);
        QVERIFY(pieces.columns[0].sketch->exact());
        for (std::size_t i = 0; i < 2; ++i) {
            const ColumnProfile &a = once.columns[i], &b = pieces.columns[i];
            QCOMPARE(b.present, a.present);
            QCOMPARE(b.missing, a.missing);
            QCOMPARE(b.edges, a.edges);
            QCOMPARE(b.counts, a.counts);
            QCOMPARE(b.quantiles, a.quantiles);
            QCOMPARE(b.categories, a.categories);
            QCOMPARE(b.categoryCounts, a.categoryCounts);
            QVERIFY(std::abs(b.mean - a.mean) < 1e-12 && std::abs(b.std - a.std) < 1e-12);
        }
        // …and compare as rows do
        const data::Table current = rows(900, 4, 2);
        const DriftReport exact = compare(table, current), half = compare(pieces, current), both = compare(pieces, throughJson(streamed(current, 333)));
        for (const DriftReport &r : {half, both}) {
            QCOMPARE(r.columns[0].psi, exact.columns[0].psi);
            QCOMPARE(*r.columns[0].ksD, *exact.columns[0].ksD);
            QCOMPARE(*r.columns[0].wasserstein, *exact.columns[0].wasserstein);
            QCOMPARE(*r.columns[0].outOfRange, *exact.columns[0].outOfRange);
            QCOMPARE(r.columns[0].resolution, 0.0);
            QCOMPARE(*r.columns[1].chi2, *exact.columns[1].chi2);
        }
    }

    void shardsAddUp_data() {
        QTest::addColumn<int>("shards");
        QTest::newRow("two") << 2;
        QTest::newRow("thirty-one days") << 31;
    }
    void shardsAddUp() {
        QFETCH(int, shards);
        const data::Table reference = rows(50'000, 3, 1), current = rows(200'000, 3.6, 2);
        const Profile bins = profileOf(reference, QStringLiteral("reference"));
        std::vector<Profile> parts, own;
        for (int i = 0; i < shards; ++i) {
            const data::Table shard = part(current, current.rows() * std::size_t(i) / std::size_t(shards), current.rows() * std::size_t(i + 1) / std::size_t(shards));
            parts.push_back(throughJson(streamed(shard, 4'096, &bins)));
            own.push_back(throughJson(streamed(shard, 4'096)));
        }
        const auto merged = mergedProfiles(parts, QStringLiteral("month")), withOwn = mergedProfiles(own, QStringLiteral("month"));
        QVERIFY2(merged && withOwn, merged ? "" : qPrintable(merged.error().text()));
        QCOMPARE(merged->rows, current.rows());
        const DriftReport exact = compare(reference, current), shared = compare(bins, throughJson(*merged)), free = compare(bins, *withOwn);
        for (std::size_t i = 0; i < 2; ++i) {
            QCOMPARE(shared.columns[i].psi, exact.columns[i].psi); // the reference's bins: exact however many rows
            QCOMPARE(shared.columns[i].js, exact.columns[i].js);
            QCOMPARE(shared.columns[i].hellinger, exact.columns[i].hellinger);
            QCOMPARE(verdictWord(shared.columns[i]), verdictWord(exact.columns[i]));
            QCOMPARE(verdictWord(free.columns[i]), verdictWord(exact.columns[i]));
            QCOMPARE(shared.columns[i].currentRows, exact.columns[i].currentRows);
        }
        const ColumnDrift &x = shared.columns[0];
        QVERIFY2(std::abs(*x.ksD - *exact.columns[0].ksD) < 3 * x.resolution, qPrintable(QStringLiteral("%1, %2").arg(*x.ksD - *exact.columns[0].ksD).arg(x.resolution)));
        QVERIFY(std::abs(*x.wasserstein - *exact.columns[0].wasserstein) < 0.02);
        QVERIFY(std::abs(free.columns[0].psi - exact.columns[0].psi) < 0.02);
        QCOMPARE(*shared.columns[1].chi2, *exact.columns[1].chi2);
        const ColumnProfile all = profileOf(current, {}).columns[0];
        QVERIFY(std::abs(merged->columns[0].mean - all.mean) < 1e-9 && std::abs(merged->columns[0].std - all.std) < 1e-9);
        QCOMPARE(merged->columns[0].min, all.min);
        QCOMPARE(merged->columns[0].max, all.max);
    }

    void theRankErrorStaysAsItIsStated() {
        const data::Table table = rows(300'000, 0, 9);
        const ColumnProfile exact = profileOf(table, {}).columns[0];
        std::vector<Profile> parts;
        for (std::size_t i = 0; i < 20; ++i)
            parts.push_back(streamed(part(table, i * 15'000, (i + 1) * 15'000), 5'000));
        const auto merged = mergedProfiles(parts, {});
        QVERIFY(merged.has_value());
        std::vector<double> sorted;
        for (const double v : table.columns[0].numbers)
            if (!std::isnan(v))
                sorted.push_back(v);
        std::sort(sorted.begin(), sorted.end());
        for (const int tenth : {1, 3, 5, 7, 9}) {
            const double value = merged->columns[0].quantiles[std::size_t(tenth * 100)];
            const double rank = double(std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin()) / double(sorted.size());
            QVERIFY2(std::abs(rank - tenth / 10.0) < 4.0 / sketchBound, qPrintable(QString::number(rank)));
        }
    }

    void manyCategoriesAreCountedWithinWhatIsLost() {
        data::Table table;
        table.columns.resize(1);
        data::Column &c = table.columns[0];
        c.name = QStringLiteral("c");
        c.type = data::ColumnType::Category;
        std::mt19937_64 random(4);
        constexpr int kinds = 30'000;
        for (int i = 0; i < kinds; ++i)
            c.dictionary.push_back("customer " + std::to_string(i));
        for (int i = 0; i < 200'000; ++i)
            c.codes.push_back(i % 10 == 0 ? 7 : std::int32_t(random() % kinds));
        std::vector<Profile> parts;
        for (std::size_t i = 0; i < 4; ++i)
            parts.push_back(throughJson(streamed(part(table, i * 50'000, (i + 1) * 50'000), 10'000)));
        const auto merged = mergedProfiles(parts, {});
        QVERIFY(merged.has_value());
        const ColumnProfile &found = merged->columns[0];
        const auto at = std::find(found.categories.begin(), found.categories.end(), QStringLiteral("customer 7"));
        QVERIFY(at != found.categories.end());
        const double count = found.categoryCounts[std::size_t(at - found.categories.begin())], truth = double(std::count(c.codes.begin(), c.codes.end(), 7));
        QVERIFY2(count <= truth && count + found.lost >= truth, qPrintable(QStringLiteral("%1, %2, lost %3").arg(count).arg(truth).arg(found.lost)));
        QVERIFY(found.lost < 200'000.0 / streamCategories * 4);
        QVERIFY(std::abs(double(found.distinct->distinct()) / kinds - 1) < 0.15);
        double sum = found.otherCount;
        for (const double n : found.categoryCounts)
            sum += n;
        QCOMPARE(sum, double(found.present));
        QVERIFY2(QJsonDocument(merged->toJson()).toJson(QJsonDocument::Compact).size() < 300'000, "a profile is a small file");
    }

    void whatDoesNotAddUpIsNamed() {
        const data::Table table = rows(500, 0, 1);
        const Profile bins = profileOf(table, QStringLiteral("reference")), other = profileOf(rows(500, 1, 2), QStringLiteral("other"));
        const Profile fine = streamed(table, 100, &bins, QStringLiteral("monday"));
        const auto refused = [&](const Profile &second) {
            const auto merged = mergedProfiles({fine, second}, {});
            return merged ? QString() : merged.error().text();
        };
        QVERIFY(refused(profileOf(table, QStringLiteral("p"))).contains(QStringLiteral("has no sketch")));
        QVERIFY(refused(streamed(table, 100, &other)).contains(QStringLiteral("other bins")));
        QVERIFY(refused(streamed(table, 100)).contains(QStringLiteral("other bins")));
        data::Table less = table;
        less.columns.pop_back();
        QVERIFY(refused(streamed(less, 100, &bins)).contains(QStringLiteral("1 columns")));
        QVERIFY(!mergedProfiles({}, {}));
        // a schema that changes in the middle
        ProfileStream stream(QStringLiteral("day"));
        QVERIFY(stream.add(table));
        const auto gone = stream.add(less);
        QVERIFY(!gone && gone.error().what.contains(QStringLiteral("“c” is gone from row 501")));
        data::Table more = table;
        more.columns.push_back(more.columns.back());
        more.columns.back().name = QStringLiteral("fresh");
        const auto fresh = stream.add(more);
        QVERIFY(!fresh && fresh.error().what.contains(QStringLiteral("“fresh” is new at row 501")));
        QCOMPARE(stream.profile().rows, std::size_t(500)); // nothing of what was refused
    }

    void aColumnThatBeginsWithoutValuesTakesItsTypeLater() {
        data::Table empty = rows(10, 0, 1), full = rows(300, 0, 2);
        empty.columns[0].type = data::ColumnType::Category; // as a reader sees a column without any value
        empty.columns[0].numbers.clear();
        empty.columns[0].codes.assign(10, -1);
        ProfileStream stream(QStringLiteral("s"));
        QVERIFY(stream.add(empty));
        QVERIFY(stream.add(full));
        QVERIFY(stream.add(empty)); // missing values are of any type
        const ColumnProfile x = stream.profile().columns[0];
        QCOMPARE(x.kind, data::ColumnType::Number);
        QCOMPARE(x.missing, std::size_t(20 + 6));
        const auto merged = mergedProfiles({streamed(empty, 10), streamed(full, 50)}, {});
        QVERIFY(merged.has_value());
        QCOMPARE(merged->columns[0].missing, std::size_t(10 + 6));
        QCOMPARE(merged->columns[0].present, std::size_t(294));
    }

    void anEditedSketchIsRefused_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QJsonValue>("value");
        QTest::newRow("a level short") << QStringLiteral("sketch") << QJsonValue(QJsonObject{{QStringLiteral("bound"), 1024}, {QStringLiteral("levels"), QJsonArray{QJsonArray{1, 2}}}});
        QTest::newRow("no numbers") << QStringLiteral("sketch") << QJsonValue(QJsonObject{{QStringLiteral("bound"), 1024}, {QStringLiteral("levels"), QJsonArray{QJsonArray{QStringLiteral("x")}}}});
        QTest::newRow("no bound") << QStringLiteral("sketch") << QJsonValue(QJsonObject{{QStringLiteral("bound"), 0}, {QStringLiteral("levels"), QJsonArray{}}});
    }
    void anEditedSketchIsRefused() {
        QFETCH(QString, key);
        QFETCH(QJsonValue, value);
        QJsonObject object = streamed(rows(300, 0, 1), 100).toJson();
        QJsonArray columns = object.value(QStringLiteral("columns")).toArray();
        QJsonObject column = columns.at(0).toObject();
        column.insert(key, value);
        columns[0] = column;
        object.insert(QStringLiteral("columns"), columns);
        QVERIFY(!Profile::fromJson(object, QStringLiteral("p.json")));
    }
};

QTEST_GUILESS_MAIN(tst_ProfileStream)
#include "tst_profile_stream.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/metrics/slices.h"

#include "core/metrics/random.h"

#include <QDateTime>
#include <QTest>
#include <QTimeZone>

#include <cmath>

using namespace pilothouse;
using metrics::Random;
using metrics::Scored;
using metrics::Slicing;

namespace {

/// Rows in ten groups by turns; the errors of group 3 are `factor` times as wide.
Scored tenGroups(quint64 seed, std::size_t rows, double factor) {
    Random random(seed);
    Scored s{rows, 1, 0, {}, {}, {}};
    for (std::size_t i = 0; i < rows; ++i) {
        s.truth.push_back(10 * random.uniform());
        s.predicted.push_back(s.truth.back() + (random.uniform() - 0.5) * (i % 10 == 3 ? factor : 1));
    }
    return s;
}

Slicing byTurns(std::size_t rows, int groups) {
    Slicing slicing{QStringLiteral("turn"), {}, {}};
    for (int g = 0; g < groups; ++g)
        slicing.names << QString::number(g);
    for (std::size_t i = 0; i < rows; ++i)
        slicing.of.push_back(std::int32_t(i % std::size_t(groups)));
    return slicing;
}

data::Column numbersColumn(const QString &name, std::vector<double> values) {
    data::Column column;
    column.name = name;
    column.numbers = std::move(values);
    return column;
}

} // namespace

class TestSlices : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void categoriesComeByFrequencyAndTheRestTogether() {
        std::vector<std::string> dictionary{"b", "a", "never"};
        const std::vector<std::int32_t> codes{0, 1, 0, -1, 0};
        const Slicing few = metrics::sliceByCategory(QStringLiteral("c"), codes, dictionary);
        QCOMPARE(few.names, (QStringList{QStringLiteral("b"), QStringLiteral("a")}));
        QCOMPARE(few.of, (std::vector<std::int32_t>{0, 1, 0, -1, 0}));
        QCOMPARE(few.missing(), std::size_t(1));
        dictionary.clear();
        std::vector<std::int32_t> many;
        for (int i = 0; i < 60; ++i) {
            dictionary.push_back(std::to_string(100 + i));
            many.push_back(i);
        }
        const Slicing pooled = metrics::sliceByCategory(QStringLiteral("id"), many, dictionary);
        QCOMPARE(pooled.names.size(), 50);
        QCOMPARE(pooled.names.back(), QStringLiteral("other (11 values)"));
        QCOMPARE(std::count(pooled.of.begin(), pooled.of.end(), 49), 11);
    }

    void numbersComeByValueOrByQuarters() {
        const Slicing each = metrics::sliceByNumber(QStringLiteral("n"), std::vector<double>{3, 1, 1, std::nan("")});
        QCOMPARE(each.names, (QStringList{QStringLiteral("1"), QStringLiteral("3")}));
        QCOMPARE(each.of, (std::vector<std::int32_t>{1, 0, 0, -1}));
        std::vector<double> values;
        for (int i = 0; i <= 100; ++i)
            values.push_back(i);
        const Slicing quarters = metrics::sliceByNumber(QStringLiteral("n"), values); // numpy.percentile: 25, 50, 75
        QCOMPARE(quarters.names, (QStringList{QStringLiteral("up to 25"), QStringLiteral("above 25, up to 50"), QStringLiteral("above 50, up to 75"), QStringLiteral("above 75")}));
        QCOMPARE(quarters.of[25], 0);
        QCOMPARE(quarters.of[26], 1);
        QCOMPARE(quarters.of[100], 3);
        std::fill(values.begin() + 20, values.end(), 100.0); // the quartiles are all the largest value
        const Slicing one = metrics::sliceByNumber(QStringLiteral("n"), values);
        QCOMPARE(one.names.size(), 1);
        QCOMPARE(*std::max_element(one.of.begin(), one.of.end()), 0);
    }

    void timesComeByTheirPartInTheirZone_data() {
        QTest::addColumn<QString>("part");
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<QStringList>("names");
        QTest::newRow("hour") << "hour" << QByteArray("UTC") << QStringList{QStringLiteral("00 h"), QStringLiteral("23 h")};
        QTest::newRow("hour elsewhere") << "hour" << QByteArray("Asia/Colombo") << QStringList{QStringLiteral("04 h"), QStringLiteral("05 h")};
        QTest::newRow("weekday") << "weekday" << QByteArray("UTC") << QStringList{QStringLiteral("Mon"), QStringLiteral("Sun")};
        QTest::newRow("month") << "month" << QByteArray("UTC") << QStringList{QStringLiteral("Jan"), QStringLiteral("Dec")};
    }
    void timesComeByTheirPartInTheirZone() {
        QFETCH(QString, part);
        QFETCH(QByteArray, zone);
        QFETCH(QStringList, names);
        const std::int64_t newYear = QDateTime(QDate(2024, 1, 1), QTime(0, 0), Qt::UTC).toMSecsSinceEpoch(); // a Monday
        const auto slicing = metrics::sliceByTime(QStringLiteral("t"), std::vector<std::int64_t>{newYear, newYear - 3600000, data::Column::missingTime}, part, QTimeZone(zone));
        QVERIFY(slicing);
        QCOMPARE(slicing->names, names);
        QCOMPARE(slicing->of[2], -1);
        QVERIFY(slicing->of[0] != slicing->of[1]);
        const bool first = slicing->names[slicing->of[0]] == names[zone == "UTC" ? 0 : 1];
        QVERIFY(first);
    }

    void whatCannotBeSlicedSaysWhatCan_data() {
        QTest::addColumn<QString>("by");
        QTest::addColumn<QString>("says");
        QTest::newRow("no such column") << "plase" << "Did you mean “place”?";
        QTest::newRow("a time without its part") << "when" << "Write when:hour, when:weekday or when:month.";
        QTest::newRow("a part that is none") << "when:mont" << "Did you mean “month”?";
        QTest::newRow("a part of a number") << "place:hour" << "“place” is no time";
    }
    void whatCannotBeSlicedSaysWhatCan() {
        QFETCH(QString, by);
        QFETCH(QString, says);
        data::Column when;
        when.name = QStringLiteral("when");
        when.type = data::ColumnType::Time;
        when.times = {0, 3600000};
        const data::Table table{{numbersColumn(QStringLiteral("place"), {1, 2}), when}};
        const std::vector<std::size_t> rows{1, 0};
        const auto slicing = metrics::sliceByColumn(by, table, rows);
        QVERIFY(!slicing);
        QCOMPARE(slicing.error().kind, ErrorKind::Invalid);
        QVERIFY2(slicing.error().text().contains(says), qPrintable(slicing.error().text()));
        QCOMPARE(metrics::sliceByColumn(QStringLiteral("when:hour"), table, rows)->of, (std::vector<std::int32_t>{1, 0}));
        QCOMPARE(metrics::sliceByColumn(QStringLiteral("place"), table, rows)->names, (QStringList{QStringLiteral("1"), QStringLiteral("2")}));
    }

    void theCorrectionAsStatsmodels() {
        // statsmodels 0.15 multipletests(method="fdr_bh"); a slice that was not judged does not count.
        const std::vector<double> adjusted = metrics::benjaminiHochberg({0.001, 0.04, std::nan(""), 0.03, 0.2, 0.9, 0.005, 0.05});
        const std::vector<double> expected{0.007, 0.07, std::nan(""), 0.07, 0.23333333333333336, 0.9, 0.0175, 0.07};
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY(std::isnan(expected[i]) ? std::isnan(adjusted[i]) : std::abs(adjusted[i] - expected[i]) < 1e-15);
        QVERIFY(metrics::benjaminiHochberg({}).empty());
    }

    void valuesAreThoseOfTheRowsAlone() {
        const Scored scored = tenGroups(1, 500, 3);
        Slicing slicing = byTurns(500, 10);
        for (std::size_t i = 5; i < 500; i += 10)
            slicing.of[i] = -1; // missing: in no slice and in no rest
        const auto slices = metrics::evaluateSlices({slicing}, QStringLiteral("r2"), scored, metrics::resamplingFor(500, 0, 200));
        QVERIFY2(slices, slices ? "" : qPrintable(slices.error().text()));
        QCOMPARE(slices->size(), std::size_t(9));
        std::vector<std::size_t> rows, others;
        for (std::size_t i = 0; i < 500; ++i)
            if (i % 10 != 5)
                (i % 10 == 3 ? rows : others).push_back(i);
        const metrics::Slice &third = slices->at(3);
        QCOMPARE(third.name, QStringLiteral("3"));
        QCOMPARE(third.rows, std::size_t(50));
        QVERIFY(std::abs(third.value - *metrics::metricOf(QStringLiteral("r2"), scored.take(rows))) < 1e-12);
        QVERIFY(std::abs(third.rest - *metrics::metricOf(QStringLiteral("r2"), scored.take(others))) < 1e-12);
        QVERIFY(third.low < third.value && third.value < third.high && third.worse);
    }

    void aWorseSliceIsFoundAndEqualOnesSeldom() {
        int found = 0, wrong = 0, wrongUncorrected = 0;
        for (quint64 seed = 0; seed < 60; ++seed) {
            const auto how = metrics::resamplingFor(600, 0, 200, seed);
            for (const auto &s : *metrics::evaluateSlices({byTurns(600, 10)}, QStringLiteral("mae"), tenGroups(900 + seed, 600, 2), how))
                found += s.worse && s.name == QStringLiteral("3") ? 1 : 0;
            bool any = false, anyUncorrected = false;
            for (const auto &s : *metrics::evaluateSlices({byTurns(600, 10)}, QStringLiteral("mae"), tenGroups(300 + seed, 600, 1), how)) {
                any |= s.worse;
                anyUncorrected |= s.p < 0.05;
            }
            wrong += any ? 1 : 0;
            wrongUncorrected += anyUncorrected ? 1 : 0;
        }
        QVERIFY2(found >= 55, qPrintable(QString::number(found)));
        QVERIFY2(wrong <= 10, qPrintable(QString::number(wrong)));                         // 3 of 60 are meant
        QVERIFY2(wrongUncorrected >= 15, qPrintable(QString::number(wrongUncorrected))); // what the correction is for: 1 − 0.95^10 is 40 %
    }

    void smallSlicesAreShownAndNotJudged() {
        Slicing slicing{QStringLiteral("size"), {QStringLiteral("large"), QStringLiteral("small")}, {}};
        for (std::size_t i = 0; i < 200; ++i)
            slicing.of.push_back(i < 29 ? 1 : 0);
        Scored scored = tenGroups(4, 200, 1);
        for (std::size_t i = 0; i < 29; ++i)
            scored.predicted[i] += 50;
        const auto slices = metrics::evaluateSlices({slicing}, QStringLiteral("mae"), scored, metrics::resamplingFor(200, 0, 200));
        const metrics::Slice &small = slices->at(1);
        QCOMPARE(small.rows, std::size_t(29));
        QVERIFY(small.value > 49 && std::isnan(small.low) && std::isnan(small.p) && !small.worse);
        QVERIFY(metrics::toJson(small).value(QStringLiteral("p_adjusted")).isNull());
    }

    void twoModelsAreComparedInEachSlice() {
        const Scored a = tenGroups(5, 600, 2);
        Scored b = a; // better in 3, worse in 7, the same elsewhere
        for (std::size_t i = 0; i < 600; ++i)
            if (i % 10 == 3 || i % 10 == 7)
                b.predicted[i] = b.truth[i] + (b.predicted[i] - b.truth[i]) * (i % 10 == 3 ? 0.5 : 1.5);
        const auto slices = metrics::compareSlices({byTurns(600, 10)}, QStringLiteral("mae"), a, b, metrics::resamplingFor(600, 0, 300));
        QVERIFY2(slices, slices ? "" : qPrintable(slices.error().text()));
        for (const auto &s : *slices)
            QCOMPARE(s.verdict, s.name == QStringLiteral("3") ? QStringLiteral("better") : s.name == QStringLiteral("7") ? QStringLiteral("worse") : QStringLiteral("not distinguishable"));
        const auto &third = slices->at(3);
        QVERIFY(third.high < 0 && std::abs(third.change - (third.b - third.a)) < 1e-15 && third.adjusted < 0.001);
        QCOMPARE(slices->at(1).p, 1.0);
    }

    void rowsOfOtherSlicesAreRefused() {
        const Scored scored = tenGroups(6, 100, 1);
        QVERIFY(metrics::evaluateSlices({byTurns(99, 10)}, QStringLiteral("mae"), scored, metrics::resamplingFor(100, 0)).error().what.contains(QStringLiteral("99 rows")));
        QVERIFY(metrics::evaluateSlices({byTurns(100, 10)}, QStringLiteral("accuracy"), scored, metrics::resamplingFor(100, 0)).error().hint.contains(QStringLiteral("mae")));
        QVERIFY(!metrics::evaluateSlices({byTurns(100, 10)}, QStringLiteral("mae"), scored, metrics::resamplingFor(90, 0)));
    }
};

QTEST_GUILESS_MAIN(TestSlices)
#include "tst_slices.moc"

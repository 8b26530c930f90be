// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/naive_forecast.h"
#include "core/learn/seasonal_naive.h"

#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::learn;

namespace {

constexpr std::int64_t hour = 3600000, day = 24 * hour;

/// Windows of two steps and a horizon of two over a series of one value an hour; `without` is a time that has no value.
Samples windowsOver(const std::vector<double> &series, int without = -1) {
    Samples s;
    s.window = 2;
    s.series = 1;
    s.stepMs = hour;
    s.rows.inputs.width = 2;
    for (int t = 1; t + 2 < int(series.size()); ++t) {
        if (without >= t - 1 && without <= t + 2)
            continue;
        const auto at = [&](int i) { return series[std::size_t(i)]; };
        s.rows.inputs.values.insert(s.rows.inputs.values.end(), {at(t - 1), at(t)});
        s.rows.targets.insert(s.rows.targets.end(), {at(t + 1), at(t + 2)});
        s.origins.push_back(t * hour);
        s.train.push_back(s.rows.inputs.count++);
    }
    return s;
}

} // namespace

class TestSeasonalNaive : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSeasonFollowsTheStep_data() {
        QTest::addColumn<qint64>("step");
        QTest::addColumn<quint64>("season");
        QTest::newRow("hours: a day") << qint64(hour) << quint64(24);
        QTest::newRow("ten minutes: a day") << qint64(600000) << quint64(144);
        QTest::newRow("days: a week") << qint64(day) << quint64(7);
        QTest::newRow("weeks: a year") << qint64(7 * day) << quint64(52);
        QTest::newRow("months: a year") << qint64(30 * day) << quint64(12);
        QTest::newRow("quarters: a year") << qint64(91 * day) << quint64(4);
        QTest::newRow("what fits no day: the value before") << qint64(7 * hour) << quint64(1);
    }
    void theSeasonFollowsTheStep() {
        QFETCH(qint64, step);
        QFETCH(quint64, season);
        QCOMPARE(quint64(data::seasonOf(step)), season);
    }

    void theScaleIsTheMeanChangeOverASeason() {
        // 0, 1, 2 … : a day later every value is 24 larger, whichever windows it lies in.
        std::vector<double> series;
        for (int i = 0; i < 100; ++i)
            series.push_back(i);
        QCOMPARE(seasonalNaive(windowsOver(series)).maes, std::vector<double>{24.0});
        for (int i = 50; i < 100; ++i)
            series[std::size_t(i)] += 10; // of the 76 pairs a day apart 24 straddle the step
        const SeasonalNaive naive = seasonalNaive(windowsOver(series));
        QVERIFY(std::abs(naive.maes.front() - (24 + 10 * 24 / 76.0)) < 1e-12);
        QCOMPARE(naive.toJson().value(QStringLiteral("season")).toInt(), 24);
    }

    void eachTargetHasItsOwn() {
        std::vector<double> series, other;
        for (int i = 0; i < 100; ++i) {
            series.push_back(i);
            other.push_back(1000 - 10 * i);
        }
        Samples both = windowsOver(series);
        const Samples second = windowsOver(other);
        both.signature.task = workspace::TaskKind::Forecast;
        both.signature.outputs = {QStringLiteral("u@+1"), QStringLiteral("u@+2"), QStringLiteral("v@+1"), QStringLiteral("v@+2")};
        both.series = 2;
        artifact::LabelledRows rows;
        rows.inputs.width = 4;
        for (std::size_t i = 0; i < both.train.size(); ++i) {
            for (const Samples *side : {&std::as_const(both), &second})
                rows.inputs.values.insert(rows.inputs.values.end(), side->rows.inputs.row(i).begin(), side->rows.inputs.row(i).end());
            for (const Samples *side : {&std::as_const(both), &second})
                rows.targets.insert(rows.targets.end(), side->rows.targets.begin() + std::ptrdiff_t(2 * i), side->rows.targets.begin() + std::ptrdiff_t(2 * i + 2));
            ++rows.inputs.count;
        }
        both.rows = rows;
        const SeasonalNaive naive = seasonalNaive(both);
        QCOMPARE(naive.maes, (std::vector<double>{24, 240}));
        QCOMPARE(naive.toJson().value(QStringLiteral("mae")).toObject(), (QJsonObject{{QStringLiteral("u"), 24.0}, {QStringLiteral("v"), 240.0}}));
    }

    void aGapLeavesItsPairsOut() {
        std::vector<double> series(100, 1.0);
        series[60] = 1e6; // never seen: no window holds it
        QCOMPARE(seasonalNaive(windowsOver(series, 60)).maes, std::vector<double>{0.0});
    }

    void onlyTrainingWindowsCount() {
        std::vector<double> series;
        for (int i = 0; i < 100; ++i)
            series.push_back(i < 60 ? i : 1e6);
        Samples samples = windowsOver(series);
        samples.train.resize(50); // origins 1 … 50: values up to 52
        QCOMPARE(seasonalNaive(samples).maes, std::vector<double>{24.0});
    }

    void lessThanASeasonHasNoScale() {
        const SeasonalNaive naive = seasonalNaive(windowsOver(std::vector<double>(20, 1.0)));
        QVERIFY(std::isnan(naive.maes.front()));
        QVERIFY(naive.toJson().value(QStringLiteral("mae")).isNull());
    }
};

QTEST_GUILESS_MAIN(TestSeasonalNaive)
#include "tst_seasonal_naive.moc"

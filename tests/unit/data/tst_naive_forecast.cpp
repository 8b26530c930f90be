// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/naive_forecast.h"

#include <QTest>

using namespace pilothouse::data;

class TestNaiveForecast : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void wholeSeasonsAreRepeated_data() {
        QTest::addColumn<quint64>("season");
        QTest::addColumn<QList<double>>("expected");
        QTest::newRow("persistence") << quint64(1) << QList<double>{6, 6, 6, 6, 6, 6, 6};
        QTest::newRow("three steps, over and over") << quint64(3) << QList<double>{4, 5, 6, 4, 5, 6, 4};
        QTest::newRow("the whole window") << quint64(6) << QList<double>{1, 2, 3, 4, 5, 6, 1};
    }
    void wholeSeasonsAreRepeated() {
        QFETCH(quint64, season);
        QFETCH(QList<double>, expected);
        const std::vector<double> row{1, 2, 3, 4, 5, 6, 99, 98}; // another series behind the target's window
        std::vector<double> horizon(7);
        naiveForecast(row, 6, std::size_t(season), 1, horizon);
        QCOMPARE(QList<double>(horizon.begin(), horizon.end()), expected);
    }

    void eachTargetRepeatsItsOwnPast() {
        const std::vector<double> row{1, 2, 3, 10, 20, 30, 99, 98, 97}; // two targets, then another series
        std::vector<double> outputs(8);
        naiveForecast(row, 3, 1, 2, outputs);
        QCOMPARE(outputs, (std::vector<double>{3, 3, 3, 3, 30, 30, 30, 30}));
        naiveForecast(row, 3, 3, 2, outputs);
        QCOMPARE(outputs, (std::vector<double>{1, 2, 3, 1, 10, 20, 30, 10}));
    }

    void theMeanIsThatOfEachTarget() {
        const std::vector<double> trained{1, 3, 10, 30, 5, 7, 50, 70}; // two rows of two targets of two steps
        QCOMPARE(meanForecast(trained, 2, 4), (std::vector<double>{4, 4, 40, 40}));
        QCOMPARE(meanForecast(std::vector<double>{1, 2, 6}, 1, 1), (std::vector<double>{3}));
    }

    void aSeasonMustLieInTheWindow() {
        constexpr std::int64_t hour = 3600000;
        QCOMPARE(naiveSeasons(24, hour), (std::vector<std::size_t>{1, 24}));
        QCOMPARE(naiveSeasons(23, hour), (std::vector<std::size_t>{1}));
        QCOMPARE(naiveSeasons(100, 7 * hour), (std::vector<std::size_t>{1})); // such steps have no season
    }
};

QTEST_GUILESS_MAIN(TestNaiveForecast)
#include "tst_naive_forecast.moc"

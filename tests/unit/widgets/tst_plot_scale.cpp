// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/cells.h"
#include "widgets/base/confusion_view.h"
#include "widgets/base/plot.h"

#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <limits>
#include <random>

using namespace pilothouse::ui;

class TestPlotScale : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ticksAreRoundAndInside_data() {
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<QString>("text");
        QTest::newRow("unit range") << 0.0 << 1.0 << QStringLiteral("0 0.25 0.5 0.75 1");
        QTest::newRow("quality near its limit") << 0.87 << 1.35 << QStringLiteral("1 1.2");
        QTest::newRow("across zero") << -4.6 << 4.2 << QStringLiteral("-2.5 0 2.5");
        QTest::newRow("thousands") << 0.0 << 17520.0 << QStringLiteral("0 5000 10000 15000");
        QTest::newRow("empty range has none") << 3.0 << 3.0 << QString();
    }
    void ticksAreRoundAndInside() {
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(QString, text);
        QStringList words;
        for (double tick : roundTicks(low, high))
            words << QString::number(tick);
        QCOMPARE(words.join(QLatin1Char(' ')), text);
    }

    void decimalsShowTheDistance() {
        QCOMPARE(tickDecimals({0, 0.25, 0.5}), 2);
        QCOMPARE(tickDecimals({0, 5, 10}), 0);
    }

    void everyPixelColumnKeepsItsExactLeastAndGreatest() {
        std::mt19937 random(7);
        std::normal_distribution<double> wind(5, 3);
        std::vector<QPointF> points;
        for (int i = 0; i < 200000; ++i)
            points.emplace_back(i, wind(random));
        const PlotScale scale{QRectF(0, 0, 400, 200), 0, 199999, -15, 25};
        const auto pieces = linePieces(points, scale);
        QCOMPARE(pieces.size(), std::size_t(1));
        QVERIFY(pieces[0].size() <= 4 * 402);
        std::vector<double> low(401, INFINITY), high(401, -INFINITY), lowDrawn = low, highDrawn = high;
        const auto reach = [](std::vector<double> &l, std::vector<double> &h, const QPointF &p) {
            const auto column = std::size_t(std::floor(p.x()));
            l[column] = std::min(l[column], p.y());
            h[column] = std::max(h[column], p.y());
        };
        for (const QPointF &p : points)
            reach(low, high, {scale.toX(p.x()), scale.toY(p.y())});
        for (const QPointF &p : pieces[0])
            reach(lowDrawn, highDrawn, p);
        for (std::size_t column = 0; column < low.size(); ++column) {
            QCOMPARE(lowDrawn[column], low[column]);
            QCOMPARE(highDrawn[column], high[column]);
        }
    }

    void gapsBreakTheLine() {
        const double none = std::nan("");
        const std::vector<QPointF> points{{0, 1}, {1, 2}, {2, none}, {3, none}, {4, 5}, {5, none}};
        const PlotScale scale{QRectF(0, 0, 100, 100), 0, 5, 0, 5};
        const auto pieces = linePieces(points, scale);
        QCOMPARE(pieces.size(), std::size_t(2));
        QCOMPARE(pieces[0].size(), std::size_t(2));
        QCOMPARE(pieces[1].size(), std::size_t(1));
        QCOMPARE(pieces[0][1], QPointF(20, 60));
    }

    void gapsBreakADecimatedLineToo() {
        std::vector<QPointF> points;
        for (int i = 0; i < 100000; ++i)
            points.emplace_back(i, i >= 50000 && i < 60000 ? std::nan("") : 1.0);
        QCOMPARE(linePieces(points, {QRectF(0, 0, 200, 100), 0, 99999, 0, 2}).size(), std::size_t(2));
    }

    void nearestPointIsFoundBySearch() {
        const std::vector<QPointF> points{{0, 0}, {10, 0}, {20, 0}};
        QCOMPARE(nearestPoint(points, -5), 0);
        QCOMPARE(nearestPoint(points, 14.9), 1);
        QCOMPARE(nearestPoint(points, 15.1), 2);
        QCOMPARE(nearestPoint({}, 1), -1);
    }

    void theChartSpeaks() {
        PlotWidget plot;
        plot.resize(400, 200);
        PlotData data;
        data.xName = QStringLiteral("epoch");
        data.series = {{QStringLiteral("validation"), &Tokens::s2, {{1, 0.9}, {2, 0.5}, {3, std::nan("")}}}};
        plot.setData(data);
        QVERIFY(plot.accessibleDescription().contains(QStringLiteral("0.5")));
        QCOMPARE(plot.textAt(2), QStringLiteral("epoch 2\nvalidation\t0.500"));
        QVERIFY(plot.asText().endsWith(QStringLiteral("no data")));
        QSignalSpy moved(&plot, &PlotWidget::crosshairMoved);
        QTest::keyClick(&plot, Qt::Key_Right);
        QTest::keyClick(&plot, Qt::Key_Right);
        QCOMPARE(moved.last().first().toDouble(), 2.0);
        QVERIFY(!plot.grab().isNull());
    }

    /// One of two hundred curves is seen, not told: the callout and the copied table would be nothing but them.
    void quietCurvesAreDrawnAndNotTold() {
        PlotWidget plot;
        plot.resize(400, 200);
        PlotData data;
        data.xName = QStringLiteral("rooms");
        PlotSeries one, average;
        one.ink = &Tokens::t3;
        one.quiet = true;
        one.points = {{1, -5}, {2, 9}};
        average.name = QStringLiteral("average");
        average.points = {{1, 1}, {2, 2}};
        data.series = {one, average};
        data.rugs = {{{1.5}, 9, &Tokens::s3}};
        plot.setData(data);
        QCOMPARE(plot.textAt(2), QStringLiteral("rooms 2\naverage\t2"));
        QCOMPARE(plot.asText(), QStringLiteral("rooms\taverage\nrooms 1\t1\nrooms 2\t2"));
        const PlotScale scale = plot.scale();
        QVERIFY(scale.y0 < -5 && scale.y1 > 9); // and they have room
        const QImage image = plot.grab().toImage();
        const int x = qRound(scale.toX(1.5)), bottom = qRound(scale.area.bottom());
        bool marked = false;
        for (int dx = -1; dx <= 1; ++dx)
            marked |= image.pixelColor(x + dx, bottom - 4) != image.pixelColor(x + 12, bottom - 4);
        QVERIFY(marked); // the rug stands on the axis
    }

    void sparklinesBreakAtGapsAndFillTheirBox() {
        const auto pieces = sparklinePieces({1, 2, std::nan(""), 3}, QRectF(0, 0, 30, 10), 1, 3);
        QCOMPARE(pieces.size(), std::size_t(2));
        QCOMPARE(pieces[0][0], QPointF(0, 10));
        QCOMPARE(pieces[1][0], QPointF(30, 0));
    }

    void confusionRowsAddUpToAHundred() {
        const auto shares = rowShares({{8, 2}, {0, 0}});
        QCOMPARE(shares[0][0], 80.0);
        QCOMPARE(shares[1][0], 0.0); // an empty row has no shares, not a division by zero
    }
};

QTEST_MAIN(TestPlotScale)
#include "tst_plot_scale.moc"

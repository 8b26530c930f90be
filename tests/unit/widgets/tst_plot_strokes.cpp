// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/plot.h"
#include "widgets/base/plot_strokes.h"
#include "widgets/base/theme.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace pilothouse::ui;

class TestPlotStrokes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLineCountsInEachColumnThatItCrosses() {
        const std::vector<QPointF> piece{{0.5, 10}, {3.5, 40}};
        const ColumnSpans spans = columnSpans(piece, 10);
        QCOMPARE(spans.first, 0);
        QCOMPARE(spans.top, (std::vector<float>{10, 15, 25, 35}));
        QCOMPARE(spans.bottom, (std::vector<float>{15, 25, 35, 40}));
    }

    void whatIsOutsideIsLeftOut() {
        const std::vector<QPointF> piece{{-100, 0}, {100, 200}};
        const ColumnSpans spans = columnSpans(piece, 4);
        QCOMPARE(spans.first, 0);
        QCOMPARE(spans.top.size(), std::size_t(4));
        QVERIFY(std::abs(spans.top[0] - 100) < 1 && std::abs(spans.bottom[3] - 104) < 1);
        QVERIFY(columnSpans(std::vector<QPointF>{{-9, 1}, {-5, 2}}, 4).top.empty());
        QVERIFY(columnSpans({}, 4).top.empty());
    }

    /// On the screen each column's extremes are where the data has them: the picture against the points themselves.
    void thePictureHasEachColumnsExtremes() {
        std::mt19937 random(3);
        std::normal_distribution<double> normal;
        PlotWidget plot;
        plot.resize(400, 240);
        PlotData data;
        data.yMin = -6;
        data.yMax = 6;
        PlotSeries line;
        line.width = 1;
        for (int i = 0; i < 200000; ++i)
            line.points.emplace_back(i, std::sin(i * 0.0001) * 2 + normal(random) * 0.4);
        data.series = {line};
        plot.setData(data);
        const QImage drawn = plot.grab().toImage();
        plot.setData([&] {
            PlotData none = data;
            none.series[0].points = {{0, std::nan("")}, {199999, std::nan("")}};
            return none;
        }());
        const QImage ground = plot.grab().toImage();
        const PlotScale scale = plot.scale();
        int compared = 0;
        for (int x = int(scale.area.left()) + 2; x < int(scale.area.right()) - 2; ++x) {
            double low = INFINITY, high = -INFINITY;
            const auto reach = [&](double y) { low = std::min(low, y), high = std::max(high, y); };
            for (std::size_t i = 1; i < line.points.size(); ++i) { // the points, and where the line between two crosses the column's edge
                const QPointF p(scale.toX(line.points[i - 1].x()), scale.toY(line.points[i - 1].y())), q(scale.toX(line.points[i].x()), scale.toY(line.points[i].y()));
                const int from = int(std::floor(p.x())), to = int(std::floor(q.x()));
                if (from == x || to == x)
                    for (const int edge : {x, x + 1})
                        if (from != to && p.x() <= edge && q.x() >= edge)
                            reach(p.y() + (q.y() - p.y()) * (edge - p.x()) / (q.x() - p.x()));
                if (to == x)
                    reach(q.y());
            }
            int top = -1, bottom = -1;
            for (int y = int(scale.area.top()); y < int(scale.area.bottom()); ++y)
                if (drawn.pixelColor(x, y) != ground.pixelColor(x, y)) {
                    if (top < 0)
                        top = y;
                    bottom = y;
                }
            QVERIFY2(top >= 0 && std::abs(top - low) < 2 && std::abs(bottom - high) < 2, qPrintable(QStringLiteral("column %1: drawn %2 … %3, points %4 … %5").arg(x).arg(top).arg(bottom).arg(low).arg(high)));
            ++compared;
        }
        QVERIFY(compared > 300);
    }

    void aBrokenLineIsFaintInItsGaps() {
        QImage image(40, 20, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        StrokeLook look;
        look.ink = Qt::red;
        look.dash = 4;
        paintStrokes(image, columnSpans(std::vector<QPointF>{{0, 10.5}, {39.5, 10.5}}, 40), look);
        QCOMPARE(qAlpha(image.pixel(1, 10)), 255);
        QVERIFY(qAlpha(image.pixel(5, 10)) > 30 && qAlpha(image.pixel(5, 10)) < 90);
        QCOMPARE(qAlpha(image.pixel(9, 10)), 255);
        QCOMPARE(qAlpha(image.pixel(1, 3)), 0);
    }
};

QTEST_MAIN(TestPlotStrokes)
#include "tst_plot_strokes.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/plot_scale.h"

#include <QTest>

#include <cmath>
#include <map>
#include <random>

using namespace pilothouse::ui;

/// A line drawn by the index against one that looks at every point, over lines with gaps, infinities, plateaus and equal x.
class TestMinMaxIndex : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void findsWhatLookingFinds() {
        std::mt19937 random(5);
        for (int round = 0; round < 60; ++round) {
            const std::vector<QPointF> points = line(random, 1 + random() % 20000, round);
            const MinMaxIndex index(points);
            for (int question = 0; question < 50; ++question) {
                const std::size_t first = random() % points.size(), last = first + 1 + random() % (points.size() - first);
                std::size_t least = first, greatest = first;
                bool gap = false;
                double low = INFINITY, high = -INFINITY;
                for (std::size_t i = first; i < last; ++i) {
                    gap |= !std::isfinite(points[i].y());
                    if (std::isfinite(points[i].y()))
                        low = std::min(low, points[i].y()), high = std::max(high, points[i].y());
                    if (points[i].y() < points[least].y())
                        least = i;
                    if (points[i].y() > points[greatest].y())
                        greatest = i;
                }
                MinMaxIndex::Found found;
                QCOMPARE(index.find(points, first, last, found), !gap);
                if (!gap) {
                    QCOMPARE(std::size_t(found.least), least);
                    QCOMPARE(std::size_t(found.greatest), greatest);
                }
                double reachedLow = INFINITY, reachedHigh = -INFINITY;
                QCOMPARE(index.reach(points, first, last, reachedLow, reachedHigh), low <= high);
                QCOMPARE(reachedLow, low);
                QCOMPARE(reachedHigh, high);
            }
        }
    }

    void theLineIsTheSameWithIt() {
        std::mt19937 random(6);
        for (int round = 0; round < 200; ++round) {
            const std::vector<QPointF> points = line(random, 2 + random() % 40000, round);
            const MinMaxIndex index(points);
            PlotScale scale{QRectF(40.5, 3, 60 + random() % 400, 120), 0, 0, -12, 17};
            const double span = points.back().x() + 1;
            scale.x0 = span * double(random() % 100) / 200;
            scale.x1 = scale.x0 + span * double(1 + random() % 100) / 150;
            const auto plain = linePieces(points, scale), quick = linePieces(points, scale, &index);
            QCOMPARE(quick.size(), plain.size());
            for (std::size_t i = 0; i < plain.size(); ++i) {
                QCOMPARE(quick[i].front(), plain[i].front());
                QCOMPARE(quick[i].back(), plain[i].back());
                QCOMPARE(columns(quick[i]), columns(plain[i]));
            }
        }
    }

private:
    static std::vector<QPointF> line(std::mt19937 &random, std::size_t count, int kind) {
        std::normal_distribution<double> normal;
        std::vector<QPointF> points;
        double x = 0, y = 0;
        for (std::size_t i = 0; i < count; ++i) {
            x += random() % 5 == 0 ? 0 : double(random() % 9); // equal x, and stretches of any density
            y = kind % 3 == 0 ? normal(random) * 3 : kind % 3 == 1 ? y + normal(random) * 0.1 : double(random() % 4);
            points.emplace_back(x, kind % 4 == 0 && random() % 700 == 0 ? std::nan("") : kind % 8 == 1 && random() % 900 == 0 ? INFINITY : y);
        }
        return points;
    }
    /// Least and greatest of each pixel column.
    static std::map<int, std::pair<double, double>> columns(const std::vector<QPointF> &piece) {
        std::map<int, std::pair<double, double>> out;
        for (const QPointF &p : piece) {
            const auto at = out.try_emplace(int(std::floor(p.x())), p.y(), p.y()).first;
            at->second.first = std::min(at->second.first, p.y());
            at->second.second = std::max(at->second.second, p.y());
        }
        return out;
    }
};

QTEST_GUILESS_MAIN(TestMinMaxIndex)
#include "tst_min_max_index.moc"

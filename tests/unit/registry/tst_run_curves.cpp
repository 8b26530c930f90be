// SPDX-License-Identifier: GPL-3.0-or-later
// Histories as curves: smoothing against TensorBoard's rule, the x axes, and that a min-max decimation loses no extreme, against the brute force.
#include "core/registry/column_plan.h"
#include "core/registry/local_registry.h"
#include "core/registry/run_curves.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace pilothouse;
using namespace pilothouse::registry;

namespace {

const double notANumber = std::nan("");

MetricPoint point(qint64 step, double value, qint64 seconds = 0) { return {QStringLiteral("m"), value, step, QDateTime::fromSecsSinceEpoch(1'700'000'000 + seconds, Qt::UTC)}; }

QString text(const std::vector<double> &values) {
    QStringList out;
    for (const double v : values)
        out << QString::number(v, 'g', 6);
    return out.join(QLatin1Char(' '));
}

/// What a column must cover, slowly: of every piece between neighbours the y at the column's edges and at the points in it.
void bruteForce(const CurveLine &line, double x0, double x1, int columns, bool logY, std::vector<double> &low, std::vector<double> &high) {
    low.assign(std::size_t(columns), INFINITY);
    high.assign(std::size_t(columns), -INFINITY);
    const auto fits = [&](double y) { return std::isfinite(y) && (!logY || y > 0); };
    const auto up = [&](double y) { return logY ? std::log(y) : y; };
    const auto down = [&](double y) { return logY ? std::exp(y) : y; };
    const auto take = [&](int c, double y) {
        low[std::size_t(c)] = std::min(low[std::size_t(c)], y);
        high[std::size_t(c)] = std::max(high[std::size_t(c)], y);
    };
    for (std::size_t i = 0; i < line.x.size(); ++i)
        if (fits(line.y[i]) && line.x[i] >= x0 && line.x[i] <= x1)
            take(std::min(columns - 1, int((line.x[i] - x0) * (columns / (x1 - x0)))), line.y[i]);
    for (std::size_t i = 1; i < line.x.size(); ++i) {
        if (!fits(line.y[i - 1]) || !fits(line.y[i]) || !(line.x[i] > line.x[i - 1]))
            continue;
        for (int c = 0; c < columns; ++c) {
            const double left = x0 + c * (x1 - x0) / columns, right = x0 + (c + 1) * (x1 - x0) / columns;
            const double from = std::max(left, line.x[i - 1]), to = std::min(right, line.x[i]);
            if (from >= to)
                continue;
            for (const double x : {from, to})
                take(c, down(up(line.y[i - 1]) + (up(line.y[i]) - up(line.y[i - 1])) * (x - line.x[i - 1]) / (line.x[i] - line.x[i - 1])));
        }
    }
}

} // namespace

class TestRunCurves : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void smoothing_data() {
        QTest::addColumn<QString>("values");
        QTest::addColumn<double>("weight");
        QTest::addColumn<QString>("expected");
        // 0.5·(2 + …): (1−w)·v0/(1−w) = v0; then (w·m + (1−w)·v)/(1−w²) …
        QTest::newRow("weight 0 changes nothing") << "1 5 3" << 0.0 << "1 5 3";
        QTest::newRow("the first value is not drawn to zero") << "10 20" << 0.9 << "10 15.2632";
        QTest::newRow("three values at 0.5") << "2 4 8" << 0.5 << "2 3.33333 6";
        QTest::newRow("a gap stays one, and is not counted") << "2 nan 4 8" << 0.5 << "2 nan 3.33333 6";
        QTest::newRow("infinity stays, and spoils nothing") << "2 inf 4" << 0.5 << "2 inf 3.33333";
        QTest::newRow("one value throughout stays exactly") << "0.1 0.1 0.1" << 0.99 << "0.1 0.1 0.1";
        QTest::newRow("nothing") << "" << 0.9 << "";
    }
    void smoothing() {
        QFETCH(QString, values);
        QFETCH(double, weight);
        QFETCH(QString, expected);
        std::vector<double> in;
        for (const QString &word : values.split(QLatin1Char(' '), Qt::SkipEmptyParts))
            in.push_back(word.toDouble());
        QCOMPARE(text(smoothed(in, weight)), expected);
    }
    void smoothingIsTheWeightedMean() {
        std::mt19937 random(5);
        std::vector<double> values(300);
        for (double &v : values)
            v = random() % 7 ? double(random() % 1000) : notANumber;
        const double w = 0.97;
        const auto out = smoothed(values, w);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (std::isnan(values[i])) {
                QVERIFY(std::isnan(out[i]));
                continue;
            }
            double sum = 0, weights = 0, weight = 1; // by its definition: each older value weighs w times the next
            for (std::size_t j = i + 1; j-- > 0;)
                if (!std::isnan(values[j])) {
                    sum += weight * values[j];
                    weights += weight;
                    weight *= w;
                }
            QVERIFY(std::abs(out[i] - sum / weights) < 1e-9 * std::abs(sum / weights));
        }
    }

    void pointsStandByStep() {
        const RunCurve curve = curveOf(QStringLiteral("r"), {point(2, 20, 30), point(0, 1, 10), point(1, 10, 20), point(1, 11, 25)});
        QCOMPARE(text(curve.steps), QStringLiteral("0 1 1 2"));
        QCOMPARE(text(curve.values), QStringLiteral("1 10 11 20")); // of one step: as they were logged
        QCOMPARE(text(lineOf(curve, CurveX::Relative).x), QStringLiteral("0 10 15 20"));
    }
    void aResumedRunStandsByItsTime() {
        // Steps 0, 1, 2, then again from 1: by step the second tries stand beside the first, by time behind.
        const RunCurve curve = curveOf(QStringLiteral("r"), {point(0, 1, 0), point(1, 2, 10), point(2, 3, 20), point(1, 4, 30), point(2, 5, 40)});
        QCOMPARE(text(lineOf(curve, CurveX::Step).y), QStringLiteral("1 2 4 3 5"));
        QCOMPARE(text(lineOf(curve, CurveX::Relative).y), QStringLiteral("1 2 3 4 5"));
        QCOMPARE(text(lineOf(curve, CurveX::Relative, 0.5).y), text(smoothed(std::vector<double>{1, 2, 3, 4, 5}, 0.5)));
        QCOMPARE(lineOf(curve, CurveX::Time).x.front(), 1'700'000'000.0);
    }
    void aPointWithoutATimeHasNoPlaceInTime() {
        std::vector<MetricPoint> points{point(0, 1, 5), {QStringLiteral("m"), 2, 1, {}}, point(2, 3, 1)};
        const RunCurve curve = curveOf(QStringLiteral("r"), points);
        QCOMPARE(text(lineOf(curve, CurveX::Relative).x), QStringLiteral("0 4"));
        QCOMPARE(text(lineOf(curve, CurveX::Relative).y), QStringLiteral("3 1"));
        QCOMPARE(lineOf(curve, CurveX::Step).y.size(), std::size_t(3));
    }
    void theExtentKnowsWhatCanBeShown() {
        const CurveLine line{{0, 1, 2, 3}, {-1, notANumber, 5, INFINITY}};
        const CurveExtent all = extentOf(line, false), above = extentOf(line, true);
        QCOMPARE(text({all.x0, all.x1, all.y0, all.y1}), QStringLiteral("0 2 -1 5"));
        QCOMPARE(text({above.x0, above.x1, above.y0, above.y1}), QStringLiteral("2 2 5 5"));
        QVERIFY(extentOf({{0}, {notANumber}}, false).empty);
        QVERIFY(!united(all, CurveExtent()).empty);
        QCOMPARE(united(all, above).y0, -1.0);
    }

    /// Random lines and cuts: what each column covers is what the slow way covers.
    void noExtremeIsLost_data() {
        QTest::addColumn<int>("points");
        QTest::addColumn<double>("gaps"); // share of values that are none
        QTest::addColumn<bool>("logY");
        QTest::addColumn<bool>("even");
        QTest::newRow("even steps, many points a column") << 4000 << 0.0 << false << true;
        QTest::newRow("even steps, fewer points than columns") << 9 << 0.0 << false << true;
        QTest::newRow("two points") << 2 << 0.0 << false << false;
        QTest::newRow("fewer points than columns") << 17 << 0.0 << false << false;
        QTest::newRow("many points a column") << 4000 << 0.0 << false << false;
        QTest::newRow("with gaps") << 4000 << 0.1 << false << false;
        QTest::newRow("few points with gaps") << 40 << 0.3 << false << false;
        QTest::newRow("logarithmic") << 2000 << 0.05 << true << false;
        QTest::newRow("few, logarithmic") << 20 << 0.1 << true << false;
    }
    void noExtremeIsLost() {
        QFETCH(int, points);
        QFETCH(double, gaps);
        QFETCH(bool, logY);
        QFETCH(bool, even);
        std::mt19937 random(points);
        std::uniform_real_distribution<double> uniform;
        for (int round = 0; round < 60; ++round) {
            CurveLine line;
            double x = 0;
            for (int i = 0; i < points; ++i) {
                x += even ? 10 : uniform(random) < 0.1 ? 0 : uniform(random); // some share their x
                line.x.push_back(x);
                line.y.push_back(uniform(random) < gaps ? notANumber : logY ? std::exp(8 * uniform(random) - 4) * (uniform(random) < 0.05 ? -1 : 1) : 100 * uniform(random) - 50);
            }
            const int columns = 1 + int(random() % 90);
            const double a = line.x.back() * (1.4 * uniform(random) - 0.2), b = line.x.back() * (1.4 * uniform(random) - 0.2);
            const double x0 = round == 0 ? 0 : std::min(a, b), x1 = round == 0 ? std::max(1e-9, line.x.back()) : std::max(a, b) + 1e-6;
            std::vector<double> low, high;
            bruteForce(line, x0, x1, columns, logY, low, high);
            const ColumnSpans spans = columnSpans(line, x0, x1, columns, logY);
            for (int c = 0; c < columns; ++c) {
                const auto at = std::size_t(c);
                const double room = 1e-6 * std::max({1.0, std::abs(low[at]), std::abs(high[at])});
                const bool empty = low[at] > high[at];
                // A piece that only touches the edge of a column by rounding may be told there or not.
                QVERIFY2(empty || (std::abs(spans.low[at] - low[at]) <= room && std::abs(spans.high[at] - high[at]) <= room),
                         qPrintable(QStringLiteral("round %1 column %2 of %3: %4 … %5, not %6 … %7").arg(round).arg(c).arg(columns).arg(spans.low[at]).arg(spans.high[at]).arg(low[at]).arg(high[at])));
            }
            // A plan of the same columns finds the same; that of another line of the same steps, too.
            if (gaps == 0 && !logY) {
                line = lineOf({QStringLiteral("r"), line.x, {}, line.y}, CurveX::Step);
                QVERIFY(line.gapless);
                QCOMPARE(line.every, even ? 10.0 : points == 2 ? line.x[1] - line.x[0] : 0.0);
                CurveLine other = line;
                std::fill(other.y.begin(), other.y.end(), 3.0);
                const ColumnPlan plan(other, x0, x1, columns);
                QCOMPARE(plan.isOf(line), line.every > 0);
                std::vector<double> least(low.size()), most(low.size());
                plan.spans(line.y, least, most);
                for (std::size_t c = 0; c < low.size(); ++c) {
                    const double room = 1e-9 * std::max(1.0, std::abs(spans.low[c]));
                    const QString where = QStringLiteral("round %1 column %2 of %3: %4 … %5, not %6 … %7").arg(round).arg(c).arg(columns).arg(least[c]).arg(most[c]).arg(spans.low[c]).arg(spans.high[c]);
                    QVERIFY2((spans.low[c] > spans.high[c]) == (least[c] > most[c]), qPrintable(where));
                    QVERIFY2(least[c] > most[c] || (std::abs(least[c] - spans.low[c]) <= room && std::abs(most[c] - spans.high[c]) <= room), qPrintable(where));
                }
            }
            // And every value itself is in its column, to the bit.
            for (std::size_t i = 0; i < line.x.size(); ++i) {
                if (line.x[i] < x0 || line.x[i] > x1 || std::isnan(line.y[i]) || (logY && line.y[i] <= 0))
                    continue;
                const auto c = std::size_t(std::min(columns - 1, int((line.x[i] - x0) * (columns / (x1 - x0)))));
                QVERIFY(spans.low[c] <= line.y[i] && line.y[i] <= spans.high[c]);
            }
        }
    }
    void aGapIsAGap() {
        const CurveLine line{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {1, 1, 1, notANumber, notANumber, notANumber, notANumber, notANumber, 1, 1, 1}};
        const ColumnSpans spans = columnSpans(line, 0, 10, 10, false);
        for (int c = 0; c < 10; ++c)
            QCOMPARE(spans.low[std::size_t(c)] <= spans.high[std::size_t(c)], c <= 2 || c >= 8);
        QVERIFY(spans.alone.empty());
    }
    void aPointThatNoLineReachesIsTold() {
        const ColumnSpans spans = columnSpans({{0, 1, 2, 3, 4, 5, 6}, {1, notANumber, 3, notANumber, 5, 6, notANumber}}, 0, 7, 7, false);
        QCOMPARE(spans.alone, (std::vector<std::size_t>{0, 2}));
        QCOMPARE(columnSpans({{5}, {2}}, 4, 6, 10, false).alone, std::vector<std::size_t>{5}); // a metric that was logged once
    }
    void anotherRangeShowsNothingOfIt() {
        const ColumnSpans spans = columnSpans({{0, 1}, {1, 2}}, 5, 6, 4, false);
        QVERIFY(std::all_of(spans.low.begin(), spans.low.end(), [](double v) { return v == INFINITY; }));
        QVERIFY(columnSpans({{0, 1}, {1, 2}}, 0, 0, 4, false).low.front() == INFINITY);
    }

    void historiesAreReadFromARegistry() {
        QTemporaryDir folder;
        auto database = Database::open(folder.filePath(QStringLiteral("registry.db")), {registryTables1()});
        QVERIFY(database);
        const auto registry = *openLocalRegistry(*database, folder.filePath(QStringLiteral("artifacts")));
        std::vector<Run> runs;
        for (int i = 0; i < 3; ++i) {
            const QString id = *registry->createRun(QStringLiteral("e"), QStringLiteral("n"), QStringLiteral("u"));
            if (i < 2)
                QVERIFY(registry->logMetrics(id, {point(0, i), point(1, i + 1)}));
            runs.push_back(*registry->run(id));
        }
        LoadProgress progress;
        const auto loaded = loadCurves(*registry, runs, QStringLiteral("m"), {}, &progress);
        QVERIFY(loaded);
        QCOMPARE(loaded->curves.size(), std::size_t(2)); // the third never logged it, and is not asked
        QCOMPARE(progress.done.load(), 2);
        QCOMPARE(text(loaded->curves[1].values), QStringLiteral("1 2"));
        runs[1].id = QStringLiteral("gone");
        const auto part = loadCurves(*registry, runs, QStringLiteral("m"));
        QVERIFY(part);
        QCOMPARE(part->curves.size(), std::size_t(1));
        QCOMPARE(part->failed.size(), std::size_t(1)); // one that cannot be read does not take the others away
        QCOMPARE(part->failed.front().first, QStringLiteral("gone"));
    }
};

QTEST_GUILESS_MAIN(TestRunCurves)
#include "tst_run_curves.moc"

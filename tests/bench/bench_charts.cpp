// SPDX-License-Identifier: GPL-3.0-or-later
// bench_charts ours|plain POINTS RUNS: a chart of one line at 1200 × 700 with axes, POINTS new points, in the form that each takes, to a finished frame, RUNS times: ours (PlotWidget) or Qt Charts as its
// documentation shows it (QLineSeries::replace, QValueAxis). Ours is then zoomed and moved, a frame each: what pan and zoom cost. The line is a slow wave with
// as much noise, so that each pixel column is a stroke. Prints one JSON line; CPU is that of the GUI thread.
#include "tests/bench/event_probe.h"
#include "widgets/base/plot.h"
#include "widgets/base/theme.h"

#include <QChart>
#include <QChartView>
#include <QJsonDocument>
#include <QLineSeries>
#include <QValueAxis>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

using namespace pilothouse;

namespace {

struct Cost {
    QJsonArray wall, cpu;
    void add(double wallMs, double cpuMs) {
        wall.append(wallMs);
        cpu.append(cpuMs);
    }
    QJsonObject toJson() const { return {{QStringLiteral("wall_ms"), wall}, {QStringLiteral("cpu_ms"), cpu}}; }
};

std::vector<double> values(std::size_t count, int run) {
    std::mt19937 random(unsigned(run) + 1);
    std::uniform_real_distribution<double> noise(-0.5, 0.5);
    std::vector<double> out(count);
    for (std::size_t i = 0; i < count; ++i)
        out[i] = std::sin(double(i + std::size_t(run)) / double(count) * 20) + noise(random);
    return out;
}

/// A finished frame: painted, not only asked for.
template <class Change>
void frame(Cost &cost, QWidget &painted, Change change) {
    const double wall = bench::wallMs(), cpu = bench::threadCpuMs();
    change();
    painted.repaint();
    QCoreApplication::processEvents();
    cost.add(bench::wallMs() - wall, bench::threadCpuMs() - cpu);
}

} // namespace

int main(int argc, char **argv) {
    QApplication app(argc, argv);
    const std::string kind = argc > 1 ? argv[1] : "ours";
    const std::size_t points = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1000000;
    const int runs = argc > 3 ? std::atoi(argv[3]) : 5;
    Cost fresh, near;
    if (kind == "plain") {
        QChartView view;
        auto *line = new QLineSeries;
        view.chart()->addSeries(line);
        view.chart()->legend()->hide();
        auto *x = new QValueAxis, *y = new QValueAxis;
        x->setRange(0, double(points));
        y->setRange(-3, 3);
        view.chart()->addAxis(x, Qt::AlignBottom);
        view.chart()->addAxis(y, Qt::AlignLeft);
        line->attachAxis(x);
        line->attachAxis(y);
        view.resize(1200, 700);
        view.show();
        QCoreApplication::processEvents();
        for (int run = 0; run <= runs; ++run) {
            const auto data = values(points, run);
            QList<QPointF> list;
            list.reserve(qsizetype(points));
            for (std::size_t i = 0; i < points; ++i)
                list.append({double(i), data[i]});
            Cost first;
            frame(run ? fresh : first, *view.viewport(), [&] { line->replace(list); });
        }
    } else {
        ui::Theme theme;
        theme.apply(ui::SchemeChoice::Dark, 100);
        ui::PlotWidget plot;
        plot.resize(1200, 700);
        plot.show();
        QCoreApplication::processEvents();
        for (int run = 0; run <= runs; ++run) {
            const auto data = values(points, run);
            ui::PlotData shown;
            shown.yMin = -3;
            shown.yMax = 3;
            ui::PlotSeries line;
            line.name = QStringLiteral("value");
            line.points.reserve(points);
            for (std::size_t i = 0; i < points; ++i)
                line.points.emplace_back(double(i), data[i]);
            shown.series.push_back(std::move(line));
            Cost first;
            frame(run ? fresh : first, plot, [&] { plot.setData(std::move(shown)); });
        }
        for (int gesture = 0; gesture < std::max(60, runs * 12); ++gesture) // in, along, out: each a whole frame with its axes
            frame(near, plot, [&] {
                if (gesture % 20 < 5)
                    plot.zoom(0.8, 0.4);
                else if (gesture % 20 < 15)
                    plot.moveView(gesture % 2 ? 0.03 : 0.05);
                else
                    plot.zoom(1 / 0.8, 0.4);
            });
        if (argc > 4)
            plot.grab().save(QString::fromLocal8Bit(argv[4]));
    }
    const QJsonObject told{{QStringLiteral("kind"), QString::fromStdString(kind)}, {QStringLiteral("points"), qint64(points)}, {QStringLiteral("fresh"), fresh.toJson()}, {QStringLiteral("near"), near.toJson()}};
    std::printf("%s\n", QJsonDocument(told).toJson(QJsonDocument::Compact).constData());
    return 0;
}

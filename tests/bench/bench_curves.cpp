// SPDX-License-Identifier: GPL-3.0-or-later
// bench_curves [CURVES] [POINTS] [SECONDS] [PICTURE.png]: what drawing that many histories costs (1,000 of 10,000 points). The plot of the comparison is
// shown at 1200 × 700; wheel, drag and keys of real events zoom and move it, one every 16 ms, for so many seconds; after each gesture the time until
// the exact picture stands is measured. Every event's cost to the GUI thread is its own CPU time and the wall beside it (event_probe.h). Prints
// one JSON line.
#include "tests/bench/event_probe.h"
#include "widgets/base/theme.h"
#include "widgets/registry/curves_plot.h"

#include <QJsonDocument>
#include <QKeyEvent>
#include <QTimer>
#include <QWheelEvent>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

using namespace pilothouse;
using bench::EventProbe;

namespace {

constexpr int frameMs = 16, patienceMs = 60000;

[[noreturn]] void giveUp(const char *why) {
    std::fprintf(stderr, "bench_curves: %s\n", why);
    std::exit(2);
}

/// A loss that falls, with noise: every curve its own, so that each column of each curve is a stroke of its own.
std::shared_ptr<const registry::RunCurves> make(int curves, int points) {
    auto out = std::make_shared<registry::RunCurves>();
    out->metric = QStringLiteral("val_loss");
    std::mt19937 random(17);
    std::normal_distribution<double> normal;
    for (int c = 0; c < curves; ++c) {
        registry::RunCurve curve;
        curve.runId = QStringLiteral("run-%1").arg(c);
        const double floor = 0.1 + 0.4 * std::abs(normal(random)), speed = std::exp(normal(random) * 0.5) * 4 / points;
        for (int i = 0; i < points; ++i) {
            curve.steps.push_back(i);
            curve.times.push_back(1.7e9 + i);
            curve.values.push_back(floor + std::exp(-speed * i) + 0.03 * normal(random));
        }
        out->curves.push_back(std::move(curve));
    }
    return out;
}

double processCpuMs() {
    timespec t{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) * 1e3 + double(t.tv_nsec) * 1e-6;
}

double at(std::vector<double> values, double share) {
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    return values[std::size_t(std::ceil(share * double(values.size())) - (share > 0 ? 1 : 0))];
}

} // namespace

int main(int argc, char **argv) {
    EventProbe app(argc, argv);
    const int curves = argc > 1 ? std::atoi(argv[1]) : 1000, points = argc > 2 ? std::atoi(argv[2]) : 10000;
    const double seconds = argc > 3 ? std::atof(argv[3]) : 4;
    ui::Theme theme;
    theme.apply(ui::SchemeChoice::Dark, 100);
    Pools pools(std::max(1, QThread::idealThreadCount() - 1));
    const auto data = make(curves, points);
    std::vector<ui::ShownRun> shown;
    for (int c = 0; c < curves; ++c)
        shown.push_back({data->curves[std::size_t(c)].runId, data->curves[std::size_t(c)].runId, ui::runLook(std::size_t(c))});
    ui::CurvesPlot plot(pools.compute);
    plot.resize(1200, 700);
    plot.show();
    QTimer beat;
    beat.start(4);
    app.notCounted = &beat;
    const auto until = [&](auto condition) {
        const double end = bench::wallMs() + patienceMs;
        while (!condition()) {
            if (bench::wallMs() > end)
                giveUp("waited a minute for a picture");
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
    };
    double start = bench::wallMs();
    plot.setCurves(data, shown, data->metric);
    until([&] { return plot.isExact(); });
    const double firstMs = bench::wallMs() - start;

    // Gestures: each half a second of events, then the wait for the exact picture. Every painted frame in a gesture is one of the frame log.
    app.beginPhase(QStringLiteral("frames"));
    app.dearFrom = 8;
    std::vector<double> follow;
    int events = 0;
    const QPointF middle = plot.area().center();
    const auto send = [&](int gesture, int step) {
        if (gesture % 3 == 0) { // wheel in, then out
            QCoreApplication::postEvent(&plot, new QWheelEvent(middle + QPointF(step * 4, 0), plot.mapToGlobal(middle), {}, QPoint(0, step < 16 ? 120 : -120), Qt::NoButton, gesture % 2 ? Qt::ShiftModifier : Qt::NoModifier,
                                                               Qt::NoScrollPhase, false));
        } else if (gesture % 3 == 1) { // drag, near
            const QPointF where = middle + QPointF(step * 6, step);
            const auto type = step == 0 ? QEvent::MouseButtonPress : step == 30 ? QEvent::MouseButtonRelease : QEvent::MouseMove;
            QCoreApplication::postEvent(&plot, new QMouseEvent(type, where, plot.mapToGlobal(where), type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton, type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton, Qt::NoModifier));
        } else {
            QCoreApplication::postEvent(&plot, new QKeyEvent(QEvent::KeyPress, step % 2 ? Qt::Key_Plus : Qt::Key_Right, step % 2 ? Qt::NoModifier : Qt::ControlModifier));
        }
        ++events;
    };
    for (int gesture = 0; bench::wallMs() - start - firstMs < seconds * 1000 || gesture < 6; ++gesture) {
        if (gesture % 3 == 0)
            plot.resetView();
        if (gesture % 3 == 1)
            for (int i = 0; i < 5; ++i)
                plot.zoom(0.7, 0.5, 0.5, false);
        int step = 0;
        QTimer frames;
        app.notCounted = &beat;
        QObject::connect(&frames, &QTimer::timeout, [&] { send(gesture, step++); });
        frames.start(frameMs);
        until([&] { return step > 30; });
        frames.stop();
        QCoreApplication::sendPostedEvents(&plot);
        const double ended = bench::wallMs();
        until([&] { return plot.isExact(); });
        follow.push_back(bench::wallMs() - ended);
    }
    // What a picture costs all threads together: on a busy machine the time until it stands says more about the neighbours.
    std::vector<double> cost;
    for (int i = 0; i < 8; ++i) {
        plot.resetView();
        until([&] { return plot.isExact(); });
        const double before = processCpuMs();
        plot.zoom(0.9, 0.3, 0.5, false);
        until([&] { return plot.isExact(); });
        cost.push_back(processCpuMs() - before);
    }
    if (argc > 4)
        plot.grab().save(QString::fromLocal8Bit(argv[4]));
    // The hover over all curves, and what smoothing all points takes until it stands.
    app.beginPhase(QStringLiteral("hover"));
    plot.resetView();
    until([&] { return plot.isExact(); });
    for (int i = 0; i < 60; ++i) {
        const QPointF where = plot.area().topLeft() + QPointF(40 + i * 15, 80 + i * 6);
        QCoreApplication::postEvent(&plot, new QMouseEvent(QEvent::MouseMove, where, plot.mapToGlobal(where), Qt::NoButton, Qt::NoButton, Qt::NoModifier));
        const double end = bench::wallMs() + frameMs;
        until([&] { return bench::wallMs() >= end; });
    }
    start = bench::wallMs();
    ui::CurvesPlot::Options options;
    options.smoothing = 0.9;
    plot.setOptions(options);
    until([&] { return plot.isExact(); });
    const double smoothMs = bench::wallMs() - start;

    const auto rounded = [](double v) { return std::round(v * 100) / 100; };
    QJsonObject told{{QStringLiteral("curves"), curves}, {QStringLiteral("points"), points}, {QStringLiteral("first_picture_ms"), rounded(firstMs)}, {QStringLiteral("gesture_events"), events},
                     {QStringLiteral("gestures"), int(follow.size())}, {QStringLiteral("exact_after_ms_median"), rounded(at(follow, 0.5))}, {QStringLiteral("exact_after_ms_max"), rounded(at(follow, 1))},
                     {QStringLiteral("picture_cpu_ms"), rounded(at(cost, 0.5))}, {QStringLiteral("smoothing_ms"), rounded(smoothMs)}, {QStringLiteral("cores"), QThread::idealThreadCount()}};
    for (const auto &phase : app.phases())
        told.insert(phase.name, EventProbe::json(phase));
    std::printf("%s\n", QJsonDocument(told).toJson(QJsonDocument::Compact).constData());
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// bench_runs FOLDER URL RUNS [SECONDS] [PICTURE.png]: the page of runs on an MLflow server that has so many, at 1440 × 900: how long until its first rows
// are painted and until all are there, first with nothing known, then from the cache that this has left; then real events scroll it (wheel both ways,
// pages, ends), filter it letter by letter and sort it, one every 16 ms, for so many seconds each. Every event's cost to the GUI thread is its own CPU
// time and the wall beside it (event_probe.h): the frame log. Prints one JSON line.
#include "core/fleet/run_feed.h"
#include "tests/bench/event_probe.h"
#include "widgets/base/action_catalogue.h"
#include "widgets/base/theme.h"
#include "widgets/registry/run_filter_edit.h"
#include "widgets/registry/run_table.h"
#include "widgets/registry/runs_page.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QTimer>
#include <QWheelEvent>

#include <cstdio>
#include <cstdlib>

using namespace pilothouse;
using bench::EventProbe;

namespace {

constexpr int frameMs = 16, patienceMs = 120000, opened = 7;

[[noreturn]] void giveUp(const QString &why) {
    std::fprintf(stderr, "bench_runs: %s\n", qUtf8Printable(why));
    std::exit(2);
}

void until(const QString &what, const std::function<bool()> &condition, int patience = patienceMs) {
    const double end = bench::wallMs() + patience;
    while (!condition()) {
        if (bench::wallMs() > end)
            giveUp(QStringLiteral("waited for %1 in vain").arg(what));
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

double processCpuMs() {
    timespec t{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) * 1e3 + double(t.tv_nsec) * 1e-6;
}

/// Tells when rows were painted.
class PaintWatch : public QObject {
public:
    bool painted = false;
    explicit PaintWatch(ui::RunTable &table) : m_table(table) { table.viewport()->installEventFilter(this); }
    bool eventFilter(QObject *, QEvent *event) override {
        painted = painted || (event->type() == QEvent::Paint && m_table.model()->rowCount() > 0);
        return false;
    }

private:
    ui::RunTable &m_table;
};

/// The page as the window shows it: fed by the registry's feed, which fills it from the cache and then from the server.
struct Shown {
    ui::Theme theme;
    ui::ActionCatalogue actions;
    QWidget window;
    ui::RunsPage page;
    fleet::RunFeed feed;
    PaintWatch watch;
    ui::RunTable &table;
    static ui::PanelContext contextOf(Shown &s) {
        ui::PanelContext context;
        context.actions = &s.actions;
        context.theme = &s.theme;
        return context;
    }
    Shown(const std::shared_ptr<fleet::Services> &services, Pools &pools) : page(contextOf(*this), &window), feed(services, pools), watch(*page.findChild<ui::RunTable *>()), table(*page.findChild<ui::RunTable *>()) {
        theme.apply(ui::SchemeChoice::Dark, 100);
        window.resize(1440, 900);
        page.setGeometry(window.rect());
        QObject::connect(&feed, &fleet::RunFeed::changed, &page, [this] { page.showState(feed.state()); });
    }
    void open() {
        window.show();
        feed.setConnection(QStringLiteral("lab"));
        feed.setActive(true);
    }
    int rows() const { return table.model()->rowCount(); }
};

struct Opening {
    double first = 0, complete = 0, firstCpu = 0;
};

/// From a page that is shown, of a window that has its looks, to painted rows, and to all of them.
Opening open(std::unique_ptr<Shown> &shown, const std::shared_ptr<fleet::Services> &services, Pools &pools, int runs) {
    shown.reset();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    Opening out;
    shown = std::make_unique<Shown>(services, pools);
    QCoreApplication::processEvents();
    const double start = bench::wallMs(), cpu = processCpuMs();
    shown->open();
    const auto problem = [&] {
        const auto &p = shown->feed.state().problem;
        if (p)
            giveUp(p->text());
    };
    until(QStringLiteral("the first rows"), [&] { return problem(), shown->watch.painted; });
    out.first = bench::wallMs() - start;
    out.firstCpu = processCpuMs() - cpu;
    until(QStringLiteral("all runs"), [&] { return problem(), shown->rows() == runs; });
    out.complete = bench::wallMs() - start;
    return out;
}

std::shared_ptr<fleet::Services> servicesIn(const QString &folder, const QString &url) {
    QDir().mkpath(folder + QStringLiteral("/state"));
    QFile file(folder + QStringLiteral("/pilothouse.yaml"));
    if (!file.open(QIODevice::WriteOnly) || file.write(QStringLiteral("workspace: bench\nconnections:\n  local: {kind: local, root: \"%1/state\"}\n  lab: {kind: mlflow, url: \"%2\"}\n").arg(folder, url).toUtf8()) < 0)
        giveUp(QStringLiteral("%1 cannot be written").arg(file.fileName()));
    file.close();
    const auto services = fleet::openServices({file.fileName(), {}, {}, QStringLiteral("bench")});
    if (!services)
        giveUp(services.error().text());
    return *services;
}

void wheel(QWidget &on, int dx, int dy) {
    const QPointF at = on.rect().center();
    QCoreApplication::postEvent(&on, new QWheelEvent(at, on.mapToGlobal(at), {}, QPoint(dx, dy), Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false));
}

void key(QWidget &on, int code, const QString &text = {}) {
    QCoreApplication::postEvent(&on, new QKeyEvent(QEvent::KeyPress, code, Qt::NoModifier, text));
    QCoreApplication::postEvent(&on, new QKeyEvent(QEvent::KeyRelease, code, Qt::NoModifier, text));
}

/// One call of `act` a frame, for so long.
void drive(double seconds, const std::function<void(int)> &act) {
    int step = 0;
    QTimer frames;
    QObject::connect(&frames, &QTimer::timeout, [&] { act(step++); });
    frames.start(frameMs);
    const double end = bench::wallMs() + seconds * 1000;
    until(QStringLiteral("the end"), [&] { return bench::wallMs() > end; });
}

} // namespace

int main(int argc, char **argv) {
    EventProbe app(argc, argv);
    if (argc < 4)
        giveUp(QStringLiteral("FOLDER URL RUNS [SECONDS] [PICTURE.png]"));
    const QString folder = QString::fromLocal8Bit(argv[1]);
    const int runs = std::atoi(argv[3]);
    const double seconds = argc > 4 ? std::atof(argv[4]) : 3;
    Pools pools(std::max(1, QThread::idealThreadCount() - 1));
    QTimer beat;
    beat.start(2);
    app.notCounted = &beat;
    const auto services = servicesIn(folder, QString::fromLocal8Bit(argv[2]));
    std::unique_ptr<Shown> shown;
    const Opening cold = open(shown, services, pools, runs);
    until(QStringLiteral("the end of the reading"), [&] { return !shown->feed.state().loading; });
    std::vector<double> first, complete, firstCpu;
    app.dearFrom = 8;
    app.beginPhase(QStringLiteral("opening"));
    for (int i = 0; i < opened; ++i) {
        const Opening again = open(shown, services, pools, runs);
        first.push_back(again.first);
        firstCpu.push_back(again.firstCpu);
        complete.push_back(again.complete);
    }
    shown->feed.setActive(false); // what the server says meanwhile is another matter

    ui::RunTable &table = shown->table;
    app.beginPhase(QStringLiteral("scroll"));
    drive(seconds, [&](int step) {
        switch (step / 40 % 4) {
        case 0: return wheel(*table.viewport(), 0, step % 80 < 40 ? -360 : 360);
        case 1: return wheel(*table.viewport(), step % 40 < 20 ? -120 : 120, 0);
        case 2: return key(table, Qt::Key_PageDown);
        default: return key(table, step % 8 < 4 ? Qt::Key_End : Qt::Key_Home);
        }
    });
    app.beginPhase(QStringLiteral("filter"));
    auto *edit = shown->page.findChild<ui::RunFilterEdit *>();
    const QString written[] = {QStringLiteral("metrics.metric-1 < 0.5"), QStringLiteral("run-77"), QStringLiteral("params.param-3 = '17' or tags.mlflow.user like '%a%'")};
    int least = runs;
    edit->setFocus();
    drive(seconds * 2, [&](int step) {
        if (step % 6) // a fast typist: every sixth frame a letter
            return;
        const int letter = step / 6;
        const QString &text = written[letter / 80 % 3];
        if (letter % 80 < text.size())
            key(*edit, 0, text.mid(letter % 80, 1));
        else if (letter % 80 == 79)
            edit->clear();
        least = std::min(least, shown->rows());
    });
    if (least == runs)
        giveUp(QStringLiteral("no letter filtered anything"));
    edit->clear();
    edit->judge();
    app.beginPhase(QStringLiteral("sort"));
    drive(seconds, [&](int step) {
        if (step % 30 == 0)
            table.model()->sort(1 + step / 30 % std::max(1, table.model()->columnCount() - 1), step % 60 ? Qt::AscendingOrder : Qt::DescendingOrder);
    });
    if (argc > 5)
        shown->window.grab().save(QString::fromLocal8Bit(argv[5]));

    const auto rounded = [](double v) { return std::round(v * 10) / 10; };
    std::sort(first.begin(), first.end());
    std::sort(complete.begin(), complete.end());
    std::sort(firstCpu.begin(), firstCpu.end());
    QJsonObject told{{QStringLiteral("runs"), runs}, {QStringLiteral("columns"), table.model()->columnCount()}, {QStringLiteral("cores"), QThread::idealThreadCount()}, {QStringLiteral("cold_first_ms"), rounded(cold.first)}, {QStringLiteral("cold_complete_ms"), rounded(cold.complete)},
                     {QStringLiteral("first_ms_median"), rounded(first[opened / 2])}, {QStringLiteral("first_ms_min"), rounded(first.front())}, {QStringLiteral("first_ms_max"), rounded(first.back())}, {QStringLiteral("first_cpu_ms"), rounded(firstCpu[opened / 2])}, {QStringLiteral("complete_ms_median"), rounded(complete[opened / 2])},
                     {QStringLiteral("complete_ms_max"), rounded(complete.back())}, {QStringLiteral("least_rows"), least}};
    for (const auto &phase : app.phases())
        told.insert(phase.name, EventProbe::json(phase));
    std::printf("%s\n", QJsonDocument(told).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
    return 0;
}

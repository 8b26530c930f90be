// SPDX-License-Identifier: GPL-3.0-or-later
// bench_pipelines first FOLDER: the pipelines panel at 1440 × 900 on 500 pipelines × 200 runs of five systems that do not answer, from the cache in FOLDER (made if it is not there): until its
// first rows are painted, and until all runs are known; the median of seven.
// bench_pipelines poll FOLDER URL SECONDS feed|panel REPOSITORY…: a GitHub connection with so many repositories, read in full; then "settled" is printed, and what following them costs is
// measured for so long, without a window or under the panel. The token is PILOTHOUSE_SECRET_GITHUB. Prints one JSON line.
#include "core/fleet/fleet.h"
#include "core/fleet/known_pipelines.h"
#include "core/fleet/pipeline_feed.h"
#include "tests/bench/event_probe.h"
#include "tests/bench/stopwatch.h"
#include "widgets/base/table.h"
#include "widgets/base/theme.h"
#include "widgets/pipelines/pipelines_panel.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTimer>

#include <cstdio>
#include <cstdlib>

using namespace pilothouse;
using Q = QLatin1String;

namespace {

constexpr int systems = 5, pipelinesOfEach = 100, runsOfEach = 200, opened = 7, patienceMs = 120000;

[[noreturn]] void giveUp(const QString &why) {
    std::fprintf(stderr, "bench_pipelines: %s\n", qUtf8Printable(why));
    std::exit(2);
}

template<typename T> T taken(Result<T> result) {
    if (!result)
        giveUp(result.error().text());
    return *std::move(result);
}

void until(const QString &what, const std::function<bool()> &condition) {
    const double end = bench::wallMs() + patienceMs;
    while (!condition()) {
        if (bench::wallMs() > end)
            giveUp(QStringLiteral("waited for %1 in vain").arg(what));
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

std::shared_ptr<fleet::Services> servicesIn(const QString &folder, const QString &connections) {
    QDir().mkpath(folder + QStringLiteral("/state"));
    QFile file(folder + QStringLiteral("/pilothouse.yaml"));
    if (!file.open(QIODevice::WriteOnly) || file.write(QStringLiteral("workspace: bench\nconnections:\n  local: {kind: local, root: \"%1/state\"}\n%2").arg(folder, connections).toUtf8()) < 0)
        giveUp(QStringLiteral("%1 cannot be written").arg(file.fileName()));
    file.close();
    return taken(fleet::openServices({file.fileName(), secrets::environmentStore(), {}, QStringLiteral("bench")}));
}

/// Tells when rows were painted.
class PaintWatch : public QObject {
public:
    bool painted = false;
    explicit PaintWatch(ui::List &list) : m_list(list) { list.viewport()->installEventFilter(this); }
    bool eventFilter(QObject *, QEvent *event) override {
        painted = painted || (event->type() == QEvent::Paint && m_list.model()->rowCount() > 0);
        return false;
    }

private:
    ui::List &m_list;
};

/// The panel as the window has it, in a window of its own.
struct Shown {
    ui::Theme theme;
    ui::ActionCatalogue actions;
    fleet::Fleet fleet;
    QWidget window;
    ui::PipelinesPanel panel;
    PaintWatch watch;
    static ui::PanelContext contextOf(Shown &s) {
        ui::PanelContext context;
        context.fleet = &s.fleet;
        context.actions = &s.actions;
        context.theme = &s.theme;
        context.now = [] { return QDateTime::currentDateTimeUtc(); };
        return context;
    }
    Shown(const std::shared_ptr<fleet::Services> &services, Pools &pools)
        : fleet(services, pools), panel(contextOf(*this), &window), watch(*panel.findChild<ui::List *>(QStringLiteral("pipelineRuns"))) {
        theme.apply(ui::SchemeChoice::Dark, 100);
        window.resize(1440, 900);
        panel.setGeometry(window.rect());
    }
};

/// What an earlier start has left: four stages, a commit and parameters each, one in twenty failed.
fleet::KnownSystem madeSystem(const QString &connection) {
    fleet::KnownSystem known;
    known.read = QDateTime::currentDateTimeUtc().addSecs(-3600);
    for (int p = 0; p < pipelinesOfEach; ++p) {
        pipelines::Pipeline pipeline;
        pipeline.id = QStringLiteral("%1:team-%2/retrain-%3").arg(connection).arg(p % 12).arg(p);
        pipeline.name = QStringLiteral("retrain-%1").arg(p);
        pipeline.system = QStringLiteral("jenkins");
        pipeline.connection = connection;
        pipeline.stages = {QStringLiteral("Build"), QStringLiteral("Train"), QStringLiteral("Evaluate"), QStringLiteral("Deploy")};
        for (int r = 0; r < runsOfEach; ++r) {
            pipelines::PipelineRun run;
            run.id = QStringLiteral("%1#%2").arg(pipeline.id).arg(runsOfEach - r);
            run.pipeline = pipeline.id;
            run.number = QString::number(runsOfEach - r);
            run.connection = connection;
            run.system = pipeline.system;
            run.state = r % 20 == 3 ? pipelines::State::Failed : pipelines::State::Passed;
            run.systemState = r % 20 == 3 ? QStringLiteral("FAILURE") : QStringLiteral("SUCCESS");
            run.started = known.read.addSecs(-3600LL * (r + 1) - 7 * p);
            run.ended = run.started.addSecs(600 + (p * 37 + r * 11) % 900);
            run.startedBy = QStringLiteral("ada");
            run.reason = QStringLiteral("Started by timer");
            run.commit = QStringLiteral("%1").arg(quint64(p) * 1000003u + quint64(r) * 7919u, 40, 16, QLatin1Char('0'));
            run.branch = QStringLiteral("main");
            run.parameters = {{Q("N_ESTIMATORS"), QString::number(100 + r)}, {Q("BUILD_ALL"), r % 2 == 0}};
            run.link = QStringLiteral("http://127.0.0.1:1/job/retrain-%1/%2/").arg(p).arg(runsOfEach - r);
            QDateTime at = run.started;
            for (const QString &name : pipeline.stages) {
                const QDateTime over = at.addSecs(run.started.secsTo(run.ended) / 4);
                run.stages.emplace_back(name, run.state, at, over);
                at = over;
            }
            known.runs.push_back(std::move(run));
        }
        known.pipelines.push_back(std::move(pipeline));
    }
    return known;
}

QString fiveSystems() {
    QString text;
    for (int i = 0; i < systems; ++i)
        text += QStringLiteral("  ci-%1: {kind: jenkins, url: \"http://127.0.0.1:1\"}\n").arg(i); // a port that nobody listens at
    return text;
}

void fill(const fleet::Services &services) {
    const auto cache = taken(fleet::KnownPipelines::open(services.root + QStringLiteral("/known.db")));
    for (int i = 0; i < systems; ++i) {
        const QString name = QStringLiteral("ci-%1").arg(i), address = QStringLiteral("jenkins ") + services.workspace.connections.value(name).url; // as RemoteRuns has it
        if (taken(cache->system(name, address, 1)).read.isValid())
            continue;
        const fleet::KnownSystem made = madeSystem(name);
        if (const auto written = cache->change(name, address, made, made.runs, {}); !written)
            giveUp(written.error().text());
    }
}

QJsonObject measureFirst(const QString &folder, Pools &pools) {
    fill(*servicesIn(folder, fiveSystems()));
    std::vector<double> first, firstCpu, whole;
    int rows = 0;
    for (int i = 0; i < opened; ++i) {
        const auto services = servicesIn(folder, fiveSystems()); // nothing is in memory
        Shown shown(services, pools);
        fleet::PipelineFeed feed(services, pools);
        QCoreApplication::processEvents();
        const double start = bench::wallMs(), begun = cpu();
        shown.window.show();
        until(QStringLiteral("the first rows"), [&] { return shown.watch.painted; });
        first.push_back(bench::wallMs() - start);
        firstCpu.push_back((cpu() - begun) * 1e3);
        rows = std::max(rows, shown.panel.findChild<ui::List *>(QStringLiteral("pipelineRuns"))->model()->rowCount());
        feed.setActive(true);
        until(QStringLiteral("all runs"), [&] { return feed.state()->whole && feed.state()->runs.size() == std::size_t(systems) * pipelinesOfEach * runsOfEach; });
        whole.push_back(bench::wallMs() - start);
        services->runs->waitForReads();
    }
    return {{Q("first_ms"), median(first)}, {Q("first_cpu_ms"), median(firstCpu)}, {Q("worst_ms"), *std::max_element(first.begin(), first.end())}, {Q("whole_ms"), median(whole)}, {Q("rows"), rows}};
}

QJsonObject measurePoll(const QString &folder, const QString &url, double seconds, bool withPanel, const QStringList &repositories, Pools &pools) {
    const auto services = servicesIn(folder, QStringLiteral("  hub: {kind: github, url: \"%1\", secret: github, owner: acme, repo: \"%2\"}\n").arg(url, repositories.join(QStringLiteral(", "))));
    std::unique_ptr<Shown> shown = withPanel ? std::make_unique<Shown>(services, pools) : nullptr;
    fleet::PipelineFeed feed(services, pools);
    const auto seen = [&] { return services->runs->seen().value(QStringLiteral("hub")); };
    QTimer beat; // until() looks again
    beat.start(100);
    if (shown)
        shown->window.show();
    else
        feed.setActive(true);
    QDateTime before;
    for (int round = 0; round < 3; ++round) { // the first read asks for more than the others; the third has no reason left to
        services->runs->forget();
        until(QStringLiteral("a read of all repositories"), [&] {
            const auto now = seen();
            if (now->problem)
                giveUp(now->problem->text());
            return !now->reading && !now->remembered && now->known.read.isValid() && now->known.read != before;
        });
        before = seen()->known.read;
    }
    beat.stop();
    services->runs->waitForReads();
    std::printf("settled\n");
    std::fflush(stdout);
    const double start = bench::wallMs(), begun = cpu();
    const quint64 revision = seen()->revision;
    QTimer::singleShot(int(seconds * 1000), qApp, &QCoreApplication::quit);
    QCoreApplication::exec();
    const auto now = seen();
    if (now->problem)
        giveUp(now->problem->text());
    return {{Q("wall_s"), (bench::wallMs() - start) / 1e3}, {Q("cpu_s"), cpu() - begun}, {Q("reads"), qint64(now->revision - revision)}, {Q("pipelines"), qint64(now->known.pipelines.size())}, {Q("runs"), qint64(now->known.runs.size())}};
}

} // namespace

int main(int argc, char **argv) {
    QApplication app(argc, argv);
    const QStringList words = app.arguments().mid(1);
    Pools pools(std::max(1, QThread::idealThreadCount() - 1));
    QJsonObject out;
    if (words.size() == 2 && words[0] == Q("first"))
        out = measureFirst(words[1], pools);
    else if (words.size() >= 6 && words[0] == Q("poll"))
        out = measurePoll(words[1], words[2], words[3].toDouble(), words[4] == Q("panel"), words.mid(5), pools);
    else
        giveUp(QStringLiteral("first FOLDER | poll FOLDER URL SECONDS feed|panel REPOSITORY…"));
    std::printf("%s\n", QJsonDocument(out).toJson(QJsonDocument::Compact).constData());
    return 0;
}

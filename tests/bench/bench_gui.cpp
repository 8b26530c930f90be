// SPDX-License-Identifier: GPL-3.0-or-later
// bench_gui [SECONDS] [MEGABYTES]: what the real window's events cost the GUI thread while a real `pilot train` runs, 1 M rows are profiled, a
// real `pilot serve` is loaded by wrk, and a model of so many megabytes takes the place of the one that is served, every byte verified. Every
// screen is visited, scrolled, sorted and resized meanwhile, on a workspace with hundreds of runs, versions and journal entries. Prints one JSON
// line a phase. $PILOTHOUSE_PILOT names the `pilot`; wrk must be on the PATH.
#include "app/console/main_window.h"
#include "core/artifact/package.h"
#include "core/base/child_process.h"
#include "core/base/hash.h"
#include "core/fleet/endpoint.h"
#include "tests/bench/event_probe.h"
#include "widgets/base/panel.h"
#include "widgets/base/toast.h"
#include "widgets/learn/recipe_form.h"

#include <QAbstractItemView>
#include <QDir>
#include <QHeaderView>
#include <QJsonDocument>
#include <QPlainTextEdit>
#include <QProcess>
#include <QStandardPaths>
#include <QStorageInfo>
#include <QTableView>
#include <QTemporaryDir>
#include <QTimer>
#include <QWheelEvent>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <random>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::console;
using bench::EventProbe;

namespace {

constexpr int patience = 120; // seconds a condition may take on a loaded machine
constexpr int longPatience = 600; // what gigabytes may take on a slow disk

[[noreturn]] void giveUp(const QString &why) {
    std::fprintf(stderr, "bench_gui: %s\n", qUtf8Printable(why));
    std::exit(2);
}

void append(QByteArray &out, double v, int digits) {
    char text[40];
    out.append(text, std::to_chars(text, text + sizeof text, v, std::chars_format::fixed, digits).ptr - text);
}

/// Friedman's function with noise, as the peers train on.
void writeTraining(const QString &path, int rows) {
    std::mt19937_64 random(11);
    std::uniform_real_distribution<double> uniform;
    std::normal_distribution<double> noise;
    QByteArray out("x0,x1,x2,x3,x4,x5,x6,x7,y\n");
    for (int i = 0; i < rows; ++i) {
        double x[8];
        for (double &v : x) {
            v = uniform(random);
            append(out, v, 6);
            out += ',';
        }
        append(out, 10 * std::sin(M_PI * x[0] * x[1]) + 20 * (x[2] - .5) * (x[2] - .5) + 10 * x[3] + 5 * x[4] + noise(random), 6);
        out += '\n';
    }
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(out) != out.size())
        giveUp(QStringLiteral("%1 cannot be written").arg(path));
}

/// 1 M rows of 16 numbers, a count and 3 texts, about 150 MB: the size of the csv bench.
void writeMillion(const QString &path) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        giveUp(QStringLiteral("%1 cannot be written").arg(path));
    QByteArray out;
    for (int i = 0; i < 16; ++i)
        out += "f" + QByteArray::number(i) + ",";
    out += "count,region,vehicle,note\n";
    std::mt19937_64 random(7);
    std::normal_distribution<double> normal;
    static const char *const regions[] = {"north", "south", "east", "west", "central"};
    for (int row = 0; row < 1000000; ++row) {
        for (int i = 0; i < 16; ++i) {
            append(out, i + normal(random) * (1 + i / 4.0), i % 2 ? 6 : 4);
            out += ',';
        }
        const auto dice = random();
        out += QByteArray::number(dice % 1000000) + ',' + regions[dice % 5] + ",class_" + QByteArray::number(dice % 40) + (dice % 25 ? ",plain\n" : ",\"quoted, \"\"text\"\"\"\n");
        if (out.size() > (4 << 20)) {
            file.write(out);
            out.clear();
        }
    }
    file.write(out);
}

/// A package like another one, with a file of that size beside its weights.
Result<void> makeLarge(const QString &from, const QString &to, qint64 megabytes) {
    PH_TRY(artifact::copyPackage(from, to));
    QFile file(to + QStringLiteral("/ballast.bin"));
    if (!file.open(QIODevice::WriteOnly))
        return fileError(QStringLiteral("write"), file.fileName());
    std::mt19937_64 random(3);
    std::vector<std::uint64_t> block((1 << 20) / sizeof(std::uint64_t));
    for (std::uint64_t &value : block)
        value = random();
    for (qint64 i = 0; i < megabytes; ++i) {
        block.front() = std::uint64_t(i);
        if (file.write(reinterpret_cast<const char *>(block.data()), 1 << 20) != 1 << 20)
            return fileError(QStringLiteral("write"), file.fileName());
    }
    file.close();
    const auto sealed = artifact::sealPackage(to);
    return sealed ? Result<void>() : Result<void>(sealed.error());
}

/// Visits, sorts, scrolls and resizes, one thing at a time and each as an event of the window.
class Hands : public QObject {
public:
    Hands(EventProbe &probe, MainWindow &window) : m_probe(probe), m_window(window) {
        m_timer.setInterval(60);
        connect(&m_timer, &QTimer::timeout, this, [this] { next(); });
    }
    void begin() { m_timer.start(); }
    void rest() { m_timer.stop(); }
    int rounds() const { return m_rounds; } ///< times that all screens were seen
    void reset() { m_rounds = m_panel = m_step = 0; }

private:
    void next() {
        static constexpr int steps = 10;
        const auto &panels = m_window.panels();
        const QString id = panels[std::size_t(m_panel)].id;
        const auto say = [&](const char *what) { m_probe.note(id + QLatin1Char(' ') + QLatin1String(what)); };
        if (m_step == 0) {
            say("opened");
            m_window.open(id);
        } else if (m_step == 1 || m_step == 2) {
            say("resized");
            m_window.resize(m_step == 1 ? QSize(1180, 760) : QSize(1440, 900));
        } else if (m_step == 3) {
            for (auto *table : m_window.findChildren<QTableView *>())
                if (table->isVisible() && table->isSortingEnabled()) {
                    say("sorted");
                    table->sortByColumn(m_rounds % qMax(1, table->model()->columnCount()), m_rounds % 2 ? Qt::AscendingOrder : Qt::DescendingOrder);
                }
        } else {
            for (auto *view : m_window.findChildren<QAbstractScrollArea *>())
                if (view->isVisible())
                    QCoreApplication::postEvent(view->viewport(), new QWheelEvent(QPointF(20, 20), view->viewport()->mapToGlobal(QPointF(20, 20)), {}, QPoint(0, m_step % 2 ? -240 : 120),
                                                                                  Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false));
            if (auto *view = m_window.findChild<QAbstractItemView *>(); view && view->isVisible())
                QCoreApplication::postEvent(view, new QKeyEvent(QEvent::KeyPress, Qt::Key_Down, Qt::NoModifier));
        }
        if (++m_step == steps) {
            m_step = 0;
            if (++m_panel == int(panels.size())) {
                m_panel = 0;
                ++m_rounds;
            }
        }
    }
    EventProbe &m_probe;
    MainWindow &m_window;
    QTimer m_timer;
    int m_panel = 0, m_step = 0, m_rounds = 0;
};

class Driver {
public:
    Driver(EventProbe &probe, const QString &folder, int seconds, qint64 megabytes) : m_probe(probe), m_folder(folder), m_seconds(seconds), m_megabytes(megabytes), m_pools(std::max(1, QThread::idealThreadCount() - 1)) {
        WindowOptions options;
        options.preferencesFile = folder + QStringLiteral("/preferences.json");
        options.sessionFile = folder + QStringLiteral("/session.json");
        options.desktop = false;
        m_probe.notCounted = &m_beat;
        QObject::connect(&m_beat, &QTimer::timeout, [] {});
        m_beat.start(10); // so that conditions are looked at
        m_window = std::make_unique<MainWindow>(m_pools, m_theme, options);
        m_window->resize(1440, 900);
        m_window->show();
        m_hands = std::make_unique<Hands>(probe, *m_window);
    }
    ~Driver() {
        m_hands.reset();
        if (m_window->fleet() && m_served)
            (void)pilot({QStringLiteral("rollouts"), QStringLiteral("stop"), QStringLiteral("training")});
        m_window.reset();
    }

    void run() {
        m_probe.beginPhase(QStringLiteral("opening the workspace"));
        m_window->start();
        until("the demo workspace", [this] { return m_window->fleet() && m_window->snapshot().models.size() == 3; });
        fill();
        m_probe.beginPhase(QStringLiteral("visiting every screen"));
        m_hands->begin();
        until("two rounds of all screens", [this] { return m_hands->rounds() >= 2; });
        loadMillion();
        train(QStringLiteral("  - random_forest: {n_estimators: 800, max_depth: 10}\n"));
        serve();
        swap();
        m_hands->rest();
    }

private:
    template<class Condition>
    void until(const char *what, Condition condition, int seconds = patience) {
        const double end = bench::wallMs() + seconds * 1000.0;
        while (!condition()) {
            if (bench::wallMs() > end)
                giveUp(QStringLiteral("waited %1 s for %2").arg(seconds).arg(QLatin1String(what)));
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
    }
    template<class T>
    T awaited(const char *what, Task<T> task, int seconds = patience) {
        until(what, [&] { return task.future.isFinished(); }, seconds);
        const Result<T> result = task.future.result();
        if (!result)
            giveUp(QStringLiteral("%1: %2").arg(QLatin1String(what), result.error().text()));
        return *result;
    }
    Result<QJsonObject> pilot(QStringList arguments) {
        ChildJob job;
        job.program = pilotProgram();
        job.arguments = std::move(arguments);
        job.arguments << QStringLiteral("--workspace") << m_window->fleet()->services()->workspace.file;
        return runJob(job, {}, {});
    }

    /// What a workspace holds after some months: 400 runs and 1,500 journal entries.
    void fill() {
        struct Done {};
        awaited("a filled workspace", startTask<Done>(m_pools.waiting, [services = m_window->fleet()->services()](std::stop_token) -> Result<Done> {
                    for (int i = 0; i < 400; ++i) {
                        PH_ASSIGN(const QString run, services->registry->createRun(QStringLiteral("weather-t2m"), QStringLiteral("run-%1").arg(i), QStringLiteral("bench")));
                        PH_TRY(services->registry->logParams(run, {{QStringLiteral("estimator"), QStringLiteral("random_forest")}, {QStringLiteral("seed"), QString::number(i)}}));
                        PH_TRY(services->registry->logMetrics(run, {{QStringLiteral("test.rmse"), 1.0 + i % 17, 0, QDateTime::currentDateTimeUtc()}, {QStringLiteral("test.r2"), 0.5 + 0.001 * i, 0, QDateTime::currentDateTimeUtc()}}));
                        PH_TRY(services->registry->finishRun(run, registry::RunStatus::Finished));
                    }
                    for (int i = 0; i < 1500; ++i) {
                        operations::JournalEntry entry;
                        entry.actor = QStringLiteral("bench");
                        entry.program = QStringLiteral("bench_gui");
                        entry.operation = randomHex(8);
                        entry.kind = QStringLiteral("note");
                        entry.phase = QStringLiteral("note");
                        entry.object = QStringLiteral("model weather-t2m");
                        entry.details = {{QStringLiteral("text"), QStringLiteral("An entry of some length, as a person writes when a limit is moved: number %1.").arg(i)}};
                        PH_TRY(services->journal->append(entry));
                    }
                    return Done{};
                }));
        m_window->fleet()->refresh();
        until("the filled snapshot", [this] { return m_window->snapshot().runs.size() >= 400 && m_window->snapshot().journal.size() >= 1500; });
    }

    ui::RecipeForm *form() {
        m_window->open(QStringLiteral("train"));
        auto *found = m_window->findChild<ui::RecipeForm *>();
        if (!found)
            giveUp(QStringLiteral("the window has no recipe form"));
        return found;
    }

    void loadMillion() {
        const QString file = m_folder + QStringLiteral("/million.csv");
        struct Done {};
        awaited("a file of 1 M rows", startTask<Done>(m_pools.waiting, [file](std::stop_token) -> Result<Done> {
                    writeMillion(file);
                    return Done{};
                }));
        m_probe.beginPhase(QStringLiteral("loading 1 M rows"));
        const double start = bench::wallMs();
        m_hands->reset();
        for (int again = 0; again < 3; ++again) { // it takes a second or so: three times make enough events
            ui::RecipeForm *const reader = form();
            auto *text = m_window->findChild<QPlainTextEdit *>(QStringLiteral("recipeText"));
            text->setPlainText(QStringLiteral("-"));
            QTimer::singleShot(0, reader, [reader, file] { reader->proposeFrom(file); });
            until("a recipe for 1 M rows", [&] { return text->toPlainText().contains(QStringLiteral("million")); });
        }
        m_loadSeconds = (bench::wallMs() - start) / 3000;
        until("a round of all screens", [this] { return m_hands->rounds() >= 1; });
        QFile::remove(file);
    }

    void train(const QString &estimators) {
        const QString file = m_folder + QStringLiteral("/training.csv");
        writeTraining(file, 20000);
        const auto text = [this] { return m_window->findChild<QPlainTextEdit *>(QStringLiteral("recipeText")); }; // a new one when the workspace was read again
        const auto isTheRecipe = [&] { return text() && text()->toPlainText().contains(QStringLiteral("training.csv")); };
        form()->proposeFrom(file);
        until("a recipe", isTheRecipe);
        const QString recipe = text()->toPlainText();
        const auto with = [&](const QString &lines) {
            QStringList out;
            bool inside = false;
            for (const QString &line : recipe.split(QLatin1Char('\n'))) {
                if (inside && line.startsWith(QLatin1String("  -")))
                    continue;
                inside = line.startsWith(QLatin1String("estimators:"));
                out << (inside ? line + QLatin1Char('\n') + lines.trimmed().prepend(QStringLiteral("  ")) : line);
            }
            return out.join(QLatin1Char('\n'));
        };
        // A short one, to have something to serve; then the long one is measured.
        for (const QString &lines : {QStringLiteral("  - linear_regression\n"), estimators}) {
            until("the training's recipe", [&] {
                ui::RecipeForm *const shown = form();
                if (!isTheRecipe())
                    shown->chooseModel(QStringLiteral("training"));
                return isTheRecipe();
            });
            const std::size_t before = m_window->snapshot().versions.size();
            text()->setPlainText(with(lines));
            until("a recipe that can be trained", [&] { return m_window->actions().blocked(QStringLiteral("train.run")).isEmpty(); });
            if (lines == estimators) {
                m_probe.beginPhase(QStringLiteral("training"));
                m_hands->reset();
            }
            const double start = bench::wallMs();
            QTimer::singleShot(0, m_window.get(), [this] { form()->train(); });
            until("the training's start", [&] { return m_window->jobs()->running() > 0; });
            until("the training's end", [&] { return m_window->jobs()->running() == 0; });
            m_trainSeconds = (bench::wallMs() - start) / 1000;
            if (m_window->jobs()->jobs().front().error)
                giveUp(m_window->jobs()->jobs().front().error->text());
            until("the new version", [&] { return m_window->snapshot().versions.size() > before; });
        }
    }

    void serve() {
        struct Done {};
        m_probe.beginPhase(QStringLiteral("promoting"));
        awaited("a promotion", startTask<Done>(m_pools.waiting, [this](std::stop_token) -> Result<Done> {
                    PH_TRY([&]() -> Result<void> {
                        PH_ASSIGN(const QJsonObject done, pilot({QStringLiteral("promote"), QStringLiteral("training"), QStringLiteral("1"), QStringLiteral("--comment"), QStringLiteral("bench")}));
                        return {};
                    }());
                    return Done{};
                }));
        m_served = true;
        until("a served model", [this] {
            for (const fleet::ModelRow &row : m_window->snapshot().models)
                if (row.name == QLatin1String("training") && row.servedVersion)
                    return true;
            return false;
        });
        const auto at = fleet::servedAt(*m_window->fleet()->services(), QStringLiteral("training"));
        if (!at)
            giveUp(at.error().text());
        const QString script = m_folder + QStringLiteral("/one.lua");
        QFile lua(script);
        if (!lua.open(QIODevice::WriteOnly))
            giveUp(QStringLiteral("no place for the request"));
        lua.write("wrk.method='POST'\nwrk.headers['Content-Type']='application/json'\nwrk.headers['X-API-Key']='" + at->apiKey.toUtf8() +
                  "'\nwrk.body='{\"x0\":0.5,\"x1\":0.2,\"x2\":0.3,\"x3\":0.4,\"x4\":0.5,\"x5\":0.6,\"x6\":0.7,\"x7\":0.8}'\n"
                  "done=function(s,l,r) io.write(string.format('%d %d\\n',s.requests,s.errors.status+s.errors.read+s.errors.connect+s.errors.timeout)) end\n");
        lua.close();
        m_probe.beginPhase(QStringLiteral("serving at full load"));
        m_hands->reset();
        const auto load = startTask<std::pair<qint64, qint64>>(m_pools.waiting, [url = at->url, script, seconds = m_seconds](std::stop_token) -> Result<std::pair<qint64, qint64>> {
            qint64 requests = 0, errors = 0;
            for (int i = 0; i < std::max(1, seconds / 2); ++i) { // short runs, as all the server benches
                QProcess wrk;
                wrk.start(QStringLiteral("wrk"), {QStringLiteral("-t1"), QStringLiteral("-c16"), QStringLiteral("-d2s"), QStringLiteral("-s"), script, url + QStringLiteral("/predict")});
                if (!wrk.waitForFinished(60000) || wrk.exitCode() != 0)
                    return Error{ErrorKind::Internal, QStringLiteral("wrk ended with %1: %2").arg(wrk.exitCode()).arg(QString::fromUtf8(wrk.readAllStandardError())), {}, {}, {}};
                const QList<QByteArray> words = wrk.readAllStandardOutput().trimmed().split('\n').last().split(' ');
                requests += words.value(0).toLongLong();
                errors += words.value(1).toLongLong();
            }
            return std::pair(requests, errors);
        });
        const auto [requests, errors] = awaited("the load", load);
        if (errors > 0)
            giveUp(QStringLiteral("%1 of %2 requests failed").arg(errors).arg(requests));
        m_rate = double(requests) / (std::max(1, m_seconds / 2) * 2);
        m_probe.beginPhase(QStringLiteral("after the load"));
    }

    /// A large version is registered, promoted and given all traffic: it is copied once and verified at each of these.
    void swap() {
        struct Done {};
        const qint64 needed = m_megabytes * 5 / 2; // the package, the registry's copy of it, and some room
        if (const qint64 room = QStorageInfo(m_folder).bytesAvailable() >> 20; room < needed) {
            m_swapMissing = QStringLiteral("%1 has room for %2 MB, %3 are needed").arg(m_folder).arg(room).arg(needed);
            return;
        }
        const QString large = m_folder + QStringLiteral("/large");
        const auto services = m_window->fleet()->services();
        awaited("the large package", startTask<Done>(m_pools.waiting, [services, large, megabytes = m_megabytes](std::stop_token) -> Result<Done> {
                    PH_ASSIGN(const auto served, services->registry->version(QStringLiteral("training"), 1));
                    PH_TRY(makeLarge(served.source, large, megabytes));
                    return Done{};
                }), longPatience);
        m_probe.beginPhase(QStringLiteral("swapping a large model"));
        m_hands->reset();
        const double start = bench::wallMs();
        const int version = awaited("the swap", startTask<int>(m_pools.waiting, [this, large](std::stop_token) -> Result<int> {
                                        PH_ASSIGN(const QJsonObject made, pilot({QStringLiteral("registry"), QStringLiteral("register"), QStringLiteral("training"), large}));
                                        const int number = made.value(QStringLiteral("version")).toInt();
                                        PH_ASSIGN(const QJsonObject promoted, pilot({QStringLiteral("promote"), QStringLiteral("training"), QString::number(number), QStringLiteral("--comment"), QStringLiteral("bench")}));
                                        PH_ASSIGN(const QJsonObject all, pilot({QStringLiteral("rollouts"), QStringLiteral("promote"), QStringLiteral("training"), QStringLiteral("--full")}));
                                        return number;
                                    }), longPatience);
        until("the large model in service", [this, version] {
            const auto &models = m_window->snapshot().models;
            return std::any_of(models.begin(), models.end(), [version](const fleet::ModelRow &row) { return row.name == QLatin1String("training") && row.servedVersion == version; });
        });
        m_swapSeconds = (bench::wallMs() - start) / 1000;
        until("a round of all screens", [this] { return m_hands->rounds() >= 1; });
        m_probe.beginPhase(QStringLiteral("after the swap"));
        QDir(large).removeRecursively();
    }

public:
    QJsonObject told() const {
        QFile status(QStringLiteral("/proc/self/status"));
        double peak = 0;
        if (status.open(QIODevice::ReadOnly))
            for (const QByteArray &line : status.readAll().split('\n'))
                if (line.startsWith("VmHWM:"))
                    peak = line.mid(6).trimmed().split(' ').first().toDouble() / 1024;
        return {{QStringLiteral("load_seconds"), m_loadSeconds}, {QStringLiteral("train_seconds"), m_trainSeconds}, {QStringLiteral("requests_per_second"), m_rate}, {QStringLiteral("peak_rss_mb"), peak},
                {QStringLiteral("swap_seconds"), m_swapSeconds}, {QStringLiteral("swap_mb"), m_megabytes}, {QStringLiteral("swap_missing"), m_swapMissing}};
    }

private:
    EventProbe &m_probe;
    QString m_folder;
    int m_seconds;
    qint64 m_megabytes;
    QTimer m_beat;
    Pools m_pools;
    ui::Theme m_theme;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<Hands> m_hands;
    bool m_served = false;
    double m_loadSeconds = 0, m_trainSeconds = 0, m_rate = 0, m_swapSeconds = 0;
    QString m_swapMissing; ///< why no large model was swapped
};

} // namespace

int main(int argc, char **argv) {
    QTemporaryDir home; // workspace, preferences and endpoint of this run only
    qputenv("XDG_DATA_HOME", QFile::encodeName(home.path()) + "/data");
    qputenv("XDG_CONFIG_HOME", QFile::encodeName(home.path()) + "/config");
    qputenv("XDG_CACHE_HOME", QFile::encodeName(home.path()) + "/cache");
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    QDir::setCurrent(home.path());
    EventProbe app(argc, argv);
    if (pilotProgram().isEmpty() || QStandardPaths::findExecutable(QStringLiteral("wrk")).isEmpty())
        giveUp(QStringLiteral("pilot or wrk is missing"));
    QJsonObject told;
    {
        Driver driver(app, home.path(), argc > 1 ? std::atoi(argv[1]) : 8, argc > 2 ? std::atoll(argv[2]) : 2048);
        driver.run();
        told = driver.told();
    }
    for (const auto &phase : app.phases())
        std::printf("%s\n", QJsonDocument(EventProbe::json(phase)).toJson(QJsonDocument::Compact).constData());
    std::printf("%s\n", QJsonDocument(told).toJson(QJsonDocument::Compact).constData());
    return 0;
}

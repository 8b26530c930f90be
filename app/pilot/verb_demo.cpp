// SPDX-License-Identifier: GPL-3.0-or-later
// pilot demo [--folder DIR] [--hours N] [--traffic] [--stop]: lives through the whole loop on the demo workspace, headless.
//   Every step is a verb of this program, run as a child, so what is shown here can be typed by hand.
//   --json {"workspace","steps":[{"step","text","seconds"}],"seconds"}; exit 0 when the loop closed, 3 when an endpoint failed
//   --traffic only sends the station's traffic, with labels that come late, to what is served, until it is stopped; the
//   steps are taken by a person, in the window or by hand.
//   --stop ends the demo's endpoints; its files stay.
//   --estate [--speed N] plays Jenkins, GitHub, Kubeflow, Azure ML … on loopback beside the demo's models (demo_estate.h); with --stop they end.
#include "app/pilot/demo_estate.h"
#include "app/pilot/demo_traffic.h"
#include "app/pilot/verb.h"

#include "core/base/child_process.h"
#include "core/base/task.h"
#include "core/demo/demo_workspace.h"
#include "core/demo/replay.h"
#include "core/fleet/services.h"
#include "core/serving/server_folder.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <mutex>
#include <thread>

namespace pilothouse {

namespace {

using Q = QLatin1String;

constexpr qint64 judgedRows = 600; ///< more than the policy looks at (500)

struct Options {
    std::string folder;
    int hours = 0; ///< 0: 400 for the loop, 1200 for traffic
    bool stop = false, traffic = false, estate = false;
    double speed = 60;
};

/// One run of the demo: the steps taken so far, and the replayed station beside them.
class Loop {
public:
    Loop(Context &context, std::shared_ptr<fleet::Services> services, QString folder) : m_context(context), m_services(std::move(services)), m_folder(std::move(folder)), m_pools(1) { m_clock.start(); }

    ~Loop() { (void)stopReplay(); }

    /// Says what a step found; kept for --json.
    void tell(const QString &step, const QString &text) {
        m_steps.append(QJsonObject{{Q("step"), step}, {Q("text"), text}, {Q("seconds"), double(m_clock.elapsed()) / 1000}});
        m_context.events().log(QStringLiteral("info"), step + QStringLiteral(": ") + text);
        if (!m_context.json && !m_context.eventsWanted)
            m_context.note(QStringLiteral("%1 s  %2: %3").arg(double(m_clock.elapsed()) / 1000, 6, 'f', 1).arg(step, text));
    }

    Result<QJsonObject> pilot(QStringList arguments) {
        ChildJob job;
        job.program = pilotProgram();
        job.arguments = arguments << QStringLiteral("--workspace") << m_services->workspace.file;
        job.nice = 0;
        return runJob(job, {}, m_context.stop());
    }

    /// First version of a model: trained, judged against the naive baseline, approved, served.
    Result<void> bringUp(const workspace::Model &model) {
        if (const auto live = m_services->registry->versionByAlias(model.registry.name, model.registry.champion)) {
            tell(model.name, QStringLiteral("version %1 is live already").arg(live->version));
            return serve(model);
        }
        PH_ASSIGN(const QJsonObject trained, pilot({QStringLiteral("train"), model.recipe, QStringLiteral("--register"), model.registry.name}));
        const int version = trained.value(Q("registered")).toObject().value(Q("version")).toInt();
        const QJsonObject metrics = trained.value(Q("metrics")).toObject();
        tell(QStringLiteral("train ") + model.name, QStringLiteral("%1, MAE %2 against %3 of %4, version %5")
                                                         .arg(trained.value(Q("estimator")).toString())
                                                         .arg(metrics.value(Q("test")).toObject().value(Q("mae")).toDouble(), 0, 'g', 3)
                                                         .arg(metrics.value(Q("baseline")).toObject().value(Q("mae")).toDouble(), 0, 'g', 3)
                                                         .arg(trained.value(Q("baseline")).toString())
                                                         .arg(version));
        return promote(model, version, QStringLiteral("First version of the demo."));
    }

    Result<void> promote(const workspace::Model &model, int version, const QString &comment) {
        PH_ASSIGN(const QJsonObject asked, pilot({QStringLiteral("promote"), model.registry.name, QString::number(version)}));
        const QString id = asked.value(Q("request")).toObject().value(Q("id")).toString();
        tell(QStringLiteral("judge ") + model.name, asked.value(Q("evidence")).toObject().value(Q("sentence")).toString());
        if (id.isEmpty())
            return refused(QStringLiteral("A gate blocks version %1 of %2.").arg(version).arg(model.name), m_services->workspace.file, QStringLiteral("`pilot promote %1 %2 --plan` shows its sheet.").arg(model.registry.name).arg(version));
        return approve(model, id, comment);
    }

    Result<void> approve(const workspace::Model &model, const QString &request, const QString &comment) {
        PH_ASSIGN(const QJsonObject approved, pilot({QStringLiteral("approve"), request, QStringLiteral("--comment"), comment}));
        tell(QStringLiteral("approve ") + model.name, approved.value(Q("request")).toObject().value(Q("outcome")).toString());
        return {};
    }

    /// The endpoint of an earlier demo may have been stopped; it takes its last state up.
    Result<void> serve(const workspace::Model &model) {
        PH_ASSIGN(const auto target, m_services->rolloutTarget(model));
        PH_ASSIGN(const auto status, target->status());
        if (status.phase != cluster::RolloutPhase::Unreachable && status.phase != cluster::RolloutPhase::None)
            return {};
        const auto started = pilot({QStringLiteral("rollouts"), QStringLiteral("start"), model.name});
        if (!started)
            return started.error();
        return {};
    }

    Result<void> startReplay(std::size_t driftAfter) {
        const demo::ReplayOptions options = demoReplay(m_services, m_folder, 15, driftAfter);
        m_replay = startTask<demo::ReplayProgress>(m_pools.waiting, [this, options](std::stop_token stop) {
            return demo::replay(*m_services->http, options, [this](const demo::ReplayProgress &progress) {
                const std::lock_guard lock(m_lock);
                m_progress = progress;
            }, stop);
        });
        return {};
    }

    Result<demo::ReplayProgress> stopReplay() {
        if (!m_replay.future.isValid())
            return demo::ReplayProgress{};
        m_replay.stop.request_stop();
        m_replay.future.waitForFinished();
        return m_replay.future.result();
    }

    demo::ReplayProgress progress() {
        const std::lock_guard lock(m_lock);
        return m_progress;
    }

    /// Waits, looking every half second, until `done`; an error after `seconds`.
    Result<void> until(const QString &what, int seconds, const std::function<Result<bool>()> &done) {
        QElapsedTimer waited;
        waited.start();
        while (waited.elapsed() < qint64(seconds) * 1000) {
            if (m_context.stop().stop_requested())
                return cancelled();
            PH_ASSIGN(const bool there, done());
            if (there)
                return {};
            std::this_thread::sleep_for(std::chrono::milliseconds(500));
        }
        return Error{ErrorKind::TimedOut, QStringLiteral("%1 did not happen within %2 s.").arg(what).arg(seconds), {}, QStringLiteral("`pilot doctor` tells what is wrong."), {}};
    }

    Result<void> watchRollout(const workspace::Model &model, int version) {
        PH_ASSIGN(const auto target, m_services->rolloutTarget(model));
        QString last;
        return until(QStringLiteral("The rollout's end"), 120, [&]() -> Result<bool> {
            PH_ASSIGN(const auto status, target->status());
            const QString line = status.canary ? QStringLiteral("%1 %, %2").arg(qRound(status.wantedCanaryShare * 100)).arg(status.verdict) : cluster::rolloutPhaseName(status.phase);
            if (line.section(QLatin1Char(','), 0, 0) != last.section(QLatin1Char(','), 0, 0))
                tell(QStringLiteral("rollout ") + model.name, line);
            last = line;
            if (status.phase == cluster::RolloutPhase::Aborted)
                return Error{ErrorKind::Refused, QStringLiteral("The canary was turned back: %1").arg(status.verdict), target->name(), {}, {}};
            return status.phase == cluster::RolloutPhase::Stable && status.stable && status.stable->version == version;
        });
    }

    fleet::Services &services() { return *m_services; }
    QJsonObject json() const { return {{Q("workspace"), m_services->workspace.file}, {Q("steps"), m_steps}, {Q("seconds"), double(m_clock.elapsed()) / 1000}}; }
    QString closing(bool retrained) const {
        const QString what = retrained ? QStringLiteral("The loop closed in %1 s.")
                                       : QStringLiteral("The models of the earlier runs have learned the drift, so there was nothing to retrain in %1 s; without the folder of the demo it begins anew.");
        return what.arg(double(m_clock.elapsed()) / 1000, 0, 'f', 0) +
               QStringLiteral(" The endpoints go on; `pilot demo --stop` ends them, `pilothouse --workspace %1` shows all this in a window.").arg(m_services->workspace.file);
    }
    /// Answered hours of this run whose measured value has come back.
    qint64 labelled(const QString &model) {
        const auto seen = progress();
        const auto found = std::find_if(seen.targets.begin(), seen.targets.end(), [&](const demo::TargetProgress &target) { return target.model == model; });
        return found == seen.targets.end() ? 0 : found->labelled;
    }

private:
    Context &m_context;
    std::shared_ptr<fleet::Services> m_services;
    QString m_folder;
    Pools m_pools;
    Task<demo::ReplayProgress> m_replay;
    std::mutex m_lock;
    demo::ReplayProgress m_progress;
    QJsonArray m_steps;
    QElapsedTimer m_clock;
};

/// The wind sensor drifts; its policy notices, retrains, and the new version is judged, approved and rolled out.
/// @param before  it began to drift in an earlier run, so that the champion may have learned it by now: then there is nothing to retrain
/// @return whether there was
Result<bool> liveThroughDrift(Loop &loop, const workspace::Model &model, bool before) {
    QJsonObject decision;
    bool learned = false;
    PH_TRY(loop.until(QStringLiteral("A decision to retrain"), 90, [&]() -> Result<bool> {
        const bool all = before && loop.labelled(model.name) >= judgedRows;
        PH_ASSIGN(const QJsonObject checked, loop.pilot({QStringLiteral("retrain"), QStringLiteral("check"), model.name}));
        decision = checked.value(Q("decisions")).toArray().first().toObject();
        learned = all && !decision.value(Q("would_retrain")).toBool();
        return learned || decision.value(Q("would_retrain")).toBool();
    }));
    loop.tell(QStringLiteral("policy ") + model.name, decision.value(Q("reason")).toString());
    if (learned)
        return false;
    PH_ASSIGN(const QJsonObject started, loop.pilot({QStringLiteral("retrain"), QStringLiteral("run"), model.name}));
    const QString run = started.value(Q("decision")).toObject().value(Q("run")).toString();
    loop.tell(QStringLiteral("retrain ") + model.name, QStringLiteral("pipeline run %1").arg(run));
    promotion::Request waiting;
    PH_TRY(loop.until(QStringLiteral("A candidate to judge"), 120, [&]() -> Result<bool> {
        PH_ASSIGN(const auto record, loop.services().pipelines->run(run));
        if (record.state == pipelines::State::Failed || record.state == pipelines::State::Cancelled)
            return record.error.value_or(Error{ErrorKind::Refused, QStringLiteral("The pipeline ended as %1.").arg(pipelines::stateName(record.state)), run, {}, {}});
        PH_ASSIGN(const auto requests, loop.services().promotions->requests(model.registry.name));
        if (requests.empty() || requests.front().state != promotion::RequestState::Pending)
            return false;
        waiting = requests.front();
        return true;
    }));
    loop.tell(QStringLiteral("judge ") + model.name, waiting.evidence.sentence);
    PH_TRY(loop.approve(model, waiting.id, QStringLiteral("Learned the drifted sensor.")));
    PH_TRY(loop.watchRollout(model, waiting.version));
    return true;
}

Result<void> stopEndpoints(Context &context, const fleet::Services &services) {
    QJsonArray stopped;
    for (const workspace::Model &model : services.workspace.models) {
        const auto folder = serving::servingFolder(services.root, model.deployment.target);
        if (!folder)
            continue;
        const auto running = serving::runningServer(*folder); // its lock proves that the pid is the server's
        if (running && *running && ::kill(pid_t((*running)->file.pid), SIGTERM) == 0)
            stopped.append(model.name);
    }
    context.answer({{Q("stopped"), stopped}}, QStringLiteral("%1 endpoints asked to stop.").arg(stopped.size()));
    return {};
}

Result<void> demo(Context &context, const Options &options) {
    const bool named = options.traffic && options.folder.empty() && !context.workspaceOption.isEmpty(); // the window names its workspace file
    const QString folder = named                    ? QFileInfo(context.workspaceOption).absolutePath()
                           : options.folder.empty() ? demo::defaultDemoFolder()
                                                    : QFileInfo(QString::fromStdString(options.folder)).absoluteFilePath();
    fleet::ServiceOptions wanted;
    if (options.estate)
        return demoEstate(context, {folder, options.speed, options.stop});
    if (options.traffic && !demo::isDemoWorkspace(folder)) // asked before anything is opened or made
        return invalid(QStringLiteral("This workspace is not the demo."), folder, QStringLiteral("`pilot demo` makes one; --folder says where it is."));
    if (named) {
        wanted.workspaceFile = QFileInfo(context.workspaceOption).absoluteFilePath();
    } else {
        PH_ASSIGN(wanted.workspaceFile, demo::openDemoWorkspace(folder));
    }
    PH_ASSIGN(const auto services, fleet::openServices(wanted));
    for (const QString &note : std::as_const(services->notes))
        context.note(note);
    if (options.stop)
        return stopEndpoints(context, *services);
    if (options.traffic)
        return demoTraffic(context, services, folder, options.hours > 0 ? options.hours : 1200);
    context.events().started(QStringLiteral("demo"), QStringLiteral("demo"));
    Loop loop(context, services, folder);
    loop.tell(QStringLiteral("workspace"), wanted.workspaceFile);
    for (const workspace::Model &model : services->workspace.models)
        PH_TRY(loop.bringUp(model));
    PH_ASSIGN(const demo::StationState station, demo::readStation(folder));
    const bool before = station.driftFrom && *station.driftFrom < station.rows;
    PH_TRY(loop.startReplay(std::size_t(options.hours > 0 ? options.hours : 400)));
    PH_TRY(loop.until(QStringLiteral("The first labels"), 60, [&]() -> Result<bool> {
        const auto seen = loop.progress();
        for (const auto &target : seen.targets)
            if (target.labelled < 100)
                return false;
        return !seen.targets.empty();
    }));
    for (const auto &target : loop.progress().targets)
        loop.tell(QStringLiteral("traffic ") + target.model, QStringLiteral("%1 requests, %2 failed, MAE %3 over labels").arg(target.sent).arg(target.failed).arg(target.meanAbsoluteError.value_or(0), 0, 'g', 3));
    const workspace::Model *wind = services->workspace.model(QStringLiteral("ws2m"));
    if (!wind)
        return notFound(QStringLiteral("The demo workspace has no model ws2m."), services->workspace.file, QStringLiteral("Delete the folder and run the demo again."));
    PH_TRY(loop.until(QStringLiteral("The drift"), 120, [&]() -> Result<bool> { return loop.progress().drifting; }));
    if (before)
        loop.tell(QStringLiteral("drift"), QStringLiteral("the wind sensor has drifted since row %1, in an earlier run").arg(*station.driftFrom));
    else
        loop.tell(QStringLiteral("drift"), QStringLiteral("the wind sensor begins to drift at row %1").arg(loop.progress().row));
    PH_ASSIGN(const bool retrained, liveThroughDrift(loop, *wind, before));
    const auto ended = loop.stopReplay();
    if (ended)
        for (const auto &target : ended->targets)
            loop.tell(QStringLiteral("traffic ") + target.model, QStringLiteral("%1 requests, %2 failed, MAE %3 now").arg(target.sent).arg(target.failed).arg(target.meanAbsoluteError.value_or(0), 0, 'g', 3));
    PH_ASSIGN(const auto journal, services->journal->verify());
    loop.tell(QStringLiteral("journal"), journal.finding);
    if (!journal.intact)
        return refused(QStringLiteral("The journal does not verify: %1").arg(journal.finding), services->journal->file());
    context.answer(loop.json(), loop.closing(retrained));
    return {};
}

const Verb verb("demo", "Live through the whole loop on the demo workspace", [](CLI::App &app, VerbBody &body) {
    auto options = std::make_shared<Options>();
    app.add_option("--folder", options->folder, "Where the demo lives (default: the user's data folder)");
    app.add_option("--hours", options->hours, "Replayed hours before the drift begins")->check(CLI::Range(200, 100000));
    app.add_flag("--traffic", options->traffic, "Only send the demo's traffic, until stopped");
    app.add_flag("--stop", options->stop, "End the demo's endpoints; with --estate its servers");
    CLI::Option *const estate = app.add_flag("--estate", options->estate, "Play Jenkins, GitHub, Kubeflow, Azure ML and their likes on this machine, and a workspace that names them");
    app.add_option("--speed", options->speed, "How many times faster their clock runs")->check(CLI::Range(1.0, 10000.0))->needs(estate);
    app.callback([options, &body] { body = [options](Context &context) { return demo(context, *options); }; });
});

} // namespace
} // namespace pilothouse

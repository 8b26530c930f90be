// SPDX-License-Identifier: GPL-3.0-or-later
// pilot watch [--once] [--events] [--metrics PORT [--address IP]]: looks after a workspace without a window until it is stopped: schedules of this machine, retries of failed runs, trainings and
//   deploys that an approval joins, the rollouts that deploy runs caused (followed until healthy or stuck), canaries in clusters, retraining policies, alert rules (told by the workspace's notifications). One for a workspace; the console and `pilot serve` may run beside it, nothing is done twice.
//   --metrics tells its own figures under /metrics, on loopback unless --address says otherwise ("ready" has "metrics": the port).
//   --events {"event":"news","model","sentence","acted"} each; --once looks once: --json {"news":[{"model","sentence","acted"}]}; exit 1 if something could not be done.
// pilot watch --print-unit|--install|--uninstall [--timer MINUTES | --metrics PORT [--address IP]] [--plan]: the systemd units of the person who is logged in.
//   --json of --print-unit {"name","folder","service","timer","enable"}; else {"operation","summary","done","steps"}
#include "app/pilot/looking_thread.h"
#include "app/pilot/metrics_server.h"
#include "app/pilot/operation_answer.h"
#include "core/fleet/policy_desk.h"
#include "app/pilot/watch_units.h"

#include "core/base/child_process.h"
#include "core/fleet/alert_watch.h"
#include "core/fleet/canary_watch.h"
#include "core/fleet/run_watch.h"
#include "core/fleet/watch_metrics.h"
#include "core/fleet/watch_presence.h"

#include <QFileInfo>
#include <QJsonArray>

#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace pilothouse {

namespace {

using Q = QLatin1String;

struct Options {
    bool once = false, print = false, install = false, uninstall = false, plan = false;
    int timer = 0;
    int metrics = -1; ///< port; −1: none
    std::string address = "127.0.0.1";
};

/// Takes news from several threads.
class Newspaper {
public:
    explicit Newspaper(Context &context) : m_context(context) {}
    void tell(const QString &model, const QString &sentence, bool acted, bool problem = false) {
        const std::lock_guard guard(m_mutex);
        const QJsonObject one{{Q("model"), model}, {Q("sentence"), sentence}, {Q("acted"), acted}};
        m_problems = m_problems || problem;
        t_acted += acted;
        t_failed += problem;
        if (m_keep) {
            m_all << one;
            m_lines << sentence;
            return;
        }
        m_context.events().emitEvent(QStringLiteral("news"), one);
        m_context.note(sentence);
    }
    void keep() { m_keep = true; } ///< for one answer
    /// Calls a look and counts what it told, on this thread.
    template<class Look>
    void during(fleet::WatchBeats &beats, const char *part, const Clock &clock, Look look) {
        t_acted = t_failed = 0;
        look();
        beats.looked(Q(part), clock.nowUtc(), t_acted, t_failed);
    }
    void answer() {
        m_context.answer({{Q("news"), m_all}}, m_lines.isEmpty() ? QStringLiteral("Nothing was due.") : m_lines.join(QLatin1Char('\n')));
        m_context.exitCodeWanted = m_problems ? 1 : 0;
    }

private:
    Context &m_context;
    std::mutex m_mutex;
    QJsonArray m_all;
    QStringList m_lines;
    bool m_keep = false, m_problems = false;
    static inline thread_local qint64 t_acted = 0, t_failed = 0;
};

/// Each model's policy, when it says that it is looked at.
class Policies {
public:
    explicit Policies(std::shared_ptr<fleet::Services> services) : m_services(std::move(services)) {}
    void look(Newspaper &news, std::stop_token token) {
        const auto desk = fleet::PolicyDesk::open(m_services);
        if (!desk)
            return news.tell({}, desk.error().text(), false, true);
        for (const workspace::Model &model : m_services->workspace.models) {
            const auto last = m_last.find(model.name);
            if (token.stop_requested() || !fleet::policyDue(*desk, model, last == m_last.end() ? std::nullopt : std::optional(last->second)))
                continue;
            m_last[model.name] = m_services->clock->nowUtc();
            const auto rules = fleet::hasPolicy(*desk, model);
            if (rules && !*rules)
                continue;
            const auto checked = rules ? fleet::checkPolicy(*desk, model, true) : Result<fleet::PolicyChecked>(rules.error());
            if (checked && checked->wouldRetrain)
                news.tell(model.name, QStringLiteral("%1: the policy retrains: %2").arg(model.name, checked->decision.reason), true);
            else if (!checked && checked.error().kind != ErrorKind::Conflict) // else a run is under way, or another program decided
                news.tell(model.name, QStringLiteral("%1: the policy could not be followed: %2").arg(model.name, checked.error().text()), false, true);
        }
    }

private:
    std::shared_ptr<fleet::Services> m_services;
    std::map<QString, QDateTime> m_last;
};

void lookAtRuns(fleet::RunWatch &watch, Newspaper &news, std::stop_token token) {
    for (const fleet::RunNews &one : watch.look(token))
        news.tell(one.model, one.sentence, one.acted, bool(one.problem));
}

void lookAtCanaries(fleet::CanaryWatch &watch, Newspaper &news, std::stop_token token) {
    for (const fleet::CanaryNews &one : watch.look(token))
        if (one.tick.turnedBack || one.tick.wentOn || one.problem)
            news.tell(one.model, one.sentence(), one.tick.turnedBack || one.tick.wentOn, bool(one.problem));
}

void lookAtAlerts(fleet::AlertWatch &watch, Newspaper &news, std::stop_token token) {
    for (const fleet::AlertNews &one : watch.look(token))
        news.tell(one.model, one.sentence, false, one.problem);
}

Result<void> watch(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    auto lock = FileLock::tryAcquire(fleet::watchLockFile(services->root));
    for (int again = 0; again < 5 && !lock && lock.error().kind == ErrorKind::Conflict; ++again) { // somebody may only look whether it is held
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        lock = FileLock::tryAcquire(fleet::watchLockFile(services->root));
    }
    if (!lock && lock.error().kind == ErrorKind::Conflict)
        return Error{ErrorKind::Conflict, QStringLiteral("Another pilot watch looks after this workspace."), services->workspace.file, QStringLiteral("One is enough; end that one first."), {}};
    PH_ASSIGN(const FileLock held, std::move(lock));
    if (const auto told = fleet::tellWatch(services->root, options.once); !told) // of a full disk: it looks all the same
        context.note(told.error().text());
    if (int(services->workspace.role) < int(workspace::Role::Operator))
        return refused(QStringLiteral("Role %1 may start nothing, so there is nothing to look after.").arg(workspace::roleName(services->workspace.role)), services->workspace.file, QStringLiteral("It needs operator (role: in the workspace file)."));
    Newspaper news(context);
    fleet::RunWatch runs(services);
    fleet::CanaryWatch canaries(services);
    Policies policies(services);
    fleet::AlertWatch alerts(services);
    fleet::WatchBeats beats(services->clock->nowUtc());
    if (options.once) {
        news.keep();
        lookAtRuns(runs, news, context.stop());
        lookAtCanaries(canaries, news, context.stop());
        policies.look(news, context.stop());
        lookAtAlerts(alerts, news, context.stop());
        if (context.stop().stop_requested())
            return cancelled();
        news.answer();
        return {};
    }
    std::unique_ptr<MetricsServer> metrics;
    QJsonObject ready{{Q("workspace"), services->workspace.file}};
    if (options.metrics >= 0) {
        PH_ASSIGN(metrics, MetricsServer::listen(options.address, static_cast<unsigned short>(options.metrics), [services, &beats] { return fleet::watchExposition(*services, beats); }));
        ready.insert(Q("metrics"), int(metrics->port()));
        context.note(QStringLiteral("Figures for Prometheus: http://%1:%2/metrics").arg(QString::fromStdString(options.address)).arg(metrics->port()));
    }
    context.events().emitEvent(QStringLiteral("ready"), ready);
    context.note(QStringLiteral("Looking after %1. Ctrl+C ends it.").arg(services->workspace.name));
    std::mutex mutex;
    std::condition_variable wake;
    bool end = false;
    const std::stop_callback ended(context.stop(), [&] {
        const std::lock_guard guard(mutex);
        end = true;
        wake.notify_all();
    });
    {
        std::optional<LookingThread> ofRuns, ofCanaries;
        if (runs.needed())
            ofRuns.emplace(std::chrono::seconds(fleet::RunWatch::everySeconds), [&](std::stop_token token) { news.during(beats, "runs", *services->clock, [&] { lookAtRuns(runs, news, token); }); });
        if (canaries.needed())
            ofCanaries.emplace(std::chrono::seconds(fleet::CanaryWatch::everySeconds), [&](std::stop_token token) { news.during(beats, "canaries", *services->clock, [&] { lookAtCanaries(canaries, news, token); }); });
        const LookingThread ofPolicies(std::chrono::seconds(60), [&](std::stop_token token) { news.during(beats, "policies", *services->clock, [&] { policies.look(news, token); }); });
        const LookingThread ofAlerts(std::chrono::seconds(fleet::AlertWatch::everySeconds), [&](std::stop_token token) { news.during(beats, "alerts", *services->clock, [&] { lookAtAlerts(alerts, news, token); }); });
        std::unique_lock guard(mutex);
        wake.wait(guard, [&] { return end; });
    }
    return context.stopSignal() != 0 ? cancelled() : Result<void>();
}

Result<void> units(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    if (options.timer > 0 && options.metrics >= 0)
        return invalid(QStringLiteral("What looks once has no figures to be asked for."), QStringLiteral("--metrics"), QStringLiteral("Leave --timer out: a service that runs on tells them."));
    if (options.install && options.metrics == 0)
        return invalid(QStringLiteral("Prometheus must know the port."), QStringLiteral("--metrics 0"), QStringLiteral("Name one, such as --metrics 9464."));
    const WatchUnits made = watchUnits(pilotProgram(), services->workspace.name, QFileInfo(services->workspace.file).absoluteFilePath(), options.timer, options.metrics, QString::fromStdString(options.address));
    if (options.print) {
        QString text = QStringLiteral("# %1/%2.service\n%3").arg(made.folder, made.name, QString::fromUtf8(made.service));
        if (!made.timer.isEmpty())
            text += QStringLiteral("\n# %1/%2.timer\n%3").arg(made.folder, made.name, QString::fromUtf8(made.timer));
        context.answer({{Q("name"), made.name}, {Q("folder"), made.folder}, {Q("service"), QString::fromUtf8(made.service)}, {Q("timer"), QString::fromUtf8(made.timer)}, {Q("enable"), made.enable()}}, text.trimmed());
        return {};
    }
    if (!options.plan)
        context.note(options.install ? QStringLiteral("Start it with: %1").arg(made.enable()) : QStringLiteral("End what still runs with: %1").arg(made.disable()));
    return runAndAnswer(context, *services->operations, options.install ? installUnits(made) : removeUnits(made), options.plan);
}

const Verb verb("watch", "Look after a workspace without a window: schedules, retries, approvals, canaries, policies, alerts", [](CLI::App &app, VerbBody &body) {
    const auto options = std::make_shared<Options>();
    app.add_flag("--once", options->once, "Look once, for a timer");
    auto *print = app.add_flag("--print-unit", options->print, "Print the systemd user unit that runs it");
    auto *install = app.add_flag("--install", options->install, "Write that unit for the person who is logged in")->excludes(print);
    app.add_flag("--uninstall", options->uninstall, "Remove it")->excludes(print)->excludes(install);
    app.add_option("--timer", options->timer, "A timer that looks once every so many minutes, in place of a service that runs on")->check(CLI::Range(1, 59));
    app.add_flag("--plan", options->plan, "Show what would be written, change nothing");
    app.add_option("--metrics", options->metrics, "Port of its own figures for Prometheus, /metrics (0: any free one)")->check(CLI::Range(0, 65535));
    app.add_option("--address", options->address, "Address of --metrics (default: loopback only)");
    app.callback([&body, options] {
        body = [options](Context &context) { return options->print || options->install || options->uninstall ? units(context, *options) : watch(context, *options); };
    });
});

} // namespace
} // namespace pilothouse

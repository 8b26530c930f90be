// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/local_pipelines.h"

#include "core/base/child_process.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/pipelines/all_pipelines.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

namespace pilothouse::pipelines {

namespace {

constexpr qint64 neverStartedSeconds = 60; ///< a run without a process after that was never started
constexpr qint64 takeUpSeconds = 30;       ///< between two processes for one run: what ends one may end the next
constexpr qint64 longestLog = 4 << 20;     ///< of one stage; the end is what is read

QString plainName(const QString &name) {
    static const QRegularExpression other(QStringLiteral("[^A-Za-z0-9_]"));
    return QString(name).replace(other, QStringLiteral("_"));
}

Result<QString> tail(const QString &path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return QString();
    const qint64 skipped = std::max<qint64>(0, file.size() - longestLog);
    file.seek(skipped);
    QByteArray text = file.readAll();
    if (skipped > 0) {
        text.remove(0, text.indexOf('\n') + 1);
        text.prepend(QStringLiteral("(%1 bytes before this are in %2)\n").arg(skipped).arg(path).toUtf8());
    }
    return QString::fromUtf8(text);
}

/// A run that has no living process although it should: what a reader is shown.
RunRecord lost(RunRecord record, const RunFolder &folder, const QString &what) {
    // The last sign of life: the newest file of the run, and never before its newest stage began.
    QDateTime seen = record.run.started;
    for (const QFileInfo &file : QDir(folder.path()).entryInfoList(QDir::Files))
        seen = std::max(seen, file.lastModified().toUTC());
    for (const Stage &stage : record.run.stages)
        seen = stage.started.isValid() ? std::max(seen, stage.started) : seen;
    Error error{ErrorKind::Internal, what, folder.path(), QStringLiteral("Start it again with the parameter resume=%1 to go on from the last checkpoint.").arg(record.run.id),
                tail(folder.processLog()).value_or(QString()).right(4000)};
    endRun(record, State::Failed, seen, std::move(error));
    record.run.systemState = QStringLiteral("process gone");
    return record;
}

double median(std::vector<double> values) {
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/// Medians of passed stages in the runs that began before this one. `runs` newest first.
void fillMedians(std::vector<PipelineRun> &runs) {
    constexpr int lookBack = 20;
    for (std::size_t i = 0; i < runs.size(); ++i)
        for (Stage &stage : runs[i].stages) {
            std::vector<double> seconds;
            for (std::size_t j = i + 1; j < runs.size() && seconds.size() < lookBack; ++j)
                for (const Stage &earlier : runs[j].stages)
                    if (runs[j].pipeline == runs[i].pipeline && earlier.name == stage.name && earlier.state == State::Passed && earlier.ended.isValid())
                        seconds.push_back(double(earlier.started.msecsTo(earlier.ended)) / 1000);
            stage.medianSeconds = median(std::move(seconds));
        }
}

} // namespace

const std::vector<QString> &localStages() {
    static const std::vector<QString> stages{QStringLiteral("train"), QStringLiteral("gate"), QStringLiteral("register"), QStringLiteral("deploy")};
    return stages;
}

LocalPipelines::LocalPipelines(QString folder, workspace::Workspace workspace, Launcher launcher, std::shared_ptr<const Clock> clock)
    : m_folder(std::move(folder)), m_workspace(std::move(workspace)), m_launcher(std::move(launcher)), m_clock(std::move(clock)), m_schedules(m_folder, m_workspace, m_clock) {
    if (!m_launcher)
        m_launcher = [file = m_workspace.file](const QString &run, const QString &logFile) -> Result<qint64> {
            const QString program = pilotProgram();
            if (program.isEmpty())
                return notFound(QStringLiteral("The program `pilot` was not found, which carries out pipelines."), {}, QStringLiteral("Install it beside `pilothouse`, or set PILOTHOUSE_PILOT."));
            return startDetached(program, {QStringLiteral("pipelines"), QStringLiteral("exec"), run, QStringLiteral("--workspace"), file}, logFile);
        };
}

Result<std::shared_ptr<PipelineService>> openLocalPipelines(const QString &folder, const workspace::Workspace &workspace, std::shared_ptr<const Clock> clock) {
    PH_TRY(makeFolder(folder, true));
    return std::shared_ptr<PipelineService>(std::make_shared<LocalPipelines>(folder, workspace, Launcher(), std::move(clock)));
}

void LocalPipelines::watchDeploys(DeployWatcher watcher) {
    const std::lock_guard lock(m_lock);
    m_watcher = std::move(watcher);
}

Result<std::vector<Pipeline>> LocalPipelines::pipelines() const {
    std::vector<Pipeline> list;
    for (const workspace::Model &model : m_workspace.models)
        if (!model.recipe.isEmpty()) {
            Pipeline &pipeline = list.emplace_back();
            pipeline.id = pipeline.name = pipeline.model = model.name;
            pipeline.system = source();
            pipeline.stages = localStages();
        }
    return list;
}

Result<RunFolder> LocalPipelines::folderOf(const QString &run) const {
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_]+-[0-9]+$"));
    const RunFolder folder(m_folder + QLatin1Char('/') + run);
    if (!plain.match(run).hasMatch() || !QFileInfo(folder.path()).isDir())
        return notFound(QStringLiteral("There is no run “%1”.").arg(run), {}, QStringLiteral("pilot pipelines runs lists them."));
    return folder;
}

RunRecord LocalPipelines::settled(const RunFolder &folder, RunRecord record) const {
    const State state = record.run.state;
    if (state == State::Running || state == State::Waiting) {
        if (record.process && lives(*record.process))
            return record;
        if (goesOnElsewhere(record)) {
            auto again = takenUp(folder, false);
            if (again)
                return *std::move(again);
            record.run.systemState = QStringLiteral("not followed: %1").arg(again.error().what);
            return record;
        }
        if (!record.process && record.run.started.secsTo(m_clock->nowUtc()) < neverStartedSeconds)
            return record;
        // It may have written its end between our reading and our look at the process.
        if (auto again = folder.read(); again && again->run.state != state)
            return settled(folder, *std::move(again));
        return lost(record, folder,
                    record.process ? QStringLiteral("The process %1 of this run ended without having written its end: it was killed, the machine went down, or memory ran out.").arg(record.process->pid)
                                   : QStringLiteral("The process of this run was never started: the program that asked for it ended first."));
    }
    if (state != State::Paused)
        return record;
    const QString promotion = record.results.value(QStringLiteral("promotion")).toString();
    DeployWatcher watcher;
    {
        const std::lock_guard lock(m_lock);
        watcher = m_watcher;
    }
    if (!watcher || promotion.isEmpty())
        return record;
    const auto deploy = watcher(promotion);
    if (!deploy || deploy->state == State::Paused)
        return record;
    const auto edit = [&](RunRecord &r) -> Result<void> {
        const QDateTime when = deploy->when.isValid() ? deploy->when : m_clock->nowUtc();
        setStage(r, QStringLiteral("deploy"), deploy->state, when, deploy->note);
        if (hasEnded(deploy->state))
            endRun(r, deploy->state, when, deploy->state == State::Failed ? std::optional(refused(deploy->note, promotion)) : std::nullopt);
        return {};
    };
    if (!hasEnded(deploy->state)) { // on its way: shown, not written
        (void)edit(record);
        return record;
    }
    auto written = folder.update([&](RunRecord &r) -> Result<void> { return r.run.state == State::Paused ? edit(r) : Result<void>(); });
    return written ? *std::move(written) : record;
}

/// A new process for a run whose job is in a cluster; under the lock, so that two readers start one.
Result<RunRecord> LocalPipelines::takenUp(const RunFolder &folder, bool atOnce) const {
    return folder.update([&](RunRecord &r) -> Result<void> {
        if (hasEnded(r.run.state) || r.run.state == State::Paused || (r.process && lives(*r.process)))
            return {};
        const QDateTime now = m_clock->nowUtc(), last = fromIsoUtc(r.results.value(QStringLiteral("taken_up")).toString());
        if (!atOnce && last.isValid() && last <= now && last.secsTo(now) < takeUpSeconds)
            return {};
        r.results.insert(QStringLiteral("taken_up"), isoUtc(now));
        PH_ASSIGN(const qint64 pid, m_launcher(r.run.id, folder.processLog()));
        r.process = markOf(pid);
        return {};
    });
}

Result<PipelineRun> LocalPipelines::read(const RunFolder &folder) const {
    PH_ASSIGN(RunRecord record, folder.read());
    return settled(folder, std::move(record)).run;
}

std::vector<PipelineRun> LocalPipelines::all() const {
    std::vector<PipelineRun> list;
    for (const QString &name : QDir(m_folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const auto folder = folderOf(name);
        if (!folder)
            continue;
        auto run = read(*folder);
        if (!run) { // shown as what it is; one broken file hides no other run
            PipelineRun broken;
            broken.id = name;
            broken.pipeline = name.section(QLatin1Char('-'), 0, 0);
            broken.state = State::Unknown;
            broken.started = QFileInfo(folder->path()).lastModified().toUTC();
            broken.error = run.error();
            list.push_back(std::move(broken));
            continue;
        }
        list.push_back(*std::move(run));
    }
    const auto number = [](const PipelineRun &r) { return r.id.section(QLatin1Char('-'), -1).toLongLong(); };
    std::stable_sort(list.begin(), list.end(), [&](const PipelineRun &a, const PipelineRun &b) {
        return a.started != b.started ? a.started > b.started : number(a) > number(b);
    });
    return list;
}

Result<std::vector<PipelineRun>> LocalPipelines::runs(const QString &pipeline, int limit) const {
    std::vector<PipelineRun> list = all();
    fillMedians(list);
    if (!pipeline.isEmpty())
        std::erase_if(list, [&](const PipelineRun &r) { return r.pipeline != pipeline; });
    if (limit > 0 && list.size() > std::size_t(limit))
        list.resize(std::size_t(limit));
    return list;
}

Result<PipelineRun> LocalPipelines::run(const QString &id) const {
    PH_ASSIGN(const RunFolder folder, folderOf(id));
    PH_ASSIGN(const PipelineRun single, read(folder));
    PH_ASSIGN(const auto list, runs(single.pipeline, 0)); // for the medians
    for (const PipelineRun &r : list)
        if (r.id == id)
            return r;
    return single;
}

Result<QString> LocalPipelines::log(const QString &run, const QString &stage) const {
    PH_ASSIGN(const RunFolder folder, folderOf(run));
    PH_ASSIGN(const RunRecord record, folder.read());
    QString text;
    bool known = stage.isEmpty();
    QStringList names;
    for (const Stage &s : record.run.stages) {
        names << s.name;
        if (!stage.isEmpty() && s.name != stage)
            continue;
        known = true;
        PH_ASSIGN(const QString part, tail(folder.stageLog(s.name)));
        if (!stage.isEmpty()) {
            text += part;
            continue;
        }
        const QStringList lines = part.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        for (const QString &line : lines)
            text += QStringLiteral("[%1] %2\n").arg(s.name, line);
    }
    if (!known)
        return notFound(QStringLiteral("Run %1 has no stage “%2”.").arg(run, stage), {}, QStringLiteral("It has: %1.").arg(names.join(QStringLiteral(", "))));
    if (stage.isEmpty()) {
        PH_ASSIGN(const QString own, tail(folder.processLog()));
        for (const QString &line : own.split(QLatin1Char('\n'), Qt::SkipEmptyParts))
            text += QStringLiteral("[process] %1\n").arg(line);
    }
    return text;
}

Result<void> LocalPipelines::checkParameters(const QString &pipeline, const QJsonObject &parameters) const {
    static const QStringList known{QStringLiteral("decision"), QStringLiteral("deploy"), QStringLiteral("resume")};
    for (const QString &key : parameters.keys())
        if (!known.contains(key))
            return invalid(QStringLiteral("A local pipeline has no parameter “%1”.").arg(key), {}, QStringLiteral("It knows: %1.").arg(known.join(QStringLiteral(", "))));
    if (const QJsonValue deploy = parameters.value(QStringLiteral("deploy")); !deploy.isUndefined() && !deploy.isBool())
        return invalid(QStringLiteral("The parameter “deploy” must be true or false."));
    const QString resume = parameters.value(QStringLiteral("resume")).toString();
    if (resume.isEmpty())
        return {};
    PH_ASSIGN(const PipelineRun earlier, run(resume));
    if (earlier.pipeline != pipeline || !hasEnded(earlier.state))
        return invalid(QStringLiteral("The parameter “resume” must name an ended run of %1; %2 is %3 of %4.").arg(pipeline, resume, stateName(earlier.state), earlier.pipeline));
    return {};
}

/// A stage's log by its bytes. That of a whole run is put together anew out of its stages': it is given again as a whole when there is more of it.
Result<LogPiece> LocalPipelines::readLog(const LogFrom &from, std::stop_token) const {
    PH_ASSIGN(const RunFolder folder, folderOf(from.run));
    PH_ASSIGN(const RunRecord record, folder.read());
    LogPiece piece;
    piece.end = hasEnded(record.run.state);
    if (from.stage.isEmpty()) {
        PH_ASSIGN(const QString text, log(from.run));
        piece.bytes = text.toUtf8();
        piece.next = QString::number(piece.bytes.size());
        piece.anew = !from.next.isEmpty() && from.next != piece.next;
        if (from.next == piece.next)
            piece.bytes.clear();
        return piece;
    }
    const auto stage = std::find_if(record.run.stages.begin(), record.run.stages.end(), [&](const Stage &s) { return s.name == from.stage; });
    if (stage == record.run.stages.end())
        return notFound(QStringLiteral("Run %1 has no stage “%2”.").arg(from.run, from.stage));
    piece.end = piece.end || hasEnded(stage->state);
    QFile file(folder.stageLog(from.stage));
    if (!file.open(QIODevice::ReadOnly)) {
        piece.next = QStringLiteral("0");
        return piece;
    }
    qint64 at = from.next.toLongLong();
    piece.anew = at > file.size();
    if (piece.anew)
        at = 0;
    if (from.next.isEmpty() && from.lastBytes > 0)
        at = piece.skipped = std::max<qint64>(0, file.size() - from.lastBytes);
    file.seek(at);
    piece.bytes = file.read(longestLog);
    piece.next = QString::number(at + piece.bytes.size());
    piece.end = piece.end && file.atEnd();
    return piece;
}

Result<QString> LocalPipelines::startRun(const StartRequest &request) {
    const auto &[pipeline, parameters, ref, by, reason, refIfOffered] = request;
    const workspace::Model *model = m_workspace.model(pipeline);
    if (!model || model->recipe.isEmpty())
        return notFound(QStringLiteral("There is no pipeline “%1”.").arg(pipeline), m_workspace.file,
                        model ? QStringLiteral("Give the model a recipe to have one.") : QStringLiteral("pilot pipelines list shows them."));
    PH_TRY(checkParameters(pipeline, parameters));
    PH_TRY(makeFolder(m_folder, true));
    PH_ASSIGN(const FileLock lock, FileLock::acquire(m_folder + QStringLiteral("/start.lock")));
    qint64 number = 0;
    for (const PipelineRun &r : all()) {
        if (r.pipeline == pipeline && (r.state == State::Running || r.state == State::Waiting))
            return Error{ErrorKind::Conflict, QStringLiteral("Run %1 of %2 is still %3.").arg(r.id, pipeline, stateName(r.state)), {},
                         QStringLiteral("Wait for it, or end it: pilot pipelines cancel %1.").arg(r.id), {}};
        if (r.id.section(QLatin1Char('-'), 0, -2) == plainName(pipeline))
            number = std::max(number, r.id.section(QLatin1Char('-'), -1).toLongLong());
    }
    RunRecord record;
    PipelineRun &run = record.run;
    run.id = QStringLiteral("%1-%2").arg(plainName(pipeline)).arg(number + 1);
    run.pipeline = run.model = pipeline;
    run.startedBy = by;
    run.reason = reason;
    run.started = m_clock->nowUtc();
    run.parameters = parameters;
    for (const QString &stage : localStages())
        run.stages.emplace_back(stage);
    const RunFolder folder(m_folder + QLatin1Char('/') + run.id);
    PH_TRY(folder.create(record));
    const auto pid = m_launcher(run.id, folder.processLog());
    if (!pid) {
        PH_TRY(folder.update([&](RunRecord &r) -> Result<void> {
            endRun(r, State::Failed, m_clock->nowUtc(), pid.error());
            return {};
        }));
        return pid.error();
    }
    // The process writes its own mark too; whoever is first. One that has already ended has written its end.
    PH_TRY(folder.update([&](RunRecord &r) -> Result<void> {
        if (!hasEnded(r.run.state) && r.run.state != State::Paused && !r.process)
            r.process = markOf(*pid).value_or(ProcessMark{*pid, QStringLiteral("gone")});
        return {};
    }));
    return run.id;
}

/// Its process deletes the job and writes the end; one that has none gets one for that.
Result<void> LocalPipelines::cancelElsewhere(const RunFolder &folder) const {
    PH_ASSIGN(RunRecord record, folder.read());
    if (record.process && lives(*record.process))
        ::kill(pid_t(record.process->pid), SIGTERM);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(m_stopLimitSeconds);
    int started = 0;
    while (!hasEnded(record.run.state) && std::chrono::steady_clock::now() < limit) {
        if ((!record.process || !lives(*record.process)) && started < 3) { // also one that the signal met before it could take it
            PH_TRY(takenUp(folder, true));
            ++started;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        PH_ASSIGN(record, folder.read());
    }
    if (!hasEnded(record.run.state))
        return Error{ErrorKind::TimedOut, QStringLiteral("Run %1 is being cancelled, but its job in the cluster is not deleted yet.").arg(record.run.id), folder.path(),
                     QStringLiteral("It is tried on as long as the run is looked at: pilot pipelines show %1.").arg(record.run.id), {}};
    if (record.run.state == State::Failed && record.run.error)
        return *record.run.error;
    return {};
}

Result<void> LocalPipelines::cancel(const QString &id) {
    PH_ASSIGN(const RunFolder folder, folderOf(id));
    PH_ASSIGN(RunRecord record, folder.read());
    if (!hasEnded(record.run.state) && record.run.state != State::Paused) { // written first: a job that is about to be made in a cluster is not left behind
        PH_ASSIGN(record, folder.update([](RunRecord &r) -> Result<void> {
            r.results.insert(QStringLiteral("cancel"), true);
            return {};
        }));
        if (goesOnElsewhere(record) && !hasEnded(record.run.state))
            return cancelElsewhere(folder);
    }
    record = settled(folder, std::move(record));
    if (hasEnded(record.run.state))
        return Error{ErrorKind::Conflict, QStringLiteral("Run %1 has ended already: %2.").arg(id, stateName(record.run.state)), {}, {}, {}};
    const auto process = record.process;
    const auto alive = [&] { return process && lives(*process); };
    if (alive()) {
        ::kill(pid_t(process->pid), SIGTERM);
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(m_stopLimitSeconds);
        while (alive() && std::chrono::steady_clock::now() < limit)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (alive())
            ::kill(pid_t(process->pid), SIGKILL);
    }
    PH_TRY(folder.update([&](RunRecord &r) -> Result<void> {
        if (!hasEnded(r.run.state))
            endRun(r, State::Cancelled, m_clock->nowUtc());
        return {};
    }));
    return {};
}

LocalPipelines *localPart(PipelineService &service) {
    const auto *all = dynamic_cast<const AllPipelines *>(&service);
    return dynamic_cast<LocalPipelines *>(all ? all->local().get() : &service);
}

} // namespace pilothouse::pipelines

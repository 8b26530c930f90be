// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/pipelines/local_schedules.h"
#include "core/pipelines/own_gates.h"
#include "core/pipelines/pipeline_service.h"
#include "core/pipelines/run_record.h"
#include "core/workspace/workspace.h"

#include <functional>
#include <memory>
#include <mutex>

namespace pilothouse::pipelines {

/// The stages of a recipe's pipeline, in order: train, gate, register, deploy.
const std::vector<QString> &localStages();

/// How the process that carries out a run is started; gives its pid. The default is `pilot pipelines exec RUN`, detached, so
/// that a run goes on when the console closes; its output goes to `logFile`.
using Launcher = std::function<Result<qint64>(const QString &run, const QString &logFile)>;

/// How it stands with the promotion that a paused deploy stage waits for: Paused (pending), Running, Passed, Failed, with a
/// sentence. core/promotion stands above this area, so it is handed in.
struct DeployState {
    State state = State::Paused;
    QString note;
    QDateTime when; ///< of the decision; invalid: now
};
using DeployWatcher = std::function<Result<DeployState>(const QString &promotion)>;

/// Pipelines of this machine: one per workspace model with a recipe, named like the model. A run is a folder
/// `<folder>/<run>/` that holds run.json (its whole state, replaced atomically), one log a stage, and exec.log (what the
/// process itself said). Nothing is kept in memory: any program sees the same runs. A run whose process is gone without
/// having written its end is shown as failed, with the sentence why; one that trains in a cluster is taken up by a new process, whoever reads it first
/// (goesOnElsewhere()): its job is there still, or its end. While its deploy stage waits for an approval a run has no
/// process; what became of the promotion is asked at each reading and written down once it is decided. Any thread.
class LocalPipelines final : public PipelineService {
public:
    LocalPipelines(QString folder, workspace::Workspace workspace, Launcher launcher = {}, std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>());

    QString source() const override { return QStringLiteral("local"); }
    Result<std::vector<Pipeline>> pipelines() const override;
    Result<std::vector<PipelineRun>> runs(const QString &pipeline, int limit = 50) const override;
    Result<PipelineRun> run(const QString &id) const override;
    Result<QString> log(const QString &run, const QString &stage = {}) const override; ///< of a long stage its last 4 MB
    Result<LogPiece> readLog(const LogFrom &from, std::stop_token token = {}) const override;
    /// Conflict while a run of the same pipeline is waiting or running. Invalid for an unknown parameter; known ones:
    /// resume (an ended run of this pipeline whose training goes on from its checkpoint), deploy (false: stop after
    /// registering), decision (the retrain decision it belongs to).
    Result<QString> startRun(const StartRequest &request) override;
    /// Asks the run's process to stop (SIGTERM; a training checkpoints) and waits until it has written its end, with a limit,
    /// then by force. One that trains in a cluster ends when its job is deleted there (TimedOut if the cluster does not answer in time). A run that waits for an approval has no process and ends at once. Conflict if the run has ended.
    Result<void> cancel(const QString &run) override;

    Capabilities can() const override;
    /// What waits for an approval of ours (own_gates.h).
    Result<std::vector<Gate>> gates(const QString &run = {}) const override;
    Result<void> answer(const Gate &gate, const GateAnswer &answer) override;
    Result<GateState> gateState(const Gate &gate) const override;
    void setOwnGates(std::shared_ptr<OwnGates> gates);
    Result<std::vector<Schedule>> schedules() const override;
    Result<void> switchSchedule(const QString &id, bool on) override;
    const LocalSchedules &ownSchedules() const { return m_schedules; }

    /// Without one, a paused deploy stage stays paused.
    void watchDeploys(DeployWatcher watcher);
    Result<RunFolder> folderOf(const QString &run) const; ///< NotFound if there is no such run
    void setStopLimit(int seconds) { m_stopLimitSeconds = seconds; }

private:
    Result<PipelineRun> read(const RunFolder &folder) const;
    RunRecord settled(const RunFolder &folder, RunRecord record) const;
    Result<RunRecord> takenUp(const RunFolder &folder, bool atOnce) const;
    Result<void> cancelElsewhere(const RunFolder &folder) const;
    std::vector<PipelineRun> all() const;
    Result<void> checkParameters(const QString &pipeline, const QJsonObject &parameters) const;
    QString m_folder;
    workspace::Workspace m_workspace;
    Launcher m_launcher;
    std::shared_ptr<const Clock> m_clock;
    LocalSchedules m_schedules;
    std::shared_ptr<OwnGates> ownGates() const;
    mutable std::mutex m_lock; ///< of the watcher and the gates
    DeployWatcher m_watcher;
    std::shared_ptr<OwnGates> m_gates;
    int m_stopLimitSeconds = 30;
};

/// The part of this machine: of AllPipelines its local(), of others themselves. Null: it has none.
LocalPipelines *localPart(PipelineService &service);

/// As the programs use it: `pilot pipelines exec` of this installation, with the workspace's file.
Result<std::shared_ptr<PipelineService>> openLocalPipelines(const QString &folder, const workspace::Workspace &workspace, std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>());

} // namespace pilothouse::pipelines

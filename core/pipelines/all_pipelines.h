// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"

#include <memory>

namespace pilothouse::pipelines {

/// Several systems as one. Ids of runs, pipelines and schedules of a connection are "CONNECTION:ID of the system" here; those of this machine stay as they are.
/// A system that fails costs its own part: lists give what the others have (who shows them asks each of others() by itself, in its own time).
class AllPipelines final : public PipelineService {
public:
    AllPipelines(std::shared_ptr<PipelineService> local, std::vector<std::shared_ptr<PipelineService>> others);

    QString source() const override { return QStringLiteral("all"); }
    Result<std::vector<Pipeline>> pipelines() const override;
    Result<std::vector<PipelineRun>> runs(const QString &pipeline, int limit = 50) const override;
    Result<PipelineRun> run(const QString &id) const override;
    Result<QString> log(const QString &run, const QString &stage = {}) const override;
    Result<LogPiece> readLog(const LogFrom &from, std::stop_token token = {}) const override;
    Result<StartForm> form(const QString &pipeline) const override;
    Result<QString> startRun(const StartRequest &request) override;
    Result<void> cancel(const QString &run) override;
    Result<void> cancelByForce(const QString &run) override;
    Result<QString> rerun(const QString &run, bool onlyFailed) override;
    Result<std::vector<Gate>> gates(const QString &run = {}) const override;
    Result<void> answer(const Gate &gate, const GateAnswer &answer) override;
    Result<GateState> gateState(const Gate &gate) const override;
    Result<std::vector<Schedule>> schedules() const override;
    Result<void> switchSchedule(const QString &id, bool on) override;
    Result<QString> createSchedule(const ScheduleRequest &request) override;
    Result<void> removeSchedule(const QString &id) override;
    Result<std::vector<Output>> outputs(const QString &run) const override;
    Result<void> download(const QString &run, const Output &output, const QString &file, std::stop_token token = {}) const override;
    Result<std::vector<Notice>> notices() const override;

    const std::shared_ptr<PipelineService> &local() const { return m_local; }
    const std::vector<std::shared_ptr<PipelineService>> &others() const { return m_others; }
    /// The system of an id, and the id there. NotFound: no such connection.
    Result<std::pair<std::shared_ptr<PipelineService>, QString>> whose(const QString &id) const;
    /// "CONNECTION:ID"; of the local one the id itself.
    static QString joinedId(const PipelineService &service, const QString &id);
    /// What a system alone has, with the ids that it has here: for who asks each in its own time.
    static Result<std::vector<Pipeline>> joinedPipelines(const PipelineService &service);
    static Result<std::vector<PipelineRun>> joinedRuns(const PipelineService &service, const QString &pipeline, int limit); ///< pipeline: as there
    static Result<PipelineRun> joinedRun(const PipelineService &service, const QString &id);                               ///< id: as it is here
    static Result<std::vector<Gate>> joinedGates(const PipelineService &service, const QString &run = {});                 ///< run: as there
    static Result<std::vector<Schedule>> joinedSchedules(const PipelineService &service);
    static Result<std::vector<Notice>> joinedNotices(const PipelineService &service);
    static bool newerFirst(const PipelineRun &a, const PipelineRun &b); ///< those that have not begun before the others

private:
    std::shared_ptr<PipelineService> m_local;
    std::vector<std::shared_ptr<PipelineService>> m_others;
};

} // namespace pilothouse::pipelines

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/kubeflow_api.h"
#include "core/pipelines/kubeflow_runs.h"

#include <algorithm>

namespace pilothouse::pipelines {

/// Kubeflow Pipelines. A pipeline's id is its name (names are unique in a namespace), a run's is its own. Logs come from the pods, through PipelineConnection::podLog.
/// Steps that wait for a person have no call in its API: a PAUSED run is shown, and answered there.
class KubeflowPipelines final : public PipelineService {
public:
    explicit KubeflowPipelines(PipelineConnection connection);
    QString source() const override { return m_api.at().connection.name; }
    QString system() const override { return QStringLiteral("kubeflow"); }
    Capabilities can() const override;
    int pollSeconds() const override { return std::max(PipelineService::pollSeconds(), m_api.restSeconds()); }
    Result<std::vector<Pipeline>> pipelines() const override;
    Result<std::vector<PipelineRun>> runs(const QString &pipeline, int limit = 50) const override;
    Result<PipelineRun> run(const QString &id) const override;
    Result<LogPiece> readLog(const LogFrom &from, std::stop_token token = {}) const override;
    Result<StartForm> form(const QString &pipeline) const override;
    Result<QString> startRun(const StartRequest &request) override;
    Result<void> cancel(const QString &run) override;
    Result<QString> rerun(const QString &run, bool onlyFailed) override;
    Result<std::vector<Schedule>> schedules() const override;
    Result<void> switchSchedule(const QString &id, bool on) override;
    Result<QString> createSchedule(const ScheduleRequest &request) override;
    Result<void> removeSchedule(const QString &id) override;
    Result<std::vector<Output>> outputs(const QString &run) const override;
    Result<void> download(const QString &run, const Output &output, const QString &file, std::stop_token token = {}) const override;

    /// A compiled pipeline (YAML): a new pipeline of this name, or a new version where there is one already. Gives the version's id. Refused: pods could not be made of its name.
    Result<QString> uploadPipeline(const QString &name, const QString &version, const QString &fileName, const QByteArray &bytes) override;
    /// Its id; made where it is missing. `name` may be an id already; "" = the connection's, else the server's default.
    Result<QString> experiment(const QString &name);

private:
    struct Version {
        QString pipeline, id, name;
        QJsonObject json;
    };
    Result<QString> pipelineId(const QString &name, bool anew = false) const; ///< of a name or an id; anew: for a write, which must not go to one that was deleted meanwhile
    Result<std::vector<Version>> versions(const QString &pipelineId, int limit) const; ///< newest first
    Result<Version> version(const QString &pipeline, const QString &ref) const;
    Result<std::vector<Parameter>> parametersOf(const Version &version) const;
    Result<QJsonObject> rawRun(const QString &id, QJsonObject *workflow = nullptr) const;
    Result<void> readNames() const;
    Result<PipelineRun> shaped(PipelineRun run) const;
    Result<QString> nameOf(const QString &pipelineId) const;
    Result<QStringList> podsOf(const QString &run, const QString &stage, bool &ended, bool &loop) const;
    Result<LogPiece> stageLog(const LogFrom &from, std::stop_token token) const;
    Result<LogPiece> wholeLog(const LogFrom &from, std::stop_token token) const;
    Schedule scheduleOf(const QJsonObject &json, bool old) const;
    KubeflowApi m_api;
    mutable std::mutex m_mutex;
    mutable QMap<QString, QString> m_names; ///< id → name, also of those that were deleted since: runs of theirs are still there
    mutable QMap<QString, QString> m_ids;   ///< name → id of those that are there
};

Result<std::shared_ptr<PipelineService>> openKubeflow(PipelineConnection connection);

} // namespace pilothouse::pipelines

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/azureml_words.h"
#include "core/pipelines/pipeline_connection.h"

namespace pilothouse::pipelines {

/// Jobs of an Azure ML workspace: a pipeline is an experiment, a run a job. Started by cloning the last good job of the experiment with other inputs. Logs and times come from the
/// workspace's run history service, metrics from its MLflow address, both with the same directory token.
class AzurePipelines final : public PipelineService {
public:
    AzurePipelines(PipelineConnection connection, AzurePlace place);
    QString source() const override { return m_at.connection.name; }
    QString system() const override { return QStringLiteral("azureml"); }
    Capabilities can() const override;
    int pollSeconds() const override { return 20; }
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
    Result<std::vector<Output>> outputs(const QString &run) const override;
    Result<void> download(const QString &run, const Output &output, const QString &file, std::stop_token token = {}) const override;

private:
    Result<QJsonObject> call(const QByteArray &method, const QString &url, const QJsonObject &body = {}, std::stop_token token = {}) const;
    QString arm(const QString &path, const QString &query = {}) const;     ///< "/jobs/NAME" of the workspace
    QString service(const QString &name, const QString &path) const;       ///< "history/v1.0" and a path behind the workspace
    QString ofRun(const QString &experiment, const QString &run, const char *what) const;
    Result<std::vector<QJsonObject>> jobs(const QString &experiment, int limit) const;
    Result<QJsonObject> lastGood(const QString &experiment) const;
    Result<QString> cloned(const QJsonObject &job, const QJsonObject &inputs, const QString &said);
    PipelineRun shaped(const QJsonObject &job) const;
    Result<std::vector<Stage>> stagesOf(const QJsonObject &job, const PipelineRun &run) const;
    QString computeNote(const QJsonObject &job) const;
    void addMetrics(PipelineRun &run) const;
    PipelineConnection m_at;
    AzurePlace m_place;
};

Result<std::shared_ptr<PipelineService>> openAzureMl(PipelineConnection connection);

} // namespace pilothouse::pipelines

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/asked_rest.h"
#include "core/pipelines/azureml_blobs.h"
#include "core/pipelines/azureml_submission.h"
#include "core/pipelines/azureml_words.h"
#include "core/pipelines/pipeline_connection.h"

#include <mutex>

namespace pilothouse::pipelines {

/// Jobs of an Azure ML workspace: a pipeline is an experiment, a run a job. Started by cloning the last good job of the experiment with other inputs. Logs and times come from the
/// workspace's run history service, metrics from its MLflow address, both with the same directory token.
class AzurePipelines final : public PipelineService {
public:
    AzurePipelines(PipelineConnection connection, AzurePlace place);
    QString source() const override { return m_at.connection.name; }
    QString system() const override { return QStringLiteral("azureml"); }
    Capabilities can() const override;
    int pollSeconds() const override { return std::max(20, m_rest.seconds(m_at.clock->nowUtc())); }
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

    /// A job file of the project, checked here and against the workspace: what it names is there. The code is read and digested. Nothing is sent. NotFound: an asset or the cluster is not there.
    Result<AzureSubmission> submission(const QString &file, const QJsonObject &inputs) const;
    Result<bool> hasCode(const AzureSubmission &of) const;                             ///< the workspace has the same code already
    Result<void> sendCode(const AzureSubmission &of, std::stop_token token = {}) const; ///< to the container that the workspace gives for it, then the code asset
    Result<void> sendJob(const AzureSubmission &of);                                    ///< PUT under its name: sent once

private:
    Result<QJsonObject> call(const QByteArray &method, const QString &url, const QJsonObject &body = {}, std::stop_token token = {}) const;
    QString arm(const QString &path, const QString &query = {}) const;     ///< "/jobs/NAME" of the workspace
    QString service(const QString &name, const QString &path) const;       ///< "history/v1.0" and a path behind the workspace
    QString ofRun(const QString &experiment, const QString &run, const char *what) const;
    struct Jobs {
        std::vector<QJsonObject> jobs; ///< newest first
        QString next;                  ///< where the list goes on; empty: this is all
        QDateTime since;               ///< when it was begun anew
        int pages = 0;
    };
    Result<std::vector<QJsonObject>> jobs(const QString &experiment, int limit) const;
    Result<QString> page(const QString &url, std::vector<QJsonObject> &into) const;
    Result<void> refresh() const; ///< m_known: with m_mutex held
    Result<AzureContainer> containerOf(const QString &datastore, std::stop_token token) const;
    Result<QString> assetId(const char *kind, const QString &written) const;
    static QString of(const char *kind); ///< "environments" → "environment"
    Result<QJsonObject> lastGood(const QString &experiment) const;
    Result<QString> cloned(const QJsonObject &job, const QJsonObject &inputs, const QString &said);
    PipelineRun shaped(const QJsonObject &job) const;
    Result<std::vector<Stage>> stagesOf(const QJsonObject &job, const PipelineRun &run) const;
    QString computeNote(const QJsonObject &job) const;
    void addMetrics(PipelineRun &run) const;
    PipelineConnection m_at;
    AzurePlace m_place;
    mutable AskedRest m_rest;
    mutable std::mutex m_mutex;
    mutable Jobs m_known;
};

Result<std::shared_ptr<PipelineService>> openAzureMl(PipelineConnection connection);

} // namespace pilothouse::pipelines

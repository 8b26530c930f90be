// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/jenkins_api.h"
#include "core/pipelines/jenkins_cron.h"
#include "core/pipelines/jenkins_values.h"

#include <QHash>
#include <QSet>

#include <mutex>

namespace pilothouse::pipelines {

/// A Jenkins. Stages come from the stage view's plugin (wfapi) or the graph view's; with neither of them runs have none, and say so.
/// Ids of runs: "folder/job#42", of an item of the queue "folder/job?queue=17", which stays valid after the build began.
class JenkinsPipelines final : public PipelineService {
public:
    explicit JenkinsPipelines(PipelineConnection connection);

    QString source() const override { return m_c.connection.name; }
    QString system() const override { return QStringLiteral("jenkins"); }
    Capabilities can() const override;
    int pollSeconds() const override;

    Result<std::vector<Pipeline>> pipelines() const override;
    Result<std::vector<PipelineRun>> runs(const QString &pipeline, int limit = 50) const override;
    Result<PipelineRun> run(const QString &id) const override;
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
    Result<std::vector<Output>> outputs(const QString &run) const override;
    Result<void> download(const QString &run, const Output &output, const QString &file, std::stop_token token = {}) const override;
    Result<std::vector<Notice>> notices() const override;

private:
    /// What is known of a job since it was read last.
    struct Job {
        QString name, kind, problem;
        bool multibranch = false; ///< its parent is
        std::vector<Parameter> parameters;
        std::vector<PipelineRun> runs;
        QString stagesOf;          ///< newest run and its state, of which the stages were read
        std::vector<PipelineRun> staged; ///< newest runs with their stages
    };
    /// What a job's configuration says.
    struct Cron {
        QString spec, note, script;
        bool off = false;
        QDateTime read;
    };

    Result<JenkinsId> idOf(const QString &id) const;
    QString buildPath(const JenkinsId &id) const { return JenkinsApi::jobPath(id.job) + QStringLiteral("/%1").arg(id.number); }
    bool listed(const QString &job) const;
    QStringList wanted() const; ///< the jobs that the connection names
    Result<std::vector<Job>> readJobs(const QString &fields, std::stop_token token = {}) const;
    /// Whose stages are read with a list of all: those that the workspace names, and of what lies in them (branches) the 20 that ran last.
    QStringList stagedJobs(const std::vector<Job> &jobs) const;
    void addJobs(std::vector<Job> &all, const QJsonArray &jobs, const QString &prefix, bool multibranch) const;
    Result<std::vector<PipelineRun>> queued(const QString &pipeline) const;
    Result<std::vector<PipelineRun>> withQueue(const QString &pipeline, std::vector<PipelineRun> runs) const;
    void finish(PipelineRun &run) const;
    void addStages(std::vector<PipelineRun> &runs, const QString &job) const; ///< of a job's newest runs, by one call
    Result<void> addLive(PipelineRun &run) const;
    Result<void> addStages(PipelineRun &run) const;
    void addAttempts(PipelineRun &run) const;
    void addImages(PipelineRun &run) const;
    void addCoverage(PipelineRun &run) const;
    Result<PipelineRun> item(const JenkinsId &id) const;

    /// Nothing: the server has no such plugin.
    Result<std::optional<QJsonValue>> plugin(const QString &what, const QString &job, const QString &path, std::stop_token token = {}) const;
    Result<std::optional<QJsonValue>> stageView(const QString &job, const QString &path, std::stop_token token = {}) const { return plugin(QStringLiteral("wfapi"), job, path, token); }
    Result<std::optional<QJsonObject>> graphView(const JenkinsId &id, const QString &page, std::stop_token token = {}) const; ///< "data" of its reply

    Result<std::vector<Gate>> gatesOf(const JenkinsId &id) const;
    Result<std::vector<Gate>> inputsOf(const JenkinsId &id) const;
    void addAllowed(Gate &gate, const JenkinsId &id) const;
    Result<QString> tail(const JenkinsId &id, qint64 bytes) const;
    Result<JenkinsForm> inputForm(const Gate &gate, const GateAnswer &answer) const;
    Result<QString> parameterText(const Parameter &parameter, const QJsonValue &value) const;

    Result<LogPiece> progressive(const QString &path, const LogFrom &from, std::stop_token token) const;
    /// The steps whose logs make up that of a stage: its own, and below their names those of what is in it.
    struct StageSteps {
        std::vector<std::pair<QString, QStringList>> sections;
        bool running = false;
    };
    Result<std::optional<StageSteps>> stepsOfTree(const JenkinsId &id, const QString &stage, std::stop_token token) const; ///< nullopt: Pipeline Graph View is not there, or does not know it
    Result<StageSteps> stepsOfView(const JenkinsId &id, const QString &stage, std::stop_token token) const;
    Result<LogPiece> stageLog(const JenkinsId &id, const LogFrom &from, std::stop_token token) const;
    Result<LogPiece> nodeLog(const QString &build, const QString &node, std::stop_token token) const;
    Result<Cron> cronOf(const QString &job) const;
    std::optional<Schedule> scheduleOf(const Job &job, const Cron &cron) const;
    Result<Job> jobOf(const QString &name, const QString &builds = {}) const;

    PipelineConnection m_c;
    JenkinsApi m_api;
    mutable std::mutex m_lock;
    mutable QHash<QString, Job> m_jobs;                      ///< of what was read last, by full name
    mutable QHash<QString, Cron> m_crons;
    mutable QHash<QString, QString> m_became;                ///< id of an item of the queue → of its build
    mutable QSet<QString> m_merged;                          ///< items that another start had made
    mutable QHash<QString, QMap<QString, QString>> m_images; ///< of runs that have ended
    mutable QHash<QString, std::optional<double>> m_coverage;
    mutable QHash<QString, GateState> m_answers;             ///< answers of ours, by run and gate
    mutable QHash<QString, QString> m_inputSteps;            ///< where a run waited at several inputs at once: the node of the step of each, by run and gate
    mutable QHash<QString, QDateTime> m_absent;              ///< pages of plugins that a job does not have, asked again after a while: plugins come and go
    mutable QString m_graphPage;                             ///< "stages", in older ones "pipeline-overview"
    mutable QString m_me;
    mutable QStringList m_myGroups;
    mutable bool m_meKnown = false;
};

} // namespace pilothouse::pipelines

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/github_api.h"
#include "core/pipelines/github_runs.h"

#include <QTemporaryDir>

namespace pilothouse::pipelines {

/// GitHub Actions of one repository or several (`owner`, `repo`: "api", "team/api", several by comma; `jobs`: only these workflow files). A pipeline is a workflow file ("deploy.yml"), a run has
/// GitHub's number of it; of several repositories "owner/name/" stands before both.
class GitHubPipelines final : public PipelineService {
public:
    GitHubPipelines(PipelineConnection connection, std::vector<GitHubRepository> repositories);

    QString source() const override { return m_api.connection().connection.name; }
    QString system() const override { return QStringLiteral("github"); }
    Capabilities can() const override;
    int pollSeconds() const override;
    Result<std::vector<Pipeline>> pipelines() const override;
    Result<std::vector<PipelineRun>> runs(const QString &pipeline, int limit = 50) const override;
    Result<PipelineRun> run(const QString &id) const override;
    Result<LogPiece> readLog(const LogFrom &from, std::stop_token token = {}) const override;
    Result<StartForm> form(const QString &pipeline) const override;
    /// A dispatch. Where GitHub does not say which run came of it (204): "dispatch:…", which stays valid; `became` says the run as soon as it is there.
    Result<QString> startRun(const StartRequest &request) override;
    Result<void> cancel(const QString &run) override;
    Result<void> cancelByForce(const QString &run) override;
    Result<QString> rerun(const QString &run, bool onlyFailed) override;
    Result<std::vector<Gate>> gates(const QString &run = {}) const override;
    Result<void> answer(const Gate &gate, const GateAnswer &answer) override;
    Result<GateState> gateState(const Gate &gate) const override;
    Result<std::vector<Schedule>> schedules() const override;
    Result<void> switchSchedule(const QString &id, bool on) override;
    Result<std::vector<Output>> outputs(const QString &run) const override;
    Result<void> download(const QString &run, const Output &output, const QString &file, std::stop_token token = {}) const override;
    Result<std::vector<Notice>> notices() const override;

    GitHubApi &api() const { return m_api; }
    const std::vector<GitHubRepository> &repositories() const { return m_repositories; }

private:
    struct Place {
        GitHubRepository repository;
        QString id; ///< of the run, or the workflow's file
        QString path(const QString &rest) const { return QStringLiteral("/repos/%1/%2").arg(repository.full(), rest); }
    };
    struct Dispatch; ///< what a "dispatch:…" says
    struct Workflow {
        GitHubRepository repository;
        QString file, name, path, state, link;
        qint64 id = 0;
    };
    using FilePointer = std::shared_ptr<const WorkflowFile>;

    Result<Place> placeOf(const QString &id) const;
    QString joined(const GitHubRepository &repository, const QString &id) const { return m_repositories.size() == 1 ? id : repository.full() + QLatin1Char('/') + id; }
    bool isWanted(const GitHubRepository &repository, const QString &file) const;
    PipelineRun finished(PipelineRun run, const GitHubRepository &repository) const;
    Result<std::vector<PipelineRun>> runsOf(const GitHubRepository &repository, const QString &file, int limit) const;
    Result<std::vector<Workflow>> workflows(const GitHubRepository &repository) const;
    Result<QString> usualBranch(const GitHubRepository &repository) const;
    /// The workflow's file at a commit (kept for ever), or at a branch (asked again after a while). Errors where contents may not be read.
    Result<FilePointer> fileAt(const GitHubRepository &repository, const QString &path, const QString &ref, bool isCommit) const;
    Result<QJsonArray> jobsOf(const Place &place, int attempt) const;
    Result<PipelineRun> dispatched(const QString &id) const;
    /// Of a run, also where its id is that of the dispatch. Conflict: GitHub has not made it yet.
    Result<Place> runPlace(const QString &run) const;
    Result<std::optional<PipelineRun>> matching(const Dispatch &dispatch) const;
    Result<QString> logFile(const Place &place, const QString &job, std::stop_token token) const;
    Result<LogPiece> pieceOf(const QString &file, const LogFrom &from) const;
    Result<LogPiece> wholeLog(const Place &place, const LogFrom &from, std::stop_token token) const;
    void addFigures(const Place &place, const QJsonArray &jobs, PipelineRun &run) const;
    QString figuresFile(const QString &repository, const QString &run, int attempt) const;
    Result<std::vector<Gate>> gatesOf(const PipelineRun &run) const;
    Result<std::vector<PipelineRun>> waitingRuns(const GitHubRepository &repository) const;
    QString selfReview(const Place &place, const PipelineRun &run, const QStringList &environments) const;
    QString me() const;
    Result<void> act(const QString &run, const char *what) const;
    void notice(const GitHubRepository &repository, const std::vector<PipelineRun> &runs) const;
    void noticeCommit(const GitHubRepository &repository, const std::vector<PipelineRun> &runs) const;
    void noticeSelf(const GitHubRepository &repository) const;
    QString folder() const;

    mutable GitHubApi m_api;
    std::vector<GitHubRepository> m_repositories;
    QStringList m_jobs; ///< the connection's own; empty: all
    std::unique_ptr<QTemporaryDir> m_place; ///< where the connection has no folder
    mutable std::mutex m_lock; ///< of what follows
    mutable QHash<QString, std::pair<GitHubReplyPointer, std::vector<PipelineRun>>> m_lists; ///< read once for each reply
    mutable QHash<QString, std::pair<QDateTime, FilePointer>> m_files;
    mutable QHash<QString, GitHubReplyPointer> m_latest; ///< repository → its last list, for notices
    mutable QMap<QString, Notice> m_notices;
    mutable QHash<QString, QDateTime> m_tips; ///< repository and commit → when it was first seen at the branch's end
    mutable QHash<QString, std::pair<GitHubReplyPointer, QDateTime>> m_noticed; ///< repository → the list and when its branch was looked at
    mutable bool m_active = false;
};

/// Invalid: no repository is named; the token would travel in the open. Nothing is asked.
Result<std::shared_ptr<PipelineService>> openGitHub(PipelineConnection connection);
/// Those that a connection names.
std::vector<GitHubRepository> githubRepositories(const workspace::Connection &connection);

} // namespace pilothouse::pipelines

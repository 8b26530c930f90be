// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QStringList>

#include <map>
#include <vector>

namespace pilothouse::estate {

/// Who calls GitHub with what rights.
struct GithubToken {
    QString user;
    QString kind;             ///< "classic", "fine", "app" (the workflow's own)
    QStringList scopes;       ///< classic: "repo", "workflow", "read:packages" …
    QJsonObject permissions;  ///< fine-grained: {"actions": "write"}; what is not there is not given
    QStringList repositories; ///< fine-grained: full names; others answer 404
};

struct GithubStepPlan {
    QString name;
    int seconds = 1;
    QStringList log;
};
struct GithubJobPlan {
    QString name;        ///< "train"
    QStringList needs;
    QString environment; ///< of a deployment job
    std::vector<GithubStepPlan> steps;
};
struct GithubWorkflow {
    qint64 id = 0;
    QString name, path; ///< ".github/workflows/train_model.yml"
    QStringList paths;  ///< of `on.push.paths`: folders ("ml/") and files; empty: each push
    bool push = true, dispatch = true;
    QString cron; ///< of `on.schedule`; empty: none
    QString state = QStringLiteral("active");
    std::vector<GithubJobPlan> jobs;
    QString file() const { return path.section(QLatin1Char('/'), -1); }
};

struct GithubStep {
    QString name, status = QStringLiteral("queued"), conclusion;
    QDateTime started, completed;
};
struct GithubJob {
    qint64 id = 0;
    qint64 deployment = 0;
    QString name, environment, status = QStringLiteral("queued"), conclusion;
    QDateTime created, started, completed;
    std::vector<GithubStep> steps;
    QByteArray log;
    bool approved = false;
};
struct GithubRun {
    qint64 id = 0, workflow = 0;
    int number = 0, attempt = 1;
    QString event, sha, branch, title, actor, rerunBy, status = QStringLiteral("queued"), conclusion;
    QDateTime created, attemptStarted, updated;
    QJsonObject inputs;
    bool held = false, cancelling = false;
    std::vector<std::vector<GithubJob>> attempts; ///< of the run's attempts, first to latest
    QJsonArray approvals;
    std::vector<GithubJob> &jobs() { return attempts.back(); }
    const std::vector<GithubJob> &jobs() const { return attempts.back(); }
};

struct GithubCommit {
    QString sha, message, author, parent;
    QDateTime date;
    QJsonArray files; ///< {filename, status, additions, deletions, changes}
};
struct GithubEnvironment {
    qint64 id = 0;
    QString name;
    QStringList reviewers;
    bool preventSelfReview = false;
    int waitTimer = 0; ///< minutes
};
struct GithubDeployment {
    qint64 id = 0;
    QString sha, ref, environment, creator;
    QDateTime created;
    qint64 run = 0;
    std::vector<std::pair<QDateTime, QString>> statuses; ///< newest last
};
struct GithubPull {
    int number = 0;
    QString title, body, head, base, user, state = QStringLiteral("open");
    QDateTime created, closed;
};
struct GithubRepository {
    qint64 id = 0;
    QString owner, name, main = QStringLiteral("main");
    std::vector<GithubWorkflow> workflows;
    std::vector<GithubRun> runs; ///< oldest first
    std::map<QString, GithubCommit> commits;
    std::map<QString, QString> branches, tags;                  ///< name → sha
    std::map<QString, std::map<QString, QByteArray>> contents;  ///< branch → path → bytes
    QStringList protectedBranches;
    std::vector<GithubEnvironment> environments;
    std::vector<GithubDeployment> deployments;
    std::vector<GithubPull> pulls;
    QJsonArray packages; ///< {name, versions: [{id, tags, created}]}
    std::map<QString, std::pair<QString, int>> failing; ///< "deploy_app.yml/build" → step, how many times yet
    QString fullName() const { return owner + QLatin1Char('/') + name; }
};

/// The damage and the housing repository (SYSTEMS.md §2, §5), as their owners have them; with a history of finished runs before `now`.
std::vector<GithubRepository> githubRepositories(const QDateTime &now);

/// Puts a job list for an attempt into the run: all of the workflow's, or only the failed ones and what needs them (rerun-failed-jobs).
void planAttempt(GithubRun &run, const GithubWorkflow &workflow, qint64 &nextId, const QDateTime &now, bool failedOnly);
/// Lets the run's jobs go on until `now`. True when anything changed.
bool moveRun(GithubRepository &repository, GithubRun &run, qint64 &nextId, const QDateTime &now);
/// Whether a push of these files starts the workflow.
bool startsOn(const GithubWorkflow &workflow, const QJsonArray &files);

} // namespace pilothouse::estate

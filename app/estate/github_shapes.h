// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/github_state.h"

namespace pilothouse::estate {

/// Where this GitHub is, as its answers link to it.
struct GithubLinks {
    QString api;  ///< "http://127.0.0.1:8080/api/v3"
    QString html; ///< "http://127.0.0.1:8080"
};

/// The objects of GitHub's description (npm package @octokit/openapi) with all fields that it requires.
QJsonObject githubUser(const GithubLinks &links, const QString &login);
QJsonObject githubSelf(const GithubLinks &links, const QString &login);                         ///< private-user, as /user has it
QJsonObject githubRepository(const GithubLinks &links, const GithubRepository &repository);      ///< minimal-repository
QJsonObject githubWholeRepository(const GithubLinks &links, const GithubRepository &repository); ///< full-repository, as /repos/… has it; also that of a pull request
QJsonObject githubWorkflow(const GithubLinks &links, const GithubRepository &repository, const GithubWorkflow &workflow);
/// `attempt` 0: the latest.
QJsonObject githubRun(const GithubLinks &links, const GithubRepository &repository, const GithubRun &run, int attempt = 0);
QJsonObject githubJob(const GithubLinks &links, const GithubRepository &repository, const GithubRun &run, const GithubJob &job, int attempt);
QJsonObject githubCommit(const GithubLinks &links, const GithubRepository &repository, const GithubCommit &commit, bool withFiles);
QJsonObject githubDeployment(const GithubLinks &links, const GithubRepository &repository, const GithubDeployment &deployment);
QJsonObject githubDeploymentStatus(const GithubLinks &links, const GithubRepository &repository, const GithubDeployment &deployment, std::size_t status);
QJsonObject githubEnvironment(const GithubLinks &links, const GithubRepository &repository, const GithubEnvironment &environment);
QJsonObject githubPull(const GithubLinks &links, const GithubRepository &repository, const GithubPull &pull);
QJsonObject githubReference(const GithubLinks &links, const GithubRepository &repository, const QString &reference, const QString &sha);
QJsonObject githubContent(const GithubLinks &links, const GithubRepository &repository, const QString &path, const QByteArray &bytes, const QString &branch);
QJsonObject githubCheckRun(const GithubLinks &links, const GithubRepository &repository, const GithubRun &run, const GithubJob &job);
/// git's name of a blob with these bytes.
QString githubBlobSha(const QByteArray &bytes);

} // namespace pilothouse::estate

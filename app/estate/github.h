// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/blobs.h"
#include "app/estate/github_shapes.h"

#include <optional>

namespace pilothouse::estate {

/// GitHub's REST interface as far as pipelines, deployments, commits, pull requests and packages go (BACKEND_APIS.md §3.3), on api.github.com's paths and, as an Enterprise
/// server, under /api/v3. Keeps state: repositories "acme/damage-incidence" and "acme/california-housing" (SYSTEMS.md §2, §5) with the workflows they have there.
///
/// Tokens it knows at first: ghp_owner (classic: all), ghp_reviewer (classic, the person who may approve), ghp_reader (classic, read only), github_pat_actions (fine-grained, without
/// Deployments), github_pat_other (fine-grained, for another repository), ghs_workflow (built in: its commits start no workflow, it cannot approve).
///
/// control: push {repository, branch, files, message, by, token, commit, date (ISO)}; fail {repository, workflow, job, step, times}; hold {repository, run}, go {…} (a run stops, goes on);
/// settings {return_run_details, secondary_limit, secondary_status, limit, slow, training_commits (false: the model that workflow 1 trained is committed by who plays its last job, in a real repository)}; token {token, user, kind, scopes, permissions, repositories};
/// protect {repository, environment, reviewers, prevent_self_review, wait_timer}; fire_schedule {repository, workflow}; add_runs {repository, workflow, count};
/// log {repository, job, text}; copy {repository, as} (another one like it: many to follow); counts {} (what was asked and counted).
class GithubStandIn : public StandIn {
public:
    /// Logs lie at another origin: `blobs` listens there under the name "blobs".
    explicit GithubStandIn(std::shared_ptr<BlobStandIn> blobs = std::make_shared<BlobStandIn>());
    QString name() const override;
    Answer answer(const Call &call) override;
    void advance(const QDateTime &now) override;
    QJsonObject control(const QString &verb, const QJsonObject &details) override;

private:
    struct Request {
        const Call &call;
        QString path; ///< below the repository: "actions/runs/1"
        const GithubToken &token;
        GithubRepository &repository;
        GithubLinks links;
        bool get() const { return call.method == "GET"; }
        bool post() const { return call.method == "POST"; }
    };
    Answer routed(const Call &call, const QString &path, const GithubToken *token);
    Answer person(const Call &call, const QString &path, const GithubToken &token); // github_person.cpp: user, packages
    std::optional<Answer> actions(const Request &request);                         // github_actions.cpp
    std::optional<Answer> oneRun(const Request &request);
    std::optional<Answer> logs(const Request &request);
    std::optional<Answer> deployments(const Request &request);                     // github_deployments.cpp
    Answer gate(const Request &request, GithubRun &run);
    Answer review(const Request &request, GithubRun &run);
    std::optional<Answer> commits(const Request &request);                         // github_commits.cpp
    std::optional<Answer> contents(const Request &request);
    std::optional<Answer> pulls(const Request &request);
    Answer dispatch(const Request &request, const GithubWorkflow &workflow);
    GithubRepository *named(const QString &fullName);
    /// The refusal for a token that lacks a right ("actions", "deployments" …); nothing: it may.
    std::optional<Answer> lacks(const Request &request, const char *right, bool write) const;
    std::optional<Answer> limited(const Call &call, const GithubToken &token);
    Answer withLimits(Answer answer, const Call &call, const QString &user);
    QString bucket(const GithubToken *token) const { return token ? token->user : QString(); }
    GithubRun &start(GithubRepository &repository, const GithubWorkflow &workflow, const QString &event, const QString &branch, const QString &actor, const QJsonObject &inputs);
    void push(GithubRepository &repository, const GithubCommit &commit, const QString &branch, bool builtIn);
    QJsonObject pushed(const QJsonObject &details);
    QDateTime now() const;
    int limit() const;

    std::shared_ptr<BlobStandIn> m_blobs;
    std::vector<GithubRepository> m_repositories;
    std::map<QString, GithubToken> m_tokens;
    QJsonObject m_settings;
    QDateTime m_lastWrite, m_reset;
    std::map<QString, int> m_used; ///< counted calls by user
    int m_asked = 0, m_free = 0;
    qint64 m_nextId = 9000000001;
};

} // namespace pilothouse::estate

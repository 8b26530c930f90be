// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/pipelines/github_pull.h"
#include "core/rollouts/gitops_commit.h"

#include <optional>

namespace pilothouse::fleet {

/// Where pull requests of a repository are opened: the GitHub connection that has it.
struct PullPlace {
    std::shared_ptr<pipelines::GitHubApi> api;
    pipelines::GitHubRepository repository;
};
/// Of a Git address, however it is written; nothing: no connection of kind github has that repository. No call is made.
std::optional<PullPlace> pullPlaceOf(const Services &services, const QString &address);

/// The connection of kind github by which a pull request for a commit's branch can be opened; empty: the branch is the one that is followed, or no connection has its repository. Reads the
/// repository's origin, where that has to be looked up; asks GitHub nothing.
QString pullConnectionOf(const Services &services, const rollouts::GitOpsSource &source, const rollouts::GitOpsChange &change);

/// The operation "pull-request" for the branch of a commit. NotFound: no connection of kind github has the repository. `made` may be null.
Result<operations::Operation> pullRequestOf(const Services &services, const rollouts::GitOpsSource &source, const rollouts::GitOpsChange &change, const QString &title, const QString &body, std::shared_ptr<pipelines::PullRequest> made);

/// Closes what a recorded operation opened.
Result<operations::Operation> closePullOf(const Services &services, const operations::RecordedOperation &recorded);

} // namespace pilothouse::fleet

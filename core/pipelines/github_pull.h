// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/operations/operation.h"
#include "core/pipelines/github_api.h"

#include <memory>
#include <optional>

namespace pilothouse::pipelines {

struct PullRequest {
    int number = 0;
    QString title, state;       ///< open, closed, merged
    QString head, base, commit; ///< branches; the head's commit
    QString link;
    std::optional<bool> mergeable; ///< GitHub finds out a while after it was opened
    QString waitsFor;           ///< why it cannot be merged, in words; empty: it can, or it is not known
};

/// What is asked to be merged.
struct PullWish {
    GitHubRepository repository;
    QString head, base, title, body;
};

/// The open one of a branch; nothing: there is none. Errors as GitHubApi.
Result<std::optional<PullRequest>> openPullOf(GitHubApi &api, const PullWish &wish);
Result<PullRequest> readPull(GitHubApi &api, const GitHubRepository &repository, int number);
Result<PullRequest> createPull(GitHubApi &api, const PullWish &wish);
Result<void> closePull(GitHubApi &api, const GitHubRepository &repository, int number);

/// "pull-request": opens one; sent once, and looked for where the reply was lost. Undone by closing it. Its guard refuses where the branch has one already. `made` may be null.
operations::Operation pullRequestOperation(std::shared_ptr<GitHubApi> api, const PullWish &wish, std::shared_ptr<PullRequest> made);
/// Closes what a recorded operation opened ("pull-request", too). Refused: it was merged, or the journal does not have its number.
Result<operations::Operation> closePullOperation(std::shared_ptr<GitHubApi> api, const operations::RecordedOperation &recorded);

} // namespace pilothouse::pipelines

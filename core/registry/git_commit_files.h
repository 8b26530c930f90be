// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/git_files.h"
#include "core/registry/git_registry.h"

namespace pilothouse::registry {

/// One file of a commit: what it must hold still, and what it holds then.
struct GitFileChange {
    QString path; ///< from the top of the repository
    QByteArray before, after;
    bool made = false; ///< it is not there yet; `before` is empty
    bool gone = false; ///< it is taken away; `after` is empty
};

/// The files of a folder (and of those in it) at the tip of the server's branch; names from the top of the repository. `copies`: folder for the bare copy of an address.
Result<GitFiles> gitFilesOfBranch(const GitServer &server, const QString &copies, const QString &folder, std::stop_token stop = {});

/// Commits changed files onto `branch` and pushes it: a new branch begins at the server's branch, one that is there goes on from its own tip. Gives the commit's 40 digits.
/// Conflict: a file is not what it was, or somebody was quicker. Refused: the branch is checked out in the work tree here, whose files would not follow.
Result<QString> gitCommitFiles(const GitServer &server, const QString &copies, const QString &branch, const std::vector<GitFileChange> &files, const QString &message, const QString &author);

/// What a commit did to a file: its content in the commit's first parent, and in the commit. NotFound: no such commit, or the file is in only one of them.
Result<GitFileChange> gitFileChange(const GitServer &server, const QString &copies, const QString &commit, const QString &path);

/// A file at the tip of `branch`, or where there is none yet at that of the server's branch. NotFound: no such file.
Result<QByteArray> gitFileOfBranch(const GitServer &server, const QString &copies, const QString &branch, const QString &path);

/// Where pushes go, as Git has it ("https://github.com/o/r.git"), and the branch that counts ("main"; empty: HEAD is on none). An address without a branch is fetched for it.
struct GitOrigin {
    QString address; ///< empty: nothing is pushed
    QString branch;
};
Result<GitOrigin> gitOrigin(const GitServer &server, const QString &copies);

/// Whether two addresses are of one repository, however they are written: https://, ssh://, git@host:path, with or without ".git" and a user.
bool sameRepository(const QString &a, const QString &b);

/// The page where a pull or merge request of a branch is opened: of GitHub, GitLab and Bitbucket addresses (https://, ssh://, git@host:path); empty for others.
QString pullRequestPage(const QString &address, const QString &into, const QString &branch);

/// The tip of a branch; empty if there is none.
Result<QString> gitBranchTip(const GitServer &server, const QString &copies, const QString &branch);

} // namespace pilothouse::registry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/manifest_edit.h"
#include "core/operations/operation.h"
#include "core/registry/git_commit_files.h"

#include <QStringList>

namespace pilothouse::rollouts {

/// Where the manifests are that a GitOps controller follows.
struct GitOpsSource {
    registry::GitServer server; ///< branch: the one that is followed
    QString copies;             ///< folder for the bare copy of an address
    QString folder;             ///< of the manifests, from the top of the repository; empty: all
    QString branch;             ///< that gets the commit; empty: a new one, "pilothouse/deployment-web-3f1c2ab"
    QString connection;         ///< name of the Git connection in the workspace; empty: none, `server.url` is a folder
};

/// What a commit would change.
struct GitOpsChange {
    QString file, base, branch;
    QByteArray before, after;
    QStringList diff; ///< cluster::lineDiff()
    QString into;     ///< the branch that is followed: what a pull request goes into; empty: not known
    QString page;     ///< where a pull request of the branch is opened; empty: Pilothouse does not know the server's pages, or the branch is the one that is followed
};

/// Finds the manifest of an object and changes it in place: an image, the number of replicas, variables, requests and limits. NotFound: no manifest has the object; Invalid: several have it, or as
/// cluster::editedManifest(); Refused: nothing would change, or the folder is a chart or kustomization, whose values are elsewhere.
Result<GitOpsChange> planGitOps(const GitOpsSource &source, const cluster::ManifestEdit &edit, std::stop_token stop = {});

/// The operation "gitops-commit": commits the change to its branch and pushes it; the controller (or who merges the branch) does the rest. Undone by a commit that
/// puts the file back, if nobody changed it since. Conflict by its guard: the file is not what it was when the plan was made. The commit, the branch and the page
/// of the pull request are what is read back.
operations::Operation gitOpsOperation(const GitOpsSource &source, const GitOpsChange &change, const cluster::ManifestEdit &edit, const QString &author);

/// Whether an operation of the journal is such a commit (or the way back of one).
bool isGitOpsOperation(const operations::RecordedOperation &recorded);
/// The commit that puts back what a recorded one changed, onto the same branch; where that was merged and is gone, onto a new one of its name. `source`: of the record's
/// repository. Refused: it did not end; NotFound: history was rewritten; Conflict by its guard: the file was changed since.
Result<operations::Operation> undoGitOpsOperation(const GitOpsSource &source, const operations::RecordedOperation &recorded, const QString &author);

} // namespace pilothouse::rollouts

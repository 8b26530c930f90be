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
    QString connection;         ///< name of the Git connection in the workspace; empty: none
};

/// What a commit would change.
struct GitOpsChange {
    QString file, base, branch;
    QByteArray before, after;
    QStringList diff; ///< cluster::lineDiff()
};

/// Finds the manifest of an object and changes it in place: an image or the number of replicas. NotFound: no manifest has the object; Invalid: several have it, or as
/// cluster::editedManifest(); Refused: nothing would change, or the folder is a chart or kustomization, whose values are elsewhere.
Result<GitOpsChange> planGitOps(const GitOpsSource &source, const cluster::ManifestEdit &edit, std::stop_token stop = {});

/// The operation "gitops-commit": commits the change to its branch and pushes it; the controller (or who merges the branch) does the rest. Undone by a commit that
/// puts the file back, if nobody changed it since.
operations::Operation gitOpsOperation(const GitOpsSource &source, const GitOpsChange &change, const cluster::ManifestEdit &edit, const QString &author);

} // namespace pilothouse::rollouts

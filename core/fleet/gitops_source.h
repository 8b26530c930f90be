// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/rollouts/gitops_commit.h"

namespace pilothouse::fleet {

/// The repository of manifests that a person names: a connection of kind git, or a folder in a Git work tree (then `folder` is from there on). Pushes of a work tree
/// go to its remote "origin", if it has one. NotFound, Refused (a connection of another kind), Invalid (no folder of Git).
Result<rollouts::GitOpsSource> gitOpsSource(const Services &services, const QString &repository, const QString &folder = {});
/// The connection of kind git whose repository has this address, however it is written; empty: none.
QString gitConnectionOf(const workspace::Workspace &workspace, const QString &address);
/// Of a commit that the journal recorded.
Result<rollouts::GitOpsSource> gitOpsSource(const Services &services, const operations::RecordedOperation &recorded);

} // namespace pilothouse::fleet

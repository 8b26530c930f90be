// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/rollouts/gitops_commit.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace pilothouse::fleet {

/// What is committed: a version's package, or files of this machine (a model's own file, or DVC's pointer "model.bin.dvc").
struct ArtifactWish {
    QString model;          ///< of the workspace, or as registered
    int version = 0;        ///< 0: only `files`
    QStringList files;      ///< paths; empty: those of the version's package
    QString repository;     ///< connection of kind git, or a folder of a work tree
    QString folder;         ///< in the repository; empty: "models/MODEL"
    QString branch;         ///< that gets the commit; empty: a new one, "pilothouse/t2m-v34"
    QString job;            ///< that trained it; of a connection ("azureml:NAME") its metrics are in the message; empty: the version's run
};

struct ArtifactChange {
    rollouts::GitOpsSource source;
    std::vector<registry::GitFileChange> files;
    QString model, branch, into, title, message;
    QString page; ///< where a pull request is opened; empty: not known, or the branch is the one that counts
};

/// Reads the files and the branch; changes nothing. The message carries the metrics and hashes and the run ("Azure-Job: …" where the version is of an Azure ML registry), as gitMetricsOf() and gitRunOf()
/// read them. Refused: the branch has these files already, or they are too large for a commit (then DVC has them, and its pointer is committed); NotFound, Invalid.
Result<ArtifactChange> planArtifactCommit(const Services &services, const ArtifactWish &wish, std::stop_token stop = {});

/// The operation "commit-artifact": commits to the branch and pushes it. Conflict by its guard: a file is not what it was when the plan was made. A push that a server's rule forbids (protected branch) is
/// explained. Undone by a commit that puts the files back. `commit` gets the 40 digits; may be null.
operations::Operation artifactOperation(const ArtifactChange &change, const QString &author, std::shared_ptr<QString> commit);
/// The revert of a recorded one, if nobody changed the files since.
Result<operations::Operation> undoArtifactCommit(const Services &services, const operations::RecordedOperation &recorded);

/// Waits for the run of a pipeline that a commit started, and to its end (or to a gate: Paused). Nothing: none came within `patienceSeconds` (then a dispatch can be offered).
struct FollowOptions {
    int patienceSeconds = 180, pollSeconds = 10;
    std::function<void(const pipelines::PipelineRun &)> onRun;
    std::function<void(int ms)> sleep; ///< null: really
    std::stop_token stop;
};
Result<std::optional<pipelines::PipelineRun>> followCommit(const pipelines::PipelineService &service, const QString &pipeline, const QString &commit, const FollowOptions &options);

} // namespace pilothouse::fleet

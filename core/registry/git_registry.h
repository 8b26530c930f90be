// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/registry.h"

#include <functional>

namespace pilothouse::registry {

/// A Git repository and what of it is a registry.
struct GitServer {
    QString url;                                    ///< folder of a repository (with a work tree or bare), used in place; or an address: https://…, ssh://…, git@host:path
    QString path = QStringLiteral("ml/artifacts");  ///< folder of the artifacts, from the top of the repository
    QString branch;                                 ///< whose history counts; empty: that of HEAD
    QString model;                                  ///< `path` is the artifacts of this one model; empty: found, see gitRegistry()
    QString live;                                   ///< how one sees what is deployed: "tag:NAME", "branch:NAME", "merge:NAME", "file:PATH"; empty: one does not
    QString image;                                  ///< file: only images whose name holds this text
    QString remote;                                 ///< writes are pushed there: name of a remote of the repository, or an address; empty: nothing is pushed
    QString job;                                    ///< regular expression whose first group is the run in a commit's message; empty: gitRunOf()
    QString user, keyFile;                          ///< user of https; private key of ssh (else the agent)
    QString caFile;                                 ///< private CA of https; holds for all Git connections of the process (libgit2 knows one only)
    /// Password or token of https, pass phrase of the key: read for each call, kept nowhere. Null: none.
    std::function<Result<QString>()> secret;
    int refreshSeconds = 15;                        ///< an address is fetched when the last fetch is older
};

/// A Git repository as a Registry, by libgit2: no program runs, no hook, no filter but those of a check-out.
///
/// Models: every folder in `path`, or `path` as a whole, if the connection names its model or files lie in it directly (it is then called as the
/// repository). A version is a commit of the branch (along first parents: a merge counts when the branch got it) that changed the model's
/// folder, counted from 1. A commit that brings an earlier state back, such as a revert, is that earlier version again and no new one.
/// `source` is "COMMIT:FOLDER", as Git names a tree. Run: the job in the commit's message; metrics from there, too.
///
/// Aliases are annotated tags MODEL/ALIAS/1, 2, …: the highest number counts, none is ever moved, so that clones have the whole history and two
/// who move one at once make the same tag, which only one can. Tags and description of a version are notes (refs/notes/pilothouse).
/// The alias "live" is what is deployed (GitServer::live). Moving it is the promotion: a tag is moved, or a commit gives the deployed branch that
/// version's folder, or a merge that version's commit with all that led to it (Conflict if both changed a file outside of the folder), or the
/// manifest its commit as the image tag. Moving it back is the revert: a commit of the earlier folder.
///
/// An alias whose commit the branch has no more (history was rewritten) points to version 0.
///
/// Every write is checked by the refs' old values, here and at the remote (Conflict: somebody was quicker; nothing was changed). Refused: runs cannot be
/// written and stages do not exist here; branches that are checked out with changes in `path`; a detached HEAD without `branch`; remotes in a folder
/// that have hooks, as nobody would run these. Invalid: a shallow clone, as versions could not be counted; a damaged repository; links, submodules and
/// LFS files that are not here, in a package. Denied: the credential or the host's key.
/// @param packages folder for what is fetched; made when needed
std::shared_ptr<Registry> gitRegistry(GitServer server, const QString &packages);

/// What a look at a repository finds, without copying it.
struct GitLook {
    int branches = 0, tags = 0;
    int models = -1; ///< in `path`; −1: not known of an address
    QString path;
};
/// Errors as those of a registry's calls.
Result<GitLook> lookAtGit(const GitServer &server, std::stop_token stop = {});

/// The job that a commit's message names: by the pattern (its first group), or, without one, a line "Run: X" or "Job: X", a name as Azure ML
/// gives them (adjective_noun_code), "job: X", "run_id=X". Empty: none.
QString gitRunOf(const QString &message, const QString &pattern = {});
/// Numbers that a commit's message names: "f1 = 0.71", "recall: 66.4 %". A name and a number with a decimal point.
QMap<QString, double> gitMetricsOf(const QString &message);
/// The image tags of a manifest (Kubernetes, compose, kustomization's newTag) that are short or full commit hashes, without what stands before
/// them ("sha-"), each once. @param image only of images whose name holds this text
QStringList gitImageTags(const QByteArray &manifest, const QString &image = {});
/// The manifest with these tags exchanged for `commit`, as long as each was.
QByteArray gitWithImageTag(const QByteArray &manifest, const QString &image, const QString &commit);

} // namespace pilothouse::registry

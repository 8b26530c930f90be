// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/pipelines/parameter.h"

#include <QMap>
#include <QStringList>

#include <vector>

namespace pilothouse::pipelines {

/// A job of a workflow file.
struct WorkflowJob {
    QString key, name, environment; ///< name: as written, with its expressions; empty: the key
    QStringList needs;              ///< keys
    bool matrix = false;
    QString condition = {}; ///< `if`, as written
    /// Whether a job of a run, by the name that the API gives it, is (one of) this: "test", "test (3.11)", "call / inner".
    bool is(const QString &shown) const;
};

/// What a workflow file says (.github/workflows/x.yml). https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
struct WorkflowFile {
    QString name;
    std::vector<WorkflowJob> jobs;
    bool dispatch = false;          ///< on: workflow_dispatch
    std::vector<Parameter> inputs;  ///< kind Choice without choices: an environment of the repository
    QStringList environmentInputs;  ///< names of those
    QStringList crons;
    bool push = false;
    QStringList branches, branchesIgnored, paths, pathsIgnored, tags;
    QMap<QString, QString> env;
    QStringList images;             ///< references with an expression as a tag: "ghcr.io/team/api:${{ github.sha }}"
    bool writes = false;            ///< it commits or pushes by itself

    /// Whether a push of these files to a branch starts it.
    bool startsFor(const QString &branch, const QStringList &files) const;
    /// Whether it does nothing for a commit with this message that `actor` pushed: all jobs at its begin are kept from it by an `if` that asks for these. What else an `if` may say counts as true.
    bool leavesOut(const QString &message, const QString &actor) const;
    /// What a run of a commit built: image → tag, as far as the expressions can be told.
    QMap<QString, QString> imagesOf(const QString &repository, const QString &commit, const QString &ref) const;
};
/// Invalid at file:line:column.
Result<WorkflowFile> readWorkflow(const QByteArray &yaml, const QString &where);

/// A filter pattern of GitHub (*, **, ?, +, [], leading !). Patterns count in order: a later "!x" takes out what an earlier one took in.
bool filterMatches(const QStringList &patterns, const QString &name);

} // namespace pilothouse::pipelines

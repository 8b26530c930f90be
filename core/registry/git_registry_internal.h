// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/git_store_internal.h"

#include <QHash>

#include <mutex>

namespace pilothouse::registry {

inline const QString liveAlias = QStringLiteral("live");

/// The commit that first brought a state of a model's folder, and that state.
struct GitVersion {
    git_oid commit, tree;
};
struct GitModel {
    std::vector<GitVersion> versions;   ///< oldest first: version 1 is the first
    QHash<QByteArray, int> byTree;      ///< state → version
};
struct GitHistory {
    std::optional<git_oid> tip;         ///< none: no commit yet
    QString single;                     ///< the one model that `path` is; empty: each of its folders is one
    QMap<QString, GitModel> models;
    /// The folder of a model in the repository.
    QString folder(const QString &path, const QString &model) const { return !single.isEmpty() ? path : path.isEmpty() ? model : path + QLatin1Char('/') + model; }
    const GitModel *model(const QString &name) const {
        const auto found = models.constFind(name);
        return found == models.constEnd() ? nullptr : &*found;
    }
};
/// Reads the branch's history along first parents. ~10 µs a commit.
Result<GitHistory> readGitHistory(const GitStore &store, const QString &path, const std::optional<git_oid> &tip);
/// A change of a folder along the first parents of a commit, newest first: the commit, and what the folder is since; none: it is not there.
struct GitFolderChange {
    git_oid commit;
    std::optional<git_oid> tree;
};
Result<std::vector<GitFolderChange>> gitFolderChanges(const GitStore &store, const QString &path, const git_oid &tip);

/// What notes say of a commit's version of a model.
struct GitNote {
    QString description;
    QMap<QString, QString> tags;
};

class GitRegistry final : public Registry {
public:
    GitRegistry(GitServer server, QString packages);

    QString source() const override { return m_source; }
    bool keepsRuns() const override { return false; }
    // git_registry.cpp
    Result<std::vector<RegisteredModel>> models() const override;
    Result<std::optional<RegisteredModel>> model(const QString &name) const override;
    Result<std::vector<Version>> versions(const QString &model) const override;
    Result<Version> version(const QString &model, int version) const override;
    Result<Version> versionByAlias(const QString &model, const QString &alias) const override;
    Result<std::vector<Run>> runs(const QString &experiment, int limit) const override;
    Result<Run> run(const QString &id) const override;
    Result<std::vector<MetricPoint>> metricHistory(const QString &runId, const QString &metric) const override;
    Result<QString> createRun(const QString &, const QString &, const QString &, const QString &) override { return noRuns(); }
    Result<void> logParams(const QString &, const QMap<QString, QString> &) override { return noRuns(); }
    Result<void> logMetrics(const QString &, const std::vector<MetricPoint> &) override { return noRuns(); }
    Result<void> setRunTags(const QString &, const QMap<QString, QString> &) override { return noRuns(); }
    Result<void> finishRun(const QString &, RunStatus, const QString &) override { return noRuns(); }
    Result<void> setStage(const QString &model, int version, const QString &stage, bool archiveExisting) override;
    // git_notes.cpp
    Result<void> setVersionTag(const QString &model, int version, const QString &key, std::optional<QString> value) override;
    Result<void> setDescription(const QString &model, int version, const QString &text) override;
    // git_aliases.cpp
    Result<std::vector<AliasChange>> aliasHistory(const QString &model, const QString &alias) const override;
    Result<void> moveAlias(const QString &model, const QString &alias, std::optional<int> expected, std::optional<int> to, const Stamp &stamp) override;
    // git_packages.cpp
    Result<QString> packageFolder(const Version &version, std::stop_token stop, bool anew) override;
    Result<Version> registerVersion(const QString &model, const QString &packageFolder, const QString &runId, const QString &user) override;

private:
    // All below with m_mutex held.
    static Error noRuns();
    /// Opens, fetches and reads what is new. `now`: before a write.
    Result<const GitHistory *> history(bool now = false, std::stop_token stop = {}) const;
    Result<Version> versionAt(const QString &model, int number) const;
    Result<Version> read(const QString &model, const GitVersion &at, int number, const std::vector<Alias> &aliases) const;
    Result<QString> digestOf(const git_oid &tree) const;
    Result<RegisteredModel> read(const QString &name, const GitModel &model) const;
    Run runOf(const Version &version, const QString &message, const QDateTime &time) const;
    Result<std::vector<Run>> runsOf(const QString &model) const;
    /// The version whose state of the model's folder a commit has; 0: none of this history's.
    Result<int> versionOf(const QString &model, const git_oid &commit) const;

    // git_aliases.cpp: numbered tags
    struct Change {
        int number = 0; ///< the last part of the tag's name
        git_oid commit; ///< what it points to; of a deletion what it pointed to before
        bool deleted = false;
        QString by, operation;
        QDateTime since;
    };
    Result<QMap<QString, QMap<int, git_oid>>> aliasTags(const QString &model) const; ///< alias → number → tag object or commit
    Result<Change> readChange(int number, const git_oid &oid) const;
    Result<std::vector<Alias>> aliasesOf(const QString &model) const; ///< with live
    Result<std::optional<int>> aliasNow(const QString &model, const QString &alias) const;
    Result<std::vector<AliasChange>> tagHistory(const QString &model, const QString &alias) const;
    /// The tag that says a change of an alias: its ref does not exist yet.
    Result<RefChange> nextTag(const QString &model, const QString &alias, const git_oid &commit, std::optional<int> to, const Stamp &stamp) const;

    // git_live.cpp: what is deployed
    bool hasLive() const { return !m_store.server().live.isEmpty(); }
    Result<std::optional<git_oid>> liveCommit() const;
    Result<std::optional<int>> liveVersion(const QString &model) const;
    Result<std::vector<AliasChange>> liveHistory(const QString &model) const;
    Result<void> moveLive(const QString &model, std::optional<int> expected, std::optional<int> to, const Stamp &stamp);
    Result<git_oid> commitOfTag(const QString &imageTag) const;

    // git_merge.cpp
    /// A commit of both parents with the version's folder; none if the branch has the version's commit already. Conflict names the files that both changed.
    Result<std::optional<git_oid>> makeMerge(const git_oid &branch, const GitVersion &version, const QString &folder, const QString &by, const QString &message) const;

    // git_notes.cpp
    Result<void> readNotes() const;
    GitNote noteOf(const QString &model, const git_oid &commit) const;
    Result<void> writeNote(const QString &model, int version, const std::function<void(GitNote &)> &change);

    // git_packages.cpp: commits on a branch
    /// Commits `tree` in place of the folder `path` (or of a file there) on a branch. `parent` none: the first commit.
    Result<git_oid> makeCommit(const std::optional<git_oid> &parent, const QString &path, const git_oid &object, git_filemode_t mode, const QString &by, const QString &message) const;
    /// Moves a branch to a commit that changed `path` (empty: anything); a work tree that has it checked out follows.
    Result<void> moveBranch(const QString &branch, const std::optional<git_oid> &from, const git_oid &to, const QString &path, const QString &message);
    Result<void> checkWorkTree(const QString &branch, const QString &path) const;
    Result<QString> writableBranch() const;
    Result<git_oid> emptyTree() const;

    mutable GitStore m_store;
    QString m_packages, m_path, m_source;
    std::optional<Error> m_wrong; ///< of the settings
    mutable std::mutex m_mutex;
    mutable std::optional<GitHistory> m_history;
    mutable QHash<QByteArray, QString> m_digests; ///< state → digest; a state never changes
    mutable std::optional<git_oid> m_notesTip;
    mutable QHash<QByteArray, QByteArray> m_notes; ///< commit → JSON
};

/// Time of a commit, UTC.
inline QDateTime gitTime(git_time_t seconds) { return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC); }
/// The value of a line "Key: value" of a message; empty: it has none.
QString gitTrailer(const QString &message, const QString &key);

} // namespace pilothouse::registry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/git_handles_internal.h"
#include "core/registry/git_registry.h"

#include <chrono>
#include <optional>
#include <vector>

namespace pilothouse::registry {

inline const QString notesRef = QStringLiteral("refs/notes/pilothouse");

/// A ref that is to change, if it still is what it was; none: it is not there.
struct RefChange {
    QString name; ///< whole: "refs/tags/…"
    std::optional<git_oid> before, after; ///< `after` is never none: nothing is deleted here
};

/// The repository: opened in place, or a bare copy of an address that is fetched now and then. One thread at a time.
class GitStore {
public:
    GitStore(GitServer server, QString folder) : m_server(std::move(server)), m_folder(std::move(folder)) {}

    const GitServer &server() const { return m_server; }
    QString where() const { return m_server.url; }
    /// The repository, fresh enough to read or, `now`, to write. Errors of opening, of the network, of the credential.
    Result<git_repository *> open(bool now, std::stop_token stop = {});
    git_repository *repository() const { return m_repository.get(); }

    /// The branch that counts: "refs/heads/main"; empty if HEAD is detached and the connection names none.
    Result<QString> branch() const;
    /// Its newest commit; of a detached HEAD that. None: the repository has no commit yet. NotFound: the connection names a branch that is not there.
    Result<std::optional<git_oid>> tip() const;
    /// What a ref points to, not peeled; none if it is not there.
    Result<std::optional<git_oid>> ref(const QString &name) const;
    Result<GitCommit> commit(const git_oid &oid) const;
    /// The commit that a ref, tag or commit leads to.
    Result<git_oid> peeled(const git_oid &oid) const;
    /// The folder `path` in a commit's tree; none if it has none. Invalid if that is a file.
    Result<std::optional<git_oid>> treeAt(const git_commit *commit, const QString &path) const;
    Result<QByteArray> fileAt(const git_oid &commit, const QString &path) const;
    /// Who writes, now; the address from the repository's or the user's configuration, where there is one.
    Result<GitSignature> signature(const QString &name) const;

    /// Changes refs at the remote, if there is one, and here: all or, at a remote that takes them one by one, the first that it refuses ends it.
    /// Conflict if one is not what it was.
    Result<void> apply(const std::vector<RefChange> &changes, const QString &message);

private:
    Result<void> openHere();
    Result<void> fetch(std::stop_token stop);
    Result<void> push(const std::vector<RefChange> &changes);
    Result<void> pushToFolder(const QString &folder, const std::vector<RefChange> &changes);
    Result<void> pushToServer(git_remote *remote, const std::vector<RefChange> &changes);

    GitServer m_server;
    QString m_folder; ///< of the copy of an address
    GitRepository m_repository;
    std::optional<std::chrono::steady_clock::time_point> m_fetched;
};

/// True for what is no address but a folder of this machine: a path, file://….
bool isFolderOfHere(const QString &url);
QString folderOf(const QString &url); ///< of "file:///x" and "/x"

/// The callbacks of a connection to a server: credential, the server's key, stop. One for a call.
class GitAccess {
public:
    GitAccess(const GitServer &server, std::stop_token stop) : m_server(server), m_stop(std::move(stop)) {}
    /// `callbacks` refer to this.
    void put(git_remote_callbacks &callbacks);
    /// The error to give for a call that failed with `code`: of the secret store, Cancelled, or the library's.
    Error error(int code, const QString &what, const QString &where) const;

    static int credential(git_credential **out, const char *url, const char *user, unsigned int allowed, void *self); ///< self: the GitAccess

private:
    static int progress(const git_indexer_progress *, void *self);
    const GitServer &m_server;
    std::stop_token m_stop;
    std::optional<Error> m_error;
    int m_tries = 0;
};

} // namespace pilothouse::registry

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/git_revision.h"

#include "core/sources/git_command.h"

namespace pilothouse::sources {

Result<GitRevision> GitRevision::open(const QString &folder, const QString &revision) {
    PH_ASSIGN(const GitAnswer inside, runGit(folder, {QStringLiteral("rev-parse"), QStringLiteral("--is-inside-work-tree")}));
    if (inside.code != 0)
        return Error{ErrorKind::Invalid, QStringLiteral("A revision can be read in a Git repository only, and this is none (or one of another user)."), folder,
                     QStringLiteral("Leave `version` out, or clone the repository."), inside.error};
    PH_ASSIGN(const GitAnswer found, runGit(folder, {QStringLiteral("rev-parse"), QStringLiteral("--verify"), QStringLiteral("--quiet"), QStringLiteral("--end-of-options"), revision + QStringLiteral("^{commit}")}));
    GitRevision made;
    made.m_folder = folder;
    made.m_revision = revision;
    made.m_commit = QString::fromLatin1(found.out).trimmed();
    if (found.code != 0 || made.m_commit.isEmpty())
        return Error{ErrorKind::NotFound, QStringLiteral("The Git repository has no revision “%1”.").arg(revision), folder, QStringLiteral("`git log --oneline` and `git tag` list them."), found.error};
    return made;
}

Result<QByteArray> GitRevision::file(const QString &path) const {
    PH_ASSIGN(GitAnswer blob, runGit(m_folder, {QStringLiteral("cat-file"), QStringLiteral("blob"), m_commit + QStringLiteral(":./") + path}));
    if (blob.code != 0)
        return Error{ErrorKind::NotFound, QStringLiteral("The revision “%1” has no file %2.").arg(m_revision, path), m_folder, QStringLiteral("`git ls-tree -r --name-only %1` lists what it has.").arg(m_revision), blob.error};
    return std::move(blob.out);
}

Result<QStringList> GitRevision::files() const {
    PH_ASSIGN(const GitAnswer tree, runGit(m_folder, {QStringLiteral("ls-tree"), QStringLiteral("-r"), QStringLiteral("-z"), QStringLiteral("--name-only"), m_commit}));
    if (tree.code != 0)
        return Error{ErrorKind::Invalid, QStringLiteral("git could not list the revision “%1”.").arg(m_revision), m_folder, {}, tree.error};
    QStringList names;
    for (const QByteArray &name : tree.out.split('\0'))
        if (!name.isEmpty())
            names << QString::fromUtf8(name);
    return names;
}

} // namespace pilothouse::sources

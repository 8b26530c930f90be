// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace pilothouse::sources {

/// Reads committed files by `git`, which every user of DVC has; nothing is checked out, fetched or written.
/// Errors: NotFound (no such revision, no such file in it), Invalid (no repository), Unreachable (git is not installed).
class GitRevision {
public:
    /// @param folder any folder of the work tree
    /// @param revision a branch, tag, commit, HEAD~2 …
    static Result<GitRevision> open(const QString &folder, const QString &revision);
    const QString &commit() const { return m_commit; } ///< full hexadecimal name
    /// Bytes of a file, named relative to `folder`.
    Result<QByteArray> file(const QString &path) const;
    /// Names of all files below `folder`, relative to it.
    Result<QStringList> files() const;

private:
    QString m_folder, m_commit, m_revision;
};

} // namespace pilothouse::sources

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/dvc.h"

#include <QStringList>

namespace pilothouse::sources {

/// One path of a DVC repository's work tree that is to be tracked: what DVC would say to it, and which files belong to it.
class DvcWorkTree {
public:
    /// NotFound: no such path, no DVC repository. Invalid: a link, the repository itself, a .dvc file.
    static Result<DvcWorkTree> open(const QString &path);

    const DvcRepository &repository() const { return m_repository; }
    const QString &root() const { return m_repository.root(); }
    const QString &path() const { return m_path; } ///< relative to the root
    bool isFolder() const { return m_folder; }

    /// What the repository tracks by other files than this one. Refused if it overlaps with the path.
    Result<std::vector<DvcOutput>> othersTracked(const QString &dvcFile) const;
    /// Files below the folder, relative to it and sorted; of a file one empty name. Those that .dvcignore names are left out. Invalid: a link
    /// or special file among them, a .dvcignore inside.
    Result<QStringList> files() const;
    /// True if Git ignores the path already, or there is no Git. Refused if Git tracks the path, or ignores its .dvc file.
    Result<bool> needsNoIgnoreLine() const;

private:
    explicit DvcWorkTree(DvcRepository repository) : m_repository(std::move(repository)) {}
    Result<QStringList> ignoredByDvc() const;
    DvcRepository m_repository;
    QString m_path;
    bool m_folder = false;
};

} // namespace pilothouse::sources

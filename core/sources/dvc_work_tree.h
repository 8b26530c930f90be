// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/dvc.h"

#include <QStringList>

namespace pilothouse::sources {

/// What DVC tracks of a path now, and elsewhere.
struct DvcTracking {
    std::optional<DvcOutput> own;  ///< by PATH.dvc, or by a stage's entry in a dvc.lock; none: it is not tracked
    std::vector<DvcOutput> others; ///< of the whole repository
};

/// One path of a DVC repository's work tree that is to be tracked: what DVC would say to it, and which files belong to it.
class DvcWorkTree {
public:
    /// NotFound: no such path, no DVC repository. Invalid: a link, the repository itself, a .dvc file.
    static Result<DvcWorkTree> open(const QString &path);

    const DvcRepository &repository() const { return m_repository; }
    const QString &root() const { return m_repository.root(); }
    const QString &path() const { return m_path; } ///< relative to the root
    bool isFolder() const { return m_folder; }

    /// Refused if something else that is tracked overlaps with the path.
    Result<DvcTracking> tracking() const;
    /// Files below the folder, relative to it and sorted; of a file one empty name. Those that .dvcignore names are left out. Invalid: a link
    /// or special file among them, a .dvcignore inside.
    Result<QStringList> files() const;
    /// True if Git ignores the path already, or there is no Git. Refused if Git tracks the path, or ignores the file that tracks it.
    /// @param trackedBy  that .dvc file or dvc.lock, relative to the root
    Result<bool> needsNoIgnoreLine(const QString &trackedBy) const;

private:
    explicit DvcWorkTree(DvcRepository repository) : m_repository(std::move(repository)) {}
    Result<QStringList> ignoredByDvc() const;
    DvcRepository m_repository;
    QString m_path;
    bool m_folder = false;
};

} // namespace pilothouse::sources

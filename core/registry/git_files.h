// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <utility>
#include <vector>

namespace pilothouse::registry {

/// A folder or file inside a Git work tree.
struct GitPlace {
    QString top;    ///< of the work tree
    QString path;   ///< from there, "k8s"; empty: the top itself
    QString commit; ///< 40 digits of HEAD; empty: there is none yet
    bool changed = false; ///< something below `path` is not as HEAD has it, or not in it
};
/// Nothing if the path is in no work tree of Git.
Result<std::optional<GitPlace>> gitPlaceOf(const QString &path);

/// Whether the repository of this work tree has a remote of this name.
Result<bool> gitHasRemote(const QString &path, const QString &remote);

/// Files of a folder as a revision has them, names relative to it.
struct GitFiles {
    QString commit; ///< 40 digits
    std::vector<std::pair<QString, QByteArray>> files;
};
/// @param revision as Git takes it: v1.2, main~3, 3f1c2ab   @param deep those of the folders in it too
/// NotFound: no repository, no such revision, no such folder in it. Shallow clones will do. Files above 4 MiB and links are left out.
Result<GitFiles> gitFilesAt(const QString &folder, const QString &revision, bool deep = false);

/// −1 if commit `a` (as many digits as there are) is an ancestor of `b`, 1 the other way round, 0 if they are one; nothing if one of them is not in the repository of
/// this folder, or neither came from the other.
std::optional<int> gitOrder(const QString &folder, const QString &a, const QString &b);

} // namespace pilothouse::registry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/workspace/workspace.h"

#include <QByteArray>
#include <QStringList>
#include <QVariant>

#include <functional>

namespace pilothouse::workspace {

/// Edits of YAML text at its mark: every byte that is not the edited value stays, so comments, order and blank lines
/// survive. A path names keys from the top ({"models", "t2m", "promotion", "approvals"}); in a list a number is the
/// entry from 0 and "+" appends. Every result is parsed again and must differ from the old text in the named value
/// only; otherwise the edit is refused (Invalid: "edit it by hand") and nothing is given back.

/// Puts `value` at the path; keys that are missing are added with the indentation of their neighbours.
/// @param value QString, number, bool, QStringList, QVariantList or QVariantMap (written on one line; a map of maps as a block).
Result<QByteArray> editValue(const QByteArray &yaml, const QString &file, const QStringList &path, const QVariant &value);
/// As editValue for a word or number that needs no type of its own: 2 stays 2, not "2".
Result<QByteArray> editScalar(const QByteArray &yaml, const QString &file, const QStringList &path, const QString &value);
/// Takes the key (or list entry) with all below it and the comment on its line out. NotFound if it is not there.
Result<QByteArray> removeEntry(const QByteArray &yaml, const QString &file, const QStringList &path);

using TextEdit = std::function<Result<QByteArray>(const QByteArray &)>;
/// Reads the file, edits, parses the result as a workspace and only then replaces the file (following a symbolic link).
/// Conflict if somebody else wrote it meanwhile. Gives the workspace as it is now.
Result<Workspace> editWorkspaceFile(const QString &file, const TextEdit &edit);
/// The same for a recipe.
Result<Recipe> editRecipeFile(const QString &file, const TextEdit &edit);

} // namespace pilothouse::workspace

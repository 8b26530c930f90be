// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace pilothouse::workspace {

/// Where a recipe or workspace file says something, for an error that is found later than by its parser (a column that the
/// data lacks, a parameter that an estimator does not know): "file:line:column" of the first text below `path` that is
/// `text` or begins with it as a word ("r2" finds "r2 >= 0.5"). A path names keys from the top; a number is an entry of a list.
/// The place of the path itself if the text is not below it; the file alone if that cannot be read or has no such path.
QString placeInFile(const QString &file, const QStringList &path, const QString &text = {});

} // namespace pilothouse::workspace

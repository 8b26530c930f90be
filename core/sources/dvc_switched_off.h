// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QString>
#include <QStringList>

namespace pilothouse::sources {

/// Paths of outputs for which one of the keys ("cache", "push") is false: in a .dvc file, or in the dvc.yaml beside a dvc.lock. Relative to
/// the root; templates (${…}) are taken as they are written. A file that cannot be read switches nothing off.
/// @param file  the .dvc file or dvc.lock, relative to the root
QSet<QString> dvcSwitchedOff(const QString &root, const QString &file, const QStringList &keys);

} // namespace pilothouse::sources

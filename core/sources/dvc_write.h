// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/dvc.h"

#include <QByteArray>

namespace pilothouse::sources {

/// What a .dvc file says of its one output, or a dvc.lock of one of a stage.
struct DvcRecord {
    DvcHash hash;
    qint64 bytes = 0;        ///< of a directory: the sum of its files; −1: not said
    qint64 files = -1;       ///< of a directory; −1: a file
    bool executable = false; ///< of a file
    QString name;            ///< relative to the .dvc file's folder
};

/// A new .dvc file, byte for byte as `dvc add` of DVC 3.67 writes it (with a legacy hash: of DVC 2.58). A name longer than 80 characters
/// stays on its line; to YAML it is the same.
QByteArray dvcFileText(const DvcRecord &record);
/// An existing .dvc file with the new digest and size; comments, order and all other keys stay. Invalid ("edit it by hand") where it is
/// written in a way that cannot be edited at its mark, and if it was not made by `dvc add` (dvc import, a stage of DVC 0).
Result<QByteArray> editDvcFile(const QByteArray &yaml, const QString &place, const DvcRecord &record);
/// A dvc.lock with the new digest and size of one output, as `dvc commit` leaves them; every other byte stays, also what the stage and others say
/// of what they read: `dvc status` tells that it changed. Invalid where it is written in a way that cannot be edited at its mark, and for an
/// output that a remote keeps by its own versions. Conflict if the entry is not that output any more.
/// @param out  as it was read from the dvc.lock
Result<QByteArray> editDvcLock(const QByteArray &yaml, const QString &place, const DvcOutput &out, const DvcRecord &record);

/// The directory object: JSON as Python writes it, sorted by the paths' code points.
QByteArray dvcDirectoryObject(std::vector<DvcFile> files);

/// The line of .gitignore for a name in the same folder: "/train.csv", with what .gitignore takes for a pattern escaped.
QByteArray gitIgnoreLine(const QString &name);

} // namespace pilothouse::sources

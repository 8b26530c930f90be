// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/dvc.h"

#include <QByteArray>

#include <functional>
#include <stop_token>

namespace pilothouse::sources {

/// Reads a file once from begin to end and gives its digest by DVC's rule for the kind (DvcHash).
/// @param take  gets each block as it is read; may be empty
/// Conflict if the file changes meanwhile; Cancelled.
Result<QString> dvcReadThrough(const QString &path, bool legacy, const std::stop_token &stop, const std::function<Result<void>(const QByteArray &)> &take = {});
Error changedWhileRead(const QString &path);

/// Whether the object lies in DVC's cache, whole.
bool isDvcStored(const QString &cache, const DvcHash &hash);
/// Brings a file into DVC's cache, read-only as DVC keeps it; one that is there stays. Conflict if its digest is another one.
/// @param told  gets the bytes of each block
Result<void> storeDvcFile(const QString &cache, const DvcHash &hash, const QString &file, const std::stop_token &stop, const std::function<void(qint64)> &told);
/// The same of an object that is made here: the list of a folder.
Result<void> storeDvcBytes(const QString &cache, const DvcHash &hash, const QByteArray &bytes);

} // namespace pilothouse::sources

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace pilothouse {

/// How much more memory this process may take, and what bounds it.
struct MemoryRoom {
    qint64 bytes = -1; ///< −1: this system does not tell
    QString bound;     ///< "the machine's memory", "the control group's limit of 2.0 GiB" …
    QString hint;      ///< how to have more
};

/// The least of what is left of the machine's memory (MemAvailable of proc(5): swap does not count), of the memory limits of this
/// process's control group and those above it (cgroups(7), versions 1 and 2; file pages that can be dropped count as free), of
/// `ulimit -v`, and of limitMemory().
/// @param root  stands before /proc and /sys; for tests
MemoryRoom memoryRoom(const QString &root = {});

/// Holds what memoryRoom() gives below this much resident memory of the process; 0: no such limit. Any thread.
void limitMemory(qint64 bytes);

/// Resident memory of this process; 0 where proc(5) is not there.
qint64 residentMemory(const QString &root = {});
/// Of another process; 0 if there is none with this pid.
qint64 residentMemoryOf(qint64 pid);

/// "1.5 GiB"
QString memoryText(qint64 bytes);

/// Refused if so much more memory is not there. Little is given without a look.
/// @param what   what needs it: "The table of 5 rows and 3 columns"
/// @param where  the file
/// @param hint   how to need less
Result<void> requireMemory(qint64 bytes, const QString &what, const QString &where, const QString &hint);

} // namespace pilothouse

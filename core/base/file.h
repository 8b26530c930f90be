// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <functional>

namespace pilothouse {

/// Writes beside the target under a temporary name, fsyncs, renames, fsyncs the folder: a reader sees the old or the new
/// file, never half of one, also after a crash. Folders on the way are made.
Result<void> writeFileAtomically(const QString &path, const QByteArray &bytes);

/// As above with a writer that gets a file descriptor; what it wrote is thrown away when it returns an error.
Result<void> writeFileAtomically(const QString &path, const std::function<Result<void>(int fd)> &writer);

/// The whole file. A file that is cut or changed while it is read is an Invalid error with its name.
Result<QByteArray> readFile(const QString &path);

/// Makes a folder and its parents; readable by the owner only when `priv`.
Result<void> makeFolder(const QString &path, bool priv = false);

/// fsync of a folder, so that a rename inside it survives a power cut.
Result<void> syncFolder(const QString &path);

/// Writes all bytes to a descriptor (EINTR and short writes handled).
Result<void> writeAll(int fd, const char *bytes, std::size_t count, const QString &path);

/// An advisory lock (flock) held as long as the object lives.
class FileLock {
public:
    /// Waits until the lock is free.
    static Result<FileLock> acquire(const QString &path);
    /// Conflict if somebody else holds it.
    static Result<FileLock> tryAcquire(const QString &path);
    /// Somebody holds it now. Makes no file; no waiting. For an instant it shares the lock: who tries to get it just then tries again.
    static bool held(const QString &path);
    FileLock(FileLock &&other) noexcept : m_fd(other.m_fd) { other.m_fd = -1; }
    FileLock &operator=(FileLock &&other) noexcept;
    FileLock(const FileLock &) = delete;
    FileLock &operator=(const FileLock &) = delete;
    ~FileLock();

private:
    explicit FileLock(int fd) : m_fd(fd) {}
    int m_fd = -1;
};

} // namespace pilothouse

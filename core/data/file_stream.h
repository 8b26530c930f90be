// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <functional>
#include <memory>

namespace pilothouse::data {

/// Bytes of a file in order, unpacked when it is gzip. It reads rather than maps, so that a file that is cut meanwhile is
/// an Error and never SIGBUS; check() tells whether the file stayed as it was.
class FileStream {
public:
    /// Invalid or NotFound with the file's name: absent, a folder, a pipe, no right to read.
    static Result<std::unique_ptr<FileStream>> open(const QString &path);
    ~FileStream();
    FileStream(const FileStream &) = delete;

    /// Fills up to `count` bytes; fewer only at the end.
    Result<std::size_t> read(char *to, std::size_t count);
    /// Where the raw bytes of a gzip file go (digests); plain files hand out raw bytes themselves.
    void onPackedBytes(std::function<void(const char *, std::size_t)> taker);
    bool packed() const;
    bool sameFileAs(const FileStream &other) const; ///< same size and time of change
    qint64 fileSize() const;  ///< bytes on the disk when it was opened
    qint64 bytesRead() const; ///< of the file on the disk
    /// Invalid if the file was cut or changed since open(). Call at the end.
    Result<void> check() const;

private:
    struct Impl;
    explicit FileStream(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::data

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/sftp.h"

#include <memory>
#include <optional>

namespace pilothouse::net {

/// Writes files to an SSH server over one connection that is kept between calls. One thread at a time. A stop request ends a call within a
/// second. Errors as sftpDownload().
class SftpWriter {
public:
    /// @param server its path is not looked at
    explicit SftpWriter(SftpFile server);
    ~SftpWriter();

    /// Bytes of a file; none if it is not there.
    Result<std::optional<qint64>> size(const QString &path, std::stop_token stop = {});
    /// Sends a file under a temporary name and renames it: it appears whole or not at all. Folders on the way are made. What could not
    /// be put in place is taken away again, if the server still answers.
    Result<void> put(const QString &file, const QString &path, std::stop_token stop = {}, const std::function<void(qint64 done, qint64 total)> &progress = {});
    /// That it was not there is no error.
    Result<void> remove(const QString &path);
    QString place(const QString &path) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::net

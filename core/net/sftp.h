// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <functional>
#include <stop_token>

namespace pilothouse::net {

/// A file on an SSH server. Authentication: the SSH agent, `keyFile` or the standard keys of ~/.ssh, then `password`.
struct SftpFile {
    QString host, user, path; ///< user empty: the one who runs the program; path absolute
    int port = 22;
    QString password, keyFile;
    QString knownHosts; ///< empty: ~/.ssh/known_hosts
    QString place() const; ///< "sftp://host:port/path", without user
};

/// Fetches into `target`, which may hold the beginning of it already (it is then gone on with). Blocking; a stop request ends it
/// within a second and keeps what came. Errors: Denied (host key not known or changed, no login), NotFound, Unreachable, Cancelled.
Result<void> sftpDownload(const SftpFile &file, const QString &target, std::stop_token stop = {}, const std::function<void(qint64 done, qint64 total)> &progress = {});

} // namespace pilothouse::net

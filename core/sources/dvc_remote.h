// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/sftp.h"
#include "core/sources/fetch.h"

namespace pilothouse::sources {

/// The S3 client for a DVC remote: the connection of the workspace with its address, else DVC's own credentials of the remote.
Result<S3Client> dvcS3Client(const DvcRemote &remote, const SourceSpec &spec, const Access &access);
/// @param object path below the remote's folder (DvcHash::objectPath())
Result<S3Location> dvcS3Object(const DvcRemote &remote, const QString &object);
net::SftpFile dvcSftpFile(const DvcRemote &remote, const QString &object);

/// Where a remote's objects are written. One thread at a time.
class DvcStore {
public:
    virtual ~DvcStore() = default;
    /// Bytes of an object; none if it is not there.
    virtual Result<std::optional<qint64>> size(const QString &object, std::stop_token stop) = 0;
    /// What put() did: `made` is false if somebody else was faster; the version only of S3, where the bucket keeps versions.
    struct Written {
        bool made = true;
        QString version;
    };
    /// Sends a file; the object appears whole or not at all, and has been looked at again when this returns.
    virtual Result<Written> put(const QString &object, const QString &file, std::stop_token stop, const Progress &progress) = 0;
    /// Takes away what put() made; that it was not there is no error.
    virtual Result<void> remove(const QString &object, const QString &version) = 0;
    /// The object's address, for people.
    virtual QString place(const QString &object) const = 0;
};
/// Refused, by its name, for a remote that cannot be written here: http, and S3 with version_aware, worktree or settings of each object
/// (sse, acl, grant_…) that would be lost.
Result<std::unique_ptr<DvcStore>> openDvcStore(const DvcRemote &remote, const SourceSpec &spec, const Access &access, const Cache &cache);

} // namespace pilothouse::sources

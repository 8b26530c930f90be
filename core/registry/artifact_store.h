// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/registry/mlflow_api.h"
#include "core/sources/s3.h"

#include <QStringList>

#include <functional>
#include <memory>
#include <vector>

namespace pilothouse::registry {

/// Opens the object store that the artifacts of a server without --serve-artifacts lie in; empty function: none is named for it.
using S3Maker = std::function<Result<sources::S3Client>()>;

struct RemoteFile {
    QString path;      ///< below the folder; each part is a plain name
    qint64 bytes = -1; ///< −1: not known
    QString etag;      ///< of an object; empty elsewhere
};

/// One folder of artifacts, wherever the server keeps them. Blocking; any thread.
class ArtifactStore {
public:
    virtual ~ArtifactStore() = default;
    /// All files below the folder; none if there is no such folder. Invalid: a name that no file here can have.
    virtual Result<std::vector<RemoteFile>> list(std::stop_token stop) const = 0;
    /// Fetches one file to a path on this machine; what a broken attempt left is gone on with where the store can do that.
    /// @param sha256 the file's digest; empty = not known. Errors: Invalid (cut short, another digest), as the store says; Cancelled.
    virtual Result<void> fetch(const RemoteFile &file, const QString &sha256, const QString &target, std::stop_token stop, const sources::Progress &progress) const = 0;
    /// Sends files of a local folder; one that is there is written over.
    virtual Result<void> send(const QString &folder, const QStringList &files, std::stop_token stop = {}) const = 0;
};

/// The store of a version's source or a run's artifact folder, by its address:
///   mlflow-artifacts:/…   through the server (--serve-artifacts)
///   s3://BUCKET/KEY       the object store itself (S3Maker); Refused without one
///   file:/…, /…           this machine's disk, if the server has it, too: it is asked whether it sees the same files of the run
/// Invalid for another scheme. @param runId of the artifacts; empty: not known, then only `/…` can be read and nothing written
Result<std::unique_ptr<ArtifactStore>> artifactStore(const QString &uri, const MlflowApi &api, const S3Maker &s3, const QString &runId);

} // namespace pilothouse::registry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/secrets/secret_store.h"
#include "core/sources/cache.h"
#include "core/sources/dvc.h"
#include "core/sources/s3.h"
#include "core/workspace/workspace.h"

#include <QJsonObject>

namespace pilothouse::sources {

/// Where data is, as a recipe or a command line names it: a path, http(s)://…, s3://bucket/key, FILE.dvc or dvc:PATH.
struct SourceSpec {
    QString source;
    QString connection; ///< workspace connection of kind s3; empty: the one with this address, the only one, else the environment
    QString version;    ///< S3 version id, or Git revision of a DVC-tracked path
};

/// What fetching may use. Without a workspace there are the environment's credentials only.
struct Access {
    std::optional<workspace::Workspace> workspace;
    std::shared_ptr<secrets::SecretStore> secrets;
    std::shared_ptr<net::HttpClient> http;
};

/// A verified local file and where it came from.
struct LocalFile {
    QString path, sha256;
    qint64 bytes = 0;
    /// {"kind":"s3"|"http"|"dvc","source","url","version","etag","last_modified","md5","sha256","bytes","fetched","from_cache"}; of DVC
    /// also "path", "file", "revision", "commit", "remote". Goes into a run's data.json. Empty fields are left out.
    QJsonObject origin;
};

enum class SourceKind { File, Http, S3, Dvc };
SourceKind sourceKind(const QString &source);

/// Fetches what is not a plain file into the cache, or finds it unchanged there. Errors as download() and S3Client, with the source's
/// name; Invalid: `version` or `connection` where they have no meaning, a directory where a file is needed.
Result<LocalFile> fetchSource(const SourceSpec &spec, const Access &access, const Cache &cache, std::stop_token stop = {}, const Progress &progress = {});

/// The S3 client for a spec's connection.
/// @param endpointUrl of a DVC remote: the connection with this address is taken; "": AWS's; none: any
/// @param profile     AWS profile where no connection fits
Result<S3Client> s3For(const SourceSpec &spec, const Access &access, const std::optional<QString> &endpointUrl = {}, const QString &profile = {});

/// One object of a DVC repository: from our cache, DVC's own, or the remote; checked by DVC's digest.
Result<LocalFile> fetchDvcObject(const DvcRepository &repository, const DvcHash &hash, const QString &remote, const SourceSpec &spec, const Access &access, const Cache &cache,
                                 std::stop_token stop = {}, const Progress &progress = {});
/// The files of an output that is a directory, from its .dir object.
Result<std::vector<DvcFile>> dvcDirectory(const DvcRepository &repository, const DvcOutput &output, const SourceSpec &spec, const Access &access, const Cache &cache, std::stop_token stop = {});

} // namespace pilothouse::sources

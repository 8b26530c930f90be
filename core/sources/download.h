// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"
#include "core/sources/cache.h"
#include "core/sources/s3.h"

namespace pilothouse::sources {

/// One object to be fetched by HTTP.
struct DownloadJob {
    QString source;       ///< names it in errors and in the cache: the URL, s3://…, with the version
    net::Request request; ///< GET, signed or not; ranges and conditions are added to it
    QString etag;         ///< If-Match: the tag that a HEAD gave; any other is a Conflict
    qint64 bytes = -1;    ///< expected length, −1 = not known
    QString md5, sha256;  ///< expected digests, lower-case hex; empty = not known
    bool followRedirects = true;
    bool revalidate = true; ///< ask with If-None-Match first when a copy is there
    int pauseMs = 500;      ///< before the second attempt; doubles up to 16 times
    /// A reply of 300 and more as an Error; empty: net::statusError().
    std::function<Error(const net::Request &, const net::Response &)> error;
};

/// A verified copy in the cache.
struct Download {
    QString path, sha256, md5;
    qint64 bytes = 0, resumedAt = 0;   ///< resumedAt: bytes that an earlier, broken attempt had left
    QString url, etag, lastModified, versionId; ///< url: after redirects, without query
    QDateTime time;                    ///< when the bytes were fetched or last found unchanged
    bool fromCache = false;            ///< the server said it is unchanged
};

/// Fetches into the cache. A cut connection goes on with Range and If-Range (If-Match when `etag` is given), up to five times
/// without progress; what has arrived stays for the next call too. 206 must begin where it was asked to; a 200 in place of it
/// begins anew. Errors: Conflict = the object changed while it was read; Invalid = wrong length or digest (the copy is
/// thrown away); else as the server or the connection says.
Result<Download> download(net::HttpClient &http, const Cache &cache, const DownloadJob &job, std::stop_token stop = {}, const Progress &progress = {});

/// MD5 and SHA-256 of a file in one pass, and its length.
struct FileDigests {
    QString md5, sha256;
    qint64 bytes = 0;
};
Result<FileDigests> digestsOfFile(const QString &path, std::stop_token stop = {});

} // namespace pilothouse::sources

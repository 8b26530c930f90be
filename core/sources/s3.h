// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"
#include "core/sources/aws_credentials.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <vector>

namespace pilothouse::sources {

/// Bytes done and in all (−1: not known). Called from the working thread.
using Progress = std::function<void(qint64 done, qint64 total)>;

/// s3://bucket/key.
struct S3Location {
    QString bucket, key;
    QString text() const { return QStringLiteral("s3://%1/%2").arg(bucket, key); }
};
/// Invalid if it is not s3://BUCKET/KEY or the bucket's name breaks S3's rules.
Result<S3Location> parseS3Url(const QString &url);

/// Where a store answers and as whom. Path style (host/bucket/key) is what MinIO and other servers with their own URL take;
/// AWS takes bucket.host/key.
struct S3Endpoint {
    QString url; ///< empty: AWS in this region
    QString region = QStringLiteral("us-east-1");
    bool pathStyle = true;
    QString caFile;
    AwsCredentials credentials;
};

/// One object, or one version of it.
struct S3Object {
    QString key, versionId;
    QString etag; ///< without its quotes; MD5 of the bytes only for an unencrypted object that was sent in one piece
    QDateTime lastModified;
    qint64 bytes = 0;
    bool latest = true, deleted = false; ///< of a version: it is the newest; it is a delete marker
};

/// S3 over REST, signed by libcurl (API of 2006-03-01). Blocking; any thread; a stop request ends a call with Cancelled.
/// Errors say S3's code in an operator's words: NotFound (key, bucket, version), Denied (key unknown, wrong secret, no right, clock
/// wrong), Conflict (changed meanwhile), Invalid (wrong region), Unreachable.
class S3Client {
public:
    S3Client(std::shared_ptr<net::HttpClient> http, S3Endpoint endpoint) : m_http(std::move(http)), m_endpoint(std::move(endpoint)) {}

    Result<S3Object> head(const S3Location &object, const QString &version = {}, std::stop_token stop = {}) const;
    /// Signed GET of one object, to be sent by download().
    net::Request getRequest(const S3Location &object, const QString &version = {}) const;
    /// Keys below a prefix, all pages, sorted by bytes as S3 does.
    Result<std::vector<S3Object>> list(const QString &bucket, const QString &prefix = {}, std::stop_token stop = {}) const;
    /// All versions of one key, newest first; a bucket without versioning has one with the id "null".
    Result<std::vector<S3Object>> versions(const S3Location &object, std::stop_token stop = {}) const;
    /// One request; the object appears whole or not at all. Gives its ETag and version.
    Result<S3Object> put(const S3Location &object, const QByteArray &bytes, std::stop_token stop = {}) const;
    /// A file: one PUT, or parts when it is longer than `partBytes` (5 MiB at least, S3's rule). If it fails or is stopped, the
    /// parts are taken back; with `stateFile` they stay after a stop or a broken connection, and the next call goes on.
    Result<S3Object> upload(const S3Location &object, const QString &file, const QString &stateFile = {}, std::stop_token stop = {}, const Progress &progress = {},
                            qint64 partBytes = 16 << 20) const;
    /// Buckets that the credentials may list.
    Result<QStringList> buckets(std::stop_token stop = {}) const;
    Result<bool> bucketExists(const QString &bucket, std::stop_token stop = {}) const;
    Result<void> createBucket(const QString &bucket, std::stop_token stop = {}) const;
    /// Takes one object (or version) away; that it was not there is no error.
    Result<void> remove(const S3Location &object, const QString &version = {}, std::stop_token stop = {}) const;

    const S3Endpoint &endpoint() const { return m_endpoint; }
    const std::shared_ptr<net::HttpClient> &http() const { return m_http; }

private:
    friend class MultipartUpload;
    using Query = std::vector<std::pair<QByteArray, QString>>;
    net::Request request(const QByteArray &method, const S3Location &object, Query query = {}, const QByteArray &body = {}) const;
    Result<net::Response> send(const net::Request &request, const S3Location &object, std::stop_token stop) const;

    std::shared_ptr<net::HttpClient> m_http;
    S3Endpoint m_endpoint;
};

/// A reply of 300 and more as an Error, with the XML's code, message and region.
Error s3Error(const S3Location &object, const S3Endpoint &endpoint, const net::Request &request, const net::Response &response);

} // namespace pilothouse::sources

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_connection.h"

#include <QHash>
#include <QJsonDocument>
#include <QUrlQuery>

#include <chrono>
#include <mutex>

namespace pilothouse::pipelines {

/// "owner/name".
struct GitHubRepository {
    QString owner, name;
    QString full() const { return owner + QLatin1Char('/') + name; }
};

/// What GitHub said last of its limits.
struct GitHubLimits {
    int limit = -1, remaining = -1; ///< −1: it did not say
    QString resource;
    QDateTime reset;
    QDateTime until;   ///< nothing is asked before; invalid: it may be asked
    QString why;       ///< "secondary limit"
    int failures = 0;  ///< in a row: no answer, 5xx
};

/// A reply, parsed once: as long as GitHub answers 304 it stays the same object.
struct GitHubReply {
    QJsonDocument json;
    QByteArray body;   ///< of raw calls
    QByteArray etag;
    QDateTime date;    ///< the server's time when it was made
};
using GitHubReplyPointer = std::shared_ptr<const GitHubReply>;

/// The calls of one connection (REST, api version 2022-11-28): one at a time, with ETags that make an unchanged reply free, a second between two writes, and nothing at all while
/// GitHub asks to wait. A write is sent once. Any thread. https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
/// Errors: Denied (token, right: named where GitHub names it), NotFound (which GitHub also says for what a token may not see), Conflict, Invalid (422, a page instead of JSON),
/// Unreachable (5xx, limits: until when), TimedOut.
class GitHubApi {
public:
    enum class Fresh { Ask, Forever }; ///< forever: what has been read once cannot change (a file of a commit)

    explicit GitHubApi(PipelineConnection connection);
    /// "https://api.github.com", "https://ghe.example/api/v3". An address without a path is that of an Enterprise server, but for github.com, api.*.
    static QString baseOf(const QString &url);
    static Result<void> check(const PipelineConnection &connection);

    Result<GitHubReplyPointer> get(const QString &path, const QUrlQuery &query = {}, Fresh fresh = Fresh::Ask, const QByteArray &accept = {}, std::stop_token token = {});
    /// All pages of a list under `key` (empty: the reply is the list), at most `most` items.
    Result<QJsonArray> list(const QString &path, const QString &key, QUrlQuery query = {}, int most = 500);
    /// POST, PUT, PATCH, DELETE. An empty reply is an empty document.
    Result<net::Response> write(const QByteArray &method, const QString &path, const QJsonObject &body = {});
    /// A file behind a redirect (log, artifact) is written to `file`. The token does not go along to another origin; http is followed on this machine only.
    Result<void> fetch(const QString &path, const QString &file, std::stop_token token = {});

    void keepAtLeast(int replies); ///< in memory; fewer than are asked for again and again, and each of them comes from the disk each time

    const PipelineConnection &connection() const { return m_connection; }
    const QString &base() const { return m_base; }
    GitHubLimits limits() const;
    int pollInterval() const; ///< x-poll-interval, seconds; 0: none was asked for
    QDateTime now() const { return m_connection.clock->nowUtc(); }
    QDateTime serverNow() const; ///< by GitHub's clock, as its last reply had it

private:
    Result<net::Response> send(net::Request request, bool isWrite, std::stop_token token);
    Result<net::Request> request(const QByteArray &method, const QString &path, const QUrlQuery &query) const;
    void learn(const net::Response &response);
    std::optional<Error> waiting() const;
    bool isOurs(const QString &url) const;
    QString cacheFile(const QString &key) const;
    GitHubReplyPointer cached(const QString &key);
    void keep(const QString &key, const GitHubReplyPointer &reply, bool onDisk);

    PipelineConnection m_connection;
    QString m_base;
    std::mutex m_wire;                  ///< calls are made one after the other
    mutable std::mutex m_lock;          ///< of what follows
    GitHubLimits m_limits;
    QHash<QString, GitHubReplyPointer> m_replies;
    QStringList m_order;                ///< keys, oldest first
    QHash<QString, QDateTime> m_notBefore; ///< x-poll-interval of an address
    int m_keptReplies = 400;
    int m_pollInterval = 0, m_secondary = 0;
    qint64 m_skew = 0;                  ///< seconds that GitHub's clock is ahead
    std::chrono::steady_clock::time_point m_lastWrite{};
};

/// A reply that is none, as an Error; `right` that the token needs, where the reply says so.
Error githubError(const net::Request &request, const net::Response &response);
bool githubReplyLost(const Error &error); ///< of a write: nobody knows whether it was done

} // namespace pilothouse::pipelines

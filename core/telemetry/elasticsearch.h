// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/http.h"
#include "core/telemetry/access_log.h"

#include <QJsonObject>

#include <functional>
#include <memory>
#include <stop_token>

namespace pilothouse::telemetry {

/// Where in a document of the log a figure stands. The defaults are Filebeat's and those of the Elastic Common Schema.
struct LogFields {
    QString time = QStringLiteral("@timestamp");
    QString status = QStringLiteral("http.response.status_code"); ///< a number or a keyword; where no document has it the message is read
    QString latency = QStringLiteral("event.duration");
    QString latencyUnit = QStringLiteral("ns");                   ///< ns, us, ms, s
    QString message = QStringLiteral("message");
    QString pod = QStringLiteral("kubernetes.pod.name");
    QString space = QStringLiteral("kubernetes.namespace");
    /// As a connection writes them: time_field, status_field, latency_field, latency_unit, message_field, pod_field, namespace_field.
    static LogFields of(const QMap<QString, QString> &settings);
};

struct ElasticOptions {
    QString url, index = QStringLiteral("filebeat-*");
    QString user;                            ///< Basic; empty with a secret: an API key (base64 of id:key)
    std::function<Result<QString>()> secret; ///< password or key, asked for at each request; null: none
    QString caFile;
    LogFields fields;
    int timeoutMs = 20000;
};

/// The figures of access logs in an Elasticsearch or OpenSearch. Any thread; only reads.
class Elasticsearch {
public:
    Elasticsearch(std::shared_ptr<net::HttpClient> http, ElasticOptions options);
    /// Requests from `from` to `to` in stretches of `bucketSeconds`: by aggregation where documents have the status as a field, else out of at most 50,000 messages, newest first.
    /// @param podPrefix, space  of the pods that count; empty: all documents of the index
    /// Shards that failed, a search that ran out of time and messages that were too many are said in `partial`. Errors: Invalid in the server's words; NotFound: no such index; Denied; Unreachable.
    Result<ServiceTraffic> traffic(const QString &podPrefix, const QString &space, const QDateTime &from, const QDateTime &to, int bucketSeconds, std::stop_token stop = {}) const;
    /// "elasticsearch 8.15.0", "opensearch 2.19.1".
    Result<QString> version(std::stop_token stop = {}) const;

    static constexpr int mostMessages = 50000, page = 5000;

private:
    Result<QJsonObject> send(const QByteArray &method, const QString &path, const QJsonObject &body, std::stop_token stop) const;
    QJsonObject filter(const QString &podPrefix, const QString &space, const QDateTime &from, const QDateTime &to) const;
    Result<void> readMessages(const QJsonObject &query, TrafficCounter &counter, ServiceTraffic &out, std::stop_token stop) const;
    std::shared_ptr<net::HttpClient> m_http;
    ElasticOptions m_options;
};

} // namespace pilothouse::telemetry

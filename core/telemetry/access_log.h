// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QDateTime>

#include <optional>
#include <vector>

namespace pilothouse::telemetry {

/// What one line of a service's access log says.
struct AccessLine {
    int status = 0;
    std::optional<double> milliseconds; ///< that the answer took, where the line tells it
    QByteArray method, path;            ///< "POST", "/predict"; empty where the line tells none
};
/// Reads a line as uvicorn and gunicorn (also Apache and nginx, combined), Flask, Spring's and Go's key=value (logfmt) and JSON loggers write it. nullopt: it is no line of an answer. Pure.
std::optional<AccessLine> accessLine(QByteArrayView text);

/// Requests of one stretch of time.
struct TrafficBucket {
    QDateTime start; ///< UTC
    qint64 requests = 0, unauthorized = 0, failed = 0; ///< unauthorized: 401; failed: 5xx
    std::optional<double> p50, p95, p99;               ///< milliseconds; not told, or no request
};
/// Requests over time, from wherever they are known.
struct ServiceTraffic {
    int bucketSeconds = 60;
    std::vector<TrafficBucket> buckets; ///< oldest first, without a gap
    QString source;                     ///< "Elasticsearch http://es:9200 filebeat-*", "pod logs"
    QString statusFrom;                 ///< the field, or "the access log's lines"
    QString partial;                    ///< why it is not all; empty: it is
    qint64 requests() const;
    qint64 unauthorized() const;
    qint64 failed() const;
};

/// Adds lines up; what lies outside of [from, to) is left out.
class TrafficCounter {
public:
    TrafficCounter(const QDateTime &from, const QDateTime &to, int bucketSeconds);
    void add(const QDateTime &when, const AccessLine &line);
    std::vector<TrafficBucket> take(); ///< with percentiles by linear interpolation

private:
    qint64 m_from;
    qint64 m_step;
    std::vector<TrafficBucket> m_buckets;
    std::vector<std::vector<double>> m_times;
};

} // namespace pilothouse::telemetry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/net/http.h"

#include <QDateTime>
#include <QMap>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::telemetry {

/// One value of an instant query. NaN and the infinities are values like any other.
struct PrometheusSample {
    QMap<QString, QString> labels; ///< without an entry for what a function dropped
    double value = 0;
    QDateTime time;                ///< that the query was evaluated at
};

struct PrometheusAnswer {
    QString type; ///< vector, scalar
    std::vector<PrometheusSample> samples;
    QStringList warnings; ///< warnings and infos of the server: also of a query that succeeded
};

/// One series of a range query, oldest first.
struct PrometheusSeries {
    QMap<QString, QString> labels;
    std::vector<std::pair<QDateTime, double>> points;
};

/// A rule that a server judges by itself, and what it found.
struct AlertingRule {
    struct Alert {
        QMap<QString, QString> labels, annotations;
        QString state; ///< pending, firing
        QDateTime since;
    };
    QString name, group, state; ///< inactive, pending, firing
    bool failed = false, noData = false; ///< its query failed; gave nothing (Grafana)
    QString problem;            ///< of one that failed, in the server's words
    qint64 forSeconds = 0;      ///< how long it is pending before it fires
    QMap<QString, QString> labels;
    std::vector<Alert> alerts;
};

struct PrometheusOptions {
    QString url;  ///< "http://prom:9090", also with a path prefix
    QString user; ///< of Basic authentication; empty with a secret: a bearer token
    std::function<Result<QString>()> secret; ///< password or token, asked for at each query; null: none
    QString caFile;
    int timeoutMs = 15000;
};

/// The instant queries of a Prometheus (and of what speaks like it: Thanos, Mimir, VictoriaMetrics). Any thread.
class Prometheus {
public:
    Prometheus(std::shared_ptr<net::HttpClient> http, PrometheusOptions options);
    /// GET /api/v1/query, POST for a long one. @param at  invalid: now
    /// Errors: Invalid with the server's own words for a query that cannot be read or carried out, and for a result that is no number (range vectors,
    /// texts); TimedOut; Denied; Unreachable.
    Result<PrometheusAnswer> query(const QString &expression, const QDateTime &at = {}, std::stop_token token = {}) const;
    /// The one number that a query gives. NotFound: it gave none (nothing was measured); Invalid: it gave several series, named in the error.
    Result<double> number(const QString &expression, const QDateTime &at = {}, std::stop_token token = {}) const;
    /// The values of a query over a stretch of time, one each `stepSeconds` (the server refuses more than 11,000 a series). Errors as query().
    Result<std::vector<PrometheusSeries>> range(const QString &expression, const QDateTime &from, const QDateTime &to, int stepSeconds, std::stop_token token = {}) const;
    /// Its alerting rules. NotFound, Denied: it does not tell them, or not to this account. Errors as query().
    Result<std::vector<AlertingRule>> alertingRules(std::stop_token token = {}) const;
    const QString &url() const { return m_options.url; }

private:
    Result<net::Response> send(const QByteArray &form, bool post, std::stop_token token, const char *route = "query") const;
    std::shared_ptr<net::HttpClient> m_http;
    PrometheusOptions m_options;
};

/// A value as Prometheus writes it: "0.5", "NaN", "+Inf", "-Inf", "1e+06". nullopt: none.
std::optional<double> prometheusNumber(const QString &text);

} // namespace pilothouse::telemetry

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/service_traffic.h"
#include "core/fleet/workload_metrics.h"

namespace pilothouse::fleet {

/// The model whose deployment it is; null: none. @param defaultSpace  of a target that names none
const workspace::Model *modelOfWorkload(const Services &services, const QString &connection, const cluster::KubeRef &ref, const QString &defaultSpace);
/// The connection of kind prometheus that knows of a model (null: of no model), or in `missing` why there is none.
QString prometheusFor(const Services &services, const workspace::Model *model, QString &missing);

/// One Prometheus and one workload: selectors and queries.
struct Asked {
    std::shared_ptr<telemetry::Prometheus> prometheus;
    QString pod = QStringLiteral("pod"), space = QStringLiteral("namespace");
    QString pattern, inSpace;
    QDateTime from, to;
    int step = 30; ///< seconds

    QString selector(const QString &more) const {
        QStringList parts{QStringLiteral("%1=\"%2\"").arg(space, inSpace), QStringLiteral("%1=~\"%2\"").arg(pod, escaped(pattern))};
        if (!more.isEmpty())
            parts << more;
        return QLatin1Char('{') + parts.join(QLatin1Char(',')) + QLatin1Char('}');
    }
    /// The rate of a counter, with a label of its own for the revision.
    QString rate(const QString &metric, const QString &more) const {
        return QStringLiteral("label_replace(rate(%1%2[3m]),\"pilothouse_revision\",\"$1\",\"%3\",\"%4\")").arg(metric, selector(more), pod, escaped(pattern));
    }
    static QString escaped(QString regex) { return regex.replace(QLatin1Char('\\'), QStringLiteral("\\\\")); }
    Result<std::vector<telemetry::PrometheusSeries>> range(const QString &query, std::stop_token token) const { return prometheus->range(query, from, to, step, token); }
};

/// The family of which this workload exports something now.
Result<std::optional<MetricFamily>> familyOf(const Asked &asked, const std::vector<MetricFamily> &families, std::stop_token token);

/// Fills in what Prometheus did not know, from the prediction log of the model (null: the workload is no model's): ours on this machine, else GET /logs of its endpoint.
void addLogMetrics(const Services &services, const workspace::Model *model, WorkloadMetrics &out, std::stop_token token);

/// Fills in requests, errors and latency, where nothing knows them yet, from the workspace's Elasticsearch or from the access log of the pods. Why neither does is added to `missing`.
void addServiceTraffic(const Services &services, const QString &connection, const cluster::KubeRef &ref, TrafficQuestion::Source source, WorkloadMetrics &out, std::stop_token token);
/// Requests a second, percent of 5xx and of 401, and percentiles of the latency, of all pods together. Pure.
void curvesOfTraffic(const telemetry::ServiceTraffic &traffic, WorkloadMetrics &out);

/// A promise against the requests, errors and latency that are known, of all revisions. Pure.
telemetry::SloReading sloOfCurves(const workspace::Slo &slo, const WorkloadMetrics &metrics);

/// One answer as a log tells it.
struct LoggedAnswer {
    QDateTime when;
    QString version;
    bool failed = false;
    double milliseconds = 0;
    std::optional<double> number; ///< what was predicted, of a forecast the first step
    QString word;                 ///< or the class
};
/// Those of the reference routes' log: a list of {"timestamp","model_version","status","response_time_ms","prediction"}; what has no time is left out. Pure.
std::vector<LoggedAnswer> answersOf(const QJsonArray &log);
/// Requests, errors, latency and mix by version in stretches of `bucketSeconds`. Pure.
void curvesOfAnswers(std::vector<LoggedAnswer> answers, int bucketSeconds, WorkloadMetrics &out);

} // namespace pilothouse::fleet

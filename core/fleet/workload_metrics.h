// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_object.h"
#include "core/fleet/services.h"
#include "core/telemetry/prometheus.h"
#include "core/telemetry/slo_reading.h"

#include <QDateTime>
#include <QMap>

#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::fleet {

/// What the pods of a workload answered lately, by revision.
struct WorkloadMetrics {
    struct Curve {
        QString name; ///< "revision 4", "v3"; of pods that tell no revision "all pods"
        bool newest = false; ///< of the newest revision: the canary, while there is one
        std::vector<std::pair<QDateTime, double>> points; ///< oldest first; NaN: nothing measured
    };
    struct Mark { ///< a revision began
        QDateTime when;
        QString name;
    };
    std::vector<Curve> requests; ///< 1/s
    std::vector<Curve> errors;   ///< percent of the requests
    std::vector<Curve> latency;  ///< p95, ms
    std::vector<Curve> mix;      ///< see mixIs
    enum class Mix { None, Share, Mean, Loss } mixIs = Mix::None; ///< share of each predicted class ("v3: yes", percent), mean of what was predicted, or mean error of labels
    std::vector<Mark> marks;
    QMap<QString, double> shares; ///< of the newest requests by revision, 0 … 1; empty: none were seen
    QString source;    ///< of requests, errors, latency: "Prometheus http://prom:9090", "prediction log"; empty: nothing knows them
    QString mixSource;
    QString missing;   ///< why there are no requests: a sentence with the remedy
    QString mixMissing;
    QDateTime from, to;
    QString partial;    ///< why requests, errors and latency are not all of it; empty: they are
    telemetry::SloReading slo; ///< what the model's watch promises, over the same hour
    std::optional<Error> problem; ///< what knows the requests could not be asked, and nothing else knows them
    bool dear = false;  ///< reading it costs the cluster much (logs of all pods): ask seldom
};

/// From the workspace's Prometheus (that of the model's judge, else the only one), by the names of the workload's pods and the metrics that are known: those that the connection names
/// (requests_metric, status_label, latency_metric, predictions_metric, prediction_label, pod_label, namespace_label), pilothouse_*, http_requests_total (FastAPI), starlette_*, Istio's,
/// Knative's and KServe's. Where it knows no request: from an Elasticsearch of the workspace. Where there is none: from the prediction log of the model whose deployment it is, and at last from the access log of the pods. What is not known is said, never an error; the last hour. Blocking.
/// @param logs  also from the pods' logs, which is dear
Result<WorkloadMetrics> readWorkloadMetrics(const Services &services, const QString &connection, const cluster::KubeRef &ref, std::stop_token token = {}, bool logs = true);

/// The client of a connection of kind prometheus.
std::shared_ptr<telemetry::Prometheus> prometheusOf(const Services &services, const QString &connection);

/// Which metrics count requests and time them, in one system.
struct MetricFamily {
    QString requests, statusLabel, latency; ///< counter, its label of the HTTP status or its class, histogram without _bucket
    double toMs = 1000;                     ///< of the histogram's unit
    QString more;                           ///< further matchers: "reporter=\"destination\""
};
/// Those that are known, the connection's own first. Pure.
std::vector<MetricFamily> metricFamilies(const QMap<QString, QString> &settings);
/// The pods of a workload by their names, and where in them the revision stands: a regular expression with one group ("web-([a-z0-9]+)-[a-z0-9]{5}"). Pure.
QString podPattern(const cluster::KubeRef &ref);

} // namespace pilothouse::fleet

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_object.h"
#include "core/fleet/services.h"

#include <QDateTime>
#include <QJsonObject>
#include <QTimeZone>

#include <array>
#include <limits>
#include <stop_token>
#include <vector>

namespace pilothouse::fleet {

/// What a workload took and how often it was asked, as Prometheus kept it: all its pods together.
struct Capacity {
    enum class State {
        Known,
        NoData,   ///< Prometheus has the metric, but of none of these pods in this time
        NoMetric, ///< Prometheus has no such metric at all: nothing scrapes it
        Failed,   ///< the query was refused
    };
    struct Series {
        QString metric;      ///< that was asked for; of several names all of them
        State state = State::NoData;
        QString why;         ///< where it is not known: a sentence with the remedy
        int stepSeconds = 0; ///< of predictions a day's usual length
        std::vector<std::pair<QDateTime, double>> points; ///< oldest first; NaN once where a gap begins
    };
    Series cpu;         ///< cores
    Series memory;      ///< bytes of the working set
    Series diskUsed;    ///< bytes on the volumes of the pods
    Series diskSize;    ///< bytes that those volumes have
    Series predictions; ///< requests of a calendar day of the workspace's zone, at the day's begin; the last day is not over
    QString source;     ///< "Prometheus http://prom:9090"
    QString zone;
    QDateTime from, to;
    /// {"source","zone","from","to","series":[{"name","unit","metric","state":"known|no_data|no_metric|failed","why","step_seconds","points":[[time,value|null]]}]}
    QJsonObject toJson() const;
};

struct CapacityQuestion {
    QString connection;      ///< of kind kubernetes; of the model's deployment, or empty
    cluster::KubeRef ref;
    const workspace::Model *model = nullptr; ///< that it serves; null: by connection and ref
    QDateTime from, to;
    int stepSeconds = 0;     ///< 0: as capacityStep() says
};

/// CPU (container_cpu_usage_seconds_total), memory (container_memory_working_set_bytes), the volumes of the pods (kubelet_volume_stats_*, by kube_pod_spec_volumes_persistentvolumeclaims_info of
/// kube-state-metrics) and predictions a day (the counter of readWorkloadMetrics()), by the names of the workload's pods. Blocking.
/// NotFound: no Prometheus knows of it. Invalid: no stretch of time, or more than 366 days. Else as Prometheus::query(); a query that Prometheus refuses is told in its series.
Result<Capacity> readCapacity(const Services &services, const CapacityQuestion &question, std::stop_token token = {});

/// Seconds between two points: whole minutes, about 300 points, never more than the 11,000 of Prometheus. @param wanted  0: none. Pure.
int capacityStep(const QDateTime &from, const QDateTime &to, int wanted = 0);
/// Without what is no number, and with one NaN where more than a step is missing. Pure.
std::vector<std::pair<QDateTime, double>> withGaps(const std::vector<std::pair<QDateTime, double>> &points, int stepSeconds);

/// A stretch of days of one length whose ends lie just as far apart: one query. Pure.
struct DayBlock {
    QDateTime firstEnd, lastEnd;
    int daySeconds = 86400;
};
/// The calendar days of a zone from that of `from` to that of `to`, which ends with `to`. Pure.
std::vector<DayBlock> dayBlocks(const QDateTime &from, const QDateTime &to, const QTimeZone &zone);

} // namespace pilothouse::fleet

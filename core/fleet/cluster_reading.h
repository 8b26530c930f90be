// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/alert_readings.h"
#include "core/fleet/workload_metrics.h"

namespace pilothouse::fleet {

/// What the workload of a model in a cluster answered in the last hour, by Prometheus or Elasticsearch, for the rules over it: error_rate and latency of the last 15 minutes, no_data of at most an hour.
/// The share of failed requests is over all revisions. Of the latency it is the p95 that the middle one of the minutes had, of several revisions each minute the slowest: percentiles cannot be added up.
/// Below 20 requests there is no value. Where nothing knows the requests it cannot be told. Pure.
telemetry::AlertReading clusterReading(const workspace::AlertRule &rule, const WorkloadMetrics &seen, const QDateTime &now);

} // namespace pilothouse::fleet

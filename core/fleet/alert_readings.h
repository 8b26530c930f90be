// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/telemetry/alert_state.h"

#include <map>
#include <memory>
#include <stop_token>

namespace pilothouse::fleet {

struct Snapshot;
struct WorkloadMetrics;

/// What the world says about rules. One object for one look: what several rules need (the fleet's state) is read once. Blocking.
///
/// staleness   the newest version of the model in its registry; of an experiment the newest metric or run
/// metric      endpoint: over the newest labelled rows of the model's prediction log, as the rule says; registry: the run of the champion
/// drift, skew, run_time   as the fleet table has them (worst PSI of the inputs; what is served against the alias; the newest run)
/// error_rate, latency     requests of the last 15 minutes in the prediction log, at least 20; latency p95 of the newest 100
/// no_data     the newest request in the log
///             of a model in a cluster all three from Prometheus or Elasticsearch (cluster_reading.h)
/// query       one number of a Prometheus
class AlertReadings {
public:
    explicit AlertReadings(const Services &services, std::stop_token stop = {});
    ~AlertReadings();
    telemetry::AlertReading read(const workspace::AlertRule &rule);

private:
    const Snapshot &fleet();
    telemetry::AlertReading inCluster(const workspace::AlertRule &rule, const workspace::Model &model);
    const Services &m_services;
    std::stop_token m_stop;
    std::unique_ptr<Snapshot> m_fleet;
    std::map<QString, std::shared_ptr<const WorkloadMetrics>> m_traffic; ///< of models in clusters
};

} // namespace pilothouse::fleet

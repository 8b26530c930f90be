// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/services.h"
#include "core/telemetry/access_log.h"
#include "core/telemetry/elasticsearch.h"

#include <memory>
#include <stop_token>

namespace pilothouse::fleet {

struct TrafficQuestion {
    QString target, connection, space; ///< target: deployment/NAME, service/NAME …, or a model of the workspace
    QDateTime from, to;
    int bucketSeconds = 60;
    enum class Source { Any, Elasticsearch, Pods } source = Source::Any;
};

/// The workspace's Elasticsearch: the connection of that kind. NotFound: there is none; Conflict: there are several and none is named.
Result<std::shared_ptr<telemetry::Elasticsearch>> elasticsearchOf(const Services &services, const QString &connection = {});

/// What the endpoint of a model on this machine answered, from its prediction log: each request of the newest 200,000. NotFound: there is none. Blocking.
Result<telemetry::ServiceTraffic> loggedTraffic(const Services &services, const workspace::Model &model, const QDateTime &from, const QDateTime &to, int bucketSeconds);

/// What a service answered: of a model that is served on this machine from its prediction log, else from the workspace's Elasticsearch, else (or where that knows no request of it, or does not answer, which is said in `partial`) from the logs of its pods. Blocking.
Result<telemetry::ServiceTraffic> serviceTraffic(const Services &services, const TrafficQuestion &question, std::stop_token stop = {});

} // namespace pilothouse::fleet

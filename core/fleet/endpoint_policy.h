// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/endpoint.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>

namespace pilothouse::fleet {

/// What the service that serves a model says of itself by the reference routes: GET /metrics and /retrain/status. What a service leaves out is not told; other names are kept in `config`.
struct EndpointPolicy {
    std::optional<bool> enabled;
    QDateTime lastRetrain, nextAllowed; ///< invalid: never, now
    QString dataHash;
    std::optional<double> current, best; ///< of `metric`
    QString metric;                      ///< "r2" where the service tells no name
    QJsonObject config;                  ///< {"enabled","min_performance_threshold","degradation_threshold","min_hours_between",…} as it said it
    struct Figures {
        qint64 requests = 0, failed = 0;
        std::optional<double> averageMs, p95Ms, uptimeSeconds;
    };
    std::optional<Figures> figures; ///< since it began; nullopt: no /metrics as JSON
    QString noFigures;              ///< why there are none
    /// {"enabled","metric","current","best","last_retrain","next_allowed","data_hash","config","figures":{"requests","failed","average_ms","p95_ms","uptime_seconds"}|null}
    QJsonObject toJson() const;
};
/// Errors: as HTTP tells them; NotFound: it has no /retrain/status. Blocking.
Result<EndpointPolicy> endpointPolicy(const ModelEndpoint &endpoint, std::stop_token token = {});
/// The newest decisions of its own policy, newest first, as it says them: {"timestamp","trigger","reason","decision","run_id",…}.
Result<QJsonArray> endpointDecisions(const ModelEndpoint &endpoint, int limit, std::stop_token token = {});

/// "endpoint-retrain": POST /retrain/trigger. Nothing undoes it. `run` gets the id that it gave. Refused with the rule that forbids it (409, 429), unless forced.
operations::Operation endpointRetrainOperation(const QString &model, const ModelEndpoint &endpoint, bool force, std::shared_ptr<QString> run);
/// "endpoint-retrain-config": POST /retrain/config with what is to change; the undo sends what stood there before. `now` gets what is in force then.
/// @param before  its config as endpointPolicy() read it
operations::Operation endpointConfigOperation(const QString &model, const ModelEndpoint &endpoint, const QJsonObject &before, const QJsonObject &change, std::shared_ptr<QJsonObject> now);

} // namespace pilothouse::fleet

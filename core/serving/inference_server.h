// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/serving/batching.h"
#include "core/serving/http_server.h"
#include "core/serving/judge.h"
#include "core/serving/prediction_log.h"
#include "core/serving/route_alias.h"
#include "core/serving/rollout_state.h"
#include "core/artifact/scorer.h"

#include <QJsonArray>
#include <QJsonObject>

#include <functional>
#include <memory>

namespace pilothouse::serving {

class RolloutControl;
class ServingStore;
struct Revision;

/// What answers /retrain/*; app/pilot fills it from core/retrain. An empty function makes its route 404.
struct RetrainHooks {
    struct Answer {
        int status = 200;
        QJsonObject body;
        int retryAfterSeconds = 0; ///< > 0: sent as Retry-After
    };
    std::function<Result<QJsonObject>()> status;
    std::function<Result<Answer>(const QJsonObject &)> trigger; ///< 202, or 409/429 with the rule that forbids it
    std::function<Result<Answer>(const QJsonObject &)> config;  ///< full config; an Invalid error becomes 422
    std::function<Result<QJsonArray>(int limit)> logs;
};

struct ServerOptions {
    QString folder;        ///< holds serving.db; made if missing
    QString target, model; ///< "serving/t2m", "t2m": also the {m} of the KServe routes
    QString address = QStringLiteral("127.0.0.1");
    unsigned short port = 0;
    HttpLimits limits;
    std::vector<RouteAlias> aliases; ///< further paths; start() is Invalid if a path is a route already, or no route has that name
    std::string apiKey;     ///< needed by every route but health, ready, live, / and the descriptions; empty: none needed
    std::string adminToken; ///< opens all routes, /admin/* too; empty: /admin/* is closed
    double requestsPerSecond = 0; ///< per key, 0: no limit; one second's worth may come at once
    qint64 memoryBytes = 0; ///< resident memory above which predictions are refused (503 with Retry-After) until it has fallen by a twentieth; 0: no limit
    std::function<qint64()> residentBytes; ///< empty: of this process
    LogOptions log;
    BatchOptions batch;
    JudgeRules rules;
    artifact::ScorerLoader loader;
    std::function<Result<QString>(const QString &folder)> digestOf; ///< see ControlOptions
    RetrainHooks retrain;
    std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
    int tickMs = 200;       ///< how often the judge looks; 0: only when tick() is called
    /// Called on a thread of the server's own after the traffic has been moved; repeated until it gives no error, also
    /// after a restart.
    std::function<Result<void>(const Notice &)> onTurnBack, onFinished;
    std::function<void()> onStopWanted; ///< POST /admin/stop
    std::function<void(const QString &)> report; ///< a line for the program's log
    QString version;        ///< of the program, for / and /openapi.json
};

/// The inference server of one target: HTTP routes, prediction log, rollout, shadow and A/B test. It links no learner: the
/// loader it is given turns package folders into scorers.
class InferenceServer {
public:
    static Result<std::unique_ptr<InferenceServer>> start(ServerOptions options);
    ~InferenceServer();
    QString url() const;
    unsigned short port() const;
    /// Takes a version into service without HTTP; as POST /admin/rollout/start.
    RolloutControl &control();
    PredictionLog &log();
    ServingStore &store();
    /// One round of judging, notices and the stored status.
    void tick();
    /// Answers what is under way, writes the log, stops. Idempotent.
    void stop(int drainSeconds = 5);

private:
    class Impl;
    explicit InferenceServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::serving

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/serving/inference_server.h"
#include "core/serving/json_text.h"
#include "core/serving/openapi.h"
#include "core/serving/rate_limit.h"
#include "core/serving/rollout_control.h"
#include "core/serving/serving_store.h"
#include "core/serving/shadow_runner.h"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <thread>

namespace pilothouse::serving {

/// The inside of InferenceServer: predict.cpp holds the hot path, routes.cpp the table and the small answers,
/// admin_routes.cpp what changes traffic, metrics_text.cpp the figures.
class InferenceServer::Impl final : public HttpHandler {
public:
    explicit Impl(ServerOptions options);
    Result<void> begin();
    void end(int drainSeconds);
    ~Impl() override;

    bool handle(const HttpRequest &request, HttpReply &reply) override;
    void handleSlow(const HttpRequest &request, HttpReply &reply) override;
    void handleTogether(std::span<const HeldRequest> all) override;
    void fail(int status, std::string_view what, HttpReply &reply) override;

    void tick();

    using SteadyClock = std::chrono::steady_clock;
    ServerOptions o;
    std::shared_ptr<ServingStore> store;
    std::unique_ptr<PredictionLog> log;
    std::unique_ptr<RolloutControl> control;
    std::unique_ptr<ShadowRunner> shadow;
    std::unique_ptr<HttpServer> http;

private:
    // predict.cpp
    void predict(Protocol protocol, const HttpRequest &request, HttpReply &reply);
    void predictNow(const SplitPtr &split, Protocol protocol, const HttpRequest &request, HttpReply &reply);
    bool score(const LiveModel &model, Protocol protocol, const std::string &body, struct Scored &out) const;
    bool scoreRows(const LiveModel &model, struct Scored &out) const;
    LogRecord &newRecord(Protocol protocol); ///< this thread's one, until the next
    void give(const Split &split, const LiveModelPtr &live, const HttpRequest &request, struct Scored &scored, bool good, SteadyClock::time_point begin, LogRecord &record, HttpReply &reply);

    // routes.cpp
    struct Route;
    static const std::vector<Route> &routes();
    const Route *findRoute(const HttpRequest &request, std::string &argument, bool &pathKnown, std::string &allowed) const;
    Result<void> checkAliases() const;
    std::vector<ApiRoute> apiRoutes() const;
    bool allowed(const Route &route, const HttpRequest &request, HttpReply &reply);
    void answerRoute(const Route &route, const HttpRequest &request, const std::string &argument, HttpReply &reply);
    bool modelIs(const std::string &argument, HttpReply &reply) const;
    void root(const HttpRequest &, const std::string &, HttpReply &reply);
    void health(const HttpRequest &, const std::string &, HttpReply &reply);
    void modelInfo(const HttpRequest &, const std::string &, HttpReply &reply);
    void predictRest(const HttpRequest &request, const std::string &, HttpReply &reply);
    void predictV1(const HttpRequest &request, const std::string &argument, HttpReply &reply);
    void inferV2(const HttpRequest &request, const std::string &argument, HttpReply &reply);
    void labels(const HttpRequest &request, const std::string &, HttpReply &reply);
    void metricsJson(const HttpRequest &, const std::string &, HttpReply &reply);
    void metricsPrometheus(const HttpRequest &, const std::string &, HttpReply &reply);
    void logs(const HttpRequest &, const std::string &limit, HttpReply &reply);
    void retrainStatus(const HttpRequest &, const std::string &, HttpReply &reply);
    void retrainTrigger(const HttpRequest &request, const std::string &, HttpReply &reply);
    void retrainConfig(const HttpRequest &request, const std::string &, HttpReply &reply);
    void retrainLogs(const HttpRequest &, const std::string &limit, HttpReply &reply);
    void retrainAnswer(const std::function<Result<RetrainHooks::Answer>(const QJsonObject &)> &hook, const HttpRequest &request, HttpReply &reply);
    void ready(const HttpRequest &, const std::string &, HttpReply &reply);
    void live(const HttpRequest &, const std::string &, HttpReply &reply);
    void v1Model(const HttpRequest &, const std::string &argument, HttpReply &reply);
    void v2Model(const HttpRequest &, const std::string &argument, HttpReply &reply);
    void openApi(const HttpRequest &, const std::string &, HttpReply &reply);
    void docs(const HttpRequest &, const std::string &, HttpReply &reply);

    // admin_routes.cpp
    void adminRollout(const HttpRequest &, const std::string &, HttpReply &reply);
    void adminHistory(const HttpRequest &, const std::string &, HttpReply &reply);
    void adminRolloutAct(const HttpRequest &request, const std::string &verb, HttpReply &reply);
    void adminShadow(const HttpRequest &request, const std::string &, HttpReply &reply);
    void adminShadowTable(const HttpRequest &, const std::string &, HttpReply &reply);
    void adminAb(const HttpRequest &request, const std::string &, HttpReply &reply);
    void adminAbStatus(const HttpRequest &, const std::string &, HttpReply &reply);
    void adminStop(const HttpRequest &, const std::string &, HttpReply &reply);

    void runTicks();
    void runNotices();
    void deliverNotices();
    void saveStatus();
    void countAnswer(int status);
    void watchMemory();                 ///< memory_guard.cpp
    void watchLog();                    ///< log_guard.cpp, this and the next
    void endLog();
    qint64 residentNow() const;
    bool refusedForMemory(HttpReply &reply);

    std::unique_ptr<RateLimit> m_rate;
    SteadyClock::time_point m_started = SteadyClock::now();
    std::array<std::atomic<std::uint64_t>, 600> m_withoutModel{}; ///< answers no version gave, by status: 400, 401, 404, 408, 413, 429, 503 …
    std::atomic<std::uint64_t> m_passes{0}, m_passRequests{0}; ///< calls of the model that answered several requests, and how many
    std::atomic<bool> m_memoryFull{false};
    std::atomic<std::uint64_t> m_memoryRefused{0};
    std::mutex m_lock;
    std::condition_variable m_wake;
    bool m_stop = false, m_ended = false;
    QByteArray m_savedStatus;
    QString m_saveTrouble;                                 ///< told
    bool m_logFails = false;                       ///< this and the next three: of the thread that ticks
    std::uint64_t m_logLost = 0, m_logLostTold = 0; ///< predictions that the log missed: at the last look, and when it was last said
    SteadyClock::time_point m_logFailedAt;
    std::thread m_tickThread, m_noticeThread;
};

/// {"error":{"kind","what","hint"[,"field"]}} with its status.
void writeError(HttpReply &reply, int status, std::string_view kind, std::string_view what, std::string_view hint = {}, std::string_view field = {});
/// Of a value error: Invalid 422, NotFound 404, Conflict 409, Refused 409, Denied 403, others 500 or 503.
void writeError(HttpReply &reply, const Error &error);
void writeJson(HttpReply &reply, const QJsonObject &object, int status = 200);

} // namespace pilothouse::serving

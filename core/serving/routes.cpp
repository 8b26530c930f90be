// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/routes.h"

#include "core/base/json.h"
#include "core/serving/labels.h"
#include "core/serving/log_reader.h"

#include <algorithm>
#include <charconv>

namespace pilothouse::serving {

using Q = QLatin1String;

const std::vector<InferenceServer::Impl::Route> &InferenceServer::Impl::routes() {
    static const std::vector<Route> table{
        {"POST", "/predict", Access::Key, false, &Impl::predictRest, "Predict one row ({\"features\":[…]} or inputs by name) or many ({\"rows\":[…]})"},
        {"POST", "/v1/models/{}:predict", Access::Key, false, &Impl::predictV1, "KServe V1: {\"instances\":[…]}"},
        {"POST", "/v2/models/{}/infer", Access::Key, false, &Impl::inferV2, "KServe V2: {\"inputs\":[{\"name\",\"shape\",\"datatype\",\"data\"}]}"},
        {"GET", "/", Access::Open, false, &Impl::root, "What this is"},
        {"GET", "/health", Access::Open, false, &Impl::health, "Whether a model is served; 503 without"},
        {"GET", "/model-info", Access::Key, false, &Impl::modelInfo, "The version in service and its inputs"},
        {"POST", "/labels", Access::Key, true, &Impl::labels, "What really happened: {\"labels\":[{\"prediction_id\",\"value\"}]}"},
        {"GET", "/metrics", Access::Key, true, &Impl::metricsJson, "Figures as JSON"},
        {"GET", "/metrics/prometheus", Access::Key, true, &Impl::metricsPrometheus, "Figures for Prometheus"},
        {"GET", "/logs/{}", Access::Key, true, &Impl::logs, "The newest requests, newest first"},
        {"GET", "/retrain/status", Access::Key, true, &Impl::retrainStatus, "The retrain policy and when it acted"},
        {"POST", "/retrain/trigger", Access::Key, true, &Impl::retrainTrigger, "Retrain now: {\"force\":false}"},
        {"POST", "/retrain/config", Access::Key, true, &Impl::retrainConfig, "Change thresholds, interval or the switch"},
        {"GET", "/retrain/logs/{}", Access::Key, true, &Impl::retrainLogs, "The newest decisions, newest first"},
        {"GET", "/v1/models/{}", Access::Key, false, &Impl::v1Model, "KServe V1: whether the model is ready"},
        {"GET", "/v2/health/live", Access::Open, false, &Impl::live, "KServe V2: the server runs"},
        {"GET", "/v2/health/ready", Access::Open, false, &Impl::ready, "KServe V2: a model is served; 503 without"},
        {"GET", "/v2/models/{}", Access::Key, false, &Impl::v2Model, "KServe V2: inputs and outputs"},
        {"GET", "/openapi.json", Access::Open, false, &Impl::openApi, "This description"},
        {"GET", "/docs", Access::Open, false, &Impl::docs, "This description for people"},
        {"GET", "/admin/rollout", Access::Admin, false, &Impl::adminRollout, nullptr},
        {"GET", "/admin/history", Access::Admin, true, &Impl::adminHistory, nullptr},
        {"POST", "/admin/rollout/{}", Access::Admin, true, &Impl::adminRolloutAct, nullptr},
        {"GET", "/admin/shadow", Access::Admin, true, &Impl::adminShadowTable, nullptr},
        {"POST", "/admin/shadow", Access::Admin, true, &Impl::adminShadow, nullptr},
        {"GET", "/admin/ab", Access::Admin, false, &Impl::adminAbStatus, nullptr},
        {"POST", "/admin/ab", Access::Admin, true, &Impl::adminAb, nullptr},
        {"POST", "/admin/stop", Access::Admin, true, &Impl::adminStop, nullptr},
    };
    return table;
}

namespace {

constexpr std::size_t slowBody = 256u << 10; ///< a body from here on would keep its I/O thread from others for long

bool matches(std::string_view pattern, std::string_view path, std::string &argument) {
    const std::size_t hole = pattern.find("{}");
    if (hole == std::string_view::npos)
        return pattern == path;
    const std::string_view before = pattern.substr(0, hole), after = pattern.substr(hole + 2);
    if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after))
        return false;
    const std::string_view middle = path.substr(before.size(), path.size() - before.size() - after.size());
    if (middle.find('/') != std::string_view::npos || (after.empty() && middle.find(':') != std::string_view::npos))
        return false;
    argument = middle;
    return true;
}

/// Compares without telling by its time how much was right.
bool sameSecret(std::string_view given, std::string_view wanted) {
    unsigned char different = given.size() == wanted.size() ? 0 : 1;
    for (std::size_t i = 0; i < given.size(); ++i)
        different |= static_cast<unsigned char>(given[i] ^ wanted[wanted.empty() ? 0 : i % wanted.size()]);
    return different == 0 && !wanted.empty();
}

std::optional<int> limitOf(const std::string &text, HttpReply &reply) {
    int limit = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size() && limit >= 1 && limit <= 10000)
        return limit;
    writeError(reply, 422, "invalid", "The limit must be a whole number from 1 to 10000.", "For example /logs/50.", "limit");
    return std::nullopt;
}

} // namespace

void writeError(HttpReply &reply, int status, std::string_view kind, std::string_view what, std::string_view hint, std::string_view field) {
    reply.status = status;
    reply.body = "{\"error\":{\"kind\":";
    appendText(reply.body, kind);
    reply.body += ",\"what\":";
    appendText(reply.body, what);
    reply.body += ",\"hint\":";
    appendText(reply.body, hint);
    if (!field.empty()) {
        reply.body += ",\"field\":";
        appendText(reply.body, field);
    }
    reply.body += "}}";
}

void writeError(HttpReply &reply, const Error &error) {
    const auto status = [&] {
        switch (error.kind) {
        case ErrorKind::Invalid: return 422;
        case ErrorKind::NotFound: return 404;
        case ErrorKind::Conflict:
        case ErrorKind::Refused: return 409;
        case ErrorKind::Denied: return 403;
        case ErrorKind::Unreachable:
        case ErrorKind::TimedOut:
        case ErrorKind::Cancelled: return 503;
        case ErrorKind::Internal: break;
        }
        return 500;
    }();
    const QString what = error.where.isEmpty() || error.what.contains(error.where) ? error.what : error.where + QStringLiteral(": ") + error.what;
    writeError(reply, status, utf8(error.kindName()), utf8(what), utf8(error.hint));
}

void writeJson(HttpReply &reply, const QJsonObject &object, int status) {
    reply.status = status;
    reply.body = canonicalJson(object).toStdString();
}

const InferenceServer::Impl::Route *InferenceServer::Impl::findRoute(const HttpRequest &request, std::string &argument, bool &pathKnown, std::string &allowed) const {
    std::string_view path = request.path;
    for (const RouteAlias &alias : o.aliases)
        if (alias.path == request.path)
            path = alias.route;
    for (const Route &route : routes()) {
        if (!matches(route.path, path, argument))
            continue;
        if (request.method == route.method || (request.method == "HEAD" && route.method == std::string_view("GET")))
            return &route;
        pathKnown = true;
        allowed += (allowed.empty() ? "" : ", ") + std::string(route.method) + (route.method == std::string_view("GET") ? ", HEAD" : "");
    }
    return nullptr;
}

/// A path may stand for a route that has no parameter and is told of; it must be none itself.
Result<void> InferenceServer::Impl::checkAliases() const {
    QStringList known;
    for (const Route &route : routes())
        if (route.summary && std::string_view(route.path).find('{') == std::string_view::npos && !known.contains(Q(route.path)))
            known << Q(route.path);
    for (auto alias = o.aliases.begin(); alias != o.aliases.end(); ++alias) {
        const QString path = QString::fromStdString(alias->path), wanted = QString::fromStdString(alias->route);
        std::string argument;
        const bool taken = path.startsWith(Q("/admin/")) || std::any_of(routes().begin(), routes().end(), [&](const Route &route) { return matches(route.path, alias->path, argument); });
        if (taken || std::any_of(o.aliases.begin(), alias, [&](const RouteAlias &other) { return other.path == alias->path; }))
            return invalid(QStringLiteral("The path %1 cannot stand for %2: it is a route already, or named twice.").arg(path, wanted), {}, QStringLiteral("GET /docs lists the routes."));
        if (!known.contains(wanted))
            return invalid(QStringLiteral("There is no route %1 for which %2 could stand.").arg(wanted, path), {}, QStringLiteral("These can be named: %1.").arg(known.join(QStringLiteral(", "))));
    }
    return {};
}

/// What is described, with its other names.
std::vector<ApiRoute> InferenceServer::Impl::apiRoutes() const {
    std::vector<ApiRoute> list;
    for (const Route &route : routes()) {
        if (!route.summary)
            continue;
        list.push_back({route.method, route.path, route.summary, route.access != Access::Open});
        for (const RouteAlias &alias : o.aliases)
            if (alias.route == route.path)
                list.push_back({route.method, alias.path.c_str(), route.summary, route.access != Access::Open, route.path});
    }
    return list;
}

bool InferenceServer::Impl::allowed(const Route &route, const HttpRequest &request, HttpReply &reply) {
    const bool admin = sameSecret(request.key, o.adminToken);
    if (route.access == Access::Admin && !admin) {
        writeError(reply, 401, "denied", "This route needs the admin token.", "It stands in the file that server.json names; only its owner can read it.");
    } else if (route.access == Access::Key && !o.apiKey.empty() && !admin && !sameSecret(request.key, o.apiKey)) {
        writeError(reply, 401, "denied", request.key.empty() ? "This route needs an API key." : "The API key is not accepted.", "Send it as header X-API-Key, or as Authorization: Bearer.");
        reply.headers += "WWW-Authenticate: Bearer\r\n";
    } else {
        if (route.access != Access::Key || !m_rate || admin)
            return true;
        const double wait = m_rate->take(SteadyClock::now());
        if (wait == 0)
            return true;
        writeError(reply, 429, "refused", "Too many requests with this key.", "Wait for the time that Retry-After names.");
        reply.headers += "Retry-After: " + std::to_string(std::max(1, int(std::ceil(wait)))) + "\r\n";
    }
    return false;
}

bool InferenceServer::Impl::handle(const HttpRequest &request, HttpReply &reply) {
    thread_local std::string argument;
    bool pathKnown = false;
    std::string methods;
    const Route *route = findRoute(request, argument, pathKnown, methods);
    if (!route) {
        if (pathKnown) {
            writeError(reply, 405, "invalid", "This route does not know the method " + request.method + ".", "Allowed: " + methods + ".");
            reply.headers += "Allow: " + methods + "\r\n";
        } else {
            writeError(reply, 404, "not_found", "There is no route " + request.path.substr(0, 200) + ".", "GET /docs lists the routes.");
        }
    } else if (allowed(*route, request, reply)) {
        if (route->slow || request.body.size() >= slowBody)
            return false;
        answerRoute(*route, request, argument, reply);
        return true;
    }
    countAnswer(reply.status);
    return true;
}

void InferenceServer::Impl::handleSlow(const HttpRequest &request, HttpReply &reply) {
    std::string argument, methods;
    bool pathKnown = false;
    if (const Route *route = findRoute(request, argument, pathKnown, methods))
        answerRoute(*route, request, argument, reply);
}

void InferenceServer::Impl::answerRoute(const Route &route, const HttpRequest &request, const std::string &argument, HttpReply &reply) {
    try {
        (this->*route.answer)(request, argument, reply);
    } catch (const std::exception &e) {
        reply.clear();
        writeError(reply, internalError(e));
    }
}

void InferenceServer::Impl::fail(int status, std::string_view what, HttpReply &reply) {
    const char *kind = status == 408 ? "timed_out" : status == 503 ? "unreachable" : "invalid";
    writeError(reply, status, kind, what, status == 413 ? "Send fewer rows in one request." : "");
    countAnswer(status);
}

void InferenceServer::Impl::countAnswer(int status) { m_withoutModel[std::size_t(std::clamp(status, 0, 599))].fetch_add(1, std::memory_order_relaxed); }

bool InferenceServer::Impl::modelIs(const std::string &argument, HttpReply &reply) const {
    if (argument == utf8(o.model))
        return true;
    writeError(reply, 404, "not_found", "This server does not serve a model `" + argument + "`.", "It serves `" + utf8(o.model) + "`.");
    return false;
}

void InferenceServer::Impl::root(const HttpRequest &, const std::string &, HttpReply &reply) {
    const SplitPtr split = control->split();
    writeJson(reply, {{Q("service"), Q("pilothouse")}, {Q("status"), split->stable ? Q("running") : Q("waiting for a model")}, {Q("model"), o.model},
                      {Q("version"), o.version}, {Q("docs"), Q("/docs")}, {Q("openapi"), Q("/openapi.json")}});
}

void InferenceServer::Impl::health(const HttpRequest &, const std::string &, HttpReply &reply) {
    const SplitPtr split = control->split();
    const double up = std::chrono::duration<double>(SteadyClock::now() - m_started).count();
    writeJson(reply, {{Q("status"), split->stable ? Q("healthy") : Q("no model")}, {Q("model_loaded"), bool(split->stable)},
                      {Q("model_version"), split->stable ? QJsonValue(split->stable->revision.versionText()) : QJsonValue(QJsonValue::Null)}, {Q("uptime_seconds"), up}},
              split->stable ? 200 : 503);
}

void InferenceServer::Impl::modelInfo(const HttpRequest &, const std::string &, HttpReply &reply) {
    const SplitPtr split = control->split();
    if (!split->stable) {
        writeError(reply, 503, "unreachable", "No model is served here yet.", "Promote a version, or `pilot rollouts start`.");
        return;
    }
    const Revision &r = split->stable->revision;
    QJsonObject info{{Q("model"), o.model}, {Q("model_version"), r.versionText()}, {Q("model_source"), r.source()}, {Q("digest"), r.digest}, {Q("revision"), r.number},
                     {Q("since"), isoUtc(r.when)}, {Q("signature"), split->stable->scorer->signature().toJson()}};
    if (split->canary)
        info.insert(Q("canary"), QJsonObject{{Q("model_version"), split->canary->revision.versionText()}, {Q("share"), split->share}});
    if (split->shadow)
        info.insert(Q("shadow"), QJsonObject{{Q("model_version"), split->shadow->revision.versionText()}});
    writeJson(reply, info);
}

void InferenceServer::Impl::predictRest(const HttpRequest &request, const std::string &, HttpReply &reply) { predict(Protocol::Rest, request, reply); }
void InferenceServer::Impl::predictV1(const HttpRequest &request, const std::string &argument, HttpReply &reply) {
    if (modelIs(argument, reply))
        predict(Protocol::KserveV1, request, reply);
}
void InferenceServer::Impl::inferV2(const HttpRequest &request, const std::string &argument, HttpReply &reply) {
    if (modelIs(argument, reply))
        predict(Protocol::KserveV2, request, reply);
}

void InferenceServer::Impl::labels(const HttpRequest &request, const std::string &, HttpReply &reply) {
    std::vector<Label> list;
    if (const auto problem = readLabels(request.body, list)) {
        writeError(reply, problem->status, "invalid", problem->what, problem->hint, problem->field);
        return;
    }
    const auto outcome = takeLabels(list, *store, *log, *control);
    if (!outcome) {
        writeError(reply, outcome.error());
        return;
    }
    reply.body = "{\"accepted\":";
    appendInteger(reply.body, outcome->accepted);
    reply.body += ",\"unknown\":[";
    for (std::size_t i = 0; i < outcome->unknown.size(); ++i) {
        reply.body += i ? "," : "";
        appendText(reply.body, outcome->unknown[i]);
    }
    reply.body += "],\"rejected\":[";
    for (std::size_t i = 0; i < outcome->rejected.size(); ++i) {
        reply.body += i ? ",{\"prediction_id\":" : "{\"prediction_id\":";
        appendText(reply.body, outcome->rejected[i].first);
        reply.body += ",\"what\":";
        appendText(reply.body, outcome->rejected[i].second);
        reply.body += '}';
    }
    reply.body += "]}";
}

void InferenceServer::Impl::logs(const HttpRequest &, const std::string &limit, HttpReply &reply) {
    const auto count = limitOf(limit, reply);
    if (!count)
        return;
    if (const auto flushed = log->flush(); !flushed) {
        writeError(reply, flushed.error());
        return;
    }
    if (const auto done = appendNewestRequests(*store->database(), *count, reply.body); !done)
        writeError(reply, done.error());
}

void InferenceServer::Impl::live(const HttpRequest &, const std::string &, HttpReply &reply) { reply.body = "{\"live\":true}"; }

void InferenceServer::Impl::ready(const HttpRequest &, const std::string &, HttpReply &reply) {
    const bool is = bool(control->split()->stable);
    reply.status = is ? 200 : 503;
    reply.body = is ? "{\"ready\":true}" : "{\"ready\":false}";
}

void InferenceServer::Impl::v1Model(const HttpRequest &, const std::string &argument, HttpReply &reply) {
    if (!modelIs(argument, reply))
        return;
    const bool is = bool(control->split()->stable);
    writeJson(reply, {{Q("name"), o.model}, {Q("ready"), is}}, is ? 200 : 503);
}

void InferenceServer::Impl::v2Model(const HttpRequest &, const std::string &argument, HttpReply &reply) {
    if (!modelIs(argument, reply))
        return;
    const SplitPtr split = control->split();
    if (!split->stable) {
        writeError(reply, 503, "unreachable", "No model is served here yet.");
        return;
    }
    writeJson(reply, v2Metadata(o.model, split->stable->revision.versionText(), split->stable->scorer->signature()));
}

void InferenceServer::Impl::openApi(const HttpRequest &, const std::string &, HttpReply &reply) {
    const SplitPtr split = control->split();
    writeJson(reply, openApiDocument(o.model, o.version, apiRoutes(), split->stable ? &split->stable->scorer->signature() : nullptr));
}

void InferenceServer::Impl::docs(const HttpRequest &, const std::string &, HttpReply &reply) {
    const SplitPtr split = control->split();
    reply.contentType = "text/html; charset=utf-8";
    reply.body = docsPage(o.model, apiRoutes(), split->stable ? &split->stable->scorer->signature() : nullptr).toStdString();
}

} // namespace pilothouse::serving

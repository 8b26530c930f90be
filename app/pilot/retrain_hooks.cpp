// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/retrain_hooks.h"

#include "core/fleet/policy_desk.h"
#include "core/base/events.h"
#include "core/base/json.h"
#include "core/retrain/actions.h"
#include "core/retrain/held_back.h"

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using namespace retrain;
using Answer = serving::RetrainHooks::Answer;

QJsonValue numberIn(const std::map<QString, double> &values, const QString &name) {
    const auto it = values.find(name);
    return it == values.end() ? QJsonValue() : jsonNumber(it->second);
}

/// What the four routes share.
struct Routes : fleet::PolicyDesk {
    workspace::Model model;

    Result<QJsonObject> status() const {
        PH_ASSIGN(const ModelState state, store->state(model.name));
        PH_ASSIGN(const QJsonObject config, configInForce(model, state.config));
        PH_ASSIGN(const workspace::Model inForce, withConfig(model, state.config));
        const Observations seen = look(model);
        PH_ASSIGN(const Decision decision, decide(inForce, seen));
        QJsonObject object{{Q("enabled"), inForce.retrain.enabled},
                           {Q("last_retrain"), state.lastRetrain ? QJsonValue(isoUtc(*state.lastRetrain)) : QJsonValue()},
                           {Q("last_data_hash"), state.lastDataHash ? QJsonValue(*state.lastDataHash) : QJsonValue()},
                           {Q("metric"), decision.metric.isEmpty() ? QJsonValue() : QJsonValue(decision.metric)},
                           {Q("current"), numberIn(seen.metrics, decision.metric)},
                           {Q("best"), numberIn(seen.bestMetrics, decision.metric)},
                           {Q("current_r2"), numberIn(seen.metrics, QStringLiteral("r2"))},
                           {Q("best_r2"), numberIn(seen.bestMetrics, QStringLiteral("r2"))},
                           {Q("next_allowed"), decision.nextAllowed && decision.nextAllowed->isValid() ? QJsonValue(isoUtc(*decision.nextAllowed)) : QJsonValue()},
                           {Q("held_by"), QJsonArray::fromStringList(decision.heldBy)},
                           {Q("config"), config}};
        object.insert(Q("rules"), decision.toJson().value(Q("rules")));
        return object;
    }

    static Answer no(int status, const QString &rule, const Error &error, int retryAfter = 0) {
        return {status, {{Q("accepted"), false}, {Q("rule"), rule}, {Q("error"), errorToJson(error)}}, retryAfter};
    }

    Result<Answer> trigger(const QJsonObject &body) const {
        for (const QString &key : body.keys())
            if (key != Q("force") || !body.value(key).isBool())
                return invalid(QStringLiteral("The body may hold “force”, true or false; “%1” is not that.").arg(key), key);
        const bool force = body.value(Q("force")).toBool();
        PH_ASSIGN(const ModelState state, store->state(model.name));
        PH_ASSIGN(const workspace::Model inForce, withConfig(model, state.config));
        const Observations seen = look(model);
        const QString user = services->operations->actor().name;
        const auto wanted = byHand(inForce, seen, user, force);
        if (!wanted && wanted.error().kind == ErrorKind::Refused) {
            PH_ASSIGN(const HeldBack held, heldBack(inForce, seen));
            const bool interval = held.by.value(0) == Q("at_most_every"), known = held.until && held.until->isValid();
            return no(429, interval ? QStringLiteral("at_most_every %1").arg(inForce.retrain.atMostEvery) : held.by.value(0), wanted.error(), known ? int(std::clamp<qint64>(seen.now.secsTo(*held.until), 1, INT_MAX)) : 1);
        }
        if (!wanted)
            return wanted.error();
        const auto written = start(*wanted, state.lastRetrain);
        if (written)
            return Answer{202, QJsonObject{{Q("accepted"), true}, {Q("run_id"), written->run}, {Q("decision_id"), written->id}}, 0};
        if (written.error().kind == ErrorKind::Conflict)
            return no(409, QStringLiteral("one run at a time"), written.error());
        return written.error();
    }

    Result<Answer> config(const QJsonObject &body) const {
        PH_ASSIGN(const ModelState state, store->state(model.name));
        PH_ASSIGN(const Config wanted, parseConfig(body, QStringLiteral("/retrain/config"), state.config));
        PH_ASSIGN(const QJsonObject inForce, configInForce(model, wanted));
        if (!(wanted == state.config)) {
            const auto outcome = services->operations->run(configOperation(store, model.name, state.config, wanted));
            if (!outcome.done)
                return outcome.error.value_or(refused(QStringLiteral("The policy was not changed.")));
        }
        return Answer{200, inForce, 0};
    }

    Result<QJsonArray> logs(int limit) const {
        PH_ASSIGN(const auto decisions, store->decisions(model.name, limit));
        QJsonArray array;
        for (const Decision &d : decisions) {
            const auto value = [&](const std::optional<double> &v, bool wanted) { return v && wanted ? jsonNumber(*v) : QJsonValue(); };
            const bool r2 = d.metric == Q("r2");
            array << QJsonObject{{Q("timestamp"), isoUtc(d.time)}, {Q("trigger"), d.trigger}, {Q("reason"), d.reason}, {Q("metric"), d.metric},
                                 {Q("old"), value(d.before, true)}, {Q("new"), value(d.after, true)}, {Q("old_r2"), value(d.before, r2)},
                                 {Q("new_r2"), value(d.after, r2)}, {Q("decision"), decisionName(d.kind)}, {Q("run_id"), d.run.isEmpty() ? QJsonValue() : QJsonValue(d.run)}};
        }
        return array;
    }
};

} // namespace

Result<serving::RetrainHooks> retrainHooks(std::shared_ptr<fleet::Services> services, const workspace::Model &model) {
    PH_ASSIGN(fleet::PolicyDesk desk, fleet::PolicyDesk::open(std::move(services)));
    const auto routes = std::make_shared<Routes>(Routes{std::move(desk), model});
    serving::RetrainHooks hooks;
    hooks.status = [routes] { return routes->status(); };
    hooks.trigger = [routes](const QJsonObject &body) { return routes->trigger(body); };
    hooks.config = [routes](const QJsonObject &body) { return routes->config(body); };
    hooks.logs = [routes](int limit) { return routes->logs(limit); };
    return hooks;
}

} // namespace pilothouse

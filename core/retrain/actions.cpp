// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/actions.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/retrain/held_back.h"

namespace pilothouse::retrain {

Result<Decision> byHand(const workspace::Model &model, const Observations &seen, const QString &by, bool force) {
    PH_ASSIGN(Decision decision, decide(model, seen));
    PH_ASSIGN(const HeldBack held, heldBack(model, seen));
    const bool tooEarly = held.by == QStringList{QStringLiteral("at_most_every")};
    if (held.until && !force)
        return refused(tooEarly ? QStringLiteral("Too soon: %1 was last retrained at %2 and may be at most every %3, so again from %4.").arg(model.name, isoUtc(*seen.lastRetrain), model.retrain.atMostEvery, isoUtc(*held.until))
                           : QStringLiteral("%1 may not be retrained now. %2%3").arg(model.name, held.reasons.join(QLatin1Char(' ')), held.until->isValid() ? QStringLiteral(" Again from %1.").arg(isoUtc(*held.until)) : QString()),
                       QStringLiteral("model %1").arg(model.name), QStringLiteral("Force it to retrain all the same: --force, or {\"force\":true} to /retrain/trigger."));
    const QString policy = decision.reason;
    decision.kind = DecisionKind::RetrainAttempted;
    decision.trigger = QStringLiteral("by hand");
    decision.reason = QStringLiteral("Asked for by %1%2. The policy said: %3")
                          .arg(by, held.until ? QStringLiteral(", although it is %1").arg(tooEarly ? QStringLiteral("too soon") : QStringLiteral("held back")) : QString(), policy);
    return decision;
}

operations::Operation retrainOperation(std::shared_ptr<DecisionStore> store, const Decision &decision, const std::optional<QDateTime> &lastRetrain,
                                       Starter starter, std::shared_ptr<Decision> written, std::function<Result<void>()> ready) {
    using Q = QLatin1String;
    if (!written)
        written = std::make_shared<Decision>();
    operations::Operation operation;
    operation.kind = QStringLiteral("retrain");
    operation.object = QStringLiteral("model %1").arg(decision.model);
    operation.summary = QStringLiteral("Retrain %1. %2").arg(decision.model, decision.reason);
    operation.before = {{Q("last_retrain"), lastRetrain ? QJsonValue(isoUtc(*lastRetrain)) : QJsonValue()}};
    operation.details = {{Q("decision"), decision.toJson()}};
    operation.automatic = decision.trigger != Q("by hand"); // the policy acts at night, as the workspace says
    operations::Step step;
    step.call.verb = QStringLiteral("START");
    step.call.object = QStringLiteral("pipeline %1").arg(decision.model);
    step.call.effect = QStringLiteral("train, judge by the gates, register a candidate");
    step.call.command = QStringLiteral("pilot retrain run %1%2").arg(decision.model, decision.trigger == Q("by hand") ? QStringLiteral(" --force") : QString());
    step.guard = [store, model = decision.model, lastRetrain, ready = std::move(ready)]() -> Result<void> {
        if (ready)
            PH_TRY(ready());
        PH_ASSIGN(const ModelState now, store->state(model));
        if (now.lastRetrain != lastRetrain)
            return Error{ErrorKind::Conflict, QStringLiteral("A retraining of %1 was started at %2, after this one was decided.").arg(model, now.lastRetrain ? isoUtc(*now.lastRetrain) : QString()),
                         QStringLiteral("model %1").arg(model), QStringLiteral("Follow that one: pilot pipelines runs."), {}};
        return {};
    };
    step.execute = [store, decision, lastRetrain, starter = std::move(starter), written]() -> Result<void> {
        PH_ASSIGN(*written, store->appendRetrain(decision, lastRetrain));
        auto run = starter(*written);
        if (!run) {
            PH_TRY(store->setNotStarted(written->id, run.error().text()));
            return run.error();
        }
        written->run = *run;
        return store->setRun(written->id, *run);
    };
    step.readBack = [store, written]() -> Result<QJsonObject> {
        PH_ASSIGN(const Decision seen, store->decision(written->id));
        return QJsonObject{{Q("decision"), seen.id}, {Q("run"), seen.run}};
    };
    operation.steps.push_back(std::move(step));
    return operation;
}

operations::Operation configOperation(std::shared_ptr<DecisionStore> store, const QString &model, const Config &before, const Config &after) {
    using Q = QLatin1String;
    const QString effect = QStringLiteral("%1 → %2").arg(QString::fromUtf8(canonicalJson(before.toJson())), QString::fromUtf8(canonicalJson(after.toJson())));
    operations::Operation operation;
    operation.kind = QStringLiteral("retrain-config");
    operation.object = QStringLiteral("model %1").arg(model);
    operation.summary = before.enabled != after.enabled && after.enabled
                            ? QStringLiteral("Switch automatic retraining of %1 %2").arg(model, *after.enabled ? QStringLiteral("on") : QStringLiteral("off"))
                            : QStringLiteral("Change the retraining policy of %1").arg(model);
    operation.before = before.toJson();
    operation.undoRecord = {{Q("kind"), operation.kind}, {Q("model"), model}, {Q("config"), before.toJson()}};
    operation.details = {{Q("config"), after.toJson()}};
    operations::Step step;
    step.call.verb = QStringLiteral("SET");
    step.call.object = QStringLiteral("retraining policy of %1").arg(model);
    step.call.effect = effect;
    step.call.undo = QStringLiteral("back to %1").arg(QString::fromUtf8(canonicalJson(before.toJson())));
    if (after.enabled && before.enabled != after.enabled)
        step.call.command = QStringLiteral("pilot retrain %1 %2").arg(*after.enabled ? QStringLiteral("enable") : QStringLiteral("disable"), model);
    step.guard = [store, model, before]() -> Result<void> {
        PH_ASSIGN(const ModelState now, store->state(model));
        if (!(now.config == before))
            return Error{ErrorKind::Conflict, QStringLiteral("The retraining policy of %1 was changed meanwhile, to %2.").arg(model, QString::fromUtf8(canonicalJson(now.config.toJson()))),
                         QStringLiteral("model %1").arg(model), QStringLiteral("Look at it again and repeat the change."), {}};
        return {};
    };
    step.execute = [store, model, after] { return store->writeConfig(model, after); };
    step.readBack = [store, model]() -> Result<QJsonObject> {
        PH_ASSIGN(const ModelState now, store->state(model));
        return now.config.toJson();
    };
    step.undo = [store, model, before] { return store->writeConfig(model, before); };
    operation.steps.push_back(std::move(step));
    return operation;
}

} // namespace pilothouse::retrain

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/retrain/decision_text.h"
#include "core/retrain/held_back.h"
#include "core/retrain/judge_rule.h"
#include "core/retrain/policy.h"

#include <QJsonArray>

namespace pilothouse::retrain {

namespace {

QString listOf(const std::vector<RuleOutcome> &outcomes, bool fired) {
    QStringList parts;
    for (const RuleOutcome &o : outcomes)
        if (o.fired == fired)
            parts << QStringLiteral("%1 (%2)").arg(o.rule, o.numbers);
    return parts.join(QStringLiteral("; "));
}

/// One cause says itself until when; of several, or of a window, that is added.
QString heldText(const HeldBack &held) {
    QString text = held.reasons.join(QLatin1Char(' '));
    if (held.by != QStringList{QStringLiteral("at_most_every")})
        text += held.until->isValid() ? QStringLiteral(" Allowed again from %1.").arg(timeText(*held.until)) : QStringLiteral(" It stays so unless the policy is changed.");
    return text;
}

} // namespace

qint64 Observations::labelled(const QString &metric) const {
    const QString target = workspace::metricAndTarget(metric).second;
    if (target.isEmpty())
        return labelledRows;
    const auto found = labelledTargets.find(target);
    return found == labelledTargets.end() ? 0 : found->second;
}

QString decisionName(DecisionKind kind) {
    return kind == DecisionKind::Skipped ? QStringLiteral("SKIPPED") : QStringLiteral("RETRAIN_ATTEMPTED");
}

Result<std::vector<Rule>> rulesOf(const workspace::Model &model) {
    std::vector<Rule> rules;
    for (const QString &text : model.retrain.when) {
        auto rule = workspace::parseRetrainRule(text);
        if (!rule) {
            Error error = std::move(rule).error();
            error.where = QStringLiteral("model %1, retrain.when").arg(model.name);
            return error;
        }
        rules.push_back(*std::move(rule));
    }
    return rules;
}

Result<Decision> decide(const workspace::Model &model, const Observations &seen) {
    PH_ASSIGN(const std::vector<Rule> rules, rulesOf(model));
    PH_ASSIGN(const HeldBack held, heldBack(model, seen));
    Decision decision;
    decision.model = model.name;
    decision.time = seen.now;
    decision.dataHash = seen.dataHash;
    decision.notes = seen.notes;
    decision.nextAllowed = held.until;
    decision.heldBy = held.by;
    bool anyFired = false;
    for (const Rule &rule : rules) {
        decision.rules.push_back(judgeRule(rule, seen, model.retrain.minimumRows));
        anyFired = anyFired || decision.rules.back().fired;
        if (decision.metric.isEmpty() && rule.ofMetric()) {
            decision.metric = rule.metric;
            decision.before = judgedMetric(rule, seen, model.retrain.minimumRows);
        }
    }
    const QString fired = listOf(decision.rules, true);
    if (rules.empty())
        decision.reason = QStringLiteral("The workspace gives no retrain rule for this model.");
    else if (!model.retrain.enabled)
        decision.reason = anyFired ? QStringLiteral("Automatic retraining is switched off; would have fired: %1.").arg(fired)
                                   : QStringLiteral("Automatic retraining is switched off; no rule would have fired: %1.").arg(listOf(decision.rules, false));
    else if (!anyFired)
        decision.reason = QStringLiteral("No rule fired: %1.").arg(listOf(decision.rules, false));
    else if (decision.nextAllowed)
        decision.reason = QStringLiteral("%1 Would have fired: %2.").arg(heldText(held), fired);
    else {
        decision.kind = DecisionKind::RetrainAttempted;
        decision.reason = QStringLiteral("Fired: %1.").arg(fired);
    }
    return decision;
}

QJsonObject Decision::toJson() const {
    using Q = QLatin1String;
    QJsonArray list;
    for (const RuleOutcome &r : rules)
        list << QJsonObject{{Q("rule"), r.rule}, {Q("numbers"), r.numbers}, {Q("fired"), r.fired}, {Q("known"), r.known}, {Q("value"), r.value ? jsonNumber(*r.value) : QJsonValue()},
                            {Q("since"), r.since ? QJsonValue(isoUtc(*r.since)) : QJsonValue()}, {Q("checks"), r.checks}};
    const auto maybe = [](const std::optional<double> &v) { return v ? jsonNumber(*v) : QJsonValue(); };
    return {{Q("id"), id},           {Q("model"), model},     {Q("decision"), decisionName(kind)}, {Q("reason"), reason},
            {Q("rules"), list},      {Q("time"), isoUtc(time)}, {Q("run"), run},                   {Q("trigger"), trigger},
            {Q("metric"), metric},   {Q("before"), maybe(before)}, {Q("after"), maybe(after)},
            {Q("data_hash"), dataHash ? QJsonValue(*dataHash) : QJsonValue()},
            {Q("next_allowed"), nextAllowed && nextAllowed->isValid() ? QJsonValue(isoUtc(*nextAllowed)) : QJsonValue()},
            {Q("held_by"), QJsonArray::fromStringList(heldBy)},
            {Q("notes"), QJsonArray::fromStringList(notes)}};
}

Result<Decision> Decision::fromJson(const QJsonObject &object, const QString &where) {
    using Q = QLatin1String;
    JsonReader r(object, where);
    Decision d;
    d.id = r.text("id");
    d.model = r.text("model");
    const QString kind = r.text("decision");
    d.reason = r.text("reason");
    d.time = fromIsoUtc(r.text("time"));
    d.run = r.text("run", QString());
    d.trigger = r.text("trigger");
    d.metric = r.text("metric", QString());
    d.notes = r.texts("notes");
    for (const QJsonValue &v : object.value(Q("held_by")).toArray()) // absent from the log of an older program
        d.heldBy << v.toString();
    const QJsonArray list = r.array("rules");
    PH_TRY(r.check());
    if (kind != decisionName(DecisionKind::Skipped) && kind != decisionName(DecisionKind::RetrainAttempted))
        return invalid(QStringLiteral("“%1” is no decision; SKIPPED or RETRAIN_ATTEMPTED was expected.").arg(kind), where);
    d.kind = kind == decisionName(DecisionKind::Skipped) ? DecisionKind::Skipped : DecisionKind::RetrainAttempted;
    for (const auto &[key, slot] : {std::pair{"before", &d.before}, std::pair{"after", &d.after}})
        if (const QJsonValue v = object.value(Q(key)); v.isDouble())
            *slot = v.toDouble();
    if (const QJsonValue v = object.value(Q("data_hash")); v.isString())
        d.dataHash = v.toString();
    if (const QJsonValue v = object.value(Q("next_allowed")); v.isString())
        d.nextAllowed = fromIsoUtc(v.toString());
    for (const QJsonValue &v : list) {
        JsonReader rule(v.toObject(), where);
        d.rules.push_back({rule.text("rule"), rule.text("numbers"), rule.boolean("fired"), rule.boolean("known")});
        PH_TRY(rule.check());
        if (const QJsonValue value = v.toObject().value(Q("value")); value.isDouble())
            d.rules.back().value = value.toDouble();
        if (const QJsonValue since = v.toObject().value(Q("since")); since.isString())
            d.rules.back().since = fromIsoUtc(since.toString());
        d.rules.back().checks = v.toObject().value(Q("checks")).toInt();
    }
    return d;
}

} // namespace pilothouse::retrain

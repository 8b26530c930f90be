// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/retrain/policy.h"

#include <cmath>

namespace pilothouse::retrain {

namespace {

QString number(double value) { return QString::number(value, 'g', 4); }

QString duration(qint64 seconds) {
    if (seconds >= 2 * 86400)
        return QStringLiteral("%1 d").arg(number(double(seconds) / 86400));
    if (seconds >= 3600)
        return QStringLiteral("%1 h").arg(number(double(seconds) / 3600));
    return QStringLiteral("%1 min").arg(number(double(seconds) / 60));
}

QString shortUtc(const QDateTime &time) { return time.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm")) + QStringLiteral(" UTC"); }

bool holds(double value, const QString &op, double limit) {
    if (op == QLatin1String(">"))
        return value > limit;
    if (op == QLatin1String(">="))
        return value >= limit;
    if (op == QLatin1String("<"))
        return value < limit;
    return value <= limit;
}

/// A metric with the words that say where it is from; nullopt with the words that say why not.
struct Known {
    std::optional<double> value;
    QString words;
};

/// Where only each of several targets has the metric: what may be asked for instead; else empty.
QString ofOneTarget(const QString &name, const Observations &seen) {
    const auto first = seen.metrics.lower_bound(workspace::metricOfTarget(name, QString()));
    const bool there = first != seen.metrics.end() && first->first.startsWith(workspace::metricOfTarget(name, QString()));
    return there && seen.metrics.find(name) == seen.metrics.end() ? first->first : QString();
}

Known metricOf(const QString &name, const Observations &seen) {
    const auto it = seen.metrics.find(name);
    const auto source = seen.metricSources.find(name);
    const bool live = source == seen.metricSources.end();
    const qint64 rows = seen.labelled(name);
    const QString few = QStringLiteral("too few labelled rows: %1 of %2 needed").arg(rows).arg(minimumLabelledRows);
    if (const QString instead = ofOneTarget(name, seen); !instead.isEmpty())
        return {{}, QStringLiteral("%1 is not known over several targets, name one such as %2").arg(name, instead)};
    if (it == seen.metrics.end() || !std::isfinite(it->second))
        return {{}, QStringLiteral("%1 is not known, %2").arg(name, rows < minimumLabelledRows ? few : QStringLiteral("no source gives it"))};
    if (live && rows < minimumLabelledRows)
        return {{}, QStringLiteral("%1 is not judged, %2").arg(name, few)};
    return {it->second, live ? QStringLiteral("%1 %2 on %3 labelled rows").arg(name, number(it->second)).arg(rows)
                             : QStringLiteral("%1 %2 on %3").arg(name, number(it->second), source->second)};
}

RuleOutcome unknown(const Rule &rule, const QString &why) { return {rule.text, why, false, false, {}}; }

RuleOutcome judgeMetric(const Rule &rule, const Observations &seen) {
    const Known known = metricOf(rule.metric, seen);
    if (!known.value)
        return unknown(rule, known.words);
    if (rule.kind == Rule::Kind::Limit)
        return {rule.text, known.words, holds(*known.value, rule.op, rule.number), true, known.value};
    const auto best = seen.bestMetrics.find(rule.metric);
    if (best == seen.bestMetrics.end() || !std::isfinite(best->second))
        return unknown(rule, QStringLiteral("%1, its best so far is not known").arg(known.words));
    const double drop = best->second - *known.value;
    return {rule.text,
            drop > 0 ? QStringLiteral("%1, %2 below its best %3").arg(known.words, number(drop), number(best->second))
                     : QStringLiteral("%1, its best was %2").arg(known.words, number(best->second)),
            drop > rule.number, true, known.value};
}

RuleOutcome judge(const Rule &rule, const Observations &seen) {
    switch (rule.kind) {
    case Rule::Kind::Limit:
    case Rule::Kind::Drops:
        return judgeMetric(rule, seen);
    case Rule::Kind::Drift:
        if (!seen.worstPsi || !std::isfinite(*seen.worstPsi))
            return unknown(rule, QStringLiteral("drift is not known"));
        return {rule.text, QStringLiteral("PSI %1 in %2").arg(number(*seen.worstPsi), seen.worstColumn),
                holds(*seen.worstPsi, rule.op, rule.number), true, seen.worstPsi};
    case Rule::Kind::DataChanged: {
        if (!seen.dataHash || !seen.trainedDataHash)
            return unknown(rule, seen.dataHash ? QStringLiteral("the data that the champion was trained on is not known")
                                               : QStringLiteral("the data's hash is not known"));
        const bool changed = seen.dataHash->compare(*seen.trainedDataHash, Qt::CaseInsensitive) != 0;
        return {rule.text,
                changed ? QStringLiteral("MD5 %1 now, %2 when trained").arg(seen.dataHash->left(8), seen.trainedDataHash->left(8))
                        : QStringLiteral("MD5 %1 as when trained").arg(seen.dataHash->left(8)),
                changed, true, {}};
    }
    case Rule::Kind::Age: {
        if (!seen.newestModel)
            return unknown(rule, QStringLiteral("there is no model yet"));
        const qint64 age = seen.newestModel->secsTo(seen.now);
        if (age < 0)
            return unknown(rule, QStringLiteral("the newest model is dated %1, after now: the clock was moved").arg(shortUtc(*seen.newestModel)));
        return {rule.text, QStringLiteral("newest model is %1 old").arg(duration(age)), holds(double(age), rule.op, double(rule.seconds)), true, double(age)};
    }
    }
    return unknown(rule, QStringLiteral("a rule of an unknown kind"));
}

QString listOf(const std::vector<RuleOutcome> &outcomes, bool fired) {
    QStringList parts;
    for (const RuleOutcome &o : outcomes)
        if (o.fired == fired)
            parts << QStringLiteral("%1 (%2)").arg(o.rule, o.numbers);
    return parts.join(QStringLiteral("; "));
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

std::optional<QDateTime> nextAllowed(qint64 intervalSeconds, const std::optional<QDateTime> &lastRetrain, const QDateTime &now) {
    if (!lastRetrain || lastRetrain->addSecs(intervalSeconds) <= now || now.addSecs(intervalSeconds) < *lastRetrain)
        return {};
    return lastRetrain->addSecs(intervalSeconds);
}

Result<Decision> decide(const workspace::Model &model, const Observations &seen) {
    PH_ASSIGN(const std::vector<Rule> rules, rulesOf(model));
    const auto interval = workspace::parseDuration(model.retrain.atMostEvery);
    if (!interval)
        return invalid(QStringLiteral("“%1” is no duration like 6h, 1d or 30min.").arg(model.retrain.atMostEvery),
                       QStringLiteral("model %1, retrain.at_most_every").arg(model.name), interval.error().hint);
    Decision decision;
    decision.model = model.name;
    decision.time = seen.now;
    decision.dataHash = seen.dataHash;
    decision.notes = seen.notes;
    bool anyFired = false;
    for (const Rule &rule : rules) {
        decision.rules.push_back(judge(rule, seen));
        anyFired = anyFired || decision.rules.back().fired;
        if (decision.metric.isEmpty() && (rule.kind == Rule::Kind::Limit || rule.kind == Rule::Kind::Drops)) {
            decision.metric = rule.metric;
            decision.before = metricOf(rule.metric, seen).value;
        }
    }
    decision.nextAllowed = nextAllowed(*interval, seen.lastRetrain, seen.now);
    const QString fired = listOf(decision.rules, true);
    if (rules.empty())
        decision.reason = QStringLiteral("The workspace gives no retrain rule for this model.");
    else if (!model.retrain.enabled)
        decision.reason = anyFired ? QStringLiteral("Automatic retraining is switched off; would have fired: %1.").arg(fired)
                                   : QStringLiteral("Automatic retraining is switched off; no rule would have fired: %1.").arg(listOf(decision.rules, false));
    else if (!anyFired)
        decision.reason = QStringLiteral("No rule fired: %1.").arg(listOf(decision.rules, false));
    else if (decision.nextAllowed)
        decision.reason = QStringLiteral("Too soon after the retraining of %1, at most every %2: allowed again from %3. Would have fired: %4.")
                              .arg(shortUtc(*seen.lastRetrain), duration(*interval), shortUtc(*decision.nextAllowed), fired);
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
        list << QJsonObject{{Q("rule"), r.rule}, {Q("numbers"), r.numbers}, {Q("fired"), r.fired}, {Q("known"), r.known}, {Q("value"), r.value ? jsonNumber(*r.value) : QJsonValue()}};
    const auto maybe = [](const std::optional<double> &v) { return v ? jsonNumber(*v) : QJsonValue(); };
    return {{Q("id"), id},           {Q("model"), model},     {Q("decision"), decisionName(kind)}, {Q("reason"), reason},
            {Q("rules"), list},      {Q("time"), isoUtc(time)}, {Q("run"), run},                   {Q("trigger"), trigger},
            {Q("metric"), metric},   {Q("before"), maybe(before)}, {Q("after"), maybe(after)},
            {Q("data_hash"), dataHash ? QJsonValue(*dataHash) : QJsonValue()},
            {Q("next_allowed"), nextAllowed ? QJsonValue(isoUtc(*nextAllowed)) : QJsonValue()},
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
        d.rules.push_back({rule.text("rule"), rule.text("numbers"), rule.boolean("fired"), rule.boolean("known"), {}});
        PH_TRY(rule.check());
        if (const QJsonValue value = v.toObject().value(Q("value")); value.isDouble())
            d.rules.back().value = value.toDouble();
    }
    return d;
}

} // namespace pilothouse::retrain

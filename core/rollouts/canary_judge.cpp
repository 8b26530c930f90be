// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/canary_judge.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/cluster/local_target.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::rollouts {

using Q = QLatin1String;
using cluster::RolloutStatus;
using cluster::RolloutTarget;
using operations::Operation;
using serving::JudgeRules;
using serving::JudgeSight;
using serving::Verdict;

namespace {

constexpr double z99 = 2.5758293035489004;

/// Interval of the difference of two means that come from different rows (Welch, normal limit).
std::optional<serving::LossInterval> unpaired(const SideSight &stable, const SideSight &canary) {
    if (!stable.meanLoss || !canary.meanLoss || !stable.lossDeviation || !canary.lossDeviation || stable.labelled < 2 || canary.labelled < 2)
        return std::nullopt;
    serving::LossInterval out;
    out.rows = std::size_t(std::min(stable.labelled, canary.labelled));
    out.stableMean = *stable.meanLoss;
    out.canaryMean = *canary.meanLoss;
    out.mean = out.canaryMean - out.stableMean;
    const double half = z99 * std::sqrt(*stable.lossDeviation * *stable.lossDeviation / double(stable.labelled) + *canary.lossDeviation * *canary.lossDeviation / double(canary.labelled));
    out.low = out.mean - half;
    out.high = out.mean + half;
    return out;
}

QJsonValue orNull(const std::optional<double> &v) { return v ? jsonNumber(*v) : QJsonValue(); }
QJsonValue orNull(const std::optional<qint64> &v) { return v ? QJsonValue(*v) : QJsonValue(); }

QJsonObject sideJson(const SideSight &s) {
    qint64 rows = qint64(s.numbers.size());
    for (const auto &[name, count] : s.classes)
        rows += count;
    return {{Q("requests"), orNull(s.requests)}, {Q("failed"), orNull(s.failed)}, {Q("p95_ms"), orNull(s.p95Ms)}, {Q("outputs"), rows}, {Q("labelled"), s.labelled}, {Q("mean_loss"), orNull(s.meanLoss)}};
}

QString verdictName(Verdict verdict) {
    return verdict == Verdict::Wait ? QStringLiteral("wait") : verdict == Verdict::GoOn ? QStringLiteral("go-on") : QStringLiteral("turn-back");
}

} // namespace

JudgeRules judgeRules(const workspace::Model &model) {
    const auto &judge = model.deployment.judge;
    JudgeRules rules;
    rules.maxErrorRate = model.deployment.maxErrorRate;
    rules.stepSeconds = model.deployment.stepSeconds;
    rules.minimumRequests = judge.minimumRequests;
    rules.minimumLabelled = std::size_t(judge.minimumLabelled);
    rules.goOnWithoutLabelsSeconds = judge.withoutLabelsSeconds;
    rules.maxLatencyRatio = judge.maxLatencyRatio;
    rules.maxOutputPsi = judge.maxOutputPsi;
    rules.maxDisagreement = judge.maxDisagreement;
    for (const auto &watch : model.watch)
        if (rules.unit.isEmpty() && (watch.metric.startsWith(Q("mae")) || watch.metric.startsWith(Q("rmse"))))
            rules.unit = watch.unit;
        else if (watch.metric == Q("accuracy") || watch.metric == Q("f1") || watch.metric == Q("recall"))
            rules.classes = true;
    return rules;
}

JudgeSight judgeSight(const CanarySight &sight, const JudgeRules &rules, qint64 secondsOnStep) {
    JudgeSight out;
    out.canaryRequests = sight.canary.requests.value_or(0);
    out.canaryFailed = sight.canary.failed.value_or(0);
    out.stableRequests = sight.stable.requests.value_or(0);
    out.stableP95Ms = sight.stable.p95Ms.value_or(0);
    out.canaryP95Ms = sight.canary.p95Ms.value_or(0);
    out.secondsOnStep = secondsOnStep;
    out.labelled = sight.pairs.empty() ? std::size_t(std::min(sight.stable.labelled, sight.canary.labelled)) : sight.pairs.size();
    if (!sight.pairs.empty())
        out.interval = serving::lossInterval(sight.pairs, rules.horizon);
    else
        out.interval = unpaired(sight.stable, sight.canary);
    if (!sight.stable.classes.empty() || !sight.canary.classes.empty())
        out.outputs = serving::outputDrift(sight.stable.classes, sight.canary.classes);
    else if (!sight.stable.numbers.empty() || !sight.canary.numbers.empty())
        out.outputs = serving::outputDrift(sight.stable.numbers, sight.canary.numbers);
    out.agreement = sight.agreement;
    return out;
}

QJsonObject CanaryLook::toJson() const {
    QJsonValue interval, drift, disagreement;
    if (figures.interval)
        interval = QJsonObject{{Q("rows"), qint64(figures.interval->rows)}, {Q("mean"), jsonNumber(figures.interval->mean)}, {Q("low"), jsonNumber(figures.interval->low)}, {Q("high"), jsonNumber(figures.interval->high)}};
    if (figures.outputs)
        drift = QJsonObject{{Q("psi"), jsonNumber(figures.outputs->psi)}, {Q("by_chance"), jsonNumber(figures.outputs->byChance)}, {Q("enough"), figures.outputs->enough}};
    if (figures.agreement)
        disagreement = QJsonObject{{Q("rows"), figures.agreement->rows}, {Q("disagreed"), figures.agreement->disagreed}};
    return {{Q("target"), status.target}, {Q("verdict"), verdictName(judgement.verdict)}, {Q("sentence"), judgement.sentence}, {Q("stable"), sideJson(sight.stable)}, {Q("canary"), sideJson(sight.canary)},
            {Q("seconds_on_step"), figures.secondsOnStep}, {Q("interval"), interval}, {Q("output_drift"), drift}, {Q("disagreement"), disagreement},
            {Q("sources"), QJsonArray::fromStringList(sight.sources)}, {Q("gaps"), QJsonArray::fromStringList(sight.gaps)}, {Q("rollout"), cluster::toJson(status)}};
}

Result<CanaryLook> judgeCanary(const RolloutTarget &target, const std::vector<std::unique_ptr<CanarySource>> &sources, const JudgeRules &rules, const QDateTime &stepBegan, const QDateTime &now,
                               std::stop_token token) {
    CanaryLook out;
    PH_ASSIGN(out.status, target.status());
    if (!cluster::inProgress(out.status))
        return refused(QStringLiteral("No canary runs: there is nothing to judge (%1).").arg(cluster::rolloutPhaseName(out.status.phase)), out.status.target);
    for (const auto &source : sources) {
        if (const auto looked = source->look(out.status, stepBegan, out.sight, token))
            out.sight.sources << source->name();
        else if (looked.error().kind == ErrorKind::Cancelled)
            return looked.error();
        else
            out.sight.gaps << QStringLiteral("%1: %2").arg(source->name(), looked.error().text());
    }
    out.figures = judgeSight(out.sight, rules, stepBegan.isValid() ? std::max<qint64>(0, stepBegan.secsTo(now)) : 0);
    out.judgement = serving::judge(rules, out.figures);
    if (out.sight.sources.isEmpty() && out.judgement.verdict != Verdict::TurnBack) // nothing was seen: that is no verdict
        out.judgement = {Verdict::Wait, out.sight.gaps.isEmpty() ? QStringLiteral("Nothing says how the canary does: name a Prometheus and its queries, or an endpoint.")
                                                                 : QStringLiteral("Cannot be judged: %1").arg(out.sight.gaps.first())};
    return out;
}

namespace {

/// The canary that was judged still runs.
std::function<Result<void>()> sameCanary(std::shared_ptr<RolloutTarget> target, const RolloutStatus &judged) {
    return [target, judged]() -> Result<void> {
        PH_ASSIGN(const RolloutStatus now, target->status());
        const int was = judged.canary ? judged.canary->revision : 0, is = now.canary ? now.canary->revision : 0;
        if (!cluster::inProgress(now) || was != is)
            return Error{ErrorKind::Conflict, QStringLiteral("The canary that was judged does not run any more."), judged.target, QStringLiteral("Nothing was sent."), {}};
        return {};
    };
}

Operation operationFor(std::shared_ptr<RolloutTarget> target, const QString &connection, const CanaryLook &look, operations::PlannedCall call, std::function<Result<void>()> execute) {
    Operation o;
    o.id = QStringLiteral("op-") + randomHex(6);
    o.object = QStringLiteral("rollout ") + look.status.target;
    o.connection = connection;
    o.automatic = true;
    o.before = cluster::toJson(look.status);
    o.details = {{Q("reason"), look.judgement.sentence}, {Q("judged"), look.toJson()}, {Q("rollout"), look.status.operation}};
    operations::Step step;
    step.call = std::move(call);
    step.guard = sameCanary(target, look.status);
    step.execute = std::move(execute);
    step.readBack = [target]() -> Result<QJsonObject> {
        PH_ASSIGN(const RolloutStatus after, target->status());
        return cluster::toJson(after);
    };
    o.steps.push_back(std::move(step));
    return o;
}

QString percentText(double share) { return QString::number(std::lround(share * 100)); }

} // namespace

Operation turnBackOperation(std::shared_ptr<RolloutTarget> target, const QString &connection, const CanaryLook &look) {
    const QString object = QStringLiteral("rollout ") + look.status.target;
    Operation o = operationFor(target, connection, look, {QStringLiteral("SET"), object, QStringLiteral("canary %1 % → 0 %: all traffic to the stable version").arg(percentText(look.status.wantedCanaryShare)), {},
                                                          QStringLiteral("pilot rollouts abort %1").arg(look.status.target)},
                               [target, reason = look.judgement.sentence] { return target->abort(reason); });
    o.kind = QStringLiteral("turn-back");
    o.needs = workspace::Role::Viewer; // the judge acts by the rule of the workspace, whoever started it
    o.summary = QStringLiteral("Turn back %1: %2").arg(look.status.target, look.judgement.sentence);
    return o;
}

Operation goOnOperation(std::shared_ptr<RolloutTarget> target, const QString &connection, const CanaryLook &look) {
    const int next = look.status.currentStep + 1;
    const QString to = next < int(look.status.steps.size()) ? QStringLiteral("%1 %").arg(look.status.steps[std::size_t(next)].percent) : QStringLiteral("all traffic");
    Operation o = operationFor(target, connection, look, {QStringLiteral("SET"), QStringLiteral("rollout ") + look.status.target, QStringLiteral("canary %1 % → %2").arg(percentText(look.status.wantedCanaryShare), to),
                                                          QStringLiteral("abort: all traffic to the stable version"), QStringLiteral("pilot rollouts promote %1").arg(look.status.target)},
                               [target] { return target->promote(false); });
    // A step that somebody else took meanwhile has not been judged, and a hold is a person's word. (A turn-back is right at any share.)
    o.steps.front().guard = [target, judged = look.status, same = sameCanary(target, look.status)]() -> Result<void> {
        PH_TRY(same());
        PH_ASSIGN(const RolloutStatus now, target->status());
        const bool held = now.phase == cluster::RolloutPhase::Paused && judged.phase != cluster::RolloutPhase::Paused;
        if (held || std::abs(now.wantedCanaryShare - judged.wantedCanaryShare) > 1e-6)
            return Error{ErrorKind::Conflict, QStringLiteral("The canary is on another step than was judged, or is held."), judged.target, QStringLiteral("Nothing was sent."), {}};
        return {};
    };
    o.steps.front().undo = [target] { return target->abort(QStringLiteral("undone")); };
    o.kind = QStringLiteral("rollout-promote");
    o.summary = QStringLiteral("Go on with %1: %2").arg(look.status.target, look.judgement.sentence);
    return o;
}

} // namespace pilothouse::rollouts

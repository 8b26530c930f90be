// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/backtest.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/retrain/decision_text.h"
#include "core/retrain/look_times.h"

#include <QJsonArray>

#include <algorithm>

namespace pilothouse::retrain {

namespace {

constexpr qint64 mostLooksBefore = 10'000;

Result<void> done(const Result<Observations> &look) { return look ? Result<void>() : Result<void>(look.error()); }

/// Most of the times (ascending) that lie within one span of seven days.
int busiest(const std::vector<QDateTime> &times) {
    std::size_t most = 0, first = 0;
    for (std::size_t k = 0; k < times.size(); ++k) {
        while (times[first].addDays(7) <= times[k])
            ++first;
        most = std::max(most, k - first + 1);
    }
    return int(most);
}

void countHeld(const QStringList &by, Backtest &result) {
    result.tooSoon += by.contains(QLatin1String("at_most_every"));
    result.outsideWindows += by.contains(QLatin1String("only_in")) || by.contains(QLatin1String("not_in"));
    result.overBudget += by.contains(QLatin1String("budget"));
}

Result<void> check(const Backtest &result) {
    const QString where = QStringLiteral("backtest of %1").arg(result.model);
    if (result.from > result.to)
        return invalid(QStringLiteral("The replay would begin at %1, after its end at %2.").arg(isoUtc(result.from), isoUtc(result.to)), where);
    if (result.everySeconds < 0)
        return invalid(QStringLiteral("Looks must be at least a second apart."), where);
    if (const qint64 looks = result.everySeconds > 0 ? result.from.secsTo(result.to) / result.everySeconds : 0; looks >= BacktestOptions::mostPoints)
        return invalid(QStringLiteral("From %1 to %2 there would be %3 looks, at most %4 are replayed.").arg(isoUtc(result.from), isoUtc(result.to)).arg(looks + 1).arg(BacktestOptions::mostPoints),
                       where, QStringLiteral("Look less often (--every 1d), or at a shorter time (--from, --to)."));
    return {};
}

} // namespace

Result<Backtest> backtest(const workspace::Model &original, std::vector<Fact> facts, const BacktestOptions &options) {
    std::erase_if(facts, [](const Fact &fact) { return !fact.known.isValid(); });
    if (facts.empty())
        return invalid(QStringLiteral("Nothing is known of the past of %1: no label, no decision, no version.").arg(original.name), {},
                       QStringLiteral("Give its metrics as a file: --csv FILE, with a column “time”."));
    std::stable_sort(facts.begin(), facts.end(), [](const Fact &a, const Fact &b) { return a.known < b.known; });
    Backtest result;
    result.model = original.name;
    result.from = options.from.value_or(facts.front().known);
    result.to = options.to.value_or(std::max(result.from, facts.back().known));
    result.everySeconds = options.everySeconds;
    PH_TRY(check(result));
    workspace::Model model = original;
    if (!model.retrain.enabled) {
        model.retrain.enabled = true;
        result.notes << QStringLiteral("Automatic retraining is switched off; it was replayed as if it were on.");
    }

    result.looks = options.everySeconds > 0 ? QStringLiteral("every %1").arg(durationText(options.everySeconds)) : lookText(model);
    const auto after = [&](const QDateTime &now) { return options.everySeconds > 0 ? now.addSecs(options.everySeconds) : nextLook(model, now, options.zone); };
    KnownAt known(model.retrain.minimumRows, options.zone);
    auto next = facts.cbegin();
    const auto look = [&](const QDateTime &now) -> Result<Observations> {
        if (options.stop.stop_requested())
            return cancelled();
        PH_TRY(known.advance(now));
        for (; next != facts.cend() && next->known <= now; ++next)
            if (next->kind != Fact::Kind::Retrain || next->known < result.from)
                PH_TRY(known.learn(*next));
        Observations seen = known.observations();
        seen.usualHours = options.hoursPerRun;
        return seen;
    };
    // The best values so far are those of looks, so it looks before the replay begins, too; only there the looks may be further apart.
    const QDateTime first = facts.front().known;
    const qint64 apart = std::max(options.everySeconds > 0 ? options.everySeconds : 3600, first.secsTo(result.from) / mostLooksBefore);
    for (QDateTime now = first; now < result.from; now = now.addSecs(apart))
        PH_TRY(done(look(now)));
    if (options.from && first < result.from && std::any_of(model.retrain.when.begin(), model.retrain.when.end(), [](const QString &rule) { return rule.contains(QLatin1String(" for ")) || rule.contains(QLatin1String(" until ")) || rule.startsWith(QLatin1String("schedule ")); }))
        result.notes << QStringLiteral("What a rule remembers of earlier looks begins with the replay.");
    std::vector<QDateTime> runs;
    const bool slots = options.everySeconds == 0 && workspace::parseDuration(model.retrain.check).value_or(0) == 0 && !model.retrain.check.isEmpty();
    for (QDateTime now = slots ? after(result.from.addSecs(-1)) : result.from; now.isValid() && now <= result.to; now = after(now)) {
        if (qint64(result.points.size()) >= BacktestOptions::mostPoints)
            return invalid(QStringLiteral("There would be more than %1 looks.").arg(BacktestOptions::mostPoints), QStringLiteral("backtest of %1").arg(result.model), QStringLiteral("Look less often (--every 1d), or at a shorter time (--from, --to)."));
        PH_ASSIGN(const Observations seen, look(now));
        PH_ASSIGN(Decision decision, decide(model, seen));
        known.decided(decision);
        if (decision.kind == DecisionKind::RetrainAttempted)
            runs.push_back(now);
        else if (std::any_of(decision.rules.begin(), decision.rules.end(), [](const RuleOutcome &rule) { return rule.fired; }))
            countHeld(decision.heldBy, result);
        decision.trigger = QStringLiteral("backtest");
        result.points.push_back(std::move(decision));
    }
    result.runs = int(runs.size());
    result.busiestWeek = busiest(runs);
    if (options.hoursPerRun)
        result.hours = *options.hoursPerRun * result.runs;
    if (result.hours && options.pricePerHour)
        result.cost = *result.hours * *options.pricePerHour;
    if (result.runs > 0)
        result.notes << QStringLiteral("What these runs would have made better is not known: the metrics after them are those that were measured.");
    return result;
}

QJsonObject Backtest::toJson() const {
    using Q = QLatin1String;
    QJsonArray list;
    for (const Decision &point : points)
        list << point.toJson();
    const auto maybe = [](const std::optional<double> &v) { return v ? jsonNumber(*v) : QJsonValue(); };
    return {{Q("model"), model}, {Q("from"), isoUtc(from)}, {Q("to"), isoUtc(to)}, {Q("every_seconds"), everySeconds > 0 ? QJsonValue(everySeconds) : QJsonValue()}, {Q("looks"), looks}, {Q("points"), list},
            {Q("runs"), runs},   {Q("too_soon"), tooSoon}, {Q("outside_windows"), outsideWindows}, {Q("over_budget"), overBudget},  {Q("busiest_week"), busiestWeek}, {Q("training_hours"), maybe(hours)}, {Q("cost"), maybe(cost)},
            {Q("notes"), QJsonArray::fromStringList(notes)}};
}

} // namespace pilothouse::retrain

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/held_back.h"

#include "core/retrain/decision_text.h"
#include "core/workspace/weekly_window.h"

#include <algorithm>

namespace pilothouse::retrain {

namespace {

using Policy = workspace::RetrainPolicy;

/// The parts of a policy that may be a slip of the pen, read.
struct Limits {
    qint64 interval = 0, retryAfter = 0, per = 0;
    std::vector<workspace::WeeklyWindow> only, never;
};

Result<std::vector<workspace::WeeklyWindow>> windowsOf(const QStringList &texts) {
    std::vector<workspace::WeeklyWindow> windows;
    for (const QString &text : texts) {
        PH_ASSIGN(workspace::WeeklyWindow window, workspace::WeeklyWindow::parse(text));
        windows.push_back(std::move(window));
    }
    return windows;
}

Result<qint64> secondsOf(const workspace::Model &model, const char *key, const QString &text) {
    const auto seconds = workspace::parseDuration(text);
    if (!seconds)
        return invalid(QStringLiteral("“%1” is no duration like 6h, 1d or 30min.").arg(text), QStringLiteral("model %1, retrain.%2").arg(model.name, QLatin1String(key)), seconds.error().hint);
    return *seconds;
}

Result<Limits> limitsOf(const workspace::Model &model) {
    Limits limits;
    PH_ASSIGN(limits.interval, secondsOf(model, "at_most_every", model.retrain.atMostEvery));
    PH_ASSIGN(limits.retryAfter, secondsOf(model, "retry_after", model.retrain.retryAfter));
    PH_ASSIGN(limits.per, secondsOf(model, "budget.per", model.retrain.budget.per));
    PH_ASSIGN(limits.only, windowsOf(model.retrain.onlyIn));
    PH_ASSIGN(limits.never, windowsOf(model.retrain.notIn));
    return limits;
}

/// When at_most_every allows one again, at `time` or later.
QDateTime afterInterval(const Policy &policy, const Limits &limits, const Observations &seen, const QDateTime &time) {
    qint64 wait = limits.interval;
    if (seen.failedStarts > 0 && seen.failedStarts <= policy.retries)
        wait = std::min(wait, limits.retryAfter << std::min(seen.failedStarts - 1, 20));
    if (!seen.lastRetrain || seen.now.addSecs(limits.interval) < *seen.lastRetrain)
        return time;
    return std::max(time, seen.lastRetrain->addSecs(wait));
}

/// What the retrainings that began in the budget's time before a moment have used, and whether one more goes beyond.
struct Used {
    int runs = 0;
    double hours = 0;
    bool over = false;
};

Used usedAt(const Policy::Budget &budget, qint64 per, const Observations &seen, const QDateTime &time) {
    Used used;
    for (const Spent &one : seen.spent)
        if (one.time > time.addSecs(-per) && one.time <= time) {
            ++used.runs;
            used.hours += one.hours.value_or(seen.usualHours.value_or(0));
        }
    const double next = used.hours + seen.usualHours.value_or(0);
    used.over = (budget.runs > 0 && used.runs >= budget.runs) || (budget.hours > 0 && next > budget.hours) || (budget.cost > 0 && next * budget.pricePerHour > budget.cost);
    return used;
}

/// When enough of what was used is out of the budget's time; invalid: one alone is more than the budget.
QDateTime afterBudget(const Policy::Budget &budget, qint64 per, const Observations &seen, const QDateTime &time) {
    if (!usedAt(budget, per, seen, time).over)
        return time;
    std::vector<QDateTime> falls;
    for (const Spent &one : seen.spent)
        if (one.time.addSecs(per) > time)
            falls.push_back(one.time.addSecs(per));
    std::sort(falls.begin(), falls.end());
    const auto free = std::find_if(falls.begin(), falls.end(), [&](const QDateTime &at) { return !usedAt(budget, per, seen, at).over; });
    return free == falls.end() ? QDateTime() : *free;
}

QString budgetText(const Policy::Budget &budget, const Used &used) {
    QStringList parts;
    if (budget.runs > 0)
        parts << QStringLiteral("%1 of %2 runs").arg(used.runs).arg(budget.runs);
    if (budget.hours > 0)
        parts << QStringLiteral("%1 of %2 h").arg(numberText(used.hours), numberText(budget.hours));
    if (budget.cost > 0)
        parts << QStringLiteral("%1 of %2 in cost").arg(numberText(used.hours * budget.pricePerHour), numberText(budget.cost));
    return parts.join(QStringLiteral(", "));
}

} // namespace

Result<HeldBack> heldBack(const workspace::Model &model, const Observations &seen) {
    PH_ASSIGN(const Limits limits, limitsOf(model));
    const Policy &policy = model.retrain;
    HeldBack held;
    const auto add = [&](const char *by, const QString &reason) {
        held.by << QLatin1String(by);
        held.reasons << reason;
    };
    const QDateTime again = afterInterval(policy, limits, seen, seen.now);
    if (again > seen.now)
        add("at_most_every", seen.failedStarts > 0 && again < seen.lastRetrain->addSecs(limits.interval)
                                 ? QStringLiteral("Too soon after the start that failed at %1, to be tried again (%2 of %3) from %4.").arg(timeText(*seen.lastRetrain)).arg(seen.failedStarts).arg(policy.retries).arg(timeText(again))
                                 : QStringLiteral("Too soon after the retraining of %1, at most every %2: allowed again from %3.").arg(timeText(*seen.lastRetrain), durationText(limits.interval), timeText(again)));
    if (workspace::nextWithin(limits.only, {}, seen.now, seen.zone) != seen.now)
        add("only_in", QStringLiteral("Retrainings begin only in %1.").arg(policy.onlyIn.join(QStringLiteral("; "))));
    if (workspace::nextWithin({}, limits.never, seen.now, seen.zone) != seen.now)
        add("not_in", QStringLiteral("No retraining begins in %1.").arg(policy.notIn.join(QStringLiteral("; "))));
    if (const Used used = usedAt(policy.budget, limits.per, seen, seen.now); used.over)
        add("budget", QStringLiteral("The budget of %1 is used up: %2.").arg(durationText(limits.per), budgetText(policy.budget, used)));
    if (held.by.isEmpty())
        return held;
    QDateTime at = again;
    for (int k = 0; k < 100 && at.isValid(); ++k) { // each moves it on until none does
        const QDateTime before = at;
        at = workspace::nextWithin(limits.only, limits.never, at, seen.zone);
        if (at.isValid())
            at = afterBudget(policy.budget, limits.per, seen, at);
        if (at == before)
            break;
    }
    held.until = at;
    return held;
}

} // namespace pilothouse::retrain

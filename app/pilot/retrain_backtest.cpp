// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/retrain_backtest.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/data/csv.h"
#include "core/fleet/policy_past.h"
#include "core/retrain/backtest.h"
#include "core/retrain/past_read.h"

#include <QFileInfo>

#include <algorithm>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using namespace retrain;

Result<std::optional<QDateTime>> timeOf(const std::string &text, const char *option) {
    if (text.empty())
        return std::optional<QDateTime>();
    const std::int64_t ms = data::parseIsoTime(text);
    if (ms == data::Column::missingTime)
        return invalid(QStringLiteral("“%1” is no time like 2026-03-01 or 2026-03-01T06:00Z.").arg(QString::fromStdString(text)), QLatin1String(option));
    return std::optional(QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC));
}

/// The looks where the verdict or its reason's rules changed; the same again and again is one line.
QString textOf(const Backtest &result) {
    QString text = QStringLiteral("%1 from %2 to %3, a look %4: %5 looks\n").arg(result.model, isoUtc(result.from), isoUtc(result.to), result.looks).arg(result.points.size());
    QString before;
    for (const Decision &point : result.points) {
        QString state = decisionName(point.kind) + point.heldBy.join(QLatin1Char('!'));
        for (const RuleOutcome &rule : point.rules)
            state += !rule.known ? Q("?") : rule.fired ? Q("1") : Q("0");
        if (state != before)
            text += QStringLiteral("%1  %2  %3\n").arg(isoUtc(point.time), point.kind == DecisionKind::Skipped ? Q("skip   ") : Q("retrain"), point.reason);
        before = state;
    }
    text += QStringLiteral("It would have retrained %1 times, at most %2 in a week; %3 looks were too soon.").arg(result.runs).arg(result.busiestWeek).arg(result.tooSoon);
    if (result.outsideWindows > 0)
        text += QStringLiteral("\n%1 looks at which a rule fired lay outside the windows.").arg(result.outsideWindows);
    if (result.overBudget > 0)
        text += QStringLiteral("\n%1 looks at which a rule fired were beyond the budget.").arg(result.overBudget);
    if (result.hours)
        text += QStringLiteral("\nTraining: %1 h").arg(*result.hours, 0, 'g', 4) + (result.cost ? QStringLiteral(", %1 in all").arg(*result.cost, 0, 'f', 2) : QString());
    for (const QString &note : result.notes)
        text += QStringLiteral("\nnote: %1").arg(note);
    return text;
}

} // namespace

void BacktestAsked::addTo(CLI::App &app) {
    app.add_option("--from", from, "From this time on (ISO 8601, UTC unless it says otherwise); else from the first that is known");
    app.add_option("--to", to, "Up to this time; else to the last that is known");
    app.add_option("--every", every, "Between two looks (10min, 1h, 1d); else as the policy says");
    app.add_option("--csv", csv, "Metrics over time from this file instead: time, a column for each metric, drift, data_hash, labelled_rows, newest_row, source_changed, rows_yesterday");
    app.add_option("--time", timeColumn, "The file's column of times");
    app.add_option("--hours-per-run", hoursPerRun, "Hours of training a run takes; else the middle of the last runs")->check(CLI::NonNegativeNumber);
    app.add_option("--price-per-hour", pricePerHour, "What an hour of training costs, in your currency; else the budget's price_per_hour")->check(CLI::NonNegativeNumber);
}

Result<void> backtestPolicy(Context &context, const fleet::PolicyDesk &desk, const workspace::Model &original, const BacktestAsked &asked) {
    PH_ASSIGN(const ModelState state, desk.store->state(original.name));
    PH_ASSIGN(const workspace::Model model, withConfig(original, state.config));
    BacktestOptions options;
    PH_ASSIGN(options.from, timeOf(asked.from, "--from"));
    PH_ASSIGN(options.to, timeOf(asked.to, "--to"));
    options.zone = desk.zone();
    if (!asked.every.empty()) {
        PH_ASSIGN(options.everySeconds, workspace::parseDuration(QString::fromStdString(asked.every)));
    }
    options.hoursPerRun = asked.hoursPerRun ? asked.hoursPerRun : fleet::usualHours(desk, model.name);
    options.pricePerHour = asked.pricePerHour;
    if (!options.pricePerHour && model.retrain.budget.pricePerHour > 0)
        options.pricePerHour = model.retrain.budget.pricePerHour;
    const QDateTime now = desk.services->clock->nowUtc();
    if (options.to && *options.to > now)
        return invalid(QStringLiteral("%1 is after now.").arg(isoUtc(*options.to)), QStringLiteral("--to"), QStringLiteral("The replay is of the past only."));
    QStringList notes;
    std::vector<Fact> facts;
    if (asked.csv.empty()) {
        PastFacts past = fleet::policyPast(desk, model);
        facts = std::move(past.facts);
        notes = std::move(past.notes);
    } else {
        PH_ASSIGN(PastFacts past, pastOfCsv(QFileInfo(QString::fromStdString(asked.csv)).absoluteFilePath(), QString::fromStdString(asked.timeColumn), now));
        facts = std::move(past.facts);
        notes = std::move(past.notes);
    }
    if (facts.empty()) // why there is none is told beside the error
        for (const QString &note : notes)
            context.note(note);
    PH_ASSIGN(Backtest result, backtest(model, std::move(facts), options));
    result.notes = notes + result.notes;
    if (!options.hoursPerRun)
        result.notes << QStringLiteral("How long a run takes is not known; give --hours-per-run for its cost.");
    context.answer(result.toJson(), textOf(result));
    return {};
}

} // namespace pilothouse

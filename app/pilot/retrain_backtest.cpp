// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/retrain_backtest.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/data/csv.h"
#include "core/fleet/model_place.h"
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

/// Middle of the hours that the model's last retrainings took; nothing if none has ended.
std::optional<double> usualHours(const PolicyDesk &desk, const QString &model) {
    const auto decisions = desk.store->decisions(model);
    std::vector<double> hours;
    for (std::size_t k = 0; decisions && k < decisions->size() && hours.size() < 15; ++k) {
        if ((*decisions)[k].run.isEmpty())
            continue;
        const auto run = desk.services->pipelines->run((*decisions)[k].run);
        if (run && run->started.isValid() && run->ended.isValid())
            hours.push_back(double(run->started.msecsTo(run->ended)) / 3'600'000);
    }
    if (hours.empty())
        return {};
    std::nth_element(hours.begin(), hours.begin() + std::ptrdiff_t(hours.size() / 2), hours.end());
    return hours[hours.size() / 2];
}

/// All that is known of the past; what cannot be read is a note.
std::vector<Fact> pastOf(const PolicyDesk &desk, const workspace::Model &model, QStringList &notes) {
    std::vector<Fact> facts;
    const auto take = [&](Result<PastFacts> past) {
        if (!past) {
            notes << past.error().text();
            return;
        }
        notes << past->notes;
        std::move(past->facts.begin(), past->facts.end(), std::back_inserter(facts));
    };
    if (const auto place = fleet::placeOf(*desk.services, model))
        take(pastOfRegistry(*place->registry, model));
    else
        notes << place.error().text();
    take(pastOfDecisions(*desk.store, model));
    take(pastOfServing(desk.services->root, model));
    return facts;
}

/// The looks where the verdict or its reason's rules changed; the same again and again is one line.
QString textOf(const Backtest &result) {
    QString text = QStringLiteral("%1 from %2 to %3, a look every %4 min: %5 looks\n").arg(result.model, isoUtc(result.from), isoUtc(result.to)).arg(double(result.everySeconds) / 60).arg(result.points.size());
    QString before;
    for (const Decision &point : result.points) {
        QString state = decisionName(point.kind) + (point.nextAllowed ? Q("!") : Q(""));
        for (const RuleOutcome &rule : point.rules)
            state += !rule.known ? Q("?") : rule.fired ? Q("1") : Q("0");
        if (state != before)
            text += QStringLiteral("%1  %2  %3\n").arg(isoUtc(point.time), point.kind == DecisionKind::Skipped ? Q("skip   ") : Q("retrain"), point.reason);
        before = state;
    }
    text += QStringLiteral("It would have retrained %1 times, at most %2 in a week; %3 looks were too soon.").arg(result.runs).arg(result.busiestWeek).arg(result.tooSoon);
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
    app.add_option("--every", every, "Between two looks (10min, 1h, 1d); else as often as the server looks");
    app.add_option("--csv", csv, "Metrics over time from this file instead: time, a column for each metric, drift, data_hash, labelled_rows");
    app.add_option("--time", timeColumn, "The file's column of times");
    app.add_option("--hours-per-run", hoursPerRun, "Hours of training a run takes; else the middle of the last runs")->check(CLI::NonNegativeNumber);
    app.add_option("--price-per-hour", pricePerHour, "What an hour of training costs, in your currency")->check(CLI::NonNegativeNumber);
}

Result<void> backtestPolicy(Context &context, const PolicyDesk &desk, const workspace::Model &original, const BacktestAsked &asked) {
    PH_ASSIGN(const ModelState state, desk.store->state(original.name));
    PH_ASSIGN(const workspace::Model model, withConfig(original, state.config));
    BacktestOptions options;
    PH_ASSIGN(options.from, timeOf(asked.from, "--from"));
    PH_ASSIGN(options.to, timeOf(asked.to, "--to"));
    options.everySeconds = policyInterval(model);
    if (!asked.every.empty()) {
        PH_ASSIGN(options.everySeconds, workspace::parseDuration(QString::fromStdString(asked.every)));
    }
    options.hoursPerRun = asked.hoursPerRun ? asked.hoursPerRun : usualHours(desk, model.name);
    options.pricePerHour = asked.pricePerHour;
    const QDateTime now = desk.services->clock->nowUtc();
    if (options.to && *options.to > now)
        return invalid(QStringLiteral("%1 is after now.").arg(isoUtc(*options.to)), QStringLiteral("--to"), QStringLiteral("The replay is of the past only."));
    QStringList notes;
    std::vector<Fact> facts;
    if (asked.csv.empty()) {
        facts = pastOf(desk, model, notes);
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

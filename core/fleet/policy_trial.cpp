// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/policy_trial.h"

#include "core/fleet/policy_edit.h"
#include "core/fleet/policy_past.h"
#include "core/retrain/config.h"

#include <algorithm>

namespace pilothouse::fleet {

namespace {

Result<retrain::Backtest> replay(const Services &services, workspace::Model model, const PolicyPast &past, int days, std::stop_token stop) {
    PH_ASSIGN(model, retrain::withConfig(std::move(model), past.changed));
    retrain::BacktestOptions options;
    options.zone = QTimeZone(services.workspace.zone.toUtf8());
    options.hoursPerRun = past.hoursPerRun;
    if (model.retrain.budget.pricePerHour > 0)
        options.pricePerHour = model.retrain.budget.pricePerHour;
    options.to = past.now;
    options.stop = std::move(stop);
    if (days > 0) {
        options.from = past.now.addDays(-days);
        const auto &facts = past.past.facts;
        const auto first = std::min_element(facts.begin(), facts.end(), [](const retrain::Fact &a, const retrain::Fact &b) { return a.known < b.known; });
        if (first != facts.end() && first->known > *options.from)
            options.from.reset(); // nothing is known of the time before
    }
    return retrain::backtest(model, past.past.facts, options);
}

} // namespace

Result<PolicyPast> readPolicyPast(std::shared_ptr<Services> services, const QString &name) {
    const workspace::Model *model = services->workspace.model(name);
    if (!model)
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(name), services->workspace.file);
    PolicyPast past;
    past.now = services->clock->nowUtc();
    PH_ASSIGN(const PolicyDesk desk, PolicyDesk::open(services));
    PH_ASSIGN(const retrain::ModelState state, desk.store->state(name));
    past.changed = state.config;
    past.past = policyPast(desk, *model);
    past.hoursPerRun = usualHours(desk, name);
    std::erase_if(past.past.facts, [&](const retrain::Fact &fact) { return fact.known > past.now; }); // of a clock that was moved
    return past;
}

PolicyTrial tryPolicy(const Services &services, const QString &name, const workspace::RetrainPolicy &draft, const PolicyPast &past, int days, std::stop_token stop) {
    PolicyTrial trial;
    const workspace::Model *declared = services.workspace.model(name);
    if (!declared) {
        trial.wrong = notFound(QStringLiteral("The workspace has no model “%1”.").arg(name), services.workspace.file);
        return trial;
    }
    workspace::Model model = *declared;
    trial.differs = policyEntries(model.retrain) != policyEntries(draft);
    if (trial.differs)
        if (const auto operation = setRetrainPolicy(services.workspace.file, name, draft); !operation)
            trial.wrong = operation.error();
    if (trial.wrong)
        return trial;
    model.retrain = draft;
    auto replayed = replay(services, std::move(model), past, days, std::move(stop));
    if (replayed)
        trial.replay = *std::move(replayed);
    else
        trial.noReplay = replayed.error();
    return trial;
}

} // namespace pilothouse::fleet

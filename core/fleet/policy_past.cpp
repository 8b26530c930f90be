// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/policy_past.h"

#include "core/fleet/model_place.h"

#include <algorithm>

namespace pilothouse::fleet {

using namespace retrain;

namespace {

constexpr std::size_t usualOf = 15; ///< last retrainings that the usual hours are of

std::optional<double> hoursOf(const PolicyDesk &desk, const Decision &decision) {
    if (decision.run.isEmpty())
        return {};
    const auto run = desk.services->pipelines->run(decision.run);
    if (!run || !run->started.isValid() || !run->ended.isValid())
        return {};
    return double(run->started.msecsTo(run->ended)) / 3'600'000;
}

} // namespace

PastFacts policyPast(const PolicyDesk &desk, const workspace::Model &model) {
    PastFacts all;
    const auto take = [&](Result<PastFacts> past) {
        if (!past) {
            all.notes << past.error().text();
            return;
        }
        all.notes << past->notes;
        std::move(past->facts.begin(), past->facts.end(), std::back_inserter(all.facts));
    };
    if (const auto place = placeOf(*desk.services, model))
        take(pastOfRegistry(*place->registry, model));
    else
        all.notes << place.error().text();
    take(pastOfDecisions(*desk.store, model));
    take(pastOfServing(desk.services->root, model));
    return all;
}

std::vector<Spent> retrainingsSince(const PolicyDesk &desk, const QString &model, const QDateTime &since) {
    std::vector<Spent> spent;
    const auto decisions = desk.store->decisions(model);
    for (std::size_t k = 0; decisions && k < decisions->size() && (*decisions)[k].time >= since; ++k)
        if (const Decision &decision = (*decisions)[k]; decision.kind == DecisionKind::RetrainAttempted && !decision.run.isEmpty())
            spent.push_back({decision.time, hoursOf(desk, decision)});
    std::reverse(spent.begin(), spent.end());
    return spent;
}

std::optional<double> usualHours(const PolicyDesk &desk, const QString &model) {
    const auto decisions = desk.store->decisions(model);
    std::vector<double> hours;
    for (std::size_t k = 0; decisions && k < decisions->size() && hours.size() < usualOf; ++k)
        if (const auto took = hoursOf(desk, (*decisions)[k]))
            hours.push_back(*took);
    if (hours.empty())
        return {};
    std::nth_element(hours.begin(), hours.begin() + std::ptrdiff_t(hours.size() / 2), hours.end());
    return hours[hours.size() / 2];
}

} // namespace pilothouse::fleet

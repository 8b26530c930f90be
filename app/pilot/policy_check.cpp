// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/policy_check.h"

#include "core/fleet/model_place.h"
#include "core/retrain/live_rows.h"
#include "core/retrain/observe.h"
#include "core/retrain/pipeline_actions.h"

#include <algorithm>

namespace pilothouse {

using namespace retrain;

Result<PolicyDesk> PolicyDesk::open(std::shared_ptr<fleet::Services> services) {
    PolicyDesk desk;
    PH_ASSIGN(desk.store, DecisionStore::open(services->root));
    desk.services = std::move(services);
    return desk;
}

Observations PolicyDesk::look(const workspace::Model &model) const {
    const auto place = fleet::placeOf(*services, model);
    if (place)
        return observe({*place->registry, *store, localLiveReader(services->root), services->clock->nowUtc()}, model);
    Observations nothing;
    nothing.notes << place.error().text();
    return nothing;
}

Result<Decision> PolicyDesk::start(const Decision &decision, const std::optional<QDateTime> &lastRetrain) const {
    auto written = std::make_shared<Decision>();
    const QString user = services->operations->actor().name;
    const workspace::Model *const model = services->workspace.model(decision.model);
    if (!model)
        return notFound(QStringLiteral("The workspace has no model “%1”.").arg(decision.model));
    PH_ASSIGN(const PipelinePlace place, pipelinePlaceOf(services->workspace, *model));
    operations::Operation operation =
        retrainOperation(store, decision, lastRetrain, pipelineStarter(services->pipelines, place, user), written, pipelineReady(services->pipelines, place.request.pipeline));
    operation.connection = place.connection; // its guard counts
    const auto outcome = services->operations->run(std::move(operation));
    if (!outcome.done)
        return outcome.error.value_or(refused(QStringLiteral("The retraining was not started.")));
    return *written;
}

Result<bool> hasPolicy(const PolicyDesk &desk, const workspace::Model &original) {
    PH_ASSIGN(const ModelState state, desk.store->state(original.name));
    PH_ASSIGN(const workspace::Model model, withConfig(original, state.config));
    return !model.retrain.when.isEmpty();
}

Result<PolicyChecked> checkPolicy(const PolicyDesk &desk, const workspace::Model &original, bool start) {
    PH_ASSIGN(const ModelState state, desk.store->state(original.name));
    PH_ASSIGN(const workspace::Model model, withConfig(original, state.config));
    const Observations seen = desk.look(model);
    std::map<QString, double> live;
    for (const auto &[name, value] : seen.metrics)
        if (!seen.metricSources.contains(name))
            live[name] = value;
    PH_TRY(desk.store->rememberBest(model.name, live));
    PH_ASSIGN(Decision decision, decide(model, seen));
    PolicyChecked checked;
    checked.wouldRetrain = decision.kind == DecisionKind::RetrainAttempted;
    if (checked.wouldRetrain && start) {
        PH_ASSIGN(checked.decision, desk.start(decision, state.lastRetrain));
        return checked;
    }
    if (checked.wouldRetrain) {
        decision.kind = DecisionKind::Skipped;
        decision.reason = QStringLiteral("Only checked, not started. %1").arg(decision.reason);
    }
    PH_ASSIGN(checked.decision, desk.store->appendSkipped(std::move(decision)));
    return checked;
}

qint64 policyInterval(const workspace::Model &model) {
    const auto most = workspace::parseDuration(model.retrain.atMostEvery);
    return std::clamp<qint64>(most ? *most : 3600, 600, 3600);
}

} // namespace pilothouse

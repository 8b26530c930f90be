// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/policy_desk.h"

#include "core/fleet/model_place.h"
#include "core/fleet/policy_past.h"
#include "core/promotion/registry_operations.h"
#include "core/retrain/live_rows.h"
#include "core/retrain/look_times.h"
#include "core/retrain/observe.h"
#include "core/retrain/pipeline_actions.h"
#include "core/sources/source_changed.h"

namespace pilothouse::fleet {

using namespace retrain;

namespace {

/// The tag of the champion's version, unless it says so already.
Result<void> setTag(const PolicyDesk &desk, const workspace::Model &model, const QString &value) {
    PH_ASSIGN(const ModelPlace place, placeOf(*desk.services, model));
    PH_ASSIGN(const registry::Version champion, place.registry->versionByAlias(model.registry.name, model.registry.champion));
    if (champion.tags.value(model.retrain.tag) == value)
        return {};
    PH_ASSIGN(operations::Operation operation, promotion::tagOperation(place.registry, model.registry.name, champion.version, model.retrain.tag, value));
    operation.automatic = true;
    operation.connection = desk.services->workspace.registryConnection(model);
    const auto outcome = desk.services->operations->run(std::move(operation));
    return outcome.done ? Result<void>() : Result<void>(outcome.error.value_or(refused(QStringLiteral("It was not written."))));
}

/// The tag is a record of a decision that stands already: that it could not be written is told with the decision, and changes nothing.
void writeTag(const PolicyDesk &desk, const workspace::Model &model, Decision &decision) {
    if (model.retrain.tag.isEmpty())
        return;
    const auto done = setTag(desk, model, decisionName(decision.kind));
    if (done || done.error().kind == ErrorKind::NotFound) // no champion yet: nothing to write on
        return;
    const QString note = QStringLiteral("The tag %1 could not be written: %2").arg(model.retrain.tag, done.error().text());
    decision.notes << note;
    (void)desk.store->addNote(decision.id, note); // a disk that takes no note has taken no decision either
}

} // namespace

Result<PolicyDesk> PolicyDesk::open(std::shared_ptr<Services> services) {
    PolicyDesk desk;
    PH_ASSIGN(desk.store, DecisionStore::open(services->root));
    desk.services = std::move(services);
    return desk;
}

QTimeZone PolicyDesk::zone() const { return QTimeZone(services->workspace.zone.toUtf8()); }

Observations PolicyDesk::look(const workspace::Model &model) const {
    const QDateTime now = services->clock->nowUtc();
    Observations seen;
    if (const auto place = placeOf(*services, model)) {
        const sources::Access access{services->workspace, services->secrets, services->http};
        const auto changed = [&access](const workspace::DataSpec &data) { return sources::sourceChanged({data.source, data.connection, data.version}, access); };
        seen = observe({*place->registry, *store, localLiveReader(services->root), now, zone(), localYesterdayReader(services->root), changed}, model);
    } else {
        seen.now = now;
        seen.notes << place.error().text();
    }
    if (model.retrain.budget.limits()) {
        seen.spent = retrainingsSince(*this, model.name, now.addSecs(-workspace::parseDuration(model.retrain.budget.per).value_or(0)));
        seen.usualHours = usualHours(*this, model.name);
    }
    return seen;
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

bool policyDue(const PolicyDesk &desk, const workspace::Model &model, const std::optional<QDateTime> &last) {
    const QDateTime now = desk.services->clock->nowUtc();
    std::optional<QDateTime> before = last;
    if (!model.retrain.check.isEmpty() && !before) {
        const auto decisions = desk.store->decisions(model.name, 1);
        if (decisions && !decisions->empty())
            before = decisions->front().time;
    }
    if (!before || *before > now) // the clock was moved back
        return true;
    const QDateTime next = nextLook(model, *before, desk.zone());
    return next.isValid() && next <= now;
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
    } else {
        if (checked.wouldRetrain) {
            decision.kind = DecisionKind::Skipped;
            decision.reason = QStringLiteral("Only checked, not started. %1").arg(decision.reason);
        }
        PH_ASSIGN(checked.decision, desk.store->appendSkipped(std::move(decision)));
    }
    writeTag(desk, model, checked.decision);
    return checked;
}

} // namespace pilothouse::fleet

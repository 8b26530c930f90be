// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/argo_operations.h"

#include "core/cluster/argo_rollout.h"
#include "core/rollouts/object_change.h"

namespace pilothouse::rollouts {

using Q = QLatin1String;
using cluster::ArgoAction;
using cluster::ArgoPatches;
using cluster::KubeApi;
using cluster::KubeRef;
using operations::Operation;

QJsonObject argoRelies(const QJsonObject &rollout) {
    const QJsonObject spec = rollout.value(Q("spec")).toObject(), status = rollout.value(Q("status")).toObject();
    QJsonObject out{{Q("metadata.generation"), rollout.value(Q("metadata")).toObject().value(Q("generation"))}, {Q("spec.paused"), spec.value(Q("paused")).toBool()}};
    for (const char *key : {"abort", "promoteFull", "controllerPause"})
        out.insert(QStringLiteral("status.") + Q(key), status.value(Q(key)).toBool());
    for (const char *key : {"currentStepIndex", "currentPodHash", "stableRS", "pauseConditions"})
        out.insert(QStringLiteral("status.") + Q(key), status.value(Q(key)));
    const QJsonObject analysis = status.value(Q("canary")).toObject().value(Q("currentStepAnalysisRunStatus")).toObject();
    out.insert(Q("status.canary.currentStepAnalysisRunStatus"), QJsonObject{{Q("name"), analysis.value(Q("name"))}, {Q("status"), analysis.value(Q("status"))}});
    return out;
}

namespace {

/// The action that leads back, and how it is said.
std::pair<std::optional<ArgoAction>, QString> wayBack(ArgoAction action) {
    switch (action) {
    case ArgoAction::Promote:
    case ArgoAction::Full:
    case ArgoAction::Skip:
    case ArgoAction::SkipAll: return {ArgoAction::Abort, QStringLiteral("abort: all traffic back to the stable version")};
    case ArgoAction::Abort: return {ArgoAction::Retry, QStringLiteral("retry: it begins again with its first step")};
    case ArgoAction::Retry: return {ArgoAction::Abort, QStringLiteral("abort again")};
    case ArgoAction::Pause: return {ArgoAction::Resume, QStringLiteral("it goes on")};
    case ArgoAction::Resume: return {ArgoAction::Pause, QStringLiteral("it holds again")};
    case ArgoAction::Restart: break;
    }
    return {std::nullopt, {}};
}

void name(Operation &operation, ArgoAction action) {
    switch (action) {
    case ArgoAction::Promote:
    case ArgoAction::Full: operation.kind = QStringLiteral("rollout-promote"); break;
    case ArgoAction::Skip:
    case ArgoAction::SkipAll: operation.kind = QStringLiteral("rollout-skip"); break;
    case ArgoAction::Abort: operation.kind = QStringLiteral("rollout-abort"); break;
    case ArgoAction::Retry: operation.kind = QStringLiteral("rollout-retry"); break;
    case ArgoAction::Pause: operation.kind = QStringLiteral("rollout-pause"); break;
    case ArgoAction::Resume: operation.kind = QStringLiteral("rollout-resume"); break;
    case ArgoAction::Restart: operation.kind = QStringLiteral("rollout-restart"); break;
    }
}

/// What must stand in the object after it was sent; the controller may have gone on since, so only what it leaves alone.
Result<void> stands(ArgoAction action, const KubeRef &ref, const QJsonObject &rollout) {
    const cluster::ArgoStatus s = cluster::argoStatus(rollout, {});
    const bool wrong = (action == ArgoAction::Abort && !s.aborted) || (action == ArgoAction::Retry && s.aborted) || (action == ArgoAction::Pause && !s.pausedBySpec) || (action == ArgoAction::Resume && s.pausedBySpec);
    if (wrong)
        return Error{ErrorKind::Conflict, QStringLiteral("The rollout does not show it: somebody else, or its controller, put it back."), ref.text(), {}, {}};
    return {};
}

QJsonObject shown(const QJsonObject &rollout) {
    const cluster::ArgoStatus s = cluster::argoStatus(rollout, {});
    return {{Q("phase"), s.phase}, {Q("message"), s.message}, {Q("step"), s.step}, {Q("set_weight"), s.setWeight}, {Q("aborted"), s.aborted}, {Q("paused"), s.pausedBySpec || !s.pauseReasons.isEmpty()}};
}

QString commandOf(const KubeRef &ref, ArgoAction action) {
    const QString flag = action == ArgoAction::Full ? QStringLiteral(" --full") : action == ArgoAction::SkipAll ? QStringLiteral(" --all") : QString();
    const QString verb = action == ArgoAction::Full ? QStringLiteral("promote") : action == ArgoAction::SkipAll ? QStringLiteral("skip") : cluster::argoActionName(action);
    return QStringLiteral("pilot rollouts %1 rollout/%2 --namespace %3%4").arg(verb, ref.name, ref.space, flag);
}

} // namespace

Result<Operation> argoOperation(std::shared_ptr<const KubeApi> api, const KubeRef &ref, ArgoAction action, const QDateTime &now) {
    ObjectChange change;
    change.ref = ref;
    PH_ASSIGN(change.object, api->read(ref));
    PH_ASSIGN(const ArgoPatches patches, cluster::argoPatches(change.object, action, now));
    change.effect = patches.note.isEmpty() ? patches.effect : patches.effect + QStringLiteral(". ") + patches.note;
    change.command = commandOf(ref, action);
    change.relies = argoRelies;
    change.send = [ref, patches](const KubeApi &at, const QString &version, bool dryRun) { return cluster::sendArgoPatches(at, ref, patches, version, dryRun); };
    change.shown = shown;
    change.seen = [action, ref](const QJsonObject &rollout) { return stands(action, ref, rollout); };
    if (const auto [back, text] = wayBack(action); back) {
        change.undo = text;
        change.back = [ref, back = *back](const KubeApi &at, const QString &, bool dryRun) -> Result<QJsonObject> {
            PH_ASSIGN(const QJsonObject rollout, at.read(ref));
            PH_ASSIGN(const ArgoPatches reverse, cluster::argoPatches(rollout, back, QDateTime::currentDateTimeUtc()));
            return cluster::sendArgoPatches(at, ref, reverse, cluster::metadataText(rollout, "resourceVersion"), dryRun);
        };
    }
    Operation operation = changeOperation(std::move(api), std::move(change));
    name(operation, action);
    if (const auto [back, text] = wayBack(action); back)
        operation.undoRecord = {{Q("kind"), Q("argo-action")}, {Q("namespace"), ref.space}, {Q("name"), ref.name}, {Q("action"), int(*back)}};
    operation.summary = QStringLiteral("%1 %2: %3").arg(cluster::argoActionName(action), ref.text(), patches.effect);
    operation.summary.replace(0, 1, operation.summary.at(0).toUpper());
    return operation;
}

Result<Operation> argoUndoOperation(std::shared_ptr<const KubeApi> api, const KubeRef &ref, int revision) {
    PH_ASSIGN(const QJsonObject rollout, api->read(ref));
    const QJsonObject reference = rollout.value(Q("spec")).toObject().value(Q("workloadRef")).toObject();
    QJsonObject workload;
    if (reference.value(Q("kind")).toString() == Q("Deployment")) {
        PH_ASSIGN(workload, api->read({cluster::kinds::Deployment, ref.space, reference.value(Q("name")).toString()}));
    }
    PH_ASSIGN(const auto replicaSets, api->list(cluster::kinds::ReplicaSet, ref.space));
    PH_ASSIGN(const cluster::ArgoUndo undo, cluster::argoUndo(ref, rollout, workload, replicaSets, revision));
    const QJsonArray back{QJsonObject{{Q("op"), Q("replace")}, {Q("path"), Q("/spec/template")}, {Q("value"), undo.before}}};
    ObjectChange change;
    change.ref = undo.object;
    change.object = reference.isEmpty() ? rollout : workload;
    const auto image = [](const QJsonObject &podTemplate) {
        return podTemplate.value(Q("spec")).toObject().value(Q("containers")).toArray().first().toObject().value(Q("image")).toString();
    };
    change.effect = QStringLiteral("template of revision %1: %2 → %3").arg(undo.revision).arg(image(undo.before), image(undo.after));
    if (undo.object != ref)
        change.effect += QStringLiteral(" (the rollout takes its template from there)");
    change.undo = QStringLiteral("back to %1").arg(image(undo.before));
    change.command = QStringLiteral("pilot rollouts undo rollout/%1 --namespace %2 --to %3").arg(ref.name, ref.space).arg(undo.revision);
    change.relies = [](const QJsonObject &object) { return QJsonObject{{Q("spec.template"), object.value(Q("spec")).toObject().value(Q("template"))}}; };
    // A journal keeps no template: its variables may be secrets. Which revision it was is enough, the cluster keeps them.
    change.shown = [image](const QJsonObject &object) { return QJsonObject{{Q("image"), image(object.value(Q("spec")).toObject().value(Q("template")).toObject())}}; };
    change.send = jsonPatch(change.ref, undo.patch);
    change.back = jsonPatch(change.ref, back);
    const auto owned = cluster::argoOwned(rollout, replicaSets);
    Operation operation = changeOperation(std::move(api), std::move(change));
    operation.before = {{Q("image"), image(undo.before)}};
    operation.undoRecord = {{Q("kind"), Q("argo-undo")}, {Q("namespace"), ref.space}, {Q("name"), ref.name}, {Q("revision"), cluster::annotation(owned.front(), cluster::argoRevisionAnnotation).toInt()}};
    operation.kind = QStringLiteral("rollout-undo");
    operation.summary = QStringLiteral("Undo %1 to revision %2").arg(ref.text()).arg(undo.revision);
    return operation;
}

Result<Operation> reverseArgoOperation(std::shared_ptr<const KubeApi> api, const operations::RecordedOperation &recorded, const QDateTime &now) {
    const QJsonObject &record = recorded.undoRecord;
    const KubeRef ref{cluster::kinds::Rollout, record.value(Q("namespace")).toString(), record.value(Q("name")).toString()};
    const QString kind = record.value(Q("kind")).toString();
    if (recorded.phase != Q("done") || (kind != Q("argo-action") && kind != Q("argo-undo")))
        return refused(QStringLiteral("Operation %1 has no way back: it is “%2”.").arg(recorded.id, recorded.phase));
    auto operation = kind == Q("argo-undo") ? argoUndoOperation(std::move(api), ref, record.value(Q("revision")).toInt())
                                            : argoOperation(std::move(api), ref, ArgoAction(record.value(Q("action")).toInt()), now);
    if (operation)
        operation->details.insert(Q("undoes"), recorded.id);
    return operation;
}

} // namespace pilothouse::rollouts
